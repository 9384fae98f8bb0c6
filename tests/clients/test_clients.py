"""Clients made from what was picked: the real SDKs over loopback, and the mock provider's own."""

from __future__ import annotations

import asyncio
import copy
import json
import logging
import pickle
import pprint
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import dispatch_widgets as dw
from dispatch_widgets import InvalidInputError, MissingPackageError, SettingsService
from dispatch_widgets.clients import CLIENT_TIMEOUT_SECONDS
from dispatch_widgets.demo import DemoServer
from dispatch_widgets.demo.samples import write_sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dispatch_widgets import ResolvedModel
    from dispatch_widgets.clients.arguments import ClientArguments

HELLO = [{"role": "user", "content": "Hello there"}]
SAID = "This is a canned answer of the demo server. You wrote: “Hello there”"


@pytest.fixture
def server() -> Iterator[DemoServer]:
    """A provider on loopback."""
    with DemoServer(models=60) as running:
        yield running


@pytest.fixture
def service(tmp_path: Path, server: DemoServer) -> SettingsService:
    """A service with one provider of each type."""
    made = SettingsService(tmp_path / "dispatch.settings.json")
    made.add_provider(
        name="O", type="openai-compatible", api_key=server.api_key, base_url=server.openai_base_url
    )
    made.add_provider(name="A", type="anthropic", api_key=server.api_key, base_url=server.anthropic_base_url)
    return made


def _first(server: DemoServer, kind: str) -> str:
    return next(model.id for model in server.models() if model.kind == kind)


@pytest.fixture
def chat(service: SettingsService, server: DemoServer) -> ResolvedModel:
    """A chat model of the OpenAI-compatible provider."""
    return service.resolve_model("O", _first(server, "chat"))


@pytest.fixture
def vectors(service: SettingsService, server: DemoServer) -> ResolvedModel:
    """An embedding model of the OpenAI-compatible provider."""
    return service.resolve_model("O", _first(server, "embedding"))


@pytest.fixture
def claude(service: SettingsService, server: DemoServer) -> ResolvedModel:
    """A model of the Anthropic provider."""
    return service.resolve_model("A", server.models("anthropic")[0].id)


@pytest.mark.req("API-5")
def test_an_openai_client_answers_whole_and_as_a_stream(chat: ResolvedModel) -> None:
    """The real SDK's client has key and base URL, and the demo server's answers are well-formed (API-5)."""
    with chat.client() as client:
        answer = client.chat.completions.create(model=chat.model, messages=HELLO)
        assert answer.choices[0].message.content == SAID
        assert answer.choices[0].finish_reason == "stop"
        assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
        pieces = client.chat.completions.create(
            model=chat.model, messages=HELLO, stream=True, stream_options={"include_usage": True}
        )
        chunks = list(pieces)
    texts = [chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices]
    assert "".join(texts) == SAID
    assert len(texts) > 5
    assert chunks[-1].usage.completion_tokens == answer.usage.completion_tokens


@pytest.mark.req("API-5")
def test_an_openai_client_embeds(vectors: ResolvedModel) -> None:
    """Vectors come back as numbers, of length 1, and alike where the words are alike (API-5)."""
    texts = ["a black cat", "a black dog", "tax law"]
    with vectors.client() as client:
        found = client.embeddings.create(model=vectors.model, input=texts).data
        plain = client.embeddings.create(model=vectors.model, input=texts, encoding_format="float").data
        short = client.embeddings.create(model=vectors.model, input="one", dimensions=8).data
    first, second, third = ([*item.embedding] for item in found)
    assert sum(value * value for value in first) == pytest.approx(1, abs=1e-5)
    assert first == pytest.approx(plain[0].embedding, abs=1e-6)
    alike = sum(a * b for a, b in zip(first, second, strict=True))
    assert alike > sum(a * b for a, b in zip(first, third, strict=True)) + 0.3
    assert len(short[0].embedding) == 8


@pytest.mark.req("API-5")
def test_an_anthropic_client_answers_whole_and_as_a_stream(claude: ResolvedModel, server: DemoServer) -> None:
    """Anthropic's own SDK works the same, and sends the documented header to a gateway too (API-5)."""
    with claude.client() as client:
        answer = client.messages.create(model=claude.model, max_tokens=100, messages=HELLO)
        assert answer.content[0].text == SAID
        assert answer.stop_reason == "end_turn"
        with client.messages.stream(model=claude.model, max_tokens=3, messages=HELLO) as stream:
            assert "".join(stream.text_stream) == "This is a"
            assert stream.get_final_message().stop_reason == "max_tokens"
    assert all(request.authorised and "x-api-key" in request.headers for request in server.requests)


@pytest.mark.req("API-5")
def test_asynchronous_clients_do_the_same(chat: ResolvedModel, claude: ResolvedModel) -> None:
    """Both SDKs' asynchronous clients answer and stream (API-5)."""

    async def ask() -> list[str]:
        async with chat.async_client() as openai, claude.async_client() as anthropic:
            one = await openai.chat.completions.create(model=chat.model, messages=HELLO)
            pieces = await openai.chat.completions.create(model=chat.model, messages=HELLO, stream=True)
            two = "".join([piece.choices[0].delta.content or "" async for piece in pieces])
            three = await anthropic.messages.create(model=claude.model, max_tokens=99, messages=HELLO)
            return [one.choices[0].message.content, two, three.content[0].text]

    assert asyncio.run(ask()) == [SAID] * 3


@pytest.mark.req("API-5")
def test_clients_wait_for_a_sane_time_and_take_the_sdks_own_options(
    chat: ResolvedModel, claude: ResolvedModel
) -> None:
    """The time-outs are ours, and whatever the SDK takes can be given (API-5)."""
    for model in (chat, claude):
        with model.client() as client:
            assert client.timeout.read == CLIENT_TIMEOUT_SECONDS
            assert client.timeout.connect == 10
        with model.client(timeout=7.0, max_retries=0) as client:
            assert client.timeout == 7.0
            assert client.max_retries == 0


@pytest.mark.req("API-5")
def test_a_client_made_after_a_change_has_the_new_key(service: SettingsService, chat: ResolvedModel) -> None:
    """Resolving again after a change gives clients with the new key; old ones keep theirs (API-5)."""
    with chat.client() as before:
        service.update_provider(chat.provider_id, api_key="sk-another-key-0123")
        with service.resolve_model("O", chat.model).client() as after:
            assert after.api_key == "sk-another-key-0123"
        assert before.api_key != "sk-another-key-0123"


@pytest.mark.req("SEC-5")
@pytest.mark.parametrize("name", ["chat", "claude"])
def test_a_client_follows_no_redirect(name: str, server: DemoServer, request: pytest.FixtureRequest) -> None:
    """A server that sends elsewhere gets an error, and the other host gets nothing (SEC-5)."""
    model: ResolvedModel = request.getfixturevalue(name)
    server.play("redirect-elsewhere", status=307)
    with model.client(max_retries=0) as client:
        create = client.chat.completions.create if name == "chat" else client.messages.create
        with pytest.raises(Exception, match="307"):
            create(model=model.model, max_tokens=9, messages=HELLO)
    assert server.stray_requests == ()


@pytest.mark.req("SEC-5")
def test_a_client_reaches_this_machine_without_a_proxy(
    chat: ResolvedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy in the environment is not asked for a server on loopback (SEC-5)."""
    for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")
    with chat.client(max_retries=0) as client:
        assert client.chat.completions.create(model=chat.model, messages=HELLO).choices


@pytest.mark.req("SEC-4")
def test_what_the_environment_holds_for_the_makers_goes_nowhere_else(
    chat: ResolvedModel, claude: ResolvedModel, server: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Organisation, project and tokens of the environment are not sent to another server (SEC-4)."""
    monkeypatch.setenv("OPENAI_ORG_ID", "org-mine")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-mine")
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "token-mine-0123456789")
    with chat.client() as client:
        client.chat.completions.create(model=chat.model, messages=HELLO)
    with claude.client() as client:
        client.messages.create(model=claude.model, max_tokens=9, messages=HELLO)
        assert client.auth_token is None
    sent = [{**request.headers} for request in server.requests]
    assert len(sent) == 2
    assert not any("mine" in value for headers in sent for value in headers.values())


@pytest.mark.req("API-5")
@pytest.mark.parametrize(("name", "package"), [("chat", "openai"), ("claude", "anthropic")])
def test_a_missing_sdk_is_named_with_its_install_line(
    name: str, package: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the SDK there is an error that can be pasted into a terminal (API-5)."""
    model: ResolvedModel = request.getfixturevalue(name)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingPackageError) as caught:
        model.client()
    assert caught.value.package == package
    assert f'pip install "{package}"' in caught.value.hint


@pytest.mark.req("SEC-1")
@pytest.mark.parametrize("name", ["openai_kwargs", "litellm_kwargs", "langchain_kwargs"])
def test_arguments_work_and_show_no_key(name: str, chat: ResolvedModel, server: DemoServer) -> None:
    """The mapping gives the key to ``**`` and to nothing that is shown or pickled (API-5, SEC-1)."""
    given: ClientArguments = getattr(chat, name)()
    key = server.api_key

    def take(**values: Any) -> dict[str, Any]:
        return values

    assert take(**given)["api_key"] == key
    assert isinstance(given, dict)
    derived = [given, given | {"x": 1}, {"x": 1} | given, given.copy(), copy.copy(given)]
    derived += [copy.deepcopy(given), {**given}, [given], take(**given)]
    for value in derived:
        assert key not in repr(value)
        assert key not in str(value)
        assert key not in f"{value}"
        assert key not in pprint.pformat(value)
        assert key.encode() not in pickle.dumps(value)
    assert copy.deepcopy(given)["api_key"] == key
    assert pickle.loads(pickle.dumps(given)).keys() == given.keys()  # noqa: S301 - our own bytes


@pytest.mark.req("SEC-1")
def test_arguments_show_no_key_as_a_cells_output(chat: ResolvedModel, server: DemoServer) -> None:
    """As the last line of a cell the arguments show masked in every format (SEC-1)."""
    from IPython.core.formatters import DisplayFormatter

    for value in (chat.openai_kwargs(), {**chat.openai_kwargs()}, chat):
        data, _ = DisplayFormatter().format(value)
        assert data
        assert server.api_key not in json.dumps(data)


@pytest.mark.req("API-5")
def test_openai_arguments_make_a_client(chat: ResolvedModel) -> None:
    """``OpenAI(**kwargs)`` is the client that one would have written (API-5)."""
    import openai

    with openai.OpenAI(**chat.openai_kwargs()) as client:
        answer = client.chat.completions.create(model=chat.model, messages=HELLO)  # type: ignore[arg-type]
    assert answer.choices[0].message.content == SAID


@pytest.mark.req("API-5")
def test_anthropic_arguments_make_a_client(claude: ResolvedModel) -> None:
    """``Anthropic(**kwargs)`` is the client that one would have written (API-5)."""
    import anthropic

    with anthropic.Anthropic(**claude.anthropic_kwargs()) as client:
        answer = client.messages.create(model=claude.model, max_tokens=99, messages=HELLO)  # type: ignore[arg-type]
    assert answer.content[0].text == SAID  # type: ignore[union-attr]


@pytest.mark.req("API-5")
def test_arguments_for_the_wrong_dialect_name_the_right_one(
    chat: ResolvedModel, claude: ResolvedModel, service: SettingsService
) -> None:
    """Asking for the other SDK's arguments says which to ask for; the mock provider has none (API-5)."""
    with pytest.raises(InvalidInputError) as caught:
        claude.openai_kwargs()
    assert "anthropic_kwargs()" in caught.value.hint
    with pytest.raises(InvalidInputError) as caught:
        chat.anthropic_kwargs()
    assert "openai_kwargs()" in caught.value.hint
    mock = service.resolve_model("mock", "mock")
    for call in (mock.openai_kwargs, mock.anthropic_kwargs, mock.litellm_kwargs, mock.langchain_kwargs):
        with pytest.raises(InvalidInputError) as caught:
            call()
        assert "client()" in caught.value.hint


@pytest.mark.req("API-5")
@pytest.mark.filterwarnings("ignore")  # LiteLLM's own
def test_litellm_takes_the_arguments(
    chat: ResolvedModel, vectors: ResolvedModel, claude: ResolvedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``litellm.completion`` and ``embedding`` reach both kinds of provider with them (API-5)."""
    monkeypatch.setenv("LITELLM_LOCAL_MODEL_COST_MAP", "True")  # else it asks the network at import
    litellm = pytest.importorskip("litellm", reason='pip install -e ".[test-integrations]" for this test')
    for model in (chat, claude):
        answer = litellm.completion(messages=HELLO, **model.litellm_kwargs())
        assert answer.choices[0].message.content == SAID
    assert litellm.embedding(input=["one"], **vectors.litellm_kwargs()).data


@pytest.mark.req("API-5")
@pytest.mark.filterwarnings("ignore")  # LangChain's own
def test_langchain_takes_the_arguments(
    chat: ResolvedModel, vectors: ResolvedModel, claude: ResolvedModel, server: DemoServer
) -> None:
    """LangChain's chat and embedding classes work with them and show no key (API-5, SEC-1)."""
    why = 'pip install -e ".[test-integrations]" for this test'
    openai = pytest.importorskip("langchain_openai", reason=why)
    anthropic = pytest.importorskip("langchain_anthropic", reason=why)
    for make, model in ((openai.ChatOpenAI, chat), (anthropic.ChatAnthropic, claude)):
        made = make(**model.langchain_kwargs())
        assert made.invoke("Hello there").content == SAID
        assert "".join(piece.content for piece in made.stream("Hello there")) == SAID
        assert server.api_key not in repr(made)
    assert openai.OpenAIEmbeddings(**vectors.langchain_kwargs()).embed_query("one")


@pytest.mark.req("SEC-1")
def test_no_key_is_logged_by_the_sdks(
    chat: ResolvedModel, claude: ResolvedModel, server: DemoServer, caplog: pytest.LogCaptureFixture
) -> None:
    """With every logger at DEBUG, a request through the SDKs writes no key (SEC-1)."""
    with caplog.at_level(logging.DEBUG):
        for name in ("openai", "anthropic", "httpx", "httpx2", "httpcore", "httpcore2"):
            caplog.set_level(logging.DEBUG, logger=name)
        with chat.client() as client:
            client.chat.completions.create(model=chat.model, messages=HELLO)
        with claude.client() as client:
            client.messages.create(model=claude.model, max_tokens=9, messages=HELLO)
    assert caplog.text
    assert server.api_key not in caplog.text


@pytest.mark.req("API-5")
@pytest.mark.parametrize("name", ["chat", "vectors", "claude"])
def test_a_snippet_runs_and_has_no_key_in_it(
    name: str,
    service: SettingsService,
    server: DemoServer,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The code of a cell for a task and for a named model runs as it is, without a key (API-5)."""
    named: ResolvedModel = request.getfixturevalue(name)
    task = "embed" if name == "vectors" else "summarize"
    service.add_model(provider_id=named.provider_id, model=named.model, tasks=[task])
    monkeypatch.setenv("DISPATCH_SETTINGS_PATH", str(service.path))
    for model in (named, service.resolve(task)):
        code = model.snippet()
        assert server.api_key not in code
        space: dict[str, Any] = {}
        *body, last = code.splitlines()
        exec("\n".join(body), space)  # noqa: S102 - that is what a cell does
        value = eval(last, space)  # noqa: S307
        assert value == (256 if name == "vectors" else SAID.replace(" there", ""))
        space["client"].close()
    assert "service.resolve" in named.snippet(service="service")


@pytest.mark.req("API-5")
def test_base_urls_of_a_file_are_made_usable(service: SettingsService, server: DemoServer) -> None:
    """A slash or a ``/v1`` that another program wrote into the file does not break the client (MD-14)."""
    document = json.loads(service.path.read_text())
    document["providers"][0]["credentials"]["baseUrl"] += "/"
    document["providers"][1]["credentials"]["baseUrl"] += "/v1/"
    service.path.write_text(json.dumps(document))
    assert service.resolve_model("O", "m").base_url == server.openai_base_url
    assert service.resolve_model("A", "m").base_url == server.anthropic_base_url


@pytest.mark.req("PM-7")
def test_the_mock_provider_answers_both_dialects_without_a_network(
    service: SettingsService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its client has the real ones' shape, whole and streaming, and opens no socket (PM-7)."""

    def refuse(*_: object) -> None:
        raise AssertionError("the mock provider used the network")

    monkeypatch.setattr("socket.socket.connect", refuse)
    monkeypatch.setitem(sys.modules, "openai", None)
    monkeypatch.setitem(sys.modules, "anthropic", None)
    mock = service.resolve_model("mock", "mock")
    said = SAID.replace("demo server", "mock provider")
    with mock.client() as client:
        answer = client.chat.completions.create(model="mock", messages=HELLO, temperature=0)
        assert answer.choices[0].message.content == said
        assert answer.model_dump()["usage"]["completion_tokens"] == answer.usage.completion_tokens
        assert json.loads(answer.model_dump_json())["choices"][0]["finish_reason"] == "stop"
        with client.chat.completions.create(model="mock", messages=HELLO, stream=True) as chunks:
            assert (
                "".join(
                    chunk.choices[0].delta.content or ""
                    for chunk in chunks
                    if chunk.choices[0].delta.__dict__
                )
                == said
            )
        vector = client.embeddings.create(model="mock", input=["a", "b"]).data[1].embedding
        assert len(vector) == 256
        message = client.messages.create(model="mock", max_tokens=99, messages=HELLO)
        assert message.content[0].text == said
        events = [
            e.type for e in client.messages.create(model="m", max_tokens=9, messages=HELLO, stream=True)
        ]
        assert events[0] == "message_start"
        assert events[-1] == "message_stop"
        with client.messages.stream(model="mock", max_tokens=99, messages=HELLO) as stream:
            assert "".join(stream.text_stream) == said


@pytest.mark.req("PM-7")
def test_the_mock_providers_asynchronous_client_does_the_same(service: SettingsService) -> None:
    """``await`` and ``async for`` work with the mock provider (PM-7)."""
    said = SAID.replace("demo server", "mock provider")

    async def ask() -> list[Any]:
        async with service.resolve_model("mock", "mock").async_client() as client:
            one = await client.chat.completions.create(model="mock", messages=HELLO)
            chunks = await client.chat.completions.create(model="mock", messages=HELLO, stream=True)
            two = [getattr(c.choices[0].delta, "content", "") async for c in chunks]
            three = await client.messages.create(model="mock", max_tokens=99, messages=HELLO)
            async with client.messages.stream(model="mock", max_tokens=99, messages=HELLO) as stream:
                four = [text async for text in stream.text_stream]
            events = await client.messages.create(model="m", max_tokens=9, messages=HELLO, stream=True)
            types = [event.type async for event in events]
            vectors = await client.embeddings.create(model="mock", input="a")
            assert types[-1] == "message_stop"
            assert vectors.data[0].embedding
            return [one.choices[0].message.content, "".join(two), three.content[0].text, "".join(four)]

    assert asyncio.run(ask()) == [said] * 4


@pytest.mark.req("PM-7")
def test_the_mock_provider_refuses_what_the_real_ones_refuse(service: SettingsService) -> None:
    """An empty list of messages or of texts is an error that names the field (PM-7)."""
    with service.resolve_model("mock", "mock").client() as client:
        for call, field in (
            (lambda: client.chat.completions.create(model="mock", messages=[]), "messages"),
            (lambda: client.embeddings.create(model="mock", input=[]), "input"),
            (lambda: client.embeddings.create(model="mock", input="x", dimensions=0), "dimensions"),
            (lambda: client.messages.create(model="", max_tokens=9, messages=HELLO), "model"),
            (lambda: client.messages.create(model="m", max_tokens=0, messages=HELLO), "max_tokens"),
        ):
            with pytest.raises(InvalidInputError) as caught:
                call()
            assert caught.value.problems[0].field == field


@pytest.mark.req("API-5")
@pytest.mark.filterwarnings("ignore")  # the libraries' own
@pytest.mark.parametrize("package", ["litellm", "langchain_openai"])
def test_the_guides_blocks_for_other_libraries_run(
    package: str, tmp_path: Path, server: DemoServer, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    """What the guide shows for an optional library runs as it stands where that is installed (API-5)."""
    monkeypatch.setenv("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    pytest.importorskip(package, reason='pip install -e ".[test-integrations]" for this test')
    guide = Path(__file__).parents[1] / "docs" / "use-your-models.md"
    blocks = [part.partition("\n```")[0] for part in guide.read_text("utf-8").split("```python\n")[1:]]
    (code,) = (block for block in blocks if f"import {package}\n" in block or f"from {package} " in block)
    path = write_sample(tmp_path, server, old=False)
    monkeypatch.setenv("DISPATCH_SETTINGS_PATH", str(path))
    exec(code, {"dw": dw})  # noqa: S102 - our own page
    assert "canned answer" in capsys.readouterr().out
