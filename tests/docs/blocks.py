"""The fenced code blocks of the README and of docs/: found, and those in Python run.

    python tests/docs/blocks.py PAGE [DISTRIBUTION]

runs the Python blocks of one page in order, in this process, on the demo server: three providers, a
model for every task, nothing beyond loopback. A comment on the line before a block changes that:
``<!-- raises: ERROR -->``, ``<!-- not run: REASON -->`` or ``<!-- needs: DISTRIBUTION -->``. A block that
needs a distribution is run if that is named on the command line. Then no name may show a key in the end, and
nothing may have been asked but the demo server, with its key.
"""

from __future__ import annotations

import ast
import asyncio
import inspect
import os
import re
import socket
import sys
import tempfile
import textwrap
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_OPENING = re.compile(r"(?P<indent>\s*)(?P<fence>`{3,}|~{3,})\s*\{?\.?(?P<language>[\w+-]*)[^`]*$")
_MARK = re.compile(r"<!--\s*(?P<word>raises|not run|needs):\s*(?P<value>.+?)\s*-->")


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block.

    Attributes:
        line: The line of its first code, counted from 1.
        language: The word after the fence.
        code: What is in it, without the fence's own indentation.
        raises: The error that it is to end with; empty for none.
        not_run: Why it is not run; empty if it is.
        needs: The distribution that it needs; empty for none but those of the tests.
    """

    line: int
    language: str
    code: str
    raises: str = ""
    not_run: str = ""
    needs: str = ""


def pages() -> list[Path]:
    """The README and every page of docs/."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks_of(text: str) -> list[Block]:
    """All fenced blocks of a page, in order.

    Args:
        text: The page in Markdown.
    """
    found: list[Block] = []
    lines = text.splitlines()
    at, before = 0, ""
    while at < len(lines):
        opening = _OPENING.fullmatch(lines[at])
        if opening is None:
            before = lines[at] if lines[at].strip() else before
            at += 1
            continue
        start = at + 1
        fence = opening["fence"]
        at = next((n for n in range(start, len(lines)) if lines[n].strip() == fence), None) or len(lines)
        marks = {mark["word"]: mark["value"] for mark in _MARK.finditer(before)}
        found.append(
            Block(
                line=start + 1,
                language=opening["language"].lower(),
                code=textwrap.dedent("\n".join(lines[start:at])),
                raises=marks.get("raises", ""),
                not_run=marks.get("not run", ""),
                needs=marks.get("needs", ""),
            )
        )
        before = ""
        at += 1
    return found


def run(block: Block, page: str, names: dict[str, object], *, library: str = "") -> None:
    """Runs one block; ``await`` at its top level works, as it does in a notebook.

    Args:
        block: The block.
        page: The page's name, for tracebacks.
        names: The names that blocks before it have made; new ones come in.
        library: The distribution that blocks may need.

    Raises:
        AssertionError: If it was to end with an error and did not.
    """
    # Blank lines before it give the traceback the page's own line numbers.
    source = "\n" * (block.line - 1) + block.code
    code = compile(source, page, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    if block.not_run or block.needs not in {"", library}:
        return
    try:
        if code.co_flags & inspect.CO_COROUTINE:
            asyncio.run(eval(code, names))  # noqa: S307 - our own pages
        else:
            exec(code, names)  # noqa: S102 - our own pages
    except Exception as error:
        if block.raises and block.raises in {base.__name__ for base in type(error).__mro__}:
            return
        raise
    assert not block.raises, f"{page}:{block.line} was to raise {block.raises}"


def _loopback_only() -> list[str]:
    """Refuses every other host; returns the list in which they are noted, as libraries may hide the error."""
    connect, look_up = socket.socket.connect, socket.getaddrinfo
    strays: list[str] = []

    def check(host: object) -> None:
        name = host.decode() if isinstance(host, bytes) else str(host or "localhost")
        if not name.startswith(("127.", "::1", "localhost")):
            strays.append(name)
            raise AssertionError(f"a page tried to reach {name}")

    def guarded(self: socket.socket, address: object) -> None:
        if isinstance(address, tuple):
            check(address[0])
        connect(self, address)  # type: ignore[arg-type]

    def looked_up(host: object, *arguments: object, **more: object) -> object:
        check(host)
        return look_up(host, *arguments, **more)  # type: ignore[arg-type]

    socket.socket.connect = guarded  # type: ignore[method-assign]
    socket.getaddrinfo = looked_up  # type: ignore[assignment]
    return strays


def main(page: Path, library: str = "") -> None:
    """Runs the Python blocks of a page.

    Args:
        page: The page.
        library: The distribution that blocks may need.
    """
    from dispatch_widgets import SettingsService
    from dispatch_widgets.demo import DemoServer
    from dispatch_widgets.demo.samples import write_sample
    from dispatch_widgets.demo.session import demo_environment
    from dispatch_widgets.settings.tasks import TASK_NEEDS

    strays = _loopback_only()
    with DemoServer() as server, tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        for name, value in demo_environment(server).items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        os.environ["DISPATCH_SETTINGS_PATH"] = str(write_sample(Path(folder), server, old=False))
        service = SettingsService()
        for task in TASK_NEEDS:
            service.assign(task, service.entries_for(task)[0].id)
        home = Path.cwd()
        os.chdir(folder)
        names: dict[str, object] = {"__name__": "__main__"}
        try:
            for block in blocks_of(page.read_text("utf-8")):
                if block.language in {"python", "py"}:
                    run(block, page.name, names, library=library)
        finally:
            os.chdir(home)
        if library:
            assert not strays, strays
            assert all(request.authorised for request in server.requests)
            for name, value in names.items():
                assert server.api_key not in repr(value) + str(value), f"{name} shows the key"


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), *sys.argv[2:])
