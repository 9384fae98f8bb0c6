"""What a traceback with local variables shows of our own frames: no key (SEC-1)."""

from __future__ import annotations

import copy
import inspect
import json
import pickle
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import dispatch_widgets as dw
from dispatch_widgets import SettingsService
from dispatch_widgets.errors import DispatchError
from dispatch_widgets.secrets import store_in_keyring
from dispatch_widgets.settings._disk import Disk

if TYPE_CHECKING:
    from collections.abc import Callable

PACKAGE = str(Path(dw.__file__).parent)


@pytest.fixture
def service(tmp_path: Path) -> SettingsService:
    """A service with one provider, whose key is a variable that is not set."""
    made = SettingsService(tmp_path / "dispatch.settings.json")
    made.add_provider(name="Uni", type="anthropic", api_key="${DISPATCH_TEST_NOT_SET}")
    return made


def shown_of_ours(action: Callable[[], object]) -> str:
    """What IPython's verbose mode and its like print of the package's frames when an action fails."""
    with pytest.raises((DispatchError, TypeError, KeyboardInterrupt)) as caught:
        action()
    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    ours = [frame for frame in shown.stack if frame.filename.startswith(PACKAGE)]
    assert ours
    assert shown.__context__ is shown.__cause__ is None
    return "".join(f"{frame.name} {frame.locals}" for frame in ours) + str(shown)


@pytest.mark.req("SEC-1")
def test_a_refused_change_shows_no_key(service: SettingsService, canary: str) -> None:
    """Errors about fields and files do not contain the given key."""
    (uni,) = service.get_providers()
    actions: tuple[Callable[[], object], ...] = (
        lambda: service.add_provider(name="", type="anthropic", api_key=canary),
        lambda: service.update_provider(uni.id, name=" ", api_key=canary),
        lambda: service.update_provider("nobody", api_key=canary),
        lambda: store_in_keyring("a b", "user", canary),
    )
    for action in actions:
        assert canary not in shown_of_ours(action)
    service.path.write_text("{", encoding="utf-8")
    assert canary not in shown_of_ours(
        lambda: service.add_provider(name="Uni", type="anthropic", api_key=canary)
    )


TAKES_A_KEY = sorted(
    name
    for name, method in inspect.getmembers(SettingsService, inspect.isfunction)
    if not name.startswith("_") and "api_key" in inspect.signature(method).parameters
)


@pytest.mark.req("SEC-1")
@pytest.mark.parametrize("method", TAKES_A_KEY)
def test_whatever_is_given_a_key_shows_none(method: str, service: SettingsService, canary: str) -> None:
    """No frame of a function that takes a key, of whichever there are, contains it or that of a base URL."""
    (uni,) = service.get_providers()
    needed = {"name": "Uni", "provider_id": uni.id}
    function = getattr(service, method)
    given = {name: needed[name] for name in inspect.signature(function).parameters if name in needed}
    url = f"https://llm.example.edu/v1?key={canary}"

    def refused() -> object:
        return function(**given, type="openai-compatible", api_key=f"{canary} x", base_url=url)

    assert canary not in shown_of_ours(refused)


@pytest.mark.req("SEC-1")
def test_a_refused_change_of_the_default_file_shows_no_key(
    canary: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same at the top of the package."""
    monkeypatch.setenv("DISPATCH_SETTINGS_PATH", str(tmp_path / "dispatch.settings.json"))
    assert canary not in shown_of_ours(lambda: dw.add_provider(name="", type="anthropic", api_key=canary))
    assert canary not in shown_of_ours(lambda: dw.update_provider("nobody", api_key=canary))


@pytest.mark.req("SEC-1", "SEC-4")
@pytest.mark.parametrize("value", [None, "{key}\nsecond line"], ids=["not set", "unusable"])
def test_a_variable_that_cannot_be_used_shows_no_environment(
    value: str | None, service: SettingsService, canary: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No frame contains the environment or the value of a key variable."""
    monkeypatch.setenv("DISPATCH_TEST_OTHER_KEY", canary)
    (uni,) = service.get_providers()
    service.allow_sending(uni.id)
    if value is not None:
        monkeypatch.setenv("DISPATCH_TEST_NOT_SET", value.format(key=canary))
        service.allow_sending(uni.id)
    for action in (
        lambda: service.discover_models(uni.id),
        lambda: service.resolve_model(uni.id, "m").client(),
        lambda: service.try_model(uni.id, "m"),
    ):
        assert canary not in shown_of_ours(action)


SECRET = "hunter-7Hq2Zx9LmWv4Tb8R"


@pytest.fixture
def full_of_secrets(tmp_path: Path, canary: str) -> SettingsService:
    """A file that was edited by hand: secrets in places that no view knows, and in base URLs."""
    url = f"https://me:{SECRET}@llm.example.edu/v1?key={canary}"
    document = {
        "providers": [
            {
                "id": kind,
                "name": kind,
                "type": kind,
                "credentials": {"apiKey": canary, "baseUrl": url, "secret": {"deep": [canary, SECRET]}},
            }
            for kind in ("openai-compatible", "anthropic", "of-tomorrow")
        ],
        "models": {
            "catalog": [
                {"id": "e", "providerId": "openai-compatible", "model": "m", "accessToken": canary},
                {
                    "id": "o",
                    "providerType": "openai",
                    "model": "m",
                    "providerConfig": {"apiKey": canary, "baseUrl": 5},
                },
            ],
            "assignment": [{"task": "grade", "modelId": "e"}],
        },
        "notifications": {"headers": {"Authorization": f"Bearer {canary}"}, "secret": {"pin": SECRET}},
    }
    path = tmp_path / "full.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return SettingsService(path)


def _clean(text: str, canary: str) -> bool:
    return not any(secret in text for secret in (canary, canary[6:], SECRET, SECRET[7:]))


@pytest.mark.req("SEC-1")
def test_no_frame_of_ours_shows_what_a_file_hides(full_of_secrets: SettingsService, canary: str) -> None:
    """Whatever fails: nested secrets, keys and the query of a base URL are in no local variable."""
    service = full_of_secrets
    unknown = service.resolve_model("of-tomorrow", "m")
    actions: list[Callable[[], object]] = [
        lambda: service.resolve("grade"),
        lambda: service.discover_models("openai-compatible"),
        lambda: service.discover_models("of-tomorrow"),
        lambda: service.try_task("grade"),
        lambda: service.update_provider("anthropic", name=""),
        lambda: service.update_provider("anthropic", type="no such"),
        lambda: service.update_model("e", model=""),
        lambda: service.add_model(provider_id="e", model=canary),
        service.convert_entries,
        lambda: service.merge_providers("anthropic", ["anthropic"]),
        unknown.client,
        unknown.openai_kwargs,
        lambda: service.assign("grade", "nothing"),
        lambda: service.delete_provider("nobody"),
    ]
    for number, action in enumerate(actions):
        assert _clean(shown_of_ours(action), canary), number
    models = json.loads(service.path.read_text(encoding="utf-8"))["models"]
    models["catalog"] = [entry for entry in models["catalog"] if "providerId" not in entry]  # an old file
    service.path.write_text(json.dumps({"models": models}), encoding="utf-8")
    assert _clean(shown_of_ours(lambda: service.settings), canary)
    assert _clean(shown_of_ours(lambda: dw.preview_migration(service.path)), canary)


@pytest.mark.req("SEC-1")
def test_an_error_that_is_not_ours_shows_no_key_either(
    service: SettingsService, canary: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mistyped argument, and Ctrl-C while the file is being saved; a note says where that was."""
    monkeypatch.setenv("DISPATCH_SETTINGS_PATH", str(service.path))
    add: Callable[..., object] = dw.add_provider

    def interrupted(*_: object) -> object:
        raise KeyboardInterrupt

    for action in (
        lambda: add(name="n", type="anthropic", api_key=canary, bas_url="x"),
        lambda: service.update_provider(service.get_providers()[0].id, api_key=canary, nam="x"),  # type: ignore[call-arg]
    ):
        assert canary not in shown_of_ours(action)
    monkeypatch.setattr(Disk, "write", interrupted)
    assert canary not in shown_of_ours(
        lambda: service.add_provider(name="n", type="anthropic", api_key=canary)
    )
    with pytest.raises(KeyboardInterrupt) as caught:
        service.add_provider(name="n", type="anthropic", api_key=canary)
    assert any("interrupted" in note for note in caught.value.__notes__)


@pytest.mark.req("SEC-1")
def test_a_base_url_is_shown_without_user_info_and_query(
    full_of_secrets: SettingsService, canary: str
) -> None:
    """In every repr, str, HTML and pickle of what holds one; the object itself keeps it whole."""
    from dispatch_widgets._serialise import serialise_provider

    service = full_of_secrets
    providers = service.get_providers()
    settings = service.settings
    unknown = service.resolve_model("of-tomorrow", "m")
    for thing in (
        providers,
        settings,
        *providers,
        *settings.catalog,
        *(p.credentials for p in providers),
    ):
        html = thing._repr_html_() if hasattr(thing, "_repr_html_") else ""
        again = pickle.loads(pickle.dumps(thing))  # noqa: S301 - our own bytes
        told = f"{thing!r}{thing}{html}{pickle.dumps(thing)!r}{again!r}"
        assert _clean(told, canary), type(thing)
    assert _clean(json.dumps([serialise_provider(provider) for provider in providers]), canary)
    assert _clean(f"{unknown!r}{unknown}{unknown._repr_html_()}", canary)  # it refuses to be pickled
    own = providers[0].credentials
    assert SECRET in (own.base_url or "")
    assert copy.deepcopy(own) == copy.copy(own) == own
    assert copy.deepcopy(unknown).base_url == unknown.base_url
    assert pickle.loads(pickle.dumps(own)).base_url == "https://…@llm.example.edu/v1?…"  # noqa: S301


@pytest.mark.req("SEC-1", "MIG-5", "MIG-6")
def test_a_migration_shows_no_secret(tmp_path: Path, canary: str) -> None:
    """Before, after, warnings and reprs of the report mask what stands below secret names and in URLs."""
    url = f"https://me:{SECRET}@llm.example.edu/v1?key={canary}"
    entry = {
        "id": "o",
        "providerType": "openai",
        "model": "m",
        "providerConfig": {
            "apiKey": canary,
            "baseUrl": url,
            "accessToken": canary,
            "secret": {"pin": [SECRET]},
        },
        "headers": {"Authorization": f"Bearer {canary}"},
        "note": f"see {url}",
    }
    path = tmp_path / "old.json"
    path.write_text(json.dumps({"models": {"catalog": [entry], "assignment": []}}), encoding="utf-8")
    report = dw.preview_migration(path)
    assert report is not None
    told = f"{report!r}{report}{report._repr_html_()}{report.before}{report.after}{pickle.dumps(report)!r}"
    assert _clean(told, canary)
    assert "llm.example.edu" in report.before


@pytest.mark.req("SEC-1")
def test_a_key_in_place_of_an_id_is_not_quoted(service: SettingsService, canary: str) -> None:
    """Errors about swapped arguments do not contain the key."""
    for action in (
        lambda: service.provider(canary),
        lambda: service.entry(canary),
        lambda: service.resolve(canary),
        lambda: service.resolve_model(canary, "m"),
        lambda: service.assign("grade", canary),
    ):
        with pytest.raises(DispatchError) as caught:
            action()
        assert canary not in str(caught.value) + repr(caught.value.as_dict())


@pytest.mark.req("SEC-3", "PM-3")
def test_the_shown_form_of_a_base_url_is_never_saved_over_it(
    full_of_secrets: SettingsService,
) -> None:
    """A client that sends back what it was shown keeps what the file has."""
    service = full_of_secrets
    before = service.provider("anthropic").base_url
    service.update_provider("anthropic", name="New", base_url="https://…@llm.example.edu/v1?…")
    assert service.provider("anthropic").base_url == before
