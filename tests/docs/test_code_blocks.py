"""Every code block that a reader may copy has run, and every command exists (issue: documentation)."""

from __future__ import annotations

import importlib.util
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from dispatch_widgets.cli import main as command_line

if TYPE_CHECKING:
    from types import ModuleType

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def _blocks_module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("dispatch_docs_blocks", HERE / "blocks.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


BLOCKS: Any = _blocks_module()
SHELLS = {"sh", "bash", "shell", "console"}
PYTHONS = {"python", "py"}
# What the pages show beside our own command; anything else is a slip until it is added here.
PROGRAMS = {"cd", "cp", "curl", "export", "grep", "jupyter", "npm", "npx", "node", "sed", "voila"}


def _pages_with(languages: set[str]) -> list[Path]:
    return [
        page
        for page in BLOCKS.pages()
        if any(block.language in languages for block in BLOCKS.blocks_of(page.read_text("utf-8")))
    ]


def _name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", _pages_with(PYTHONS), ids=_name)
def test_the_python_blocks_of_a_page_run(page: Path) -> None:
    """In order, in a process of their own, on the demo server, without a warning."""
    done = subprocess.run(
        [sys.executable, "-W", "error", HERE / "blocks.py", page],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_there_is_something_to_run() -> None:
    """The README and the guides have Python blocks, and nearly all of them are run."""
    found = [block for page in BLOCKS.pages() for block in BLOCKS.blocks_of(page.read_text("utf-8"))]
    blocks = [block for block in found if block.language in PYTHONS]
    assert any(page.name == "README.md" for page in _pages_with(PYTHONS))
    assert len(blocks) >= 15
    assert sum(bool(block.not_run) for block in blocks) <= len(blocks) // 5


@pytest.mark.parametrize("page", _pages_with(SHELLS), ids=_name)
def test_the_commands_of_a_page_exist(page: Path) -> None:
    """Our own commands and options are in the help, other programs are expected, named files are there."""
    for block in BLOCKS.blocks_of(page.read_text("utf-8")):
        if block.language in SHELLS:
            _check_all(block.code, f"{page.name}:{block.line}")


def _commands(code: str) -> list[list[str]]:
    joined = code.replace("\\\n", " ")
    lines = [line.removeprefix("$ ") for line in joined.splitlines()]
    lexer = shlex.shlex("\n".join(lines).replace("\n", " ; "), posix=True, punctuation_chars="|&;<>")
    lexer.whitespace_split = True
    commands: list[list[str]] = [[]]
    for each in lexer:
        word = re.sub(r"^[A-Za-z_]\w*=\$\(", "", each)  # a variable set to what a command prints
        if re.fullmatch(r"[|&;]+", word):
            commands.append([])
        elif word in {"<", ">", ">>", ">&"}:
            continue
        elif commands[-1] or not re.match(r"[A-Za-z_]\w*=", word):  # a variable set for one command
            commands[-1].append(word)
    return [command for command in commands if command]


def _check_all(code: str, where: str) -> None:
    for words in _commands(code):
        _check(words, where)


def _check(words: list[str], where: str) -> None:
    program = re.split(r"[/\\]", words[0])[-1].removesuffix(".exe")
    program = re.sub(r"^python3?(\.\d+)?$", "python", program)
    rest = words[1:]
    if program == "dispatch-widgets":
        _check_own(rest, where)
    elif program == "python" and rest[:1] == ["-m"]:
        assert rest[1] in {"venv", "dispatch_widgets", "pip", "jupyterlab"}, where
        if rest[1] == "dispatch_widgets":
            _check_own(rest[2:], where)
    elif program == "pip":
        _check_extras(rest, where)
    elif program in {"uv", "uvx"}:
        _check_extras(rest, where)
        if "dispatch-widgets" in rest:
            _check_own(rest[rest.index("dispatch-widgets") + 1 :], where)
    elif program in {"python", "pytest", "ruff", "mypy", "mkdocs"}:
        for word in rest:
            if "/" in word and not word.startswith("-"):
                assert (ROOT / word).exists(), f"{where}: {word}"
    else:
        assert program in PROGRAMS, f"{where}: {program}"


def _check_extras(words: list[str], where: str) -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    for word in words:
        for named in re.findall(r"(?:^\.|^dispatch[-_]widgets)\[([\w,-]+)\]", word):
            assert set(named.split(",")) <= set(extras), f"{where}: {word}"


def _check_own(words: list[str], where: str) -> None:
    named = [word for word in words if not word.startswith("-")][:1]
    if named:
        assert named[0] in command_line.commands, f"{where}: {named[0]}"
    help_text = CliRunner().invoke(command_line, [*named, "--help"]).output
    assert help_text.startswith("Usage:"), where
    for option in (word.partition("=")[0] for word in words if word.startswith("-")):
        assert re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", help_text), f"{where}: {option}"


def test_blocks_are_found_with_their_lines_and_marks() -> None:
    """The finder sees fences of any length, indented ones, and a comment, which marks one block."""
    text = (
        "# Page\n\n<!-- raises: KeyError -->\n```python\n{}[1]\n```\n\n```python\nx = 1\n```\n"
        "- item\n\n  ````py\n  a = '''\n  ```\n  '''\n  ````\n<!-- not run: a reason -->\n\n```sh\nls\n```\n"
    )
    found = BLOCKS.blocks_of(text)
    assert [(b.line, b.language, b.raises, b.not_run) for b in found] == [
        (5, "python", "KeyError", ""),
        (9, "python", "", ""),
        (14, "py", "", ""),
        (21, "sh", "", "a reason"),
    ]
    assert found[2].code == "a = '''\n```\n'''"


def test_a_block_that_does_not_do_what_it_says_fails() -> None:
    """An error, a missing error and broken code in a block that is not run are all noticed; await works."""
    names: dict[str, object] = {}
    block = BLOCKS.Block
    BLOCKS.run(block(1, "python", "import asyncio\nawait asyncio.sleep(0)\nvalue = 2"), "page", names)
    assert names["value"] == 2
    BLOCKS.run(block(1, "python", "{}[1]", raises="LookupError"), "page", names)
    with pytest.raises(ZeroDivisionError):
        BLOCKS.run(block(1, "python", "1 / 0"), "page", names)
    with pytest.raises(AssertionError, match="was to raise"):
        BLOCKS.run(block(1, "python", "1", raises="KeyError"), "page", names)
    with pytest.raises(SyntaxError):
        BLOCKS.run(block(1, "python", "1 +", not_run="a reason"), "page", names)


@pytest.mark.parametrize(
    "line",
    [
        "dispatch-widgets no-such-command",
        "dispatch-widgets providers --no-such-option",
        "rm -rf things",
        'pip install ".[nothing]"',
        'uvx --from ".[nothing]" dispatch-widgets demo',
        'uvx --from ".[demo]" dispatch-widgets demo --texts',
        "pytest tests/nothing",
        "true && .venv/bin/dispatch-widgets demo --texts",
        "ID=$(dispatch-widgets no-such-command | sed s/a/b/)",
    ],
)
def test_a_command_that_is_not_there_fails(line: str) -> None:
    """Unknown commands, options, programs, extras and files are noticed."""
    with pytest.raises(AssertionError):
        _check_all(line, "page:1")
