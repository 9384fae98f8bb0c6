"""The tRPC procedures: their inputs, and the functions of the service that they call (API-4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from .inputs import OPTIONAL_FLAG, OPTIONAL_TEXT, OPTIONAL_TEXTS, TEXT, Value, object_of
from .shapes import deletion_shape, entry_shape, model_shape, provider_shape

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from ..service import SettingsService
    from ..settings.schema import Provider
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
    """

    kind: Literal["query", "mutation"]
    run: Callable[[Context, dict[str, Any]], Awaitable[Any]]
    takes: Value | None = None

    @property
    def method(self) -> str:
        """The HTTP method by which it is called."""
        return "GET" if self.kind == "query" else "POST"


async def _get_providers(context: Context, _: dict[str, Any]) -> Any:
    providers = await context.services.read(lambda service: service.get_providers())
    return [provider_shape(provider, masked=context.masked) for provider in providers]


async def _add_provider(context: Context, given: dict[str, Any]) -> Any:
    credentials = given["credentials"]
    made = await context.services.change(
        lambda service: service.add_provider(
            name=given["name"],
            type=given["type"],
            api_key=credentials["apiKey"],
            base_url=credentials.get("baseUrl"),
            pasted=False,
        )
    )
    return provider_shape(made, masked=context.masked)


async def _update_provider(context: Context, given: dict[str, Any]) -> Any:
    changed = await context.services.change(lambda service: _updated(service, given))
    return provider_shape(changed, masked=context.masked)


def _updated(service: SettingsService, given: dict[str, Any]) -> Provider:
    credentials, agreed = given.get("credentials", {}), given.get("allowSending")
    # A client that renames a provider sends back the credentials that it once received. A reference in them
    # is no consent to send it: only `allowSending` is (SEC-8).
    return service.update_provider(
        given["id"],
        name=given.get("name"),
        type=given.get("type"),
        api_key=credentials.get("apiKey"),
        base_url=credentials.get("baseUrl"),
        pasted=False,
        sending=None if agreed is None else (agreed["variable"], agreed["host"]),
        consent=False,
    )


async def _delete_provider(context: Context, given: dict[str, Any]) -> Any:
    unassign = given.get("unassign", False)
    impact = await context.services.change(
        lambda service: service.delete_provider(given["id"], unassign=unassign)
    )
    return deletion_shape(impact)


async def _discover_models(context: Context, given: dict[str, Any]) -> Any:
    models = await context.services.discover(
        given["providerId"], force_refresh=given.get("forceRefresh", False)
    )
    return [model_shape(model) for model in models]


async def _add_model(context: Context, given: dict[str, Any]) -> Any:
    made = await context.services.change(
        lambda service: service.add_model(
            provider_id=given["providerId"],
            model=given["model"],
            label=given.get("label"),
            capabilities=given.get("capabilities"),
            tasks=given.get("tasks", ()),
        )
    )
    return entry_shape(made)


async def _update_model(context: Context, given: dict[str, Any]) -> Any:
    changed = await context.services.change(
        lambda service: service.update_model(
            given["id"],
            provider_id=given.get("providerId"),
            model=given.get("model"),
            label=given.get("label"),
            capabilities=given.get("capabilities"),
        )
    )
    return entry_shape(changed)


async def _delete_model(context: Context, given: dict[str, Any]) -> Any:
    impact = await context.services.change(lambda service: service.delete_model(given["id"]))
    return deletion_shape(impact)


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

PROCEDURES: Mapping[str, Procedure] = {
    "settings.getProviders": Procedure(kind="query", run=_get_providers),
    "settings.addProvider": Procedure(
        kind="mutation", run=_add_provider, takes=object_of(name=TEXT, type=TEXT, credentials=_CREDENTIALS)
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
    ),
    "settings.deleteProvider": Procedure(
        kind="mutation", run=_delete_provider, takes=object_of(id=TEXT, unassign=OPTIONAL_FLAG)
    ),
    "settings.discoverModels": Procedure(
        kind="query", run=_discover_models, takes=object_of(providerId=TEXT, forceRefresh=OPTIONAL_FLAG)
    ),
    "settings.addModel": Procedure(
        kind="mutation",
        run=_add_model,
        takes=object_of(
            providerId=TEXT,
            model=TEXT,
            label=OPTIONAL_TEXT,
            capabilities=OPTIONAL_TEXTS,
            tasks=OPTIONAL_TEXTS,
        ),
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
        ),
    ),
    "settings.deleteModel": Procedure(kind="mutation", run=_delete_model, takes=object_of(id=TEXT)),
}
"""The procedures by path; `app_router.d.ts` declares the same for TypeScript."""
