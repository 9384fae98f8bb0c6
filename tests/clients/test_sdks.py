"""Clients of the real SDKs over loopback."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from typing import TYPE_CHECKING, Any

import pytest

from dispatch_widgets import InvalidInputError, MissingPackageError

if TYPE_CHECKING:
    from dispatch_widgets import ResolvedModel, SettingsService
    from dispatch_widgets.demo import DemoServer

HELLO = [{"role": "user", "content": "Hello there"}]
SAID = "This is a canned answer of the demo server. You wrote: “Hello there”"


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
    """Embeddings are lists of numbers of length 1, similar for similar texts (API-5)."""
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
    """The timeouts are ours, and all options of the SDK can be passed (API-5)."""
    for model in (chat, claude):
        with model.client() as client:
            assert client.timeout.read == 300
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
    """A redirect is an error, and the other host gets no request (SEC-5)."""
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
    """A proxy in the environment is not used for a server on loopback (SEC-5)."""
    for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")
    with chat.client(max_retries=0) as client:
        assert client.chat.completions.create(model=chat.model, messages=HELLO).choices


@pytest.mark.req("API-5")
@pytest.mark.parametrize(("name", "package"), [("chat", "openai"), ("claude", "anthropic")])
def test_a_missing_sdk_is_named_with_its_install_line(
    name: str, package: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the SDK the error has the command to install it (API-5)."""
    model: ResolvedModel = request.getfixturevalue(name)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingPackageError) as caught:
        model.client()
    assert caught.value.package == package
    assert f'pip install "{package}"' in caught.value.hint


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


@pytest.mark.req("SEC-1")
@pytest.mark.parametrize("asynchronous", [False, True])
@pytest.mark.parametrize("name", ["chat", "claude"])
def test_a_key_that_a_server_echoes_in_a_header_is_not_logged(
    name: str,
    server: DemoServer,
    request: pytest.FixtureRequest,
    caplog: pytest.LogCaptureFixture,
    *,
    asynchronous: bool,
) -> None:
    """The HTTP libraries log a response's headers at DEBUG: the key in one is masked (SEC-1)."""
    model: ResolvedModel = request.getfixturevalue(name)
    server.play("echo-key")
    for logger in ("openai", "anthropic", "httpx", "httpx2", "httpcore", "httpcore2"):
        caplog.set_level(logging.DEBUG, logger=logger)

    async def ask() -> None:
        async with model.async_client(max_retries=0) as client:
            await client.models.list()

    def ask_at_once() -> None:
        with model.client(max_retries=0) as client:
            client.models.list()

    with pytest.raises(Exception, match="401"):
        asyncio.run(ask()) if asynchronous else ask_at_once()
    assert "x-echo" in caplog.text.lower()
    assert server.api_key not in caplog.text


@pytest.mark.req("API-5")
@pytest.mark.parametrize("name", ["chat", "vectors", "claude"])
def test_a_snippet_runs_and_has_no_key_in_it(
    name: str,
    service: SettingsService,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The code of a cell for a task and for a named model runs as it is, without a key (API-5)."""
    named: ResolvedModel = request.getfixturevalue(name)
    task = "embed" if name == "vectors" else "summarize"
    service.add_model(provider_id=named.provider_id, model=named.model, tasks=[task])
    monkeypatch.setenv("DISPATCH_SETTINGS_PATH", str(service.path))
    for model in (named, service.resolve(task)):
        code = model.snippet()
        assert model.api_key.get_secret_value() not in code
        space: dict[str, Any] = {}
        exec(code, space)  # noqa: S102 - that is what a cell does
        said = SAID.replace("Hello there", "Say hello.")
        assert capsys.readouterr().out.strip() == ("2 256" if name == "vectors" else said)
        space["client"].close()
    assert "service.resolve" in named.snippet(service="service")


@pytest.mark.req("API-5")
def test_base_urls_of_a_file_are_made_usable(service: SettingsService, server: DemoServer) -> None:
    """A slash or a ``/v1`` that another program wrote into the file does not break the client (MD-14)."""
    document = json.loads(service.path.read_text(encoding="utf-8"))
    document["providers"][0]["credentials"]["baseUrl"] += "/"
    document["providers"][1]["credentials"]["baseUrl"] += "/v1/"
    service.path.write_text(json.dumps(document), encoding="utf-8")
    assert service.resolve_model("O", "m").base_url == server.openai_base_url
    assert service.resolve_model("A", "m").base_url == server.anthropic_base_url


@pytest.mark.req("API-5")
def test_a_client_is_had_by_the_name_of_its_sdk(chat: ResolvedModel, claude: ResolvedModel) -> None:
    """``openai_client()`` and its like are ``client()`` with the SDK's own type, and take its options."""
    import anthropic
    import openai

    with chat.openai_client(max_retries=7) as client:
        assert isinstance(client, openai.OpenAI)
        assert client.max_retries == 7
        answer = client.chat.completions.create(model=chat.model, messages=HELLO)  # type: ignore[arg-type]
        assert answer.choices[0].message.content == SAID
    with claude.anthropic_client() as client:
        assert isinstance(client, anthropic.Anthropic)
        said = client.messages.create(model=claude.model, max_tokens=99, messages=HELLO)  # type: ignore[arg-type]
        assert said.content[0].text == SAID  # type: ignore[union-attr]

    async def ask() -> None:
        async with chat.async_openai_client() as one, claude.async_anthropic_client(timeout=9) as two:
            assert isinstance(one, openai.AsyncOpenAI)
            assert isinstance(two, anthropic.AsyncAnthropic)
            assert two.timeout == 9

    asyncio.run(ask())


@pytest.mark.req("API-5")
def test_a_header_that_a_gateway_wants_is_sent(
    chat: ResolvedModel, claude: ResolvedModel, server: DemoServer
) -> None:
    """A header given to a client goes with its requests, beside the key, at both APIs."""
    given = {"default_headers": {"x-portkey-provider": "openai"}}
    with chat.client(**given) as openai, claude.client(**given) as anthropic:
        openai.chat.completions.create(model=chat.model, messages=HELLO)
        anthropic.messages.create(model=claude.model, max_tokens=9, messages=HELLO)
    assert [request.headers["x-portkey-provider"] for request in server.requests] == ["openai", "openai"]
    assert all(request.authorised for request in server.requests)


@pytest.mark.req("API-5")
@pytest.mark.parametrize("prefix", ["", "async_"])
def test_the_other_sdks_client_is_refused_in_words(
    prefix: str, chat: ResolvedModel, claude: ResolvedModel, service: SettingsService
) -> None:
    """The error for the wrong SDK names the right one; the mock provider has a client of neither."""
    for model, wrong, right in ((chat, "anthropic", "openai"), (claude, "openai", "anthropic")):
        with pytest.raises(InvalidInputError) as caught:
            getattr(model, f"{prefix}{wrong}_client")()
        assert f"{right}_client()" in caught.value.hint
    for name in ("openai", "anthropic"):
        with pytest.raises(InvalidInputError) as caught:
            getattr(service.resolve_model("mock", "mock"), f"{prefix}{name}_client")()
        assert "client()" in caught.value.hint
