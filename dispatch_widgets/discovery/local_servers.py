"""Finds model servers on this machine: one request to each default port, and one more to recognise it.

Responses are read by the functions of discovery. A port that returns a web page, or asks for a user name and
password, belongs to some other program.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..secrets import NO_KEY_NEEDED
from .adapters import ADAPTERS
from .client import client_of_this_loop
from .failures import Failure
from .fetch import fetch
from .listing import context_of, list_in
from .models import Target
from .server_identity import identify_server, servers_of_preset

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import httpx

    from ..presets import Preset
    from .exchange import RequestContext, Response
    from .server_identity import KnownServer

_PAGE_CHARACTERS = 2_000
_REFUSED = frozenset({401, 403})
_LOGINS = ("basic", "digest", "negotiate", "ntlm")


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalServer:
    """A model server that answered.

    Attributes:
        identity: Which server it is; None if it was not recognised.
        models: The number of models it lists; None if it requires a key.
    """

    identity: KnownServer | None
    models: int | None


async def look_for_servers(
    local: Mapping[str, Sequence[Preset]], *, timeout_seconds: float
) -> dict[str, LocalServer]:
    """Requests all base URLs at once, and returns the model servers that answer.

    Args:
        local: Base URLs on this machine, with the presets whose default port each one has.
        timeout_seconds: The deadline for each of them, in seconds of wall-clock time.
    """
    client = client_of_this_loop()
    found = await asyncio.gather(
        *(_look_at(client, url, presets, timeout_seconds) for url, presets in local.items())
    )
    return {url: server for url, server in zip(local, found, strict=True) if server is not None}


async def _look_at(
    client: httpx.AsyncClient, url: str, presets: Sequence[Preset], timeout_seconds: float
) -> LocalServer | None:
    kind = presets[0].type
    adapter = ADAPTERS[kind]
    target = Target(provider_id=url, name=presets[0].name, type=kind, base_url=url, api_key=NO_KEY_NEEDED)
    deadline = asyncio.get_running_loop().time() + timeout_seconds
    try:
        context = context_of(target, adapter.url(url), timeout_seconds)
        response = await fetch(client, context, adapter.headers(NO_KEY_NEEDED), deadline=deadline)
    except Failure:
        return None
    refusal: Failure | None = None
    owners: list[str | None] = []
    try:
        listed = await list_in(response, context, adapter, deadline=deadline, now=time.time())
    except Failure as failure:
        if not _may_want_a_key(failure, response):
            return None
        refusal = failure
    else:
        owners = [model.owned_by for model in listed.models.values()]
    identity = identify_server(owners, response.headers) or await _ask_what_it_is(
        client, context, presets, deadline
    )
    if refusal is None:
        return LocalServer(identity=identity, models=len(owners))
    if identity is None and not _is_about_the_key(refusal):
        return None
    return LocalServer(identity=identity, models=None)


def _may_want_a_key(failure: Failure, response: Response) -> bool:
    challenge = response.headers.get("www-authenticate", "").lower()
    if challenge.startswith(_LOGINS) or response.body.lstrip().startswith(b"<"):
        return False
    # LiteLLM's proxy without a database sends 400 for a missing key; accepted only if it is recognised.
    return _is_about_the_key(failure) or failure.status == 400  # noqa: PLR2004


def _is_about_the_key(failure: Failure) -> bool:
    return failure.kind == "INVALID_CREDENTIALS" or failure.status in _REFUSED


async def _ask_what_it_is(
    client: httpx.AsyncClient, context: RequestContext, presets: Sequence[Preset], deadline: float
) -> KnownServer | None:
    """Returns the server of these presets whose own page is there; the requests carry no key."""
    root = urlsplit(context.base_url)._replace(path="", query="").geturl()
    pages: dict[str, str] = {}
    for known in (known for preset in presets for known in servers_of_preset(preset.key)):
        if known.page_pattern is None:
            continue
        if known.path not in pages:
            pages[known.path] = await _page(client, replace(context, url=root + known.path), deadline)
        if known.page_pattern.search(pages[known.path]):
            return known
    return None


async def _page(client: httpx.AsyncClient, context: RequestContext, deadline: float) -> str:
    """Returns the beginning of a page; empty if there is none."""
    try:
        response = await fetch(client, context, {}, deadline=deadline)
    except Failure:
        return ""
    return response.body[:_PAGE_CHARACTERS].decode("utf-8", "replace").strip() if response.is_success else ""
