"""Recognises refusals of the requested model that the table of `refusals` does not cover, by their words."""

from __future__ import annotations

import re
from typing import Literal

ModelRefusal = Literal["used up", "other purpose"]

_KIND = r"(?:chat|embed\w*|generat\w*|completions?|text|language)"
_OTHER_KIND = (
    r"(?:embeddings?|images?|audio|video|speech|transcriptions?|rerank\w*|realtime|moderations?|ocr)"
)
_SAME_SENTENCE = r"(?:[^.\n]|\.(?=\S)){0,120}?"  # ids have dots of their own
_LACKS = r"(?:does not|doesn.t|do not|don.t|cannot|can.t|not) support"

_ROWS: tuple[tuple[ModelRefusal, tuple[str, ...]], ...] = (
    (
        "used up",
        (r"model output limit was reached", r"could not finish the message"),  # OpenAI; billed all the same
    ),
    (
        "other purpose",
        (
            rf"not an? {_KIND}(?:[ -]\w+)? model",  # OpenAI, Together
            rf"(?:is|for) no {_KIND} model",
            rf"{_LACKS} (?:the )?(?:chat|embed\w*|generat\w*|completions?)\b",  # Ollama, vLLM, Groq
            rf"not (?:supported|available) (?:for|in|with|on) (?:the )?(?:/?v1/)?{_KIND}",  # Gemini, OpenAI
            r"did you mean to use (?:the )?/?v1/",  # OpenAI
            r"not allowed to (?:generate embeddings|sample) from",  # OpenAI
            rf"{_KIND}\w* operation does not work with",  # Azure
            rf"(?:is|as) an? (?:{_OTHER_KIND}|completion)(?:[ -]\w+)? model",
            rf"only (?:supports?|available|works?|usable|for|be used){_SAME_SENTENCE}\b{_OTHER_KIND}\b",
            rf"(?:requires?|must){_SAME_SENTENCE}\b(?:contain|include) audio",  # OpenAI's audio models
            r"(?:no|without|have a|default|define) chat[ _]template",  # vLLM, TGI, transformers
        ),
    ),
)
_PATTERNS = tuple((refusal, re.compile("|".join(phrases), re.IGNORECASE)) for refusal, phrases in _ROWS)


def refusal_of_model(words: str) -> ModelRefusal | None:
    """Returns what a response's text says about the model; None if it is about something else."""
    return next((refusal for refusal, pattern in _PATTERNS if pattern.search(words)), None)
