"""Detects providers on this machine: environment variables with keys, and local model servers.

A variable is offered as the reference ``${NAME}``; its value is neither copied nor shown. Requests go only to
loopback, to default ports, without a key and for at most a second, and only on the user's request: opening a
panel sends none. A server is named by its responses, never by its port.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ._loop import background
from ._text import html_table, text_table
from .presets import PRESETS, find_preset, server_named_beside
from .secrets import key_problem
from .urls import host_of, leads_here

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from concurrent.futures import Future

    from .discovery.local_servers import LocalServer
    from .presets import NamedServer, Preset

FIND_TIMEOUT_SECONDS = 1.0
"""The deadline for a local server to list its models and to be recognised, in seconds."""
UNNAMED_SERVER = "Model server"
"""The name of a server that was not recognised."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundVariable:
    """An environment variable with a key.

    Attributes:
        variable: Its name.
        preset: The provider whose variable it is.
        named: Another server that the environment names for this key (``OPENAI_BASE_URL`` for
            ``OPENAI_API_KEY``), which the key is probably for; None if it names none.
    """

    variable: str
    preset: Preset
    named: NamedServer | None = None

    @property
    def base_url(self) -> str:
        """The base URL for the key: the one that the environment names, else the preset's."""
        return self.preset.base_url if self.named is None else self.named.base_url

    @property
    def name(self) -> str:
        """The name for a provider with this key: the preset's, or the host if it is another one."""
        return self.preset.name if not self.base_url or self.named is None else host_of(self.base_url)

    @property
    def reference(self) -> str:
        """The reference for the settings file: ``${NAME}``."""
        return f"${{{self.variable}}}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundServer:
    """A model server that answers on this machine.

    Attributes:
        name: The recognised server's name, such as ``Ollama``; else `UNNAMED_SERVER`.
        preset: The recognised server's preset; else the one whose default port it is.
        base_url: Its base URL.
        models: The number of models that it lists; None if it requires a key.
        needs_key: Whether it requires a key.
    """

    name: str
    preset: Preset
    base_url: str
    models: int | None
    needs_key: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundHere:
    """The providers that were detected on this machine.

    Attributes:
        variables: Environment variables with keys, in the presets' order.
        servers: Local servers that answered, in the presets' order.
    """

    variables: tuple[FoundVariable, ...] = ()
    servers: tuple[FoundServer, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.variables or self.servers)

    def _rows(self) -> list[tuple[object, ...]]:
        rows: list[tuple[object, ...]] = [
            (found.name, found.base_url or (found.named.words if found.named else ""), found.reference, "")
            for found in self.variables
        ]
        for server in self.servers:
            models = "wants a key" if server.models is None else f"{server.models:,}"
            rows.append((server.name, server.base_url, "" if server.needs_key else "none needed", models))
        return rows

    def __str__(self) -> str:
        return (
            text_table(_HEADS, self._rows()) if self else "No key variable is set, no local server answers."
        )

    def _repr_html_(self) -> str:
        return html_table(_HEADS, self._rows(), caption="" if self else str(self))


_HEADS = ("Found", "Base URL", "Key", "Models")


def find_here(
    *,
    servers: bool = True,
    timeout_seconds: float = FIND_TIMEOUT_SECONDS,
    presets: Iterable[Preset] = PRESETS,
    environ: Mapping[str, str] | None = None,
) -> FoundHere:
    """Finds environment variables with keys, and local model servers that answer.

    Args:
        servers: Whether to look for local servers; False sends no request.
        timeout_seconds: The deadline for each server, in seconds of wall-clock time; all are requested at
            once.
        presets: The providers to look for.
        environ: The environment; this process's if None.
    """
    return background.call(_start(servers, timeout_seconds, tuple(presets), environ))


async def find_here_async(
    *,
    servers: bool = True,
    timeout_seconds: float = FIND_TIMEOUT_SECONDS,
    presets: Iterable[Preset] = PRESETS,
    environ: Mapping[str, str] | None = None,
) -> FoundHere:
    """See `find_here`."""
    return await background.wait(_start(servers, timeout_seconds, tuple(presets), environ))


def _start(
    servers: bool, timeout_seconds: float, presets: tuple[Preset, ...], environ: Mapping[str, str] | None
) -> Future[FoundHere]:
    if not servers:
        return background.done(FoundHere(variables=found_variables(presets, environ)))
    return background.submit(_find(presets, environ, timeout_seconds))


def found_variables(
    presets: Iterable[Preset] = PRESETS, environ: Mapping[str, str] | None = None
) -> tuple[FoundVariable, ...]:
    """Returns the presets' environment variables that hold a possible key.

    Args:
        presets: The providers to look for.
        environ: The environment; this process's if None.
    """
    values = os.environ if environ is None else environ
    return tuple(
        FoundVariable(
            variable=preset.key_variable,
            preset=preset,
            named=server_named_beside(preset.key_variable, values),
        )
        for preset in presets
        if preset.key_variable is not None and key_problem(values.get(preset.key_variable)) is None
    )


async def _find(
    presets: tuple[Preset, ...], environ: Mapping[str, str] | None, timeout_seconds: float
) -> FoundHere:
    from .discovery.local_servers import look_for_servers

    local: dict[str, list[Preset]] = {}
    for preset in presets:
        if preset.is_local and leads_here(preset.base_url):
            for url in _base_urls(preset):
                local.setdefault(url, []).append(preset)  # several presets may have the same port
    servers = await look_for_servers(local, timeout_seconds=timeout_seconds)
    return FoundHere(
        variables=found_variables(presets, environ),
        servers=tuple(_found(url, server, local[url]) for url, server in servers.items()),
    )


def _base_urls(preset: Preset) -> list[str]:
    """Returns the base URLs to try for a local server: its default port, and those of other versions."""
    parts = urlsplit(preset.base_url)
    others = [parts._replace(netloc=f"{parts.hostname}:{port}").geturl() for port in preset.other_ports]
    return [preset.base_url, *others]


def _found(url: str, server: LocalServer, presets: list[Preset]) -> FoundServer:
    preset, name = presets[0], UNNAMED_SERVER
    if server.identity is not None:
        name, key = server.identity.name, server.identity.preset
        same_port = (each for each in presets if each.key == key)
        preset = next(same_port, None) or find_preset(key) or preset
    return FoundServer(
        name=name,
        preset=preset,
        base_url=url,
        models=server.models,
        needs_key=server.models is None,
    )
