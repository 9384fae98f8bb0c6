"""A form that is open in a window: what `form_state.ts` keeps of it in a page, without one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Json = Mapping[str, Any]

_CHOSEN = {"choice", "radio", "check"}


class OpenForm:
    """A form as the kernel gave it, with what was typed, chosen and found wrong since.

    Attributes:
        form: The form.
        key: What is in the field for a key.
        key_for: What the key was submitted for, while nobody has touched it since.
        problems: What is wrong, by field.
        note: What stands above the buttons; empty if nothing does.

    Args:
        form: The form.
    """

    def __init__(self, form: Json) -> None:
        self.form = form
        self.key = self.key_for = ""
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

    def submitted_key(self) -> str:
        """The key, where its field is shown."""
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

    def refused(self, answer: Json) -> None:
        """Take why it was not saved."""
        if form := answer.get("form"):
            self.take(form)
        for name in answer.get("clear", ()):
            self._empty(name)
        self.key_for = str(answer.get("key_for", "")) if self.key else ""
        self.problems = dict(answer.get("problems", {}))
        self.note = answer.get("note", {})

    def _empty(self, name: str) -> None:
        if name == "key":
            self.key = self.key_for = ""
        else:
            self._given[name] = ""


def _without_words(field: Json) -> dict[str, Any]:
    return {name: value for name, value in field.items() if name not in {"messages", "problem", "emptied"}}
