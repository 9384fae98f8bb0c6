"""A person at a panel, without a page: what they press, fill in and see, found by name and visible text."""

from __future__ import annotations

import re
import time
from functools import partial
from typing import TYPE_CHECKING

from .presented_page import Page
from .shown import Button, Field, Group, List, Row, Tab, Words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from dispatch_widgets.widgets.page_panel import PagePanel

    from .shown import Place, Shown
    from .wire import Outbox

PATIENCE_SECONDS = 20.0


def until(condition: Callable[[], object]) -> None:
    """Wait until something is true.

    Raises:
        AssertionError: If it does not become so.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not become true"
        time.sleep(0.005)


class Part:
    """A part of a panel: all of it, a row."""

    def parts(self) -> Iterator[Shown]:
        """What is shown now, in order."""
        raise NotImplementedError

    def after_acting(self) -> None:
        """What happens by itself once something was pressed or filled in."""

    def _all(self) -> Iterator[Shown]:
        """What is shown, the parts of rows too."""
        for part in self.parts():
            yield part
            if isinstance(part, Group):
                yield from part.parts
            elif isinstance(part, List):
                for row in part.rows:
                    yield from row.parts

    # -- what is seen ------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """All that can be read in it now, a line for each piece."""
        lines = []
        for part in self._all():
            match part:
                case Words() if part.place not in {"until", "stale"}:
                    lines.append(part.text)
                case Button() | Tab():
                    lines.append(part.name)
                case Field():
                    lines += [part.label, "•••" if part.dots else part.value or part.placeholder]
        return "\n".join(line for line in lines if line)

    def sees(self, words: str) -> bool:
        """Whether these words can be read in it now."""
        return words in self.text

    def see(self, *words: str) -> None:
        """Wait until all of these words can be read in it."""
        for each in words:
            self._wait(partial(self.sees, each), f"{each!r} cannot be read")

    def not_see(self, *words: str) -> None:
        """Wait until none of these words can be read in it."""
        for each in words:
            self._wait(partial(self._misses, each), f"{each!r} can still be read")

    def _misses(self, words: str) -> bool:
        return not self.sees(words)

    def _wait(self, condition: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            assert time.monotonic() < deadline, f"{what} in:\n{self.text}"
            time.sleep(0.005)

    def tone(self, words: str) -> str:
        """What colour and sign say of the piece that these words stand in.

        Raises:
            AssertionError: If there is no such piece.
        """
        found = [part for part in self._all() if isinstance(part, Words) and words in part.text]
        assert found, f"{words!r} cannot be read in:\n{self.text}"
        return found[0].tone

    @property
    def headings(self) -> list[str]:
        """The headings."""
        return self._words("heading")

    def _words(self, place: Place) -> list[str]:
        return [part.text for part in self._all() if isinstance(part, Words) and part.place == place]

    # -- buttons -----------------------------------------------------------------------------------

    @property
    def buttons(self) -> list[str]:
        """The names of all buttons."""
        return [part.name for part in self._all() if isinstance(part, Button)]

    def can_press(self, name: str) -> bool:
        """Whether there is a button of this name that can be pressed."""
        return any(isinstance(part, Button) and part.name == name and part.enabled for part in self._all())

    def title(self, name: str) -> str:
        """What pointing at a button says."""
        return self._button(name).title

    def press(self, name: str) -> None:
        """Press a button by its whole name.

        Raises:
            AssertionError: If there is none, are several or it is off.
        """
        button = self._button(name)
        assert button.enabled, f"{name!r} is off: {button.title}"
        button.press()
        self.after_acting()

    def as_seen(self, name: str) -> Button:
        """A button as it is seen now: pressed later, it is this one that was pressed.

        Raises:
            AssertionError: If there is none or are several.
        """
        return self._button(name)

    def _button(self, name: str) -> Button:
        found = [part for part in self._all() if isinstance(part, Button) and part.name == name]
        assert len(found) == 1, f"{len(found)} buttons are called {name!r} in:\n{self.text}"
        return found[0]

    # -- fields ------------------------------------------------------------------------------------

    @property
    def labels(self) -> list[str]:
        """The labels of all fields."""
        return [part.label for part in self._all() if isinstance(part, Field)]

    def field(self, label: str) -> Field:
        """What a field shows now.

        Raises:
            AssertionError: If there is none or are several.
        """
        found = [part for part in self._all() if isinstance(part, Field) and part.label == label]
        assert len(found) == 1, f"{len(found)} fields are called {label!r}; there are {self.labels}"
        return found[0]

    def value(self, label: str) -> str:
        """What a field holds; for a choice the words of its option."""
        return self.field(label).value

    def options(self, label: str) -> list[str]:
        """What there is to choose."""
        return list(self.field(label).options)

    def fill(self, label: str, text: str) -> None:
        """Put a text into a field, in place of what is there."""
        field = self.field(label)
        assert field.enabled, f"{label!r} cannot be changed"
        field.set(text)
        self.after_acting()

    def choose(self, label: str, option: str) -> None:
        """Choose one of a field's options."""
        field = self.field(label)
        assert field.enabled, f"{label!r} cannot be changed"
        assert option in field.options, f"{option!r} is none of {list(field.options)}"
        field.set(option)
        self.after_acting()

    def tick(self, label: str) -> None:
        """Tick a box."""
        self.fill(label, "ticked")

    def untick(self, label: str) -> None:
        """Take the tick out of a box."""
        self.fill(label, "")

    # -- rows --------------------------------------------------------------------------------------

    def lists(self) -> list[str]:
        """The names of the lists."""
        return [part.name for part in self.parts() if isinstance(part, List)]

    def rows(self, of: str) -> list[SeenRow]:
        """The rows of a list; none where the list is not shown."""
        return [SeenRow(self, of, place) for place in range(len(self.rows_of(of)))]

    def titles(self, of: str) -> list[str]:
        """The titles of a list's rows."""
        return [row.title for row in self.rows_of(of)]

    def row(self, title: str, *, of: str = "") -> SeenRow:
        """A row by its title, which it keeps while it is looked at.

        Args:
            title: All of its title.
            of: The name of its list; may be left out where one list alone has such a row.
        """
        named = [of] if of else [name for name in self.lists() if title in self.titles(name)]
        assert named, f"no list has a row {title!r} in:\n{self.text}"
        assert len(named) == 1, f"{title!r} is a row of {named}"
        return SeenRow(self, named[0], title)

    def task(self, name: str) -> SeenTask:
        """The row of a task: its choice, what is said of it, and what can be done with it."""
        return SeenTask(self, f"Entry for {name}")

    def rows_of(self, of: str) -> Sequence[Row]:
        """The rows of a list as plain data; none where it is not shown."""
        found = [part for part in self.parts() if isinstance(part, List) and part.name == of]
        return found[0].rows if found else ()

    def pick(self, *models: str) -> None:
        """Pick models, by their title or their id, beside those that are picked."""
        for wanted in models:
            found = [row for row in self.rows_of("Models") if wanted in (row.title, row.id)]
            assert len(found) == 1, f"{len(found)} rows are called {wanted!r}"
            (row,) = found
            assert row.pick is not None, f"{wanted!r} cannot be picked"
            row.pick()
            self.after_acting()


class SeenRow(Part):
    """A row of a list.

    Args:
        panel: Where it stands.
        of: The name of its list.
        which: Its title, or its place.
    """

    def __init__(self, panel: Part, of: str, which: str | int) -> None:
        self._panel, self._of, self._which = panel, of, which

    def _row(self) -> Row:
        rows = self._panel.rows_of(self._of)
        if isinstance(self._which, int):
            return rows[self._which]
        found = [row for row in rows if row.title == self._which]
        titles = [row.title for row in rows]
        assert len(found) == 1, f"{len(found)} rows are called {self._which!r}; there are {titles}"
        return found[0]

    def parts(self) -> Iterator[Shown]:
        yield from self._row().parts

    def after_acting(self) -> None:
        self._panel.after_acting()

    @property
    def name(self) -> str:
        """Its title."""
        return self._row().title

    @property
    def model_id(self) -> str:
        """The model id that stands in it; empty if it is no model's."""
        return self._row().id

    @property
    def cells(self) -> list[str]:
        """What stands in its columns."""
        return self._words("cell")

    @property
    def provider(self) -> str:
        """Whose model it is, where the list holds models of several."""
        return "".join(self._words("from"))

    @property
    def badge(self) -> str:
        """What its badge says; empty without one."""
        return "".join(self._words("badge"))

    @property
    def lines(self) -> list[str]:
        """The parts of its second line."""
        return self._words("line")

    @property
    def facts(self) -> list[str]:
        """The lines at its right."""
        return self._words("meta")

    @property
    def tag(self) -> str:
        """The grey word or the count at its right; empty without one."""
        return "".join(self._words("tag"))

    @property
    def note(self) -> str:
        """What the note under it says, a line for each piece; empty without one."""
        return "\n".join(self._words("note"))

    @property
    def ends(self) -> float:
        """When the countdown in its note ends, in seconds since 1970."""
        return float(*self._words("until"))

    @property
    def is_stale(self) -> bool:
        """Whether what it counts is marked as that of an older list."""
        return bool(self._words("stale"))

    @property
    def waits(self) -> bool:
        """Whether it counts the seconds since somebody was asked."""
        return any(re.search(r"\d s$", line) for line in self.facts)

    @property
    def steps(self) -> dict[str, bool]:
        """The lines of the list in its note, each with whether it went well."""
        marked = [part for part in self.parts() if isinstance(part, Words)]
        return {each.text: each.place == "done" for each in marked if each.place in {"done", "failed"}}

    @property
    def offers(self) -> list[str]:
        """The names of the buttons in the note under it."""
        return [part.name for part in self.parts() if isinstance(part, Button) and part.in_note]

    @property
    def picked(self) -> bool:
        """Whether it is picked."""
        return self._row().picked

    @property
    def can_be_picked(self) -> bool:
        """Whether it can be picked."""
        return self._row().pick is not None


class SeenTask(Part):
    """The row of a task.

    Args:
        panel: Where it stands.
        label: The label of its choice.
    """

    def __init__(self, panel: Part, label: str) -> None:
        self._panel, self._label = panel, label

    def parts(self) -> Iterator[Shown]:
        for part in self._panel.parts():
            if isinstance(part, Group) and any(
                isinstance(each, Field) and each.label == self._label for each in part.parts
            ):
                yield from part.parts

    def after_acting(self) -> None:
        self._panel.after_acting()


class Person(Part):
    """A person at a panel, and the page that they have before them.

    Args:
        panel: The panel.
        outbox: What the kernel sends to pages.
    """

    def __init__(self, panel: PagePanel, outbox: Outbox) -> None:
        self.panel = panel
        self._page = Page(panel, outbox)

    def parts(self) -> Iterator[Shown]:
        yield from self._page.parts()

    def answering_late(self) -> Page:
        """The page, which gets the answers to its forms only at the end of a ``with``."""
        return self._page

    def wait(self) -> None:
        """Wait until nobody is being asked and everything is drawn."""
        self._page.settle()

    # -- what is heard, and what a page is told to do -----------------------------------------------

    @property
    def heard(self) -> list[str]:
        """What screen readers have said so far."""
        return self._page.heard

    @property
    def clipboard(self) -> str:
        """What was copied last."""
        return self._page.copied

    def focused(self) -> str:
        """The name of what the focus was moved to last; empty if it was not."""
        return self._page.focused()

    # -- the tabs ----------------------------------------------------------------------------------

    @property
    def tabs(self) -> list[str]:
        """What stands on the tabs, with what needs attention counted."""
        return [part.name for part in self.parts() if isinstance(part, Tab)]

    @property
    def open_tab(self) -> str:
        """The name of the tab that is open, without what it counts."""
        (name,) = [part.name for part in self.parts() if isinstance(part, Tab) and part.is_open]
        return re.sub(r" \(\d+\)$", "", name)

    def tab(self, name: str) -> None:
        """Open a tab, whatever it counts."""
        (tab,) = [
            part
            for part in self.parts()
            if isinstance(part, Tab) and re.fullmatch(rf"{re.escape(name)}( \(\d+\))?", part.name)
        ]
        tab.open()
        self.after_acting()
