"""A model's capabilities, by its server's statements and by its name."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dispatch_widgets.discovery import _name_families, _server_words, capabilities
from dispatch_widgets.discovery.capabilities import family_of, infer_capabilities

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

KINDS = {"chat": "chat", "embedding": "embedding", "neither": "other"}


def classify_id(model_id: str) -> str:
    """The kind of a model by its id alone."""
    found = infer_capabilities(model_id)
    return found[0] if found else "other"


def labelled(path: Path) -> list[tuple[str, str]]:
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    return [(model_id, KINDS[kind]) for _provider, model_id, kind in rows]


def recorded_items(answer: dict[str, Any]) -> Iterator[dict[str, Any]]:
    pages = answer["pages"] if "pages" in answer else [answer["body"]]
    for page in pages:
        body = page.get("body", page) if isinstance(page, dict) else page
        items = body if isinstance(body, list) else body.get("data") or [] if isinstance(body, dict) else []
        yield from (item for item in items if isinstance(item, dict) and isinstance(item.get("id"), str))


@pytest.mark.req("P-9")
def test_the_labelled_ids(data_file: Callable[[str], Path]) -> None:
    """By the id alone 98 % of the labelled half are right, and few of the others count as chat (P-9)."""
    rows = labelled(data_file("model_kinds.tsv"))
    assert len(rows) > 1700
    right = sum(classify_id(model_id) == kind for model_id, kind in rows)
    others = [model_id for model_id, kind in rows if kind == "other"]
    called_chat = [model_id for model_id in others if classify_id(model_id) == "chat"]
    assert right / len(rows) >= 0.98
    assert len(called_chat) / len(others) <= 0.08, called_chat


@pytest.mark.req("P-9")
def test_the_rules_are_families_and_not_a_list_of_the_labelled_ids(data_file: Callable[[str], Path]) -> None:
    """A table that held whole ids would pass the labelled half and fail the other one (P-9)."""
    ids = {model_id.lower() for model_id, _ in labelled(data_file("model_kinds.tsv"))}
    entries = set(_name_families.VOCABULARY) | {part for part, _ in _name_families.PARTS}
    # These are ids that are nothing but their family's name.
    assert entries & ids <= {"whisper"}


@pytest.mark.req("MD-4")
def test_recorded_answers_are_read_as_a_user_would(data_file: Callable[[str], Path]) -> None:
    """Every model of the recorded responses gets the capabilities that its file expects (MD-4)."""
    checked = 0
    for path in sorted(data_file("payloads").glob("*.json")):
        answer = json.loads(path.read_text(encoding="utf-8"))
        items = {item["id"]: item for item in reversed(list(recorded_items(answer)))}
        for wanted in answer["expect"]:
            found = infer_capabilities(wanted["id"], items[wanted["id"]])
            assert list(found) == wanted["capabilities"], (path.name, wanted["id"])
            checked += 1
    assert checked > 90


@pytest.mark.req("MD-4", "P-9")
@pytest.mark.parametrize(
    ("model_id", "kind"),
    [
        # Names outside the labelled half, from makers' own catalogues.
        ("jina-embeddings-v4", "embedding"),
        ("mxbai-embed-large:latest", "embedding"),
        ("Alibaba-NLP/gte-Qwen2-7B-instruct", "embedding"),
        ("togethercomputer/m2-bert-80M-8k-retrieval", "embedding"),
        ("sentence-transformers/all-MiniLM-L6-v2", "embedding"),
        ("ibm/slate-125m-english-rtrvr-v2", "embedding"),
        ("textembedding-gecko@003", "embedding"),
        ("BAAI/bge-reranker-v2-m3", "other"),
        ("cross-encoder/ms-marco-minilm-l-12-v2", "other"),
        ("FunAudioLLM/CosyVoice2-0.5B", "other"),
        ("TeleAI/TeleSpeechASR", "other"),
        ("hexgrad/Kokoro-82M", "other"),
        ("eleven_multilingual_v2", "other"),
        ("nvidia/parakeet-ctc-1.1b-asr", "other"),
        ("recraftv3", "other"),
        ("Wan-AI/Wan2.2-I2V-A14B", "other"),
        ("tencent/Hunyuan3D-2", "other"),
        ("amazon/chronos-t5-large", "other"),
        ("Qwen/Qwen3-8B-Base", "other"),
        ("models/aqa", "other"),
        ("chronos-hermes-13b", "chat"),
        ("chat-bison", "chat"),
        ("lmms-lab/LLaVA-Video-7B-Qwen2", "chat"),
        ("mistralai/Voxtral-Mini-3B-2507", "chat"),
        ("gpt-4o-audio-preview", "chat"),
        ("computer-use-preview", "chat"),
        ("stabilityai/stablelm-2-zephyr-1_6b", "chat"),
        ("nvidia/cosmos-reason2-8b", "chat"),
    ],
)
def test_names_of_other_catalogues(model_id: str, kind: str) -> None:
    """A family's rule covers its members everywhere, but not names that only look similar (P-9)."""
    assert classify_id(model_id) == kind


@pytest.mark.req("MD-4")
@pytest.mark.parametrize(
    ("model_id", "kind"),
    [
        ("gpt-3.5-turbo-instruct", "other"),
        ("gpt-3.5-turbo", "chat"),
        ("meta-llama/Llama-3.1-8B", "other"),
        ("meta-llama/Llama-3.1-8B-Instruct", "chat"),
        ("meta-textgeneration-llama-2-13b", "other"),
        ("meta-textgeneration-llama-2-13b-f", "chat"),
        ("google/gemma-3-12b-pt", "other"),
        ("google/gemma-3-12b-it", "chat"),
        ("acme/base-instruct-7b", "chat"),
    ],
)
def test_base_weights_and_their_tuned_twins(model_id: str, kind: str) -> None:
    """Pretrained weights are no chat models, their tuned versions are (MD-4)."""
    assert classify_id(model_id) == kind


@pytest.mark.req("MD-4")
def test_debatable_families_are_decided_once() -> None:
    """Guard models count as chat; moderation and OCR models are neither (MD-4)."""
    assert classify_id("meta-llama/llama-guard-4-12b") == "chat"
    assert classify_id("gpt-oss-safeguard-20b") == "chat"
    assert classify_id("mistral-moderation-2411") == "other"
    assert classify_id("deepseek-ai/DeepSeek-OCR") == "other"
    assert family_of("allenai/olmOCR-2-7B") == "document"


@pytest.mark.req("MD-4")
def test_a_fine_tunes_own_suffix_is_no_evidence() -> None:
    """The base of a fine-tune decides, not the name that its user gave it (MD-4)."""
    assert classify_id("ft:gpt-4o-mini-2024-07-18:acme:embed-tts-router:9xYz") == "chat"
    assert classify_id("ft:davinci-002:acme::9xYz") == "other"


@pytest.mark.req("MD-4")
@pytest.mark.parametrize(
    ("metadata", "capabilities"),
    [
        ({"mode": "embedding"}, ("embedding",)),
        ({"mode": "audio_speech"}, ()),
        ({"type": "language"}, ("chat",)),
        ({"type": "Reranking"}, ()),
        ({"type": "embedder"}, ("embedding",)),
        ({"task": {"id": "c329a1f9", "name": "Text-to-Image"}}, ()),
        ({"task": "llm/v1/embeddings"}, ("embedding",)),
        ({"pipeline_tag": "feature-extraction"}, ("embedding",)),
        ({"types": ["llm"]}, ("chat",)),
        ({"capabilities": ["completion", "tools"]}, ("chat",)),
        ({"capabilities": ["embed"]}, ("embedding",)),
        ({"capabilities": ["rerank"]}, ()),
        ({"capabilities": ["completion", "embedding"]}, ("chat", "embedding")),
        ({"capabilities": {"type": "embeddings", "family": "x"}}, ("embedding",)),
        ({"capabilities": {"chat_completion": False, "embeddings": True}}, ("embedding",)),
        ({"capabilities": {"completion_chat": False, "moderation": True}}, ()),
        ({"capabilities": {"completion_chat": True, "audio_transcription": True}}, ("chat",)),
        ({"functions": [{"id": "text_chat"}, {"id": "autoai_rag"}]}, ("chat",)),
        ({"functions": [{"id": "embedding"}]}, ("embedding",)),
        ({"endpoints": ["embed", "classify"]}, ("embedding",)),
        ({"supported_endpoints": ["/v1/embeddings"]}, ("embedding",)),
        ({"supported_endpoints": ["/chat/completions", "/responses"]}, ("chat",)),
        ({"supportedGenerationMethods": ["embedContent"]}, ("embedding",)),
        ({"supportedGenerationMethods": ["predictLongRunning"]}, ()),
        ({"supports_chat": False}, ()),
        ({"output_modalities": ["text", "image"]}, ("chat",)),
        ({"architecture": {"output_modalities": ["embeddings"]}}, ("embedding",)),
        ({"architecture": {"modality": "text->embedding"}}, ("embedding",)),
        ({"modality": "text+image->text"}, ("chat",)),
        ({"modalities": {"input": ["text"], "output": ["video"]}}, ()),
        ({"input_modalities": ["audio"], "output_modalities": ["text"]}, ()),
        ({"outputModalities": ["EMBEDDING"]}, ("embedding",)),
        ({"metadata": {"tags": ["embed"]}}, ("embedding",)),
    ],
)
def test_the_servers_word_decides(metadata: dict[str, Any], capabilities: tuple[str, ...]) -> None:
    """What the server states decides if the id says nothing (MD-4)."""
    assert infer_capabilities("acme-alpha", metadata) == capabilities


@pytest.mark.req("MD-4")
@pytest.mark.parametrize(
    ("model_id", "endpoints", "capabilities"),
    [
        ("text-embedding-3-small", ["openai"], ("embedding",)),
        ("dall-e-3", ["openai"], ()),
        ("tts-1", ["openai"], ()),
        ("bge-reranker-v2-m3", ["openai"], ()),
        ("text-embedding-004", ["gemini", "openai"], ("embedding",)),
        ("claude-sonnet-4", ["anthropic", "openai"], ("chat",)),
        ("gpt-5-pro", ["openai-response"], ("chat",)),
        ("jina-embeddings-v3", ["jina-rerank"], ("embedding",)),
        ("jina-reranker-v2", ["jina-rerank"], ()),
        ("acme-alpha", ["embeddings", "openai"], ("embedding",)),
        ("acme-alpha", ["image-generation", "openai"], ()),
        ("acme-alpha", ["openai-video"], ()),
    ],
)
def test_the_protocols_of_a_channel_are_no_statement_on_a_model(
    model_id: str, endpoints: list[str], capabilities: tuple[str, ...]
) -> None:
    """New API states the protocols of a channel for all its models, so the id decides (MD-4)."""
    assert infer_capabilities(model_id, {"supported_endpoint_types": endpoints}) == capabilities


@pytest.mark.req("MD-4")
def test_the_server_is_heard_before_the_id() -> None:
    """What the server states overrules the id (MD-4)."""
    assert infer_capabilities("my-embed-helper", {"mode": "chat"}) == ("chat",)
    assert infer_capabilities("whisper", {"type": "chat"}) == ("chat",)
    assert infer_capabilities("llama-guard-4", {"type": "moderation"}) == ()
    assert infer_capabilities("gpt-lookalike", {"type": "embedding"}) == ("embedding",)


@pytest.mark.req("MD-4")
@pytest.mark.parametrize(
    "metadata",
    [
        {"type": "model", "capabilities": {"batch": {"supported": True}, "vision": {"supported": True}}},
        {"kind": "HF_BASE_MODEL", "supports_chat": True},
        {"object": "model", "type": "base"},
        {"capabilities": ["agents", "streaming", "tool-calling"], "tags": ["multipurpose"]},
        {"architecture": "qwen2", "modalities": None, "metadata": None},
        {"architecture": ["x"], "modalities": 3, "metadata": ["x"], "tags": {"a": 1}},
    ],
)
def test_words_that_are_about_something_else_leave_it_to_the_id(metadata: dict[str, Any]) -> None:
    """An unknown word is ignored, and the id decides (MD-4)."""
    assert infer_capabilities("acme-alpha", metadata) == ("chat",)
    assert infer_capabilities("acme-embed", metadata) == ("embedding",)
    assert infer_capabilities("acme-rerank", metadata) == ()


@pytest.mark.req("MD-4")
def test_statements_that_are_too_broad_are_checked_against_the_id() -> None:
    """Rerankers listed as embedding models, and embedding models with text output, are recognised (MD-4)."""
    assert infer_capabilities("qwen3-reranker-8b", {"kind": "EMBEDDING_MODEL", "supports_chat": True}) == ()
    assert infer_capabilities("bge-m3.gguf", {"architecture": {"output_modalities": ["text"]}}) == (
        "embedding",
    )
    assert infer_capabilities("gpt-4o-transcribe", {"output_modalities": ["text"]}) == ()


@pytest.mark.req("MD-4")
def test_an_id_without_a_name_is_no_chat_model() -> None:
    """An empty id is no chat model (MD-4)."""
    assert infer_capabilities("") == ()
    assert infer_capabilities("  \n") == ()
    assert infer_capabilities(None) == ()  # type: ignore[arg-type]
    assert infer_capabilities("文心一言") == ("chat",)


@pytest.mark.req("MD-4")
def test_both_ends_of_a_very_long_id_are_read() -> None:
    """An id of 10,000 characters is judged by its two ends (MD-4)."""
    assert classify_id("/models/" + "x/" * 5000 + "bge-m3.gguf") == "embedding"
    assert classify_id("whisper-large/" + "x" * 10_000) == "other"
    assert classify_id("x" * 10_000) == "chat"


def test_every_table_entry_can_be_found() -> None:
    """Every word of the tables can occur among an id's tokens."""
    for word, family in _name_families.VOCABULARY.items():
        assert family_of(f"acme/{word}-9") == family, word
    for part, family in _name_families.PARTS:
        assert family_of(f"acme/{part}-9") == family, part
    for word in {**_server_words.TYPE_WORDS, **_server_words.CAPABILITY_WORDS, **_server_words.TAGS}:
        assert word == word.lower().strip("-")
        assert not set(word) & set(" _./:"), word


NAME_PARTS = st.sampled_from(
    [
        *_name_families.VOCABULARY,
        *_name_families.TRIGGERS,
        *_name_families.ENDINGS,
        *(part for part, _ in _name_families.PARTS),
        *_name_families.CONVERSATION_WORDS,
        *(
            "ft:",
            "gpt-3.5-turbo-instruct",
            "meta-llama/llama-3-8b",
            "gemma-2-pt",
            "voxtral-mini-3b",
            "minimax-h2",
        ),
    ]
)


@pytest.mark.req("P-9", "P-2")
@given(parts=st.lists(NAME_PARTS | st.text(max_size=4) | st.sampled_from("-_/:. 23\u212a"), max_size=6))
@example(parts=["ft:", ":x"])
def test_the_quick_look_at_an_id_misses_nothing(parts: list[str]) -> None:
    """An id for which the short cut says chat is chat by the tables too (P-9)."""
    model_id = "".join(parts)
    assert family_of(model_id) == capabilities.family_from_tables.__wrapped__(model_id.lower())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
FIELDS = st.sampled_from(
    [
        *_server_words.TYPE_FIELDS,
        *_server_words.CAPABILITY_FIELDS,
        *_server_words.OUTPUT_FIELDS,
        *_server_words.INPUT_FIELDS,
        *_server_words.DENIALS,
        *("architecture", "modality", "modalities", "tags", "metadata"),
    ]
)


@pytest.mark.req("MD-4")
@given(model_id=st.text(), metadata=st.dictionaries(FIELDS, JSON | st.dictionaries(FIELDS, JSON, max_size=3)))
def test_nothing_a_server_sends_makes_it_raise(model_id: str, metadata: dict[str, Any]) -> None:
    """Any text and any JSON in the fields give one of the four possible results (MD-4)."""
    assert infer_capabilities(model_id, metadata) in {(), ("chat",), ("embedding",), ("chat", "embedding")}


@given(metadata=JSON)
def test_an_item_that_is_no_object_is_ignored(metadata: Any) -> None:
    """Items of any JSON type raise nothing (MD-4)."""
    assert infer_capabilities("nomic-embed-text", metadata) is not None
