"""All errors of the package.

Every error has a ``code`` (API-2), a ``message`` that says what happened and a ``hint`` that says what to do
next. None contains a key, as messages are made from masked text. All attributes survive pickling.

::

    DispatchError
    ├── InvalidInputError         BAD_REQUEST            invalid values, one problem per field
    ├── NotFoundError             NOT_FOUND              an unknown id
    │   └── UnresolvedTaskError   NOT_FOUND              a task without a usable model
    ├── MissingVariableError      BAD_REQUEST            a ${NAME} that is not set
    ├── KeyringError              BAD_REQUEST            a keyring: reference that cannot be resolved
    ├── ConsentNeededError        BAD_REQUEST            a reference that needs the user's consent
    ├── ChangedMeanwhileError     BAD_REQUEST            the file names another key or host than was shown
    ├── MissingPackageError       INTERNAL_SERVER_ERROR  an optional library that is not installed
    ├── NotPickledError           BAD_REQUEST            pickling an object that holds a key
    ├── SettingsFileError         INTERNAL_SERVER_ERROR  the settings file
    │   ├── UnreadableSettingsError                      not JSON, cut off, empty: line and column
    │   ├── SettingsShapeError                           JSON, but not settings: the path inside it
    │   ├── LockTimeoutError                             another process holds the lock: which file
    │   ├── NoWorkingFolderError                         the working folder does not exist any more
    │   └── SettingsWriteError                           the disk, the folder or its permissions refused
    └── DiscoveryError            INTERNAL_SERVER_ERROR  a request to a provider failed: kind, status, cached
"""

from __future__ import annotations

from ._text import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from typing import Any, Literal, Protocol

    ErrorCode = Literal["NOT_FOUND", "BAD_REQUEST", "INTERNAL_SERVER_ERROR"]
    DiscoveryKind = Literal[
        "INVALID_CREDENTIALS",
        "TIMEOUT",
        "CONNECTION_REFUSED",
        "UNKNOWN_HOST",
        "TLS",
        "PROXY",
        "RATE_LIMITED",
        "QUOTA",
        "HTTP_STATUS",
        "REDIRECT",
        "MALFORMED",
        "TOO_LARGE",
        "INTERRUPTED",
        "FORBIDDEN",
        "UNKNOWN_MODEL",
    ]

    class EarlierModels(Protocol):
        """The list before a failure: a `discovery.models.ModelList`, which this module must not import."""

        @property
        def models(self) -> Sequence[Any]:
            """The models."""

        @property
        def source(self) -> str:
            """``stale``, or ``cache`` if it is fresh."""

        @property
        def fetched_at(self) -> datetime | None:
            """When it was received (UTC)."""

        def __iter__(self) -> Iterator[Any]: ...
        def __len__(self) -> int: ...


class DispatchError(Exception):
    """The base of every error this package raises on purpose.

    Args:
        message: What happened, in a sentence, without a secret in it.
        hint: What to do next, in a sentence; may be empty.
    """

    code: ErrorCode = "INTERNAL_SERVER_ERROR"

    def __init__(self, message: str, *, hint: str = "") -> None:
        # Names, paths and hosts in it come from files and servers.
        self.message = printable(message)
        self.hint = printable(hint)
        super().__init__(self.message)

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".rstrip()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.message!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        # Keyword-only arguments do not pass through Exception's own pickling.
        return (_rebuild, (type(self), dict(self.__dict__)))

    def as_dict(self) -> dict[str, Any]:
        """The error as plain JSON values, for the command line and for HTTP responses."""
        return {"code": self.code, "message": self.message, "hint": self.hint}


def _rebuild(cls: type[DispatchError], state: Mapping[str, Any]) -> DispatchError:
    error = cls.__new__(cls)
    Exception.__init__(error, state["message"])
    error.__dict__.update(state)
    return error


class FieldProblem:
    """One problem of one field.

    Args:
        field: The field as the settings file names it, dotted: ``credentials.apiKey``.
        message: What is wrong and what would be right, never quoting a secret.
    """

    __slots__ = ("field", "message")

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        self.message = printable(message)

    def __repr__(self) -> str:
        return f"{self.message} @ {self.field}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FieldProblem) and (self.field, self.message) == (other.field, other.message)

    def __hash__(self) -> int:
        return hash((self.field, self.message))


class InvalidInputError(DispatchError):
    """Invalid values; nothing was changed.

    Args:
        problems: One or more problems, a field each.
        message: A sentence in place of the one made from the problems.
        hint: What to do next.
    """

    code = "BAD_REQUEST"

    def __init__(self, problems: Iterable[FieldProblem], *, message: str = "", hint: str = "") -> None:
        self.problems = tuple(problems)
        text = message or " ".join(f"{p.field}: {p.message}" for p in self.problems)
        super().__init__(text, hint=hint)

    def as_dict(self) -> dict[str, Any]:
        """The error as plain JSON values, its problems as ``fields``."""
        fields = [{"field": p.field, "message": p.message} for p in self.problems]
        return {**super().as_dict(), "fields": fields}


class NotFoundError(DispatchError):
    """Nothing has this id."""

    code = "NOT_FOUND"


class UnresolvedTaskError(NotFoundError):
    """A task has no model that can be used.

    Args:
        message: What is wrong with the task's assignment.
        task: The task's name.
        hint: How to correct it.
    """

    def __init__(self, message: str, *, task: str, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.task = task


class MissingVariableError(DispatchError):
    """A key is a reference to an environment variable that is not set.

    Args:
        variable: The variable's name.
    """

    code = "BAD_REQUEST"

    def __init__(self, variable: str) -> None:
        super().__init__(
            f"The environment variable {variable} is not set in this process.",
            hint=f"Set {variable} and restart the kernel, or give the provider another key.",
        )
        self.variable = variable


class KeyringError(DispatchError):
    """The system's keyring has no such key, or is not secure."""

    code = "BAD_REQUEST"


def reference_words(variable: str) -> str:
    """A reference as it is shown: ``$NAME``, ``keyring:SERVICE/USER``.

    Args:
        variable: The environment variable's name, or the whole ``keyring:SERVICE/USER``.
    """
    return variable if ":" in variable else f"${variable}"


class ConsentNeededError(DispatchError):
    """The key of a reference is sent to this host only after the user's consent (SEC-4).

    A settings file can come from someone else, so the user is shown first which key goes where.

    Args:
        variable: The environment variable's name, or the whole ``keyring:SERVICE/USER``.
        host: The host that would get the key, with its port if it has one and the scheme if it is not the
            usual one; a description if the file has no valid base URL.
        provider_id: The provider's id.
        because: Why the variable is not meant for that host, in a sentence; empty if not known.
        changed: Whether the user consented to something that the file does not say any more.
    """

    code = "BAD_REQUEST"

    def __init__(
        self, variable: str, *, host: str, provider_id: str, because: str = "", changed: bool = False
    ) -> None:
        self.variable = variable
        self.host = host
        self.provider_id = provider_id
        self.because = because
        self.changed = changed
        what = reference_words(variable)
        self.button = f"Send {what} to {host}"
        wants = f"wants {what} sent to {host}"
        if changed:
            said = f"That is not what the settings file says now: it {wants}. {because}"
        elif because:
            said = f"The settings file {wants}. {because}"
        else:
            said = f"The settings file {wants}, and it was not made for that server."
        super().__init__(
            f"{said.strip()} Nothing was sent.",
            hint=f"If that is right, press “{self.button}” in the panel's Providers tab, or call "
            f"service.allow_sending({provider_id!r}, variable={variable!r}, host={host!r}).",
        )

    def as_dict(self) -> dict[str, Any]:
        """The error as plain JSON values, with variable, host and provider."""
        more = {"variable": self.variable, "host": self.host, "providerId": self.provider_id}
        return {**super().as_dict(), **more}


class ChangedMeanwhileError(DispatchError):
    """The file has changed since the user saw it, so nothing is saved or sent (SEC-8).

    Args:
        message: What has changed, in a sentence.
    """

    code = "BAD_REQUEST"

    def __init__(self, message: str) -> None:
        super().__init__(message, hint="Look at the provider as it is now, then do it again if it is right.")


class MissingPackageError(DispatchError):
    """An optional library is not installed.

    Args:
        package: The package's name.
        purpose: What it is needed for, as in ``for keyring references``.
        install: The requirement for pip, if it is not the package's name.
    """

    def __init__(self, package: str, *, purpose: str, install: str = "") -> None:
        super().__init__(
            f"The package {package} is needed {purpose}, and it is not installed.",
            hint=f'Install it with: pip install "{install or package}"',
        )
        self.package = package


class NotPickledError(DispatchError, TypeError):
    """An object that holds a key cannot be pickled, so that it is neither saved nor sent away (SEC-1).

    It is also a `TypeError`, as for other objects that cannot be pickled.

    Args:
        what: The object, at the start of a sentence.
        call: The call by which another process makes its own.
    """

    code = "BAD_REQUEST"

    def __init__(self, what: str, *, call: str = "dw.resolve(task)") -> None:
        super().__init__(
            f"{what} is not pickled: it would take a key to a file or to another process.",
            hint=f"A worker resolves for itself: send it the names, and call {call} in the worker.",
        )


class SettingsFileError(DispatchError):
    """The base of the errors about the settings file.

    Args:
        message: What happened.
        path: The file.
        hint: What to do next.
    """

    def __init__(self, message: str, *, path: str, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.path = path

    def as_dict(self) -> dict[str, Any]:
        """The error as plain JSON values, with the file's path."""
        return {**super().as_dict(), "path": self.path}


class UnreadableSettingsError(SettingsFileError):
    """The file cannot be read as settings; it is left unchanged (ST-4).

    Args:
        message: What is wrong.
        path: The file.
        line: The line of the problem, from 1; 0 if there is none.
        column: The column of the problem, from 1; 0 if there is none.
        hint: What to do next.
        whole_copy: The complete copy that an interrupted save left, for `finish_save`; empty if none.
    """

    def __init__(
        self,
        message: str,
        *,
        path: str,
        line: int = 0,
        column: int = 0,
        hint: str = "",
        whole_copy: str = "",
    ) -> None:
        super().__init__(message, path=path, hint=hint)
        self.line = line
        self.column = column
        self.whole_copy = whole_copy


class SettingsShapeError(SettingsFileError):
    """The file is JSON, but a part of it has an unknown shape (MIG-9).

    Args:
        message: What was found and what was expected.
        path: The file.
        pointer: The place in the file: ``models.catalog[3].model``.
        hint: What to do next.
    """

    def __init__(self, message: str, *, path: str, pointer: str, hint: str = "") -> None:
        super().__init__(message, path=path, hint=hint)
        self.pointer = pointer


class LockTimeoutError(SettingsFileError):
    """Another process holds the settings file's lock and did not release it in time (ST-3).

    Args:
        message: What happened.
        path: The settings file.
        lock_path: The lock file.
        hint: What to do next.
    """

    def __init__(self, message: str, *, path: str, lock_path: str, hint: str = "") -> None:
        super().__init__(message, path=path, hint=hint)
        self.lock_path = lock_path


class NoWorkingFolderError(SettingsFileError):
    """A path is relative, and the working folder does not exist any more."""

    code = "BAD_REQUEST"

    def __init__(self, path: str = "") -> None:
        super().__init__(
            "The working folder does not exist any more.",
            path=path,
            hint="Change to a folder that exists, or give the settings file's whole path.",
        )


class SettingsWriteError(SettingsFileError):
    """The file could not be written: disk full, read-only, not a file."""


class DiscoveryError(DispatchError):
    """A request to a provider failed.

    Args:
        message: What happened, without the key.
        kind: The kind of failure (MD-15).
        hint: What to do next.
        provider_id: The provider's id.
        status: The HTTP status, if there was a response.
        retry_at: When a rate limit ends (UTC).
        cached: The previous list, if there is one (MD-15).
        suggested_base_url: A base URL of the same host that lists models (MD-14).
    """

    def __init__(
        self,
        message: str,
        *,
        kind: DiscoveryKind,
        hint: str = "",
        provider_id: str = "",
        status: int | None = None,
        retry_at: datetime | None = None,
        cached: EarlierModels | None = None,
        suggested_base_url: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.kind: DiscoveryKind = kind
        self.provider_id = provider_id
        self.status = status
        self.retry_at = retry_at
        self.cached = cached
        self.suggested_base_url = suggested_base_url

    def as_dict(self) -> dict[str, Any]:
        """The error as plain JSON values, with kind, status and the end of a rate limit."""
        return {
            **super().as_dict(),
            "kind": self.kind,
            "status": self.status,
            "retryAt": self.retry_at.isoformat() if self.retry_at else None,
        }
