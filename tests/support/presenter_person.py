"""A person at a presenter, without a browser: what they do and see, in their words.

It does what a page does: keeps what is typed, applies an answer to its own window, shows a question until it
is answered or not offered any more, and sends back what the view gave it. One person is one window.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from panel_driver.presented_forms import OpenForm
from panel_driver.presented_forms import plain as plain_words

from dispatch_widgets.errors import DispatchError
from dispatch_widgets.widgets.presenters.models.views import ModelsView
from dispatch_widgets.widgets.presenters.shared.encode import encode
from dispatch_widgets.widgets.presenters.shared.views import (
    Action,
    Answer,
    Choice,
    Focus,
    Note,
    Opening,
    Row,
    Section,
    Snippet,
    View,
    plain,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from dispatch_widgets.widgets.presenters.shared.presenter import Presenter

PATIENCE_SECONDS = 20.0


def until(condition: Callable[[], object]) -> None:
    """Wait until something is true."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not become true"
        time.sleep(0.005)


class Person:
    """Somebody in front of one window.

    Attributes:
        focus: Where the focus is by the last answer.
        heard: What was said aloud in this window.
        clipboard: What was copied last.
        went: The tab that was gone to last, and where in it.
        form: The form that is open; None if none is.
    """

    def __init__(self, presenter: Presenter) -> None:
        self.presenter = presenter
        self.focus: Focus | None = None
        self.heard: list[str] = []
        self.clipboard = ""
        self.went: tuple[str, dict[str, Any]] | None = None
        self.form: OpenForm | None = None
        self._question: tuple[Action, Note] | None = None
        self._looked_at = ""
        self._forms = 0
        self._chosen: dict[str, str] = {}
        self._ticked: dict[str, bool] = {}

    # ---- seeing

    @property
    def view(self) -> View:
        """The tab as it is shown."""
        return self.presenter.view()

    def sees(self, words: str, row: str = "") -> bool:
        """Whether words are in view; of one row if it is named."""
        return any(words in line for line in (self._row_lines(self.row(row)) if row else self.lines()))

    def settled(self) -> Person:
        """The same person when nobody is being asked and all events are delivered."""
        until(lambda: not self.presenter.hub.requests)
        assert self.presenter.hub.events.settle()
        return self

    def row(self, title: str) -> Row:
        """The row with a title, in the section that is looked at if one is."""
        found = [row for row in self._all_rows() if row.title == title]
        assert len(found) == 1, f"{title!r} is one of {[row.title for row in self._all_rows()]}"
        return found[0]

    def look_at(self, section: str = "") -> None:
        """Mean the rows of one section from now on; of all again if none is named."""
        self._looked_at = section

    def rows(self, section: str) -> list[str]:
        """The titles of a section's rows."""
        return [row.title for row in self.section(section).rows]

    def section(self, section_id: str) -> Section:
        """A part of the tab."""
        (found,) = [section for section in self.view.sections if section.id == section_id]
        return found

    def options(self, label: str) -> list[str]:
        """What a choice offers."""
        if self.form is not None:
            return [option["label"] for option in self._field(label)["options"]]
        return [option.label for option in self._choice(label).options]

    def offers(self, label: str, row: str = "") -> bool:
        """Whether something can be pressed that says this."""
        return any(not action.off for action in self._actions_named(label, row))

    def why_off(self, label: str, row: str = "") -> str:
        """Why something cannot be pressed."""
        (action,) = self._actions_named(label, row)
        return action.off

    def buttons(self, row: str) -> list[str]:
        """What can be pressed in a row's note."""
        note = self._note_of(self.row(row))
        return [] if note is None else [action.label for action in note.actions]

    def lines(self) -> list[str]:
        """All that is in view, line by line."""
        if self.form is not None:
            return self._form_lines(self._fresh_form())
        view = self.view
        notes = [*view.notes, *filter(None, [self._question_for("")])]
        lines = [line for note in notes for line in _note_lines(note)]
        if view.empty is not None:
            lines += [view.empty.title, plain(view.empty.text), *(a.label for a in view.empty.actions)]
        for section in view.sections:
            lines += [section.title, plain(section.fact), plain(section.text), plain(section.foot)]
            lines += [section.done.words] if section.done is not None else []
            lines += [action.label for action in section.actions]
            lines += [line for note in self._section_notes(section) for line in _note_lines(note)]
            lines += [line for row in section.rows for line in self._row_lines(row)]
            lines += [f"{fact.name} {plain(fact.value)}" for fact in section.facts]
            if section.empty is not None:
                lines += [section.empty.title, plain(section.empty.text)]
                lines += [action.label for action in section.empty.actions]
            codes = [section.code] if section.code is not None else []
            if section.comparison is not None:
                codes += [section.comparison.before, section.comparison.after]
            lines += [line.text for code in codes for line in code.lines]
            lines += [self.snippet().code] if section.snippets is not None else []
        return lines

    def snippet(self, task: str = "", library: str = "client") -> Snippet:
        """The code for the next cell; for the task that is shown at first if none is named."""
        (shown,) = [section.snippets for section in self.view.sections if section.snippets is not None]
        wanted = (task or shown.first, library)
        (found,) = [each for each in shown.all if (each.task, each.library) == wanted]
        return found

    def _snippet_actions(self, section: Section) -> list[Action]:
        """What can be done with the code that is shown at first."""
        if section.snippets is None:
            return []
        return [replace(each, args={"text": self.snippet().code}) for each in section.snippets.actions]

    @property
    def encoded(self) -> str:
        """Everything that a page is given, as it goes to it."""
        return repr(encode(self.view)) + repr(self.form and self.form.form)

    # ---- doing

    def press(self, label: str, row: str = "") -> Answer | None:
        """Press what says this, in a row if one is named."""
        if self.form is not None and not row and label in {self.form.form["save"], "Save"}:
            return self.save()
        actions = self._actions_named(label, row)
        assert len(actions) == 1, f"{label!r} is offered {len(actions)} times"
        (action,) = actions
        assert not action.off, f"{label!r} is off: {action.off}"
        return self.press_action(action, row)

    def press_action(self, action: Action, row: str = "") -> Answer | None:
        """Press a button that was seen before, whatever is shown by now."""
        match action.kind:
            case "go":
                self.went = (action.name, dict(action.args))
            case "copy":
                self.clipboard = str(action.args["text"])
            case "close":
                self._question = None
                if self.form is not None and not row:
                    self.leave()
            case "form":
                self._open(action.name, dict(action.args))
            case "save" | "fill" | "paste":
                return self.save(action.kind, **action.args)
            case "act":
                return self._act(action, row)
        return None

    def press_with(self, action: Action | None, **args: Any) -> Answer:
        """Press a button with what this window holds: what is selected, ticked or typed in a list."""
        assert action is not None
        assert not action.off, action.off
        return self._apply(action, {**action.args, **args})

    def choose(self, label: str, option: str) -> Answer | None:
        """Choose one of the options of a field, or of a choice in a row or note."""
        if self.form is not None:
            field = self._field(label)
            found = [each["value"] for each in field["options"] if each["label"] == option]
            self._change(field, found[0] if found or not field.get("other") else option)
            return None
        choice = self._choice(label)
        assert not choice.off, choice.off
        (value,) = [each.value for each in choice.options if each.label == option]
        if choice.action is None:
            self._chosen[choice.label] = value
            return None
        return self._apply(choice.action, {**choice.action.args, "choice": value})

    def chosen(self, label: str) -> str:
        """What is chosen, in the words that are shown."""
        if self.form is not None:
            field = self._field(label)
            value = self.form.value(field)
            return next((each["label"] for each in field["options"] if each["value"] == value), value)
        choice = self._choice(label)
        return next(each.label for each in choice.options if each.value == choice.value)

    def tick(self, label: str, on: bool = True) -> None:
        """Tick a box, or take the tick away."""
        if self.form is not None:
            self._change(self._field(label), "true" if on else "")
        else:
            self._ticked[label] = on

    def fill(self, label: str, value: str) -> None:
        """Type into a field of the form, and leave it."""
        self._change(self._field(label), value)

    def value(self, label: str) -> str:
        """What is in a field."""
        return self._fresh_form().value(self._field(label))

    def paste(self, text: str) -> Answer:
        """Paste a text into the form and have it read."""
        form = self._fresh_form()
        form.pasted = text
        return self.save("paste", **form.form["paste"]["args"])

    def save(self, kind: str = "save", **args: Any) -> Answer:
        """Submit the form, in one message with its key."""
        form = self._fresh_form()
        name = str(form.form["name"])
        key = form.submitted_key(kind)
        answer = self.presenter.submit(name, form.values(), key, form.args(**args))
        if answer.ok:
            self.leave()
        else:
            form.refused(encode(answer))
        self._take(answer)
        return answer

    def save_unheard(self) -> None:
        """Submit the form to a kernel whose answer comes after the page has stopped waiting."""
        form = self._fresh_form()
        self.presenter.submit(str(form.form["name"]), form.values(), form.submitted_key(), form.args())
        form.unanswered()

    def leave(self) -> None:
        """Close the form without saving."""
        self.form = None

    def reload(self) -> None:
        """Fill the open form from the file anew; what was typed stays."""
        form = self._fresh_form()
        self._ask_anew(form, "", reload=True, key_typed=bool(form.key))

    # ---- how

    def _act(self, action: Action, row: str) -> Answer:
        args: dict[str, Any] = dict(action.args)
        note = self._note_with(action, row)
        if note is not None and note.choice is not None:
            args["choice"] = self._chosen.get(note.choice.label, note.choice.value)
        if note is not None and note.check is not None:
            args["ticked"] = self._ticked.get(note.check.label, note.check.ticked)
        return self._apply(action, args)

    def _apply(self, action: Action, args: dict[str, Any]) -> Answer:
        answer = self.presenter.act(action.name, args)
        self._question = (action, answer.question) if answer.question is not None else None
        self._take(answer)
        return answer

    def _take(self, answer: Answer) -> None:
        self.heard += [answer.say] if answer.say else []
        self.focus = answer.focus
        self.clipboard = answer.copy or self.clipboard
        opening = answer.open
        if opening is not None:
            self._follow(opening)

    def _follow(self, opening: Opening) -> None:
        if opening.tab:
            self.went = (opening.tab, dict(opening.args))
        if opening.form:
            self._open(opening.form, dict(opening.args))

    def _open(self, name: str, args: dict[str, Any]) -> None:
        self.leave()
        self._forms = self.view.forms
        try:
            self.form = OpenForm(encode(self.presenter.form(name, args)))
        except DispatchError as error:
            self.heard.append(error.message)

    def _ask_anew(self, form: OpenForm, changed: str, **args: Any) -> None:
        name = str(form.form["name"])
        anew = self.presenter.form(name, form.args(**args), form.chosen(), changed)
        form.take(encode(anew), chosen=bool(changed))

    def _change(self, field: Mapping[str, Any], value: str) -> None:
        form = self._fresh_form()
        form.put(field, value)
        if field.get("follows"):
            self._ask_anew(form, field["name"])

    def _fresh_form(self) -> OpenForm:
        """The open form; asked for anew if the view says that forms may say something else."""
        form, forms = self.form, self.view.forms
        assert form is not None, "no form is open"
        if forms != self._forms:
            self._forms = forms
            self._ask_anew(form, "")
        return form

    def _field(self, label: str) -> Mapping[str, Any]:
        return self._fresh_form().field(label)

    def has_field(self, label: str) -> bool:
        """Whether the open form has a field."""
        return any(field["label"] == label for field in self._fresh_form().fields)

    def placeholder(self, label: str) -> str:
        """What stands in an empty field."""
        return str(self._field(label).get("placeholder", ""))

    def _choice(self, label: str) -> Choice:
        notes = [note for note in (self._note_of(row) for row in self._all_rows()) if note is not None]
        choices = [row.choice for row in self._all_rows()] + [note.choice for note in notes]
        found = [choice for choice in choices if choice is not None and choice.label == label]
        assert len(found) == 1, f"the choice {label!r} is there {len(found)} times"
        shared = [section.options.get(found[0].shared, ()) for section in self.view.sections]
        return replace(found[0], options=(*found[0].options, *(each for some in shared for each in some)))

    def _all_rows(self) -> Iterator[Row]:
        for section in self.view.sections:
            if self._looked_at in {"", section.id}:
                yield from section.rows

    def _question_for(self, row: str) -> Note | None:
        """The open question of a row, or of the tab for an empty name."""
        if self._question is None:
            return None
        asked, question = self._question
        if not any(action == asked for action in self._offered()):
            self._question = None
            return None
        return question if asked.args.get("row", "") == row else None

    def _offered(self) -> Iterator[Action]:
        view = self.view
        if isinstance(view, ModelsView):
            yield from (
                action for action in (view.add, view.take_out, view.add_by_hand) if action is not None
            )
        for note in view.notes:
            yield from note.actions
        for section in view.sections:
            yield from section.actions
            for row in section.rows:
                yield from self._row_actions(section, row)
                if row.note is not None:
                    yield from row.note.actions

    def _note_of(self, row: Row) -> Note | None:
        return self._question_for(row.id) or row.note

    def _section_notes(self, section: Section) -> list[Note]:
        question = self._question_for(section.id)
        return [*section.notes, *([question] if question is not None else [])]

    def _note_with(self, action: Action, row: str) -> Note | None:
        rows = [self.row(row)] if row else list(self._all_rows())
        notes = [self._note_of(each) for each in rows]
        return next((note for note in notes if note is not None and action in note.actions), None)

    @staticmethod
    def _row_actions(section: Section, row: Row) -> list[Action]:
        shared = [
            Action(
                action.name,
                action.label.replace("{title}", row.title),
                {**action.args, "row": row.id},
                kind=action.kind,
            )
            for action in (() if row.fixed else section.row_actions)
        ]
        return [*row.actions, *shared]

    def _actions_named(self, label: str, row: str) -> list[Action]:
        found: list[Action] = []
        if self.form is not None and not row:
            form = self._fresh_form()
            found += [Action(**each) for each in form.note.get("actions", ())]
            found += [Action(**form.form["test"])] if "test" in form.form else []
        else:
            view = self.view
            if not row:
                for note in filter(None, [*view.notes, self._question_for("")]):
                    found += note.actions
                found += view.empty.actions if view.empty is not None else ()
            for section in view.sections:
                if not row:
                    found += section.actions
                    found += [section.done.undo] if section.done and section.done.undo else []
                    found += section.empty.actions if section.empty is not None else ()
                    found += [action for note in self._section_notes(section) for action in note.actions]
                    found += self._snippet_actions(section)
                for each in section.rows if self._looked_at in {"", section.id} else ():
                    if row in {"", each.title}:
                        found += self._row_actions(section, each)
                        note = self._note_of(each)
                        found += note.actions if note is not None else ()
                        found += [each.done.undo] if each.done and each.done.undo else []
        exact = [action for action in found if action.label == label]
        return exact or [action for action in found if action.label.startswith(label)]

    def _row_lines(self, row: Row) -> list[str]:
        lines = [row.title, *(plain(part) for part in row.subtitle), row.tag]
        lines += [plain(part) for line in row.details for part in line]
        lines += [cell.text for cell in row.cells.values()]
        lines += [row.badge.text] if row.badge is not None else []
        lines += [row.done.words] if row.done is not None else []
        note = self._note_of(row)
        return lines + (_note_lines(note) if note is not None else [])

    def _form_lines(self, form: OpenForm) -> list[str]:
        lines = [form.form["title"], form.foot, form.form["save"]]
        for field in form.fields:
            lines += [field["label"], field.get("placeholder", ""), form.problems.get(field["name"], "")]
            lines += [plain_words(said["text"]) for said in form.hints(field)]
        note = form.note
        lines += [plain_words(note[part]) for part in ("title", "text") if part in note]
        lines += [plain_words(step["text"]) for step in note.get("steps", ())]
        return lines + [action["label"] for action in note.get("actions", ())]


def _note_lines(note: Note) -> list[str]:
    lines = [plain(note.title), plain(note.text), *(action.label for action in note.actions)]
    lines += [plain(step.text) for step in note.steps]
    lines += [f"{fact.name} {plain(fact.value)}" for fact in note.facts]
    lines += [note.check.label] if note.check is not None else []
    return lines
