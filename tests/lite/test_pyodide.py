"""The package in Pyodide, as node runs it: no threads, no sockets, no hard links, and no waiting."""

from __future__ import annotations

import asyncio
import json
import subprocess
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from live_demo import fetch_wheels, missing

from dispatch_widgets.demo import DemoServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HERE = Path(__file__).parent
PACKAGE = HERE.parents[1] / "dispatch_widgets"

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.skipif(bool(missing(site=False)), reason=missing(site=False)),
]

START = """
import json, os, sys
import dispatch_widgets as dw
service = dw.SettingsService("/home/pyodide/dispatch.settings.json")
added = dict(type="openai-compatible", base_url={base_url!r}, api_key={key!r})
provider = service.add_provider(name="Mine", **added)

def show(**values):
    print("RESULT", json.dumps(values))

def error_of(error):
    return [type(error).__name__, getattr(error, "code", ""), error.message, error.hint]
"""


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """What the package needs, built for Pyodide."""
    return fetch_wheels(tmp_path_factory.mktemp("wheels"), more=["openai", "anthropic"])


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    """A demo server."""
    with DemoServer(models=24) as running:
        yield running


@pytest.fixture
def run(wheels: list[Path], server: DemoServer, tmp_path: Path) -> Callable[[str], dict[str, Any]]:
    """Runs a script in Pyodide and returns what it shows."""

    def run(script: str) -> dict[str, Any]:
        start = START.format(base_url=server.openai_base_url, key=server.api_key)
        file = tmp_path / "script.py"
        file.write_text(start + textwrap.dedent(script), encoding="utf-8")
        command = ["node", str(HERE / "run.mjs"), str(file), str(PACKAGE), *map(str, wheels)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stderr == ""
        lines = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
        found: dict[str, Any] = json.loads(lines[-1].removeprefix("RESULT "))
        return found

    return run


@pytest.mark.req("ST-2", "ST-3")
def test_the_file_is_read_changed_and_saved(run: Callable[[str], dict[str, Any]]) -> None:
    """Providers, models and tasks are saved without hard links, and nothing is left beside the file."""
    found = run("""
        service.update_provider(provider.id, name="Yours")
        entry = service.add_model(provider_id=provider.id, model="gpt-4o")
        service.assign("summarize", entry.id)
        again = dw.SettingsService(service.path)
        beside = [name for name in os.listdir("/home/pyodide") if "dispatch.settings" in name]
        show(provider=again.get_providers()[0].name, model=again.resolve("summarize").model, beside=beside)
    """)
    assert (found["provider"], found["model"]) == ("Yours", "gpt-4o")
    assert set(found["beside"]) <= {"dispatch.settings.json", ".dispatch.settings.json.lock"}


@pytest.mark.req("MD-1", "API-3")
def test_models_are_asked_for_with_fetch(run: Callable[[str], dict[str, Any]]) -> None:
    """Lists, tries and diagnoses go through the host's fetch, awaited."""
    found = run("""
        models = await service.discover_models_async(provider.id)
        entry = service.add_model(provider_id=provider.id, model="gpt-4o")
        service.assign("summarize", entry.id)
        tried = await service.try_task_async("summarize")
        show(models=len(models), source=models.source, tried=tried.ok, tokens=tried.tokens)
    """)
    assert (found["models"], found["source"], found["tried"]) == (24, "live", True)
    assert found["tokens"]


@pytest.mark.req("MD-15", "API-2")
def test_what_cannot_be_is_refused_in_words(run: Callable[[str], dict[str, Any]]) -> None:
    """A call that would have to wait, and a server that is not there, are errors of this package."""
    found = run("""
        try:
            service.discover_models(provider.id)
        except dw.DispatchError as error:
            waiting = error_of(error)
        service.update_provider(provider.id, base_url="http://127.0.0.1:9/v1")
        try:
            await service.discover_models_async(provider.id, force_refresh=True)
        except dw.DispatchError as error:
            absent = error_of(error)
            kind = error.kind
        show(waiting=waiting, absent=absent, kind=kind)
    """)
    assert found["waiting"] == [
        "DispatchError",
        "INTERNAL_SERVER_ERROR",
        "This browser cannot wait for an answer in a synchronous call.",
        "Await the function's _async twin, or take a browser with WebAssembly's JSPI.",
    ]
    name, code, message, hint = found["absent"]
    assert (name, code, found["kind"]) == ("DiscoveryError", "INTERNAL_SERVER_ERROR", "CONNECTION_REFUSED")
    assert message == "The browser brought no answer from 127.0.0.1:9 that this page may read."
    assert "CORS" in hint


@pytest.mark.req("SEC-5")
def test_no_redirect_is_followed(run: Callable[[str], dict[str, Any]], server: DemoServer) -> None:
    """A key does not go where a redirect leads."""
    server.play("redirect-elsewhere")
    try:
        found = run("""
            try:
                await service.discover_models_async(provider.id)
            except dw.DiscoveryError as error:
                show(kind=error.kind)
        """)
    finally:
        server.play(None)
    assert found["kind"] == "REDIRECT"
    assert not server.stray_requests


PLAYED = [
    *("401", "429", "echo-key", "slow", "hang", "drip-body", "never-ends", "reset", "reset-mid-body"),
    *("truncated", "truncated-chunks", "truncated-gzip", "close-silently", "not-http", "gzip", "huge"),
    *("html", "empty-list", "redirect-elsewhere", "missing-ids"),
]
FAULTS = """
import asyncio, json, os
import dispatch_widgets as dw
from dispatch_widgets.demo import DemoServer

async def played(service, server, provider):
    found = {}
    for name in PLAYED:
        server.play(name, **({"seconds": 0.1} if name == "slow" else {}))
        try:
            found[name] = len(await service.discover_models_async(provider.id, force_refresh=True))
        except dw.DiscoveryError as error:
            found[name] = error.kind
    server.play(None)
    return found

def provider_of(service, server):
    return service.add_provider(
        name="Here", type="openai-compatible", base_url=server.openai_base_url, api_key=server.api_key
    )
"""


@pytest.mark.req("CLI-3", "MD-15")
def test_the_demo_server_answers_in_a_page_as_it_does_over_sockets(
    run: Callable[[str], dict[str, Any]], tmp_path: Path
) -> None:
    """Lists, answers and faults are the same where there are no sockets."""
    found = run(f"""
PLAYED = {PLAYED!r}
{FAULTS}
server = DemoServer(models=24).start()
impatient = dw.SettingsService("/home/pyodide/here.json", timeout_seconds=1.0)
here = provider_of(impatient, server)
entry = impatient.add_model(provider_id=here.id, model="gpt-4o", tasks=["summarize"])
kinds = await played(impatient, server, here)
tried = await impatient.try_task_async("summarize")
show(kinds=kinds, answer=tried.answer, stray=len(server.stray_requests))
""")
    names: dict[str, Any] = {"PLAYED": PLAYED}
    exec(FAULTS, names)  # noqa: S102 - the same steps over sockets
    with DemoServer(models=24) as server:
        service = names["dw"].SettingsService(tmp_path / "over.json", timeout_seconds=1.0)
        over_sockets = asyncio.run(names["played"](service, server, names["provider_of"](service, server)))
    assert found["kinds"] == over_sockets
    assert found["answer"].startswith("This is a canned answer")
    assert found["stray"] == 0


@pytest.mark.req("API-5")
def test_the_sdks_clients_ask_with_fetch(run: Callable[[str], dict[str, Any]], server: DemoServer) -> None:
    """Async clients of both SDKs answer, whole and in parts; others are refused if they cannot wait."""
    found = run(f"""
        from dispatch_widgets.demo import DemoServer
        entry = service.add_model(provider_id=provider.id, model="gpt-4o")
        service.assign("summarize", entry.id)
        chosen = service.resolve("summarize")
        question = dict(model=chosen.model, messages=[dict(role="user", content="Are you there?")])
        client = chosen.async_client()
        whole = (await client.chat.completions.create(**question)).choices[0].message.content
        stream = await client.chat.completions.create(**question, stream=True)
        parts = [part.choices[0].delta.content or "" async for part in stream if part.choices]
        other = service.add_provider(
            name="Other", type="anthropic", base_url={server.anthropic_base_url!r}, api_key={server.api_key!r}
        )
        service.add_model(provider_id=other.id, model="claude-sonnet-5", tasks=["grade"])
        claude = service.resolve("grade")
        question = dict(model=claude.model, max_tokens=50, messages=question["messages"])
        message = (await claude.async_client().messages.create(**question)).content[0].text
        with DemoServer() as silent:
            silent.play("hang")
            there = dict(base_url=silent.openai_base_url, timeout=0.1, max_retries=0)
            try:
                await chosen.async_client().with_options(**there).models.list()
            except Exception as error:
                late = type(error).__name__
        try:
            chosen.client()
        except dw.DispatchError as error:
            show(whole=whole, parts=parts, message=message, late=late, waiting=error_of(error))
    """)
    assert found["whole"].startswith("This is a canned answer")
    assert found["message"].startswith("This is a canned answer")
    assert "".join(found["parts"]) == found["whole"]
    assert len(found["parts"]) > 1
    assert found["late"] == "APITimeoutError"
    assert found["waiting"][2:] == [
        "This browser cannot wait for an answer in a synchronous call.",
        "Use async_client() and await it, or take a browser with WebAssembly's JSPI.",
    ]
