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
    """Runs an action; an error of ours comes out without the frames within, which hold the document.

    Args:
        action: What to run.
    """
    return quiet(action)()


def quiet(function: Callable[_Given, _Result]) -> Callable[_Given, _Result]:
    """For a function that is given a key: no frame of it, nor within it, is in the traceback of our errors.

    Args:
        function: What to wrap.
    """

    @wraps(function)
    def outside(*args: _Given.args, **kwargs: _Given.kwargs) -> _Result:
        try:
            return function(*args, **kwargs)
        except DispatchError as error:
            failure = error
        del args, kwargs
        failure.__context__ = None
        raise failure.with_traceback(None)

    return outside
