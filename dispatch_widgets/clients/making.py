"""Makes clients of the vendors' SDKs, and arguments for libraries that use them (API-5).

The SDKs are optional, and imported when a client is made. Unlike the SDKs' defaults, these clients follow no
redirect, as ``x-api-key`` would be sent to the new host; use no proxy for this machine (SEC-5); and send what
the environment holds for the vendor to its own host only (`sdk_environment`).
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from .._hide_frames import hide_frames
from .._loop import check_can_wait
from .._terms import ANTHROPIC, OPENAI_COMPATIBLE
from ..errors import FieldProblem, InvalidInputError, MissingPackageError
from ..settings.schema import MOCK_TYPE
from ..urls import OPENAI_BASE_URL, leads_here
from .arguments import ClientArguments, Key
from .mock import AsyncMockClient, MockClient
from .sdk_environment import blocking_headers, vendor_only

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ._protocol import UsableModel

CLIENT_TIMEOUT_SECONDS = 300.0
"""The read timeout of a client; a reasoning model may take minutes."""
CONNECT_TIMEOUT_SECONDS = 10.0
"""The connect timeout of a client."""

_CLIENT_HAS_THE_KEY = "in-client"


@hide_frames
def make_client(resolved: UsableModel, *, asynchronous: bool, options: dict[str, Any]) -> Any:
    """A client of the SDK for the provider's type.

    Args:
        resolved: The model.
        asynchronous: Whether to make an async client.
        options: More arguments of the SDK's client, except ``api_key`` and ``base_url``; they override those
            set here.

    Raises:
        MissingPackageError: If the SDK is not installed.
        InvalidInputError: If the provider's type is unknown, or if the options have a key or a base URL.
    """
    _refuse_another_pair(options)
    if resolved.provider_type == MOCK_TYPE:
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
    if "http_client" not in settings:
        settings["http_client"] = _http_client(resolved, sdk, asynchronous=asynchronous)
    return vendor_only(kind, resolved.provider_type)(
        api_key=Key(resolved.api_key.get_secret_value()), base_url=resolved.base_url, **settings
    )


def _refuse_another_pair(options: Mapping[str, Any]) -> None:
    """Raises an error for another key or base URL, as a key belongs to its host (SEC-8)."""
    problems = [
        FieldProblem(name, f"A client has the {what} of its provider.")
        for name, what in (("api_key", "key"), ("base_url", "base URL"))
        if name in options
    ]
    if problems:
        raise InvalidInputError(
            problems,
            hint="A key belongs to its host: register another provider for them, or make a client of the SDK "
            "itself.",
        )


def make_openai_client(resolved: UsableModel, *, asynchronous: bool, options: dict[str, Any]) -> Any:
    """`make_client`, for a provider that speaks OpenAI's API.

    Raises:
        MissingPackageError: If the SDK is not installed.
        InvalidInputError: If the provider does not speak OpenAI's API.
    """
    _demand(resolved, OPENAI_COMPATIBLE, "OpenAI's API", other="anthropic_client()")
    return make_client(resolved, asynchronous=asynchronous, options=options)


def make_anthropic_client(resolved: UsableModel, *, asynchronous: bool, options: dict[str, Any]) -> Any:
    """`make_client`, for a provider that speaks Anthropic's API.

    Raises:
        MissingPackageError: If the SDK is not installed.
        InvalidInputError: If the provider does not speak Anthropic's API.
    """
    _demand(resolved, ANTHROPIC, "Anthropic's API", other="openai_client()")
    return make_client(resolved, asynchronous=asynchronous, options=options)


def _timeout(sdk: Any) -> Any:
    return sdk.Timeout(CLIENT_TIMEOUT_SECONDS, connect=CONNECT_TIMEOUT_SECONDS)


def _http_client(resolved: UsableModel, sdk: Any, *, asynchronous: bool, **more: Any) -> Any:
    kind = sdk.DefaultAsyncHttpxClient if asynchronous else sdk.DefaultHttpxClient
    if sys.platform == "emscripten":  # in a browser, which has no sockets
        from ..discovery.browser_transport import transport_for

        if not asynchronous:
            check_can_wait("Use async_client() and await it")
        more["transport"] = transport_for(_package(kind.__mro__[-2].__module__.partition(".")[0]))
    return kind(
        timeout=_timeout(sdk), follow_redirects=False, trust_env=not leads_here(resolved.base_url), **more
    )


def openai_arguments(resolved: UsableModel) -> ClientArguments:
    """Arguments for ``openai.OpenAI``.

    Raises:
        InvalidInputError: If the provider does not speak OpenAI's API.
    """
    _demand(resolved, OPENAI_COMPATIBLE, "OpenAI's API", other="anthropic_kwargs()")
    return _sdk_arguments(resolved)


def anthropic_arguments(resolved: UsableModel) -> ClientArguments:
    """Arguments for ``anthropic.Anthropic``.

    Raises:
        InvalidInputError: If the provider does not speak Anthropic's API.
    """
    _demand(resolved, ANTHROPIC, "Anthropic's API", other="openai_kwargs()")
    return _sdk_arguments(resolved)


def _sdk_arguments(resolved: UsableModel) -> ClientArguments:
    headers = _headers(resolved, "default_headers", shown=False)
    return _arguments(resolved, base_url=resolved.base_url, timeout=CLIENT_TIMEOUT_SECONDS, **headers)


def litellm_arguments(resolved: UsableModel) -> ClientArguments:
    """Arguments for ``litellm.completion`` and ``litellm.embedding``, the model among them.

    https://docs.litellm.ai/docs/providers/openai_compatible (read 2026-11).

    Raises:
        InvalidInputError: If it is the mock provider, if its type is unknown, or if a variable would replace
            the key by another credential.
    """
    _demand_an_address(resolved)
    if resolved.provider_type == ANTHROPIC:
        route, headers = "anthropic", {}  # it does not use Anthropic's SDK, which reads the variable
    else:
        route, headers = "openai", _headers(resolved, "extra_headers")
    return _arguments(
        resolved,
        model=f"{route}/{resolved.model}",
        api_base=resolved.base_url,
        timeout=CLIENT_TIMEOUT_SECONDS,
        **headers,
    )


def dspy_arguments(resolved: UsableModel) -> ClientArguments:
    """Arguments for ``dspy.LM``, or for an embedding model ``dspy.Embedder``, the model among them.

    DSPy's own engine posts to ``{api_base}/messages``, which Anthropic's API does not have; LiteLLM's adds
    the ``/v1``. https://dspy.ai/api/models/LM/ (3.4.1, read 2026-11).

    Raises:
        InvalidInputError: As for `litellm_arguments`.
    """
    arguments = litellm_arguments(resolved)
    return arguments | {"engine": "litellm"} if resolved.provider_type == ANTHROPIC else arguments


def langchain_arguments(resolved: UsableModel) -> ClientArguments:
    """Arguments for ``ChatOpenAI``, ``OpenAIEmbeddings`` or ``ChatAnthropic``, the model among them.

    https://docs.langchain.com/oss/python/integrations/chat/openai (read 2026-11).

    Raises:
        InvalidInputError: If it is the mock provider, or its type is unknown.
    """
    _demand_an_address(resolved)
    more = _headers(resolved, "default_headers")
    proxy = "anthropic_proxy" if resolved.provider_type == ANTHROPIC else "openai_proxy"
    if os.environ.get(proxy.upper()) and leads_here(resolved.base_url):
        more[proxy] = None  # LangChain's own variables, in addition to the usual ones (SEC-5)
    if resolved.is_embedding and resolved.base_url != OPENAI_BASE_URL:
        # Otherwise LangChain counts tokens first, with OpenAI's tables also for other models.
        more["check_embedding_ctx_length"] = False
    return _arguments(
        resolved, model=resolved.model, base_url=resolved.base_url, timeout=CLIENT_TIMEOUT_SECONDS, **more
    )


def llama_index_arguments(resolved: UsableModel) -> ClientArguments:
    """Arguments for LlamaIndex's ``OpenAILike``, or for an embedding model its ``OpenAILikeEmbedding``.

    They contain clients instead of base URL and key, as LlamaIndex silently ignores ``base_url`` and sends
    requests to api.openai.com, and prints a key in its reprs.
    https://docs.llamaindex.ai/en/stable/api_reference/llms/openai_like/ (read 2026-11).

    Raises:
        MissingPackageError: If OpenAI's SDK is not installed.
        InvalidInputError: If the provider does not speak OpenAI's API, or if a variable would replace the key
            by another credential.
    """
    _demand(resolved, OPENAI_COMPATIBLE, "OpenAI's API", other="anthropic_kwargs()")
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
    # The embedding classes take no client, only its HTTP client.
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


def _package(name: str) -> Any:
    from importlib import import_module

    try:
        return import_module(name)
    except ImportError as error:
        if error.name is not None and error.name.partition(".")[0] != name:
            raise  # it is installed, but broken
    raise MissingPackageError(name, purpose="to make a client for this provider")


def _arguments(resolved: UsableModel, **values: Any) -> ClientArguments:
    return ClientArguments({"api_key": resolved.api_key.get_secret_value(), **values})


def _headers(resolved: UsableModel, name: str, *, shown: bool = True) -> dict[str, Any]:
    """The argument that keeps the environment's headers from another host; empty if not needed."""
    headers = blocking_headers(resolved.provider_type, resolved.base_url, resolved.api_key, shown=shown)
    return {name: headers} if headers else {}


def _demand(resolved: UsableModel, wanted: str, speech: str, *, other: str) -> None:
    """Raises an error unless the provider is of the wanted type; `other` is the call for the other type."""
    _demand_an_address(resolved)
    if resolved.provider_type != wanted:
        raise InvalidInputError(
            [FieldProblem("type", f"A provider of type {resolved.provider_type} does not speak {speech}.")],
            hint=f"Use {other}, or client(), which knows which one it is.",
        )


def _demand_an_address(resolved: UsableModel) -> None:
    if resolved.provider_type not in {OPENAI_COMPATIBLE, ANTHROPIC}:
        raise _no_address(resolved) if resolved.provider_type == MOCK_TYPE else _unknown(resolved)


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
