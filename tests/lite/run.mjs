// Runs a Python file in Pyodide, with a package's source folder and wheels: FILE PACKAGE WHEEL...
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { loadPyodide } from "pyodide";

const [file, source, ...wheels] = process.argv.slice(2);
const python = await loadPyodide();
python.runPython("import sys; sys.dont_write_bytecode = True; sys.path.insert(0, '/source')");
for (const wheel of wheels) {
  const options = { extractDir: "/lib/python3.14/site-packages" };
  python.unpackArchive(new Uint8Array(readFileSync(wheel)), "wheel", options);
}
python.FS.mkdirTree(`/source/${basename(source)}`);
python.mountNodeFS(`/source/${basename(source)}`, source);
try {
  await python.runPythonAsync(readFileSync(file, "utf8"));
} catch (error) {
  console.error(error.message); // node would print the whole of Pyodide with it
  process.exitCode = 1;
}
process.exit(); // a timer that Python has cancelled still runs, and node would wait for it
