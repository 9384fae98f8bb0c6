"""Clients of the provider's own SDKs, and arguments for the libraries above them (API-5).

The SDKs are optional: they are imported when a client is made, and a missing one is named with the line
that installs it. Clients made here keep three promises that the SDKs' defaults do not: a redirect is
not followed, because ``x-api-key`` would follow it to another host; requests to this machine go through
no proxy (SEC-5); and what the environment holds for the SDK's maker goes to the maker's own host alone
(`environment`).
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from .._hide_frames import hide_frames
from ..errors import FieldProblem, InvalidInputError, MissingPackageError
from ..urls import ANTHROPIC_BASE_URL, OPENAI_BASE_URL, leads_here
from .arguments import ClientArguments, Key
from .mock import AsyncMockClient, MockClient
from .sdk_environment import ANTHROPIC, OPENAI_COMPATIBLE, blocking_headers, vendor_only

if TYPE_CHECKING:
    from ._protocol import UsableModel

CLIENT_TIMEOUT_SECONDS = 300.0
"""How long a client waits for an answer: long enough for a model that thinks, and not for ever."""
CONNECT_TIMEOUT_SECONDS = 10.0
"""How long a client waits for a connection."""

MOCK = "mock"

_CLIENT_HAS_THE_KEY = "in-client"


@hide_frames
def make_client(resolved: UsableModel, *, asynchronous: bool, options: dict[str, Any]) -> Any:
    """A client of the SDK that the provider's type calls for.

    Args:
        resolved: What to talk to.
        asynchronous: Whether its methods are to be awaited.
        options: What the SDK's client takes besides key and base URL; wins over what is set here.

    Raises:
        MissingPackageError: If the SDK is not installed.
        InvalidInputError: If this version does not know the provider's type.
    """
    if resolved.provider_type == MOCK:
        return AsyncMockClient() if asynchronous else MockClient()
    if resolved.provider_type == OPENAI_COMPATIBLE:
        sdk = _package("openai")
        kind = sdk.AsyncOpenAI if asynchronous else sdk.OpenAI
    elif resolved.provider_type == ANTHROPIC:
        sdk = _package("anthropic")
        kind = sdk.AsyncAnthropic if asynchronous else sdk.Anthropic
    else:
        raise _unknown(resolved)
    settings: dict[str, Any] = {"timeout": _timeout(sdk), **options}
    if resolved.provider_type == ANTHROPIC and resolved.base_url != ANTHROPIC_BASE_URL:
        # Newer SDKs send the key as a Bearer token alone; gateways know the documented header (MD-1).
        key = {"x-api-key": Key(resolved.api_key.get_secret_value())}
        settings["default_headers"] = {**key, **(settings.get("default_headers") or {})}
    if "http_client" not in settings:
        settings["http_client"] = _http_client(resolved, sdk, asynchronous=asynchronous)
    return vendor_only(kind, resolved.provider_type)(
        api_key=Key(resolved.api_key.get_secret_value()), base_url=resolved.base_url, **settings
    )


def _timeout(sdk: Any) -> Any:
    return sdk.Timeout(CLIENT_TIMEOUT_SECONDS, connect=CONNECT_TIMEOUT_SECONDS)


def _http_client(resolved: UsableModel, sdk: Any, *, asynchronous: bool, **more: Any) -> Any:
    kind = sdk.DefaultAsyncHttpxClient if asynchronous else sdk.DefaultHttpxClient
    return kind(
        timeout=_timeout(sdk), follow_redirects=False, trust_env=not leads_here(resolved.base_url), **more
    )


def openai_arguments(resolved: UsableModel) -> ClientArguments:
    """Arguments for ``openai.OpenAI``.

    Args:
        resolved: What to talk to.

    Raises:
        InvalidInputError: If the provider does not speak OpenAI's API.
    """
    _demand(resolved, OPENAI_COMPATIBLE, "OpenAI's API")
    return _sdk_arguments(resolved)


def anthropic_arguments(resolved: UsableModel) -> ClientArguments:
    """Arguments for ``anthropic.Anthropic``.

    Args:
        resolved: What to talk to.

    Raises:
        InvalidInputError: If the provider does not speak Anthropic's API.
    """
    _demand(resolved, ANTHROPIC, "Anthropic's API")
    return _sdk_arguments(resolved)


def _sdk_arguments(resolved: UsableModel) -> ClientArguments:
    headers = _headers(resolved, "default_headers", shown=False)
    return _arguments(resolved, base_url=resolved.base_url, timeout=CLIENT_TIMEOUT_SECONDS, **headers)


def litellm_arguments(resolved: UsableModel) -> ClientArguments:
    """Arguments for ``litellm.completion`` and ``litellm.embedding``, the model among them.

    https://docs.litellm.ai/docs/providers/openai_compatible (read 2026-11).

    Args:
        resolved: What to talk to.

    Raises:
        InvalidInputError: If it is the mock provider, one of an unknown type, or if a variable would have
            another credential sent in place of the key.
    """
    _demand_an_address(resolved)
    if resolved.provider_type == ANTHROPIC:
        route, headers = "anthropic", {}  # it asks without Anthropic's SDK, which is who reads the variable
    else:
        route, headers = "openai", _headers(resolved, "extra_headers")
    return _arguments(
        resolved,
        model=f"{route}/{resolved.model}",
        api_base=resolved.base_url,
        timeout=CLIENT_TIMEOUT_SECONDS,
        **headers,
    )


def langchain_arguments(resolved: UsableModel) -> ClientArguments:
    """Arguments for ``ChatOpenAI``, ``OpenAIEmbeddings`` or ``ChatAnthropic``, the model among them.

    https://docs.langchain.com/oss/python/integrations/chat/openai (read 2026-11).

    Args:
        resolved: What to talk to.

    Raises:
        InvalidInputError: If it is the mock provider, or one of an unknown type.
    """
    _demand_an_address(resolved)
    more = _headers(resolved, "default_headers")
    proxy = "anthropic_proxy" if resolved.provider_type == ANTHROPIC else "openai_proxy"
    if os.environ.get(proxy.upper()) and leads_here(resolved.base_url):
        more[proxy] = None  # LangChain's own variables, beside those that every program has (SEC-5)
    if resolved.is_embedding and resolved.base_url != OPENAI_BASE_URL:
        # Else LangChain counts tokens first, with OpenAI's tables for models that are not OpenAI's.
        more["check_embedding_ctx_length"] = False
    return _arguments(
        resolved, model=resolved.model, base_url=resolved.base_url, timeout=CLIENT_TIMEOUT_SECONDS, **more
    )


def llama_index_arguments(resolved: UsableModel) -> ClientArguments:
    """Arguments for LlamaIndex's ``OpenAILike``, or for an embedding model its ``OpenAILikeEmbedding``.

    They carry what is made already, for two reasons: LlamaIndex drops a ``base_url`` without a word and
    asks api.openai.com, and a key given as a text stands in its reprs.
    https://docs.llamaindex.ai/en/stable/api_reference/llms/openai_like/ (read 2026-11).

    Args:
        resolved: What to talk to.

    Raises:
        MissingPackageError: If OpenAI's SDK is not installed.
        InvalidInputError: If the provider does not speak OpenAI's API, or if a variable would have another
            credential sent in place of the key.
    """
    _demand(resolved, OPENAI_COMPATIBLE, "OpenAI's API")
    where = {"api_base": resolved.base_url, "api_key": _CLIENT_HAS_THE_KEY}
    if not resolved.is_embedding:
        return ClientArguments(
            {
                "model": resolved.model,
                **where,
                "is_chat_model": True,
                "openai_client": make_client(resolved, asynchronous=False, options={}),
                "async_openai_client": make_client(resolved, asynchronous=True, options={}),
            }
        )
    # The classes for vectors take no client, but what a client sends through.
    sdk = _package("openai")

    def with_key(request: Any) -> Any:
        request.headers["Authorization"] = f"Bearer {resolved.api_key.get_secret_value()}"
        return request

    return ClientArguments(
        {
            "model_name": resolved.model,
            **where,
            "timeout": CLIENT_TIMEOUT_SECONDS,
            "http_client": _http_client(resolved, sdk, asynchronous=False, auth=with_key),
            "async_http_client": _http_client(resolved, sdk, asynchronous=True, auth=with_key),
            **_headers(resolved, "default_headers"),
        }
    )


def snippet(resolved: UsableModel, *, service: str = "dw") -> str:
    """The code of a cell that uses the model; there is no key in it.

    Args:
        resolved: What to talk to.
        service: The name of the variable that holds the service, or of the package.
    """
    lines = ["import dispatch_widgets as dw", ""] if service == "dw" else []
    lines.append(f"model = {call(resolved, service=service)}")
    lines.append("client = model.client()")
    return "\n".join(lines + _use(resolved))


def call(resolved: UsableModel, *, service: str = "dw") -> str:
    """The call that resolves this model again.

    Args:
        resolved: What was resolved.
        service: As for `snippet`.
    """
    if resolved.task:
        return f"{service}.resolve({json.dumps(resolved.task)})"
    # What JSON writes of a text is Python too, whatever a server has called its model.
    return f"{service}.resolve_model({json.dumps(resolved.provider_id)}, {json.dumps(resolved.model)})"


def _use(resolved: UsableModel) -> list[str]:
    if resolved.is_embedding:
        return [
            'answer = client.embeddings.create(model=model.model, input=["Hello"])',
            "len(answer.data[0].embedding)",
        ]
    hello = 'messages=[{"role": "user", "content": "Hello"}]'
    if resolved.provider_type == ANTHROPIC:
        return [
            "answer = client.messages.create(",
            f"    model=model.model, max_tokens=1000, {hello}",
            ")",
            "answer.content[0].text",
        ]
    return [
        "answer = client.chat.completions.create(",
        f"    model=model.model, {hello}",
        ")",
        "answer.choices[0].message.content",
    ]


def _package(name: str) -> Any:
    from importlib import import_module

    try:
        return import_module(name)
    except ImportError as error:
        if error.name is not None and error.name.partition(".")[0] != name:
            raise  # it is there, and broken in a way of its own
    raise MissingPackageError(name, purpose="to make a client for this provider")


def _arguments(resolved: UsableModel, **values: Any) -> ClientArguments:
    return ClientArguments({"api_key": resolved.api_key.get_secret_value(), **values})


def _headers(resolved: UsableModel, name: str, *, shown: bool = True) -> dict[str, Any]:
    """The argument that keeps the environment's headers from another host; none where none is needed."""
    headers = blocking_headers(resolved.provider_type, resolved.base_url, resolved.api_key, shown=shown)
    return {name: headers} if headers else {}


def _demand(resolved: UsableModel, wanted: str, speech: str) -> None:
    if resolved.provider_type == MOCK:
        raise _no_address(resolved)
    if resolved.provider_type != wanted:
        name = "anthropic_kwargs()" if resolved.provider_type == ANTHROPIC else "openai_kwargs()"
        raise InvalidInputError(
            [FieldProblem("type", f"A provider of type {resolved.provider_type} does not speak {speech}.")],
            hint=f"Use {name}, or client(), which knows which one it is.",
        )


def _demand_an_address(resolved: UsableModel) -> None:
    if resolved.provider_type not in {OPENAI_COMPATIBLE, ANTHROPIC}:
        raise _no_address(resolved) if resolved.provider_type == MOCK else _unknown(resolved)


def _no_address(resolved: UsableModel) -> InvalidInputError:
    return InvalidInputError(
        [FieldProblem("type", f"{resolved.provider_name} has no address that another library could ask.")],
        hint="Use client(), or give the task a model of another provider.",
    )


def _unknown(resolved: UsableModel) -> InvalidInputError:
    return InvalidInputError(
        [FieldProblem("type", f"{resolved.provider_type} is not a type that this version knows.")],
        hint="A newer version of this package or of the Dispatch app may know it.",
    )
