"""What the environment holds for a vendor, and whom it reaches: every variable that an SDK's source names."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import re
import threading
from dataclasses import replace
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dispatch_widgets import InvalidInputError
from dispatch_widgets.urls import ANTHROPIC_BASE_URL, OPENAI_BASE_URL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from dispatch_widgets import ResolvedModel
    from dispatch_widgets.demo import DemoServer

HELLO = [{"role": "user", "content": "Hello there"}]
CUSTOM_HEADERS = ("OPENAI_CUSTOM_HEADERS", "ANTHROPIC_CUSTOM_HEADERS")
ATTRIBUTES = ("organization", "project", "admin_api_key", "webhook_secret", "auth_token", "webhook_key")
# Every text that is a vendor's variable, and every other name that is read with a literal.
NAMES = re.compile(
    r"""["']((?:OPENAI|ANTHROPIC)_[A-Z0-9_]+)["']"""
    r"""|(?:environ\.get\(|getenv\(|environ\[)\s*["']([A-Z][A-Z0-9_]*)["']"""
)


@cache
def variables_of(package: str) -> frozenset[str]:
    """The environment variables that the source of a package names."""
    spec = importlib.util.find_spec(package)
    assert spec
    found: set[str] = set()
    for folder in spec.submodule_search_locations or ():
        for path in Path(folder).rglob("*.py"):
            if "types" not in path.parts:  # thousands of files with shapes of answers
                pairs = NAMES.findall(path.read_text("utf-8", errors="replace"))
                found.update(name for pair in pairs for name in pair if name)
    # Those of a library that are no vendor's switch its own features on and off.
    own = package in {"openai", "anthropic"}
    return frozenset(name for name in found if own or name.startswith(("OPENAI_", "ANTHROPIC_")))


@pytest.fixture
def canaries(monkeypatch: pytest.MonkeyPatch) -> Callable[[Iterable[str]], None]:
    """Sets every variable that a package reads to a value that can be looked for."""

    def put(packages: Iterable[str]) -> None:
        for name in frozenset[str]().union(*map(variables_of, packages)):
            value = f"canary-{name}"
            if name.endswith("_PROXY"):
                value = "http://127.0.0.1:9"  # nobody is there: what goes through it does not arrive
            elif name.endswith("_HEADERS"):
                value = f"X-Found: {value}"
            elif name.endswith(("_URL", "_BASE", "_ENDPOINT")):
                value = f"http://127.0.0.1:9/{value}"
            if name not in os.environ and not name.startswith("SSL_"):
                monkeypatch.setenv(name, value)

    return put


@pytest.fixture(params=["chat", "claude"])
def model(request: pytest.FixtureRequest) -> ResolvedModel:
    """A model of each type in turn."""
    found: ResolvedModel = request.getfixturevalue(request.param)
    return found


def assert_nothing_found(server: DemoServer, requests: int) -> None:
    """The server got so many requests, all with the right key and without anything of the environment."""
    assert len(server.requests) == requests
    for request in server.requests:
        assert request.authorised
        assert "canary" not in repr(request)


def endpoint(client: Any, model: ResolvedModel) -> tuple[Any, Any, dict[str, Any]]:
    """The URL of a model's requests, its raw responses, and the request."""
    about: dict[str, Any] = {"model": model.model, "messages": HELLO}
    if model.provider_type == "anthropic":
        return client.messages, client.with_raw_response.messages, {**about, "max_tokens": 9}
    return client.chat.completions, client.with_raw_response.chat.completions, about


def ask(client: Any, model: ResolvedModel) -> int:
    """Sends every kind of request; returns their number."""
    asked, raw, about = endpoint(client, model)
    asked.create(**about)
    list(asked.create(**about, stream=True))
    asked.with_raw_response.create(**about).parse()
    raw.create(**about).parse()
    with asked.with_streaming_response.create(**about) as answer:
        answer.read()
    return 5


async def ask_async(client: Any, model: ResolvedModel) -> int:
    """The same with an async client."""
    asked, raw, about = endpoint(client, model)
    await asked.create(**about)
    [piece async for piece in await asked.create(**about, stream=True)]
    await asked.with_raw_response.create(**about)
    await raw.create(**about)
    async with asked.with_streaming_response.create(**about) as answer:
        await answer.read()
    return 5


class Credentials(BaseHTTPRequestHandler):
    """A handler that refuses all requests and records their key headers, unlike the demo server."""

    def do_POST(self) -> None:
        """Reads and refuses a request."""
        self.rfile.read(int(self.headers["Content-Length"]))
        names = ("authorization", "x-api-key")
        self.server.seen.append([v for n, v in self.headers.items() if n.lower() in names])  # type: ignore[attr-defined]
        self.send_response(401)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Writes nothing."""


@pytest.fixture
def credentials() -> Iterator[tuple[str, list[list[str]]]]:
    """The URL of such a server, and the credentials of each request that came."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Credentials) as running:
        running.seen = []  # type: ignore[attr-defined]
        running.daemon_threads = True
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}", running.seen  # type: ignore[attr-defined]
        running.shutdown()
        thread.join()


def assert_only_the_key(seen: list[list[str]], key: str) -> None:
    """Each request had the provider's key and no other credential."""
    assert seen
    assert {value.removeprefix("Bearer ") for values in seen for value in values if value} == {key}


def moved(client: Any, url: str) -> Any:
    """The client, sent to another base URL by hand."""
    client.base_url = url
    return client


WAYS: dict[str, Callable[[Any, str], Any]] = {
    "as it is": lambda client, _: client,
    "with_options": lambda client, _: client.with_options(max_retries=0),
    "copy": lambda client, _: client.copy(timeout=9.0),
    "a copy's copy": lambda client, _: client.copy().with_options(default_headers={"X-Mine": "1"}),
    "headers set anew": lambda client, _: client.copy(set_default_headers={"X-Mine": "1"}),
    "to another host": lambda client, url: client.with_options(base_url=url),
    "moved there": moved,
}


@pytest.mark.req("SEC-8", "API-5")
def test_the_variables_that_the_sdks_read_are_found_in_their_source() -> None:
    """The variables in these tests are read from the installed SDKs, so new ones are included."""
    assert {"OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_BASE_URL"} <= variables_of("openai")
    assert {"ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL"} <= variables_of("anthropic")


@pytest.mark.req("SEC-8", "API-5")
@pytest.mark.parametrize("way", WAYS)
def test_a_client_takes_nothing_from_the_environment_to_another_host(
    way: str, model: ResolvedModel, server: DemoServer, canaries: Any
) -> None:
    """A client and its copies send nothing from the environment to other hosts than the vendor's."""
    canaries(["openai", "anthropic"])
    with model.client() as first:
        client = WAYS[way](first, model.base_url)
        assert_nothing_found(server, ask(client, model))
        assert not [each for each in ATTRIBUTES if isinstance(getattr(client, each, None), str)]


@pytest.mark.req("SEC-8", "API-5")
@pytest.mark.parametrize("way", ["to another host", "moved there"])
def test_a_client_that_leaves_the_vendors_host_leaves_behind_what_it_had_there(
    way: str, model: ResolvedModel, server: DemoServer, canaries: Any
) -> None:
    """A client moved from the vendor's host to another one sends nothing from the environment there."""
    canaries(["openai", "anthropic"])
    own = ANTHROPIC_BASE_URL if model.provider_type == "anthropic" else OPENAI_BASE_URL
    with replace(model, base_url=own).client() as first:
        client = WAYS[way](first, model.base_url)
        assert_nothing_found(server, ask(client, model))
        assert not [each for each in ATTRIBUTES if isinstance(getattr(client, each, None), str)]


@pytest.mark.req("SEC-8", "API-5")
@pytest.mark.parametrize("way", WAYS)
def test_an_asynchronous_client_takes_no_more(
    way: str, model: ResolvedModel, server: DemoServer, canaries: Any
) -> None:
    """Async clients send nothing from the environment either."""
    canaries(["openai", "anthropic"])

    async def asked() -> int:
        async with model.async_client() as first:
            return await ask_async(WAYS[way](first, model.base_url), model)

    assert_nothing_found(server, asyncio.run(asked()))


@pytest.mark.req("SEC-8", "API-5")
def test_a_variable_that_is_set_later_does_not_get_into_a_copy(
    model: ResolvedModel, server: DemoServer, canaries: Any
) -> None:
    """A copy reads the environment again, and still sends nothing from it to other hosts."""
    with model.client() as client:
        canaries(["openai", "anthropic"])
        assert_nothing_found(server, ask(client.with_options(timeout=9.0), model))


@pytest.mark.req("SEC-8")
@pytest.mark.parametrize("header", ["Authorization", "authorization", "X-Api-Key", "x-api-key"])
def test_a_credential_of_the_environment_does_not_go_beside_the_key(
    header: str, model: ResolvedModel, credentials: Any, canaries: Any, monkeypatch: Any
) -> None:
    """A second token, or a header with the name of the key's own, is not sent: only the provider's key is."""
    url, seen = credentials
    model = replace(model, base_url=url)
    canaries(["openai", "anthropic"])
    for variable in CUSTOM_HEADERS:
        monkeypatch.setenv(variable, f"{header}: canary")
    with model.client(max_retries=0) as client, client.with_options(timeout=9.0) as copied:
        for each in (client, copied):
            asked, _, about = endpoint(each, model)
            with pytest.raises(Exception, match="401"):
                asked.create(**about)
    assert_only_the_key(seen, model.api_key.get_secret_value())


def _with_new_key(client: Any) -> Any:
    client.api_key = "sk-new"
    return client


@pytest.mark.req("SEC-8", "API-5")
@pytest.mark.parametrize(
    "change",
    [
        lambda client: client.with_options(api_key="sk-new"),
        lambda client: client.copy(api_key="sk-new").copy(timeout=9.0),
        _with_new_key,
    ],
)
def test_a_client_with_a_new_key_sends_the_old_one_in_no_header(
    change: Callable[[Any], Any], model: ResolvedModel, credentials: Any
) -> None:
    """If the key of a client is changed, all its headers have the new one, at a gateway too (SEC-8)."""
    url, seen = credentials
    model = replace(model, base_url=url)
    with model.client(max_retries=0) as client:
        asked, _, about = endpoint(change(client), model)
        with pytest.raises(Exception, match="401"):
            asked.create(**about)
    assert_only_the_key(seen, "sk-new")


@pytest.mark.req("API-5")
def test_a_key_header_that_the_user_gives_is_the_one_that_is_sent(
    claude: ResolvedModel, credentials: Any
) -> None:
    """A header of the user's own for the key replaces the provider's at a gateway (API-5)."""
    url, seen = credentials
    given = {"default_headers": {"x-api-key": "mine"}}
    client = replace(claude, base_url=url).client(max_retries=0, **given)
    with client, pytest.raises(Exception, match="401"):
        client.messages.create(model=claude.model, messages=HELLO, max_tokens=9)
    (sent,) = seen
    assert [value for value in sent if not value.startswith("Bearer")] == ["mine"]


@pytest.mark.req("SEC-8", "API-5")
@pytest.mark.parametrize("name", ["api_key", "base_url"])
def test_a_client_is_made_for_no_other_key_or_host(name: str, model: ResolvedModel) -> None:
    """Another key or base URL is refused in words, as a key belongs to its host (SEC-8)."""
    for make in (model.client, model.async_client):
        with pytest.raises(InvalidInputError) as caught:
            make(**{name: "https://elsewhere.example/v1"})
        assert [problem.field for problem in caught.value.problems] == [name]
        assert "another provider" in caught.value.hint


@pytest.mark.req("API-5")
def test_at_the_vendors_own_host_the_environment_counts(
    chat: ResolvedModel, canaries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At api.openai.com organization and project are the environment's, in copies too; not over http."""
    canaries(["openai"])
    with replace(chat, base_url=OPENAI_BASE_URL).client() as client:
        for each in (client, client.with_options(timeout=9.0)):
            assert each.organization == "canary-OPENAI_ORG_ID"
            assert each.default_headers["OpenAI-Project"] == "canary-OPENAI_PROJECT_ID"
    for url in ("http://api.openai.com/v1", "https://api.openai.com.example/v1"):
        with replace(chat, base_url=url).client() as client:
            assert "canary" not in repr([dict(client.default_headers), client.organization])


@pytest.mark.req("API-5")
def test_what_a_client_is_given_it_keeps(chat: ResolvedModel, server: DemoServer, canaries: Any) -> None:
    """An organization, a project and headers that the user gives are sent, from copies too."""
    canaries(["openai"])
    given: dict[str, Any] = {"organization": "org-mine", "default_headers": {"X-Found": "mine"}}
    begun = replace(chat, base_url=OPENAI_BASE_URL)
    with chat.client(**given) as one, begun.client(**given) as two, begun.client() as three:
        for client in (
            one,
            one.with_options(timeout=9.0),
            two.with_options(base_url=chat.base_url),
            three.with_options(base_url=chat.base_url, **given),
            three.with_options(base_url=chat.base_url, organization="org-mine").copy(
                set_default_headers={"X-Found": "mine"}
            ),
        ):
            client.chat.completions.create(model=chat.model, messages=HELLO)
    assert len(server.requests) == 5
    for request in server.requests:
        assert request.headers["openai-organization"] == "org-mine"
        assert request.headers["x-found"] == "mine"
        assert "openai-project" not in request.headers


def made_by_the_sdk(model: ResolvedModel) -> Any:
    """A client of the SDK's own class, made with our arguments."""
    import anthropic
    import openai

    if model.provider_type == "anthropic":
        return anthropic.Anthropic(**model.anthropic_kwargs())
    return openai.OpenAI(**model.openai_kwargs())


@pytest.mark.req("SEC-8", "API-5")
def test_arguments_for_an_sdk_stand_in_the_environments_way(
    model: ResolvedModel, server: DemoServer, canaries: Any
) -> None:
    """The SDK's own class with our arguments sends nothing from the environment either."""
    canaries(["openai", "anthropic"])
    with made_by_the_sdk(model) as client:
        asked = ask(client, model) + ask(client.with_options(timeout=9.0), model)
        assert_nothing_found(server, asked)


@pytest.mark.req("SEC-1", "SEC-8")
@pytest.mark.parametrize("header", ["Authorization", "x-api-key"])
def test_arguments_put_the_key_in_place_of_another_credential(
    header: str, model: ResolvedModel, credentials: Any, canaries: Any, monkeypatch: Any
) -> None:
    """If a variable would replace the key or be sent beside it, the arguments set that header to the key."""
    url, seen = credentials
    model = replace(model, base_url=url)
    key = model.api_key.get_secret_value()
    canaries(["openai", "anthropic"])
    for variable in CUSTOM_HEADERS:
        monkeypatch.setenv(variable, f"{header}: canary")
    anthropic = model.provider_type == "anthropic"
    given = model.anthropic_kwargs() if anthropic else model.openai_kwargs()
    assert key not in repr([given, {**given}, given["default_headers"]])
    with made_by_the_sdk(model) as client:
        asked, _, about = endpoint(client, model)
        with pytest.raises(Exception, match="401"):
            asked.create(**about)
    assert_only_the_key(seen, key)


@pytest.mark.req("SEC-8")
@pytest.mark.filterwarnings("ignore")  # LangChain's own
@pytest.mark.usefixtures("tidied")
def test_langchain_sends_no_second_token(
    claude: ResolvedModel, credentials: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some versions of Anthropic's SDK send ``ANTHROPIC_AUTH_TOKEN`` beside a key: not to another host."""
    import langchain_anthropic

    url, seen = credentials
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "canary")
    model = replace(claude, base_url=url)
    made = langchain_anthropic.ChatAnthropic(**model.langchain_kwargs(), max_retries=0)
    assert model.api_key.get_secret_value() not in repr(made)
    with pytest.raises(Exception, match="401"):
        made.invoke("Hello")
    assert_only_the_key(seen, model.api_key.get_secret_value())


@pytest.mark.req("SEC-1", "SEC-8")
@pytest.mark.parametrize("method", ["langchain_kwargs", "litellm_kwargs", "llama_index_kwargs"])
def test_arguments_for_libraries_that_show_headers_refuse_instead(
    method: str, chat: ResolvedModel, vectors: ResolvedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Libraries that print headers get an error instead, which names the variable and suggests `client()`."""
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-A: 1\nAuthorization: Bearer canary")
    model = vectors if method == "llama_index_kwargs" else chat
    with pytest.raises(InvalidInputError) as caught:
        getattr(model, method)()
    assert caught.value.problems[0].field == "OPENAI_CUSTOM_HEADERS"
    assert "client()" in caught.value.hint
    assert "canary" not in str(caught.value)
    assert getattr(replace(model, base_url=OPENAI_BASE_URL), method)()


@pytest.mark.req("API-5")
def test_arguments_have_no_more_headers_than_are_needed(
    chat: ResolvedModel, claude: ResolvedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without such a variable, or for the vendor's host, the arguments have no headers."""
    assert "default_headers" not in chat.openai_kwargs()
    monkeypatch.setenv("OPENAI_ORG_ID", "org-mine")
    monkeypatch.setenv("ANTHROPIC_CUSTOM_HEADERS", "no header\n X-A : 1\nX-B:")
    assert chat.openai_kwargs()["default_headers"] == {"OpenAI-Organization": ""}
    assert claude.anthropic_kwargs()["default_headers"] == {"X-A": "", "X-B": ""}
    assert "default_headers" not in replace(chat, base_url=OPENAI_BASE_URL).openai_kwargs()
    assert "default_headers" not in replace(claude, base_url=ANTHROPIC_BASE_URL).anthropic_kwargs()


def asked_by(library: str, chat: ResolvedModel, vectors: ResolvedModel, claude: ResolvedModel) -> int:
    """Asks through a library as the guide shows it; the number of requests."""
    if library == "litellm":
        import litellm

        for model in (chat, claude):
            litellm.completion(messages=HELLO, **model.litellm_kwargs())
        litellm.embedding(input=["one"], **vectors.litellm_kwargs())
        return 3
    if library == "langchain_openai":
        from langchain_anthropic import ChatAnthropic
        from langchain_openai import ChatOpenAI, OpenAIEmbeddings

        for made in (ChatOpenAI(**chat.langchain_kwargs()), ChatAnthropic(**claude.langchain_kwargs())):
            made.invoke("Hello")
            list(made.stream("Hello"))
            asyncio.run(made.ainvoke("Hello"))
        OpenAIEmbeddings(**vectors.langchain_kwargs()).embed_query("one")
        return 7
    from llama_index.embeddings.openai_like import OpenAILikeEmbedding
    from llama_index.llms.openai_like import OpenAILike

    llm = OpenAILike(**chat.llama_index_kwargs())
    llm.complete("Hello")
    list(llm.stream_complete("Hello"))
    asyncio.run(llm.acomplete("Hello"))
    embedding = OpenAILikeEmbedding(**vectors.llama_index_kwargs())
    embedding.get_text_embedding("one")
    asyncio.run(embedding.aget_text_embedding("one"))
    return 5


@pytest.mark.req("SEC-8", "API-5")
@pytest.mark.filterwarnings("ignore")  # the libraries' own
@pytest.mark.usefixtures("tidied")
@pytest.mark.parametrize("library", ["litellm", "langchain_openai", "llama_index.llms.openai_like"])
def test_a_library_that_is_given_our_arguments_sends_nothing_of_the_environment(
    library: str, chat: ResolvedModel, vectors: ResolvedModel, claude: ResolvedModel, request: Any
) -> None:
    """Libraries with our arguments send nothing from the environment."""
    request.getfixturevalue("monkeypatch").setenv("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    if library.startswith("llama_index"):
        pytest.importorskip(library, reason='pip install -e ".[test-integrations]" for this test')
    more = ["langchain_anthropic", "langchain_core"] if library == "langchain_openai" else []
    if library.startswith("llama_index"):
        more = ["llama_index.llms.openai", "llama_index.embeddings.openai"]
    request.getfixturevalue("canaries")(["openai", "anthropic", library, *more])
    asked = asked_by(library, chat, vectors, claude)
    assert_nothing_found(request.getfixturevalue("server"), asked)
