"""From a task or a model to everything that a client needs."""

from __future__ import annotations

import json
import traceback
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from dispatch_widgets import (
    InvalidInputError,
    MissingVariableError,
    SettingsService,
    UnresolvedTaskError,
)

if TYPE_CHECKING:
    from pathlib import Path

    from dispatch_widgets.demo import DemoServer


@pytest.mark.req("SEC-4")
def test_a_reference_is_read_at_use_and_never_written(  # noqa: PLR0917
    service: SettingsService,
    server: DemoServer,
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    add: Any,
    on_disk: Any,
) -> None:
    """${NAME} stays in the file; its value is sent and resolved, and may change (SEC-4)."""
    provider_id = add(service, api_key="${DEMO_KEY_HERE}")
    with pytest.raises(MissingVariableError, match="DEMO_KEY_HERE"):
        service.discover_models(provider_id)
    monkeypatch.setenv("DEMO_KEY_HERE", server.api_key)
    assert len(service.discover_models(provider_id)) > 100
    resolved = service.resolve_model(provider_id, "gpt-4o")
    assert resolved.api_key.get_secret_value() == server.api_key
    assert server.api_key not in path.read_text(encoding="utf-8")
    assert on_disk()["providers"][0]["credentials"]["apiKey"] == "${DEMO_KEY_HERE}"


@pytest.mark.req("API-5")
def test_resolve_gives_everything_a_client_needs_and_shows_no_key(
    service: SettingsService, server: DemoServer, add: Any
) -> None:
    """Provider, model, base URL and key are there; the shown forms mask the key (API-5, SEC-1)."""
    provider_id = add(service)
    entry = service.add_model(provider_id=provider_id, model="gpt-4o", label="Best", tasks=["summarize"])
    chosen = service.resolve("summarize")
    assert (chosen.model, chosen.entry_id, chosen.label) == ("gpt-4o", entry.id, "Best")
    assert (chosen.provider_name, chosen.base_url) == ("Demo", server.openai_base_url)
    assert chosen.api_key.get_secret_value() == server.api_key
    for shown in (repr(chosen), str(chosen), chosen._repr_html_()):
        assert server.api_key not in shown
        assert "gpt-4o" in shown


@pytest.mark.req("API-5")
def test_resolve_says_what_is_wrong_and_where_to_mend_it(service: SettingsService, add: Any) -> None:
    """No assignment, a deleted provider, an unknown task: each has its own words."""
    with pytest.raises(UnresolvedTaskError, match="no model") as caught:
        service.resolve("grade")
    assert "Router" in caught.value.hint
    with pytest.raises(InvalidInputError, match="sing"):
        service.resolve("sing")
    provider_id = add(service)
    service.add_model(provider_id=provider_id, model="gpt-4o", tasks=["grade"])
    impact = service.delete_provider(provider_id)
    assert (len(impact.entries), impact.tasks) == (1, ("grade",))
    with pytest.raises(UnresolvedTaskError, match="provider"):
        service.resolve("grade")
    assert service.catalog[0].problem
    assert service.assignments["grade"].problem


@pytest.mark.req("API-5")
def test_resolve_model_takes_a_provider_by_id_or_by_an_unambiguous_name(
    service: SettingsService, add: Any
) -> None:
    """Two providers of one name are told apart by their ids, which the hint lists."""
    first = add(service, "Twin")
    assert service.resolve_model("Twin", "m").provider_id == first
    second = add(service, "Twin")
    with pytest.raises(InvalidInputError) as caught:
        service.resolve_model("Twin", "m")
    assert second in caught.value.hint
    assert service.resolve_model(second, "m").provider_id == second


@pytest.mark.req("PM-6")
def test_what_an_entry_can_do_is_stated_listed_inferred_or_unknown(
    service: SettingsService, add: Any
) -> None:
    """The file's word comes first, then the provider's list, then the id; an empty list counts as chat."""
    provider_id = add(service)
    stated = service.add_model(provider_id=provider_id, model="x", capabilities=["embedding"])
    by_id = service.add_model(provider_id=provider_id, model="text-embedding-3-small")
    empty = service.add_model(provider_id=provider_id, model="y", capabilities=[])
    assert service.capabilities_of(stated).known == "stated"
    assert service.capabilities_of(by_id) == service.capabilities_of(by_id).__class__(
        ("embedding",), "inferred"
    )
    assert service.capabilities_of(empty) == service.capabilities_of(empty).__class__(("chat",), "unknown")
    service.discover_models(provider_id)
    assert service.capabilities_of(by_id).known == "listed"
    assert service.entries_for("embed") == (stated, by_id)
    assert service.entries_for("grade") == (empty,)


@pytest.mark.req("PM-6", "API-5")
def test_a_task_resolves_with_what_the_list_says_of_its_model(path: Path) -> None:
    """An entry without stated capabilities has those of its provider's list, not those of its name."""
    listed = {"data": [{"id": "gpt-like-name", "type": "embedding"}]}
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=listed))
    service = SettingsService(path, transport=transport)
    provider = service.add_provider(
        name="Uni", type="openai-compatible", api_key="sk-of-no-use", base_url="https://llm.example.edu/v1"
    )
    service.add_model(provider_id=provider.id, model="gpt-like-name", tasks=["embed"])
    assert service.resolve("embed").capabilities == ("chat",)
    service.discover_models(provider.id)
    assert service.resolve("embed").capabilities == ("embedding",)


@pytest.mark.req("SEC-1", "SEC-3")
@pytest.mark.parametrize("kind", ["openai-compatible", "anthropic"])
@pytest.mark.parametrize("written", ["{}\n", " {}", "\t{}\r\n"], ids=["line end", "blank", "both"])
def test_a_key_is_sent_without_what_stands_around_it_in_the_file(
    service: SettingsService, server: DemoServer, path: Path, kind: str, written: str
) -> None:
    """A file that was edited by hand: list, client and arguments have the key itself."""
    url = server.openai_base_url if kind == "openai-compatible" else server.anthropic_base_url
    credentials = {"apiKey": written.format(server.api_key), "baseUrl": url}
    provider = {"id": "p", "name": "By hand", "type": kind, "credentials": credentials}
    path.write_text(json.dumps({"providers": [provider]}), encoding="utf-8")
    models = service.discover_models("p")
    resolved = service.resolve_model("p", next(model.id for model in models if model.kind == "chat"))
    assert resolved.api_key.get_secret_value() == server.api_key
    with resolved.client(max_retries=0) as client:
        assert client.models.list().data
    assert resolved.litellm_kwargs()["api_key"] == server.api_key


@pytest.mark.req("SEC-1", "SEC-3")
@pytest.mark.parametrize("inside", ["\n", "é", "\u200b", "\0", " "], ids=ascii)
def test_a_key_that_cannot_be_sent_reaches_no_client(
    service: SettingsService, path: Path, canary: str, inside: str
) -> None:
    """SDKs quote such a key in their errors: it is refused before, without being quoted."""
    key = canary[:9] + inside + canary[9:]
    credentials = {"apiKey": key, "baseUrl": "http://127.0.0.1:9/v1"}
    provider = {"id": "p", "name": "By hand", "type": "openai-compatible", "credentials": credentials}
    path.write_text(json.dumps({"providers": [provider]}), encoding="utf-8")
    with pytest.raises(InvalidInputError, match="The key of By hand cannot be sent") as caught:
        service.resolve_model("p", "m")
    assert canary[9:] not in "".join(traceback.format_exception(caught.value))
    assert "Enter the key of By hand again" in caught.value.hint
