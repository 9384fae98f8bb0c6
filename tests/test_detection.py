"""What the machine already has: variables as references, local servers only when asked."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

import dispatch_widgets as dw
from dispatch_widgets.demo import DemoServer
from dispatch_widgets.detection import find_here, find_here_async
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
    found = find_here(presets=presets, environ={})
    assert [(one.preset.key, one.base_url, one.models) for one in found.servers] == [
        ("ollama", server.openai_base_url, 12)
    ]
    assert len(server.requests) == 1
    assert "12" in str(found)
    assert asyncio.run(find_here_async(presets=presets, environ={})) == found
    assert asyncio.run(find_here_async(servers=False, environ={})).servers == ()


def test_a_server_that_wants_a_key_is_found_as_that(server: DemoServer) -> None:
    """A server started with a key, as vLLM can be, is found; its models are not known yet."""
    found = find_here(presets=[_at(server.second_openai_base_url, "vllm")], environ={})
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
    assert [request.authorised for request in server.requests] == [True]  # with the word for no key


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
    found = find_here(presets=[moved], environ={})
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
