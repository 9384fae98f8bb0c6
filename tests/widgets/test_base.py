"""What holds for every panel: failures are said in it, forms keep their input, one press is one."""

from __future__ import annotations

import gc

import pytest

from dispatch_widgets import (
    ModelsPanel,
    Panel,
    ProvidersPanel,
    RouterPanel,
    SettingsFilePanel,
    SettingsService,
)
from dispatch_widgets.errors import SettingsWriteError


@pytest.mark.req("UI")
def test_one_panels_failure_does_not_stop_the_others(service, ids, person, monkeypatch) -> None:
    """A panel that cannot be drawn says so itself, and the others go on."""
    one, two = person(SettingsFilePanel(service)), person(ProvidersPanel(service))
    monkeypatch.setattr(service, "backups", lambda: 1 / 0)
    service.update_provider(ids["Lab"], name="Next")
    two.wait()
    assert two.titles("Providers") == ["Next", "Anthropic"]
    assert one.sees("ZeroDivisionError")


@pytest.mark.req("UI", "SEC-1")
def test_an_unexpected_failure_is_said_without_keys(
    settings_path, canary, person, states, monkeypatch
) -> None:
    """Whatever goes wrong in a callback stands in the panel, in words, with keys masked."""
    service = SettingsService(settings_path)

    def fail(**_keys: object) -> None:
        raise RuntimeError(f"it was {canary}")

    monkeypatch.setattr(service, "add_model", fail)
    me = person(ProvidersPanel(service))
    me.press("Try the built-in mock")
    assert me.sees("This did not work: RuntimeError")
    assert canary not in states()
    me.press("Dismiss")
    assert not me.sees("This did not work")


@pytest.mark.req("ST-3", "UI")
def test_a_save_that_fails_keeps_the_form(service, ids, person, monkeypatch) -> None:
    """When the file cannot be written the form says so and keeps its input; pressing again saves."""
    me = person(ProvidersPanel(service))
    me.press("Edit Lab")
    me.fill("Name", "Typed")
    save = service.update_provider

    def refuse(*_args: object, **_keys: object) -> None:
        raise SettingsWriteError("the disk is full.", path=str(service.path), hint="Make room.")

    monkeypatch.setattr(service, "update_provider", refuse)
    me.press("Save")
    assert "Edit Lab" in me.headings
    assert me.sees("Not saved: the disk is full.")
    assert me.sees("Your input is still here.")
    assert me.value("Name") == "Typed"
    monkeypatch.setattr(service, "update_provider", save)
    me.press("Save")
    assert "Edit Lab" not in me.headings
    assert service.provider(ids["Lab"]).name == "Typed"


@pytest.mark.req("UI")
def test_save_cannot_be_pressed_twice(service, ids, person, outbox) -> None:
    """While a save waits for the kernel it is not sent again, and the form cannot be left."""
    me = person(ProvidersPanel(service))
    me.press("Edit Lab")
    me.fill("Name", "Typed")
    save = me.as_seen("Save")
    before = len(outbox.contents())
    with me.answering_late():
        save.press()
        assert not me.can_press("Saving…")
        assert not me.can_press("Cancel")
        assert not me.can_press("Back to Providers")
        save.press()
    assert sum("answer" in content for _, content in outbox.contents()[before:]) == 1
    assert service.provider(ids["Lab"]).name == "Typed"


def test_a_panel_prints_in_one_line(service) -> None:
    """A panel's repr names its file and nothing that is in it."""
    panel = RouterPanel(service)
    assert repr(panel) == "RouterPanel('dispatch.settings.json')"


@pytest.mark.req("UI")
@pytest.mark.parametrize("kind", [Panel, ProvidersPanel, ModelsPanel, RouterPanel, SettingsFilePanel])
def test_a_path_in_place_of_a_service_is_refused_with_what_to_write(kind) -> None:
    """What people try first gets the line that works, and nothing half made fails at its end."""
    with pytest.raises(TypeError, match=r"dw\.panel\(dw\.SettingsService\(path\)\)"):
        kind("dispatch.settings.json")
    gc.collect()  # an exception in the closing of what was half made would fail this test
