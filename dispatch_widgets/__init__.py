"""Register LLM providers once, see their models, give each task its model, in Jupyter.

Importing this package loads neither the widgets nor the network code: every public name below is
loaded when it is first asked for (PEP 562), so that a bare import costs next to nothing.
"""

__version__ = "0.1.0"

TYPE_CHECKING = False  # typing.TYPE_CHECKING, without the price of importing typing
if TYPE_CHECKING:
    from ._loop import allow_nested_loops
    from ._resolve import ResolvedModel
    from .discovery.models import DiscoveredModel, ModelList, Price
    from .errors import (
        DiscoveryError,
        DispatchError,
        FieldProblem,
        InvalidInputError,
        LockTimeoutError,
        MissingPackageError,
        MissingVariableError,
        NotFoundError,
        SettingsFileError,
        SettingsShapeError,
        SettingsWriteError,
        UnreadableSettingsError,
        UnresolvedTaskError,
    )
    from .service import SettingsService
    from .settings.migration import MigrationReport
    from .settings.schema import Assignment, CatalogEntry, Provider
    from .shortcuts import (
        add_model,
        add_provider,
        assign,
        default_service,
        delete_model,
        delete_provider,
        discover_models,
        discover_models_async,
        get_providers,
        merge_providers,
        panel,
        preview_migration,
        refresh_all,
        refresh_all_async,
        resolve,
        resolve_model,
        unassign,
        update_model,
        update_provider,
    )
    from .widgets.app import Panel
    from .widgets.models import ModelsPanel
    from .widgets.providers import ProvidersPanel
    from .widgets.router import RouterPanel
    from .widgets.settings_file import SettingsFilePanel

# Public name -> the module that has it. The TYPE_CHECKING block above says the same to type checkers,
# and a test holds the two together.
_HOMES = {
    "allow_nested_loops": "_loop",
    "ResolvedModel": "_resolve",
    "DiscoveredModel": "discovery.models",
    "ModelList": "discovery.models",
    "Price": "discovery.models",
    "DiscoveryError": "errors",
    "DispatchError": "errors",
    "FieldProblem": "errors",
    "InvalidInputError": "errors",
    "LockTimeoutError": "errors",
    "MissingPackageError": "errors",
    "MissingVariableError": "errors",
    "NotFoundError": "errors",
    "SettingsFileError": "errors",
    "SettingsShapeError": "errors",
    "SettingsWriteError": "errors",
    "UnreadableSettingsError": "errors",
    "UnresolvedTaskError": "errors",
    "SettingsService": "service",
    "MigrationReport": "settings.migration",
    "Assignment": "settings.schema",
    "CatalogEntry": "settings.schema",
    "Provider": "settings.schema",
    "add_model": "shortcuts",
    "add_provider": "shortcuts",
    "assign": "shortcuts",
    "default_service": "shortcuts",
    "delete_model": "shortcuts",
    "delete_provider": "shortcuts",
    "discover_models": "shortcuts",
    "discover_models_async": "shortcuts",
    "get_providers": "shortcuts",
    "merge_providers": "shortcuts",
    "panel": "shortcuts",
    "preview_migration": "shortcuts",
    "refresh_all": "shortcuts",
    "refresh_all_async": "shortcuts",
    "resolve": "shortcuts",
    "resolve_model": "shortcuts",
    "unassign": "shortcuts",
    "update_model": "shortcuts",
    "update_provider": "shortcuts",
    "Panel": "widgets.app",
    "ModelsPanel": "widgets.models",
    "ProvidersPanel": "widgets.providers",
    "RouterPanel": "widgets.router",
    "SettingsFilePanel": "widgets.settings_file",
}

__all__ = ["__version__", *_HOMES]  # noqa: PLE0604 - every key of _HOMES is a literal string


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
