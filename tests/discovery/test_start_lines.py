"""The start command for a local server that does not respond, by its port."""

from __future__ import annotations

import pytest

from dispatch_widgets.discovery.connection_errors import connection_error
from dispatch_widgets.discovery.exchange import RequestContext
from dispatch_widgets.presets import PRESETS


def _hint(base_url: str, *, tried: bool = False) -> str:
    context = RequestContext("P", "here", f"{base_url}/models", base_url, "", 1)
    failure = connection_error(ConnectionRefusedError(), context)
    error = failure.as_error_of_a_try("p") if tried else failure.as_error("p")
    return error.hint


@pytest.mark.req("MD-15")
@pytest.mark.parametrize("preset", [p for p in PRESETS if p.is_local], ids=lambda preset: preset.key)
def test_every_local_server_has_a_start_command(preset) -> None:
    """The presets' start commands are used for all their ports, and for any name of this machine."""
    for port in (preset.default_port, *preset.other_ports):
        for host in ("localhost", "127.0.0.1", "[::1]"):
            hint = _hint(f"http://{host}:{port}/v1")
            assert preset.start in hint
            assert hint.endswith(", then refresh.")


@pytest.mark.req("MD-15")
def test_two_servers_of_one_port_are_both_named() -> None:
    """If two servers have the same default port, both commands are shown."""
    hint = _hint("http://localhost:8080/v1")
    assert hint == (
        "Start it with `llama-server --port 8080 -m` and a model file (llama.cpp) "
        "or `local-ai run` (LocalAI), then refresh."
    )


def test_after_a_try_it_is_tried_again() -> None:
    """The hint after a try does not say "refresh"."""
    assert _hint("http://localhost:11434/v1", tried=True) == "Start it with `ollama serve`, then try again."
    assert _hint("http://localhost:5555/v1", tried=True) == "Start the server, then try again."
    assert _hint("http://localhost:5555/v1") == "Start the server, then refresh."


def test_another_machine_has_no_start_command() -> None:
    """For another machine's port there is no start command."""
    assert "Start" not in _hint("http://llm.example.edu:11434/v1")
