"""Forms that are open in a window: what a page keeps of them, shows and sends, without one."""

from __future__ import annotations

import json
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from .shown import Button, Field, Shown, Words
from .words import OTHER_VARIABLE, VARIABLE_NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Json = Mapping[str, Any]

_CHOSEN = {"choice", "radio", "check"}


class OpenForm:
    """A form as the kernel gave it, with what was typed, chosen and found wrong since.

    Attributes:
        form: The form.
        key: What is in the field for a key.
        key_for: What the key was submitted for, while nobody has touched it since.
        pasted: What was pasted to be read.
        problems: What is wrong, by field.
        note: What stands above the buttons; empty if nothing does.

    Args:
        form: The form.
    """

    def __init__(self, form: Json) -> None:
        self.form = form
        self.key = self.key_for = self.pasted = ""
        self.problems: dict[str, str] = {}
        self.note: Json = form.get("note", {})
        self._given: dict[str, str] = {}

    # ---- what is seen

    @property
    def fields(self) -> Iterator[Json]:
        """Its fields."""
        yield from self.form["fields"]

    def field(self, label: str) -> Json:
        """A field by its label."""
        (found,) = [field for field in self.fields if field["label"] == label]
        return found

    def value(self, field: Json) -> str:
        """What is in a field."""
        if field.get("kind") == "key":
            return self.key
        return self._given.get(field["name"], str(field.get("value", "")))

    def hints(self, field: Json) -> list[Json]:
        """The lines below a field: none about a value that is not there any more."""
        changed = {
            each["name"]
            for each in self.fields
            if each.get("kind") != "key" and self.value(each) != each.get("value", "")
        }
        return [said for said in field.get("messages", ()) if not changed & set(said.get("about", ()))]

    @property
    def foot(self) -> str:
        """What stands beside the buttons."""
        count = len(self.problems)
        if not count:
            return str(self.form.get("foot", ""))
        return f"{count} fields need attention" if count > 1 else "1 field needs attention"

    # ---- what is done

    def put(self, field: Json, value: str) -> None:
        """Type or choose something."""
        self.problems.pop(field["name"], None)
        if field.get("kind") == "key":
            self.key, self.key_for = value, ""
        else:
            self._given[field["name"]] = value
        if self.form.get("args", {}).get("check"):  # what a test has said is about other values
            args = {name: each for name, each in self.form["args"].items() if name != "check"}
            self.form, self.note = {**self.form, "args": args}, {}

    # ---- what goes to the kernel and comes from it

    def chosen(self) -> dict[str, str]:
        """What is chosen and ticked: all that the kernel is told before the form is submitted."""
        chosen = {}
        for field in self.fields:
            if field.get("kind") in _CHOSEN:
                value = self.value(field)
                offered = {option["value"] for option in field.get("options", ())}
                chosen[field["name"]] = "" if field.get("other") and value not in offered else value
        return chosen

    def values(self) -> dict[str, str]:
        """All that is seen in its fields, but for a key."""
        return {field["name"]: self.value(field) for field in self.fields if field.get("kind") != "key"}

    def submitted_key(self, kind: str = "save") -> str:
        """What goes as the key: the key where its field is shown, or the pasted text, or nothing."""
        if kind != "save":
            return self.pasted if kind == "paste" else ""
        return self.key if any(field.get("kind") == "key" for field in self.fields) else ""

    def args(self, **more: Any) -> dict[str, Any]:
        """What goes with the form."""
        key_for = {"key_for": self.key_for} if self.key_for else {}
        return {**self.form.get("args", {}), **key_for, **more}

    def take(self, form: Json, *, chosen: bool = False) -> None:
        """Take the form anew; what is typed stays, but for the values that came with a choice."""
        earlier = {field["name"]: field for field in self.fields}
        problems = {}
        for field in form["fields"]:
            name, old = field["name"], earlier.get(field["name"], {})
            if chosen and field.get("value") and field["value"] != old.get("value"):
                self._given.pop(name, None)
            kept = self.problems.get(name, "") if _without_words(old) == _without_words(field) else ""
            if problem := field.get("problem") or kept:
                problems[name] = problem
            if field.get("emptied"):
                self._empty(name)
        self.problems, self.form = problems, form
        self.note = form.get("note", {} if chosen else self.note)

    def unanswered(self) -> None:
        """Take that nobody answered a submission with the key."""
        self.key_for = self.key_for or json.dumps(self.values())

    def refused(self, answer: Json) -> None:
        """Take why it was not saved."""
        if form := answer.get("form"):
            self.take(form)
        if answer.get("refill"):
            fields = (field for field in self.fields if field.get("kind") != "key")
            self._given = {field["name"]: field.get("value", "") for field in fields}
        for name in answer.get("clear", ()):
            self._empty(name)
        if found := answer.get("pasted_key"):
            self.key = self.pasted.encode("utf-16-le")[2 * found.get("start", 0) : 2 * found["end"]].decode(
                "utf-16-le"
            )
        self.key_for = str(answer.get("key_for", "")) if self.key else ""
        self.problems = dict(answer.get("problems", {}))
        self.note = answer.get("note", {})

    def _empty(self, name: str) -> None:
        if name == "key":
            self.key = self.key_for = ""
        else:
            self._given[name] = ""


class Forms:
    """The forms of one panel in one window.

    Args:
        ask: Sends a message and gives back its reply.
        is_late: Whether the kernel answers later.
        move_focus: Called with the name of what gets the focus.
        follow: Called with an answer.
    """

    def __init__(
        self,
        ask: Callable[[Json], Json],
        is_late: Callable[[], bool],
        move_focus: Callable[[str], None],
        follow: Callable[[Json], None],
    ) -> None:
        self._ask, self._is_late, self._move_focus, self._follow = ask, is_late, move_focus, follow
        self.current: OpenForm | None = None
        self._left: dict[str, OpenForm] = {}
        self._waiting: Callable[[], None] | None = None
        self._revision = 0

    def open(self, name: str, args: Json, revision: int = 0) -> Json:
        """Open a form; one that was left as it was left. Gives back the answer where there is none."""
        left = self._left.get(name) if not args else None
        asked = {"args": left.args(), "values": left.chosen()} if left else {"args": args, "values": {}}
        reply = self._ask({"kind": "form", "name": name, "changed": "", **asked})
        if "form" not in reply:
            answer: Json = reply["answer"]
            return answer
        if left is not None:
            left.take(reply["form"])
        self._left.pop(name, None)
        self.current = left or OpenForm(reply["form"])
        self._revision = revision
        wanted = args.get("field", self.current.form["fields"][0]["name"])
        self._move_focus(next(field["label"] for field in self.current.fields if field["name"] == wanted))
        return {}

    def keep_in_step(self, revision: int) -> None:
        """Ask for the open form anew where the view says that it may say something else."""
        if self.current is not None and revision != self._revision:
            self._revision = revision
            self._ask_anew(self.current, "")

    def reload(self) -> None:
        """Bring the open form in step with the file."""
        form = self.current
        if form is not None:
            self._ask_anew(form, "", reload=True, key_typed=bool(form.key))
            self._move_focus(next(field["label"] for field in form.fields))

    def _ask_anew(self, form: OpenForm, changed: str, **args: Any) -> None:
        asked = {"args": form.args(**args), "values": form.chosen(), "changed": changed}
        reply = self._ask({"kind": "form", "name": form.form["name"], **asked})
        form.take(reply["form"], chosen=bool(changed))

    def put(self, form: OpenForm, field: Json, value: str) -> None:
        """Type or choose something."""
        form.put(field, value)
        if field.get("follows"):
            self._ask_anew(form, field["name"])

    def save(self, kind: str = "save", **args: Any) -> None:
        """Submit the form; once, when the kernel comes to it."""
        if self._waiting is None:
            self._waiting = partial(self._submit, kind, args)
            if not self._is_late():
                self.go_on()

    def go_on(self) -> None:
        """The kernel answers now."""
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting()

    def _submit(self, kind: str, args: Json) -> None:
        form = self.current
        assert form is not None
        key = form.submitted_key(kind)
        message = {"kind": "submit", "form": form.form["name"], "args": form.args(**args)}
        answer = self._ask({**message, "values": form.values(), **({"key": key} if key else {})})["answer"]
        if answer.get("ok", True):
            self.current = None
        else:
            form.refused(answer)
        self._follow(answer)

    def leave(self, *, keep: bool) -> None:
        """Go back; what is typed into a form about no row is kept for the next time, if it is to be."""
        form, self.current = self.current, None
        assert form is not None
        if keep and "row" not in form.form.get("args", {}):
            self._left[form.form["name"]] = form

    # ---- what is seen

    def focused(self, focus: Json) -> str:
        """The name of what an answer moves the focus to in the form; empty if that is not there."""
        form = self.current
        if form is None:
            return ""
        if "field" in focus:
            return next(str(each["label"]) for each in form.fields if each["name"] == focus["field"])
        own = [{"name": "save", "label": form.form["save"]}, form.form.get("test", {"name": "", "label": ""})]
        offered = [*form.note.get("actions", ()), *own]
        return next((str(each["label"]) for each in offered if each["name"] == focus.get("action")), "")

    def parts(self, form: OpenForm) -> Iterator[Shown]:
        """What the form shows, in order."""
        yield Words(form.form["title"], "heading")
        saving = self._waiting is not None
        yield Button(f"Back to {form.form['back']}", partial(self.leave, keep=True), not saving)
        for field in form.fields:
            yield from self._field(form, field)
        if form.note:
            words = f"{plain(form.note['title'])} {plain(form.note.get('text', ''))}".strip()
            yield Words(words, "", form.note["tone"])
        for action in form.note.get("actions", ()):
            press = partial(self.save, action["kind"], **action.get("args", {}))
            if action["kind"] == "close":
                press = partial(self.leave, keep=True)
            yield Button(action["label"], press, in_note=True)
        yield Button("Saving…" if saving else form.form["save"], self.save, not saving)
        if test := form.form.get("test"):
            yield Button(test["label"], partial(self.save, **test["args"]), not saving)
        yield Button("Cancel", partial(self.leave, keep=False), not saving)
        yield Words(form.foot, "", "error" if form.problems else "")

    def _field(self, form: OpenForm, field: Json) -> Iterator[Shown]:
        put, value = partial(self.put, form, field), form.value(field)
        problem = form.problems.get(field["name"], "")
        hints = [(plain(said["text"]), said.get("tone", "")) for said in form.hints(field) if not problem]
        said = {
            "placeholder": field.get("placeholder", ""),
            "problem": problem,
            "hint": "\n".join(text for text, _tone in hints),
            "enabled": self._waiting is None,
            "marked": bool(problem),
        }
        options = {option["label"]: option["value"] for option in field.get("options", ())}
        if field.get("kind") == "check":
            yield Field(
                field["label"], "ticked" if value else "", lambda tick: put("true" if tick else ""), **said
            )
        elif field.get("kind") in _CHOSEN:
            other = OTHER_VARIABLE if field.get("other") else ""
            chosen = next((label for label, each in options.items() if each == value), other)
            labels = [*options, *([other] if other else [])]
            yield Field(field["label"], chosen, lambda label: put(options.get(label, "")), labels, **said)
            if other and chosen == other:
                yield Field(VARIABLE_NAME, value, partial(form.put, field))
        else:
            dots = field.get("kind") == "key" and value != ""
            yield Field(field["label"], value, put, dots=dots, **said)
        yield from ([Words(problem, "problem", "error")] if problem else ())
        yield from (Words(text, "", tone) for text, tone in hints)


def plain(words: Any) -> str:
    """Words without their looks; with the time that has passed, where that follows them."""
    if isinstance(words, str):
        return words
    if isinstance(words, dict):
        passed = f"{time.time() - words['since']:.0f} s" if "since" in words else ""
        return f"{words['text']}{passed}"
    return "".join(plain(run) for run in words)


def _without_words(field: Json) -> dict[str, Any]:
    return {name: value for name, value in field.items() if name not in {"messages", "problem", "emptied"}}
