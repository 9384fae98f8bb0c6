"""The section "Found here": key variables that are set, and local servers, looked for when asked."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest
from panel_driver.person import until

from dispatch_widgets import ProvidersPanel, SettingsService
from dispatch_widgets.demo import DemoServer
from dispatch_widgets.demo.faults import fault
from dispatch_widgets.detection import find_here_async
from dispatch_widgets.presets import KEY_VARIABLES, find_preset
from dispatch_widgets.secrets import NO_KEY_NEEDED
from dispatch_widgets.widgets.presenters.hub.hub import Hub

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
        monkeypatch.setattr("dispatch_widgets.widgets.presenters.providers.found_here.find_here_async", look)
        yield server


@pytest.mark.req("UI")
def test_local_servers_can_be_looked_for_beside_providers(service, local_server, person) -> None:
    """With providers, and no variable free, the section stands there and finds what was started since."""
    me = person(ProvidersPanel(service))
    assert "Found here" in me.headings
    assert me.titles("Found here") == []
    assert me.sees("No key variable is set in this kernel.")
    me.press("Look again")
    until(lambda: me.titles("Found here"))
    me.wait()
    (row,) = me.rows("Found here")
    row.press("Add")
    me.wait()
    assert me.titles("Found here") == []
    assert me.can_press("Look again")
    assert me.sees("no other local server answers")
    assert len(local_server.requests) > 0


@pytest.mark.req("UI")
def test_what_was_hidden_is_shown_again_by_looking_again(service, local_server, person, monkeypatch) -> None:
    """Hide puts what was found away and says how much; Look again brings it back."""
    monkeypatch.setenv("MISTRAL_API_KEY", "sk-0123456789abcdef")
    me = person(ProvidersPanel(service))
    assert len(me.rows("Found here")) == 1
    me.press("Hide")
    assert "Found here" in me.headings
    assert me.rows("Found here") == []
    assert "Hide" not in me.buttons
    assert "1 hidden" in me.text.splitlines()
    me.press("Look again")
    until(lambda: len(me.rows("Found here")) == 2)
    me.wait()
    assert local_server.requests


@pytest.mark.req("UI")
def test_looking_in_vain_says_so(service, person, monkeypatch) -> None:
    """Beside variables that were found it is said that no local server answers, once they were asked."""
    monkeypatch.setenv("MISTRAL_API_KEY", "sk-0123456789abcdef")
    nobody = partial(find_here_async, presets=[])
    monkeypatch.setattr("dispatch_widgets.widgets.presenters.providers.found_here.find_here_async", nobody)
    me = person(ProvidersPanel(service))
    assert not me.sees("local server")
    me.press("Look again")
    me.see("No local server answers.")
    assert len(me.rows("Found here")) == 1


@pytest.fixture
def nobody_is_asked(monkeypatch) -> None:
    """What is added is not fetched: its server is somebody's, and no test leaves loopback."""
    monkeypatch.setattr(Hub, "ask", lambda *_args, **_keys: True)


@pytest.mark.usefixtures("nobody_is_asked")
@pytest.mark.req("UI", "PM-2")
def test_a_second_account_gets_a_name_of_its_own(service, monkeypatch, person) -> None:
    """What is found here is added under a name that no other provider has."""
    monkeypatch.setenv("GROQ_API_KEY", "gsk_" + "a" * 30)
    service.add_provider(name="Groq", type="anthropic", api_key="sk-ant-0123456789abcdef")
    me = person(ProvidersPanel(service))
    me.row("Groq", of="Found here").press("Add")
    assert service.get_providers()[-1].name == "Groq 2"


@pytest.mark.usefixtures("nobody_is_asked")
@pytest.mark.req("SEC-4", "UI")
def test_found_here_adds_a_variable_by_name(settings_path, monkeypatch, person) -> None:
    """A key variable that is set is offered, and added as a reference in one click."""
    monkeypatch.setenv("GROQ_API_KEY", "gsk_" + "a" * 30)
    panel = ProvidersPanel(SettingsService(settings_path))
    me = person(panel)
    assert me.titles("Found here") == ["Groq"]
    me.row("Groq").press("Add")
    (provider,) = panel.service.get_providers()
    assert provider.key_variable == "GROQ_API_KEY"
    assert me.titles("Found here") == []


@pytest.mark.req("UI", "PM-2")
def test_local_servers_are_asked_only_when_asked_to_look(settings_path, local_server, person) -> None:
    """Look again asks local ports in the background; what answers can be added with one press."""
    service = SettingsService(settings_path)
    panel = ProvidersPanel(service)
    me = person(panel)
    assert "Found here" in me.headings
    assert me.titles("Found here") == []
    assert me.sees("when you look again")
    assert len(local_server.requests) == 0
    with panel.presenter.hub.lock:  # the answer can be here before the next line, and waits outside
        me.press("Look again")
        assert not me.can_press("Look again")
    until(lambda: me.titles("Found here"))
    me.wait()
    assert me.titles("Found here") == [
        "Model server"
    ]  # it does not say what it is, and its port does not count
    (words,) = me.row("Model server").lines
    assert words.startswith("Answers on 127.0.0.1:")
    assert words.endswith(" models")
    assert me.can_press("Look again")
    me.row("Model server").press("Add")
    me.wait()
    (provider,) = service.get_providers()
    assert (provider.name, provider.base_url) == ("Model server", local_server.openai_base_url)
    assert "no key needed" in me.row("Model server").facts[1]
    assert me.titles("Found here") == []


@pytest.mark.req("UI")
def test_a_local_server_that_wants_a_key_leads_to_the_form(settings_path, local_server, person) -> None:
    """A server on a local port that refuses the placeholder is offered, with the form for its key."""
    local_server.play(fault("401"))
    me = person(ProvidersPanel(SettingsService(settings_path)))
    me.press("Look again")
    until(lambda: me.titles("Found here"))
    me.wait()
    (row,) = me.rows("Found here")
    assert row.lines[0].endswith("wants a key")
    row.press("Add")
    assert "Add provider" in me.headings
    assert me.value("Preset") == "Ollama"
