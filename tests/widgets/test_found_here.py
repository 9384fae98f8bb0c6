"""The section "Found here": key variables that are set, and local servers, looked for when asked."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest

from dispatch_widgets import ProvidersPanel, SettingsService
from dispatch_widgets.demo import DemoServer
from dispatch_widgets.demo.faults import fault
from dispatch_widgets.detection import find_here_async
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


@pytest.mark.req("UI")
def test_looking_in_vain_says_so(service, page, monkeypatch) -> None:
    """Beside variables that were found it is said that no local server answers, once they were asked."""
    monkeypatch.setenv("MISTRAL_API_KEY", "sk-0123456789abcdef")
    nobody = partial(find_here_async, presets=[])
    monkeypatch.setattr("dispatch_widgets.widgets._found.find_here_async", nobody)
    panel = ProvidersPanel(service)
    assert "local server" not in panel.found.words
    panel.found.look.click()
    page.until(lambda: "No local server answers." in panel.found.words)
    assert is_shown(panel.found.list)


@pytest.mark.req("UI", "PM-2")
def test_a_second_account_gets_a_name_of_its_own(service, monkeypatch, page) -> None:
    """What is found here is added under a name that no other provider has."""
    monkeypatch.setenv("GROQ_API_KEY", "gsk_" + "a" * 30)
    service.add_provider(name="Groq", type="anthropic", api_key="sk-ant-0123456789abcdef")
    panel = ProvidersPanel(service)
    monkeypatch.setattr(panel.hub, "ask", lambda *_args, **_keys: True)
    page.answer(panel.found.list, "add", "groq")
    assert service.get_providers()[-1].name == "Groq 2"


@pytest.mark.req("SEC-4", "UI")
def test_found_here_adds_a_variable_by_name(settings_path, monkeypatch, page) -> None:
    """A key variable that is set is offered, and added as a reference in one click."""
    monkeypatch.setenv("GROQ_API_KEY", "gsk_" + "a" * 30)
    panel = ProvidersPanel(SettingsService(settings_path))
    assert [found["title"] for found in panel.found.rows] == ["Groq"]
    monkeypatch.setattr(panel.hub, "ask", lambda *_args, **_keys: True)
    page.answer(panel.found.list, "add", "groq")
    (provider,) = panel.service.get_providers()
    assert provider.key_variable == "GROQ_API_KEY"
    assert panel.found.rows == ()


@pytest.mark.req("UI", "PM-2")
def test_local_servers_are_asked_only_when_asked_to_look(settings_path, local_server, page) -> None:
    """Look again asks local ports in the background; what answers can be added with one press."""
    service = SettingsService(settings_path)
    panel = ProvidersPanel(service)
    assert is_shown(panel.found)
    assert panel.found.rows == ()
    assert "when you look again" in panel.found.words
    assert len(local_server.requests) == 0
    with panel.hub.lock:  # the answer can be here before the next line, and waits outside
        panel.found.look.click()
        assert panel.found.look.disabled
    page.until(lambda: panel.found.rows)
    assert panel.hub.settle()
    (row,) = panel.found.rows
    assert row["title"] == "Model server"  # it does not say what it is, and its port does not count
    assert row["line"][0].startswith("Answers on 127.0.0.1:")
    assert row["line"][0].endswith(" models")
    assert not panel.found.look.disabled
    page.answer(panel.found.list, "add", row["id"])
    page.wait(panel)
    (provider,) = service.get_providers()
    assert (provider.name, provider.base_url) == ("Model server", local_server.openai_base_url)
    assert "no key needed" in page.words(page.row(panel.list, "Model server")["meta"][1])
    assert panel.found.rows == ()


@pytest.mark.req("UI")
def test_a_local_server_that_wants_a_key_leads_to_the_form(settings_path, local_server, page) -> None:
    """A server on a local port that refuses the placeholder is offered, with the form for its key."""
    local_server.play(fault("401"))
    panel = ProvidersPanel(SettingsService(settings_path))
    panel.found.look.click()
    page.until(lambda: panel.found.rows)
    assert panel.hub.settle()
    (row,) = panel.found.rows
    assert row["line"][0].endswith("wants a key")
    page.answer(panel.found.list, "add", row["id"])
    assert panel.form is not None
    assert panel.form.preset.value == "ollama"
