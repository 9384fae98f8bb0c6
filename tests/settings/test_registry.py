"""Edits of providers, and what every edit leaves alone."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch_widgets.errors import DispatchError, InvalidInputError, NotFoundError
from dispatch_widgets.settings import registry
from dispatch_widgets.settings.document import parse, render, set_in
from dispatch_widgets.settings.schema import MOCK_PROVIDER_ID
from dispatch_widgets.settings.views import view
from dispatch_widgets.urls import shown_url

KEY = "sk-new-0123456789abcdef"
URL = "https://new.example/v1"


def problems_of(error: InvalidInputError) -> dict[str, str]:
    return {problem.field: problem.message for problem in error.problems}


def raw_provider(document: dict[str, Any], provider_id: str) -> dict[str, Any]:
    return next(provider for provider in document["providers"] if provider["id"] == provider_id)


# ---------------------------------------------------------------------------------------- creating


@pytest.mark.req("PM-1", "PM-2", "ST-7")
def test_a_provider_is_added_at_the_end(new_document: dict[str, Any]) -> None:
    """A new provider has a UUID4 id, stands last and holds the app's fields only (PM-2, ST-7)."""
    document, new_id = registry.add_provider(
        new_document, name="  New ", type="openai-compatible", api_key=f" {KEY}\n", base_url=f"{URL}/models"
    )
    assert uuid.UUID(new_id).version == 4
    assert document["providers"][-1] == {
        "id": new_id,
        "name": "New",
        "type": "openai-compatible",
        "credentials": {"apiKey": KEY, "baseUrl": URL},
    }
    assert document["providers"][:-1] == new_document["providers"]


@pytest.mark.req("PM-2")
def test_names_may_repeat(new_document: dict[str, Any]) -> None:
    """Two providers may have one name; their ids differ (PM-2)."""
    document, first = registry.add_provider(new_document, name="Uni", type="anthropic", api_key=KEY)
    _, second = registry.add_provider(document, name="Uni", type="anthropic", api_key=KEY)
    assert first != second


@pytest.mark.req("PM-2", "ST-7")
@pytest.mark.parametrize(
    "base_url", [None, "", "https://api.anthropic.com", "https://api.anthropic.com/v1/messages"]
)
def test_anthropic_needs_no_base_url(base_url: str | None) -> None:
    """Anthropic's own address is not written, so there is never an empty or null baseUrl (PM-2, ST-7)."""
    document, _ = registry.add_provider({}, name="A", type="anthropic", api_key=KEY, base_url=base_url)
    assert document["providers"][0]["credentials"] == {"apiKey": KEY}
    assert view(document).providers[0].base_url == "https://api.anthropic.com"


@pytest.mark.req("PM-2")
def test_anthropic_may_have_a_gateway() -> None:
    """A provider of type anthropic may carry a base URL of its own (PM-2)."""
    document, _ = registry.add_provider(
        {}, name="A", type="anthropic", api_key=KEY, base_url="https://gateway.example/v1"
    )
    assert view(document).providers[0].base_url == "https://gateway.example"


@pytest.mark.req("PM-2", "SEC-3")
@pytest.mark.parametrize(
    ("given_", "fields"),
    [
        ({"name": " "}, {"name"}),
        ({"name": None}, {"name"}),
        ({"name": " \u200b\u2060"}, {"name"}),
        ({"type": "openai"}, {"type"}),
        ({"type": ""}, {"type"}),
        ({"type": "mock"}, {"type"}),
        ({"api_key": ""}, {"credentials.apiKey"}),
        ({"api_key": " \n"}, {"credentials.apiKey"}),
        ({"api_key": None}, {"credentials.apiKey"}),
        ({"api_key": "sk two words"}, {"credentials.apiKey"}),
        ({"api_key": "sk-zero\u200bwidth"}, {"credentials.apiKey"}),
        ({"api_key": "sk-…a1b2"}, {"credentials.apiKey"}),
        ({"api_key": "..."}, {"credentials.apiKey"}),
        ({"base_url": None}, {"credentials.baseUrl"}),
        ({"base_url": "  "}, {"credentials.baseUrl"}),
        ({"base_url": "https://u:p@h.example"}, {"credentials.baseUrl"}),
        ({"name": "", "api_key": "", "base_url": "x"}, {"name", "credentials.apiKey", "credentials.baseUrl"}),
    ],
)
def test_a_provider_that_cannot_work_is_refused(given_: dict[str, Any], fields: set[str]) -> None:
    """Every field that cannot be used is named with its problem, and nothing is added (PM-2)."""
    sent = {"name": "N", "type": "openai-compatible", "api_key": KEY, "base_url": URL, **given_}
    with pytest.raises(InvalidInputError) as caught:
        registry.add_provider({}, **sent)
    assert set(problems_of(caught.value)) == fields
    assert caught.value.code == "BAD_REQUEST"
    assert all(problems_of(caught.value).values())


@pytest.mark.req("SEC-3")
@pytest.mark.parametrize("spoilt", ["{} ", "{}\nx", "x{}\u0007", "{}é", "\u200b{}"])
def test_a_refused_key_is_not_quoted(spoilt: str, canary: str) -> None:
    """A key with blanks, control or non-ASCII characters within is refused without being quoted (SEC-3)."""
    key = spoilt.format(canary) + "tail"
    with pytest.raises(InvalidInputError) as caught:
        registry.add_provider({}, name="N", type="anthropic", api_key=key)
    assert canary not in str(caught.value) + repr(caught.value.problems)


# ---------------------------------------------------------------------------------------- changing


@pytest.mark.req("PM-3", "MIG-7")
def test_only_the_fields_given_change(new_document: dict[str, Any]) -> None:
    """A new name leaves type, key, base URL, unknown fields and all other parts as they are (PM-3)."""
    document = registry.update_provider(new_document, "p-uni", name="University")
    assert raw_provider(document, "p-uni") == {**raw_provider(new_document, "p-uni"), "name": "University"}
    assert {name: value for name, value in document.items() if name != "providers"} == {
        name: value for name, value in new_document.items() if name != "providers"
    }


@pytest.mark.req("PM-3", "SEC-3")
@pytest.mark.parametrize("kept", [None, "", "   ", "sk-…cdef", "sk-uni-0123456789abcdef"])
def test_an_empty_or_masked_key_keeps_the_old_one(new_document: dict[str, Any], kept: str | None) -> None:
    """A field left empty, or sent back in its shown form, keeps the key (SEC-3)."""
    assert registry.update_provider(new_document, "p-uni", api_key=kept) is new_document


@pytest.mark.req("SEC-3")
def test_another_masked_form_is_refused(new_document: dict[str, Any]) -> None:
    """The shown form of some other key is never saved over a key (SEC-3)."""
    with pytest.raises(InvalidInputError) as caught:
        registry.update_provider(new_document, "p-uni", api_key="sk-…9999")
    assert set(problems_of(caught.value)) == {"credentials.apiKey"}


@pytest.mark.req("PM-3")
def test_credentials_merge_field_by_field(new_document: dict[str, Any]) -> None:
    """A new key keeps the base URL, and a new base URL keeps the key (PM-3)."""
    document = registry.update_provider(new_document, "p-uni", api_key=KEY)
    document = set_in(document, ("providers", 1, "credentials", "extra"), 1)
    document = registry.update_provider(document, "p-uni", base_url=URL)
    assert raw_provider(document, "p-uni")["credentials"] == {"apiKey": KEY, "baseUrl": URL, "extra": 1}


@pytest.mark.req("PM-3")
def test_a_cleared_base_url_is_not_one_that_was_not_given(new_document: dict[str, Any]) -> None:
    """Clearing drops it where the type has a default, and is refused where it is needed (PM-3)."""
    document = registry.update_provider(new_document, "p-anthropic", base_url="https://gateway.example")
    assert raw_provider(registry.update_provider(document, "p-anthropic", name="A"), "p-anthropic")[
        "credentials"
    ]["baseUrl"]
    cleared = registry.update_provider(document, "p-anthropic", base_url="")
    assert "baseUrl" not in raw_provider(cleared, "p-anthropic")["credentials"]
    with pytest.raises(InvalidInputError):
        registry.update_provider(document, "p-uni", base_url=" ")


@pytest.mark.req("PM-3")
def test_another_type_drops_the_base_url(new_document: dict[str, Any]) -> None:
    """A change of type drops the base URL unless one comes along: no key goes to the old host (PM-3)."""
    document = registry.update_provider(new_document, "p-uni", type="anthropic")
    assert raw_provider(document, "p-uni")["credentials"] == {"apiKey": "sk-uni-0123456789abcdef"}
    with pytest.raises(InvalidInputError) as caught:
        registry.update_provider(new_document, "p-anthropic", type="openai-compatible")
    assert set(problems_of(caught.value)) == {"credentials.baseUrl"}
    document = registry.update_provider(new_document, "p-anthropic", type="openai-compatible", base_url=URL)
    assert view(document).providers[0].base_url == URL


@pytest.mark.req("PM-3")
def test_a_field_that_is_not_given_is_not_judged(new_document: dict[str, Any]) -> None:
    """A provider with an address that is not valid can still be renamed (PM-3)."""
    document = set_in(new_document, ("providers", 1, "credentials", "baseUrl"), "nonsense")
    document = registry.update_provider(document, "p-uni", name="Other")
    assert raw_provider(document, "p-uni")["credentials"]["baseUrl"] == "nonsense"


def test_a_provider_of_an_unknown_type_can_be_renamed() -> None:
    """What a newer app wrote keeps its type and credentials when its name changes (MIG-7)."""
    odd = {"id": "b", "name": "B", "type": "bedrock", "credentials": {"region": "eu", "n": 2**70}}
    document = registry.update_provider({"providers": [odd]}, "b", name="Bedrock")
    assert document["providers"] == [{**odd, "name": "Bedrock"}]


@pytest.mark.req("PM-3", "PM-4", "API-2")
@pytest.mark.parametrize("unknown", ["nope", "", None, 7])
def test_an_unknown_provider_is_not_found(new_document: dict[str, Any], unknown: Any) -> None:
    """Changing, deleting, merging or looking at an id that nothing has is NOT_FOUND (PM-3)."""
    for action in (
        lambda: registry.update_provider(new_document, unknown, name="x"),
        lambda: registry.delete_provider(new_document, unknown),
        lambda: registry.impact(new_document, unknown),
        lambda: registry.merge_providers(new_document, unknown, ["p-uni"]),
        lambda: registry.merge_providers(new_document, "p-uni", [unknown]),
    ):
        with pytest.raises(NotFoundError) as caught:
            action()
        assert caught.value.code == "NOT_FOUND"
        assert caught.value.hint


@pytest.mark.req("PM-7")
@pytest.mark.parametrize("mock_id", [MOCK_PROVIDER_ID, "m1"])
def test_the_mock_provider_cannot_be_changed(mock_id: str) -> None:
    """The mock provider is neither edited, deleted nor merged, listed in the file or not (PM-7)."""
    document = {"providers": [{"id": "m1", "name": "Mock", "type": "mock"}]}
    for action in (
        lambda: registry.update_provider(document, mock_id, name="x"),
        lambda: registry.delete_provider(document, mock_id),
        lambda: registry.merge_providers(document, mock_id, []),
    ):
        with pytest.raises(InvalidInputError, match="built in"):
            action()


# ------------------------------------------------------------------------------- deleting, merging


@pytest.mark.req("PM-4")
def test_deleting_a_provider_keeps_its_entries(new_document: dict[str, Any]) -> None:
    """The provider goes, its entries and their tasks stay and are invalid (PM-4)."""
    hit = registry.impact(new_document, "p-uni")
    assert [entry.id for entry in hit.entries] == ["uni:llama", "uni:embed"]
    assert hit.tasks == ("grade", "embed")
    document = registry.delete_provider(new_document, "p-uni")
    assert [provider["id"] for provider in document["providers"]] == ["p-anthropic"]
    assert document["models"] is new_document["models"]


@pytest.mark.req("PM-4")
def test_deleting_can_take_the_tasks_along(new_document: dict[str, Any]) -> None:
    """With unassign the tasks of its entries lose their assignment, others keep theirs (PM-4)."""
    document = registry.delete_provider(new_document, "p-uni", unassign=True)
    assert [found.task for found in view(document).assignments] == ["summarize"]
    assert len(document["models"]["catalog"]) == 3


@pytest.mark.req("PM-8")
def test_merging_points_every_entry_to_the_one_kept(new_document: dict[str, Any]) -> None:
    """The others go, their entries point to the one kept, and nothing else about them changes (PM-8)."""
    document, twin = registry.add_provider(
        new_document,
        name="Twin",
        type="openai-compatible",
        api_key="sk-uni-0123456789abcdef",
        base_url="https://llm.example.edu/v1/",
    )
    assert registry.duplicates(new_document) == ()
    assert registry.duplicates(document) == (("p-uni", twin),)
    merged = registry.merge_providers(document, twin, ["p-uni"])
    assert [provider["id"] for provider in merged["providers"]] == ["p-anthropic", twin]
    assert [entry["providerId"] for entry in merged["models"]["catalog"]] == ["p-anthropic", twin, twin]
    assert merged["models"]["catalog"][1] == {**document["models"]["catalog"][1], "providerId": twin}
    assert merged["models"]["assignment"] is document["models"]["assignment"]


@pytest.mark.req("PM-8")
def test_merging_into_itself_is_refused(new_document: dict[str, Any]) -> None:
    """The provider to keep cannot be among those that go, and merging nothing changes nothing (PM-8)."""
    with pytest.raises(InvalidInputError):
        registry.merge_providers(new_document, "p-uni", ["p-anthropic", "p-uni"])
    assert registry.merge_providers(new_document, "p-uni", []) is new_document


# --------------------------------------------------------------------------------- all edits at once


@pytest.mark.req("MIG-1")
def test_an_old_file_is_converted_before_it_is_edited(old_document: dict[str, Any]) -> None:
    """Adding providers to a file in the old format would hide its keys for ever: refused (MIG-1)."""
    for action in (
        lambda: registry.add_provider(old_document, name="N", type="anthropic", api_key=KEY),
        lambda: registry.delete_models(old_document, ["mock"]),
        lambda: registry.assign(old_document, "grade", "mock"),
    ):
        with pytest.raises(InvalidInputError, match="the old format"):
            action()


@pytest.mark.req("MIG-7")
@given(data=st.data())
def test_no_edit_changes_its_input_or_the_rest_of_the_file(data: st.DataObject) -> None:
    """Whatever edits follow one another, each leaves its input and the app's parts as they were (MIG-7)."""
    rest = data.draw(
        st.dictionaries(st.sampled_from(["ui", "x", "später"]), st.integers() | st.text(), max_size=3)
    )
    document = parse(
        render({**rest, "providers": [], "models": {"assignment": [], "other": [1.50]}}), path=""
    )
    ids = st.sampled_from(["p1", "p2", "mock", "nope"])
    names = st.text(max_size=5)
    edits = st.sampled_from(
        [
            lambda doc: registry.add_provider(
                doc, name=data.draw(names), type="anthropic", api_key=KEY, provider_id=data.draw(ids)
            )[0],
            lambda doc: registry.update_provider(doc, data.draw(ids), name=data.draw(names)),
            lambda doc: registry.delete_provider(doc, data.draw(ids), unassign=data.draw(st.booleans())),
            lambda doc: registry.merge_providers(doc, data.draw(ids), [data.draw(ids)]),
            lambda doc: registry.add_model(
                doc, provider_id=data.draw(ids), model=data.draw(names), tasks=["skill"]
            )[0],
            lambda doc: registry.delete_models(
                doc, data.draw(st.lists(st.sampled_from(_entries(doc)), max_size=2))
            )[0],
            lambda doc: registry.move_models(doc, data.draw(st.just(_entries(doc))), data.draw(ids)),
            lambda doc: registry.assign(doc, "grade", data.draw(st.sampled_from(_entries(doc)))),
            lambda doc: registry.unassign(doc, "grade"),
        ]
    )
    for _ in range(data.draw(st.integers(1, 6))):
        before = render(document)
        try:
            changed = data.draw(edits)(document)
        except DispatchError:
            changed = document
        assert render(document) == before
        view(changed)
        assert {name: changed[name] for name in rest} == rest
        assert changed["models"]["other"] == [1.50]
        document = changed


def _entries(document: dict[str, Any]) -> list[str]:
    return [entry["id"] for entry in document["models"].get("catalog", [])] or ["none"]


@pytest.mark.req("PM-2", "PM-3")
@pytest.mark.parametrize(
    "url", ["https://ann:pass@llm.example.edu/v1", "https://llm.example.edu/v1?region=eu"]
)
def test_the_shown_base_url_is_no_new_one_for_another_type(url: str) -> None:
    """A form that changes the type and sends the base URL as it is shown is refused, and nothing is lost."""
    provider = {"id": "p", "name": "N", "type": "anthropic"}
    document = {"providers": [{**provider, "credentials": {"apiKey": "sk-0123456789", "baseUrl": url}}]}
    with pytest.raises(InvalidInputError) as caught:
        registry.update_provider(document, "p", type="openai-compatible", base_url=shown_url(url))
    assert list(problems_of(caught.value)) == ["credentials.baseUrl"]
