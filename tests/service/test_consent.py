"""What a settings file may have sent where: nothing that it was not given for, before a yes (SEC-4)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from dispatch_widgets import (
    ChangedMeanwhileError,
    ConsentNeededError,
    InvalidInputError,
    MissingVariableError,
    SettingsService,
)
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
    """Writes a settings file as another program would."""

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
    """Every function that would send or return the variable's value needs consent first (SEC-4)."""
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
    assert f"service.allow_sending('{PROVIDER}', variable='{VARIABLE}', host='{host}')" in error.hint
    assert server.api_key not in json.dumps(error.as_dict())
    assert server.requests == ()
    assert server.connections == 0
    service.allow_sending(PROVIDER)
    assert service.needs_consent(PROVIDER) is None
    _ways(service)[way]()


@pytest.mark.req("SEC-4")
def test_opening_and_looking_sends_nothing(server: DemoServer, write: Callable[..., Path]) -> None:
    """Functions that panels use to draw send nothing and raise nothing (SEC-4)."""
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
    """Refreshing all gives the error for that provider alone; consent clears it and notifies (SEC-4)."""
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
    """Adding or updating with the reference is consent, in this process only (SEC-4)."""
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
    """A new name, or an empty key, is no consent (SEC-4)."""
    service = SettingsService(write(server.openai_base_url))
    service.update_provider(PROVIDER, name="Renamed", api_key="")
    assert service.needs_consent(PROVIDER) is not None


@pytest.mark.req("SEC-4")
def test_a_yes_is_for_one_variable_and_one_host(
    server: DemoServer, write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """If another program changes host, scheme or variable, consent is needed again (SEC-4)."""
    monkeypatch.setenv("ANOTHER_SECRET", "sk-another-0123456789")
    service = SettingsService(write("https://llm.example.edu/v1"))
    service.allow_sending(PROVIDER)
    assert service.needs_consent(PROVIDER) is None
    write("https://llm.example.edu/v2")
    assert service.needs_consent(PROVIDER) is None
    write("https://evil.example/v1")
    assert service.needs_consent(PROVIDER) == (VARIABLE, "evil.example")
    write("http://llm.example.edu/v1")
    assert service.needs_consent(PROVIDER) == (VARIABLE, "http://llm.example.edu")
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
    """A well-known variable needs no consent for its own provider over https, and for no other (SEC-4)."""
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
    """A variable that is not set needs no consent (SEC-4)."""
    service = SettingsService(write("https://llm.example.edu/v1", "${NOT_SET_HERE}"))
    assert service.needs_consent(PROVIDER) is None
    with pytest.raises(MissingVariableError):
        service.resolve("summarize")
    monkeypatch.setenv("NOT_SET_HERE", "sk-now-0123456789")
    assert service.needs_consent(PROVIDER) == ("NOT_SET_HERE", "llm.example.edu")


@pytest.mark.req("SEC-4")
def test_a_keyring_reference_of_a_file_needs_a_yes_too(write: Callable[..., Path]) -> None:
    """A keyring reference needs consent, and the keyring is not opened before (SEC-4)."""
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


# ---- a yes is to what was seen (SEC-8)


@pytest.mark.req("SEC-8")
def test_a_yes_to_what_the_file_says_no_more_lets_nothing_out(
    server: DemoServer, write: Callable[..., Path]
) -> None:
    """Consent names variable and host; with another host in the file it is needed again."""
    service = SettingsService(write("https://good.test/v1"))
    with pytest.raises(ConsentNeededError) as asked:
        service.discover_models(PROVIDER)
    seen = {"variable": asked.value.variable, "host": asked.value.host}
    write(server.openai_base_url)
    with pytest.raises(ConsentNeededError) as anew:
        service.allow_sending(PROVIDER, **seen)
    host = server.openai_base_url.split("/")[2]
    assert (anew.value.variable, anew.value.host) == (VARIABLE, host)
    assert anew.value.message.startswith("That is not what the settings file says now")
    with pytest.raises(ConsentNeededError):
        service.discover_models(PROVIDER)
    assert server.connections == 0
    service.allow_sending(PROVIDER, variable=VARIABLE, host=host)
    assert len(service.discover_models(PROVIDER)) == 60


@pytest.mark.req("SEC-8")
@pytest.mark.parametrize("seen", [("OTHER", ""), ("", "good.test"), (VARIABLE, "good.test.evil"), ("", "")])
def test_a_yes_to_something_else_is_none(write: Callable[..., Path], server: DemoServer, seen: Any) -> None:
    """Consent to only a variable or host, or to a host with the same beginning, does not count."""
    service = SettingsService(write("https://good.test/v1"))
    with pytest.raises(ConsentNeededError):
        service.allow_sending(PROVIDER, variable=seen[0], host=seen[1])
    assert service.needs_consent(PROVIDER) == (VARIABLE, "good.test")


@pytest.mark.req("SEC-8")
def test_a_yes_to_a_reference_is_none_to_a_key(write: Callable[..., Path], server: DemoServer) -> None:
    """Consent to a variable raises if the file has a plain key by then, and nothing is sent."""
    service = SettingsService(write("https://good.test/v1"))
    write(server.openai_base_url, "sk-plain-0123456789")
    with pytest.raises(ChangedMeanwhileError, match=rf"\${VARIABLE} sent to good.test any more"):
        service.allow_sending(PROVIDER, variable=VARIABLE, host="good.test")
    assert server.connections == 0


@pytest.mark.req("SEC-8")
def test_a_yes_to_https_is_told_apart_from_one_in_clear(
    write: Callable[..., Path], server: DemoServer
) -> None:
    """The host has its scheme if it is http, so consent to https does not include it."""
    service = SettingsService(write("https://good.test/v1"))
    seen = service.needs_consent(PROVIDER)
    assert seen is not None
    write("http://good.test/v1")
    with pytest.raises(ConsentNeededError, match=r"http://good\.test"):
        service.allow_sending(PROVIDER, variable=seen.variable, host=seen.host)


def _move_once(service: SettingsService, write: Callable[..., Path], base_url: str) -> None:
    """Has another program change the base URL at the moment in which this service has saved."""
    moved: list[Change] = []

    def move(change: Change) -> None:
        if change.what == "settings" and not moved:
            moved.append(change)
            document = json.loads(service.path.read_text("utf-8"))
            for provider in document["providers"]:
                provider["credentials"]["baseUrl"] = base_url
            service.path.write_text(json.dumps(document), encoding="utf-8")

    service.subscribe(move)


@pytest.mark.req("SEC-8", "PM-2")
@pytest.mark.parametrize("how", ["add", "update"])
def test_a_reference_given_here_goes_where_it_was_given_for(
    server: DemoServer, write: Callable[..., Path], how: str
) -> None:
    """A host that another program puts there right after the save has no yes; what was saved is returned."""
    service = SettingsService(write("https://good.test/v1", "sk-before-0123456789"))
    _move_once(service, write, server.openai_base_url)
    given: dict[str, Any] = {"api_key": f"${{{VARIABLE}}}", "base_url": "https://fine.test/v1"}
    if how == "add":
        saved = service.add_provider(name="New", type="openai-compatible", **given)
    else:
        saved = service.update_provider(PROVIDER, **given)
    assert saved.base_url == "https://fine.test/v1"
    assert service.provider(saved.id).base_url == server.openai_base_url
    with pytest.raises(ConsentNeededError):
        service.discover_models(saved.id)
    assert server.connections == 0


@pytest.mark.req("SEC-8")
@pytest.mark.parametrize(
    "changes",
    [
        {"api_key": "sk-typed-0123456789"},
        {"api_key": f"${{{VARIABLE}}}"},
        {"api_key": "sk-typed-0123456789", "name": "Mine"},
    ],
    ids=["typed", "reference", "with a name"],
)
def test_a_key_given_for_one_host_is_not_saved_for_another(
    server: DemoServer, write: Callable[..., Path], changes: dict[str, Any]
) -> None:
    """An update with the provider as seen saves nothing if the file has another host by then."""
    service = SettingsService(write("https://good.test/v1", "sk-before-0123456789"))
    seen = service.provider(PROVIDER)
    path = write(server.openai_base_url, "sk-before-0123456789")
    before = path.read_bytes()
    with pytest.raises(ChangedMeanwhileError) as refused:
        service.update_provider(PROVIDER, **changes, seen=seen)
    assert "no longer to good.test" in refused.value.message
    assert path.read_bytes() == before
    assert "sk-typed" not in str(refused.value)
    assert service.update_provider(PROVIDER, name="Mine", seen=seen).name == "Mine"  # a name goes nowhere


@pytest.mark.req("SEC-8")
def test_a_key_of_another_host_is_not_sent_to_the_one_that_was_typed(write: Callable[..., Path]) -> None:
    """A new base URL is not saved with a key that another program has written for another host."""
    service = SettingsService(write("https://good.test/v1", "sk-before-0123456789"))
    seen = service.provider(PROVIDER)
    path = write("https://other.test/v1", "sk-other-0123456789")
    with pytest.raises(ChangedMeanwhileError, match="another key"):
        service.update_provider(PROVIDER, base_url="https://mine.test/v1", seen=seen)
    assert "mine.test" not in path.read_text("utf-8")


@pytest.mark.req("SEC-8", "ST-6")
def test_what_another_program_changed_elsewhere_is_no_hindrance(write: Callable[..., Path]) -> None:
    """A key is saved if another program has changed only the path or the name."""
    service = SettingsService(write("https://good.test/v1", "sk-before-0123456789"))
    seen = service.provider(PROVIDER)
    write("https://good.test/v2", "sk-before-0123456789")
    saved = service.update_provider(PROVIDER, api_key="sk-typed-0123456789", seen=seen)
    assert (saved.base_url, saved.credentials.api_key.get_secret_value()) == (
        "https://good.test/v2",
        "sk-typed-0123456789",
    )


@pytest.mark.req("SEC-8")
def test_an_update_with_a_yes_saves_only_what_was_agreed(
    server: DemoServer, write: Callable[..., Path]
) -> None:
    """Consent in an update must match the result of the update, else nothing is saved."""
    service = SettingsService(write("https://good.test/v1"))
    path = write(server.openai_base_url)
    before = path.read_bytes()
    with pytest.raises(ConsentNeededError):
        service.update_provider(PROVIDER, name="Mine", sending=(VARIABLE, "good.test"))
    assert path.read_bytes() == before
    service.update_provider(PROVIDER, base_url="https://good.test/v1", sending=(VARIABLE, "good.test"))
    assert service.needs_consent(PROVIDER) is None


# ---- types that are not known, addresses that are none


@pytest.mark.req("SEC-8", "API-5")
@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("", "a server that it does not name"),
        ("?x=1", "a server that it does not name"),
        ("https://x@evil", "“…@evil”, which is no base URL"),
        ("https://user:pw0123456789@evil/v1", "“…@evil/v1”, which is no base URL"),
        ("evil.test/v1?key=sk-in-the-url-0123456789", "“evil.test/v1”, which is no base URL"),
        ("https://evil.test:99999", "“https://evil.test:99999”, which is no base URL"),
        ("https://evil.test/v1", "evil.test"),
        ("http://evil.test/v1", "http://evil.test"),
    ],
)
def test_a_type_that_is_not_known_is_asked_about_too(
    write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, address: str, told: str
) -> None:
    """`resolve` needs consent too, for this address only."""
    monkeypatch.setenv(VARIABLE, "sk-mine-0123456789")
    service = SettingsService(write(address, kind="a-newer-type"))
    for way in ("resolve", "resolve_model"):
        with pytest.raises(ConsentNeededError) as asked:
            _ways(service)[way]()
        assert (asked.value.variable, asked.value.host) == (VARIABLE, told)
        assert "0123456789" not in json.dumps(asked.value.as_dict())
    with pytest.raises(ConsentNeededError):
        service.try_model(PROVIDER, "gpt-4o")
    service.allow_sending(PROVIDER, variable=VARIABLE, host=told)
    assert service.resolve("summarize").api_key.get_secret_value() == "sk-mine-0123456789"
    write("https://elsewhere@evil.test/v3", kind="a-newer-type")
    with pytest.raises(ConsentNeededError):
        service.resolve("summarize")
    write(address, kind="another-newer-type")
    if "which" in told or "does not name" in told:
        with pytest.raises(ConsentNeededError):
            service.resolve("summarize")


@pytest.mark.req("SEC-8", "API-5")
@pytest.mark.parametrize("address", ["", "https://x@evil", "?x=1", "evil.test"])
def test_an_address_that_cannot_be_used_gives_no_value_away(
    write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    """With a known type an invalid address is the error, and the variable is not read."""
    monkeypatch.delenv(VARIABLE, raising=False)
    service = SettingsService(write(address))
    for way in ("resolve", "resolve_model", "discover"):
        with pytest.raises(InvalidInputError):
            _ways(service)[way]()
    assert service.needs_consent(PROVIDER) is None


# ---- companions: a variable that says where another one's key goes


@pytest.mark.req("SEC-8")
@pytest.mark.parametrize(
    "case",
    [
        ("OPENAI_API_KEY", "OPENAI_BASE_URL", "https://api.openai.com/v1", "openai-compatible"),
        ("OPENAI_API_KEY", "OPENAI_API_BASE", "https://api.openai.com/v1", "openai-compatible"),
        ("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "https://api.anthropic.com", "anthropic"),
        ("GROQ_API_KEY", "GROQ_BASE_URL", "https://api.groq.com/openai/v1", "openai-compatible"),
    ],
)
def test_a_gateways_key_does_not_go_to_the_vendor_unasked(
    write: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    case: tuple[str, str, str, str],
) -> None:
    """A companion that names another server: the vendor's host is asked about, and the yes works."""
    variable, companion, base_url, kind = case
    monkeypatch.setenv(variable, "sk-gateway-0123456789")
    monkeypatch.setenv(companion, "https://gateway.test/v1")
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        return httpx.Response(200, json={"data": [{"id": "m"}]})

    path = write(base_url, f"${{{variable}}}", kind)
    service = SettingsService(path, transport=httpx.MockTransport(answer))
    host = base_url.split("/")[2]
    for way in ("discover", "start", "resolve", "resolve_model"):
        with pytest.raises(ConsentNeededError) as needed:
            _ways(service)[way]()
        assert f"{companion} names gateway.test" in needed.value.message
    assert asked == []
    service.allow_sending(PROVIDER, variable=variable, host=host)
    assert len(service.discover_models(PROVIDER)) == 1
    assert asked == [host]


@pytest.mark.req("SEC-8")
@pytest.mark.parametrize(
    ("value", "asks"),
    [
        ("https://api.openai.com/v1", False),
        ("https://API.OpenAI.com", False),
        ("", False),
        ("   ", False),
        ("https://gateway.test/v1", True),
        ("https://api.openai.com.evil.test/v1", True),
        ("gateway.test/v1", True),
        ("https://x@api.openai.com", True),
    ],
)
def test_only_a_companion_that_names_another_server_changes_anything(
    write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, value: str, asks: bool
) -> None:
    """A companion with the vendor's own host, or empty, changes nothing; an invalid one needs consent."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-known-0123456789")
    monkeypatch.setenv("OPENAI_BASE_URL", value)
    service = SettingsService(write("https://api.openai.com/v1", "${OPENAI_API_KEY}"))
    assert (service.needs_consent(PROVIDER) is not None) is asks


@pytest.mark.req("SEC-8", "MIG-4")
def test_a_migrated_entry_without_a_key_asks_beside_a_companion(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reference that a migration makes is no own pair where the environment names a gateway."""
    entry = {"id": "openai:m", "providerType": "openai", "model": "gpt-4o", "providerConfig": {}}
    path = tmp_path / "dispatch.settings.json"
    path.write_text(json.dumps({"models": {"catalog": [entry], "assignment": []}}), encoding="utf-8")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-gateway-0123456789")
    monkeypatch.setenv("OPENAI_BASE_URL", "https://gateway.test/v1")
    service = SettingsService(path)
    (provider,) = service.get_providers()
    assert (provider.key_variable, provider.host) == ("OPENAI_API_KEY", "api.openai.com")
    assert service.needs_consent(provider.id) == ("OPENAI_API_KEY", "api.openai.com")
    with pytest.raises(ConsentNeededError):
        service.resolve_model(provider.id, "gpt-4o")


@pytest.mark.req("SEC-4")
@pytest.mark.parametrize(
    ("base_url", "host"),
    [
        ("https://b\u00fccher.example/v1", "b\u00fccher.example (xn--bcher-kva.example)"),
        ("https://xn--bcher-kva.example/v1", "xn--bcher-kva.example (b\u00fccher.example)"),
        ("https://b\u00fccher.example:8443/v1", "b\u00fccher.example:8443 (xn--bcher-kva.example)"),
        # Cyrillic letters that look like Latin ones.
        (
            "https://\u0430\u0440\u0440\u04cf\u0435.com/v1",
            "\u0430\u0440\u0440\u04cf\u0435.com (xn--80ak6aa92e.com)",
        ),
        ("https://plain.example/v1", "plain.example"),
    ],
)
def test_an_internationalised_host_is_asked_about_in_both_forms(
    write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, base_url: str, host: str
) -> None:
    """Two hosts can look the same: the question shows letters and Punycode, and a yes is to both (SEC-4)."""
    monkeypatch.setenv(VARIABLE, "a-secret-0123456789")
    service = SettingsService(write(base_url))
    with pytest.raises(ConsentNeededError) as caught:
        service.discover_models(PROVIDER)
    error = caught.value
    assert error.host == host
    assert host in error.message
    assert host in error.button
    service.allow_sending(PROVIDER, variable=error.variable, host=error.host)
    assert service.needs_consent(PROVIDER) is None
