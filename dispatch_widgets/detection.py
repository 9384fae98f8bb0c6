"""Detects the providers of this machine: key variables that are set, and local model servers that answer.

A variable is offered as the reference ``${NAME}``; its value is neither copied nor shown. Only servers on
loopback are asked, on their usual ports, without a key, for a second at most, and only when this is called:
opening a panel sends nothing. What answers is named by what it says of itself, never by its port.
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

    from .discovery.local_servers import LocalServer
    from .presets import NamedServer, Preset

FIND_TIMEOUT_SECONDS = 1.0
"""How long a local server may take to list its models and to say what it is."""
UNNAMED_SERVER = "Model server"
"""What a server is called that does not say what it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundVariable:
    """A key variable that is set.

    Attributes:
        variable: Its name.
        preset: The provider whose variable it is.
        named: Another server that the environment names for this key (``OPENAI_BASE_URL`` for
            ``OPENAI_API_KEY``): the key may well be made for that one. None where it names none.
    """

    variable: str
    preset: Preset
    named: NamedServer | None = None

    @property
    def base_url(self) -> str:
        """Where the key goes: to the server that the environment names, else to the preset's."""
        return self.preset.base_url if self.named is None else self.named.base_url

    @property
    def name(self) -> str:
        """What a provider with it is called: by its host, where that is not the preset's."""
        return self.preset.name if not self.base_url or self.named is None else host_of(self.base_url)

    @property
    def reference(self) -> str:
        """What goes into the settings file: ``${NAME}``."""
        return f"${{{self.variable}}}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundServer:
    """A model server that answers on this machine.

    Attributes:
        name: What it says that it is, ``Ollama`` say; `UNNAMED_SERVER` if it does not say.
        preset: The preset of the server that it says it is, else the one whose usual port it is.
        base_url: Its base URL.
        models: How many models it lists; None if it wants a key first.
        needs_key: Whether it wants a key.
    """

    name: str
    preset: Preset
    base_url: str
    models: int | None
    needs_key: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundHere:
    """What this machine already has.

    Attributes:
        variables: Key variables that are set, in the presets' order.
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
    """Key variables that are set, and local model servers that answer now.

    Args:
        servers: Whether to ask local servers; False looks at the environment alone and sends nothing.
        timeout_seconds: How long each server may take, by the wall; all are asked at once.
        presets: What to look for.
        environ: The environment to read; this process's if None.
    """
    known = tuple(presets)
    if not servers:
        return FoundHere(variables=found_variables(known, environ))
    return background.call(_find(known, environ, timeout_seconds))


async def find_here_async(
    *,
    servers: bool = True,
    timeout_seconds: float = FIND_TIMEOUT_SECONDS,
    presets: Iterable[Preset] = PRESETS,
    environ: Mapping[str, str] | None = None,
) -> FoundHere:
    """See `find_here`.

    Args:
        servers: Whether to ask local servers.
        timeout_seconds: How long each server may take, by the wall.
        presets: What to look for.
        environ: The environment to read; this process's if None.
    """
    known = tuple(presets)
    if not servers:
        return FoundHere(variables=found_variables(known, environ))
    return await background.wait(_find(known, environ, timeout_seconds))


def found_variables(
    presets: Iterable[Preset] = PRESETS, environ: Mapping[str, str] | None = None
) -> tuple[FoundVariable, ...]:
    """The key variables that are set to something that can be a key.

    Args:
        presets: What to look for.
        environ: The environment to read; this process's if None.
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
                local.setdefault(url, []).append(preset)  # some servers share a port, which is asked once
    servers = await look_for_servers(local, timeout_seconds=timeout_seconds)
    return FoundHere(
        variables=found_variables(presets, environ),
        servers=tuple(_found(url, server, local[url]) for url, server in servers.items()),
    )


def _base_urls(preset: Preset) -> list[str]:
    """The base URLs to try for a local server: its usual port, and those of other versions."""
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
