"""Base URLs as people type them."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dispatch_widgets.errors import InvalidInputError
from dispatch_widgets.secrets import redact
from dispatch_widgets.urls import host_of, is_private_host, normalise_base_url, shown_url, shown_urls


@pytest.mark.req("MD-14")
@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("https://llm.example.edu/v1", "https://llm.example.edu/v1"),
        ("  https://llm.example.edu/v1/ \n", "https://llm.example.edu/v1"),
        ("HTTPS://LLM.Example.EDU/V1//", "https://llm.example.edu/V1"),
        ("https://llm.example.edu", "https://llm.example.edu"),
        ("https://llm.example.edu:8443/a/b", "https://llm.example.edu:8443/a/b"),
        ("https://llm.example.edu:/v1", "https://llm.example.edu/v1"),
        ("http://localhost:11434/v1", "http://localhost:11434/v1"),
        ("http://[::1]:8000/v1", "http://[::1]:8000/v1"),
        ("https://größe.example/v1", "https://größe.example/v1"),
        ("\ufeffhttps://llm.example.edu/v1\u200b", "https://llm.example.edu/v1"),
    ],
)
def test_a_base_url_gets_one_form(raw: str, expected: str) -> None:
    """Blanks and slashes around a base URL go, and /v1 is neither added nor removed (MD-14)."""
    found = normalise_base_url(raw, "openai-compatible")
    assert (found.url, found.notes) == (expected, ())


@pytest.mark.req("MD-14")
@pytest.mark.parametrize(
    "tail",
    ["/chat/completions", "/completions", "/embeddings", "/responses", "/messages", "/models", "/Models/"],
)
def test_a_pasted_endpoint_is_removed_and_told(tail: str) -> None:
    """The tail of a pasted endpoint goes, and a note says so (MD-14)."""
    found = normalise_base_url(f"https://llm.example.edu/v1{tail}", "openai-compatible")
    assert found.url == "https://llm.example.edu/v1"
    assert found.notes == (
        f"{tail.lower().rstrip('/')} was removed from the end: the base URL stops before it.",
    )


@pytest.mark.req("MD-14")
@pytest.mark.parametrize("tail", ["", "/", "/chat/completions", "/models", "/embeddings/"])
def test_models_that_is_the_whole_path_is_kept(tail: str) -> None:
    """Azure AI Foundry's base URL ends in /models; what is pasted behind it goes, and it is told (MD-14)."""
    base = "https://lab.services.ai.azure.com/models"
    found = normalise_base_url(base + tail, "openai-compatible")
    assert found.url == base
    assert "/models was kept" in found.notes[-1]
    assert normalise_base_url("https://llm.example.edu/Models", "openai-compatible").url.endswith("/Models")
    assert normalise_base_url("https://gateway.example/models", "anthropic").url == "https://gateway.example"


@pytest.mark.req("MD-14")
@pytest.mark.parametrize(
    ("raw", "way"),
    [
        (
            "https://lab.openai.azure.com/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21",
            "https://lab.openai.azure.com/openai/v1",
        ),
        (
            "HTTPS://Lab.services.ai.azure.com/models?API-Version=2024-05-01-preview",
            "https://lab.services.ai.azure.com/openai/v1",
        ),
        (
            "https://lab.cognitiveservices.azure.com?a=b&api-version=x",
            "https://lab.cognitiveservices.azure.com/",
        ),
        ("https://apim.example.edu/openai?api-version=x", "https://<resource>.openai.azure.com/openai/v1"),
        (
            "https://me:hunter2@x.openai.azure.com/?api-version=x",
            "https://<resource>.openai.azure.com/openai/v1",
        ),
    ],
)
def test_api_version_is_refused_with_the_way_that_works(raw: str, way: str) -> None:
    """A base URL with Azure's api-version is refused; the address that needs none is named (MD-14)."""
    with pytest.raises(InvalidInputError) as caught:
        normalise_base_url(raw, "openai-compatible")
    (problem,) = caught.value.problems
    assert way in problem.message
    assert "api-version" in problem.message
    assert "hunter2" not in str(caught.value)


@pytest.mark.req("MD-14")
def test_v1_goes_for_anthropic_only() -> None:
    """For anthropic a trailing /v1 goes too, because requests bring it along (MD-14)."""
    found = normalise_base_url("https://gateway.example/claude/v1/messages", "anthropic")
    assert found.url == "https://gateway.example/claude"
    assert [note.split()[0] for note in found.notes] == ["/messages", "/v1"]


@pytest.mark.req("PM-2")
@pytest.mark.parametrize("raw", ["", "  ", None])
def test_anthropic_has_a_default(raw: object) -> None:
    """A provider of type anthropic without a base URL is asked at Anthropic (PM-2)."""
    assert normalise_base_url(raw, "anthropic").url == "https://api.anthropic.com"


@pytest.mark.req("MD-14")
@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("", "Type the base URL"),
        (None, "Type the base URL"),
        (42, "Type the base URL"),
        ("https://", "Type the base URL"),
        ("https:///v1", "Type the base URL"),
        ("llm.example.edu/v1", "Start it with https://"),
        ("localhost:11434", "Start it with https://"),
        ("ftp://llm.example.edu", "Start it with https://"),
        ("javascript://llm.example.edu", "Start it with https://"),
        ("https://me:hunter2@llm.example.edu/v1", "Leave out user name and password."),
        ("https://me@llm.example.edu", "Leave out user name and password."),
        ("https://llm.example.edu/v1?key=hunter2", "Leave out everything from ? or # on."),
        ("https://llm.example.edu/v1#", "Leave out everything from ? or # on."),
        ("https://llm.example.edu:70000", "The port must be between 1 and 65535."),
        ("https://llm.example.edu:0", "The port must be between 1 and 65535."),
        ("https://llm.example.edu:hunter2/v1", "The port must be between 1 and 65535."),
        ("https://llm example.edu/v1", "Leave out spaces"),
        ("https://llm.example.edu\\@evil.example/", "Leave out spaces"),
        ("https://llm.example.edu/v\u20281", "Leave out spaces"),
        ("https://llm_example..edu/v1", "The server's name has a character"),
        ("https://[::zz]/v1", "The server's name has a character"),
        ("https://a%2eb/v1", "The server's name has a character"),
    ],
)
def test_what_is_no_base_url_is_refused(raw: object, words: str) -> None:
    """User info, query, fragment, a wrong port or scheme are refused without being quoted (MD-14)."""
    with pytest.raises(InvalidInputError) as caught:
        normalise_base_url(raw, "openai-compatible")
    (problem,) = caught.value.problems
    assert problem.field == "credentials.baseUrl"
    assert problem.message.startswith(words)
    assert "hunter2" not in str(caught.value)


@pytest.mark.req("MD-14")
@pytest.mark.parametrize(
    ("host", "private"),
    [
        ("0.0.0.0", True),  # noqa: S104 - an address to judge, not to bind
        ("::", True),
        ("localhost", True),
        ("api.localhost", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("10.0.0.7", True),
        ("172.31.255.1", True),
        ("192.168.1.5", True),
        ("169.254.1.1", True),
        ("fd12::1", True),
        ("::ffff:192.168.1.5", True),
        ("nas.local", True),
        ("ollama", True),
        ("172.32.0.1", False),
        ("8.8.8.8", False),
        ("2001:4860:4860::8888", False),
        ("::ffff:8.8.8.8", False),
        ("llm.example.edu", False),
        ("127.0.0.1.example.com", False),
        ("134744072", False),
    ],
)
def test_plain_http_warns_beyond_the_own_network(host: str, private: bool) -> None:
    """http:// to a host that is neither loopback nor private warns that the key travels in clear (MD-14)."""
    assert is_private_host(host) is private
    shown = f"[{host}]" if ":" in host else host
    notes = normalise_base_url(f"http://{shown}:8000/v1", "openai-compatible").notes
    assert bool(notes) is not private
    assert all("unencrypted" in note for note in notes)
    assert normalise_base_url(f"https://{shown}/v1", "openai-compatible").notes == ()


@pytest.mark.req("MD-14")
@given(
    st.text(max_size=60) | st.from_regex(r"https?://[a-z0-9.:@-]{0,20}(/[a-z/]{0,20}){0,3}", fullmatch=True),
    st.sampled_from(["anthropic", "openai-compatible"]),
)
def test_normalising_is_done_once_for_all(raw: str, type_: str) -> None:
    """Any text is either refused or normalised, and normalising again changes nothing (MD-14)."""
    try:
        found = normalise_base_url(raw, type_)
    except InvalidInputError:
        return
    assert found.url.startswith(("http://", "https://"))
    assert not found.url.endswith("/")
    assert normalise_base_url(found.url, type_).url == found.url


@pytest.mark.req("SEC-1")
def test_user_info_is_never_shown() -> None:
    """A user name and password in a base URL from a file are shown nowhere (SEC-1)."""
    raw = "https://me:hunter2@llm.example.edu:81/v1"
    assert shown_url(raw) == "https://…@llm.example.edu:81/v1"
    assert host_of(raw) == "llm.example.edu:81"
    assert host_of("nonsense") == ""


@pytest.mark.req("SEC-1")
@pytest.mark.parametrize(
    ("raw", "shown", "host"),
    [
        ("https://llm.example.edu/v1?key=hunter2", "https://llm.example.edu/v1?…", "llm.example.edu"),
        ("https://llm.example.edu/v1#hunter2", "https://llm.example.edu/v1#…", "llm.example.edu"),
        ("https://me:hunter2/ab@llm.example.edu/v1", "https://…@llm.example.edu/v1", "llm.example.edu"),
        ("https://me:hunter2#b@llm.example.edu", "https://…@llm.example.edu", "llm.example.edu"),
        ("me:hunter2@llm.example.edu/v1?hunter2", "…@llm.example.edu/v1?…", ""),
        ("https://h.example/sk-hunter2hunter2abcd/v1", "https://h.example/sk-…abcd/v1", "h.example"),
        ("https://h.example:8080/a@b", "https://h.example:8080/a@b", "h.example:8080"),
        ("http://[::1]:81/v1", "http://[::1]:81/v1", "[::1]:81"),
    ],
)
def test_what_may_be_secret_in_a_url_is_not_shown(raw: str, shown: str, host: str) -> None:
    """User info, also with a slash or # in the password, query, fragment, and a key in the path (SEC-1)."""
    assert (shown_url(raw), host_of(raw)) == (shown, host)
    assert "hunter2" not in shown_urls(f"It is at {raw}, or “{raw}”.") or not host


@pytest.mark.req("SEC-1")
@given(st.from_regex(r"https?://[a-z.:0-9\[\]-]{1,20}(/[a-z@/.:-]{0,20})?", fullmatch=True))
def test_a_url_without_secrets_is_shown_as_it_is(url: str) -> None:
    """What can be a base URL, and has nothing like a key in it, is not changed by being shown (SEC-1)."""
    try:
        url = normalise_base_url(url, "openai-compatible").url
    except InvalidInputError:
        return
    assume(redact(url) == url)  # pk-0000000000 can be a host, and a key as well
    assert shown_url(url) == url
