"""What all panels stand on: shown values, parts, news between threads, errors in their place."""

from __future__ import annotations

import gc
import re
import threading
import weakref
from datetime import datetime, timedelta
from pathlib import Path

import ipywidgets as widgets
import pytest

from dispatch_widgets import (
    ModelsPanel,
    Panel,
    ProvidersPanel,
    RouterPanel,
    SettingsFilePanel,
    SettingsService,
)
from dispatch_widgets.discovery.models import Price
from dispatch_widgets.errors import SettingsWriteError
from dispatch_widgets.widgets import _format, _parts
from dispatch_widgets.widgets._hub import hub_of
from dispatch_widgets.widgets._news import News


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Anthropic", "An"),
        ("OpenAI", "OA"),
        ("OpenRouter", "OR"),
        ("LM Studio", "LM"),
        ("Course gateway", "Co"),
        ("llama.cpp", "ll"),
        ("", "?"),
        ("🙂", "?"),
        ("\u202eab", "ab"),
    ],
)
def test_a_tile_is_two_letters(name, letters) -> None:
    """A provider's tile has its capitals where it is written with several, else its first letters."""
    assert _format.tile(name) == letters


@pytest.mark.parametrize(
    ("before", "shown"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(minutes=12), "12 min ago"),
        (timedelta(hours=2), "10:00"),
        (timedelta(days=1), "yesterday"),
        (timedelta(days=7), "14 Nov"),
        (timedelta(days=700), "22 Dec 2023"),
    ],
)
def test_times_are_relative_then_clock_then_date(before, shown, monkeypatch) -> None:
    """Under one hour a time is relative, then the clock, then the date."""
    noon = datetime.now().astimezone().replace(2025, 11, 21, 12, 0, 0, 0)
    assert _format.ago(noon - before, noon) == shown


def test_times_in_discoverys_words_are_told_as_the_panels_own_are() -> None:
    """The zone that messages name elsewhere is left out beside times that name none; other words stay."""
    for zone in ("UTC", "UTC+9", "UTC-3:30"):
        words = f"You see the list from 14:36 {zone}. Refresh works again tomorrow at 09:05 {zone}."
        assert _format.without_zone(words) == (
            "You see the list from 14:36. Refresh works again tomorrow at 09:05."
        )
    assert _format.without_zone("The UTC clock of 14:36 UTCX") == "The UTC clock of 14:36 UTCX"


def test_a_moment_soon_is_told_by_the_clock() -> None:
    """A moment within half a day is told by the clock, also past midnight; later ones name the day."""
    night = datetime.now().astimezone().replace(hour=23, minute=30, second=0, microsecond=0)
    assert _format.clock(night + timedelta(hours=1), night) == "00:30"
    assert _format.clock(night + timedelta(hours=20), night) == "tomorrow 19:30"


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (None, ""),
        (0, ""),
        (-1, ""),
        (512, "512"),
        (8192, "8k"),
        (131072, "131k"),
        (10**6, "1M"),
        (1048576, "1M"),
    ],
)
def test_context_sizes_are_short(count, shown) -> None:
    """A context size is shown in thousands or millions of tokens, and not at all where it is not stated."""
    assert _format.tokens(count) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""),
        (Price(), ""),
        (Price(input=0.0, output=0.0), "free"),
        (Price(input=3.5, output=10.0), "$3.50 / $10.00"),
        (Price(input=0.0001), "$0.0001 / –"),  # noqa: RUF001 - as it is shown
    ],
)
def test_prices_are_dollars_for_a_million(value, shown) -> None:
    """A price shows what goes in and out; what is not stated is a dash."""
    assert _format.price(value) == shown


def test_words_of_the_panels() -> None:
    """Counts, lists, sizes and folders read as people write them."""
    assert [_format.plural(n, "entry", "entries") for n in (0, 1, 1204)] == [
        "0 entries",
        "1 entry",
        "1,204 entries",
    ]
    assert _format.plural(0, "entry", "entries", zero="No") == "No entries"
    assert _format.plural(1, "entry", "entries", zero="No") == "1 entry"
    assert [_format.listed(words) for words in ((), ("a",), ("a", "b"), ("a", "b", "c"))] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
    assert _format.size(999) == "999 B"
    assert _format.size(6100) == "6.1 kB"
    assert _format.folder(Path.home() / "x" / "f.json") == str(Path("~") / "x")


@pytest.mark.req("SEC-6")
def test_parts_escape_what_they_are_given() -> None:
    """Text parts, headings, messages and notes never put foreign text into HTML as it is."""
    bad = "<img src=x onerror=alert(1)>"
    message, note = _parts.Message(bad, "error"), _parts.Note()
    note.set("warn", bad, bad)
    values = [
        _parts.text(bad).value,
        _parts.heading(bad).value,
        _parts.mono(bad),
        _parts.model_id(bad + "x" * 40),
        message.words,
        note.content,
    ]
    assert all("&lt;img" in value and "<img" not in value for value in values)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("gpt-4o", ["gpt-4o"]),
        ("claude-haiku-4-5-20251001", ["claude-", "haiku-", "4-5-20251001"]),
        (
            "accounts/fireworks/models/llama-v3p1-405b-instruct",
            ["accounts/fireworks/models/", "llama-v3p1-4", "05b-instruct"],
        ),
        ("anthropic/claude-sonnet-4.5", ["anthropic", "/claud", "e-sonnet-4.5"]),
        ("x" * 50, ["x" * 26, "x" * 12, "x" * 12]),
    ],
)
def test_a_long_id_keeps_its_end(name, parts) -> None:
    """An id gives way at its head, then in its middle; its end stands in a span of its own."""
    html = _parts.model_id(name)
    assert re.findall("<span>([^<]*)</span>", html) == parts
    assert "".join(parts) == name
    assert f'title="{name}"' in html


@pytest.mark.parametrize(
    "parts",
    [
        ["claude-haiku-4"],
        ["accounts/fireworks/models/", "llama-v3p1-4", "05b-instruct"],
        ["black-forest-labs", "/flux.2-pro"],
        ["gpt-4-t", "urbo-prev", "iew-20221120"],
        ["a/llama", "-3.3-70b"],
        [f"/{'a' * 16}", "a" * 12, "a" * 12],
    ],
)
def test_an_id_is_cut_where_it_gives_way(parts) -> None:
    """What Python writes of an id has the same parts as what the lists draw: head, middle, end."""
    assert _parts.id_parts("".join(parts)) == parts


def test_parts_share_layout_and_style_also_after_all_was_closed() -> None:
    """Parts have one layout and style together; closing all widgets does not break later panels."""
    one, two = _parts.text("a"), _parts.button("b")
    assert one.layout is two.layout
    _parts.show(one, False)
    assert not _parts.is_shown(one)
    assert _parts.is_shown(two)
    widgets.Widget.close_all()
    three = _parts.text("c")
    assert three.layout.comm is not None
    assert _parts.is_shown(three)


@pytest.mark.req("API-3")
def test_news_are_drawn_in_another_thread_and_once(service, page) -> None:
    """What the service tells is drawn by the hub's worker, never in the thread that tells."""
    panel = RouterPanel(service)
    assert panel.hub.settle()
    seen: list[tuple[str, str]] = []
    lock = threading.Event()

    class Listener:
        def hear(self, news: News) -> None:
            lock.wait(10)
            seen.append((threading.current_thread().name, news.what))

    listener = Listener()
    panel.hub.subscribe(listener.hear)
    for _ in range(5):
        panel.hub.post(News("shared"))
    page.until(lambda: panel.hub._drawing)
    for _ in range(5):
        panel.hub.post(News("shared"))
    lock.set()
    assert panel.hub.settle()
    assert {name for name, _ in seen} == {"dispatch-widgets-panels"}
    assert 1 <= len(seen) <= 2


@pytest.mark.req("UI")
def test_one_panels_failure_does_not_stop_the_others(service, ids, page, monkeypatch) -> None:
    """A panel that cannot be drawn says so itself, and the others go on."""
    one, two = ProvidersPanel(service), ProvidersPanel(service)
    monkeypatch.setattr(one, "_draw", lambda _news: 1 / 0)
    service.update_provider(ids["Lab"], name="Next")
    assert two.hub.settle()
    assert [row["title"] for row in two.rows] == ["Next", "Anthropic"]
    assert "ZeroDivisionError" in one._note.content


@pytest.mark.req("UI", "SEC-1")
def test_an_unexpected_failure_is_said_without_keys(service, canary, page) -> None:
    """Whatever goes wrong in a callback stands in the panel, in words, with keys masked."""
    panel = ProvidersPanel(service)

    def fail() -> None:
        raise RuntimeError(f"it was {canary}")

    assert panel.act(fail) is False
    assert "This did not work: RuntimeError" in panel._note.content
    assert canary not in page.states()
    panel._note.buttons[0].click()
    assert not _parts.is_shown(panel._note_place)


@pytest.mark.req("ST-3", "UI")
def test_a_save_that_fails_keeps_the_form(service, ids, page, monkeypatch) -> None:
    """When the file cannot be written the form says so and keeps its input; pressing again saves."""
    panel = ProvidersPanel(service)
    form = panel.edit(ids["Lab"])
    form.name.control.value = "Typed"
    real = service._file.store.edit

    def refuse(*_args: object, **_keys: object) -> None:
        raise SettingsWriteError("the disk is full.", path=str(service.path), hint="Make room.")

    monkeypatch.setattr(service._file.store, "edit", refuse)
    form.save.click()
    page.type_key(form, "")
    assert panel.form is form
    assert "Not saved: the disk is full." in form.note.content
    assert "Your input is still here." in form.note.content
    assert not form.saving
    monkeypatch.setattr(service._file.store, "edit", real)
    form.save.click()
    page.type_key(form, "")
    assert panel.form is None
    assert service.provider(ids["Lab"]).name == "Typed"


@pytest.mark.req("UI")
def test_save_cannot_be_pressed_twice(service, ids, page) -> None:
    """While a save waits for the page, pressing again asks for nothing more."""
    panel = ProvidersPanel(service)
    form = panel.edit(ids["Lab"])
    form.save.click()
    asked = form.secret._asked
    form.save.click()
    assert form.secret._asked == asked


@pytest.mark.req("UI")
def test_a_key_that_comes_after_the_form_was_left_saves_nothing(service, ids, page) -> None:
    """If the form is left before the page has answered, nothing is saved."""
    panel = ProvidersPanel(service)
    form = panel.edit(ids["Lab"])
    form.name.control.value = "Too late"
    form.save.click()
    form.cancel.click()
    page.type_key(form, "")
    assert service.provider(ids["Lab"]).name == "Lab"


@pytest.mark.req("UI")
def test_a_hub_ends_with_its_panels(settings_path, page) -> None:
    """When the last panel is closed the worker thread ends; a later panel starts it again."""
    service = SettingsService(settings_path)
    panel = RouterPanel(service)
    hub = panel.hub
    assert hub_of(service) is hub
    worker = hub._worker
    panel.close()
    page.until(lambda: not worker.is_alive())
    again = RouterPanel(service)
    service.add_model(provider_id="mock", model="mock")
    assert hub.settle()
    assert again.tasks["grade"].pick.options[1][0] == "mock · Mock"


@pytest.mark.req("UI")
def test_a_service_is_not_kept_alive_by_its_hub(settings_path) -> None:
    """The shared part of the panels holds its service weakly."""
    service = SettingsService(settings_path)
    hub_of(service)
    gone = weakref.ref(service)
    del service
    gc.collect()
    assert gone() is None


def test_settle_says_when_it_took_too_long(service) -> None:
    """Waiting for the drawing ends after the time given, and says so."""
    panel = RouterPanel(service)
    assert panel.hub.settle()
    with panel.hub.lock:
        panel.hub.post(News("settings"))
        assert panel.hub.settle(0.05) is False
    assert panel.hub.settle()


def test_a_panel_prints_in_one_line(service) -> None:
    """A panel's repr names its file and nothing that is in it."""
    panel = RouterPanel(service)
    assert repr(panel) == f"RouterPanel({str(service.path)!r})"


@pytest.mark.req("UI")
@pytest.mark.parametrize("kind", [Panel, ProvidersPanel, ModelsPanel, RouterPanel, SettingsFilePanel])
def test_a_path_in_place_of_a_service_is_refused_with_what_to_write(kind) -> None:
    """What people try first gets the line that works, and nothing half made fails at its end."""
    with pytest.raises(TypeError, match=r"dw\.panel\(dw\.SettingsService\(path\)\)"):
        kind("dispatch.settings.json")
    gc.collect()  # an exception in the closing of what was half made would fail this test
