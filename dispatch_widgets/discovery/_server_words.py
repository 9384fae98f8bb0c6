"""The fields in which servers state what a model is for, and the meaning of their words (MD-4).

Words are compared whole, in lower case, with ``-`` for every run of blanks, ``_``, ``.`` and ``/``. Words
that are in no table are ignored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .._terms import Kind

TYPE_FIELDS: Final = (
    # Fields with a type word, the most reliable first.
    "mode",  # LiteLLM proxy (types/proxy/model_listing.py)
    "type",  # Together, Vercel AI Gateway, Venice, AI/ML API, LM Studio, GigaChat
    "kind",  # Fireworks
    "task",  # Workers AI (an object with a name), Databricks serving endpoints, vLLM-based hosts
    "task_type",
    "pipeline_tag",  # Hugging Face
    "model_type",  # Novita, Xinference, LocalAI-based hosts
    "modelType",
    "reported_type",  # DeepInfra's own list
    "api",  # Requesty
    "types",  # AiHubMix
)

CAPABILITY_FIELDS: Final = (
    # Lists of words, or objects of flags.
    "capabilities",  # Mistral, Azure (flags); Ollama, Infinity, GitHub Models (words); Copilot (`type`)
    "features",
    "functions",  # watsonx.ai: a list of objects with an id
    "model_ability",  # Xinference
    "endpoints",  # Cohere (words), Novita (paths)
    "supported_endpoints",  # GitHub Copilot (paths)
    "supported_endpoint_types",  # New API; its protocols say nothing, as all models of a channel have them
    "supportedGenerationMethods",  # Gemini's own list
    "supported_generation_methods",
)

OUTPUT_FIELDS: Final = (
    "output_modalities",  # OpenRouter, DeepSeek, Hugging Face router, llama.cpp
    "supported_output_modalities",  # GitHub Models
    "outputModalities",  # Bedrock
)
INPUT_FIELDS: Final = ("input_modalities", "supported_input_modalities", "inputModalities")

TYPE_WORDS: Final[dict[str, Kind]] = {
    **dict.fromkeys(
        (
            # LiteLLM `chat`, `responses`; Together `chat`, `language`, `code`; Vercel `language`; LM Studio
            # `llm`, `vlm`; Venice `text`; AI/ML API `chat-completion`; Databricks `llm/v1/chat`
            "chat",
            "chat-completion",
            "chat-completions",
            "responses",
            "response",
            "language",
            "language-model",
            "code",
            "llm",
            "vlm",
            "mllm",
            "text",
            "text-chat",
            "text-to-text",
            "llm-v1-chat",
            "messages",
            # Hugging Face pipeline tags
            "text-generation",
            "text2text-generation",
            "conversational",
            "image-text-to-text",
            "audio-text-to-text",
            "video-text-to-text",
            "any-to-any",
        ),
        "chat",
    ),
    **dict.fromkeys(
        (
            "embedding",
            "embeddings",
            "embed",
            "embedder",  # GigaChat
            "embedding-model",  # Fireworks
            "text-embedding",
            "text-embeddings",
            "multimodal-embedding",
            "llm-v1-embeddings",
            "feature-extraction",  # Hugging Face
            "sentence-similarity",
            "vectorizer",
        ),
        "embedding",
    ),
    **dict.fromkeys(
        (
            # LiteLLM's other modes
            "completion",
            "audio-transcription",
            "audio-speech",
            "image-generation",
            "image-edit",
            "video-generation",
            "moderation",
            "moderations",
            "rerank",
            "realtime",
            "ocr",
            "search",
            "vector-store",
            # Together, Vercel, OpenRouter, Venice, AI/ML API, Xinference
            "reranker",
            "reranking",
            "image",
            "images",
            "audio",
            "video",
            "speech",
            "music",
            "3d",
            "artifact",
            "transcribe",
            "transcription",
            "evaluation",
            "decision",
            "tts",
            "stt",
            "asr",
            "upscale",
            "inpaint",
            "document",
            "language-completion",
            "llm-v1-completions",
            "aicheck",
            "classifier",
            "classification",
            "guardrail",
            "flumina-base-model",  # Fireworks: image models
            "flumina-addon",
            # Hugging Face pipeline tags, also used by Workers AI as task names
            "text-to-image",
            "image-to-image",
            "text-to-speech",
            "text-to-audio",
            "audio-to-audio",
            "automatic-speech-recognition",
            "speech-to-text",
            "speech2text",
            "speech-recognition",
            "text-to-video",
            "image-to-video",
            "text-to-3d",
            "image-to-3d",
            "text-classification",
            "token-classification",
            "zero-shot-classification",
            "image-classification",
            "object-detection",
            "image-segmentation",
            "depth-estimation",
            "fill-mask",
            "translation",
            "summarization",
            "question-answering",
            "text-ranking",
            "time-series-forecasting",
            "voice-activity-detection",
        ),
        "other",
    ),
}

CAPABILITY_WORDS: Final[dict[str, Kind]] = {
    # Only words for chat or embedding count here, as chat models also list `vision`, `audio` or `moderation`.
    **dict.fromkeys(
        (
            "chat",
            "chat-completion",
            "chat-completions",
            "v1-chat-completions",
            "completion-chat",  # Mistral
            "responses",
            "v1-responses",
            "messages",
            "v1-messages",
            "completion",  # Ollama, llama.cpp
            "text-chat",  # watsonx.ai
            "generatecontent",  # Gemini's own list
        ),
        "chat",
    ),
    **dict.fromkeys(
        (
            "embedding",
            "embeddings",
            "v1-embeddings",
            "embed",
            "embedcontent",
            "text-embedding",
            "text-embeddings",
        ),
        "embedding",
    ),
    **dict.fromkeys(
        (
            # These decide only if no word for chat or embedding is there.
            "rerank",
            "v1-rerank",
            "image-generation",
            "v1-images-generations",
            "audio-transcription",
            "audio-transcriptions",
            "v1-audio-transcriptions",
            "audio-speech",
            "v1-audio-speech",
            "moderation",
            "v1-moderations",
            "predict",  # Gemini's own list: Imagen
            "predictlongrunning",  # Veo
            "bidigeneratecontent",  # the live models
            "generateanswer",  # aqa
            "video-generation",
            "openai-video",
        ),
        "other",
    ),
}

CHAT_SWITCHES: Final = frozenset({"completion-chat", "chat-completion", "chat-completions", "chat"})
"""Flags that are false for models without chat: Mistral's, Azure's."""

EMBEDDING_SWITCHES: Final = frozenset({"embedding", "embeddings", "embed", "text-embeddings"})

DENIALS: Final = ("supports_chat", "supportsChat")
"""Flags that count only if they are false, as Fireworks sets them to true for rerankers too."""

TAGS: Final[dict[str, Kind]] = {
    "chat": "chat",
    "embedding": "embedding",
    "embeddings": "embedding",
    "embed": "embedding",
    "rerank": "other",
    "reranker": "other",
}
"""Tags that state the kind of a model; most tags do not (DeepInfra, GitHub Models, Vercel)."""

TYPE_GROUP: Final = frozenset(TYPE_FIELDS)
CAPABILITY_GROUP: Final = frozenset(CAPABILITY_FIELDS)
MODALITY_GROUP: Final = frozenset({*OUTPUT_FIELDS, "modality", "modalities", "architecture"})
TAG_GROUP: Final = frozenset({"tags", "metadata"})
FIELDS: Final = TYPE_GROUP | CAPABILITY_GROUP | MODALITY_GROUP | TAG_GROUP | frozenset(DENIALS)
"""All fields that are read; for an item without any of them the id decides."""
