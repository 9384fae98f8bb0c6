"""Well-known providers and local servers: what the add form fills in, and what is looked for here.

Every preset names a page or repository of its maker where base URL and key variable stand, and the month
in which they were read there. Pages on which keys are made lie behind a login, so they could not be
opened: they are as the makers' documentation and other projects give them.

A preset is a suggestion for a form. Beyond that, only the consent rule looks at it: a preset's own variable
goes to its own host without a question (SEC-4), unless a companion of the variable names another server
(SEC-8).
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
    """One well-known provider or local server.

    Attributes:
        key: A short name for code: ``openrouter``.
        name: What people call it.
        type: Which list protocol it speaks.
        base_url: The base URL as it goes into the settings file.
        key_variable: The environment variable that its own tools read the key from; None if it has none.
        key_page: Where a key is made; None for a server that needs none.
        needs_key: Whether requests need a key. Without one the file gets `secrets.NO_KEY_NEEDED`.
        default_port: The port of a server on this machine; None for a provider elsewhere.
        other_ports: Ports that other versions of the server listen on unless told otherwise.
        start: What starts a server on this machine, in a few words; empty for a provider elsewhere.
        source: Where its maker says so.
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
        """Whether it is a server on this machine."""
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
"""All presets: the providers elsewhere first, then the servers on this machine, in the order to show."""

KEY_VARIABLES: tuple[str, ...] = tuple(
    preset.key_variable for preset in PRESETS if preset.key_variable is not None
)
"""The environment variables that hold keys of well-known providers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Companion:
    """A variable that tells tools to which server the key in another variable goes.

    Attributes:
        variable: Its name: ``OPENAI_BASE_URL``.
        key_variable: The variable that holds the key: ``OPENAI_API_KEY``.
        source: Which code or page of its maker reads it.
        checked: The month in which that was read, ``YYYY-MM``.
    """

    variable: str
    key_variable: str
    source: str
    checked: str = "2026-11"


COMPANIONS: tuple[Companion, ...] = (
    Companion(
        variable="OPENAI_BASE_URL",
        key_variable="OPENAI_API_KEY",
        source="https://github.com/openai/openai-python",
    ),
    Companion(
        variable="OPENAI_API_BASE",  # the SDK's own before version 1, and LangChain's still
        key_variable="OPENAI_API_KEY",
        source="https://pypi.org/project/langchain-openai/",
    ),
    Companion(
        variable="ANTHROPIC_BASE_URL",
        key_variable="ANTHROPIC_API_KEY",
        source="https://github.com/anthropics/anthropic-sdk-python",
    ),
    Companion(
        variable="ANTHROPIC_API_URL",
        key_variable="ANTHROPIC_API_KEY",
        source="https://pypi.org/project/langchain-anthropic/",
    ),
    Companion(
        variable="MISTRAL_BASE_URL",
        key_variable="MISTRAL_API_KEY",
        source="https://pypi.org/project/langchain-mistralai/",
    ),
    Companion(
        variable="GROQ_BASE_URL",
        key_variable="GROQ_API_KEY",
        source="https://github.com/groq/groq-python",
    ),
    Companion(
        variable="TOGETHER_BASE_URL",
        key_variable="TOGETHER_API_KEY",
        source="https://github.com/togethercomputer/together-py",
    ),
    Companion(
        variable="DEEPSEEK_API_BASE",
        key_variable="DEEPSEEK_API_KEY",
        source="https://pypi.org/project/langchain-deepseek/",
    ),
    Companion(
        variable="GOOGLE_GEMINI_BASE_URL",
        key_variable="GEMINI_API_KEY",
        source="https://github.com/googleapis/python-genai",
    ),
    Companion(
        variable="FIREWORKS_BASE_URL",
        key_variable="FIREWORKS_API_KEY",
        source="https://pypi.org/project/fireworks-ai/",
    ),
)
"""The companions of key variables; of two for one key, the one that the maker's own SDK reads comes first."""

_BY_KEY = {preset.key: preset for preset in PRESETS}


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedServer:
    """The server that a companion names, which is not the one that the key variable is known for.

    Attributes:
        companion: The companion's name: ``OPENAI_BASE_URL``.
        base_url: In the form in which it is stored; empty if what stands there cannot be a base URL.
    """

    companion: str
    base_url: str

    @property
    def words(self) -> str:
        """That, in a few words."""
        if not self.base_url:
            return f"{self.companion} is set to something that is no base URL"
        return f"{self.companion} names {host_words(self.base_url)}"

    @property
    def doubt(self) -> str:
        """What follows from it for the key, in a sentence."""
        if not self.base_url:
            return f"{self.words}, so it is not said which server this key is made for."
        return f"{self.words}, so this key may be made for that server."


def server_named_beside(variable: str, environ: Mapping[str, str] | None = None) -> NamedServer | None:
    """Where the environment says that the key in a variable goes, if that is not its preset's own host.

    A companion that names the preset's own host says nothing new. One that can be used comes before one
    that cannot.

    Args:
        variable: The name of a key variable.
        environ: The environment to read; this process's if None.
    """
    values = os.environ if environ is None else environ
    own = next((preset for preset in PRESETS if preset.key_variable == variable), None)
    unusable: NamedServer | None = None
    for companion in COMPANIONS:
        text = values.get(companion.variable, "").strip()
        if own is None or companion.key_variable != variable or not text:
            continue
        try:
            url = normalise_base_url(text, own.type).url
        except InvalidInputError:
            unusable = unusable or NamedServer(companion=companion.variable, base_url="")
            continue
        if preset_for_url(url) is not own:
            return NamedServer(companion=companion.variable, base_url=url)
    return unusable


def find_preset(key: str) -> Preset | None:
    """The preset with this short name, or None.

    Args:
        key: For example ``openrouter``.
    """
    return _BY_KEY.get(key)


def preset_for_url(base_url: str) -> Preset | None:
    """The preset that a base URL belongs to, or None.

    A host elsewhere is told by its name; a server on this machine by its usual port, where of two
    that share one the first wins.

    Args:
        base_url: Any base URL; one that cannot be read belongs to none.
    """
    try:
        if leads_here(base_url):
            return next(iter(local_presets(base_url)), None)
        host = (urlsplit(base_url).hostname or "").rstrip(".")
    except ValueError:
        return None
    return next((preset for preset in PRESETS if not preset.is_local and preset.host == host), None)


def local_presets(base_url: str) -> tuple[Preset, ...]:
    """The servers on this machine that listen on a base URL's port unless told otherwise.

    Args:
        base_url: A base URL that leads to this machine.

    Raises:
        ValueError: If it cannot be read.
    """
    parts = urlsplit(base_url)
    port = parts.port or DEFAULT_PORTS.get(parts.scheme)
    return tuple(
        preset for preset in PRESETS if preset.is_local and port in {preset.default_port, *preset.other_ports}
    )


def is_own_pair(variable: str, base_url: str, environ: Mapping[str, str] | None = None) -> bool:
    """Whether a key variable and a server are one preset's own pair (SEC-4, SEC-8).

    Only over https: the pair says that the variable was made for this server, and a server that was
    asked in clear cannot prove to be it. And only where no companion of the variable says otherwise.

    Args:
        variable: The name of an environment variable.
        base_url: Where its value would be sent.
        environ: The environment to read; this process's if None.
    """
    return (
        is_presets_pair(variable, base_url)
        and urlsplit(base_url).scheme == "https"
        and server_named_beside(variable, environ) is None
    )


def is_presets_pair(variable: str, base_url: str) -> bool:
    """Whether a preset has this key variable and this host, whatever the environment says.

    Args:
        variable: The name of an environment variable.
        base_url: Where its value would be sent.
    """
    preset = preset_for_url(base_url)
    return preset is not None and preset.key_variable == variable
