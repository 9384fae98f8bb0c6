"""From a document to the view of it: what is read, what is refused, and what is wrong with entries."""

from __future__ import annotations

import pickle
import traceback
from typing import Any

import pytest

from dispatch_widgets.errors import SettingsShapeError
from dispatch_widgets.settings.document import parse, render, set_in
from dispatch_widgets.settings.schema import Settings
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


@pytest.mark.req("API-4", "ST-7")
def test_embed_by_an_anthropic_provider_is_what_the_app_refuses(new_document: dict[str, Any]) -> None:
    """`embed` by an Anthropic provider can be used here and is marked; other tasks and providers are not."""
    for entry_id, marked in (("anthropic:claude", True), ("uni:embed", False), ("nope", False)):
        for task in ("embed", "grade"):
            assignment = [{"task": task, "modelId": entry_id}]
            [found] = view(set_in(new_document, ("models", "assignment"), assignment)).assignments
            assert bool(found.app_problem) == (marked and task == "embed")
            assert bool(found.problem) == (entry_id == "nope")


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
    document = set_in(new_document, ("providers",), new_document["providers"][:1])
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
    document = set_in(new_document, ("models", "catalog", 0, "problem"), "<img onerror=alert(1)>")
    document = set_in(document, ("models", "catalog", 0, "unconverted"), True)
    entry = view(document).catalog[0]
    assert (entry.problem, entry.unconverted) == ("", False)


def test_ids_that_stand_twice_are_told(new_document: dict[str, Any]) -> None:
    """Of two entries with one id the first counts and the second says why it does not (PM-6)."""
    catalog = [
        *new_document["models"]["catalog"],
        {"id": "uni:llama", "providerId": "p-uni", "model": "other"},
    ]
    settings = view(set_in(new_document, ("models", "catalog"), catalog))
    assert settings.catalog[-1].problem == "Another entry before it has the same id."
    found = settings.entry("uni:llama")
    assert found is not None
    assert found.model == "llama"
    assert settings.assignments["grade"].problem == ""


def test_an_assignment_of_a_deleted_entry_says_so(new_document: dict[str, Any]) -> None:
    """A task whose entry is not in the catalog carries the reason (PM-4)."""
    document = set_in(new_document, ("models", "assignment", 0, "modelId"), "gone")
    assert view(document).assignments["summarize"].problem == "The entry was deleted. Choose another one."


@pytest.mark.req("MIG-9")
@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        ({"providers": {}}, "providers"),
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
        ({"models": {"catalog": [{"id": "a"}, {"id": "b"}]}}, "models.catalog[0].model"),  # the first of two
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
def test_a_shape_error_shows_nothing_of_the_file_in_any_traceback(canary: str) -> None:
    """Nothing that hangs on the error holds a value, whatever is wrong, in providers or entries (SEC-1)."""
    provider = {"id": "a", "name": "n", "type": "anthropic", "credentials": {"apiKey": canary}}
    for document in (
        {"providers": [provider, {**provider, "name": [canary]}]},
        {"providers": [{**provider, "credentials": canary}]},
        {"providers": [provider], "models": {"catalog": [{"id": "e", "model": {"m": canary}}]}},
        {"providers": [provider], "models": canary},
    ):
        with pytest.raises(SettingsShapeError) as caught:
            view(document)
        error = caught.value
        assert error.__cause__ is error.__context__ is None
        assert canary not in "".join(traceback.format_exception(error))
        assert canary.encode() not in pickle.dumps(error)


@pytest.mark.req("ST-4", "MIG-7")
@pytest.mark.parametrize("place", ["beside", "provider", "credentials", "capabilities", "unknown type"])
def test_nesting_of_thousands_is_no_trouble_where_nothing_is_read(place: str) -> None:
    """Parts that the view leaves out may be nested deeply (ST-4)."""
    deep: Any = 1
    for _ in range(20_000):
        deep = [deep]
    provider: dict[str, Any] = {"id": "p", "name": "n", "type": "anthropic", "credentials": {"apiKey": "k"}}
    entry: dict[str, Any] = {"id": "e", "providerId": "p", "model": "m"}
    document: dict[str, Any] = {"providers": [provider], "models": {"catalog": [entry]}}
    if place == "beside":
        document["x"] = deep
    elif place == "provider":
        provider["x"] = deep
    elif place == "credentials":
        provider["credentials"]["x"] = deep
    elif place == "capabilities":
        entry["capabilities"] = ["chat", deep]
    else:
        provider |= {"type": "bedrock", "credentials": {"apiKey": deep}}
    settings = view(document)
    assert (settings.providers[0].name, settings.catalog[0].problem) == ("n", "")


@pytest.mark.req("MIG-9")
def test_nesting_of_thousands_where_a_text_belongs_is_refused() -> None:
    """A list in a list in a list, thousands of times, in a text's place is told as any other list (MIG-9)."""
    deep: Any = 1
    for _ in range(20_000):
        deep = [deep]
    for document, pointer in (
        ({"providers": deep}, "providers[0]"),
        ({"providers": [{"id": deep, "name": "n", "type": "x"}]}, "providers[0].id"),
        ({"models": {"catalog": [{"id": "e", "model": deep}]}}, "models.catalog[0].model"),
    ):
        with pytest.raises(SettingsShapeError) as caught:
            view(document)
        assert caught.value.pointer == pointer


@pytest.mark.req("MIG-7")
def test_half_characters_are_read_as_they_stand() -> None:
    """A lone surrogate in an id, a name or a key is no problem, and is the same text in the view (MIG-7)."""
    document = parse(
        b'{"providers": [{"id": "p\\ud800", "name": "\\udfff", "type": "anthropic", '
        b'"credentials": {"apiKey": "k\\ud800"}}], '
        b'"models": {"catalog": [{"id": "e\\udc00", "providerId": "p\\ud800", "model": "m"}], '
        b'"assignment": [{"task": "grade", "modelId": "e\\udc00"}]}}',
        path="",
    )
    settings = view(document)
    (provider,), (entry,) = settings.providers, settings.catalog
    assert (provider.id, provider.name) == ("p\ud800", "\udfff")
    assert provider.credentials.api_key.get_secret_value() == "k\ud800"
    assert (entry.id, entry.problem) == ("e\udc00", "")
    assert settings.assignments["grade"].problem == ""
    assert view(parse(render(document), path="")) == settings


def test_only_the_files_own_names_are_read() -> None:
    """Fields with Python's names are ignored (MIG-7)."""
    entry = {"id": "e", "provider_id": "p", "model": "m"}
    settings = view({"models": {"catalog": [entry]}})
    assert (settings.catalog[0].provider_id, settings.catalog[0].problem) == (None, "It has no provider.")
    with pytest.raises(SettingsShapeError) as caught:
        view({"models": {"assignment": [{"task": "grade", "model_id": "e"}]}})
    assert caught.value.pointer == "models.assignment[0].modelId"


@pytest.mark.req("SEC-1", "PM-10")
def test_a_key_in_a_name_is_masked() -> None:
    """Names and labels are shown everywhere: a key that an older version let in is not shown with them."""
    known, other = "sk-proj-0123456789abcdefABCD", "corp4f6e8a1c3b5d7f9e"
    providers = [
        {"id": "1", "name": f"My {known}", "type": "anthropic", "credentials": {"apiKey": "sk-1"}},
        {"id": "2", "name": other, "type": "anthropic", "credentials": {"apiKey": other}},
        {"id": "3", "name": "Anthropic, long name", "type": "anthropic", "credentials": {"apiKey": "${A}"}},
    ]
    catalog = [{"id": "e", "providerId": "1", "model": "m", "label": known}]
    settings = view({"providers": providers, "models": {"catalog": catalog}})
    assert [each.name for each in settings.providers] == ["My sk-…ABCD", "…7f9e", "Anthropic, long name"]
    assert settings.catalog[0].label == "sk-…ABCD"
