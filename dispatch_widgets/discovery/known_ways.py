"""Other base URLs, types and headers with which a host's API may answer: the known ways (MD-14)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..presets import preset_for_url
from ..secrets import NO_KEY_NEEDED
from ..urls import MODELS_BASE_PATH
from .adapters import ADAPTERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .._terms import ProviderType
    from .models import Target

# Common base paths, each with one API that has it. Those of presets are known by their hosts.
OPENAI_ROOTS = (
    "/v1",  # OpenAI, and most self-hosted servers: https://github.com/openai/openai-openapi
    "/api/v1",  # OpenRouter: https://openrouter.ai/docs/quickstart
    "/openai/v1",  # Groq: https://console.groq.com/docs/openai
    "/api",  # Open WebUI: https://docs.openwebui.com/getting-started/api-endpoints
    "/v1beta/openai",  # Gemini: https://ai.google.dev/gemini-api/docs/openai
    "/compatible-mode/v1",  # DashScope: https://help.aliyun.com/zh/dashscope/developer-reference/
    "/api/paas/v4",  # Z.ai: https://docs.z.ai/guides/develop/openai/python
)
ANTHROPIC_ROOTS = (
    "/anthropic",  # DeepSeek: https://api-docs.deepseek.com/guides/anthropic_api
    "/api/anthropic",  # Z.ai: https://docs.z.ai/scenario-example/develop-tools/claude
)
# https://learn.microsoft.com/azure/foundry/openai/api-version-lifecycle and, for the second,
# https://learn.microsoft.com/azure/ai-foundry/model-inference/concepts/endpoints
AZURE_ROOTS = ("/openai/v1", MODELS_BASE_PATH)
_AZURE = ".azure.com"
_VERSION = re.compile(r"/v\d+(?:(?:alpha|beta)\d*)?$")
_OTHER_TYPE: Mapping[ProviderType, ProviderType] = {
    "anthropic": "openai-compatible",
    "openai-compatible": "anthropic",
}
_OTHER_HEADER = "api-key"  # Azure's: https://learn.microsoft.com/azure/ai-foundry/openai/reference


@dataclass(frozen=True, slots=True)
class Attempt:
    """Another way to request models from a target's host.

    Attributes:
        type: The provider type.
        base_url: The base URL.
        header: The header for the key, if not the type's own.
    """

    type: ProviderType
    base_url: str
    header: str = ""

    @property
    def url(self) -> str:
        """The URL of the list, without its query."""
        return ADAPTERS[self.type].url(self.base_url).partition("?")[0]


def is_presets_own(target: Target) -> bool:
    """Whether a target is a preset with its own type and base URL, so that only the key can be wrong."""
    preset = preset_for_url(target.base_url)
    return (
        preset is not None
        and not preset.is_local
        and (preset.type, preset.base_url) == (target.type, target.base_url.rstrip("/"))
    )


def other_ways(target: Target, *, is_refused: bool) -> Iterator[Attempt]:
    """Yields other ways within a target's own origin, the likeliest first.

    If the key was refused, the header may be wrong; if there is no list, the base URL is.
    """
    given = Attempt(target.type, target.base_url.rstrip("/"))
    preset = preset_for_url(given.base_url)
    places = [Attempt(target.type, url) for url in _base_urls(target.type, given.base_url)]
    other = _OTHER_TYPE[target.type]
    others = [Attempt(other, url) for url in _base_urls(other, given.base_url)]
    known = [Attempt(preset.type, preset.base_url)] if preset is not None else []
    if not is_refused:
        ways = chain(known, places, others[:3])
    elif target.api_key == NO_KEY_NEEDED:
        return
    else:
        in_header = Attempt(target.type, given.base_url, _OTHER_HEADER)
        ways = chain(known, places[:2], others[:1], [in_header])
    origin = _origin(given.base_url)
    for attempt in dict.fromkeys(ways):
        if attempt != given and _origin(attempt.base_url) == origin:
            yield attempt


def bases_of_chat(target: Target) -> list[str]:
    """Returns the base URLs at which a target without a list may still serve chat requests."""
    base = target.base_url.rstrip("/")
    if target.type == "anthropic" or _VERSION.search(base):
        return [base]
    return [base, f"{base}/v1"]


def _base_urls(type_: ProviderType, base_url: str) -> list[str]:
    """Returns possible base URLs for a type on the same host, the likeliest first."""
    origin = _origin(base_url)
    path = urlsplit(base_url).path
    names = path.split("/")[1:]
    above = ["".join(f"/{name}" for name in names[:depth]) for depth in range(len(names) - 1, -1, -1)]
    if type_ == "anthropic":
        paths = [path.removesuffix("/v1"), *above, *ANTHROPIC_ROOTS]
        paths = [each for each in paths if not _VERSION.search(each)]
    else:
        below = [] if _VERSION.search(path) else [f"{path}/v1"]
        roots = AZURE_ROOTS if (urlsplit(base_url).hostname or "").endswith(_AZURE) else OPENAI_ROOTS
        is_kept = path.lower() == MODELS_BASE_PATH
        paths = [
            *(["", "/v1"] if is_kept else below),
            *(each for each in above if _VERSION.search(each) or each in roots),
            *roots,
        ]
    return list(dict.fromkeys(f"{origin}{each}" for each in paths))


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
