"""Recognises fields that hold secrets by the words of their names; one rule for masking and searching."""

from __future__ import annotations

import re
from functools import lru_cache

# accessToken, access_token and access-token are the same two words.
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SECRETS = _words(
    "secret secrets password passwords passwd pwd passphrase passcode token authorization bearer "
    "cookie cookies credential credentials "
    "apikey apikeys apitoken bottoken accesstoken authtoken privatekey secretkey accesskey clientsecret"
)
_SECRET_BEFORE_KEY = _words(
    "api private access secret signing encryption auth account subscription master admin service session"
)
# APIkey and secretaccesskey are not told apart into words by their capitals.
_RUN_TOGETHER = re.compile(
    rf"(?:{'|'.join(sorted(_SECRET_BEFORE_KEY))})keys?$"
    r"|(?:api|bot|access|auth|session|refresh|bearer|discord|slack|telegram|github)tokens?$"
    r"|(?:api|client|app|shared|webhook)secrets?$|password$|passphrase$"
)
# Services whose keys are called by their name: tavilyKey.
_VENDORS = _words(
    "openai anthropic claude mistral groq together deepseek gemini google xai fireworks openrouter litellm "
    "azure aws cohere huggingface hf nvidia replicate perplexity voyage jina tavily serper serpapi exa brave "
    "bing firecrawl langsmith langfuse pinecone qdrant weaviate elevenlabs deepgram assemblyai github gitlab "
    "slack telegram discord notion linear stripe twilio sendgrid"
)
_SECRET_BEFORE_TOKENS = _words("access refresh auth api bot session bearer id")  # others are counted
_COUNTS_TOKEN = _words("per max min num total each")
_SAYS_SOMETHING_ABOUT_IT = _words(
    "variable variables env name names type kind mode count counts limit limits usage url uri endpoint "
    "path file length size budget expiry expires ttl policy enabled required hint label description format "
    "version window rate price cost placeholder"
)


@lru_cache(maxsize=4096)
def is_secret_field(name: str) -> bool:
    """Whether a field of this name holds a secret (SEC-1).

    ``apiKey``, ``access_token`` and ``Proxy-Authorization`` do; ``max_tokens`` and ``tokenUrl`` do not.
    """
    words = [word.lower() for word in _WORD.findall(name)]
    if not words or words[-1] in _SAYS_SOMETHING_ABOUT_IT:
        return False
    if any(_is_secret(before, word) for before, word in zip(["", *words], words, strict=False)):
        return True
    return _RUN_TOGETHER.search("".join(words)) is not None


def _is_secret(before: str, word: str) -> bool:
    if word in {"key", "keys"}:
        return before in _SECRET_BEFORE_KEY or before in _VENDORS
    if word == "auth":
        return before == "basic"
    if word == "tokens":
        return before in _SECRET_BEFORE_TOKENS
    return word in _SECRETS and not (word == "token" and before in _COUNTS_TOKEN)


def is_base_url_field(name: str) -> bool:
    """Whether a field of this name holds a base URL, which is shown although it is among the credentials."""
    return name.replace("_", "").lower() == "baseurl"
