"""What views of the settings file are: values, which show no key."""

from __future__ import annotations

import dataclasses
import pickle
from typing import Any

import pytest

from dispatch_widgets.errors import DispatchError
from dispatch_widgets.settings.document import set_in
from dispatch_widgets.settings.schema import (
    MOCK_PROVIDER,
    MOCK_PROVIDER_ID,
    Assignment,
    Assignments,
    CatalogEntry,
    Credentials,
    Provider,
    account_of,
)
from dispatch_widgets.settings.views import view


@pytest.mark.req("PM-1")
def test_a_provider_tells_where_it_is_asked(new_document: dict[str, Any]) -> None:
    """Base URL, host, masked key and the variable that a key refers to can be read off a provider (PM-1)."""
    document = set_in(new_document, ("providers", 1, "credentials", "apiKey"), "${UNI_KEY}")
    anthropic, uni = view(document).providers
    assert (anthropic.base_url, anthropic.host) == ("https://api.anthropic.com", "api.anthropic.com")
    assert (uni.base_url, uni.host) == ("https://llm.example.edu/v1", "llm.example.edu")
    assert (anthropic.masked_key, anthropic.key_variable) == ("sk-…cdef", None)
    assert (uni.masked_key, uni.key_variable) == ("${UNI_KEY}", "UNI_KEY")
    assert anthropic.credentials.api_key.get_secret_value() == "sk-ant-0123456789abcdef"


@pytest.mark.req("PM-7")
def test_the_mock_provider_is_always_there() -> None:
    """Entries may refer to the mock provider, which has no key, without its being listed (PM-7)."""
    assert MOCK_PROVIDER.is_mock
    assert MOCK_PROVIDER.is_known
    assert (MOCK_PROVIDER.base_url, MOCK_PROVIDER.masked_key) == ("", "")
    entry = {"id": "mock:mock", "providerId": MOCK_PROVIDER_ID, "model": "mock"}
    settings = view({"providers": [], "models": {"catalog": [entry], "assignment": []}})
    assert settings.catalog[0].problem == ""
    assert settings.provider("mock") is MOCK_PROVIDER
    assert settings.providers == ()


@pytest.mark.req("PM-7")
def test_a_mock_provider_in_the_file_is_read() -> None:
    """A mock provider that somebody wrote into the list is read, with or without credentials (PM-7)."""
    settings = view({"providers": [{"id": "m1", "name": "Mock", "type": "mock"}]})
    assert settings.providers[0].is_mock
    assert settings.provider("m1") is settings.providers[0]


def test_assignments_are_asked_by_task(new_document: dict[str, Any]) -> None:
    """Assignments are a sequence that also answers to a task's name, the first of two counting (API-1)."""
    found = view(new_document).assignments
    assert isinstance(found, Assignments)
    assert found["grade"].entry_id == found["grade"].model_id == "uni:llama"
    assert "grade" in found
    assert "digest" not in found
    assert found[0] in found
    assert found.get("digest") is None
    with pytest.raises(KeyError):
        found["digest"]
    assert len(found[1:]) == 2
    twice = [{"task": "grade", "modelId": "anthropic:claude"}, *new_document["models"]["assignment"]]
    assert view(set_in(new_document, ("models", "assignment"), twice)).assignments["grade"].model_id == (
        "anthropic:claude"
    )


@pytest.mark.req("SEC-1")
def test_views_show_no_key(new_document: dict[str, Any], canary: str) -> None:
    """No repr or pickle of a view carries a key, or user info of a base URL (SEC-1)."""
    document = set_in(new_document, ("providers", 1, "credentials", "apiKey"), canary)
    document = set_in(
        document, ("providers", 1, "credentials", "baseUrl"), f"https://u:{canary}@h.example/v1"
    )
    document = set_in(document, ("providers", 1, "credentials", "password"), canary)
    settings = view(document)
    shown = repr(settings) + repr(settings.providers[1].credentials) + str(settings.providers[1])
    assert canary not in shown
    assert "h.example" in shown
    assert canary.encode() not in pickle.dumps(settings.providers[1].credentials.api_key)


@pytest.mark.req("SEC-1")
def test_no_pickle_of_a_view_has_a_key_in_it(new_document: dict[str, Any], canary: str) -> None:
    """A provider, its credentials and whole settings pickle without key and login (SEC-1)."""
    document = set_in(new_document, ("providers", 1, "credentials", "apiKey"), canary)
    login = f"https://u:{canary}@h.example/v1"
    settings = view(set_in(document, ("providers", 1, "credentials", "baseUrl"), login))
    provider = settings.providers[1]
    for value in (provider, provider.credentials, settings, dataclasses.replace(provider, name="x")):
        for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
            data = pickle.dumps(value, protocol)
            assert canary.encode() not in data
            assert type(pickle.loads(data)) is type(value)  # noqa: S301 - our own
    back = pickle.loads(pickle.dumps(provider))  # noqa: S301 - our own
    with pytest.raises(DispatchError, match="left out"):
        back.credentials.api_key.get_secret_value()


def test_views_are_frozen(new_document: dict[str, Any]) -> None:
    """A view is immutable (API-1)."""
    settings = view(new_document)
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.providers[0].name = "x"  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.catalog[0].problem = "x"  # type: ignore[misc]


@pytest.mark.req("API-1a")
def test_views_are_made_and_changed_by_the_names_of_their_attributes(new_document: dict[str, Any]) -> None:
    """A view is built, copied with a change, compared, hashed and pickled as any dataclass (API-1a)."""
    settings = view(new_document)
    uni, llama, grade = settings.providers[1], settings.catalog[1], settings.assignments["grade"]
    credentials = Credentials(api_key=uni.credentials.api_key, base_url="https://llm.example.edu/v1")
    assert Provider(id="p-uni", name=uni.name, type=uni.type, credentials=credentials) == uni
    assert CatalogEntry(id=llama.id, provider_id="p-uni", model="llama", label="Llama") == llama
    assert Assignment(task="grade", model_id=llama.id) == grade
    renamed = dataclasses.replace(llama, label="Big")
    assert (renamed.provider_id, renamed.title) == ("p-uni", "Big")
    assert hash(CatalogEntry(id=llama.id, provider_id="p-uni", model="llama", label="Llama")) == hash(llama)
    assert pickle.loads(pickle.dumps((llama, grade))) == (llama, grade)  # noqa: S301 - our own
    assert len({llama, renamed, dataclasses.replace(renamed, label="Llama")}) == 2
    assert [field.name for field in dataclasses.fields(uni)] == ["id", "name", "type", "credentials"]
    with pytest.raises(TypeError):
        CatalogEntry(id="e", model="m", problem="x")  # type: ignore[call-arg]


@pytest.mark.req("MIG-2")
def test_accounts_are_compared_in_one_form() -> None:
    """Blanks, a slash at the end and the type's default make no other account (MIG-2)."""
    assert account_of("openai-compatible", " k ", None) == account_of(
        "openai-compatible", "k", "https://api.openai.com/v1/"
    )
    assert account_of("anthropic", "k", "  ") == account_of("anthropic", "k", "https://api.anthropic.com/v1")
    assert account_of("anthropic", "k", None) != account_of("openai-compatible", "k", None)
    assert account_of("openai-compatible", "k", "not a url/") == ("openai-compatible", "k", "not a url")
