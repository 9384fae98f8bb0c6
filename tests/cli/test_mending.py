"""The commands ``merge``, ``convert`` and ``move-away``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    Run = Callable[..., Result]

KEY = "sk-0123456789abcdef"
URL = "http://127.0.0.1:9/v1"


def _provider(identity: str, name: str) -> dict[str, Any]:
    credentials = {"apiKey": KEY, "baseUrl": URL}
    return {"id": identity, "name": name, "type": "openai-compatible", "credentials": credentials}


def _write(*, providers: list[dict[str, Any]], catalog: list[dict[str, Any]]) -> Path:
    path = Path.cwd() / "dispatch.settings.json"
    path.write_text(json.dumps({"providers": providers, "models": {"assignment": [], "catalog": catalog}}))
    return path


@pytest.mark.req("PM-8")
def test_merge_re_points_the_entries_and_can_be_tried_dry(run: Run) -> None:
    """Two providers of one account become one; --dry-run says so and writes nothing."""
    entry = {"id": "e", "providerId": "b", "model": "m"}
    path = _write(providers=[_provider("a", "One"), _provider("b", "Two")], catalog=[entry])
    before = path.read_bytes()
    assert "Two would go into One." in run("merge", "--dry-run").output
    assert path.read_bytes() == before
    assert "Two went into One." in run("merge").output
    document = json.loads(path.read_text())
    assert [provider["id"] for provider in document["providers"]] == ["a"]
    assert document["models"]["catalog"][0]["providerId"] == "a"
    assert "No two providers" in run("merge").output


@pytest.mark.req("MIG-8")
def test_convert_takes_the_key_out_of_a_left_over_entry(run: Run) -> None:
    """An entry with credentials of its own gets the provider that has them already."""
    config = {"apiKey": KEY, "baseUrl": URL}
    entry = {"id": "e", "providerType": "openai", "model": "m", "providerConfig": config}
    path = _write(providers=[_provider("a", "One")], catalog=[entry])
    assert "1 entry changed" in run("convert").output
    assert json.loads(path.read_text())["models"]["catalog"] == [{"id": "e", "providerId": "a", "model": "m"}]
    assert "No entry is left" in run("convert").output


@pytest.mark.req("ST-4")
def test_move_away_moves_only_a_file_that_cannot_be_read(run: Run) -> None:
    """A broken file is kept under another name, which is told; a good one stays where it is."""
    path = _write(providers=[], catalog=[])
    assert "can be read" in run("move-away", code=1).output
    assert path.exists()
    path.write_text("{ broken")
    said = run("move-away").output
    assert not path.exists()
    (moved,) = Path.cwd().glob("dispatch.settings.moved-*.json")
    assert moved.name in said
    assert moved.read_text() == "{ broken"
