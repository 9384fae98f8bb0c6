"""The demo server: what it lists, to whom, and how it starts and stops."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import ssl
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from dispatch_widgets.demo import DemoServer
from dispatch_widgets.demo.model_lists import DemoModel, anthropic_models, openai_models, second_models

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSION = {"anthropic-version": "2023-06-01"}


@pytest.fixture
def server() -> Iterator[DemoServer]:
    with DemoServer(models=60) as running:
        yield running


def get(server: DemoServer, path: str, headers: dict[str, str], method: str = "GET") -> tuple[int, Any]:
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)) as connection:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        return answer.status, json.loads(body) if body.startswith((b"{", b"[")) else body


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def anthropic(server: DemoServer) -> dict[str, str]:
    return {"x-api-key": server.api_key, **VERSION}


@pytest.mark.req("MD-2")
def test_openai_account_lists_its_models_for_its_key(server: DemoServer) -> None:
    """MD-2: a Bearer key that is right gets the whole list, in OpenAI's envelope."""
    status, body = get(server, "/openai/v1/models", bearer(server.api_key))
    assert status == 200
    assert body["object"] == "list"
    assert [item["id"] for item in body["data"]] == [model.id for model in server.models()]
    assert len(body["data"]) == 60
    assert all(item["object"] == "model" and item["owned_by"] and item["created"] for item in body["data"])
    assert any("pricing" in item and "context_length" in item for item in body["data"])


@pytest.mark.req("MD-8")
@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer sk-wrong-0123456789abcdef"}])
def test_openai_account_refuses_any_other_key(server: DemoServer, headers: dict[str, str]) -> None:
    """MD-8: without the key there is a 401 in OpenAI's shape, which does not quote what came."""
    status, body = get(server, "/openai/v1/models", headers)
    assert status == 401
    assert body["error"]["code"] == "invalid_api_key"
    assert "0123456789" not in body["error"]["message"]
    assert not server.requests[-1].authorised


def test_second_account_has_a_key_and_list_of_its_own(server: DemoServer) -> None:
    """The two OpenAI-compatible accounts do not take each other's key and list different models."""
    assert get(server, "/second/v1/models", bearer(server.api_key))[0] == 401
    assert get(server, "/openai/v1/models", bearer(server.second_api_key))[0] == 401
    status, body = get(server, "/second/v1/models", bearer(server.second_api_key))
    assert status == 200
    assert 10 < len(body["data"]) < 60
    assert {item["id"] for item in body["data"]}.isdisjoint(model.id for model in server.models())


@pytest.mark.req("MD-1")
@pytest.mark.parametrize(
    ("headers", "status", "kind"),
    [
        (VERSION, 401, "authentication_error"),
        ({**VERSION, "x-api-key": "sk-ant-wrong"}, 401, "authentication_error"),
        ({"x-api-key": "right"}, 400, "invalid_request_error"),
    ],
)
def test_anthropic_account_checks_key_and_version(
    server: DemoServer, headers: dict[str, str], status: int, kind: str
) -> None:
    """MD-1: a wrong or missing x-api-key or anthropic-version is refused in Anthropic's shape."""
    if headers.get("x-api-key") == "right":
        headers = {"x-api-key": server.api_key}
    got, body = get(server, "/anthropic/v1/models", headers)
    assert got == status
    assert body["type"] == "error"
    assert body["error"]["type"] == kind
    assert body["request_id"].startswith("req_")


@pytest.mark.req("MD-1")
def test_anthropic_account_gives_twenty_a_page_unless_asked(server: DemoServer) -> None:
    """MD-1: the default page has 20 models and says that there are more, and where it ends."""
    _, body = get(server, "/anthropic/v1/models", anthropic(server))
    assert len(body["data"]) == 20
    assert body["has_more"] is True
    assert body["first_id"] == body["data"][0]["id"]
    assert body["last_id"] == body["data"][-1]["id"]


@pytest.mark.req("MD-1")
@pytest.mark.parametrize("limit", [1, 7, 28, 1000])
def test_anthropic_pages_follow_each_other_without_gap(server: DemoServer, limit: int) -> None:
    """MD-1: following last_id with after_id reads every model once, newest first."""
    ids: list[str] = []
    after = ""
    while True:
        path = f"/anthropic/v1/models?limit={limit}" + (f"&after_id={after}" if after else "")
        status, body = get(server, path, anthropic(server))
        assert status == 200
        assert len(body["data"]) <= limit
        ids += [item["id"] for item in body["data"]]
        after = body["last_id"]
        if not body["has_more"]:
            break
    assert ids == [model.id for model in server.models("anthropic")]
    dates = [model.created for model in server.models("anthropic")]
    assert dates == sorted(dates, reverse=True)


@pytest.mark.req("MD-1")
def test_anthropic_before_id_gives_the_page_that_ends_there(server: DemoServer) -> None:
    """MD-1: before_id gives the models just before one, and says whether there are earlier ones."""
    ids = [model.id for model in server.models("anthropic")]
    _, body = get(server, f"/anthropic/v1/models?limit=3&before_id={ids[5]}", anthropic(server))
    assert [item["id"] for item in body["data"]] == ids[2:5]
    assert body["has_more"] is True
    _, body = get(server, f"/anthropic/v1/models?limit=9&before_id={ids[2]}", anthropic(server))
    assert [item["id"] for item in body["data"]] == ids[:2]
    assert body["has_more"] is False


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "limit=x", "limit=-1", "after_id=nobody"])
def test_anthropic_refuses_a_limit_or_cursor_out_of_range(server: DemoServer, query: str) -> None:
    """A limit outside 1 to 1000 or an id that is not in the list is a 400, as at Anthropic."""
    status, body = get(server, f"/anthropic/v1/models?{query}", anthropic(server))
    assert status == 400
    assert body["error"]["type"] == "invalid_request_error"


@pytest.mark.req("MD-14")
def test_a_base_url_without_v1_is_a_404(server: DemoServer) -> None:
    """MD-14: the list is at /v1/models only, so that a forgotten /v1 can be met."""
    assert get(server, "/openai/models", bearer(server.api_key))[0] == 404
    assert get(server, "/nowhere/v1/models", {})[0] == 404
    assert get(server, "/openai/v1/models", bearer(server.api_key), method="POST")[0] == 405
    status, page = get(server, "/", {})
    assert status == 200
    assert page.startswith(b"<!doctype html>")


@pytest.mark.req("SEC-1")
def test_recorded_requests_hold_no_key(server: DemoServer) -> None:
    """SEC-1: what is kept of a request says whether the key was right, and not the key."""
    get(server, "/openai/v1/models", bearer(server.api_key))
    get(server, "/anthropic/v1/models?limit=2", anthropic(server))
    assert [request.authorised for request in server.requests] == [True, True]
    assert server.requests[1].path == "/anthropic/v1/models?limit=2"
    assert server.requests[1].headers["anthropic-version"] == "2023-06-01"
    assert server.api_key not in repr(server.requests) + repr(server)
    server.forget_requests()
    assert server.requests == ()


def test_a_connection_serves_request_after_request(server: DemoServer) -> None:
    """Keep-alive: ten requests over one connection are one connection to the server."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    with contextlib.closing(connection):
        for _ in range(10):
            connection.request("GET", "/openai/v1/models", headers=bearer(server.api_key))
            assert len(json.loads(connection.getresponse().read())["data"]) == 60
    assert server.connections == 1


def test_many_clients_at_once_all_get_the_whole_list(server: DemoServer) -> None:
    """Forty clients on eight threads, each served whole, and each one recorded."""
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(lambda _: get(server, "/openai/v1/models", bearer(server.api_key)), range(40))
        )
    assert {(status, len(body["data"])) for status, body in answers} == {(200, 60)}
    assert len(server.requests) == 40


@pytest.mark.req("MD-13")
def test_an_account_can_list_other_models_from_now_on(server: DemoServer) -> None:
    """MD-13: set_models changes the very next answer, pages included."""
    new = DemoModel(id="claude-next", kind="chat", owner="anthropic", created=1_790_000_000)
    get(server, "/anthropic/v1/models", anthropic(server))
    server.set_models([new, *server.models("anthropic")[1:]], account="anthropic")
    _, body = get(server, "/anthropic/v1/models", anthropic(server))
    assert body["data"][0]["id"] == "claude-next"
    assert len(server.models("anthropic")) == 28


def test_stop_ends_hanging_requests_and_leaves_no_thread() -> None:
    """Clients that wait for an answer, or keep a connection open, see its end as soon as the server stops."""
    before = set(threading.enumerate())
    server = DemoServer(models=60).start()
    server.play("hang")
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=10)
    idle = socket.create_connection(("127.0.0.1", server.port), timeout=10)
    with contextlib.closing(connection), contextlib.closing(idle):
        connection.sendall(b"GET /openai/v1/models HTTP/1.1\r\nhost: x\r\n\r\n")
        while not (server.requests and server.connections == 2):
            threading.Event().wait(0.01)
        server.stop()
        assert connection.recv(1) == idle.recv(1) == b""
    assert set(threading.enumerate()) == before
    assert not server.running
    with pytest.raises(RuntimeError, match="does not run"):
        _ = server.port


def test_a_stopped_server_can_be_started_again() -> None:
    """Start, stop and start again: the keys and lists stay, stopping twice does no harm."""
    server = DemoServer(models=60, api_key="sk-mine-0123456789")
    with server:
        assert server.start() is server
    server.stop()
    with server:
        assert get(server, "/openai/v1/models", bearer("sk-mine-0123456789"))[0] == 200


def test_every_server_has_a_key_of_its_own() -> None:
    """Keys are random: one demo's settings file does not open another demo's server."""
    one, two = DemoServer(models=1), DemoServer(models=1)
    assert len({one.api_key, one.second_api_key, two.api_key, two.second_api_key}) == 4


def test_what_is_not_http_is_turned_away(server: DemoServer) -> None:
    """A TLS greeting on the plain port fails at once in the client, and the server goes on."""
    context = ssl.create_default_context()
    with (
        socket.create_connection(("127.0.0.1", server.port), timeout=10) as plain,
        pytest.raises(ssl.SSLError),
    ):
        context.wrap_socket(plain, server_hostname="localhost")
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as noise:
        noise.sendall(b"hello\r\n\r\n")
        assert noise.recv(100).startswith(b"HTTP/1.1 400")
    assert get(server, "/openai/v1/models", bearer(server.api_key))[0] == 200


@pytest.mark.parametrize("count", [8, 60, 400, 5_000])
def test_lists_have_the_size_asked_for_with_distinct_ids_of_every_kind(count: int) -> None:
    """A short list has chat, embedding and other models too, and no id comes twice in a long one."""
    models = openai_models(count)
    assert len(models) == count
    assert len({model.id for model in models}) == count
    assert {model.kind for model in models} == {"chat", "embedding", "other"}
    assert models == openai_models(count)


def test_other_lists_are_distinct_too() -> None:
    """The Anthropic list grows on demand, the second account's is short; ids are distinct in both."""
    assert len({model.id for model in anthropic_models(2_000)}) == 2_000
    assert len(anthropic_models(5)) == 5
    assert {model.kind for model in second_models()} == {"chat", "embedding", "other"}


def test_server_needs_neither_widgets_nor_pydantic() -> None:
    """The server runs on the standard library: importing it loads none of the package's dependencies."""
    code = (
        "import sys; from dispatch_widgets.demo import DemoServer\n"
        "with DemoServer(models=10): pass\n"
        "print([m for m in ('pydantic', 'httpx', 'ipywidgets', 'anywidget', 'click') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
