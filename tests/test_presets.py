"""The presets of well-known providers and local servers."""

from __future__ import annotations

import re
import subprocess
import sys
from urllib.parse import urlsplit

import pytest

from dispatch_widgets.presets import (
    KEY_VARIABLES,
    OTHER_COMPANIONS,
    PRESETS,
    SERVER_WORDS,
    Preset,
    companions_of,
    find_preset,
    is_own_pair,
    preset_for_url,
    server_named_beside,
)
from dispatch_widgets.urls import host_of

EVERY = pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.key)


def test_every_provider_of_the_form_has_a_preset() -> None:
    """The add form's list (ui.md), SGLang and Jan, providers elsewhere before local servers."""
    assert [preset.name for preset in PRESETS] == [
        *("Anthropic", "OpenAI", "OpenRouter", "Mistral", "Groq", "Together", "DeepSeek", "Gemini", "xAI"),
        *("Fireworks", "LiteLLM", "Ollama", "LM Studio", "vLLM", "llama.cpp", "LocalAI", "SGLang", "Jan"),
    ]
    assert len({preset.key for preset in PRESETS}) == len(PRESETS)


@EVERY
def test_presets_are_consistent(preset: Preset) -> None:
    """A provider elsewhere has https, a key variable and a key page; a local one a port and a start hint."""
    url = urlsplit(preset.base_url)
    assert not preset.base_url.endswith("/")
    assert re.fullmatch(r"(\d{4}-\d{2})?", preset.checked)
    assert preset.source.startswith("https://")
    if preset.is_local:
        assert (url.scheme, url.hostname, url.port) == ("http", "localhost", preset.default_port)
        assert not preset.needs_key
        assert preset.start
        assert preset.key_variable is None
    else:
        assert url.scheme == "https"
        assert preset.needs_key
        assert preset.key_variable in KEY_VARIABLES
        assert (preset.key_page or "").startswith("https://")
    assert preset.type == ("anthropic" if preset.key == "anthropic" else "openai-compatible")


@EVERY
def test_presets_are_found_by_key_and_by_url(preset: Preset) -> None:
    """Each preset is found by its short name and by its own base URL; of two on one port, the first."""
    assert find_preset(preset.key) is preset
    expected = find_preset("llamacpp") if preset.key == "localai" else preset
    assert preset_for_url(preset.base_url) is expected
    assert preset_for_url(preset.base_url.upper().replace("HTTP", "http") + "/") is expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "https://example.org/v1",
        "http://localhost:5555",
        "ftp://localhost",
        "https://[",
        "https://api.openai.com.evil.org",
    ],
)
def test_other_urls_belong_to_no_preset(url: str) -> None:
    """A host that only looks like a known one, or cannot be read, belongs to none."""
    assert preset_for_url(url) is None
    assert find_preset(url) is None


def test_local_servers_are_told_by_port_on_any_loopback_name() -> None:
    """127.0.0.1 and ::1 are localhost by other names."""
    assert preset_for_url("http://127.0.0.1:11434/v1") is find_preset("ollama")
    assert preset_for_url("http://[::1]:1234/v1") is find_preset("lmstudio")
    assert preset_for_url("http://localhost:9931/v1") is find_preset("llamacpp")  # newer versions' port


@pytest.mark.req("SEC-4")
@pytest.mark.parametrize(
    ("variable", "url", "own"),
    [
        ("OPENAI_API_KEY", "https://api.openai.com/v1", True),
        ("OPENAI_API_KEY", "https://API.OPENAI.COM/v1/", True),
        ("OPENAI_API_KEY", "http://api.openai.com/v1", False),
        ("OPENAI_API_KEY", "https://api.openai.com.evil.org/v1", False),
        ("OPENAI_API_KEY", "https://api.mistral.ai/v1", False),
        ("HOME", "https://api.openai.com/v1", False),
        ("OPENAI_API_KEY", "http://localhost:11434/v1", False),
    ],
)
def test_only_a_presets_own_variable_goes_with_its_host(variable: str, url: str, own: bool) -> None:
    """SEC-4: a key variable and a host are a pair only if one preset has both, over https."""
    assert is_own_pair(variable, url) is own


def test_presets_load_nothing_heavy() -> None:
    """Importing the presets loads no dependency of the package."""
    code = (
        "import sys, dispatch_widgets.presets\n"
        "print([m for m in ('pydantic', 'httpx', 'ipywidgets', 'asyncio') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.req("SEC-8")
def test_servers_are_named_by_these_words() -> None:
    """What the paste box reads and what consent asks about are the same words."""
    assert {"BASE_URL", "API_BASE", "API_HOST", "HOST", "GATEWAY_URL", "API_BASEURL"} <= {*SERVER_WORDS}


@pytest.mark.req("SEC-8")
@pytest.mark.parametrize("ending", SERVER_WORDS)
@pytest.mark.parametrize("key_variable", KEY_VARIABLES)
def test_a_variable_named_as_a_keys_is_names_its_server(key_variable: str, ending: str) -> None:
    """Whichever tools read it: the key beside it is for that server, and with the vendor's it is no pair."""
    companion = f"{key_variable.removesuffix('_API_KEY')}_{ending}"
    environ = {key_variable: "corp-gateway-key-0123456789", companion: "https://llm.corp.example/v1"}
    named = server_named_beside(key_variable, environ)
    assert named is not None
    assert (named.companion, host_of(named.base_url)) == (companion, "llm.corp.example")
    own = next(preset for preset in PRESETS if preset.key_variable == key_variable)
    assert not is_own_pair(key_variable, own.base_url, environ)
    assert is_own_pair(key_variable, own.base_url, {**environ, companion: own.base_url})


@pytest.mark.req("SEC-8")
def test_every_other_companion_belongs_to_a_known_key_variable() -> None:
    """The table has no row that nothing reads, nor one that a name's ending says already."""
    for companion, key_variable in OTHER_COMPANIONS.items():
        assert key_variable in KEY_VARIABLES
        assert companions_of(key_variable).count(companion) == 1
    assert {"OPENAI_BASE_URL", "OPENAI_API_BASE"} <= set(companions_of("OPENAI_API_KEY"))
