"""A person at a page: what they press, fill in and see, found by role, accessible name and visible text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from .markup import LOOKS_LIKE_A_BUTTON

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playwright.sync_api import Locator, Page

    Words = str | re.Pattern[str]

_FOCUSED = """(panel) => {
    const node = document.activeElement;
    const named = node.getAttribute("aria-label") ?? node.labels?.[0]?.textContent ?? node.textContent;
    return { name: (named ?? "").trim(), inside: Boolean(node.closest(panel)) };
}"""


class Part:
    """A part of the page: a panel, a row, a question.

    Args:
        node: Where it is in the page.
    """

    def __init__(self, node: Locator) -> None:
        self.node = node

    # -- what is seen ------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """All that can be read in it now."""
        return self.node.inner_text()

    def see(self, *words: Words, whole: bool = False, times: int | None = None) -> None:
        """Wait until all of these words can be read in it.

        Args:
            words: Texts, or patterns for them; upper and lower case are the same in texts.
            whole: Whether each is all that stands in its place.
            times: How often each is there; once or more if None.
        """
        for each in words:
            found = self.node.get_by_text(each, exact=whole).filter(visible=True)
            if times is None:
                expect(found.first).to_be_visible()
            else:
                expect(found).to_have_count(times)

    def not_see(self, *words: Words, whole: bool = False) -> None:
        """Wait until none of these words can be read in it."""
        for each in words:
            expect(self.node.get_by_text(each, exact=whole).filter(visible=True)).to_have_count(0)

    def see_heading(self, words: Words) -> None:
        """Wait until there is a heading of these words."""
        expect(self.node.get_by_role("heading", name=words).first).to_be_visible()

    def see_alert(self, words: str) -> None:
        """Wait until these words are said aloud at once by screen readers, and can be seen."""
        expect(self.node.get_by_role("alert").filter(has_text=words)).to_be_visible()

    def gone(self) -> None:
        """Wait until it is there no more."""
        expect(self.node).to_have_count(0)

    # -- buttons -----------------------------------------------------------------------------------

    def button(self, name: Words) -> Locator:
        """A button by its whole name."""
        return self.node.get_by_role("button", name=name, exact=True)

    def buttons(self) -> list[str]:
        """The names of all buttons, but for a row's name and its count."""
        found = self.node.get_by_role("button").and_(self.node.page.locator(LOOKS_LIKE_A_BUTTON)).all()
        return [each.get_attribute("aria-label") or each.inner_text().strip() for each in found]

    def press(self, name: Words) -> None:
        """Press a button by the mouse."""
        self.button(name).click()

    def can_press(self, *names: Words) -> None:
        """Wait until these buttons are there and can be pressed."""
        for name in names:
            expect(self.button(name)).to_be_visible()
            expect(self.button(name)).to_be_enabled()

    def cannot_press(self, *names: Words) -> None:
        """Wait until these buttons are off or not there."""
        for name in names:
            expect(self.button(name).and_(self.node.page.locator(":enabled"))).to_have_count(0)

    # -- fields ------------------------------------------------------------------------------------

    def field(self, label: Words) -> Locator:
        """The field, box or choice of a label."""
        return self.node.get_by_label(label, exact=True).filter(visible=True)

    def fill(self, label: Words, text: str) -> None:
        """Put a text into a field, in place of what is there."""
        self.field(label).fill(text)

    def see_in(self, label: Words, value: Words) -> None:
        """Wait until a field holds a value; for a choice, until that option is chosen."""
        field = self.field(label)
        expect(field).to_have_count(1)
        if field.evaluate("(node) => node.tagName") == "SELECT":
            expect(field.locator("option:checked")).to_have_text(value)
        else:
            expect(field).to_have_value(value)

    def choose(self, label: Words, option: str) -> None:
        """Choose one of a field's options; one that begins so, where they are shown as a list."""
        choice = self.field(label).first
        if choice.evaluate("(node) => node.tagName") == "SELECT":
            names = self.options(label)
            (found,) = [name for name in names if name == option or name.startswith(f"{option} · ")]
            choice.select_option(index=names.index(found))
        else:
            # What an option counts or marks follows its name.
            name = re.compile(rf"^{re.escape(option)}(\W|\d|$)")
            choice.get_by_role("option", name=name).click()

    def options(self, label: Words) -> list[str]:
        """The options of a choice; core widgets write their blanks as ones that do not break."""
        found = self.field(label).first.locator("option").all_inner_texts()
        return [text.replace("\xa0", " ") for text in found]

    def tick(self, label: Words) -> None:
        """Tick a box."""
        self.node.get_by_role("checkbox", name=label).check()

    def untick(self, label: Words) -> None:
        """Take the tick out of a box."""
        self.node.get_by_role("checkbox", name=label).uncheck()

    def focus_in(self, label: Words) -> None:
        """Wait until a field has the focus."""
        expect(self.field(label)).to_be_focused()

    def focus_on(self, button: Words) -> None:
        """Wait until a button has the focus."""
        expect(self.button(button)).to_be_focused()

    # -- rows --------------------------------------------------------------------------------------

    def grid(self, name: str) -> Part:
        """A list by its name, such as Providers or Catalog."""
        return Part(self.node.get_by_role("grid", name=name, exact=True))

    def rows(self, of: str) -> Locator:
        """The rows of a list that have something to read in a cell; a line of headings has none."""
        cell = self.node.page.get_by_role("gridcell")
        grid = self.node.get_by_role("grid", name=of, exact=True).get_by_role("row").filter(has=cell)
        return grid.or_(self.node.get_by_role("list", name=of, exact=True).get_by_role("listitem"))

    def row(self, title: str, *, of: str) -> Part:
        """A row by its title.

        Args:
            title: All of its title.
            of: The name of its list.
        """
        named = self.node.page.get_by_text(re.compile(f"^{re.escape(title)}$"))
        return Part(self.rows(of).filter(has=named))

    def task(self, name: str) -> Part:
        """The row of a task: its choice, what is said of it, and what can be done with it."""
        return Part(self.node.get_by_role("group", name=name, exact=True))

    def see_rows(self, of: str, count: int) -> None:
        """Wait until a list has so many rows."""
        expect(self.rows(of)).to_have_count(count)

    def see_titles(self, of: str, titles: Iterable[str]) -> None:
        """Wait until a list has rows of these titles, in this order, and no others."""
        expect(self.rows(of)).to_contain_text(list(titles))

    # -- the list that models are picked from ------------------------------------------------------

    @property
    def models(self) -> Locator:
        """The models that are drawn: of thousands only those in sight."""
        return self.node.get_by_role("listbox", name="Models").get_by_role("option")

    def search(self, text: str) -> None:
        """Search the models."""
        self.node.get_by_role("combobox", name="Search models").fill(text)

    def see_model(self, name: str) -> None:
        """Wait until a model of this name is in sight."""
        expect(self.models.filter(has_text=name).first).to_be_visible()

    def show_kind(self, kind: str) -> None:
        """Show the models of one kind only."""
        self.node.get_by_role("radio", name=re.compile(f"^{kind}")).click()

    def pick(self, place: int = 0) -> None:
        """Pick one of the models that are in sight."""
        self.models.nth(place).click()

    # -- the tabs ----------------------------------------------------------------------------------

    def tab(self, name: str) -> None:
        """Open a tab by a click, whatever it counts."""
        self.node.get_by_role("tab", name=re.compile(f"^{name}")).click()
        self.see_tab(re.compile(f"^{name}"))
        expect(self.node.locator("[role=tabpanel][aria-busy=true]")).to_have_count(0)

    def see_tab(self, name: Words) -> None:
        """Wait until a tab is the one that is open."""
        tab = self.node.get_by_role("tab", name=name, exact=True)
        expect(tab).to_have_attribute("aria-selected", "true")

    def see_tab_named(self, name: str) -> None:
        """Wait until a tab has this name, with what needs attention counted in it."""
        expect(self.node.get_by_role("tab", name=name, exact=True)).to_be_visible()


class Keyboard:
    """The keyboard of a page, and what has its focus.

    Args:
        page: The page.
        panel: A selector of what is inside a panel.
    """

    def __init__(self, page: Page, panel: str) -> None:
        self._page = page
        self._panel = panel

    def key(self, *keys: str) -> None:
        """Press keys one after the other."""
        for each in keys:
            self._page.keyboard.press(each)

    def type(self, text: str, *, seconds: float = 0.0) -> None:
        """Type a text letter by letter.

        Args:
            text: The text.
            seconds: How long it takes; as quickly as can be if 0.
        """
        self._page.keyboard.type(text, delay=1000 * seconds / len(text))

    def focused(self) -> str:
        """The name of what has the focus inside a panel; empty while the focus is elsewhere."""
        found = self._page.evaluate(_FOCUSED, self._panel)
        return str(found["name"]) if found["inside"] else ""

    def key_until(self, key: str, name: str, *, at_most: int = 40) -> None:
        """Press a key, Tab for one, until something of this name has the focus.

        Args:
            key: The key.
            name: A regular expression for the name.
            at_most: How often.
        """
        seen: list[str] = []
        for _ in range(at_most):
            self.key(key)
            seen.append(self.focused())
            if re.search(name, seen[-1]):
                return
        raise AssertionError(f"{key} never led to {name!r}, but to {seen}")

    def focus_comes_to(self, name: str) -> None:
        """Wait until the app has moved the focus to something of this name."""
        for _ in range(200):
            if re.search(name, self.focused()):
                return
            self._page.wait_for_timeout(50)
        raise AssertionError(f"the focus is on {self.focused()!r}, not on {name!r}")
