"""Well-known providers and local servers, for the add form, detection and the consent rule.

Every preset names a page or repository of its vendor that states the base URL and key variable, and the month
in which it was read. Pages where keys are created need a login, so their URLs are from the vendors'
documentation and from other projects, and were not opened.

A preset is a suggestion for the form. In addition, its own variable may be sent to its own host without
consent (SEC-4), unless a companion of the variable names another server (SEC-8).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .errors import InvalidInputError
from .urls import DEFAULT_PORTS, host_words, leads_here, normalise_base_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ._terms import ProviderType


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A well-known provider or local server.

    Attributes:
        key: A short name, such as ``openrouter``.
        name: Its display name.
        type: The provider type.
        base_url: The base URL for the settings file.
        key_variable: The variable from which its own tools read the key, or None.
        key_page: The page to create a key, or None if none is needed.
        needs_key: Whether requests need a key; if not, the file gets `secrets.NO_KEY_NEEDED`.
        default_port: The port of a local server, or None.
        other_ports: Default ports of other versions of a local server.
        start: How to start a local server, in a few words; else empty.
        source: Where its vendor states this.
        checked: The month in which that was read, ``YYYY-MM``; empty where it could not be.
    """

    key: str
    name: str
    type: ProviderType
    base_url: str
    key_variable: str | None = None
    key_page: str | None = None
    needs_key: bool = True
    default_port: int | None = None
    other_ports: tuple[int, ...] = ()
    start: str = ""
    source: str
    checked: str = "2026-11"

    @property
    def host(self) -> str:
        """The host of the base URL, without its port."""
        return urlsplit(self.base_url).hostname or ""

    @property
    def is_local(self) -> bool:
        """Whether it is a local server."""
        return self.default_port is not None


PRESETS: tuple[Preset, ...] = (
    Preset(
        key="anthropic",
        name="Anthropic",
        type="anthropic",
        base_url="https://api.anthropic.com",
        key_variable="ANTHROPIC_API_KEY",
        key_page="https://platform.claude.com/settings/keys",
        source="https://platform.claude.com/docs/en/get-api-key",
    ),
    Preset(
        key="openai",
        name="OpenAI",
        type="openai-compatible",
        base_url="https://api.openai.com/v1",
        key_variable="OPENAI_API_KEY",
        key_page="https://platform.openai.com/api-keys",
        source="https://github.com/openai/openai-python",
    ),
    Preset(
        key="openrouter",
        name="OpenRouter",
        type="openai-compatible",
        base_url="https://openrouter.ai/api/v1",
        key_variable="OPENROUTER_API_KEY",
        key_page="https://openrouter.ai/settings/keys",
        source="https://github.com/OpenRouterTeam/ai-sdk-provider",
    ),
    Preset(
        key="mistral",
        name="Mistral",
        type="openai-compatible",
        base_url="https://api.mistral.ai/v1",
        key_variable="MISTRAL_API_KEY",
        key_page="https://console.mistral.ai/api-keys",
        source="https://github.com/mistralai/client-python",
    ),
    Preset(
        key="groq",
        name="Groq",
        type="openai-compatible",
        base_url="https://api.groq.com/openai/v1",
        key_variable="GROQ_API_KEY",
        key_page="https://console.groq.com/keys",
        source="https://github.com/groq/groq-python",
    ),
    Preset(
        key="together",
        name="Together",
        type="openai-compatible",
        base_url="https://api.together.ai/v1",
        key_variable="TOGETHER_API_KEY",
        key_page="https://api.together.ai/settings/api-keys",
        source="https://docs.together.ai/docs/inference/openai-compatibility",
    ),
    Preset(
        key="deepseek",
        name="DeepSeek",
        type="openai-compatible",
        base_url="https://api.deepseek.com",
        key_variable="DEEPSEEK_API_KEY",
        key_page="https://platform.deepseek.com/api_keys",
        source="https://api-docs.deepseek.com/",
    ),
    Preset(
        key="gemini",
        name="Gemini",
        type="openai-compatible",
        base_url="https://generativelanguage.googleapis.com/v1beta/openai",
        key_variable="GEMINI_API_KEY",
        key_page="https://aistudio.google.com/apikey",
        source="https://ai.google.dev/gemini-api/docs/openai",
    ),
    Preset(
        key="xai",
        name="xAI",
        type="openai-compatible",
        base_url="https://api.x.ai/v1",
        key_variable="XAI_API_KEY",
        key_page="https://console.x.ai",
        source="https://github.com/xai-org/xai-sdk-python",
    ),
    Preset(
        key="fireworks",
        name="Fireworks",
        type="openai-compatible",
        base_url="https://api.fireworks.ai/inference/v1",
        key_variable="FIREWORKS_API_KEY",
        key_page="https://app.fireworks.ai/settings/users/api-keys",
        source="https://github.com/fw-ai/fireconnect",
    ),
    Preset(
        key="litellm",
        name="LiteLLM",
        type="openai-compatible",
        base_url="http://localhost:4000/v1",
        needs_key=False,  # unless it was started with a master key
        default_port=4000,
        start="`litellm --config` and a file",
        source="https://docs.litellm.ai/docs/proxy/quick_start",
    ),
    Preset(
        key="ollama",
        name="Ollama",
        type="openai-compatible",
        base_url="http://localhost:11434/v1",
        needs_key=False,
        default_port=11434,
        start="`ollama serve`",
        source="https://docs.ollama.com/api/authentication",
    ),
    Preset(
        key="lmstudio",
        name="LM Studio",
        type="openai-compatible",
        base_url="http://localhost:1234/v1",
        needs_key=False,
        default_port=1234,
        start="`lms server start`, or in its Developer tab",
        source="https://lmstudio.ai/docs/developer/core/server",
    ),
    Preset(
        key="vllm",
        name="vLLM",
        type="openai-compatible",
        base_url="http://localhost:8000/v1",
        needs_key=False,
        default_port=8000,
        start="`vllm serve` and a model's name",
        source="https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html",
    ),
    Preset(
        key="llamacpp",
        name="llama.cpp",
        type="openai-compatible",
        base_url="http://localhost:8080/v1",
        needs_key=False,
        default_port=8080,
        # Versions from late 2026 on listen on 9931: https://github.com/ggml-org/llama.cpp/pull/26508
        other_ports=(9931,),
        start="`llama-server --port 8080 -m` and a model file",
        source="https://github.com/ggml-org/llama.cpp/tree/master/tools/server",
    ),
    Preset(
        key="localai",
        name="LocalAI",
        type="openai-compatible",
        base_url="http://localhost:8080/v1",
        needs_key=False,
        default_port=8080,
        start="`local-ai run`",
        source="https://localai.io/docs/basics/getting_started/",
    ),
    Preset(
        key="sglang",
        name="SGLang",
        type="openai-compatible",
        base_url="http://localhost:30000/v1",
        needs_key=False,
        default_port=30000,
        start="`python -m sglang.launch_server --model-path` and a model's name",
        source="https://docs.sglang.ai/basic_usage/openai_api_completions.html",
    ),
    Preset(
        key="jan",
        name="Jan",
        type="openai-compatible",
        base_url="http://localhost:1337/v1",
        needs_key=False,  # its settings ask for one, which can be left empty
        default_port=1337,
        start="Local API Server in its settings",
        source="https://jan.ai/docs/desktop/api-server",
    ),
)
"""All presets in the order to show: remote providers, then local servers."""

KEY_VARIABLES: tuple[str, ...] = tuple(
    preset.key_variable for preset in PRESETS if preset.key_variable is not None
)
"""The key variables of well-known providers."""


# Read in 2026-11: the vendors' SDKs (https://github.com/openai/openai-python), LiteLLM
# (https://docs.litellm.ai/docs/providers/openrouter), https://pypi.org/project/langchain-anthropic/. The rest
# are other spellings of the same.
SERVER_WORDS = (
    *("BASE_URL", "API_BASE", "API_URL", "API_BASE_URL"),
    *("API_ENDPOINT", "ENDPOINT", "BASEURL", "API_BASEURL", "URL", "URI"),
    *("API_HOST", "HOST", "GATEWAY_URL"),
)
"""The endings of variables that name the server for a key, the vendors' own first: ``OPENAI_BASE_URL``."""

OTHER_COMPANIONS = {
    "GOOGLE_GEMINI_BASE_URL": "GEMINI_API_KEY",  # https://github.com/googleapis/python-genai (read 2026-11)
}
"""Variables that name the server for a key and are not named after it."""


def companions_of(key_variable: str) -> tuple[str, ...]:
    """The variables that may name the server for the key in another variable, the vendor's own first."""
    word = key_variable.removesuffix("_API_KEY")
    others = (name for name, key in OTHER_COMPANIONS.items() if key == key_variable)
    return (*others, *(f"{word}_{ending}" for ending in SERVER_WORDS))


_BY_KEY = {preset.key: preset for preset in PRESETS}


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedServer:
    """The server that a companion names, other than the key variable's usual one.

    Attributes:
        companion: The companion's name, such as ``OPENAI_BASE_URL``.
        base_url: The base URL as stored; empty if the value is not a valid one.
    """

    companion: str
    base_url: str

    @property
    def words(self) -> str:
        """The same in a few words."""
        if not self.base_url:
            return f"{self.companion} is set to something that is no base URL"
        return f"{self.companion} names {host_words(self.base_url)}"

    @property
    def doubt(self) -> str:
        """What this means for the key, in a sentence."""
        if not self.base_url:
            return f"{self.words}, so it is not said which server this key is made for."
        return f"{self.words}, so this key may be made for that server."


def server_named_beside(variable: str, environ: Mapping[str, str] | None = None) -> NamedServer | None:
    """The other server that a companion of a key variable names, or None; valid base URLs come first."""
    values = os.environ if environ is None else environ
    own = next((preset for preset in PRESETS if preset.key_variable == variable), None)
    if own is None:
        return None
    unusable: NamedServer | None = None
    for companion in companions_of(variable):
        text = values.get(companion, "").strip()
        if not text:
            continue
        try:
            url = normalise_base_url(text, own.type).url
        except InvalidInputError:
            unusable = unusable or NamedServer(companion=companion, base_url="")
            continue
        if preset_for_url(url) is not own:
            return NamedServer(companion=companion, base_url=url)
    return unusable


def find_preset(key: str) -> Preset | None:
    """The preset with this short name, or None."""
    return _BY_KEY.get(key)


def preset_for_url(base_url: str) -> Preset | None:
    """The preset of a base URL, or None.

    Remote providers are matched by host, local servers by port; the first one with the port wins.

    Args:
        base_url: Any base URL, also an invalid one.
    """
    try:
        if leads_here(base_url):
            return next(iter(local_presets(base_url)), None)
        host = (urlsplit(base_url).hostname or "").rstrip(".")
    except ValueError:
        return None
    return next((preset for preset in PRESETS if not preset.is_local and preset.host == host), None)


def local_presets(base_url: str) -> tuple[Preset, ...]:
    """The local servers whose default port is that of a base URL.

    Raises:
        ValueError: If the base URL is invalid.
    """
    parts = urlsplit(base_url)
    port = parts.port or DEFAULT_PORTS.get(parts.scheme)
    return tuple(
        preset for preset in PRESETS if preset.is_local and port in {preset.default_port, *preset.other_ports}
    )


def is_own_pair(variable: str, base_url: str, environ: Mapping[str, str] | None = None) -> bool:
    """Whether a key variable and a server are one preset's own pair (SEC-4, SEC-8).

    Only over https, as a server cannot prove its identity without it, and only if no companion of the
    variable names another server.
    """
    return (
        is_presets_pair(variable, base_url)
        and urlsplit(base_url).scheme == "https"
        and server_named_beside(variable, environ) is None
    )


def is_presets_pair(variable: str, base_url: str) -> bool:
    """Whether a preset has this key variable and this host, without regard to the environment."""
    preset = preset_for_url(base_url)
    return preset is not None and preset.key_variable == variable
