"""Register LLM providers once, see their models, give each task its model, in Jupyter.

Importing this package loads neither the widgets nor the network code: every public name below is
loaded when it is first asked for (PEP 562), so that a bare import costs next to nothing. Type checkers
read ``__init__.pyi``, which says the same; a test holds the two together.
"""

__version__ = "0.2.0"

_EXPORTS = {
    "_terms": ("Capability", "ProviderType"),
    "_loop": ("allow_nested_loops",),
    "clients.resolved": ("ResolvedModel",),
    "discovery.models": ("DiscoveredModel", "ModelList", "Price"),
    "errors": (
        "ChangedMeanwhileError",
        "ConsentNeededError",
        "DiscoveryError",
        "DispatchError",
        "FieldProblem",
        "InvalidInputError",
        "KeyringError",
        "LockTimeoutError",
        "MissingPackageError",
        "MissingVariableError",
        "NotFoundError",
        "NotPickledError",
        "SettingsFileError",
        "SettingsShapeError",
        "SettingsWriteError",
        "UnreadableSettingsError",
        "UnresolvedTaskError",
    ),
    "detection": ("FoundHere", "find_here", "find_here_async"),
    "leaks": ("Leak", "ScanReport"),
    "secrets": ("store_in_keyring",),
    "service": ("SettingsService",),
    "service.default": ("default_service",),
    "service.sharing": ("SharedCopy",),
    "settings.report": ("MigrationReport",),
    "settings.schema": ("Assignment", "CatalogEntry", "Provider"),
    "settings.tasks": ("Task",),
    "shortcuts": (
        "add_model",
        "add_provider",
        "allow_sending",
        "assign",
        "bring_back_providers",
        "check_provider",
        "delete_model",
        "delete_provider",
        "discover_models",
        "discover_models_async",
        "export_without_keys",
        "get_providers",
        "merge_duplicates",
        "merge_providers",
        "panel",
        "preview_migration",
        "refresh_all",
        "refresh_all_async",
        "removed_providers",
        "resolve",
        "resolve_model",
        "scan",
        "scan_notebook",
        "try_entries",
        "try_entries_async",
        "try_model",
        "try_model_async",
        "try_task",
        "try_task_async",
        "unassign",
        "update_model",
        "update_provider",
    ),
    "trying": ("TryResult",),
    "widgets.app": ("Panel",),
    "widgets.magics": ("load_ipython_extension", "unload_ipython_extension"),
    "widgets.model_picker": ("ModelPicker",),
    "widgets.models": ("ModelsPanel",),
    "widgets.providers": ("ProvidersPanel",),
    "widgets.router": ("RouterPanel",),
    "widgets.settings_file": ("SettingsFilePanel",),
}
_HOMES = {name: module for module, names in _EXPORTS.items() for name in names}

__all__ = ["__version__", *_HOMES]  # noqa: PLE0604 - every name in _EXPORTS is a literal text


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


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Jupyter Server asks the package for its extension; the module is imported only by a server."""
    return [{"module": "dispatch_widgets.server"}]
