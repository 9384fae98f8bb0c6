"""What a settings file may have sent where: nothing that it was not given for, before a yes (SEC-4)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from dispatch_widgets import ConsentNeededError, MissingVariableError, SettingsService
from dispatch_widgets.demo import DemoServer
from dispatch_widgets.service import Change

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

VARIABLE = "SOMEBODYS_SECRET"
PROVIDER = "11111111-2222-4333-8444-555555555555"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[DemoServer]:
    """A provider on loopback, whose key is in a variable that was not made for it."""
    with DemoServer(models=60) as running:
        monkeypatch.setenv(VARIABLE, running.api_key)
        yield running


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes a settings file as somebody else would have written it."""

    def written(base_url: str, key: str = f"${{{VARIABLE}}}", kind: str = "openai-compatible") -> Path:
        path = tmp_path / "dispatch.settings.json"
        credentials = {"apiKey": key, "baseUrl": base_url}
        document = {
            "providers": [{"id": PROVIDER, "name": "Theirs", "type": kind, "credentials": credentials}],
            "models": {
                "catalog": [{"id": "theirs:m", "providerId": PROVIDER, "model": "gpt-4o"}],
                "assignment": [{"task": "summarize", "modelId": "theirs:m"}],
            },
        }
        path.write_text(json.dumps(document), encoding="utf-8")
        return path

    return written


def _ways(service: SettingsService) -> dict[str, Callable[[], Any]]:
    return {
        "discover": lambda: service.discover_models(PROVIDER, force_refresh=True),
        "start": lambda: service.start_discovery(PROVIDER).result(20),
        "resolve": lambda: service.resolve("summarize"),
        "resolve_model": lambda: service.resolve_model(PROVIDER, "gpt-4o"),
    }


@pytest.mark.req("SEC-4")
@pytest.mark.parametrize("way", ["discover", "start", "resolve", "resolve_model"])
def test_nothing_is_sent_before_a_yes(server: DemoServer, write: Callable[..., Path], way: str) -> None:
    """Each way that would send or hand out the variable's value stops, and works after the yes (SEC-4)."""
    service = SettingsService(write(server.openai_base_url))
    host = server.openai_base_url.split("/")[2]
    assert service.needs_consent(PROVIDER) == (VARIABLE, host)
    with pytest.raises(ConsentNeededError) as caught:
        _ways(service)[way]()
    error = caught.value
    assert (error.code, error.variable, error.host, error.provider_id) == (
        "BAD_REQUEST",
        VARIABLE,
        host,
        PROVIDER,
    )
    assert f"Send ${VARIABLE} to {host}" in error.hint
    assert f"service.allow_sending('{PROVIDER}')" in error.hint
    assert server.api_key not in json.dumps(error.as_dict())
    assert server.requests == ()
    assert server.connections == 0
    service.allow_sending(PROVIDER)
    assert service.needs_consent(PROVIDER) is None
    _ways(service)[way]()


@pytest.mark.req("SEC-4")
def test_opening_and_looking_sends_nothing(server: DemoServer, write: Callable[..., Path]) -> None:
    """What panels call to draw themselves asks nobody and raises nothing (SEC-4)."""
    service = SettingsService(write(server.openai_base_url))
    assert service.known_models(PROVIDER) is None
    assert service.entries_for("summarize")
    assert service.last_error(PROVIDER) is None
    assert service.preview_migration() is None
    assert server.connections == 0


@pytest.mark.req("SEC-4")
def test_refreshing_all_tells_it_for_that_provider_alone(
    server: DemoServer, write: Callable[..., Path]
) -> None:
    """The others are asked; the one gets the error until the yes, which clears it and is told (SEC-4)."""
    service = SettingsService(write(server.openai_base_url))
    other = service.add_provider(
        name="Mine", type="openai-compatible", api_key=server.api_key, base_url=server.openai_base_url
    ).id
    results = service.refresh_all()
    assert isinstance(results[PROVIDER], ConsentNeededError)
    assert len(results[other]) == 60  # type: ignore[arg-type]
    assert isinstance(service.last_error(PROVIDER), ConsentNeededError)
    heard: list[Change] = []
    service.subscribe(heard.append)
    service.allow_sending(PROVIDER)
    assert heard == [Change("discovery", PROVIDER)]
    assert service.last_error(PROVIDER) is None


@pytest.mark.req("SEC-4")
def test_whoever_gives_the_reference_here_has_said_yes(server: DemoServer, tmp_path: Path) -> None:
    """Adding or updating with the reference in this process is the yes, and only there (SEC-4)."""
    path = tmp_path / "dispatch.settings.json"
    given = {"type": "openai-compatible", "base_url": server.openai_base_url}
    service = SettingsService(path)
    added = service.add_provider(name="A", api_key=f" ${{{VARIABLE}}} ", **given)
    changed = service.add_provider(name="B", api_key="sk-typed-0123456789", **given)
    service.update_provider(changed.id, api_key=f"${{{VARIABLE}}}")
    for provider_id in (added.id, changed.id):
        assert service.needs_consent(provider_id) is None
        assert len(service.discover_models(provider_id)) == 60
    another_process = SettingsService(path)
    assert another_process.needs_consent(added.id) is not None


@pytest.mark.req("SEC-4")
def test_changing_something_else_is_no_yes(server: DemoServer, write: Callable[..., Path]) -> None:
    """A new name, or a form saved with its key field empty, does not let the variable out (SEC-4)."""
    service = SettingsService(write(server.openai_base_url))
    service.update_provider(PROVIDER, name="Renamed", api_key="")
    assert service.needs_consent(PROVIDER) is not None


@pytest.mark.req("SEC-4")
def test_a_yes_is_for_one_variable_and_one_host(
    server: DemoServer, write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program that changes host, scheme or variable has to be answered anew (SEC-4)."""
    monkeypatch.setenv("ANOTHER_SECRET", "sk-another-0123456789")
    service = SettingsService(write("https://llm.example.edu/v1"))
    service.allow_sending(PROVIDER)
    assert service.needs_consent(PROVIDER) is None
    write("https://llm.example.edu/v2")
    assert service.needs_consent(PROVIDER) is None
    write("https://evil.example/v1")
    assert service.needs_consent(PROVIDER) == (VARIABLE, "evil.example")
    write("http://llm.example.edu/v1")
    assert service.needs_consent(PROVIDER) == (VARIABLE, "llm.example.edu")
    write("https://llm.example.edu:8443/v1")
    assert service.needs_consent(PROVIDER) == (VARIABLE, "llm.example.edu:8443")
    write("https://llm.example.edu/v1", "${ANOTHER_SECRET}")
    assert service.needs_consent(PROVIDER) == ("ANOTHER_SECRET", "llm.example.edu")


@pytest.mark.req("SEC-4")
@pytest.mark.parametrize(
    "case",
    [
        ("OPENAI_API_KEY", "https://api.openai.com/v1", "openai-compatible", False),
        ("ANTHROPIC_API_KEY", "https://api.anthropic.com", "anthropic", False),
        ("OPENAI_API_KEY", "http://api.openai.com/v1", "openai-compatible", True),
        ("OPENAI_API_KEY", "https://api.openai.com.evil.example/v1", "openai-compatible", True),
        ("OPENAI_API_KEY", "https://api.groq.com/openai/v1", "openai-compatible", True),
        ("ANTHROPIC_API_KEY", "https://gateway.example.edu", "anthropic", True),
        ("OPENAI_API_KEY", "http://localhost:11434/v1", "openai-compatible", True),
    ],
)
def test_a_presets_own_pair_needs_no_yes(
    write: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    case: tuple[str, str, str, bool],
) -> None:
    """A well-known variable goes to its own provider over https unasked, and nowhere else (SEC-4)."""
    variable, base_url, kind, asks = case
    monkeypatch.setenv(variable, "sk-known-0123456789")
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        return httpx.Response(200, json={"data": [{"id": "m"}]})

    path = write(base_url, f"${{{variable}}}", kind)
    service = SettingsService(path, transport=httpx.MockTransport(answer))
    assert (service.needs_consent(PROVIDER) is not None) is asks
    if asks:
        with pytest.raises(ConsentNeededError):
            service.discover_models(PROVIDER)
        assert asked == []
    else:
        assert len(service.discover_models(PROVIDER)) == 1


@pytest.mark.req("SEC-4")
def test_a_variable_that_is_not_set_is_told_as_that(
    write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is nothing to ask about when there is nothing to send (SEC-4)."""
    service = SettingsService(write("https://llm.example.edu/v1", "${NOT_SET_HERE}"))
    assert service.needs_consent(PROVIDER) is None
    with pytest.raises(MissingVariableError):
        service.resolve("summarize")
    monkeypatch.setenv("NOT_SET_HERE", "sk-now-0123456789")
    assert service.needs_consent(PROVIDER) == ("NOT_SET_HERE", "llm.example.edu")


@pytest.mark.req("SEC-4")
def test_a_keyring_reference_of_a_file_needs_a_yes_too(write: Callable[..., Path]) -> None:
    """A file cannot have any entry of the keyring sent off; the keyring is not even opened (SEC-4)."""
    service = SettingsService(write("https://llm.example.edu/v1", "keyring:bank/me"))
    assert service.needs_consent(PROVIDER) == ("keyring:bank/me", "llm.example.edu")
    with pytest.raises(ConsentNeededError, match="keyring:bank/me"):
        service.resolve("summarize")


@pytest.mark.req("SEC-4")
def test_an_entry_without_a_key_in_an_old_file_needs_a_yes(
    tmp_path: Path, server: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After migration its key is a reference, and its base URL is the file's own (MIG-4, SEC-4)."""
    from dispatch_widgets.demo.samples import write_sample

    monkeypatch.setenv("OPENAI_API_KEY", server.api_key)
    service = SettingsService(write_sample(tmp_path, server))
    asking = [p for p in service.get_providers() if service.needs_consent(p.id)]
    assert [provider.key_variable for provider in asking] == ["OPENAI_API_KEY"]
    service.allow_sending(asking[0].id)
    assert service.discover_models(asking[0].id)
