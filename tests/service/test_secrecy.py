"""What a traceback with local variables shows of our own frames: no key (SEC-1)."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import dispatch_widgets as dw
from dispatch_widgets import SettingsService
from dispatch_widgets.errors import DispatchError
from dispatch_widgets.secrets import store_in_keyring

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
    with pytest.raises(DispatchError) as caught:
        action()
    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    ours = [frame for frame in shown.stack if frame.filename.startswith(PACKAGE)]
    assert ours
    assert shown.__context__ is shown.__cause__ is None
    return "".join(f"{frame.name} {frame.locals}" for frame in ours) + str(shown)


@pytest.mark.req("SEC-1")
def test_a_refused_change_shows_no_key(service: SettingsService, canary: str) -> None:
    """Neither a refused field nor a file that cannot be read or saved shows the key that was given."""
    (uni,) = service.get_providers()
    actions: tuple[Callable[[], object], ...] = (
        lambda: service.add_provider(name="", type="anthropic", api_key=canary),
        lambda: service.update_provider(uni.id, name=" ", api_key=canary),
        lambda: service.update_provider("nobody", api_key=canary),
        lambda: store_in_keyring("a b", "user", canary),
    )
    for action in actions:
        assert canary not in shown_of_ours(action)
    service.path.write_text("{")
    assert canary not in shown_of_ours(
        lambda: service.add_provider(name="Uni", type="anthropic", api_key=canary)
    )


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
    """Other variables hold other keys: no frame holds the environment, nor the variable's own value."""
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
