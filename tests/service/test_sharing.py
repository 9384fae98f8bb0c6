"""A copy of the settings without keys: what it holds, what it needs, and what ends the export."""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dispatch_widgets as dw
from dispatch_widgets import (
    InvalidInputError,
    NotFoundError,
    SettingsService,
    SettingsShapeError,
    SettingsWriteError,
)
from dispatch_widgets.demo.samples import write_sample
from dispatch_widgets.settings.references import secrets_in, with_references

if TYPE_CHECKING:
    from collections.abc import Callable

    from dispatch_widgets.demo import DemoServer

KEY = "sk-proj-0123456789abcdefghij"
OTHER = "sk-proj-9876543210abcdefghij"
LAB = "http://127.0.0.1:9/v1"


def provider(name: str, key: str, url: str | None = None, *, type: str = "openai-compatible") -> Any:  # noqa: A002
    """A provider as the file has it."""
    credentials = {"apiKey": key, **({"baseUrl": url} if url else {})}
    return {"id": f"id-of-{name}", "name": name, "type": type, "credentials": credentials}


def write(path: Path, document: Any) -> SettingsService:
    """A service over a file with these settings."""
    path.write_text(json.dumps(document), encoding="utf-8")
    return SettingsService(path)


def exported(path: Path, document: Any) -> tuple[dict[str, Any], dw.SharedCopy]:
    """The copy of these settings as JSON, and the result."""
    target = path.with_name("shared.json")
    copy = write(path, document).export_without_keys(target)
    assert copy.path == target
    made: dict[str, Any] = json.loads(target.read_text(encoding="utf-8"))
    return made, copy


def keys_of(document: dict[str, Any]) -> list[str]:
    return [each["credentials"]["apiKey"] for each in document["providers"]]


@pytest.mark.req("API-1a", "SEC-4")
def test_a_shared_copy_works_where_its_variables_are_set(
    path: Path, server: DemoServer, add: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exported, taken by someone else, variable set: models are listed and a task is resolved as before."""
    mine = SettingsService(path)
    mine.add_model(provider_id=add(mine, "Lab"), model="gpt-4o", tasks=["grade"])
    copy = mine.export_without_keys(path.with_name("for-ann.json"))
    assert server.api_key not in copy.path.read_text(encoding="utf-8")
    assert [(each.name, each.providers) for each in copy.to_set] == [("LAB_API_KEY", ("Lab",))]

    theirs = SettingsService(copy.path)
    (lab,) = (each for each in theirs.get_providers() if not each.is_mock)
    monkeypatch.setenv("LAB_API_KEY", server.api_key)
    theirs.allow_sending(lab.id, variable="LAB_API_KEY", host=lab.host)
    assert theirs.discover_models(lab.id, force_refresh=True)
    assert theirs.resolve("grade").api_key.get_secret_value() == server.api_key
    assert theirs.try_task("grade")


@pytest.mark.req("API-1a")
def test_the_variable_of_a_well_known_provider_is_its_own_where_one_needs_it(path: Path) -> None:
    """One at OpenAI gets OPENAI_API_KEY, several get their names, and no other provider gets a vendor's."""
    made, copy = exported(
        path,
        {
            "providers": [
                provider("Claude", "sk-ant-api03-0123456789abcdefghij", type="anthropic"),
                provider("OpenAI work", KEY, "https://api.openai.com/v1"),
                provider("home", OTHER, "https://api.openai.com/v1"),
                provider("Mistral", "abcdefgh12345678", "https://llm.example.edu/v1"),
                provider("Université", "01234567abcdefgh", "https://llm.example.org/v1"),
                provider("人工智能", "1234567abcdefgh0", "https://llm.example.net/v1"),
                provider("人工", "234567abcdefgh01", "https://llm.example.net/v1"),
            ]
        },
    )
    names = [
        "ANTHROPIC_API_KEY",
        "OPENAI_WORK_API_KEY",
        "OPENAI_HOME_API_KEY",
        "MISTRAL_LLM_EXAMPLE_EDU_API_KEY",
        "UNIVERSITE_API_KEY",
        "LLM_EXAMPLE_NET_API_KEY",
        "LLM_EXAMPLE_NET_2_API_KEY",
    ]
    assert keys_of(made) == [f"${{{name}}}" for name in names]
    assert [each.name for each in copy.variables] == names
    assert copy.variables[1].places == ("providers[1].credentials.apiKey",)


@pytest.mark.req("API-1a", "SEC-4")
def test_references_stay_and_keep_their_variable(path: Path) -> None:
    """A reference stays as it is, and no stored key is given the same variable; a keyring's is replaced."""
    made, copy = exported(
        path,
        {
            "providers": [
                provider("A", "${OPENAI_API_KEY}", "https://api.openai.com/v1"),
                provider("B", KEY, "https://api.openai.com/v1"),
                provider("C", "${OPENAI_API_KEY}", LAB),
                provider("D", "keyring:dispatch/ann", LAB),
                provider("E", "no-key-needed", LAB),
            ]
        },
    )
    assert keys_of(made) == [
        "${OPENAI_API_KEY}",
        "${OPENAI_B_API_KEY}",
        "${OPENAI_API_KEY}",
        "${D_API_KEY}",
        "no-key-needed",
    ]
    assert [(each.name, each.providers) for each in copy.to_set] == [
        ("OPENAI_API_KEY", ("A", "C")),
        ("OPENAI_B_API_KEY", ("B",)),
        ("D_API_KEY", ("D",)),
    ]


@pytest.mark.req("API-1a", "MIG-7")
def test_the_apps_own_secrets_are_replaced_and_all_else_is_kept(path: Path, server: DemoServer) -> None:
    """The app's search key and bot token go too, and are named; all else stays, in its order."""
    write_sample(path.parent, server, old=False)
    before = json.loads(path.read_text(encoding="utf-8"))
    copy = SettingsService(path).export_without_keys(path.with_name("shared.json"))
    after = json.loads(copy.path.read_text(encoding="utf-8"))
    assert copy.to_type == ("search.apiKey", "notifications.telegram.botToken")
    assert after["search"].pop("apiKey") == "${SEARCH_API_KEY}"
    assert after["notifications"]["telegram"].pop("botToken") == "${TELEGRAM_BOT_TOKEN}"
    del before["search"]["apiKey"], before["notifications"]["telegram"]["botToken"]
    for document in (before, after):
        for each in document["providers"]:
            del each["credentials"]["apiKey"]
    assert json.dumps(after) == json.dumps(before)
    assert "search.apiKey" in str(copy)
    assert "search.apiKey" in copy._repr_html_()


@pytest.mark.req("API-1a", "MIG-2", "MIG-10")
@pytest.mark.parametrize("auto_migrate", [True, False])
def test_a_file_in_an_old_format_is_exported_in_todays(
    path: Path, server: DemoServer, auto_migrate: bool
) -> None:
    """Keys of single entries become references of providers; exporting itself converts nothing on disk."""
    write_sample(path.parent, server)
    before = path.read_bytes()
    copy = SettingsService(path, auto_migrate=auto_migrate).export_without_keys(path.with_name("shared.json"))
    assert (path.read_bytes() == before) is not auto_migrate
    after = json.loads(copy.path.read_text(encoding="utf-8"))
    assert keys_of(after) == [
        "${ANTHROPIC_LOCAL_API_KEY}",
        "${OPENAI_1_API_KEY}",
        "${OPENAI_2_API_KEY}",
        "${OPENAI_API_KEY}",
    ]
    assert not any("providerConfig" in entry for entry in after["models"]["catalog"])
    assert SettingsService(copy.path).migration_report is None


@pytest.mark.req("API-1a", "MIG-10")
def test_the_first_formats_are_exported_too(path: Path) -> None:
    """Accounts under `llm` become providers with references; what is not understood ends the export."""
    old = {
        "llm": {
            "providers": {"anthropic": KEY},
            "models": [{"task": "grade", "provider": "anthropic", "model": "m"}],
        }
    }
    made, copy = exported(path, old)
    assert keys_of(made) == ["${ANTHROPIC_API_KEY}"]
    assert [each.name for each in copy.variables] == ["ANTHROPIC_API_KEY"]
    old["llm"]["providers"] = {"anthropic": KEY, "cohere": "a-strange-word"}
    with pytest.raises(InvalidInputError) as raised:
        write(path, old).export_without_keys(path.with_name("other.json"))
    assert [problem.field for problem in raised.value.problems] == ["llm.providers.cohere"]


@pytest.mark.req("API-1a", "SEC-1")
@pytest.mark.parametrize(
    ("section", "place"),
    [
        ({"notes": [{"text": f"use {KEY}"}]}, "ui.notes[0].text"),
        ({"label": "mine: 0123456789abcdef-lab"}, "ui.label"),
        ({"label": "\u200b".join("0123456789abcdef-lab")}, "ui.label"),
        ({"x": "gsk_0123456789012345678901234567890123456789"}, "ui.x"),
        ({f"{KEY}": 1}, "ui"),
        ({KEY: {"note": KEY}}, "ui"),
        ({"feed": "https://ann:pass@feeds.example.org/"}, "ui.feed"),
        ({"feed": "https://feeds.example.org/?api_key=hunter2"}, "ui.feed"),
        ({"password": 12345}, "ui.password"),
    ],
)
def test_a_key_that_is_left_ends_the_export_with_its_place(path: Path, section: Any, place: str) -> None:
    """Known keys, keys in a vendor's format, logins, secret numbers: the place is said, never the value."""
    service = write(
        path,
        {"providers": [provider("Lab", "0123456789abcdef-lab", LAB), provider("O", KEY, LAB)], "ui": section},
    )
    target = path.with_name("shared.json")
    with pytest.raises(InvalidInputError) as raised:
        service.export_without_keys(target)
    assert raised.value.problems[0].field == place
    said = f"{raised.value} {raised.value!r} {raised.value.as_dict()}"
    for secret in (KEY, "0123456789abcdef-lab", "gsk_0123", "pass@", "hunter2", "12345"):
        assert secret not in said
    assert place in raised.value.message
    assert not target.exists()
    assert not list(path.parent.glob(".*.tmp"))


@pytest.mark.req("API-1a", "SEC-1")
def test_a_base_url_with_a_login_ends_the_export(path: Path) -> None:
    """A login in a base URL would be shared with it."""
    service = write(path, {"providers": [provider("Lab", KEY, "https://ann:secret-word@llm.example.edu/v1")]})
    with pytest.raises(InvalidInputError) as raised:
        service.export_without_keys(path.with_name("shared.json"))
    assert raised.value.problems[0].field == "providers[0].credentials.baseUrl"
    assert "secret-word" not in str(raised.value)


@pytest.mark.req("API-1a", "SEC-1")
def test_a_key_of_a_backup_or_a_variable_is_looked_for_too(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The scan is the one of notebooks: keys that references lead to count."""
    monkeypatch.setenv("LAB_TOKEN", "token-0123456789")
    document = {"providers": [provider("Lab", "${LAB_TOKEN}", LAB)], "ui": {"note": "token-0123456789"}}
    with pytest.raises(InvalidInputError) as raised:
        write(path, document).export_without_keys(path.with_name("shared.json"))
    assert raised.value.problems[0].field == "ui.note"


@pytest.mark.req("API-1a")
def test_nothing_is_overwritten_unless_that_is_said(path: Path) -> None:
    """A name that is taken is refused and left as it is; with replace=True it is replaced, mode kept."""
    service = write(path, {"providers": [provider("O", KEY, LAB)]})
    target = path.with_name("shared.json")
    target.write_text("mine")
    with pytest.raises(InvalidInputError, match="is there already"):
        service.export_without_keys(target)
    assert target.read_text() == "mine"
    target.chmod(0o644)
    service.export_without_keys(target, replace=True)
    assert KEY not in target.read_text()
    if sys.platform != "win32":
        assert stat.S_IMODE(target.stat().st_mode) == 0o644


@pytest.mark.req("MIG-5", "ST-3")
@pytest.mark.parametrize(
    "name",
    [
        "dispatch.settings.backup-20251121T130241Z.json",
        ".dispatch.settings.json.lock",
        "dispatch.settings.unfinished.json",
    ],
)
def test_a_backup_or_a_lock_file_is_never_the_copy(path: Path, name: str) -> None:
    """A copy takes the name of no backup, which would be lost or offered for Restore, and of no lock file."""
    write(path, {"providers": [provider("O", KEY, LAB)]})
    path.with_name(name).write_text("as it was", encoding="utf-8")
    (elsewhere := path.parent / "elsewhere").mkdir()
    (link := elsewhere / path.name).symlink_to(path)
    (folder := path.parent / "folder").symlink_to(path.parent)
    for file in (path, link, folder / path.name):
        service = SettingsService(file)
        for target in (path.with_name(name), folder / name):
            with pytest.raises(InvalidInputError, match="is the name of a backup or a lock file"):
                service.export_without_keys(target, replace=True)
    assert path.with_name(name).read_text(encoding="utf-8") == "as it was"


@pytest.mark.req("API-1a")
def test_the_settings_file_itself_is_never_the_copy(path: Path) -> None:
    """Not by its name, a link or a second name, whatever is said."""
    service = write(path, {"providers": [provider("O", KEY, LAB)]})
    before = path.read_bytes()
    link, second = path.with_name("link.json"), path.with_name("second.json")
    link.symlink_to(path)
    os.link(path, second)
    for target in (path, str(path), link, second):
        with pytest.raises(InvalidInputError, match="is the settings file itself"):
            service.export_without_keys(target, replace=True)
    assert path.read_bytes() == before


@pytest.mark.req("API-1a", "ST-9")
@pytest.mark.skipif(sys.platform == "win32", reason="modes are the folder's there")
def test_a_new_copy_is_for_the_user_only(path: Path) -> None:
    """Mode 0600 whatever the umask: to share it is the user's own step."""
    service = write(path, {"providers": [provider("O", KEY, LAB)]})
    old = os.umask(0)
    try:
        copy = service.export_without_keys(path.with_name("shared.json"))
    finally:
        os.umask(old)
    assert stat.S_IMODE(copy.path.stat().st_mode) == 0o600


@pytest.mark.req("API-1a")
def test_a_place_that_cannot_be_written_is_said(path: Path) -> None:
    """A folder, or a folder that is not there: an error with the reason, and nothing else is left."""
    service = write(path, {"providers": [provider("O", KEY, LAB)]})
    folder = path.with_name("folder")
    folder.mkdir()
    with pytest.raises(InvalidInputError, match="is there already"):
        service.export_without_keys(folder)
    with pytest.raises(SettingsWriteError, match="it is a folder"):
        service.export_without_keys(folder, replace=True)
    with pytest.raises(SettingsWriteError, match="No such file"):
        service.export_without_keys(path.with_name("nowhere") / "shared.json")
    with pytest.raises(InvalidInputError):
        service.export_without_keys("a\0b")
    assert not list(path.parent.rglob("*.tmp"))


@pytest.mark.req("API-1a", "ST-8", "ST-4")
def test_without_settings_there_is_no_copy(
    path: Path, tmp_path: Path, save_schedules: Callable[[Path], None]
) -> None:
    """No file, a broken one, and one whose providers another program removed are said as that."""
    target = tmp_path / "shared.json"
    with pytest.raises(NotFoundError, match="no settings file"):
        SettingsService(path).export_without_keys(target)
    service = SettingsService(path)
    lab = service.add_provider(name="Lab", type="openai-compatible", api_key=KEY, base_url=LAB)
    service.add_model(provider_id=lab.id, model="m")
    save_schedules(path)
    with pytest.raises(NotFoundError, match="removed your providers"):
        service.export_without_keys(target)
    with pytest.raises(SettingsShapeError):
        write(path, {"providers": 3}).export_without_keys(target)
    assert not target.exists()


@pytest.mark.req("API-1a")
def test_the_function_of_the_package_acts_on_the_default_file() -> None:
    """dw.export_without_keys(path) exports the file that is found."""
    dw.add_provider(name="Lab", type="openai-compatible", api_key=KEY, base_url=LAB)
    copy = dw.export_without_keys("shared.json")
    assert copy.path == Path.cwd() / "shared.json"
    assert [each.name for each in copy.variables] == ["LAB_API_KEY"]


_NAMES = st.sampled_from(["apiKey", "token", "secrets", "a", "baseUrl", "password"]) | st.text(max_size=6)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.req("API-1a", "SEC-1")
@given(st.dictionaries(_NAMES, _JSON, max_size=4))
@settings(max_examples=100, deadline=None)
def test_whatever_the_file_has_no_secret_text_is_left(rest: dict[str, Any]) -> None:
    """Every text in a secret place is a reference afterwards, each variable is listed, and twice is once."""
    document = {**rest, "providers": [provider("Lab", KEY, LAB)]}
    document.pop("models", None)
    shared, variables = with_references(document)
    left = [secret.value.strip() for secret in secrets_in(shared)]
    assert set(left) == {f"${{{variable.name}}}" for variable in variables}
    assert with_references(shared)[0] == shared
