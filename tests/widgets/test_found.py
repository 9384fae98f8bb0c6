"""The section "Found here": a way to look for local servers, whatever else is there."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest

from dispatch_widgets import ProvidersPanel
from dispatch_widgets.demo import DemoServer
from dispatch_widgets.finding import find_here_async
from dispatch_widgets.presets import KEY_VARIABLES, find_preset
from dispatch_widgets.secrets import NO_KEY_NEEDED
from dispatch_widgets.widgets._parts import is_shown

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in KEY_VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def local_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[DemoServer]:
    """A local server that needs no key, on the port that Ollama is looked for."""
    with DemoServer(models=12, api_key=NO_KEY_NEEDED) as server:
        presets = [replace(find_preset("ollama"), base_url=server.openai_base_url)]
        look = partial(find_here_async, presets=presets)
        monkeypatch.setattr("dispatch_widgets.widgets._found.find_here_async", look)
        yield server


@pytest.mark.req("UI")
def test_local_servers_can_be_looked_for_beside_providers(service, local_server, page) -> None:
    """With providers, and no variable free, the section stands there and finds what was started since."""
    panel = ProvidersPanel(service)
    assert is_shown(panel.found)
    assert not is_shown(panel.found.list)
    assert "No key variable is set in this kernel." in panel.found.words
    panel.found.look.click()
    page.until(lambda: panel.found.rows)
    assert panel.hub.settle()
    assert is_shown(panel.found.list)
    page.answer(panel.found.list, "add", panel.found.rows[0]["id"])
    page.wait(panel)
    assert panel.found.rows == ()
    assert is_shown(panel.found.look)
    assert "no other local server answers" in panel.found.words
    assert len(local_server.requests) > 0


@pytest.mark.req("UI")
def test_what_was_hidden_is_shown_again_by_looking_again(service, local_server, page, monkeypatch) -> None:
    """Hide puts what was found away and says how much; Look again brings it back."""
    monkeypatch.setenv("MISTRAL_API_KEY", "sk-0123456789abcdef")
    panel = ProvidersPanel(service)
    assert is_shown(panel.found.list)
    panel.found._hide_it.click()
    assert is_shown(panel.found)
    assert not is_shown(panel.found.list)
    assert not is_shown(panel.found._hide_it)
    assert panel.found.words.endswith("1 hidden")
    panel.found.look.click()
    page.until(lambda: len(panel.found.rows) == 2)
    assert panel.hub.settle()
    assert is_shown(panel.found.list)
    assert local_server.requests
