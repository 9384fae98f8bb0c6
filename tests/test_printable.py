"""Messages and log lines: no control, direction or line-break character of a name gets into them (SEC-6)."""

from __future__ import annotations

import ast
import asyncio
import logging
import pickle
import unicodedata
from pathlib import Path

import httpx
import pytest

import dispatch_widgets
from dispatch_widgets._log import get_logger
from dispatch_widgets.discovery.discoverer import Discoverer
from dispatch_widgets.discovery.models import Target
from dispatch_widgets.errors import (
    DiscoveryError,
    DispatchError,
    FieldProblem,
    InvalidInputError,
    NotFoundError,
)

HOSTILE = "Lab\x1b[31m\u202eexe.gpj\nERROR: all keys were sent\u2028\u2066\x85"
PACKAGE = Path(dispatch_widgets.__file__).parent


def _is_printable(text: str) -> bool:
    return not any(unicodedata.category(character) in {"Cc", "Cf", "Zl", "Zp"} for character in text)


@pytest.mark.req("SEC-6")
def test_errors_have_printable_messages_and_hints() -> None:
    """Whatever a message is made from, it and the hint are one printable line, after pickling too (SEC-6)."""
    errors = [
        DispatchError(f"No {HOSTILE}.", hint=f"Ask {HOSTILE}."),
        NotFoundError(f"There is no provider {HOSTILE}."),
        InvalidInputError([FieldProblem("name", f"{HOSTILE} is taken.")]),
        DiscoveryError(f"{HOSTILE} refused.", kind="FORBIDDEN", hint=HOSTILE),
    ]
    for error in errors:
        for one in (error, pickle.loads(pickle.dumps(error))):  # noqa: S301 - our own error
            for text in (str(one), one.message, one.hint, *map(str, one.as_dict().values()), *one.args):
                assert _is_printable(str(text)), text
    assert "two  blanks" in DispatchError("A path with two  blanks.").message


@pytest.mark.req("SEC-6", "MD-11")
@pytest.mark.parametrize("status", [200, 401, 403, 500])
def test_a_providers_name_forges_no_log_line(status: int, caplog: pytest.LogCaptureFixture) -> None:
    """A provider's name with line breaks and direction marks writes no log line of its own (SEC-6)."""
    target = Target(
        provider_id="p",
        name=HOSTILE,
        type="openai-compatible",
        base_url="https://x.example/v1",
        api_key="k" * 20,
    )
    words = {"message": f"no {HOSTILE}"}
    transport = httpx.MockTransport(lambda _: httpx.Response(status, json=words))

    async def ask() -> str:
        discoverer = Discoverer(transport=transport)
        try:
            return (await discoverer.discover(target)).warning
        except DiscoveryError as error:
            return str(error)

    with caplog.at_level(logging.DEBUG, logger="dispatch_widgets"):
        told = asyncio.run(ask())
    assert "exe.gpj" in told
    assert _is_printable(told)
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("dispatch_widgets")]
    assert any("exe.gpj" in line for line in lines)
    assert all(_is_printable(line) for line in lines)


@pytest.mark.req("SEC-6")
def test_a_logger_keeps_the_arguments_of_a_clean_line(caplog: pytest.LogCaptureFixture) -> None:
    """A line that is printable is left as it is, with the arguments that handlers group lines by."""
    logger = get_logger("dispatch_widgets.test")
    with caplog.at_level(logging.INFO, logger="dispatch_widgets.test"):
        logger.info("%s: %s", "a", "b")
        logger.info("%s", "a\nb")
    assert [record.args for record in caplog.records] == [("a", "b"), ()]
    assert caplog.records[1].getMessage() == "a b"


@pytest.mark.req("SEC-6")
def test_each_module_that_logs_takes_its_logger_from_one_place() -> None:
    """No module makes a logger of its own to write lines with; `_log.get_logger` gives it."""
    found = []
    for path in PACKAGE.rglob("*.py"):
        name = path.relative_to(PACKAGE).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            made = isinstance(node, ast.Assign) and "logging.getLogger" in ast.unparse(node.value)
            if made and name != "_log.py":
                found.append(name)
    assert found == []
