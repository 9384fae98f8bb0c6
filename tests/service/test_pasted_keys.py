"""Keys as they are pasted, and keys that are pasted into the wrong field (SEC-3, PM-10)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from dispatch_widgets import SettingsService
from dispatch_widgets.errors import InvalidInputError
from dispatch_widgets.secrets import LOOKS_LIKE_KEY, mask

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KEY = "sk-proj-0123456789abcdef"
URL = "https://llm.example.edu/v1"


@pytest.fixture
def service(tmp_path: Path) -> SettingsService:
    """A service without a file."""
    return SettingsService(tmp_path / "dispatch.settings.json")


def add(service: SettingsService, key: str, **more: Any) -> Any:
    return service.add_provider(
        **{"name": "Lab", "type": "openai-compatible", "api_key": key, "base_url": URL, **more}
    )


def stored(service: SettingsService) -> str:
    return str(json.loads(service.path.read_text(encoding="utf-8"))["providers"][0]["credentials"]["apiKey"])


@pytest.mark.req("SEC-3")
def test_what_was_pasted_around_a_key_is_not_saved_and_said(
    service: SettingsService, caplog: pytest.LogCaptureFixture
) -> None:
    """By add_provider and by update_provider; the warning names the provider, not the key."""
    lab = add(service, f'export OPENAI_API_KEY="{KEY}"; # mine')
    assert stored(service) == KEY
    service.update_provider(lab.id, api_key=f"Bearer {KEY}9")
    assert stored(service) == f"{KEY}9"
    said = [record.getMessage() for record in caplog.records]
    assert [words.startswith("Lab: ") for words in said] == [True] * 3
    assert KEY not in "".join(said)


@pytest.mark.req("SEC-3", "SEC-4")
def test_a_reference_of_another_tool_is_a_yes_as_one_given_here(
    service: SettingsService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is stored as ${NAME}, and its value may go where it was given for."""
    monkeypatch.setenv("LAB_KEY", KEY)
    lab = add(service, "{env:LAB_KEY}")
    assert stored(service) == "${LAB_KEY}"
    assert service.needs_consent(lab.id) is None
    assert service.resolve_model(lab.id, "m").api_key.get_secret_value() == KEY


@pytest.mark.req("SEC-3")
@pytest.mark.parametrize("pasted", ['""', "OPENAI_API_KEY=", "\u200b", "export X="])
def test_what_holds_no_key_at_all_is_refused(service: SettingsService, pasted: str) -> None:
    """It is no key, and no empty field either, which would keep the old one without a word."""
    with pytest.raises(InvalidInputError):
        add(service, pasted)
    lab = add(service, KEY)
    with pytest.raises(InvalidInputError):
        service.update_provider(lab.id, api_key=pasted)
    assert stored(service) == KEY


@pytest.mark.req("SEC-3", "MIG-2")
def test_what_a_file_has_is_not_touched(tmp_path: Path) -> None:
    """Loading and migrating keep a key as it was written."""
    path = tmp_path / "dispatch.settings.json"
    entry = {"id": "e", "model": "m", "providerType": "openai", "providerConfig": {"apiKey": f"Bearer {KEY}"}}
    path.write_text(json.dumps({"models": {"catalog": [entry], "assignment": []}}), encoding="utf-8")
    assert stored(SettingsService(path)) == f"Bearer {KEY}"


Enter = "Callable[[SettingsService, str, str], object]"

ENTERED: dict[str, Enter] = {
    "add: name": lambda s, _p, text: add(s, KEY, name=text),
    "add: url": lambda s, _p, text: add(s, "other-key-12345", base_url=f"https://h.example/{text}/v1"),
    "update: name": lambda s, p, text: s.update_provider(p, name=f"My {text}"),
    "update: url": lambda s, p, text: s.update_provider(p, base_url=f"https://h.example/{text}"),
    "model": lambda s, p, text: s.add_model(provider_id=p, model=text),
    "label": lambda s, p, text: s.add_model(provider_id=p, model="m", label=f"({text})"),
    "update: model": lambda s, p, text: s.update_model(s.add_model(provider_id=p, model="m").id, model=text),
    "update: label": lambda s, p, text: s.update_model(s.add_model(provider_id=p, model="m").id, label=text),
}


@pytest.mark.req("PM-10")
@pytest.mark.parametrize("where", ENTERED)
@pytest.mark.parametrize("key", [KEY, "lab-7Hq2Zx9LmWv4Tb8Rn3Kd", "gsk_" + "aB3d" * 13])
def test_a_key_in_another_field_is_refused(service: SettingsService, where: str, key: str) -> None:
    """One of a well-known shape, and one that is registered: BAD_REQUEST, not quoted, nothing saved."""
    provider = add(service, "lab-7Hq2Zx9LmWv4Tb8Rn3Kd")
    with pytest.raises(InvalidInputError) as caught:
        ENTERED[where](service, provider.id, key)
    assert [problem.message for problem in caught.value.problems] == [LOOKS_LIKE_KEY]
    assert caught.value.code == "BAD_REQUEST"
    assert key not in str(caught.value)
    assert service.path.read_text(encoding="utf-8").count(key) == (key == "lab-7Hq2Zx9LmWv4Tb8Rn3Kd")


@pytest.mark.req("PM-10")
def test_the_key_given_in_the_same_call_is_refused_as_a_name(service: SettingsService) -> None:
    """A short one too; a word that stands in place of a key is a name like any other."""
    with pytest.raises(InvalidInputError, match="Keys go into the key field"):
        add(service, "a1b2c3d4e5", name="a1b2c3d4e5")
    lab = add(service, "ollama", name="ollama", base_url="http://ollama.example.edu/v1")
    with pytest.raises(InvalidInputError, match="Keys go into the key field"):
        service.update_provider(lab.id, api_key="a1b2c3d4e5", name="a1b2c3d4e5")


@pytest.mark.req("PM-10")
def test_the_value_of_a_registered_variable_is_no_name(
    service: SettingsService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a reference in the file leads to is a registered key, too."""
    monkeypatch.setenv("LAB_KEY", "lab-7Hq2Zx9LmWv4Tb8Rn3Kd")
    lab = add(service, "${LAB_KEY}")
    with pytest.raises(InvalidInputError, match="Keys go into the key field"):
        service.add_model(provider_id=lab.id, model="lab-7Hq2Zx9LmWv4Tb8Rn3Kd")


@pytest.mark.req("PM-10")
def test_what_the_file_has_already_can_be_read_and_kept(service: SettingsService) -> None:
    """A name that holds a key since long is masked, and no edit of something else fails because of it."""
    lab = add(service, KEY)
    service.path.write_text(
        service.path.read_text(encoding="utf-8").replace('"Lab"', f'"{KEY}"'), encoding="utf-8"
    )
    assert service.provider(lab.id).name == mask(KEY)
    service.update_provider(lab.id, base_url="https://other.example/v1")
    assert service.provider(lab.id).host == "other.example"
    service.update_provider(lab.id, name=KEY, base_url="https://another.example/v1")
    assert service.provider(lab.id).host == "another.example"
    assert KEY not in repr(service.get_providers()) + service.get_providers()._repr_html_()


@pytest.mark.req("PM-10", "MD-3")
def test_every_real_model_id_can_be_kept(service: SettingsService, data_file: Callable[[str], Path]) -> None:
    """No id of the table is taken for a key."""
    from dispatch_widgets.service import NewModel

    lab = add(service, KEY)
    lines = data_file("model_kinds.tsv").read_text(encoding="utf-8").splitlines()[1:]
    ids = [line.split("\t")[1] for line in lines][::17]
    made = service.add_models([NewModel(provider_id=lab.id, model=model, label=model) for model in ids])
    assert [entry.model for entry in made] == ids
