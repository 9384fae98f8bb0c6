"""``export`` writes a copy without keys and says which variables it needs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import dispatch_widgets as dw
from dispatch_widgets.demo import DemoServer
from dispatch_widgets.demo.samples import write_sample

if TYPE_CHECKING:
    from conftest import Run

KEY = "sk-proj-0123456789abcdefghij"


@pytest.mark.req("API-1a")
def test_export_prints_the_variables_to_set(run: Run) -> None:
    """The copy's path, then a table of variable and provider; what the app expands not is told on stderr."""
    dw.add_provider(
        name="OpenAI", type="openai-compatible", api_key=KEY, base_url="https://api.openai.com/v1"
    )
    done = run("export", "shared.json")
    assert done.stdout.splitlines() == [
        str(Path.cwd() / "shared.json"),
        "It has no key in it. Set these variables where it is used:",
        "Variable        Provider",
        "OPENAI_API_KEY  OpenAI",
    ]
    assert "does not expand references" in done.stderr
    assert KEY not in Path("shared.json").read_text(encoding="utf-8")


@pytest.mark.req("API-1a")
def test_export_replaces_only_when_told_and_answers_in_json(run: Run) -> None:
    """A file that is there ends it with 1; --replace and --json do what they say."""
    with DemoServer() as server:
        write_sample(Path.cwd(), server)
    before = Path("dispatch.settings.json").read_bytes()
    run("export", "shared.json")
    assert "is there already" in run("export", "shared.json", code=1).stderr
    made = json.loads(run("export", "shared.json", "--replace", "--json").stdout)
    assert made["path"] == str(Path.cwd() / "shared.json")
    assert [each["name"] for each in made["variables"] if each["providers"]] == [
        "ANTHROPIC_LOCAL_API_KEY",
        "OPENAI_1_API_KEY",
        "OPENAI_2_API_KEY",
        "OPENAI_API_KEY",
    ]
    assert Path("dispatch.settings.json").read_bytes() == before  # exporting converts nothing on disk


@pytest.mark.req("API-1a", "SEC-1")
def test_export_refuses_with_the_place_and_without_the_key(run: Run) -> None:
    """A key that would be left ends it with 1, nothing written."""
    dw.add_provider(
        name="OpenAI", type="openai-compatible", api_key=KEY, base_url="https://api.openai.com/v1"
    )
    path = Path("dispatch.settings.json")
    document = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**document, "ui": {"note": KEY}}), encoding="utf-8")
    done = run("export", "shared.json", code=1)
    assert "ui.note" in done.stderr
    assert not Path("shared.json").exists()
