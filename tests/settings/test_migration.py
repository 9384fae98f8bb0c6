"""From files in the old format to the present form."""

from __future__ import annotations

import json
import traceback
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dispatch_widgets.errors import SettingsShapeError
from dispatch_widgets.settings.document import parse, render, set_in
from dispatch_widgets.settings.migration import convert_entries, migrate, needs_migration
from dispatch_widgets.settings.registry import duplicates
from dispatch_widgets.settings.views import view

if TYPE_CHECKING:
    from collections.abc import Callable


def old_file(*entries: dict[str, Any]) -> dict[str, Any]:
    return {
        "models": {"catalog": [{"id": f"e{i}", "model": "m", **entry} for i, entry in enumerate(entries)]}
    }


def openai(key: str | None = None, url: str | None = None, **more: Any) -> dict[str, Any]:
    config = {name: value for name, value in (("apiKey", key), ("baseUrl", url)) if value is not None}
    return {"providerType": "openai", "providerConfig": {**config, **more}}


@pytest.mark.req("MIG-1")
@pytest.mark.parametrize(
    ("document", "needed"),
    [
        ({}, False),
        ({"ui": {}}, True),
        ({"models": {"assignment": []}}, True),
        ({"providers": []}, False),
        ({"providers": [], "models": {"catalog": [{"id": "a", "model": "m", "providerConfig": {}}]}}, False),
    ],
)
def test_a_file_without_providers_is_old(document: dict[str, Any], needed: bool) -> None:
    """Migration is for files without `providers`, not for others nor for one yet to be made (MIG-1)."""
    assert needs_migration(document) is needed


@pytest.mark.req("PM-2")
def test_new_providers_have_random_ids(old_document: dict[str, Any]) -> None:
    """Each provider that an old file's entries become has a UUID4 of its own (PM-2)."""
    document, _ = migrate(old_document)
    made = [uuid.UUID(provider["id"]) for provider in document["providers"]]
    assert len(set(made)) == len(made) > 1
    assert {each.version for each in made} == {4}


@pytest.mark.req("MIG-2", "MIG-3", "MIG-4", "PM-7")
def test_an_old_file_is_converted(old_document: dict[str, Any], ids: Callable[[], str]) -> None:
    """Entries are grouped into one provider per account and point to it; the rest stays (MIG-2)."""
    document, report = migrate(old_document, new_id=ids)
    assert document["providers"] == [
        {
            "id": "id-1",
            "name": "Anthropic",
            "type": "anthropic",
            "credentials": {"apiKey": "sk-ant-0123456789abcdef"},
        },
        {
            "id": "id-2",
            "name": "OpenAI 1",
            "type": "openai-compatible",
            "credentials": {"apiKey": "sk-first-0123456789abcdef", "baseUrl": "https://api.openai.com/v1"},
        },
        {
            "id": "id-3",
            "name": "OpenAI 2",
            "type": "openai-compatible",
            "credentials": {"apiKey": "sk-second-0123456789abcdef", "baseUrl": "https://llm.example.edu/v1"},
        },
        {
            "id": "id-4",
            "name": "OpenAI 3",
            "type": "openai-compatible",
            "credentials": {"apiKey": "${OPENAI_API_KEY}", "baseUrl": "https://api.openai.com/v1"},
        },
    ]
    catalog = document["models"]["catalog"]
    assert [entry["providerId"] for entry in catalog] == ["id-1", "id-2", "id-3", "id-4", "id-2", "mock"]
    assert all(entry.keys().isdisjoint({"providerType", "providerConfig"}) for entry in catalog)
    assert catalog[0] == {
        "id": "anthropic:claude-sonnet-4-5",
        "providerId": "id-1",
        "model": "claude-sonnet-4-5",
        "label": "Claude",
        "capabilities": ["chat"],
    }
    assert catalog[1]["note"] == {"kept": [1, 2.50]}
    assert document["models"]["assignment"] is old_document["models"]["assignment"]
    assert list(document) == [*old_document, "providers"]
    assert not any(entry.problem for entry in view(document).catalog)
    assert [made.entries for made in report.providers] == [
        ("anthropic:claude-sonnet-4-5",),
        ("openai:gpt-4o", "openai:gpt-4o-mini"),
        ("openai:llama",),
        ("openai:text-embedding-3-small",),
    ]
    assert report.entries == tuple(entry["id"] for entry in catalog)


@pytest.mark.req("MIG-1")
def test_migrating_twice_is_migrating_once(old_document: dict[str, Any]) -> None:
    """A document in the present form comes back as it is, with an empty report (MIG-1)."""
    document, _ = migrate(old_document)
    again, report = migrate(document)
    assert again is document
    assert (report.providers, report.entries, report.warnings) == ((), (), ())


@pytest.mark.req("MIG-6")
def test_migration_does_not_change_its_input(old_document: dict[str, Any]) -> None:
    """A preview is the same pure function: the document it is given stays as it was (MIG-6)."""
    before = render(old_document)
    _, first = migrate(old_document, new_id=lambda: "x")
    _, second = migrate(old_document, new_id=lambda: "x")
    assert render(old_document) == before
    assert first == second
    assert not first.written
    assert first.backup is None


@pytest.mark.req("MIG-3")
@pytest.mark.parametrize(
    ("entries", "names"),
    [
        ([openai("k1")], ["OpenAI"]),
        ([openai("k1"), openai("k1", " ")], ["OpenAI"]),
        ([openai("k1"), openai("k2")], ["OpenAI 1", "OpenAI 2"]),
        (
            [openai("k1"), {"providerType": "anthropic", "providerConfig": {"apiKey": "a"}}],
            ["OpenAI", "Anthropic"],
        ),
        (
            [
                openai("k1"),
                {"providerType": "anthropic"},
                openai("k2"),
                {**openai("a"), "providerType": "anthropic"},
            ],
            ["OpenAI 1", "Anthropic 1", "OpenAI 2", "Anthropic 2"],
        ),
        ([{"providerType": "mock"}], []),
    ],
)
def test_names_are_numbered_only_where_there_are_several(
    entries: list[dict[str, Any]], names: list[str]
) -> None:
    """A type with one provider has the bare name, with several they count from 1 in the order met (MIG-3)."""
    document, _ = migrate(old_file(*entries))
    assert [provider["name"] for provider in document["providers"]] == names


@pytest.mark.req("MIG-4")
@pytest.mark.parametrize("config", [{}, {"apiKey": ""}, {"apiKey": "  "}, {"apiKey": None}, None])
def test_a_missing_key_becomes_a_reference(config: dict[str, Any] | None) -> None:
    """An entry without a key refers to the variable that the app used, and the report says so (MIG-4)."""
    entry: dict[str, Any] = {"providerType": "anthropic"}
    if config is not None:
        entry["providerConfig"] = config
    document, report = migrate(old_file(entry))
    assert document["providers"][0]["credentials"] == {"apiKey": "${ANTHROPIC_API_KEY}"}
    (warning,) = report.warnings
    assert "${ANTHROPIC_API_KEY}" in warning
    assert "does not expand" in warning


@pytest.mark.req("MIG-2")
def test_what_is_not_valid_is_kept_and_reported(canary: str) -> None:
    """A key or base URL that cannot work stays as it stands, and a warning says what is wrong (MIG-2)."""
    document, report = migrate(
        old_file(openai(f"{canary} with blanks", "https://u:hunter2@h.example/v1"), openai("k2", "nonsense"))
    )
    assert [provider["credentials"] for provider in document["providers"]] == [
        {"apiKey": f"{canary} with blanks", "baseUrl": "https://u:hunter2@h.example/v1"},
        {"apiKey": "k2", "baseUrl": "nonsense"},
    ]
    assert len(report.warnings) == 3
    assert any("user name and password" in warning for warning in report.warnings)
    assert canary not in str(report) + repr(report) + report._repr_html_()
    assert "hunter2" not in str(report) + repr(report) + report._repr_html_()


@pytest.mark.req("MIG-2", "MD-14")
def test_addresses_are_brought_into_one_form() -> None:
    """A slash or a pasted endpoint makes no account of its own (MIG-2)."""
    document, report = migrate(
        old_file(
            openai("k", "https://h.example/v1"),
            openai("k ", "https://h.example/v1/"),
            openai("k", "https://H.example/v1/chat/completions"),
        )
    )
    (provider,) = document["providers"]
    assert provider["credentials"]["baseUrl"] == "https://h.example/v1"
    assert [made.entries for made in report.providers] == [("e0", "e1", "e2")]


@pytest.mark.req("MIG-2", "PM-2")
def test_a_gateway_for_anthropic_is_kept_and_told() -> None:
    """A base URL of an anthropic entry stays, with the warning that the app ignores it (PM-2)."""
    document, report = migrate(
        old_file(
            {
                "providerType": "anthropic",
                "providerConfig": {"apiKey": "k", "baseUrl": "https://g.example/v1"},
            }
        )
    )
    assert document["providers"][0]["credentials"]["baseUrl"] == "https://g.example"
    assert any("ignores it" in warning for warning in report.warnings)


@pytest.mark.req("MIG-2", "ST-7")
def test_kinds_that_nobody_knows_are_left(canary: str) -> None:
    """An entry of an unknown kind stays and is reported; the app's list takes no new type (ST-7)."""
    entry = {"providerType": "bedrock", "providerConfig": {"apiKey": canary}}
    document, report = migrate(old_file(entry, {"note": "no kind at all"}))
    assert document["providers"] == []
    assert document["models"]["catalog"][0] == {"id": "e0", "model": "m", **entry}
    assert report.entries == ()
    (warning,) = report.warnings
    assert "e0" in warning
    assert canary not in warning


@pytest.mark.req("MIG-5")
def test_fields_that_providers_do_not_have_are_reported() -> None:
    """What a providerConfig held beside key and address is named, as it stays in the backup only (MIG-5)."""
    _, report = migrate(old_file(openai("k", organization="org", timeout=5)))
    assert any("organization, timeout" in warning for warning in report.warnings)


@pytest.mark.req("MIG-9")
@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        ({"models": []}, "models"),
        (old_file({"providerType": "openai", "providerConfig": "x"}), "models.catalog[0].providerConfig"),
        (
            old_file(openai("k"), {**openai(), "providerConfig": {"apiKey": 5}}),
            "models.catalog[1].providerConfig.apiKey",
        ),
        (
            old_file({**openai(), "providerConfig": {"baseUrl": []}}),
            "models.catalog[0].providerConfig.baseUrl",
        ),
    ],
)
def test_a_shape_that_cannot_be_understood_is_refused(document: dict[str, Any], pointer: str) -> None:
    """An old file with a wrong kind of value is refused with the path inside it (MIG-9)."""
    with pytest.raises(SettingsShapeError) as caught:
        migrate(document, path="/x.json")
    assert (caught.value.pointer, caught.value.path) == (pointer, "/x.json")


@pytest.mark.req("MIG-7")
def test_the_rest_of_the_file_goes_through(
    old_document: dict[str, Any], app_sections: dict[str, Any]
) -> None:
    """The app's other sections, numbers of any size and unknown keys survive migration (MIG-7)."""
    text = render({**app_sections, **old_document}).replace(b'"topN": 10', b'"topN": 1' + b"0" * 5000)
    document, _ = migrate(parse(text, path=""))
    written = render(document)
    for name in app_sections:
        piece = render({name: parse(text, path="")[name]})[2:-2]
        assert piece in written


@pytest.mark.req("ST-7")
def test_what_is_written_has_the_apps_fields_only() -> None:
    """After migration `models` has its assignment list, and no base URL is empty or null (ST-7)."""
    document, _ = migrate(
        old_file(openai("k", ""), {"providerType": "anthropic", "providerConfig": {"apiKey": "a"}})
    )
    assert document["models"]["assignment"] == []
    for provider in document["providers"]:
        assert provider.keys() == {"id", "name", "type", "credentials"}
        assert provider["type"] in {"anthropic", "openai-compatible"}
        assert all(provider["credentials"].values())


@pytest.mark.req("MIG-8")
def test_leftover_entries_are_converted_on_request(
    new_document: dict[str, Any], ids: Callable[[], str]
) -> None:
    """Entries in the old format in a newer file get the provider they belong to, new or known (MIG-8)."""
    left = [
        {"id": "l1", "model": "m", **openai("sk-uni-0123456789abcdef", "https://llm.example.edu/v1/")},
        {"id": "l2", "model": "m", **openai("sk-other-0123456789abcdef")},
        {"id": "l3", "model": "m", "providerType": "mock"},
        {
            "id": "l4",
            "model": "m",
            "providerId": "p-uni",
            "providerConfig": {"apiKey": "sk-its-own-0123456789"},
        },
    ]
    document = set_in(new_document, ("models", "catalog"), [*new_document["models"]["catalog"], *left])
    assert [entry.unconverted for entry in view(document).catalog] == [False] * 3 + [True] * 4
    assert not needs_migration(document)
    converted, report = convert_entries(document, new_id=ids)
    assert [entry.get("providerId") for entry in converted["models"]["catalog"][3:]] == [
        "p-uni",
        "id-1",
        "mock",
        "p-uni",
    ]
    assert converted["providers"][:2] == document["providers"]
    assert [(made.id, made.name) for made in report.providers] == [("id-1", "OpenAI")]
    assert report.entries == ("l1", "l2", "l3", "l4")
    assert any("l4" in warning for warning in report.warnings)
    assert not any(entry.unconverted for entry in view(converted).catalog)
    assert duplicates(converted) == ()
    again, report = convert_entries(converted)
    assert again is converted
    assert report.entries == ()


@pytest.mark.req("MIG-3")
def test_new_names_do_not_repeat_old_ones(new_document: dict[str, Any]) -> None:
    """A provider made later is numbered past the names that are there (MIG-3)."""
    document = set_in(new_document, ("providers", 1, "name"), "OpenAI")
    left = [{"id": "l1", "model": "m", **openai("sk-other-0123456789abcdef")}]
    document = set_in(document, ("models", "catalog"), left)
    converted, _ = convert_entries(document)
    assert [provider["name"] for provider in converted["providers"]] == ["Anthropic", "OpenAI", "OpenAI 1"]


@pytest.mark.req("MIG-5", "SEC-1", "SEC-6")
def test_the_report_is_tidy_and_holds_no_key(old_document: dict[str, Any]) -> None:
    """The report reads well as text and HTML, escapes what the file says, and shows no key (MIG-5)."""
    document = set_in(old_document, ("models", "catalog", 3, "id"), "<img src=x onerror=alert(1)>")
    document = set_in(document, ("models", "catalog", 3, "providerConfig"), {"region": "<b>"})
    _, report = migrate(document)
    done = report.as_written(Path("/somewhere/<backup>.json")).with_warning("Mind <this>.")
    assert report.summary == "4 providers would be made, 6 entries changed, 2 warnings."
    assert done.summary == "4 providers made, 6 entries changed, 3 warnings."
    assert "Nothing has been written." in str(report)
    assert "/somewhere/<backup>.json" in str(done)
    html = done._repr_html_()
    assert "<img" not in html
    assert "<this>" not in html
    assert "&lt;backup&gt;" in html
    for shown in (str(done), html, repr(done), report.before, report.after):
        assert "0123456789abcdef" not in shown
    assert "sk-…cdef" in str(done)
    assert list(json.loads(report.before)["models"]["catalog"][0]) == list(document["models"]["catalog"][0])
    assert json.loads(report.after)["providers"][0]["name"] == "Anthropic"


@pytest.mark.req("ST-7", "MIG-2")
@pytest.mark.parametrize(
    ("url", "refused"),
    [
        ("http://192.168.1.300/v1", True),
        ("llm.example.edu/v1", True),
        ("https://xn--a.example", True),
        ("https://llm.example.edu/v1?api-version=1", False),
        ("https://user:hunter2@llm.example.edu/v1", False),
        ("https://llm.example.edu/v1", False),
    ],
)
def test_a_base_url_that_the_app_refuses_is_reported_as_that(
    old_document: dict[str, Any], url: str, refused: bool
) -> None:
    """A migrated base URL is kept; where the app will refuse the whole file for it, the report says so."""
    config = {"apiKey": "sk-0123456789abcdef", "baseUrl": url}
    entry = {"id": "e", "model": "m", "providerType": "openai", "providerConfig": config}
    document, report = migrate({**old_document, "models": {"catalog": [entry], "assignment": []}})
    assert document["providers"][0]["credentials"]["baseUrl"] == url
    assert any("app will refuse the whole file" in warning for warning in report.warnings) == refused
    assert not any("hunter2" in warning for warning in report.warnings)


@pytest.mark.req("SEC-1")
@pytest.mark.parametrize("convert", [migrate, convert_entries])
def test_no_frame_of_a_failed_conversion_holds_a_key(
    convert: Callable[..., Any], old_document: dict[str, Any], new_document: dict[str, Any]
) -> None:
    """The traceback of an error in a conversion ends before the package's frames, which hold the keys."""

    def no_id() -> str:
        raise RuntimeError("no id")

    old = old_document["models"]["catalog"]
    mixed = set_in(new_document, ("models", "catalog"), [*new_document["models"]["catalog"], *old])
    with pytest.raises(RuntimeError) as caught:
        convert(old_document if convert is migrate else mixed, new_id=no_id)
    files = [frame.filename for frame in traceback.extract_tb(caught.value.__traceback__)]
    assert not [file for file in files if "settings/migration" in file or "settings/conversion" in file]


@pytest.mark.req("MIG-4")
def test_a_missing_key_is_reported_beside_an_entry_with_the_same_reference() -> None:
    """The warning comes whichever of two entries of one account is first."""
    entries = [openai("${OPENAI_API_KEY}"), openai()]
    for order in (entries, entries[::-1]):
        document, report = migrate(old_file(*order))
        assert len(document["providers"]) == 1
        assert any("is read from the environment" in warning for warning in report.warnings)
