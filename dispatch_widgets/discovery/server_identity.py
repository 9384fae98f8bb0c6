"""What model servers say of themselves: which one answers, whatever its port.

A port says nothing: vLLM, transformers and others all take 8000. A server is named by a header of its own,
by whom it calls the owner of its models, or by a page that only it has.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownServer:
    """How one server can be told.

    Attributes:
        name: What people call it.
        preset: The short name of its preset; empty if it has none.
        header: The start of a header's line, in lower case: ``server: llama.cpp``; empty for none.
        owner: What its list has as ``owned_by``; empty where that tells nothing.
        path: A page that needs no key, below the server's root; empty for none.
        page_pattern: What the body of that page matches.
        source: Where that stands.
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
        owner="library",  # the namespace of its own models; those of others have their maker's
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
"""The servers that can be told, each with where that is documented."""


def identify_server(owners: Iterable[str | None], headers: Mapping[str, str]) -> KnownServer | None:
    """The server that an answer comes from, as far as the answer says it; None where it says nothing.

    Args:
        owners: Who the listed models belong to, as the list says.
        headers: The answer's headers.
    """
    lines = [f"{name}: {value}".lower() for name, value in headers.items()]
    for server in KNOWN_SERVERS:
        if server.header and any(line.startswith(server.header) for line in lines):
            return server
    stated = set(owners)
    found = [server for server in KNOWN_SERVERS if server.owner and server.owner in stated]
    return found[0] if len(found) == 1 else None  # a list of several servers' models is a gateway's


def servers_of_preset(preset: str) -> tuple[KnownServer, ...]:
    """The signs of a preset's server.

    Args:
        preset: Its short name.
    """
    return tuple(server for server in KNOWN_SERVERS if server.preset == preset)
