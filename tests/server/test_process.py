"""A real server process: found by Jupyter, in step with other processes, quiet about keys, never held up."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import filelock
import httpx
import pytest

from dispatch_widgets import ProvidersPanel, SettingsService
from dispatch_widgets.demo import DemoServer, fault
from dispatch_widgets.settings.lock_file import lock_path_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PATIENCE_SECONDS = 30.0


def _until(condition: Callable[[], Any]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not become true"
        time.sleep(0.02)


def _anthropic(name: str, key: str = "sk-process-1234567890") -> dict[str, Any]:
    return {"name": name, "type": "anthropic", "credentials": {"apiKey": key}}


@pytest.mark.req("API-4")
def test_installing_the_package_enables_the_extension(tmp_path: Path) -> None:
    """`jupyter server extension list` shows the extension as enabled and OK."""
    environment = {**os.environ, "JUPYTER_CONFIG_DIR": str(tmp_path), "NO_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "jupyter", "server", "extension", "list"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    lines = (done.stdout + done.stderr).replace("\x1b[32m", "").replace("\x1b[0m", "").splitlines()
    at = next(index for index, line in enumerate(lines) if line.split() == ["dispatch_widgets", "enabled"])
    assert lines[at + 2].split()[0] == "dispatch_widgets"
    assert lines[at + 2].split()[-1] == "OK"


def test_jupyter_finds_it_without_loading_it() -> None:
    """Finding the extension imports neither pydantic nor the handlers; loading it imports no network code."""
    code = (
        "import sys, dispatch_widgets as dw\n"
        "[point] = dw._jupyter_server_extension_points()\n"
        "import importlib; module = importlib.import_module(point['module'])\n"
        "module._load_jupyter_server_extension\n"
        "heavy = {'pydantic', 'tornado', 'jupyter_server', 'httpx', 'asyncio', 'ipywidgets'}\n"
        "print(heavy & set(sys.modules))\n"
        "import dispatch_widgets.server.handlers\n"
        "print({'httpx', 'ipywidgets', 'filelock', 'IPython'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["set()", "set()"]


def _rows(panel: ProvidersPanel) -> list[str]:
    """The titles of the rows that it shows."""
    return [row.title for section in panel.presenter.view().sections for row in section.rows]


@pytest.mark.req("API-4", "ST-6")
def test_a_change_over_http_shows_in_an_open_panel_and_back(jupyter: Any) -> None:
    """A panel shows a change over HTTP, and a request sees a change in the panel."""
    service = SettingsService(jupyter.settings_path)
    panel = ProvidersPanel(service)
    try:
        made = jupyter.mutate("addProvider", _anthropic("From HTTP"))
        _until(lambda: "From HTTP" in _rows(panel))
        jupyter.mutate("updateProvider", {"id": made["id"], "name": "Renamed"})
        _until(lambda: "Renamed" in _rows(panel))
    finally:
        panel.close()
    ours = service.add_provider(name="From a kernel", type="anthropic", api_key="sk-kernel-1234567890")
    assert ours.id in [provider["id"] for provider in jupyter.query("getProviders")]
    service.delete_provider(ours.id)
    jupyter.mutate("deleteProvider", {"id": made["id"]})


@pytest.mark.req("API-4", "ST-3")
def test_concurrent_requests_lose_nothing(jupyter: Any) -> None:
    """Providers that eight clients and a kernel add concurrently are all saved once."""
    service = SettingsService(jupyter.settings_path)
    wanted = {f"{who}-{index}" for who in range(9) for index in range(6)}

    def add(who: int) -> None:
        if who == 8:
            for index in range(6):
                service.add_provider(name=f"8-{index}", type="anthropic", api_key="sk-kernel-1234567890")
        elif who % 2:
            for index in range(6):
                jupyter.mutate("addProvider", _anthropic(f"{who}-{index}"))
        else:
            batch = {str(index): _anthropic(f"{who}-{index}") for index in range(6)}
            path = ",".join(["settings.addProvider"] * 6)
            assert jupyter.http.post(f"dispatch/trpc/{path}?batch=1", json=batch).status_code == 200

    with ThreadPoolExecutor(9) as pool:
        for done in [pool.submit(add, who) for who in range(9)]:
            done.result()
    names = [provider["name"] for provider in jupyter.query("getProviders")]
    assert sorted(names) == sorted(wanted)
    for provider in jupyter.query("getProviders"):
        jupyter.mutate("deleteProvider", {"id": provider["id"]})


@pytest.mark.req("API-4")
def test_the_server_goes_on_while_a_file_or_a_provider_keeps_somebody_waiting(jupyter: Any) -> None:
    """Neither a held lock nor a slow provider delays other requests."""
    with DemoServer() as demo, ThreadPoolExecutor(16) as pool:
        slow = jupyter.mutate(
            "addProvider",
            {
                "name": "Slow",
                "type": "openai-compatible",
                "credentials": {"apiKey": demo.api_key, "baseUrl": demo.openai_base_url},
            },
        )
        demo.play(fault("slow", seconds=3.0))
        asked = pool.submit(jupyter.query, "discoverModels", {"providerId": slow["id"]})
        _until(lambda: demo.requests)
        with filelock.FileLock(lock_path_of(jupyter.settings_path)):
            waiting = [pool.submit(jupyter.mutate, "addProvider", _anthropic(f"W{i}")) for i in range(12)]
            time.sleep(0.3)
            assert jupyter.http.get("api").status_code == 200
            assert [provider["name"] for provider in jupyter.query("getProviders")] == ["Slow"]
            assert not asked.done()
            assert not any(request.done() for request in waiting)
        assert {request.result()["name"] for request in waiting} == {f"W{i}" for i in range(12)}
        assert asked.result()
    for provider in jupyter.query("getProviders"):
        jupyter.mutate("deleteProvider", {"id": provider["id"]})


@pytest.mark.req("API-4")
def test_a_cookie_session_needs_the_xsrf_token_for_a_mutation(jupyter: Any) -> None:
    """A cookie is enough to read; a change also needs the XSRF token in the header."""
    add = "dispatch/trpc/settings.addProvider"
    with httpx.Client(base_url=jupyter.base, trust_env=False, follow_redirects=True) as browser:
        browser.get("api/contents", params={"token": jupyter.token})
        assert browser.get("dispatch/trpc/settings.getProviders").json() == {"result": {"data": []}}
        refused = browser.post(add, json=_anthropic("X"))
        assert refused.status_code == 403
        assert refused.json()["error"]["data"] == {"code": "FORBIDDEN", "httpStatus": 403}
        assert "_xsrf" in refused.json()["error"]["message"]
        for headers in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
            reply = browser.get("dispatch/trpc/settings.getProviders", headers=headers)
            assert (reply.status_code, reply.json()["error"]["data"]["code"]) == (403, "FORBIDDEN")
            assert browser.get("dispatch/models", headers=headers).status_code == 403
        browser.get("login")
        token = {"X-XSRFToken": browser.cookies["_xsrf"]}
        foreign = browser.post(add, json=_anthropic("X"), headers={**token, "Origin": "http://evil.example"})
        assert foreign.json()["error"]["data"]["code"] == "FORBIDDEN"
        assert jupyter.query("getProviders") == []
        made = browser.post(add, json=_anthropic("X"), headers=token).json()["result"]["data"]
    jupyter.mutate("deleteProvider", {"id": made["id"]})


@pytest.mark.req("SEC-1")
def test_no_key_is_in_the_servers_log(jupyter: Any, canary: str) -> None:
    """No log line contains the key, at DEBUG and after all kinds of errors."""
    given = _anthropic("Canary", canary)
    path = "dispatch/trpc/settings.addProvider"
    jupyter.http.get(path, params={"input": json.dumps(given)})
    jupyter.http.get(f"dispatch/models?providerId={canary}&apiKey={canary}")
    jupyter.http.post(path, content=f'{{"apiKey": "{canary}', headers={"Content-Type": "application/json"})
    jupyter.http.post(path, content=json.dumps(given), headers={"Content-Type": "text/plain"})
    jupyter.http.post(path, json={**given, "type": canary})
    jupyter.http.put(path, json=given)
    httpx.post(f"{jupyter.trpc}/settings.addProvider", json=given, trust_env=False)
    with DemoServer() as demo:
        demo.play(fault("echo-key"))
        credentials = {"apiKey": canary, "baseUrl": demo.openai_base_url}
        made = jupyter.mutate(
            "addProvider", {**given, "type": "openai-compatible", "credentials": credentials}
        )
        for name in ("discoverModels", "getProviders"):
            reply = jupyter.http.get(
                f"dispatch/trpc/settings.{name}", params={"input": json.dumps({"providerId": made["id"]})}
            )
            assert (canary in reply.text) == (name == "getProviders")
    jupyter.mutate("deleteProvider", {"id": made["id"]})
    log = jupyter.log()
    assert log.count("settings.addProvider") > 5
    assert canary not in log
    assert canary[10:30] not in log


@pytest.mark.req("API-4")
def test_a_server_that_lets_everybody_in_still_asks_who_it_is(jupyter_class: Any, tmp_path: Path) -> None:
    """Where Jupyter refuses unauthenticated requests by itself, its refusal has tRPC's form too."""
    options = ["--ServerApp.allow_unauthenticated_access=False", "--ServerApp.disable_check_xsrf=True"]
    with jupyter_class(tmp_path / "house", *options) as jupyter:
        for method in ("GET", "POST"):
            reply = httpx.request(method, f"{jupyter.trpc}/settings.getProviders", json={}, trust_env=False)
            assert reply.json()["error"]["data"] == {"code": "UNAUTHORIZED", "httpStatus": 401}
        foreign_host = {"Host": "evil.example"}
        refused = jupyter.http.get("dispatch/trpc/settings.getProviders", headers=foreign_host)
        assert refused.json()["error"]["data"]["code"] == "FORBIDDEN"


def test_threads_share_one_service(jupyter: Any) -> None:
    """All requests share one service, and so its cache."""
    with DemoServer() as demo:
        credentials = {"apiKey": demo.api_key, "baseUrl": demo.openai_base_url}
        given = {"name": "Demo", "type": "openai-compatible", "credentials": credentials}
        made = jupyter.mutate("addProvider", given)
        barrier = threading.Barrier(6)

        def discover(_: int) -> int:
            barrier.wait()
            return len(jupyter.query("discoverModels", {"providerId": made["id"]}))

        with ThreadPoolExecutor(6) as pool:
            assert len(set(pool.map(discover, range(6)))) == 1
        assert jupyter.http.get(f"dispatch/models?providerId={made['id']}").json()["source"] == "cache"
        assert len(demo.requests) == 1
    jupyter.mutate("deleteProvider", {"id": made["id"]})
