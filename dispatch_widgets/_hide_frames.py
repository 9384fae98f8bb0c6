"""Errors without the frames that hold keys, which a traceback with local variables would print (SEC-1)."""

from __future__ import annotations

from functools import wraps

from .errors import DispatchError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import ParamSpec, TypeVar

    _Result = TypeVar("_Result")
    _Params = ParamSpec("_Params")


def hide_frames(function: Callable[_Params, _Result]) -> Callable[_Params, _Result]:
    """Wraps a function that handles keys: the traceback of any error ends outside of it.

    An error that is not a `DispatchError` gets a note that says where it was raised.
    """

    @wraps(function)
    def wrapper(*args: _Params.args, **kwargs: _Params.kwargs) -> _Result:
        try:
            return function(*args, **kwargs)
        except BaseException as error:  # noqa: BLE001 - raised again below
            failure = error
        del args, kwargs
        if not isinstance(failure, DispatchError):
            _add_origin_note(failure)
        failure.__context__ = failure.__cause__ = None
        raise failure.with_traceback(None)

    return wrapper


def _add_origin_note(error: BaseException) -> None:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is not None and not hasattr(error, "__notes__"):
        code = trace.tb_frame.f_code
        error.add_note(f"Raised in {code.co_name}, {code.co_filename}, line {trace.tb_lineno}.")
