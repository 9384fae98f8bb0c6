"""What the machine already has: variables as references, local servers only when asked."""

from __future__ import annotations

import asyncio
import json
import threading
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import pytest

import dispatch_widgets as dw
from dispatch_widgets.demo import DemoServer
from dispatch_widgets.detection import UNNAMED_SERVER, find_here, find_here_async
from dispatch_widgets.discovery.server_identity import KNOWN_SERVERS
from dispatch_widgets.presets import PRESETS, find_preset
from dispatch_widgets.secrets import NO_KEY_NEEDED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dispatch_widgets.presets import Preset


@pytest.fixture
def server() -> Iterator[DemoServer]:
    """A server that, like a local one, takes the key that stands for none."""
    with DemoServer(models=12, api_key=NO_KEY_NEEDED) as running:
        yield running


def _at(url: str, key: str = "ollama") -> Preset:
    preset = find_preset(key)
    assert preset is not None
    return replace(preset, base_url=url)


@pytest.mark.req("SEC-4")
def test_variables_are_found_as_references_and_never_as_values(
    monkeypatch: pytest.MonkeyPatch, canary: str
) -> None:
    """A set variable is offered as ${NAME}; its value is in no text, and blank ones are not set (SEC-4)."""
    monkeypatch.setenv("GROQ_API_KEY", canary)
    monkeypatch.setenv("MISTRAL_API_KEY", "  ")
    found = find_here(servers=False)
    assert [(one.variable, one.reference, one.preset.key) for one in found.variables] == [
        ("GROQ_API_KEY", "${GROQ_API_KEY}", "groq")
    ]
    assert found.servers == ()
    assert canary not in f"{found!r} {found} {found._repr_html_()}"
    assert "${GROQ_API_KEY}" in str(found)


def test_nothing_found_is_false_and_says_so() -> None:
    """An empty machine gives an empty answer, in words."""
    found = find_here(servers=False, environ={})
    assert not found
    assert "No key variable" in str(found)


@pytest.mark.req("UI")
def test_local_servers_are_found_with_their_models(server: DemoServer) -> None:
    """A server on its usual port is listed with how many models it has; two on one port are asked once."""
    presets = [_at(server.openai_base_url), _at(server.openai_base_url, "lmstudio")]
    found = find_here(presets=presets, environ={}, timeout_seconds=10)
    assert [(one.preset.key, one.base_url, one.models) for one in found.servers] == [
        ("ollama", server.openai_base_url, 12)
    ]
    assert [request.path for request in server.requests].count("/openai/v1/models") == 1
    assert "12" in str(found)
    assert asyncio.run(find_here_async(presets=presets, environ={}, timeout_seconds=10)) == found
    assert asyncio.run(find_here_async(servers=False, environ={})).servers == ()


def test_a_server_that_wants_a_key_is_found_as_that(server: DemoServer) -> None:
    """A server started with a key, as vLLM can be, is found; its models are not known yet."""
    found = find_here(presets=[_at(server.second_openai_base_url, "vllm")], environ={}, timeout_seconds=10)
    assert [(one.models, one.needs_key) for one in found.servers] == [(None, True)]
    assert "wants a key" in str(found)


@pytest.mark.parametrize("fault", ["html", "hang", "reset", "500", "not-a-list"])
def test_what_is_no_model_server_is_not_found(server: DemoServer, fault: str) -> None:
    """Another program on the port, or one that does not answer in time, is nothing found."""
    server.play(fault)
    found = find_here(presets=[_at(server.openai_base_url)], environ={}, timeout_seconds=0.3)
    assert not found


@pytest.mark.req("SEC-5")
def test_only_loopback_is_asked(server: DemoServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A preset elsewhere is not asked, whatever its port, and no key of the machine is sent (SEC-5)."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-mine-0123456789")
    elsewhere = _at("http://llm.example.edu:11434/v1")
    found = find_here(presets=[elsewhere, *PRESETS[:2], _at(server.openai_base_url)])
    assert [one.base_url for one in found.servers] == [server.openai_base_url]
    # With the word for no key; what the server is, is asked without any.
    assert [request.authorised for request in server.requests] == [True, False]


def test_it_is_at_the_top_of_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """``dw.find_here`` is the same function."""
    monkeypatch.setenv("XAI_API_KEY", "xai-0123456789abcdef")
    assert [one.variable for one in dw.find_here(servers=False).variables] == ["XAI_API_KEY"]


def test_a_server_on_another_versions_port_is_found(server: DemoServer) -> None:
    """A preset's other ports are asked too: llama.cpp moved its own from one version to the next."""
    preset = _at(server.second_openai_base_url, "llamacpp")
    port = urlsplit(preset.base_url).port
    assert port is not None
    elsewhere = preset.base_url.replace(str(port), "9")  # the discard port: nothing answers there
    moved = replace(preset, base_url=elsewhere, other_ports=(port,))
    found = find_here(presets=[moved], environ={}, timeout_seconds=10)
    assert [one.base_url for one in found.servers] == [server.second_openai_base_url]


@pytest.mark.req("SEC-8")
@pytest.mark.parametrize(
    ("environ", "found"),
    [
        ({"OPENAI_BASE_URL": "https://gateway.test/v1/"}, ("gateway.test", "https://gateway.test/v1")),
        ({"OPENAI_API_BASE": "http://10.0.0.7:4000"}, ("10.0.0.7:4000", "http://10.0.0.7:4000")),
        ({"OPENAI_BASE_URL": "https://api.openai.com/v1"}, ("OpenAI", "https://api.openai.com/v1")),
        (
            {"OPENAI_BASE_URL": "nonsense", "OPENAI_API_BASE": "https://gateway.test"},
            ("gateway.test", "https://gateway.test"),
        ),
        ({"OPENAI_BASE_URL": "gateway.test/v1"}, ("OpenAI", "")),
        ({"ANTHROPIC_BASE_URL": "https://gateway.test"}, ("OpenAI", "https://api.openai.com/v1")),
    ],
)
def test_a_key_is_found_with_the_server_that_is_named_beside_it(
    environ: dict[str, str], found: tuple[str, str]
) -> None:
    """A gateway's key is offered for the gateway, under its name; an unusable address is said, not used."""
    variables = find_here(servers=False, environ={"OPENAI_API_KEY": "sk-0123456789", **environ})
    (one,) = variables.variables
    assert (one.name, one.base_url) == found
    assert (found[1] or "OPENAI_BASE_URL is set to something that is no base URL") in str(variables)
    assert "gateway.test/v1" not in str(variables) or found[1]


LIST = "/v1/models"


class Page(NamedTuple):
    """What a server of this machine answers at a path."""

    body: Any
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


class Pages(NamedTuple):
    """A server with a few pages, and what it was asked."""

    base_url: str
    asked: list[tuple[str, str | None]]


@contextmanager
def serving(pages: dict[str, Page]) -> Iterator[Pages]:
    """A real server on loopback with a list of models and perhaps other pages."""
    asked: list[tuple[str, str | None]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.path, self.headers["Authorization"]))
            page = pages.get(self.path, Page({"detail": "Not Found"}, 404))
            text = page.body if isinstance(page.body, str) else json.dumps(page.body)
            body = text.encode()
            self.send_response_only(page.status)
            for name, value in page.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield Pages(f"http://127.0.0.1:{server.server_port}/v1", asked)
        finally:
            server.shutdown()
            thread.join()


def models_of(*owners: str) -> Page:
    items = [{"id": f"m-{place}", "object": "model", "owned_by": owner} for place, owner in enumerate(owners)]
    return Page({"object": "list", "data": items})


LOCKED = Page({"error": {"message": "Unauthorized"}}, 401)


@pytest.mark.req("UI")
@pytest.mark.parametrize(
    ("port_of", "pages", "name", "requests"),
    [
        # By the owner of its models: one request, whatever the port.
        ("ollama", {LIST: models_of("library", "library")}, "Ollama", 1),
        ("vllm", {LIST: models_of("vllm")}, "vLLM", 1),
        ("vllm", {LIST: models_of("sglang")}, "SGLang", 1),
        ("vllm", {LIST: models_of("me")}, "llama-cpp-python", 1),
        ("localai", {LIST: models_of("llamacpp")}, "llama.cpp", 1),
        ("lmstudio", {LIST: models_of("organization_owner")}, "LM Studio", 1),
        # By a header of its own.
        ("localai", {LIST: Page({"data": []}, headers=(("Server", "llama.cpp"),))}, "llama.cpp", 1),
        ("vllm", {LIST: Page({"data": []}, headers=(("x-litellm-version", "1.110"),))}, "LiteLLM", 1),
        # By a page of its own, the one that the server of this port has.
        ("ollama", {LIST: Page({"data": None}), "/api/version": Page({"version": "0.14.1"})}, "Ollama", 2),
        (
            "lmstudio",
            {LIST: Page({"data": []}), "/lmstudio-greeting": Page({"lmstudio": True})},
            "LM Studio",
            2,
        ),
        ("litellm", {LIST: models_of("openai"), "/health/liveliness": Page('"I\'m alive!"')}, "LiteLLM", 2),
        (
            "jan",
            {LIST: models_of("user"), "/openapi.json": Page({"info": {"title": "Jan API Server Endpoints"}})},
            "Jan",
            2,
        ),
        ("sglang", {LIST: Page({"data": []}), "/get_model_info": Page({"model_path": "q"})}, "SGLang", 2),
        (
            "localai",
            {LIST: Page({"data": [{"id": "a"}]}), "/version": Page({"version": "v3.8.0 (1f2a3b4c)"})},
            "LocalAI",
            2,
        ),
        # Another program's list on a well-known port is named after nobody.
        ("vllm", {LIST: models_of("Qwen", "HuggingFaceTB")}, UNNAMED_SERVER, 2),
        ("vllm", {LIST: models_of("vllm", "sglang", "openai")}, UNNAMED_SERVER, 2),
        ("localai", {LIST: Page({"data": []}), "/version": Page({"version": "2.1"})}, UNNAMED_SERVER, 2),
    ],
)
def test_a_server_is_named_by_what_it_says_of_itself(
    port_of: str, pages: dict[str, Page], name: str, requests: int
) -> None:
    """Owner, header or a page of its own give the name, in two requests at most; a port never does."""
    with serving(pages) as server:
        found = find_here(presets=[_at(server.base_url, port_of)], environ={}, timeout_seconds=10)
    (one,) = found.servers
    assert (one.name, one.needs_key) == (name, False)
    assert name in str(found)
    assert len(server.asked) == requests
    assert all(key is None for path, key in server.asked if path != LIST)


@pytest.mark.req("UI")
@pytest.mark.parametrize(
    ("port_of", "pages", "name"),
    [
        ("vllm", {LIST: LOCKED, "/version": Page({"version": "0.11.0"})}, "vLLM"),
        ("jan", {LIST: Page("Invalid or missing authorization token", 401)}, UNNAMED_SERVER),
        ("llamacpp", {LIST: Page({"error": "no"}, 403, (("Server", "llama.cpp"),))}, "llama.cpp"),
        (
            "litellm",
            {
                LIST: Page({"error": {"message": "No connected db.", "code": "400"}}, 400),
                "/health/liveliness": Page('"I\'m alive!"'),
            },
            "LiteLLM",
        ),
    ],
)
def test_a_server_that_wants_a_key_is_named_too(port_of: str, pages: dict[str, Page], name: str) -> None:
    """A refusal drops no server: it is offered as one that wants a key, with its name where it says it."""
    with serving(pages) as server:
        found = find_here(presets=[_at(server.base_url, port_of)], environ={}, timeout_seconds=10)
    assert [(one.name, one.models, one.needs_key) for one in found.servers] == [(name, None, True)]
    assert "wants a key" in str(found)


@pytest.mark.parametrize(
    "page",
    [
        Page("<html>Jenkins</html>", 403),
        Page("", 401, (("WWW-Authenticate", 'Basic realm="printer"'),)),
        Page({"message": "bad request"}, 400),
        Page({"status": "ok"}),
        Page({"data": [{"name": None}]}),
    ],
)
def test_another_programs_refusal_is_no_server(page: Page) -> None:
    """A web page, a login by name and password, or JSON that is no list is no model server."""
    with serving({LIST: page}) as server:
        assert not find_here(presets=[_at(server.base_url, "localai")], environ={}, timeout_seconds=10)


def test_every_sign_has_a_source_and_a_known_preset() -> None:
    """Each row names where it stands, and each local preset's server can be told from others."""
    assert {server.preset for server in KNOWN_SERVERS} - {""} == {
        preset.key for preset in PRESETS if preset.is_local
    }
    for server in KNOWN_SERVERS:
        assert server.source.startswith("https://")
        assert server.header or server.owner or server.page_pattern
        assert bool(server.path) == (server.page_pattern is not None)
