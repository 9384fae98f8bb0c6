"""The LiteLLM proxy itself, on loopback: its list, its refusals, a try and a diagnosis."""

from __future__ import annotations

import importlib.util
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dispatch_widgets import DiscoveryError, SettingsService

if TYPE_CHECKING:
    from collections.abc import Iterator

WHY = 'pip install -e ".[test-integrations]" for this test'
PATIENCE_SECONDS = 180.0  # it imports for long on a busy machine
KEY = "sk-litellm-master-0123456789"
CONFIG = {
    "model_list": [
        {
            "model_name": "lab-chat",
            "litellm_params": {"model": "openai/lab-chat", "api_key": "none", "mock_response": "Hello."},
        },
        {
            "model_name": "lab-embed",
            "litellm_params": {"model": "openai/text-embedding-3-small", "api_key": "none"},
            "model_info": {"mode": "embedding"},
        },
    ],
    "general_settings": {"master_key": KEY},
}


def _answers(url: str) -> bool:
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=2):
            return True
    except OSError:
        return False


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a proxy with two models and no database; it ends with the tests."""
    program = Path(sys.executable).with_name("litellm")
    if not program.exists() or any(not importlib.util.find_spec(name) for name in ("fastapi", "uvicorn")):
        pytest.skip(WHY)
    folder = tmp_path_factory.mktemp("litellm")
    config = folder / "config.yaml"
    config.write_text(json.dumps(CONFIG), encoding="utf-8")  # which is YAML too
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # else it asks the network
        "DISABLE_ADMIN_UI": "True",
        "NO_DOCS": "True",
    }
    arguments = ["--config", config, "--host", "127.0.0.1", "--port", str(port), "--telemetry", "False"]
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [program, *arguments], cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not _answers(f"http://127.0.0.1:{port}/health/liveliness"):
            started = process.poll() is None and time.monotonic() < deadline
            assert started, log.read_text(encoding="utf-8", errors="replace")[-3000:]
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture
def service(tmp_path: Path) -> SettingsService:
    """A service over a file of its own."""
    return SettingsService(tmp_path / "dispatch.settings.json", timeout_seconds=30)


@pytest.mark.timeout(300)
@pytest.mark.req("MD-1", "MD-2", "MD-4")
@pytest.mark.parametrize(
    ("type_", "path"), [("openai-compatible", "/v1"), ("openai-compatible", ""), ("anthropic", "")]
)
def test_its_list_is_read_on_both_faces(proxy: str, service: SettingsService, type_: str, path: str) -> None:
    """It lists the same models to both types of provider, with and without /v1 (MD-1, MD-2)."""
    models = service.check_provider(type=type_, api_key=KEY, base_url=proxy + path)
    assert {"lab-chat", "lab-embed"} <= {model.id for model in models}
    assert models.warning == ""
    if type_ == "openai-compatible":
        assert {model.id: model.kind for model in models}["lab-embed"] == "embedding"


@pytest.mark.timeout(300)
@pytest.mark.req("MD-8", "MD-15", "MD-16")
@pytest.mark.parametrize("type_", ["openai-compatible", "anthropic"])
def test_a_wrong_key_is_told(proxy: str, service: SettingsService, type_: str) -> None:
    """Without a database a wrong key is its 400: its words are shown, and the key is named (MD-15)."""
    base_url = f"{proxy}/v1" if type_ == "openai-compatible" else proxy
    provider = service.add_provider(
        name="LiteLLM", type=type_, api_key="sk-wrong-0123456789abcdef", base_url=base_url
    )
    with pytest.raises(DiscoveryError) as caught:
        service.discover_models(provider.id)
    assert "No connected db." in caught.value.message
    assert "key" in caught.value.hint
    found = service.diagnose(provider.id)
    assert not found.ok
    assert "key" in found.suggestion
    assert (found.suggested_base_url, found.suggested_type) == (None, None)
    assert "sk-wrong-0123456789abcdef" not in f"{caught.value} {found}"


@pytest.mark.timeout(300)
@pytest.mark.req("MD-14")
@pytest.mark.parametrize(
    ("type_", "path", "suggested"),
    [
        ("openai-compatible", "/chat", "/v1"),
        ("openai-compatible", "/v1/docs", "/v1"),
        ("anthropic", "/wrong", ""),
    ],
)
def test_the_diagnosis_finds_its_address(
    proxy: str, service: SettingsService, type_: str, path: str, suggested: str
) -> None:
    """From a path that it does not have, the diagnosis finds the one at which it lists models (MD-14)."""
    provider = service.add_provider(name="LiteLLM", type=type_, api_key=KEY, base_url=proxy + path)
    found = service.diagnose(provider.id)
    assert found.suggested_base_url == proxy + suggested
    service.update_provider(provider.id, base_url=found.suggested_base_url)
    assert service.diagnose(provider.id).ok


@pytest.mark.timeout(300)
@pytest.mark.req("MD-15")
@pytest.mark.parametrize(("type_", "path"), [("openai-compatible", "/v1"), ("anthropic", "")])
def test_its_model_is_tried(proxy: str, service: SettingsService, type_: str, path: str) -> None:
    """A model that it serves answers; one that it does not know is told by its name."""
    provider = service.add_provider(name="LiteLLM", type=type_, api_key=KEY, base_url=proxy + path)
    assert service.try_model(provider.id, "lab-chat").ok
    unknown = service.try_model(provider.id, "no-such-model")
    assert not unknown.ok
    assert "no-such-model" in unknown.message
