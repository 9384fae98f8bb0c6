"""Changes the code in small ways, one at a time, and counts the changes that no test notices.

Run as ``python tests/benchmarks/mutants.py`` where ``cosmic-ray`` and ``coverage`` are installed next to the
``test`` extra; it works in a copy of the repository. The operators are Cosmic Ray's, and two of our own: a
call that stands alone is taken out, and a number is doubled. Each module gives a sample of its places by a
seed, each place one change. Only the tests that pass the changed lines are run, those of the same folder
first.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

ROOT = Path(__file__).parents[2]
PACKAGE = "dispatch_widgets"
FOLDERS = ("settings", "discovery", "service")
TESTS = ("settings", "service", "discovery", "server", "clients", "cli", "demo", "leaks")
SECONDS_FOR_ONE = 8.0
"""How long the tests for one change may take, by what they took before it."""
LIMIT_SECONDS = 90.0
"""When tests that do not end are ended; the change counts as noticed."""
_RECORDING = "MUTANTS_RECORDING"


class Recorder:
    """Notes, as a plugin of pytest, which test passes which line, how long it takes, whether it fails."""

    def __init__(self, folder: Path) -> None:
        import coverage

        self._times = folder / "times"
        self._coverage = coverage.Coverage(data_file=str(folder / "lines"), include=[f"*/{PACKAGE}/*"])
        self._coverage.start()
        self._failed: set[str] = set()
        self._seconds: Counter[str] = Counter()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """The lines passed from here on are this test's."""
        test = item.nodeid.partition("[")[0]
        self._coverage.switch_context(test)
        began = time.perf_counter()
        result = yield
        self._seconds[test] += time.perf_counter() - began
        return result

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test that fails already says nothing about a change."""
        if report.failed:
            self._failed.add(report.nodeid.partition("[")[0])

    def pytest_sessionfinish(self) -> None:
        """Saves both."""
        self._coverage.stop()
        self._coverage.save()
        lines = [f"{took:.4f} {test}" for test, took in self._seconds.items() if test not in self._failed]
        self._times.write_text("\n".join(lines), encoding="utf-8")


def pytest_configure(config: pytest.Config) -> None:
    """Starts the recorder where this module is loaded as a plugin."""
    if folder := os.environ.get(_RECORDING):
        config.pluginmanager.register(Recorder(Path(folder)))


class Mutant(NamedTuple):
    """One change: the lines that it is in, and the module's source with it."""

    first: int
    last: int
    operator: str
    source: str


def operators() -> list[tuple[str, Any]]:
    """Cosmic Ray's operators that take no arguments, and our two."""
    import parso
    from cosmic_ray import plugins
    from cosmic_ray.ast import is_number
    from cosmic_ray.operators.operator import Operator

    class RemoveCall(Operator):  # type: ignore[misc]
        def mutation_positions(self, node: Any) -> Iterator[tuple[Any, Any]]:
            if node.type == "atom_expr" and node.parent.type == "simple_stmt":
                yield node.start_pos, node.end_pos

        def mutate(self, node: Any, _: int) -> Any:
            return parso.python.tree.Keyword("pass", node.start_pos, node.get_first_leaf().prefix)

        @classmethod
        def examples(cls) -> tuple[()]:
            return ()

    class DoubleNumber(RemoveCall):
        def mutation_positions(self, node: Any) -> Iterator[tuple[Any, Any]]:
            if is_number(node):
                yield node.start_pos, node.end_pos

        def mutate(self, node: Any, _: int) -> Any:
            doubled = 2 * ast.literal_eval(node.value)
            return parso.python.tree.Number(str(doubled), node.start_pos, node.prefix)

    # Whether equal values are one object is Python's own business, and no program may depend on it.
    names = [name for name in plugins.operator_names() if not name.endswith(("NoOp", "Eq_Is", "Eq_IsNot"))]
    known = [(name, plugins.get_operator(name)) for name in names]
    simple = [(name.partition("/")[2], kind()) for name, kind in known if not kind.arguments()]
    return [*simple, ("RemoveCall", RemoveCall()), ("DoubleNumber", DoubleNumber())]


def _what_runs(source: str) -> str:
    """The code without annotations, which never run, and without how a dataclass is made."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.returns = None
        elif isinstance(node, ast.AnnAssign):
            node.annotation = ast.Constant(0)
        elif isinstance(node, ast.keyword) and node.arg in {"slots", "kw_only"}:
            node.value = ast.Constant(0)
        elif isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            node.test, node.body = ast.Constant(0), []
    return ast.dump(tree)


def mutants(source: str, size: int, chance: random.Random) -> tuple[int, list[Mutant]]:
    """How many places can be changed, and a sample of them with one change each."""
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.mutating import mutate_code

    tree = get_ast(source)
    at: dict[Any, list[tuple[str, Any, int]]] = {}
    for name, operator in operators():
        places = [place for node in ast_nodes(tree) for place in operator.mutation_positions(node)]
        for occurrence, place in enumerate(places):
            at.setdefault(place, []).append((name, operator, occurrence))
    made: list[Mutant] = []
    before = _what_runs(source)
    places = sorted(at)
    chance.shuffle(places)
    empty = 0
    for place in places:
        if len(made) == size:
            break
        name, operator, occurrence = chance.choice(at[place])
        changed = mutate_code(source, operator, occurrence)
        try:
            if changed is None or _what_runs(changed) == before:
                empty += 1
                continue
        except SyntaxError:
            empty += 1
            continue
        made.append(Mutant(place[0][0], place[1][0], name, changed))
    return len(places) - empty, made


class Tests:
    """Which tests pass which lines, and how long they take."""

    def __init__(self, recording: Path) -> None:
        import coverage

        self._lines = coverage.CoverageData(str(recording / "lines"))
        self._lines.read()
        rows = (recording / "times").read_text(encoding="utf-8").splitlines()
        self._seconds = {test: float(took) for took, _, test in (row.partition(" ") for row in rows)}

    def of(self, module: Path, mutant: Mutant) -> list[str]:
        """The tests to run for a change, those of the module's own folder first, then the quickest."""
        by_line = self._lines.contexts_by_lineno(str(module))
        found = {test for line in range(mutant.first, mutant.last + 1) for test in by_line.get(line, ())}
        if not found & self._seconds.keys():  # a line that runs on import: whoever uses the module, or all
            found = {test for tests in by_line.values() for test in tests}
            found = found & self._seconds.keys() or {*self._seconds}
        own = f"tests/{module.parent.name}/"
        name = f"test_{module.stem.removeprefix('_')}"
        ordered = sorted(
            found & self._seconds.keys(),
            key=lambda test: (name not in test, not test.startswith(own), self._seconds[test]),
        )
        chosen, left = [], SECONDS_FOR_ONE
        for test in ordered:
            left -= self._seconds[test]
            if left > 0 or not chosen:
                chosen.append(test)
        return chosen


class Runner:
    """Runs pytest in the copy, each time in a new process of one that has imported the libraries already."""

    def __init__(self, python: str, work: Path, **environment: str) -> None:
        paths = f"{work}{os.pathsep}{work / 'tests/benchmarks'}"
        self._server = subprocess.Popen(
            [python, str(work / "tests/benchmarks/mutants.py"), "--serve"],
            cwd=work,
            env={**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1", **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self._always = ["-q", "--no-header", "--no-summary", "--tb=no", "-W", "ignore"]
        self._always += [f"--basetemp={work.parent / 'tests'}"]

    def run(self, arguments: Iterable[str], limit: float) -> int | None:
        """The exit status; None when it took longer than the limit."""
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(json.dumps([limit, *self._always, *arguments]) + "\n")
        self._server.stdin.flush()
        status: int | None = json.loads(self._server.stdout.readline())
        return status

    def stop(self) -> None:
        """Ends the process from which they are forked."""
        assert self._server.stdin is not None
        self._server.stdin.close()
        self._server.wait(30)


def serve() -> None:
    """Runs pytest once for each line of arguments, and prints its exit status."""
    for name in (
        "httpx",
        "respx",
        "hypothesis.stateful",
        "pydantic",
        "ipywidgets",
        "jupyter_server.serverapp",
    ):
        with suppress(ImportError):
            importlib.import_module(name)
    for line in sys.stdin:
        limit, *arguments = json.loads(line)
        child = os.fork()
        if child == 0:
            os.setsid()
            silent = os.open(os.devnull, os.O_RDWR)
            for stream in (0, 1, 2):
                os.dup2(silent, stream)
            os._exit(int(pytest.main(arguments)))
        print(json.dumps(_status_of(child, limit)), flush=True)  # noqa: T201


def _status_of(child: int, limit: float) -> int | None:
    end = time.monotonic() + limit
    while time.monotonic() < end:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def _changed_lines(before: str, after: str) -> str:
    old, new = before.splitlines(), after.splitlines()
    lines = [f"-{a.strip()} +{b.strip()}" for a, b in zip(old, new, strict=False) if a != b]
    return lines[0] if lines else "the end of the file"


def main() -> None:
    """Prints a table, and each change that survived."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "modules", nargs="*", help="paths of modules; all of settings, discovery, service if none"
    )
    parser.add_argument("--sample", type=int, default=6, help="changes for each module")
    parser.add_argument("--seed", type=int, default=14)
    parser.add_argument("--recording", type=Path, help="a folder to keep, or to take, the tests' lines in")
    parser.add_argument(
        "--python", default=sys.executable, help="that of the environment with the test extra"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mutants-") as temporary:
        work = Path(temporary) / "copy"
        left_out = shutil.ignore_patterns(".*", "node_modules", "__pycache__")
        shutil.copytree(ROOT, work, ignore=left_out)
        recording = options.recording or Path(temporary) / "recording"
        if not (recording / "times").exists():
            recording.mkdir(parents=True, exist_ok=True)
            paths = [f"tests/{name}" for name in TESTS] + [str(p) for p in ROOT.glob("tests/test_*.py")]
            paths = [path.removeprefix(f"{ROOT}/") for path in paths]
            paths = [path for path in paths if not path.endswith(("_lint.py", "_packaging.py", "_ci.py"))]
            recorder = Runner(options.python, work, **{_RECORDING: str(recording)})
            recorder.run(["-p", "mutants", *paths], 3600)
            recorder.stop()
            (recording / "root").write_text(str(work), encoding="utf-8")
        tests = Tests(recording)
        recorded = Path((recording / "root").read_text(encoding="utf-8"))
        wanted = [work / name for name in options.modules] or [
            path for name in FOLDERS for path in sorted((work / PACKAGE / name).glob("*.py"))
        ]
        print("| Module | Places | Mutants | Killed | Survived |\n|---|---|---|---|---|", flush=True)  # noqa: T201
        runner = Runner(options.python, work)
        survivors: list[str] = []
        for path in wanted:
            name = path.relative_to(work / PACKAGE).as_posix()
            tests_of = partial(tests.of, recorded / PACKAGE / name)
            survivors += _one_module(path, name, tests_of, runner, options)
        runner.stop()
        print("\n" + "\n".join(survivors))  # noqa: T201


def _one_module(
    path: Path,
    name: str,
    tests_of: Callable[[Mutant], list[str]],
    runner: Runner,
    options: argparse.Namespace,
) -> list[str]:
    """Prints the row of one module, and returns the changes that survived."""
    source = path.read_text(encoding="utf-8")
    chance = random.Random(f"{options.seed} {name}")  # noqa: S311 - a sample that can be drawn again
    places, made = mutants(source, options.sample, chance)
    survivors = []
    for mutant in made:
        chosen = tests_of(mutant)
        path.write_text(mutant.source, encoding="utf-8")
        status = runner.run(["-x", *chosen], LIMIT_SECONDS) if chosen else 0
        if status == 0:
            ran = f"{len(chosen)} tests"
            change = _changed_lines(source, mutant.source)
            survivors.append(f"{name}:{mutant.first} {mutant.operator} ({ran}) {change}")
            print(f"  {survivors[-1]}", file=sys.stderr, flush=True)  # noqa: T201
    path.write_text(source, encoding="utf-8")
    killed = len(made) - len(survivors)
    if made:
        print(f"| `{name}` | {places} | {len(made)} | {killed} | {len(survivors)} |", flush=True)  # noqa: T201
    return survivors


if __name__ == "__main__":
    serve() if sys.argv[1:] == ["--serve"] else main()
