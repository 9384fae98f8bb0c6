"""Recognises which model server answers: by its headers, the owner of its models or a page of its own.

The port says nothing: vLLM, transformers and others all use 8000.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownServer:
    """A model server and how to recognise it.

    Attributes:
        name: Its name.
        preset: The short name of its preset; empty if it has none.
        header: The start of one of its header lines, in lower case: ``server: llama.cpp``; empty for none.
        owner: The ``owned_by`` of its models; empty if that is not specific to it.
        path: The path of a page that needs no key; empty for none.
        page_pattern: A pattern that the page's body matches.
        source: The URL of its documentation or source.
    """

    name: str
    preset: str = ""
    header: str = ""
    owner: str = ""
    path: str = ""
    page_pattern: re.Pattern[str] | None = None
    source: str


KNOWN_SERVERS: tuple[KnownServer, ...] = (
    KnownServer(
        name="Ollama",
        preset="ollama",
        owner="library",  # the namespace of Ollama's own library
        path="/api/version",
        page_pattern=re.compile(r'^\{"version":\s*"\d'),
        source="https://github.com/ollama/ollama/blob/main/docs/api.md#version",
    ),
    KnownServer(
        name="LM Studio",
        preset="lmstudio",
        owner="organization_owner",
        path="/lmstudio-greeting",
        page_pattern=re.compile(r'"lmstudio":\s*true'),
        source="https://github.com/lmstudio-ai/lms/blob/main/src/createClient.ts",
    ),
    KnownServer(
        name="vLLM",
        preset="vllm",
        owner="vllm",
        path="/version",
        page_pattern=re.compile(r'^\{"version":\s*"\d[^"()]*"\}'),
        source="https://github.com/vllm-project/vllm/blob/main/vllm/entrypoints/openai/api_server.py",
    ),
    KnownServer(
        name="llama.cpp",
        preset="llamacpp",
        header="server: llama.cpp",
        owner="llamacpp",
        source="https://github.com/ggml-org/llama.cpp/tree/master/tools/server",
    ),
    KnownServer(
        name="LocalAI",
        preset="localai",
        path="/version",
        page_pattern=re.compile(r'"version":\s*"[^"]*\([0-9a-f]+\)"'),  # with the commit
        source="https://github.com/mudler/LocalAI/blob/master/internal/version.go",
    ),
    KnownServer(
        name="LiteLLM",
        preset="litellm",
        header="x-litellm-",
        path="/health/liveliness",
        page_pattern=re.compile(r"^\"?I'm alive!"),
        source="https://docs.litellm.ai/docs/proxy/health",
    ),
    KnownServer(
        name="SGLang",
        preset="sglang",
        owner="sglang",
        path="/get_model_info",
        page_pattern=re.compile(r'"model_path":'),
        source="https://github.com/sgl-project/sglang/blob/main/python/sglang/srt/entrypoints/openai/protocol.py",
    ),
    KnownServer(
        name="Jan",
        preset="jan",
        path="/openapi.json",
        page_pattern=re.compile(r'"title":\s*"[^"]*\bJan\b'),
        source="https://github.com/janhq/jan/blob/main/src-tauri/static/openapi.json",
    ),
    KnownServer(
        name="llama-cpp-python",
        owner="me",
        source="https://github.com/abetlen/llama-cpp-python/blob/main/llama_cpp/server/app.py",
    ),
    KnownServer(
        name="KoboldCpp",
        owner="koboldcpp",
        source="https://github.com/LostRuins/koboldcpp/blob/concedo/koboldcpp.py",
    ),
    KnownServer(
        name="TabbyAPI",
        owner="tabbyAPI",
        source="https://github.com/theroyallab/tabbyAPI/blob/main/endpoints/OAI/types/model.py",
    ),
    KnownServer(
        name="LMDeploy",
        owner="lmdeploy",
        source="https://github.com/InternLM/lmdeploy/blob/main/lmdeploy/serve/openai/protocol.py",
    ),
)
"""The servers that can be recognised."""


def identify_server(owners: Iterable[str | None], headers: Mapping[str, str]) -> KnownServer | None:
    """Returns the server that sent a list, or None if it cannot be recognised by that.

    Args:
        owners: The ``owned_by`` of the listed models.
        headers: The response's headers.
    """
    lines = [f"{name}: {value}".lower() for name, value in headers.items()]
    for server in KNOWN_SERVERS:
        if server.header and any(line.startswith(server.header) for line in lines):
            return server
    stated = set(owners)
    found = [server for server in KNOWN_SERVERS if server.owner and server.owner in stated]
    return found[0] if len(found) == 1 else None  # several owners: a gateway


def servers_of_preset(preset: str) -> tuple[KnownServer, ...]:
    """Returns the servers of a preset, by its short name."""
    return tuple(server for server in KNOWN_SERVERS if server.preset == preset)
