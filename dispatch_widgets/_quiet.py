"""Errors that bring no secrets along: tracebacks that print local variables would show keys (SEC-1)."""

from __future__ import annotations

from functools import wraps

from .errors import DispatchError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import ParamSpec, TypeVar

    _Result = TypeVar("_Result")
    _Given = ParamSpec("_Given")


def quietly(action: Callable[[], _Result]) -> _Result:
    """Runs an action; an error comes out without the frames within, which hold the document.

    Args:
        action: What to run.
    """
    return quiet(action)()


def quiet(function: Callable[_Given, _Result]) -> Callable[_Given, _Result]:
    """For a function that is given a key: no frame of it, nor within it, is in the traceback of an error.

    That holds for every error, a mistyped argument's and an interruption too. One that is not ours says in
    a note where it was raised.

    Args:
        function: What to wrap.
    """

    @wraps(function)
    def outside(*args: _Given.args, **kwargs: _Given.kwargs) -> _Result:
        try:
            return function(*args, **kwargs)
        except BaseException as error:  # noqa: BLE001 - raised again below
            failure = error
        del args, kwargs
        if not isinstance(failure, DispatchError):
            _note_place(failure)
        failure.__context__ = failure.__cause__ = None
        raise failure.with_traceback(None)

    return outside


def _note_place(error: BaseException) -> None:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is not None and not hasattr(error, "__notes__"):
        code = trace.tb_frame.f_code
        error.add_note(f"Raised in {code.co_name}, {code.co_filename}, line {trace.tb_lineno}.")
