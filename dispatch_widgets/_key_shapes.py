"""Recognises keys: by the formats of well-known providers, and by being no ordinary words (PM-10)."""

from __future__ import annotations

import re
from itertools import pairwise

# The providers' prefixes, followed by somewhat fewer characters than their keys have. Read in 2026-11 in the
# rules of two scanners, https://github.com/gitleaks/gitleaks/blob/master/config/gitleaks.toml and
# https://github.com/mongodb/kingfisher/tree/main/data/rules, unless another source is named.
_WELL_KNOWN = (
    r"sk-ant-[\w-]{16,}",  # Anthropic: api03- or admin01- and 95
    r"sk-(?:proj|svcacct|admin)-[\w-]{16,}",  # OpenAI: 120 and more
    r"sk-or-v1-[0-9a-f]{32,}",  # OpenRouter: 64, https://openrouter.ai/docs/api-reference/authentication
    r"sk-(?:[a-z]+-)*(?=[A-Za-z]*[0-9])[A-Za-z0-9]{20,}",  # OpenAI until 2024 and many after it: 32, 48
    r"gsk_[A-Za-z0-9]{32,}",  # Groq: 52
    r"xai-[A-Za-z0-9_]{40,}",  # xAI: 80
    r"AIza[\w-]{30,}",  # Google: 35
    r"(?:hf|api_org)_[A-Za-z0-9]{30,}",  # Hugging Face: 34
    r"r8_[\w-]{30,}",  # Replicate: 37
    r"nvapi-[\w-]{32,}",  # NVIDIA: 64, https://docs.api.nvidia.com/nim/docs/api-quickstart
    r"pplx-[A-Za-z0-9]{40,}",  # Perplexity: 48
    r"gh[pousr]_[A-Za-z0-9]{30,}",  # GitHub, whose models take its tokens: 36
    r"github_pat_\w{40,}",  # GitHub: 82
    r"glpat-[\w-]{20,}",  # GitLab: 20
    r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}",  # AWS
)
_WELL_KNOWN_KEY = re.compile(rf"(?<![A-Za-z0-9])(?:{'|'.join(_WELL_KNOWN)})")

_BETWEEN_PARTS = re.compile(r"[^A-Za-z0-9]+")
_DISTINCTIVE_PART = 8  # characters; shorter mixtures of letters and digits are in model names: 4o, 32b, qwen3
_LONG_NUMBER = 12
_LONG_WORD = 16


def holds_well_known_key(text: str) -> bool:
    """Whether a text contains a key in a well-known provider's format."""
    return _WELL_KNOWN_KEY.search(text) is not None


def is_distinctive(key: str, *, shortest: int) -> bool:
    """Whether a key is no ordinary word, so that a text that contains it contains a secret.

    Placeholders that local servers take (``ollama``, ``your-api-key-here``) are not distinctive, nor are keys
    of fewer than `shortest` characters.
    """
    return len(key) >= shortest and any(map(_is_distinctive_part, _BETWEEN_PARTS.split(key)))


def _is_distinctive_part(part: str) -> bool:
    if part.isdigit():
        return len(part) >= _LONG_NUMBER and len(set(part)) > 1
    if part.isalpha():
        turns = sum(one.islower() != other.islower() for one, other in pairwise(part))
        return len(part) >= _LONG_WORD and 3 * turns > len(part)
    turns = sum(one.isdigit() != other.isdigit() for one, other in pairwise(part))
    # A number at the end of a word is a version: internvl3.
    return len(part) >= (_DISTINCTIVE_PART if turns > 1 else _LONG_WORD)
