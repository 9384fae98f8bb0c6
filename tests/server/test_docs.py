"""The requests in docs/http-api.md, pasted into a shell one after the other."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

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


@pytest.mark.req("API-4")
def test_every_request_of_the_page_answers_as_shown(jupyter: Any) -> None:
    """Each curl command of the page runs, and its response has the fields shown, in that order."""
    text = PAGE.read_text("utf-8")
    blocks = re.findall(r"^```sh\n([^`]*)```\n\n```json\n([^`]*)```$", text, flags=re.MULTILINE)
    assert len(blocks) == text.count("curl -s") > 6
    environment = {**os.environ, "BASE": jupyter.base.removesuffix("/"), "TOKEN": jupyter.token}
    for request, shown in blocks:
        command = request.replace("BASE=http://127.0.0.1:8888 TOKEN=SECRET\n", "")
        done = subprocess.run(
            ["sh", "-ec", command], env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, (request, done.stderr)
        _same_form(json.loads(shown), json.loads(done.stdout), request)
    for provider in jupyter.query("getProviders"):
        jupyter.mutate("deleteProvider", {"id": provider["id"]})
