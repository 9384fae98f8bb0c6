"""The live demo: a JupyterLite site with the quickstart and this package, for Pyodide in a visitor's browser.

DISPATCH_LIVE_DEMO=1 makes the documentation's build (`hooks.py`) put it into the site. It needs the packages
of the extra `live-demo` and Pyodide itself, which `npm --prefix tests/lite install` brings. Nothing in it is
loaded from elsewhere.
"""

from __future__ import annotations

import email
import hashlib
import importlib.metadata
import importlib.util
import json
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).parents[2]
PYODIDE = ROOT / "tests" / "lite" / "node_modules" / "pyodide"
PACKAGE = "dispatch-widgets"
NOTEBOOK = "quickstart.ipynb"
PAGE = f"notebooks/index.html?path={NOTEBOOK}"
"""What a link leads to, below the demo's folder."""

# What the kernel of JupyterLite needs beside the package.
_OF_THE_KERNEL = ("ipython", "jedi", "comm", "ipywidgets", "micropip")
_RUNTIME = ("pyodide.mjs", "pyodide.js", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
_LOCK = "pyodide-lock.json"
_PLATFORM = {
    "sys_platform": "emscripten",
    "platform_system": "Emscripten",
    "platform_machine": "wasm32",
    "os_name": "posix",
    "python_version": "3.14",
    "python_full_version": "3.14.2",
    "implementation_name": "cpython",
    "platform_python_implementation": "CPython",
    "extra": "",
}
_TO_WHEELS = (
    *("--only-binary=:all:", "--no-deps", "--implementation=cp", "--abi=cp314", "--abi=none"),
    *("--platform=pyemscripten_2026_0_wasm32", "--platform=any", "--python-version=3.14"),
)

# What JupyterLite takes from this environment; whatever else is installed is not wanted.
EXTENSIONS = ("@jupyterlite/pyodide-kernel-extension", "@jupyter-widgets/jupyterlab-manager", "anywidget")

# Not every browser can wait in a synchronous call, so the cells await.
_AWAITED = (
    ("dw.discover_models(", "await dw.discover_models_async("),
    ("chosen.client()", "chosen.async_client()"),
    ("`client()` makes", "`async_client()` makes"),
    ("client.chat.completions.create(", "await client.chat.completions.create("),
    ("a small server on your own machine plays the provider", "Python in this page plays the provider too"),
)
_ABOVE = """\
*This notebook runs in your browser: Python itself was loaded with the page, and nothing that you do here
leaves it. Run the cells from above with Shift+Enter. Cells say `await` where the tutorial does not need to,
because not every browser can wait otherwise.*"""


def missing(*, site: bool = True) -> str:
    """What is needed and is not here, with how to install it; empty if all is.

    Args:
        site: Whether a site is wanted, and not only Pyodide's wheels.
    """
    if not PYODIDE.is_dir():
        return "Pyodide is not here: npm --prefix tests/lite install"
    if importlib.util.find_spec("pip") is None:
        return "pip, which fetches Pyodide's wheels, is not here"
    if site and importlib.util.find_spec("jupyterlite_pyodide_kernel") is None:
        return "JupyterLite is not installed: pip install -e '.[live-demo]'"
    return ""


def quickstart() -> dict[str, Any]:
    """The quickstart as a notebook that every browser can run.

    Raises:
        ValueError: If the quickstart has no place for one of the changes any more.
    """
    text = (ROOT / "notebooks" / "01_quickstart.ipynb").read_text("utf-8")
    for old, new in _AWAITED:
        if text.count(old) != 1:
            raise ValueError(f"the quickstart has {old!r} {text.count(old)} times, not once")
        text = text.replace(old, new)
    notebook: dict[str, Any] = json.loads(text)
    for place, cell in enumerate(notebook["cells"]):
        cell |= {"id": f"cell-{place}", "metadata": {}}
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
        else:  # its links lead to notebooks and pages that are not in the demo
            cell["source"] = re.sub(r"\[([^\]\n]*)\]\([^)\s]+\)", r"\1", "".join(cell["source"]))
    above = {"cell_type": "markdown", "id": "above", "metadata": {}, "source": _ABOVE}
    notebook["cells"].insert(1, above)
    notebook["metadata"]["kernelspec"] = {"name": "python", "display_name": "Python", "language": "python"}
    return notebook


def build(target: Path, *, notebooks: dict[str, dict[str, Any]] | None = None) -> None:
    """Builds the site.

    Args:
        target: The folder for it, which is made.
        notebooks: What is in it, by name; the quickstart by default.

    Raises:
        RuntimeError: If something is missing, or a step fails.
    """
    if reason := missing():
        raise RuntimeError(f"The live demo cannot be built. {reason}")
    with tempfile.TemporaryDirectory(prefix="live-demo-") as folder:
        source = Path(folder)
        runtime, content = source / "static" / "pyodide", source / "content"
        content.mkdir(parents=True)
        runtime.mkdir(parents=True)
        for name in _RUNTIME:
            shutil.copy(PYODIDE / name, runtime)
        fetch_wheels(runtime, more=(*_OF_THE_KERNEL, "openai"))
        run("-m", "build", "--wheel", "--no-isolation", "--outdir", str(runtime), cwd=ROOT)
        _write_lock(runtime)
        for name, notebook in (notebooks or {NOTEBOOK: quickstart()}).items():
            (content / name).write_text(json.dumps(notebook), encoding="utf-8")
        config = {"jupyter-lite-schema-version": 0, "jupyter-config-data": {"exposeAppInBrowser": True}}
        (source / "jupyter-lite.json").write_text(json.dumps(config), encoding="utf-8")
        installed = Path(sys.prefix) / "share" / "jupyter" / "labextensions"
        what = (f"--LiteBuildConfig.federated_extensions={installed / name}" for name in EXTENSIONS)
        where = ("--contents", str(content), "--output-dir", str(target.resolve()))
        options = ("--no-sourcemaps", "--ignore-sys-prefix")
        run("-m", "jupyterlite_core", "build", *where, *options, *what, cwd=source)


def fetch_wheels(folder: Path, *, more: Iterable[str] = ()) -> list[Path]:
    """The wheels for Pyodide of what this package needs, in the versions of this environment.

    Args:
        folder: Where they are put.
        more: Names of further packages.

    Raises:
        RuntimeError: If one cannot be had.
    """
    versions = _needed([PACKAGE, *more])
    del versions[PACKAGE]
    wanted = [f"{name}=={version}" if version else name for name, version in versions.items()]
    run("-m", "pip", "download", "--quiet", "--dest", str(folder), *_TO_WHEELS, *wanted)
    return sorted(folder.glob("*.whl"))


def _needed(names: Iterable[str]) -> dict[str, str]:
    """The versions of packages and of what they need in Pyodide; "" for what is not installed here."""
    versions: dict[str, str] = {}
    waiting = list(names)
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name in versions:
            continue
        try:
            found = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            versions[name] = ""
            continue
        versions[name] = found.version
        waiting += _requirements(found.requires)
    return versions


def _requirements(lines: Iterable[str] | None) -> list[str]:
    found = map(Requirement, lines or ())
    return [each.name for each in found if each.marker is None or each.marker.evaluate(_PLATFORM)]


def run(*arguments: str, cwd: Path | None = None) -> None:
    """Runs Python.

    Raises:
        RuntimeError: If it fails, with what it said.
    """
    done = subprocess.run([sys.executable, *arguments], cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments[:3])} failed:\n{done.stdout}{done.stderr}")


def _write_lock(runtime: Path) -> None:
    """Writes which wheels there are, in the form that Pyodide loads packages by."""
    packages = {entry["name"]: entry for entry in map(_lock_entry, sorted(runtime.glob("*.whl")))}
    packages[PACKAGE]["depends"].append("openai")  # imported when a client is made, which no cell shows
    for entry in packages.values():
        entry["depends"] = [name for name in entry["depends"] if name in packages]
    lock = json.loads((PYODIDE / _LOCK).read_text("utf-8")) | {"packages": packages}
    (runtime / _LOCK).write_text(json.dumps(lock), encoding="utf-8")


def _lock_entry(wheel: Path) -> dict[str, Any]:
    name, version, *_ = parse_wheel_filename(wheel.name)
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        about = next(each for each in names if re.fullmatch(r"[^/]+\.dist-info/METADATA", each))
        metadata = email.message_from_bytes(archive.read(about))
    return {
        "name": name,
        "version": str(version),
        "file_name": wheel.name,
        "install_dir": "site",
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "package_type": "package",
        "imports": sorted({each.split("/")[0].removesuffix(".py") for each in names if each.endswith(".py")}),
        "depends": [canonicalize_name(each) for each in _requirements(metadata.get_all("Requires-Dist"))],
        "unvendored_tests": False,
    }
