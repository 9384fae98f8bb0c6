"""The libraries above the SDKs, over loopback; LlamaIndex where it is installed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from dispatch_widgets import ResolvedModel
    from dispatch_widgets.demo import DemoServer

WHY = 'pip install -e ".[test-integrations]" for this test'
HELLO = [{"role": "user", "content": "Hello there"}]
SAID = "This is a canned answer of the demo server. You wrote: “Hello there”"


@pytest.mark.req("API-5")
@pytest.mark.filterwarnings("ignore")  # LiteLLM's own
@pytest.mark.usefixtures("tidied")
def test_litellm_takes_the_arguments(
    chat: ResolvedModel, vectors: ResolvedModel, claude: ResolvedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``litellm.completion`` and ``embedding`` reach both kinds of provider with them (API-5)."""
    monkeypatch.setenv("LITELLM_LOCAL_MODEL_COST_MAP", "True")  # else it asks the network at import
    import litellm

    for model in (chat, claude):
        answer = litellm.completion(messages=HELLO, **model.litellm_kwargs())
        assert answer.choices[0].message.content == SAID
    assert litellm.embedding(input=["one"], **vectors.litellm_kwargs()).data


@pytest.mark.req("API-5")
@pytest.mark.filterwarnings("ignore")  # LangChain's own
@pytest.mark.usefixtures("tidied")
def test_langchain_takes_the_arguments(
    chat: ResolvedModel, vectors: ResolvedModel, claude: ResolvedModel, server: DemoServer
) -> None:
    """LangChain's chat and embedding classes work with them and show no key (API-5, SEC-1)."""
    import langchain_anthropic
    import langchain_openai

    for make, model in ((langchain_openai.ChatOpenAI, chat), (langchain_anthropic.ChatAnthropic, claude)):
        made = make(**model.langchain_kwargs())
        assert made.invoke("Hello there").content == SAID
        assert "".join(piece.content for piece in made.stream("Hello there")) == SAID
        assert server.api_key not in repr(made)
    assert langchain_openai.OpenAIEmbeddings(**vectors.langchain_kwargs()).embed_query("one")


@pytest.mark.req("SEC-8", "API-5")
@pytest.mark.filterwarnings("ignore")  # LlamaIndex's own
@pytest.mark.usefixtures("tidied")
def test_llama_index_takes_the_arguments(
    chat: ResolvedModel, vectors: ResolvedModel, server: DemoServer
) -> None:
    """LlamaIndex's classes use the provider and print no key."""
    like = pytest.importorskip("llama_index.llms.openai_like", reason=WHY)
    like_vectors = pytest.importorskip("llama_index.embeddings.openai_like", reason=WHY)
    own = pytest.importorskip("llama_index.llms.openai", reason=WHY)
    own_vectors = pytest.importorskip("llama_index.embeddings.openai", reason=WHY)
    for kind in (like.OpenAILike, own.OpenAI):
        llm = kind(**chat.llama_index_kwargs())
        assert llm.complete("Hello there").text == SAID
        assert "".join(piece.delta for piece in llm.stream_complete("Hello there")) == SAID
        assert asyncio.run(llm.acomplete("Hello there")).text == SAID
        assert server.api_key not in repr([llm, llm.to_dict()])
    for kind in (like_vectors.OpenAILikeEmbedding, own_vectors.OpenAIEmbedding):
        embedding = kind(**vectors.llama_index_kwargs())
        one = embedding.get_text_embedding("one")
        assert asyncio.run(embedding.aget_text_embedding("one")) == one
        assert len(one) == 256
        assert server.api_key not in repr([embedding, embedding.to_dict()])
    assert all(request.authorised for request in server.requests)
