"""Masks, checks and resolves keys, and redacts them from text (SEC-1 to SEC-4).

A key is held as a `Secret`, which prints masked and gives its value only through `get_secret_value`. Text
from a server or an exception goes through `redact` before it is shown or logged.
"""

from __future__ import annotations

import os
import re
from functools import lru_cache

from ._hide_frames import hide_frames
from ._invisible import VisibleText, occurrences, replaced
from ._key_encodings import encoded_forms, packed_forms
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
"""The problem of a name, label, model id or base URL that contains a key (PM-10)."""

NO_KEY_NEEDED = "no-key-needed"
"""The key in the file for a server that needs none, as the app refuses an empty one (PM-2)."""

HIDDEN = "•" * 6
"""The shown form of a short key, and of a number that is secret."""
_ELLIPSIS = "…"
_MASKS = (_ELLIPSIS, "•", "...", "***")  # ours, and how vendors and plain ASCII write them
_TAIL_CHARACTERS = 4
_SHORTEST_SHOWN = 12  # of a shorter key, four characters would reveal too much
_SHORTEST_REDACTED = 6  # a shorter one would redact ordinary words
_SHORTEST_REGISTERED = 16  # to look for a key in a name (PM-10); one given with the name may be shorter
_SHORTEST_GIVEN = 8

_ENVIRONMENT = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_KEYRING = re.compile(r"keyring:([^/\s]+)/(\S+)")
_PREFIX = re.compile(r"[A-Za-z]{2,4}[-_]")
_ASCII_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
# Key formats that servers echo, perhaps shortened: sk-…, sk-ant-…, gsk_…, xai-…, AIza…
_KEY_SHAPES = re.compile(
    r"\b(?:sk|pk|rk|gsk|xai|hf|fw|nvapi|r8|tgp)[-_][A-Za-z0-9*_\-]{10,}|\bAIza[0-9A-Za-z_\-]{20,}"
)


class Secret:
    """A string that prints masked, and is left out of pickles.

    Args:
        value: The string itself.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value: str | None = value

    def get_secret_value(self) -> str:
        """The string itself.

        Raises:
            DispatchError: If this object was unpickled, as a pickle does not contain the string.
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
    secret._value = None  # noqa: SLF001 - the only place that makes one without a value
    return secret


def mask(key: str) -> str:
    """The masked form of a key: ``sk-…a1b2``, or dots for a short one (SEC-1).

    References such as ``${NAME}`` are not secret and are returned unchanged.
    """
    if is_reference(key):
        return key
    if len(key) < _SHORTEST_SHOWN:
        return HIDDEN if key else ""
    prefix = _PREFIX.match(key)
    return f"{prefix.group() if prefix else ''}{_ELLIPSIS}{key[-_TAIL_CHARACTERS:]}"


def looks_masked(text: str) -> bool:
    """Whether a text is a masked key, which must never be saved over the key (SEC-3)."""
    return any(mark in text for mark in _MASKS) or (bool(text) and not text.strip("*."))


def is_reference(key: str) -> bool:
    """Whether a key is a reference to the real one: ``${NAME}`` or ``keyring:SERVICE/USER``."""
    return bool(_ENVIRONMENT.fullmatch(key) or _KEYRING.fullmatch(key))


def environment_name(key: str) -> str | None:
    """The environment variable that a key refers to, or None."""
    found = _ENVIRONMENT.fullmatch(key)
    return found.group(1) if found else None


def is_set(variable: str) -> bool:
    """Whether an environment variable has a value; one of blanks alone is none."""
    return bool(os.environ.get(variable, "").strip())


def key_problem(raw: object) -> str | None:
    """What is wrong with a key, or None, without quoting it (SEC-3); surrounding blanks are ignored."""
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
    """Strips the blanks around a key.

    Raises:
        InvalidInputError: If it cannot be a key (SEC-3); the message does not quote it.
    """
    problem = key_problem(raw)
    if problem is not None or not isinstance(raw, str):
        raise InvalidInputError([FieldProblem(API_KEY_FIELD, problem or "A text is expected.")])
    return raw.strip()


@hide_frames
def resolve_key(key: str, environ: Mapping[str, str] | None = None) -> str:
    """Resolves a reference to its key (SEC-4); any other key is returned without surrounding blanks (SEC-3).

    Args:
        key: The key of the settings file.
        environ: The environment to read; that of the process if None.

    Raises:
        MissingVariableError: If the variable is not set or blank.
        KeyringError: If the keyring has no such key, or is not safe.
        MissingPackageError: If a keyring is needed and its package is not installed.
        InvalidInputError: If the referenced value cannot be a key.
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
        return key.strip()
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
    """Logs a warning once, as a panel reads a variable often."""
    from ._log import get_logger

    get_logger("dispatch_widgets").warning("%s", words)


@hide_frames
def store_in_keyring(service: str, user: str, key: str) -> str:
    """Stores a key in the system's keyring, through the optional ``keyring`` package (SEC-4).

    Args:
        service: The service to store it under; no slash and no blank in it.
        user: The user to store it for; no blank in it.
        key: The key. What was pasted around it is stripped, with a warning in the log (SEC-3).

    Returns:
        The reference to give a provider as its key: ``keyring:SERVICE/USER``.

    Raises:
        InvalidInputError: If the key is not valid or a reference, or the names cannot be in a reference.
        MissingPackageError: If the keyring package is not installed.
        KeyringError: If there is no safe keyring, or it refused.
    """
    pasted = unwrapped_key(key)
    value = clean_key(pasted.value)
    if is_reference(value):
        raise InvalidInputError([FieldProblem(API_KEY_FIELD, "This is a reference. Give the key itself.")])
    reference = f"keyring:{service}/{user}"
    found = _KEYRING.fullmatch(reference)
    if found is None or found.groups() != (service, user):
        raise InvalidInputError([FieldProblem("service", "Leave out blanks, and slashes in the service.")])
    from ._keyring import write

    write(service, user, value)
    if pasted.notes:
        from ._log import tell

        tell(f"{reference}: {' '.join(pasted.notes)}")
    return reference


def redact(text: str, keys: Iterable[str] = ()) -> str:
    """Masks the given keys in a text, and everything in the format of a key.

    Finds keys that are percent-encoded, escaped as in JSON or HTML, in hexadecimal or base64, or written as a
    Python literal; in other case or full width; and with invisible characters in them.

    Args:
        text: Any foreign text, or an exception's message.
        keys: Keys that it may contain.
    """
    known = [key for key in keys if len(key) >= _SHORTEST_REDACTED and not is_reference(key)]
    if known:
        text = replaced(text, lambda bare: _key_spans(known, bare))
    return replaced(text, _key_shape_spans)


def _key_spans(keys: Iterable[str], text: str) -> Iterator[Span]:
    # It has the length of the text, so that offsets are the same.
    lower = text.lower() if text.isascii() else text.translate(_ASCII_LOWER)
    for key in keys:
        shown = mask(key)
        # A placeholder such as ollama is an ordinary word in another case: Ollama.
        anyhow = is_distinctive(key, shortest=_SHORTEST_SHOWN)
        for form in encoded_forms(key):
            where = occurrences(lower, form.translate(_ASCII_LOWER)) if anyhow else occurrences(text, form)
            for start, end in where:
                yield start, end, shown
        for form in packed_forms(key):  # the login of a proxy or a gateway: `Basic …`
            for start, end in occurrences(text, form):
                yield start, end, shown


def _key_shape_spans(text: str) -> Iterator[Span]:
    for found in _KEY_SHAPES.finditer(text):
        yield found.start(), found.end(), mask(found.group())


def looks_like_key(text: str, *, given: str = "", registered: Iterable[str] = ()) -> bool:
    """Whether a name, label, model id or base URL contains a key (PM-10).

    Placeholders such as ``ollama`` do not count, nor do references.

    Args:
        text: The input.
        given: The key that was entered with it.
        registered: Keys that are registered already.
    """
    seen = VisibleText(text).text
    if "%" in seen:  # as a URL may write any of its characters
        from urllib.parse import unquote

        seen = f"{seen} {unquote(seen)}"
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
    """A copy of a JSON value with secret fields, and everything nested in them, masked."""
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
    """The strings of a JSON value that are secret, because of their field's name or nested in such a field.

    Of nested strings only distinctive ones count, as searching for a region's name would find it everywhere.
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
