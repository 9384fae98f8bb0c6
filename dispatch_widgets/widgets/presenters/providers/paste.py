"""What a pasted text says of providers, in the words of a form. The text and its keys are kept nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...._text import clean, plural
from ....secrets import mask
from ..shared.views import Action, Note, Run, Step, TextRange

if TYPE_CHECKING:
    from ....pasted_providers import PastedProvider, PastedText
    from ..shared.views import Words

LABEL = "Paste a line of .env, an export or a curl command"
_MOST_OFFERED = 8
_NO_KEY = "No key was in it: paste the key into its field."
_NOT_LITERAL = "The key is not written in it as it stands: paste the key into its field."


def paste_action() -> Action:
    """Reads the pasted text."""
    return Action("paste", "Read it", {"paste": "0"}, kind="paste", title=LABEL)


def key_in(text: str, key: str) -> TextRange | None:
    """Where a key stands in a text as a page counts, in UTF-16 units; None if it is not there."""
    start = text.find(key) if key else -1
    if start < 0:
        return None
    before = len(text[:start].encode("utf-16-le", "surrogatepass")) // 2
    return TextRange(before, before + len(key))


def taken_note(found: PastedText, place: int, *, key_taken: bool) -> Note:
    """What was taken and what was not; the other providers of the text are offered."""
    provider = found.providers[place]
    needs_key = provider.preset is None or provider.preset.needs_key
    steps = [Step(_with_key(words, provider), ok=True) for words in provider.taken]
    if provider.key is not None and not key_taken:
        steps = [*(step for step in steps if not _tells_of_key(step.text)), Step(_NOT_LITERAL, ok=False)]
    elif provider.key is None and not provider.variable and needs_key:
        steps.append(Step(_NO_KEY))
    steps += [Step(clean(words, 300)) for words in found.left]
    others = [
        Action("paste", f"Use {clean(other.name, 40)}", {"paste": str(number)}, kind="paste")
        for number, other in enumerate(found.providers)
        if number != place
    ]
    more = ""
    if others:
        more = f"It has {plural(len(others), 'other provider')}: one form saves one of them."
    title = f"{clean(provider.name, 60)} was taken from what you pasted. Nothing is saved yet."
    return Note("ok", title, more, tuple(others[:_MOST_OFFERED]), steps=tuple(steps), alert=True)


def nothing_note(found: PastedText) -> Note:
    """That no provider was found, and why."""
    steps = tuple(Step(clean(words, 300)) for words in found.left)
    return Note("warn", "No provider was found in what you pasted.", steps=steps, alert=True)


def _tells_of_key(words: Words) -> bool:
    return str(words).startswith("The key was")


def _with_key(words: str, provider: PastedProvider) -> Words:
    shown = clean(words, 300)
    if provider.key is None or not _tells_of_key(words):
        return shown
    masked = mask(provider.key.get_secret_value())
    return ("The key ", Run(masked, mono=True), shown.removeprefix("The key"))
