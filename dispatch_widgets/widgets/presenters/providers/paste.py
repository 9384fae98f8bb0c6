"""Texts about the providers in a pasted text. The text and its keys are kept nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...._text import clean, plural
from ....secrets import mask
from ..shared.views import Action, Note, Run, Step, TextRange, plain

if TYPE_CHECKING:
    from ....pasted_providers import PastedProvider, PastedText
    from ..shared.arguments import Arguments
    from ..shared.views import ActionArgs, Words

LABEL = "Paste a line of .env, an export or a curl command"
_MOST_OFFERED = 8
_SAVED, _PLACE, _NEXT, _NEXT_LABEL = "pasted_saved", "pasted_place", "pasted_next", "pasted_next_label"
"""Form arguments about the paste that filled the form: which of its providers were saved, which one is in
the form, and which is next. Only the page holds the text itself."""
_NO_KEY = "No key was in it: paste the key into its field."
_NOT_LITERAL = "The key is not written in it as it stands: paste the key into its field."


def paste_action() -> Action:
    """The button that parses the pasted text."""
    return Action("paste", "Read it", {"paste": "0", _SAVED: ""}, kind="paste", title=LABEL)


def key_in(text: str, key: str) -> TextRange | None:
    """The range of a key in a text, in UTF-16 code units as in a page; None if it is not there."""
    start = text.find(key) if key else -1
    if start < 0:
        return None
    before = len(text[:start].encode("utf-16-le", "surrogatepass")) // 2
    return TextRange(before, before + len(key))


def paste_args(found: PastedText, place: int, args: Arguments) -> ActionArgs:
    """The form arguments about a paste; nothing of the text but the name of the next provider."""
    saved = _saved(args)
    left = [number for number in range(len(found.providers)) if number != place and str(number) not in saved]
    kept: ActionArgs = {_SAVED: ",".join(saved), _PLACE: str(place)}
    if left:
        name = clean(found.providers[left[0]].name, 40)
        label = f"Next: {name} ({len(saved) + 2} of {len(found.providers)})"
        kept |= {_NEXT: str(left[0]), _NEXT_LABEL: label}
    return kept


def kept_paste(args: Arguments) -> ActionArgs:
    """The same arguments, for a form that is made again."""
    return {name: args.text(name) for name in (_SAVED, _PLACE, _NEXT, _NEXT_LABEL) if args.text(name, "")}


def after_saving_one(args: Arguments) -> ActionArgs:
    """The same arguments, after the provider in the form was saved."""
    return {_SAVED: ",".join([*_saved(args), args.text(_PLACE, "")])}


def next_note(args: Arguments, saved: str) -> Note | None:
    """A note that offers the next provider of the pasted text; None after the last."""
    label = clean(args.text(_NEXT_LABEL, ""), 80)
    if not label:
        return None
    following = Action(
        "next_pasted", label, {"paste": args.text(_NEXT, "")}, style="primary", kind="paste", icon="next"
    )
    done = Action("cancel", "Not now", kind="close")
    return Note("ok", f"{clean(saved, 60)} was saved.", "", (following, done))


def _saved(args: Arguments) -> list[str]:
    return [place for place in args.text(_SAVED, "").split(",") if place]


def taken_note(found: PastedText, place: int, args: Arguments, *, key_taken: bool) -> Note:
    """The note on what was taken from the text and what was not, with the other providers in it."""
    provider = found.providers[place]
    needs_key = provider.preset is None or provider.preset.needs_key
    steps = [Step(_with_key(words, provider), ok=True) for words in provider.taken]
    if provider.key is not None and not key_taken:
        steps = [*(step for step in steps if not _tells_of_key(step.text)), Step(_NOT_LITERAL, ok=False)]
    elif provider.key is None and not provider.variable and needs_key:
        steps.append(Step(_NO_KEY))
    steps += [Step(clean(words, 300)) for words in found.left]
    saved = _saved(args)
    others = [
        Action("paste", f"Use {clean(other.name, 40)}", {"paste": str(number)}, kind="paste")
        for number, other in enumerate(found.providers)
        if number != place and str(number) not in saved
    ]
    more = ""
    if others:
        more = f"It has {plural(len(others), 'other provider')}, offered when this one is saved."
    title = f"{clean(provider.name, 60)} was taken from what you pasted. Nothing is saved yet."
    return Note("ok", title, more, tuple(others[:_MOST_OFFERED]), steps=tuple(steps), alert=True)


def nothing_note(found: PastedText) -> Note:
    """The note that no provider was found, and why."""
    steps = tuple(Step(clean(words, 300)) for words in found.left)
    return Note("warn", "No provider was found in what you pasted.", steps=steps, alert=True)


def _tells_of_key(words: Words) -> bool:
    return plain(words).startswith("The key ")


def _with_key(words: str, provider: PastedProvider) -> Words:
    shown = clean(words, 300)
    if provider.key is None or not _tells_of_key(words):
        return shown
    masked = mask(provider.key.get_secret_value())
    return ("The key ", Run(masked, mono=True), shown.removeprefix("The key"))
