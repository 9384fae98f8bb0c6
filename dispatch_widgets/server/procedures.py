"""The tRPC procedures: their inputs, and the functions of the service that they call (API-4).

Names and structure are those of the settings file. What the Dispatch app's own page sends is accepted:
``addModel`` with an id, ``updateModel`` with a ``providerType``.

There is no ``settings.update``, which writes the whole file: a caller that does not send the providers along
removes them all (ST-8).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from ..service.choosing import shown_providers
from ..settings import registry
from .inputs import OPTIONAL_FLAG, OPTIONAL_TEXT, OPTIONAL_TEXTS, TEXT, Value, object_of
from .shapes import assignment_shape, deletion_shape, entry_shape, list_shape, provider_shape

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from ..service import SettingsService
    from ..settings.document import Document
    from ..settings.schema import Provider, Settings
    from .services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a procedure is given besides its input.

    Attributes:
        services: Calls the service without blocking the event loop.
        masked: Whether keys are masked in the result (SEC-1).
    """

    services: Services
    masked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """A procedure.

    Attributes:
        kind: Queries are called by GET, mutations by POST.
        run: Runs it; returns JSON values.
        takes: Its input; None if it has none.
        edit: Its edit of the settings, for an input in which some fields have a wrong type or are missing: it
            is never saved, but finds the other wrong fields. None if the service checks no values.
        names: What its input calls the service's fields, where it calls them otherwise.
    """

    kind: Literal["query", "mutation"]
    run: Callable[[Context, dict[str, Any]], Awaitable[Any]]
    takes: Value | None = None
    edit: Callable[[Document, dict[str, Any]], object] | None = None
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def method(self) -> str:
        """The HTTP method by which it is called."""
        return "GET" if self.kind == "query" else "POST"


# ---- what can be read


async def _get(context: Context, _: dict[str, Any]) -> Any:
    settings = await _settings(context)
    models = {"catalog": _catalog(settings), "assignment": _assignments(settings)}
    return {"providers": _providers(settings, context), "models": models}


async def _get_providers(context: Context, _: dict[str, Any]) -> Any:
    return _providers(await _settings(context), context)


async def _get_catalog(context: Context, _: dict[str, Any]) -> Any:
    return _catalog(await _settings(context))


async def _get_assignments(context: Context, _: dict[str, Any]) -> Any:
    return _assignments(await _settings(context))


async def _settings(context: Context) -> Settings:
    return await context.services.read(lambda service: service.settings)


def _providers(settings: Settings, context: Context) -> list[Any]:
    return [provider_shape(provider, masked=context.masked) for provider in shown_providers(settings)]


def _catalog(settings: Settings) -> list[Any]:
    return [entry_shape(entry) for entry in settings.catalog]


def _assignments(settings: Settings) -> list[Any]:
    return [assignment_shape(assignment) for assignment in settings.assignments]


async def _discover_models(context: Context, given: dict[str, Any]) -> Any:
    return (await _discover_model_list(context, given))["models"]


async def _discover_model_list(context: Context, given: dict[str, Any]) -> Any:
    models = await context.services.discover(
        given["providerId"], force_refresh=given.get("forceRefresh", False)
    )
    return list_shape(models)


# ---- providers


async def _add_provider(context: Context, given: dict[str, Any]) -> Any:
    made = await context.services.change(
        lambda service: service.add_provider(**_provider_fields(given), pasted=False)
    )
    return provider_shape(made, masked=context.masked)


async def _update_provider(context: Context, given: dict[str, Any]) -> Any:
    changed = await context.services.change(lambda service: _updated(service, given))
    return provider_shape(changed, masked=context.masked)


def _updated(service: SettingsService, given: dict[str, Any]) -> Provider:
    agreed = given.get("allowSending")
    # A client that renames a provider sends back the credentials that it once received. A reference in them
    # is no consent to send it: only `allowSending` is (SEC-8).
    return service.update_provider(
        given["id"],
        **_provider_fields(given),
        pasted=False,
        sending=None if agreed is None else (agreed["variable"], agreed["host"]),
        consent=False,
    )


def _provider_fields(given: dict[str, Any]) -> dict[str, Any]:
    credentials = given.get("credentials")
    if not isinstance(credentials, dict):
        credentials = {}
    return {
        "name": given.get("name"),
        "type": given.get("type"),
        "api_key": credentials.get("apiKey"),
        "base_url": credentials.get("baseUrl"),
    }


async def _delete_provider(context: Context, given: dict[str, Any]) -> Any:
    unassign = given.get("unassign", False)
    impact = await context.services.change(
        lambda service: service.delete_provider(given["id"], unassign=unassign)
    )
    return deletion_shape(impact)


# ---- the catalog and the tasks


async def _add_model(context: Context, given: dict[str, Any]) -> Any:
    made = await context.services.change(lambda service: service.add_model(**_new_entry_fields(given)))
    return entry_shape(made)


async def _update_model(context: Context, given: dict[str, Any]) -> Any:
    changed = await context.services.change(
        lambda service: service.update_model(given["id"], **_entry_fields(given))
    )
    return entry_shape(changed)


def _entry_fields(given: dict[str, Any]) -> dict[str, Any]:
    return {
        "provider_id": given.get("providerId"),
        "model": given.get("model"),
        "label": given.get("label"),
        "capabilities": given.get("capabilities"),
    }


def _new_entry_fields(given: dict[str, Any]) -> dict[str, Any]:
    return {**_entry_fields(given), "tasks": given.get("tasks", ()), "entry_id": given.get("id")}


async def _delete_model(context: Context, given: dict[str, Any]) -> Any:
    impact = await context.services.change(lambda service: service.delete_model(given["id"]))
    return deletion_shape(impact)


async def _assign(context: Context, given: dict[str, Any]) -> Any:
    made = await context.services.change(lambda service: service.assign(given["task"], given["modelId"]))
    return assignment_shape(made)


async def _unassign(context: Context, given: dict[str, Any]) -> Any:
    await context.services.change(lambda service: service.unassign(given["task"]))
    return {"success": True}


# ---- edits of an input that is refused anyway

_NO_ID = ""
_ANY_PROVIDER = {
    "id": _NO_ID,
    "name": "-",
    "type": "openai-compatible",
    "credentials": {"apiKey": "-", "baseUrl": "https://localhost"},
}
_ANY_ENTRY = {"id": _NO_ID, "model": "-"}


def _provider_edit(document: Document, given: dict[str, Any]) -> object:
    if not isinstance(given.get("id"), str):  # the other fields are checked all the same
        given = {**given, "id": _NO_ID}
        document = {**document, "providers": [*(document.get("providers") or ()), _ANY_PROVIDER]}
    return registry.update_provider(document, given["id"], **_provider_fields(given))


def _entry_edit(document: Document, given: dict[str, Any]) -> object:
    if not isinstance(given.get("id"), str):
        given = {**given, "id": _NO_ID}
        models = document.get("models") or {}
        models = {"assignment": [], **models, "catalog": [*models.get("catalog", ()), _ANY_ENTRY]}
        document = {**document, "models": models}
    return registry.update_model(document, given["id"], **_entry_fields(given))


# ---- inputs

_CREDENTIALS = Value(kind="object", fields={"apiKey": TEXT, "baseUrl": OPTIONAL_TEXT})
_CHANGED_CREDENTIALS = Value(
    kind="object", required=False, fields={"apiKey": OPTIONAL_TEXT, "baseUrl": OPTIONAL_TEXT}
)
_ALLOW_SENDING = Value(
    kind="object",
    required=False,
    fields={"variable": TEXT, "host": TEXT},
    advice='Give what the user agreed to, {"variable": …, "host": …}, as data.consent of the error said it.',
)
# What the Dispatch app's page and `getCatalog` say of an entry besides its fields, so that it can be sent
# back as it came. It is not saved: the type is the provider's, and the problem is found anew.
_NOT_SAVED = {"providerType": OPTIONAL_TEXT, "problem": OPTIONAL_TEXT}

PROCEDURES: Mapping[str, Procedure] = {
    "settings.get": Procedure(kind="query", run=_get),
    "settings.getProviders": Procedure(kind="query", run=_get_providers),
    "settings.getCatalog": Procedure(kind="query", run=_get_catalog),
    "settings.getAssignments": Procedure(kind="query", run=_get_assignments),
    "settings.addProvider": Procedure(
        kind="mutation",
        run=_add_provider,
        takes=object_of(name=TEXT, type=TEXT, credentials=_CREDENTIALS),
        edit=lambda document, given: registry.add_provider(document, **_provider_fields(given)),
    ),
    "settings.updateProvider": Procedure(
        kind="mutation",
        run=_update_provider,
        takes=object_of(
            id=TEXT,
            name=OPTIONAL_TEXT,
            type=OPTIONAL_TEXT,
            credentials=_CHANGED_CREDENTIALS,
            allowSending=_ALLOW_SENDING,
        ),
        edit=_provider_edit,
        names={"providerId": "id"},
    ),
    "settings.deleteProvider": Procedure(
        kind="mutation",
        run=_delete_provider,
        takes=object_of(id=TEXT, unassign=OPTIONAL_FLAG),
        names={"providerId": "id"},
    ),
    "settings.discoverModels": Procedure(
        kind="query", run=_discover_models, takes=object_of(providerId=TEXT, forceRefresh=OPTIONAL_FLAG)
    ),
    "settings.discoverModelList": Procedure(
        kind="query", run=_discover_model_list, takes=object_of(providerId=TEXT, forceRefresh=OPTIONAL_FLAG)
    ),
    "settings.addModel": Procedure(
        kind="mutation",
        run=_add_model,
        takes=object_of(
            id=OPTIONAL_TEXT,
            providerId=TEXT,
            model=TEXT,
            label=OPTIONAL_TEXT,
            capabilities=OPTIONAL_TEXTS,
            tasks=OPTIONAL_TEXTS,
            **_NOT_SAVED,
        ),
        edit=lambda document, given: registry.add_model(document, **_new_entry_fields(given)),
        names={"task": "tasks"},
    ),
    "settings.updateModel": Procedure(
        kind="mutation",
        run=_update_model,
        takes=object_of(
            id=TEXT,
            providerId=OPTIONAL_TEXT,
            model=OPTIONAL_TEXT,
            label=OPTIONAL_TEXT,
            capabilities=OPTIONAL_TEXTS,
            **_NOT_SAVED,
        ),
        edit=_entry_edit,
    ),
    "settings.deleteModel": Procedure(kind="mutation", run=_delete_model, takes=object_of(id=TEXT)),
    "settings.assign": Procedure(
        kind="mutation",
        run=_assign,
        takes=object_of(task=TEXT, modelId=TEXT),
        edit=lambda document, given: registry.assign(
            document, given.get("task", ""), given.get("modelId", "")
        ),
    ),
    "settings.unassign": Procedure(kind="mutation", run=_unassign, takes=object_of(task=TEXT)),
}
"""The procedures by path; `app_router.d.ts` declares the same for TypeScript."""
