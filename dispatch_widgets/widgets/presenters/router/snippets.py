"""Code for the next cell, for each task that has a model and each library that can use it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ....clients.snippets import DEFAULT_SERVICE, Use, libraries_for, service_code, snippet_for
from ....settings.tasks import TASK_NEEDS
from ..shared.views import Action, Run, Snippet, Snippets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ....clients.snippets import Library, ServiceCode
    from ....service import SettingsService
    from ....settings.tasks import Task
    from ..shared.views import Words

_ACTIONS = (
    Action("copy_code", "Copy", kind="copy", icon="copy"),
    Action("insert_code", "Insert below", kind="insert", icon="plus"),
)


def snippets(service: SettingsService, types: Mapping[Task, str], first: Task) -> Snippets | None:
    """The code for tasks whose models can be used; None if there is no such task.

    Args:
        service: The service.
        types: The provider type of each such task's model.
        first: The task that is shown first, if there is code for it.
    """
    code = _code_of(service)
    uses = [
        Use(provider_type=kind, is_embedding=TASK_NEEDS[task] == "embedding", task=task)
        for task, kind in types.items()
    ]
    each = [(use, library) for use in uses for library in libraries_for(use)]
    if not each:
        return None
    notes = {library: _note(library) for library in {library for _, library in each}}
    found = tuple(
        Snippet(use.task, library.key, library.name, snippet_for(use, library.key, code), notes[library])
        for use, library in each
    )
    shown = first if any(snippet.task == first for snippet in found) else found[0].task
    return Snippets(found, shown, "Task", "Library", _ACTIONS)


def _code_of(service: SettingsService) -> ServiceCode:
    """The code that gets the service in a cell; the package's own functions know only the default file."""
    if service.location.why != "argument":
        return DEFAULT_SERVICE
    return service_code(service, service.path, _variables())


def _variables() -> Mapping[str, object]:
    """The notebook's variables that hold something of this package; others are not accessed any further."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    package = __name__.partition(".")[0]
    return {
        name: value
        for name, value in dict(getattr(shell, "user_ns", {})).items()
        if type(value).__module__.partition(".")[0] == package
    }


def _note(library: Library) -> Words:
    if library.is_installed:
        return ""
    return (
        f"{library.name} is not installed here. Run ",
        Run(f"%pip install {library.install}", mono=True),
        " first.",
    )
