"""What all presenters stand on: views as JSON, events, failures, arguments, and that no widget is loaded."""

from __future__ import annotations

import gc
import json
import pkgutil
import subprocess
import sys
import threading
import weakref
from dataclasses import dataclass

import pytest
from presenter_person import until

from dispatch_widgets import SettingsService
from dispatch_widgets.widgets import presenters
from dispatch_widgets.widgets.presenters.hub.hub import hub_of
from dispatch_widgets.widgets.presenters.router.presenter import RouterPresenter
from dispatch_widgets.widgets.presenters.shared.arguments import Arguments, MismatchError
from dispatch_widgets.widgets.presenters.shared.encode import encode, to_json
from dispatch_widgets.widgets.presenters.shared.views import Badge, Row, Run, Section, View, joined

MODULES = sorted(each.name for each in pkgutil.walk_packages(presenters.__path__, f"{presenters.__name__}."))


@pytest.mark.req("UI")
def test_no_presenter_loads_a_widget() -> None:
    """All presenter modules together load neither ipywidgets nor anywidget nor IPython."""
    code = f"""
import importlib, sys
for name in {MODULES!r}:
    importlib.import_module(name)
widgets = {{"ipywidgets", "anywidget", "IPython", "traitlets"}}
print(sorted(widgets & {{name.split(".")[0] for name in sys.modules}}))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert len(MODULES) > 10


@pytest.mark.req("UI")
def test_a_view_is_encoded_without_what_is_as_always() -> None:
    """Only what is said is sent, nested parts too; what is no part of a view is refused."""
    row = Row("r", "Lab", badge=Badge("Stale", "warn"), details=((Run("sk-…a1b2", mono=True),),))
    view = View("router", "Router", sections=(Section("tasks", "6 tasks", rows=(row,)),))
    assert encode(view) == {
        "tab": "router",
        "title": "Router",
        "sections": [
            {
                "id": "tasks",
                "title": "6 tasks",
                "rows": [
                    {
                        "id": "r",
                        "title": "Lab",
                        "badge": {"text": "Stale", "tone": "warn"},
                        "details": [[{"text": "sk-…a1b2", "mono": True}]],
                    }
                ],
            }
        ],
    }
    assert json.loads(to_json(view)) == encode(view)
    assert b"\\ud800" in to_json("\ud800")
    with pytest.raises(TypeError, match="object"):
        encode(Section("s", object()))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="JSON"):
        to_json(Run("x", since=float("nan")))


@pytest.mark.req("UI")
def test_words_are_joined_with_blanks() -> None:
    """What says nothing leaves no blank behind; looks stay."""
    assert joined("One.", "", "Two.") == "One. Two."
    assert joined("One", (Run("x", mono=True), ".")) == ("One", " ", Run("x", mono=True), ".")


@pytest.mark.req("UI")
@pytest.mark.parametrize("value", [None, 7, ["x"], "x" * 9000])
def test_an_argument_of_another_kind_is_refused(value) -> None:
    """Nothing that a page sends is trusted."""
    with pytest.raises(MismatchError):
        Arguments({"row": value}).text("row")
    with pytest.raises(MismatchError):
        Arguments({"rows": value if value != ["x"] else [7]}).texts("rows")
    assert Arguments({"ticked": "yes"}).flag("ticked") is False
    assert Arguments(None).text("row", "") == ""


@pytest.mark.req("ST-6")
def test_another_programs_change_is_seen(service, ids, at) -> None:
    """The file is looked at without anybody telling, and changes by another program are counted."""
    person = at(RouterPresenter, service)
    assert person.rows("tasks")
    before = person.presenter.hub.revision
    entry = SettingsService(service.path).add_model(provider_id=ids["Lab"], model="m", tasks=["grade"])
    until(lambda: person.chosen("Entry for grade") == f"{entry.title} · Lab")
    until(lambda: person.presenter.hub.revision == before + 1)


@pytest.mark.req("ST-8", "UI")
def test_removed_providers_are_said_and_brought_back(service, ids, at) -> None:
    """What another program removed comes back with one press; Undo takes that back, and the focus follows."""
    service.add_model(provider_id=ids["Lab"], model="m", tasks=["grade"])
    person = at(RouterPresenter, service)
    document = json.loads(service.path.read_text(encoding="utf-8"))
    del document["providers"]
    service.path.write_text(json.dumps(document), encoding="utf-8")
    until(lambda: person.sees("Another program removed your providers."))
    assert person.sees("Lab and Anthropic are kept as saved here on ")
    assert person.sees("Until they are back, tasks cannot use their models.")
    person.press("Bring them back")
    assert [provider.name for provider in service.get_providers()] == ["Lab", "Anthropic"]
    assert person.sees("Lab and Anthropic are back.")
    assert person.heard == ["Lab and Anthropic are back."]
    assert person.focus is not None
    assert person.focus.action == "undo"
    person.press("Undo")
    assert person.sees("Another program removed your providers.")
    assert person.focus.action == "bring_back"


@pytest.mark.req("ST-8", "UI")
def test_without_a_copy_the_notice_leads_to_the_backups(service, ids, at) -> None:
    """Where no copy is kept it is said so, and nothing is offered that cannot be done."""
    service.add_model(provider_id=ids["Lab"], model="m")
    person = at(RouterPresenter, service)
    service.delete_kept_copy()
    document = json.loads(service.path.read_text(encoding="utf-8"))
    del document["providers"]
    service.path.write_text(json.dumps(document), encoding="utf-8")
    until(lambda: person.sees("No copy of them is kept here."))
    assert not person.offers("Bring them back")
    person.press("See the backups")
    assert person.went == ("settings", {})


@pytest.mark.req("ST-10", "UI")
def test_a_file_that_is_gone_is_said_and_put_back(service, ids, at) -> None:
    """The time is named, and Put it back writes what was shown last."""
    person = at(RouterPresenter, service)
    whole = service.path.read_bytes()
    assert person.rows("tasks")
    service.path.unlink()
    until(lambda: person.sees("dispatch.settings.json was deleted or moved at "))
    assert not person.sees("No entries to choose from")
    person.press("Put it back")
    assert json.loads(service.path.read_bytes()) == json.loads(whole)
    assert person.sees("The file is back, as it was shown here last.")
    person.press("Dismiss")
    assert not person.sees("The file is back")


@pytest.mark.req("ST-4", "UI")
def test_a_file_that_breaks_and_is_mended_is_followed(service, at) -> None:
    """A file that another program breaks is said at once, and when it is mended all is as before."""
    person = at(RouterPresenter, service)
    whole = service.path.read_bytes()
    before = person.view
    service.path.write_text('{"providers": [', encoding="utf-8")
    until(lambda: person.sees("What you saved is still in the file"))
    assert person.sees("The file has a mistake at line 1, column ")
    assert person.view.sections == ()
    service.path.write_bytes(whole)
    until(lambda: person.view == before)


@pytest.mark.req("UI")
def test_what_a_listener_raises_stops_no_other(service, ids, at, caplog) -> None:
    """A presenter that cannot make its view says so itself, and others go on."""

    class Broken(RouterPresenter):
        def _tab_view(self) -> View:
            raise ZeroDivisionError("division by zero")

    broken, person = at(Broken, service), at(RouterPresenter, service)
    assert person.view.sections
    entry = service.add_model(provider_id=ids["Lab"], model="m")
    assert f"{entry.title} · Lab" in person.settled().options("Entry for grade")
    assert broken.sees("This did not work: ZeroDivisionError: division by zero")
    assert "A panel could not be shown: ZeroDivisionError" in caplog.text


@pytest.mark.req("UI", "SEC-1")
def test_a_failure_that_nobody_foresaw_is_said_without_keys(service, canary, at, caplog) -> None:
    """Whatever goes wrong in an action stands in the tab, in words, with keys masked."""

    def fail(_args: object) -> None:
        raise RuntimeError(f"odd {canary}")

    class Odd(RouterPresenter):
        def _own_handlers(self) -> dict[str, object]:
            return {"odd": fail}

    person = at(Odd, service)
    assert not person.presenter.act("odd").ok
    assert person.sees("This did not work: RuntimeError: odd ")
    assert person.sees("That is a mistake in dispatch-widgets")
    assert canary not in person.encoded + caplog.text
    person.press("Dismiss")
    assert not person.sees("This did not work")


@dataclass
class _Listener:
    """Somebody who notes in which thread events come."""

    threads: list[str]

    def heard(self, events: object) -> None:
        self.threads.append(threading.current_thread().name)


@pytest.mark.req("UI")
def test_events_come_together_in_a_thread_of_their_own(service) -> None:
    """Never in the thread that posts; the same event twice is delivered once; it ends with the listeners."""
    events = hub_of(service).events
    listener = _Listener([])
    events.listen(listener.heard)
    with hub_of(service).lock:
        for _ in range(5):
            hub_of(service).post("panels")
    assert events.settle()
    assert 1 <= len(listener.threads) <= 2
    assert set(listener.threads) == {"dispatch-widgets-views"}
    worker = next(thread for thread in threading.enumerate() if thread.name == "dispatch-widgets-views")
    events.stop_listening(listener.heard)
    until(lambda: not worker.is_alive())
    events.listen(listener.heard)
    hub_of(service).post("panels")
    assert events.settle()
    events.stop_listening(listener.heard)


@pytest.mark.req("P-8")
def test_neither_service_nor_presenter_is_kept_alive(settings_path) -> None:
    """A presenter that nobody holds is gone, closed or not, and so is its service."""
    service = SettingsService(settings_path)
    hub_of(service).events.poll_seconds = 0.01
    presenter = RouterPresenter(service)
    presenter.view()
    gone = weakref.ref(presenter), weakref.ref(service)
    del presenter, service

    def all_gone() -> bool:
        gc.collect()
        return gone[0]() is None and gone[1]() is None

    until(all_gone)


@pytest.mark.req("UI")
def test_a_path_in_place_of_a_service_is_refused_with_what_to_write(settings_path) -> None:
    """What people try first gets the line that works."""
    with pytest.raises(TypeError, match=r"dw\.panel\(dw\.SettingsService\(path\)\)"):
        RouterPresenter(str(settings_path))  # type: ignore[arg-type]
