"""The views of the settings file."""

from __future__ import annotations

import dataclasses
import pickle
from typing import Any

import pytest

from dispatch_widgets.errors import SettingsShapeError
from dispatch_widgets.settings.document import put
from dispatch_widgets.settings.schema import (
    MOCK_PROVIDER,
    MOCK_PROVIDER_ID,
    Assignment,
    Assignments,
    CatalogEntry,
    Credentials,
    Provider,
    Settings,
    account_of,
)
from dispatch_widgets.settings.views import view


@pytest.mark.req("PM-1", "PM-6", "PM-9")
def test_a_view_shows_what_is_in_the_file(new_document: dict[str, Any]) -> None:
    """Providers, entries and assignments are seen in the file's order (PM-9)."""
    settings = view(new_document)
    assert [provider.id for provider in settings.providers] == ["p-anthropic", "p-uni"]
    assert [entry.id for entry in settings.catalog] == ["anthropic:claude", "uni:llama", "uni:embed"]
    assert [entry.capabilities for entry in settings.catalog] == [None, None, ("embedding",)]
    assert [entry.title for entry in settings.catalog] == ["claude", "Llama", "embed"]
    assert [found.task for found in settings.assignments] == ["summarize", "grade", "embed"]
    assert not any(entry.problem or entry.unconverted for entry in settings.catalog)
    assert not any(found.problem for found in settings.assignments)


@pytest.mark.req("PM-5")
@pytest.mark.parametrize("document", [{}, {"providers": []}, {"ui": {}}, {"models": {"assignment": []}}])
def test_an_empty_file_has_empty_lists(document: dict[str, Any]) -> None:
    """Without providers the list is empty, and so are the others (PM-5)."""
    assert view(document) == Settings()


@pytest.mark.req("PM-1")
def test_a_provider_tells_where_it_is_asked(new_document: dict[str, Any]) -> None:
    """Base URL, host, masked key and the variable that a key refers to can be read off a provider (PM-1)."""
    document = put(new_document, ("providers", 1, "credentials", "apiKey"), "${UNI_KEY}")
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


@pytest.mark.req("MIG-7", "ST-7")
def test_what_a_newer_app_knows_is_shown_as_unknown() -> None:
    """Unknown types, tasks and capabilities are seen and marked, not refused (issue: newer files)."""
    settings = view(
        {
            "providers": [{"id": "b", "name": "B", "type": "bedrock", "credentials": {"region": {"x": 1}}}],
            "models": {
                "catalog": [
                    {"id": "e", "providerId": "b", "model": "m", "capabilities": ["vision", "chat", 7]},
                    {"id": "f", "providerId": "b", "model": "m", "capabilities": ["embedding"]},
                ],
                "assignment": [{"task": "translate", "modelId": "e"}],
            },
        }
    )
    (provider,) = settings.providers
    assert not provider.is_known
    assert not provider.credentials.api_key
    assert [entry.capabilities for entry in settings.catalog] == [("chat",), ("embedding",)]
    assert not settings.assignments[0].is_known
    assert settings.assignments[0].problem == ""


@pytest.mark.req("PM-4")
def test_an_entry_without_its_provider_says_so_everywhere(new_document: dict[str, Any]) -> None:
    """An entry whose provider is gone carries the reason, and so does the task that uses it (PM-4)."""
    document = put(new_document, ("providers",), new_document["providers"][:1])
    settings = view(document)
    assert [entry.problem for entry in settings.catalog] == [
        "",
        "Its provider was deleted.",
        "Its provider was deleted.",
    ]
    assert settings.assignments["summarize"].problem == ""
    assert settings.assignments["grade"].problem.startswith("The provider of this entry was deleted.")


@pytest.mark.req("MIG-8")
def test_an_entry_from_before_providers_is_marked(old_document: dict[str, Any]) -> None:
    """Entries that hold a key of their own are seen as unconverted, with the way out (MIG-8)."""
    settings = view(old_document)
    assert all(entry.unconverted for entry in settings.catalog)
    assert settings.catalog[0].problem.endswith("Convert it first.")
    assert settings.assignments["summarize"].problem.endswith("Convert it first.")


def test_problems_cannot_be_written_into_the_file(new_document: dict[str, Any]) -> None:
    """A field of the file that is called like a finding of ours does not pass for one (SEC-6)."""
    document = put(new_document, ("models", "catalog", 0, "problem"), "<img onerror=alert(1)>")
    document = put(document, ("models", "catalog", 0, "unconverted"), True)
    entry = view(document).catalog[0]
    assert (entry.problem, entry.unconverted) == ("", False)


def test_ids_that_stand_twice_are_told(new_document: dict[str, Any]) -> None:
    """Of two entries with one id the first counts and the second says why it does not (PM-6)."""
    catalog = [
        *new_document["models"]["catalog"],
        {"id": "uni:llama", "providerId": "p-uni", "model": "other"},
    ]
    settings = view(put(new_document, ("models", "catalog"), catalog))
    assert settings.catalog[-1].problem == "Another entry before it has the same id."
    found = settings.entry("uni:llama")
    assert found is not None
    assert found.model == "llama"
    assert settings.assignments["grade"].problem == ""


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
    assert view(put(new_document, ("models", "assignment"), twice)).assignments["grade"].model_id == (
        "anthropic:claude"
    )


def test_an_assignment_of_a_deleted_entry_says_so(new_document: dict[str, Any]) -> None:
    """A task whose entry is not in the catalog carries the reason (PM-4)."""
    document = put(new_document, ("models", "assignment", 0, "modelId"), "gone")
    assert view(document).assignments["summarize"].problem == "The entry was deleted. Choose another one."


@pytest.mark.req("MIG-9")
@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        ({"providers": {}}, "providers"),
        ({"providers": None}, "providers"),
        ({"providers": [3]}, "providers[0]"),
        ({"providers": [{"id": "a", "name": "n", "type": "anthropic"}]}, "providers[0].credentials"),
        ({"providers": [{"id": 7, "name": "n", "type": "x"}]}, "providers[0].id"),
        (
            {"providers": [{"id": "a", "name": "n", "type": "anthropic", "credentials": {"apiKey": 5}}]},
            "providers[0].credentials.apiKey",
        ),
        (
            {"providers": [{"id": "a", "name": "n", "type": "anthropic", "credentials": {}}]},
            "providers[0].credentials.apiKey",
        ),
        ({"models": []}, "models"),
        ({"models": {"catalog": {}}}, "models.catalog"),
        ({"models": {"catalog": [{"id": "a", "model": "m"}] * 3 + [{"id": "b"}]}}, "models.catalog[3].model"),
        (
            {"models": {"catalog": [{"id": "a", "model": "m", "capabilities": "chat"}]}},
            "models.catalog[0].capabilities",
        ),
        ({"models": {"assignment": [{"task": "grade"}]}}, "models.assignment[0].modelId"),
        ({"models": {"assignment": {"grade": "x"}}}, "models.assignment"),
    ],
)
def test_a_shape_that_cannot_be_understood_is_refused(document: dict[str, Any], pointer: str) -> None:
    """A wrong kind of value is refused with the path inside the file and the reason (MIG-9)."""
    with pytest.raises(SettingsShapeError) as caught:
        view(document, path="/x.json")
    assert caught.value.pointer == pointer
    assert caught.value.path == "/x.json"
    assert caught.value.message.startswith(f"{pointer}: ")


@pytest.mark.req("SEC-1")
def test_a_shape_error_holds_nothing_of_the_file(canary: str) -> None:
    """The error about a wrong shape carries no value of the file, nor pydantic's error (SEC-1)."""
    document = {
        "providers": [
            {"id": canary, "name": canary, "type": "anthropic", "credentials": {"apiKey": [canary]}}
        ]
    }
    with pytest.raises(SettingsShapeError) as caught:
        view(document)
    error = caught.value
    assert canary not in str(error) + repr(error) + repr(vars(error))
    assert error.__context__ is None


@pytest.mark.req("SEC-1")
def test_views_show_no_key(new_document: dict[str, Any], canary: str) -> None:
    """No repr or pickle of a view carries a key, or user info of a base URL (SEC-1)."""
    document = put(new_document, ("providers", 1, "credentials", "apiKey"), canary)
    document = put(document, ("providers", 1, "credentials", "baseUrl"), f"https://u:{canary}@h.example/v1")
    document = put(document, ("providers", 1, "credentials", "password"), canary)
    settings = view(document)
    shown = repr(settings) + repr(settings.providers[1].credentials) + str(settings.providers[1])
    assert canary not in shown
    assert "h.example" in shown
    assert canary.encode() not in pickle.dumps(settings.providers[1].credentials.api_key)


def test_views_are_frozen(new_document: dict[str, Any]) -> None:
    """A view cannot be changed, so nobody takes it for the document (API-1)."""
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
