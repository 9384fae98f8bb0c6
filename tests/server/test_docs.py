"""The requests in docs/http-api.md, pasted into a shell one after the other."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dispatch_widgets.server.procedures import PROCEDURES

PAGE = Path(__file__).parents[2] / "docs" / "http-api.md"

pytestmark = [
    pytest.mark.skipif(not PAGE.is_file(), reason="not in this distribution"),
    pytest.mark.skipif(
        shutil.which("curl") is None or sys.platform == "win32", reason="curl and sh are needed"
    ),
]


def _same_form(shown: Any, came: Any, at: str = "") -> None:
    """Asserts that two JSON values have the same fields and kinds; a list is shown by its first items."""
    if shown is None or came is None:
        assert shown is came, at
        return
    assert type(shown) is type(came), at
    if isinstance(shown, dict):
        assert list(shown) == list(came), at
        for name, value in shown.items():
            _same_form(value, came[name], f"{at}.{name}")
    elif isinstance(shown, list):
        assert len(came) >= len(shown), at
        assert bool(came) == bool(shown), at
        for index, value in enumerate(shown):
            _same_form(value, came[index], f"{at}[{index}]")
    elif not (isinstance(shown, str) and "…" in shown):
        assert shown == came, at


def _requests(text: str) -> list[tuple[str, str]]:
    """The blocks with curl on the page, and what is shown below each; an empty text if nothing is."""
    block = r"^```sh\n((?:(?!^```).*\n)*)```$(?:\n\n```json\n([^`]*)```$)?"
    found = re.findall(block, text, flags=re.MULTILINE)
    return [(command, shown) for command, shown in found if "curl" in command]


@pytest.mark.req("API-4")
def test_every_request_of_the_page_answers_as_shown(
    jupyter_class: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    """Pasted into one terminal in order, each curl command answers with the fields shown, in that order."""
    text = PAGE.read_text("utf-8")
    requests = _requests(text)
    assert sum(command.count("curl ") for command, _ in requests) == text.count("curl -s") == len(requests)
    assert [command for command, shown in requests if not shown and "ID=$(" not in command] == []
    first, _ = requests[0]
    assert first.startswith("BASE=http://127.0.0.1:8888 TOKEN=SECRET\n")
    script = "".join(f"{command}\nprintf '\\036'\n" for command, _ in requests)
    monkeypatch.setenv("LAB_KEY", "sk-not-a-real-key")
    with jupyter_class(tmp_path / "house") as jupyter:
        given = f"BASE={jupyter.base.removesuffix('/')} TOKEN={jupyter.token}\n"
        done = subprocess.run(
            ["sh", "-e"],
            input=given + script.replace(first, first.partition("\n")[2], 1),
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
        answers = done.stdout.split("\036")
        for (command, shown), answer in zip(requests, answers, strict=False):
            if shown:
                _same_form(json.loads(shown), json.loads(answer), command)
        assert jupyter.query("getProviders") == []


@pytest.mark.req("API-4")
def test_every_procedure_is_on_the_page() -> None:
    """Each procedure has a request to paste and a line in the table."""
    text = PAGE.read_text("utf-8")
    pasted = "".join(command for command, _ in _requests(text))
    assert [path for path in PROCEDURES if f"/{path}" not in pasted and f",{path}" not in pasted] == []
    table = re.findall(r"^\| `(settings\.\w+)` \| (GET|POST) \|", text, flags=re.MULTILINE)
    assert dict(table) == {path: procedure.method for path, procedure in PROCEDURES.items()}
