"""Key values: how they are shown, what is accepted as one, where a reference leads (SEC-1 to SEC-4).

A key is held as a `Secret`, which shows itself masked everywhere and gives its value only when asked
by name. Text that comes from a server or an exception goes through `redact` before anybody sees it.
"""

from __future__ import annotations

import os
import re
from functools import lru_cache

from ._hide_frames import hide_frames
from ._invisible import VisibleText, occurrences, replaced
from ._key_forms import written_forms
from ._key_shapes import holds_well_known_key, is_distinctive
from ._secret_names import is_base_url_field, is_secret_field
from .errors import DispatchError, FieldProblem, InvalidInputError, MissingVariableError
from .pasted import unwrapped_key, without_quotes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any, Self

    from pydantic import GetCoreSchemaHandler

    from ._invisible import Span

API_KEY_FIELD = "credentials.apiKey"
LOOKS_LIKE_KEY = "This looks like a key. Keys go into the key field."
"""What is said about a name, label, model id or base URL that holds a key (PM-10)."""

NO_KEY_NEEDED = "no-key-needed"
"""What stands in the file as the key of a server that needs none: the app refuses an empty one (PM-2)."""

HIDDEN = "•" * 6
"""The shown form of a short key, and of a number that is secret."""
_ELLIPSIS = "…"
_TAIL_CHARACTERS = 4
_SHORTEST_SHOWN = 12  # below this, four characters would tell too much
_SHORTEST_REDACTED = 6  # a "secret" shorter than this would blot out ordinary words
_SHORTEST_REGISTERED = 16  # of a key that no name may hold (PM-10); one given with the name may be shorter
_SHORTEST_GIVEN = 8

_ENVIRONMENT = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_KEYRING = re.compile(r"keyring:([^/\s]+)/(\S+)")
_PREFIX = re.compile(r"[A-Za-z]{2,4}[-_]")
_ASCII_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
# Key shapes that servers echo though we never sent them whole: sk-…, sk-ant-…, gsk_…, xai-…, AIza…
_KEY_SHAPES = re.compile(
    r"\b(?:sk|pk|rk|gsk|xai|hf|fw|nvapi|r8|tgp)[-_][A-Za-z0-9*_\-]{10,}|\bAIza[0-9A-Za-z_\-]{20,}"
)


class Secret:
    """A text that is not shown, printed, formatted, logged or pickled.

    Args:
        value: The text itself.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value: str | None = value

    def get_secret_value(self) -> str:
        """The text itself.

        Raises:
            DispatchError: If this object came out of a pickle, which never carries the text.
        """
        if self._value is None:
            raise DispatchError(
                "This key was left out when the object was pickled.",
                hint="Ask the settings service for the provider again.",
            )
        return self._value

    def __repr__(self) -> str:
        return f"Secret({mask(self._value or '')!r})"

    def __str__(self) -> str:
        return mask(self._value or "")

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return (_without_value, ())

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> Any:
        from typing import Annotated

        from pydantic import AfterValidator

        return handler.generate_schema(Annotated[str, AfterValidator(cls)])


def _without_value() -> Secret:
    secret = Secret("")
    secret._value = None  # noqa: SLF001 - the one place that makes an empty one
    return secret


def mask(key: str) -> str:
    """The form of a key that may be shown: ``sk-…a1b2``, dots for a short one (SEC-1).

    References such as ``${NAME}`` hold no secret and are shown as they are.

    Args:
        key: A key or a reference.
    """
    if is_reference(key):
        return key
    if len(key) < _SHORTEST_SHOWN:
        return HIDDEN if key else ""
    prefix = _PREFIX.match(key)
    return f"{prefix.group() if prefix else ''}{_ELLIPSIS}{key[-_TAIL_CHARACTERS:]}"


def looks_masked(text: str) -> bool:
    """Whether a text is a shown form of a key, which must never be saved over the key (SEC-3)."""
    return _ELLIPSIS in text or "•" in text or (bool(text) and not text.strip("*."))


def is_reference(key: str) -> bool:
    """Whether a key says where the key is (``${NAME}``, ``keyring:SERVICE/USER``) instead of being it."""
    return bool(_ENVIRONMENT.fullmatch(key) or _KEYRING.fullmatch(key))


def environment_name(key: str) -> str | None:
    """The name of the environment variable that a key refers to, or None if it is no such reference."""
    found = _ENVIRONMENT.fullmatch(key)
    return found.group(1) if found else None


def key_problem(raw: object) -> str | None:
    """What is wrong with a text as a key, or None. The key is not quoted (SEC-3).

    Args:
        raw: What was given as a key; blanks around it do not matter.
    """
    if not isinstance(raw, str) or not raw.strip():
        return (
            "Paste a key, or take it from an environment variable. "
            "For a server that needs none, any word will do."
        )
    key = raw.strip()
    if looks_masked(key):
        return "This is the shown form of a key, not the key. Paste the whole key."
    if len(key.split()) > 1:
        return "The key has a space or line break inside. Paste it again."
    if not key.isascii() or not key.isprintable():
        return "The key has a character that keys do not have. Paste it again."
    return None


def clean_key(raw: object) -> str:
    """A key with the blanks around it removed.

    Args:
        raw: What was typed or pasted.

    Raises:
        InvalidInputError: If it cannot be a key (SEC-3). The message does not quote it.
    """
    problem = key_problem(raw)
    if problem is not None or not isinstance(raw, str):
        raise InvalidInputError([FieldProblem(API_KEY_FIELD, problem or "A text is expected.")])
    return raw.strip()


@hide_frames
def resolve_key(key: str, environ: Mapping[str, str] | None = None) -> str:
    """The key itself: a reference is followed now, anything else is returned as it is (SEC-4).

    Args:
        key: What stands in the settings file.
        environ: The environment to read; that of the process if None.

    Raises:
        MissingVariableError: If the variable is not set or blank.
        KeyringError: If the keyring has no such key, or is none that keys are safe in.
        MissingPackageError: If a keyring is needed and its package is not installed.
        InvalidInputError: If what the reference leads to cannot be a key.
    """
    name = environment_name(key)
    place = _KEYRING.fullmatch(key)
    if name is not None:
        value = (os.getenv(name, "") if environ is None else environ.get(name, "")).strip()
        if not value:
            raise MissingVariableError(name)
    elif place is not None:
        from ._keyring import read

        value = read(place.group(1), place.group(2)).strip()
    else:
        return key
    bare = without_quotes(value)
    if bare is not None:
        value = bare.strip()
        _warn_once(f"In {key}: the quotes around the key were taken off.")
    problem = key_problem(value)
    if problem:
        raise InvalidInputError([FieldProblem(API_KEY_FIELD, f"In {key}: {problem}")])
    return value


@lru_cache(maxsize=256)
def _warn_once(words: str) -> None:
    """Logs a warning the first time only: a panel reads a variable again and again."""
    import logging

    logging.getLogger("dispatch_widgets").warning("%s", words)


@hide_frames
def store_in_keyring(service: str, user: str, key: str) -> str:
    """Stores a key in the system's keyring, through the optional ``keyring`` package (SEC-4).

    Args:
        service: The service to store it under; no slash and no blank in it.
        user: The user to store it for; no blank in it.
        key: The key. What was clearly pasted around it is taken off, which is logged as a warning (SEC-3).

    Returns:
        The reference to give a provider as its key: ``keyring:SERVICE/USER``.

    Raises:
        InvalidInputError: If the key cannot be one, or the names cannot stand in a reference.
        MissingPackageError: If the keyring package is not installed.
        KeyringError: If there is no keyring in which the key would be safe, or it refused.
    """
    pasted = unwrapped_key(key)
    value = clean_key(pasted.value)
    reference = f"keyring:{service}/{user}"
    found = _KEYRING.fullmatch(reference)
    if found is None or found.groups() != (service, user):
        raise InvalidInputError([FieldProblem("service", "Leave out blanks, and slashes in the service.")])
    from ._keyring import write

    write(service, user, value)
    if pasted.notes:
        import logging

        logging.getLogger("dispatch_widgets").warning("%s: %s", reference, " ".join(pasted.notes))
    return reference


def redact(text: str, keys: Iterable[str] = ()) -> str:
    """A text with every given key, and everything shaped like a key, masked.

    Finds a key also where it was percent-encoded, or written as a JSON text, as HTML, or as Python shows
    it; in other letters (upper and lower case, wide ones), and with marks in it that nobody sees.

    Args:
        text: Anything that came from outside, or an exception's message.
        keys: Keys that may stand in it.
    """
    known = [key for key in keys if len(key) >= _SHORTEST_REDACTED and not is_reference(key)]
    if known:
        text = replaced(text, lambda bare: _key_spans(known, bare))
    return replaced(text, _key_shape_spans)


def _key_spans(keys: Iterable[str], text: str) -> Iterator[Span]:
    # Of the same length as the text, so that places in it are places in the text.
    lower = text.lower() if text.isascii() else text.translate(_ASCII_LOWER)
    for key in keys:
        shown = mask(key)
        # An ordinary word in place of a key has its own meaning in other letters: Ollama.
        anyhow = is_distinctive(key, shortest=_SHORTEST_SHOWN)
        for form in written_forms(key):
            where = occurrences(lower, form.translate(_ASCII_LOWER)) if anyhow else occurrences(text, form)
            for start, end in where:
                yield start, end, shown


def _key_shape_spans(text: str) -> Iterator[Span]:
    for found in _KEY_SHAPES.finditer(text):
        yield found.start(), found.end(), mask(found.group())


def looks_like_key(text: str, *, given: str = "", registered: Iterable[str] = ()) -> bool:
    """Whether a name, label, model id or base URL holds a key, which belongs elsewhere (PM-10).

    Words in place of a key (``ollama``) do not count, nor does a reference.

    Args:
        text: What was entered.
        given: The key that was entered with it.
        registered: Keys that are known already.
    """
    seen = VisibleText(text).text
    if holds_well_known_key(seen):
        return True
    known = [(given, _SHORTEST_GIVEN), *((key, _SHORTEST_REGISTERED) for key in registered)]
    return any(
        len(key) <= len(seen)
        and key in seen
        and not is_reference(key)
        and is_distinctive(key, shortest=shortest)
        for key, shortest in known
    )


def masked_copy(value: Any) -> Any:
    """A copy of a JSON value in which every secret field, and all that stands below one, is masked.

    Args:
        value: Any JSON value.
    """
    return _masked(value, secret=False)


def _masked(value: Any, *, secret: bool) -> Any:
    if isinstance(value, dict):
        return {
            name: _masked(item, secret=(secret or is_secret_field(name)) and not is_base_url_field(name))
            for name, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [_masked(item, secret=secret) for item in value]
    if isinstance(value, str):
        return mask(value) if secret else redact(value)
    return HIDDEN if secret and isinstance(value, int | float) and not isinstance(value, bool) else value


def secret_texts(value: Any) -> Iterator[str]:
    """The texts of a JSON value that are secrets: by the name of their field, or below such a field.

    Of what stands below one only what is no word is given: to look for a region's name would find it
    everywhere.

    Args:
        value: Any JSON value.
    """
    return _secret_texts(value, secret=False)


def _secret_texts(value: Any, *, secret: bool) -> Iterator[str]:
    if isinstance(value, dict):
        for name, item in value.items():
            named = is_secret_field(name)
            if isinstance(item, str):
                below = (
                    secret and not is_base_url_field(name) and is_distinctive(item, shortest=_SHORTEST_GIVEN)
                )
                if named or below:
                    yield item
            else:
                yield from _secret_texts(item, secret=secret or named)
    elif isinstance(value, list | tuple):
        for item in value:
            if not isinstance(item, str):
                yield from _secret_texts(item, secret=secret)
            elif secret and is_distinctive(item, shortest=_SHORTEST_GIVEN):
                yield item
