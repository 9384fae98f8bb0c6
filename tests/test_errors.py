"""The family of errors: codes, hints, pickles."""

from __future__ import annotations

import json
import pickle
from datetime import UTC, datetime

import pytest

from dispatch_widgets import errors
from dispatch_widgets.errors import DiscoveryError, DispatchError, FieldProblem, InvalidInputError

EXAMPLES = [
    DispatchError("It went wrong.", hint="Try again."),
    InvalidInputError([FieldProblem("name", "Give it a name.")]),
    errors.NotFoundError("Nothing there."),
    errors.UnresolvedTaskError("No model.", task="grade", hint="Choose one."),
    errors.MissingVariableError("SOME_API_KEY"),
    errors.KeyringError("Nothing there."),
    errors.ConsentNeededError("SOME_API_KEY", host="llm.example.edu", provider_id="an-id"),
    errors.ChangedMeanwhileError("The file has another host."),
    errors.MissingPackageError("openai", purpose="to make a client", install="dispatch-widgets[openai]"),
    errors.NotPickledError("A key", call='dw.resolve("grade")'),
    errors.SettingsFileError("No.", path="a.json"),
    errors.UnreadableSettingsError("Cut off.", path="a.json", line=3, column=4),
    errors.SettingsShapeError("Not a list.", path="a.json", pointer="models.catalog"),
    errors.LockTimeoutError("Held.", path="a.json", lock_path="a.json.lock"),
    errors.SettingsWriteError("Disk full.", path="a.json"),
    DiscoveryError("Limited.", kind="RATE_LIMITED", status=429, retry_at=datetime(2026, 1, 1, tzinfo=UTC)),
]


@pytest.mark.req("API-2")
@pytest.mark.parametrize("error", EXAMPLES, ids=lambda e: type(e).__name__)
def test_every_error_survives_a_pickle_with_all_it_carries(error: DispatchError) -> None:
    """An error that crossed a process boundary still has its code, message, hint and fields."""
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert type(copy) is type(error)
    assert copy.as_dict() == error.as_dict()
    assert str(copy) == str(error)
    assert vars(copy) == vars(error)


@pytest.mark.req("API-2")
@pytest.mark.parametrize("error", EXAMPLES, ids=lambda e: type(e).__name__)
def test_every_error_has_code_message_and_hint_as_json(error: DispatchError) -> None:
    """The command line and HTTP can write any error as JSON."""
    fields = json.loads(json.dumps(error.as_dict()))
    assert fields["code"] in {"NOT_FOUND", "BAD_REQUEST", "INTERNAL_SERVER_ERROR"}
    assert fields["message"]
    assert "hint" in fields


def test_the_docstring_draws_every_error() -> None:
    """The tree in the module's docstring names every class there is, and no other."""
    classes = {
        name
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, DispatchError)
    }
    drawn = {word for word in (errors.__doc__ or "").replace("─", " ").split() if word.endswith("Error")}
    assert drawn == classes


def test_a_validation_error_lists_field_and_problem() -> None:
    """Two wrong fields give two problems, each with the field's name (API-2)."""
    error = InvalidInputError([FieldProblem("name", "Give it a name."), FieldProblem("type", "Unknown.")])
    assert error.code == "BAD_REQUEST"
    assert error.as_dict()["fields"] == [
        {"field": "name", "message": "Give it a name."},
        {"field": "type", "message": "Unknown."},
    ]
    assert repr(error.problems[0]) == "Give it a name. @ name"


def test_a_missing_package_names_its_install_command() -> None:
    """The hint can be pasted into a terminal (API-5)."""
    error = errors.MissingPackageError("openai", purpose="to make a client")
    assert 'pip install "openai"' in error.hint
