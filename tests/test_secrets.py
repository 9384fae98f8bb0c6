"""Keys: shown masked, checked before use, found and masked in any text."""

from __future__ import annotations

import copy
import json
import logging
import pickle
from html import escape
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch_widgets.errors import DispatchError, InvalidInputError, MissingVariableError
from dispatch_widgets.secrets import (
    Secret,
    clean_key,
    environment_name,
    is_secret_field,
    key_problem,
    looks_masked,
    mask,
    masked_copy,
    redact,
    resolve_key,
)


@pytest.mark.req("SEC-1")
@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("sk-proj-0123456789a1b2", "sk-…a1b2"),
        ("gsk_0123456789abcdefZZZZ", "gsk_…ZZZZ"),
        ("0123456789abcdef", "…cdef"),
        ("short", "••••••"),
        ("", ""),
        ("${OPENAI_API_KEY}", "${OPENAI_API_KEY}"),
        ("keyring:dispatch/me", "keyring:dispatch/me"),
    ],
)
def test_the_shown_form_of_a_key(key: str, shown: str) -> None:
    """A long key shows its prefix and four characters, a short one dots, a reference itself."""
    assert mask(key) == shown


@pytest.mark.req("SEC-1")
@given(st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=80))
def test_a_shown_key_never_gives_the_key_away(key: str) -> None:
    """At most the prefix and the last four of at least twelve characters are shown."""
    shown = mask(key)
    if shown == key:  # a reference
        assert key.startswith(("${", "keyring:"))
    else:
        assert looks_masked(shown)
        assert sum(1 for c in shown if c != "…" and c != "•") <= 9  # noqa: PLR1714


@pytest.mark.req("SEC-1")
def test_a_secret_is_in_no_text_form_of_itself(canary: str, caplog: pytest.LogCaptureFixture) -> None:
    """repr, str, format, a log line and a pickle of a secret do not contain it; asking by name gives it."""
    secret = Secret(canary)
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("t").debug("%s %r", secret, secret)
    told = [repr(secret), str(secret), f"{secret}", f"{secret:>60}", caplog.text, str([secret])]
    assert not any(canary in text for text in told)
    assert canary.encode() not in pickle.dumps(secret)
    assert secret.get_secret_value() == canary


def test_a_secret_out_of_a_pickle_says_that_it_is_empty(canary: str) -> None:
    """Using an unpickled secret is an error with a hint, never an empty key."""
    with pytest.raises(DispatchError, match="left out"):
        pickle.loads(pickle.dumps(Secret(canary))).get_secret_value()  # noqa: S301 - our own bytes


def test_a_copied_secret_keeps_its_value(canary: str) -> None:
    """Deep copies of settings views stay usable."""
    assert copy.deepcopy([Secret(canary)])[0].get_secret_value() == canary


@pytest.mark.req("SEC-3")
@pytest.mark.parametrize(
    "raw",
    [
        "",
        "   ",
        None,
        7,
        "sk-…a1b2",
        "••••••",
        "********",
        "sk-a b",
        "sk-a\nb",
        "sk-a\u200bb",
        "sk-é",
        "sk-\x00a",
    ],
)
def test_what_cannot_be_a_key_is_refused_without_quoting_it(raw: object) -> None:
    """Blank, masked, split or non-ASCII keys are refused with a field and a sentence."""
    with pytest.raises(InvalidInputError) as caught:
        clean_key(raw)
    (problem,) = caught.value.problems
    assert problem.field == "credentials.apiKey"
    if isinstance(raw, str) and raw.strip():
        assert raw not in str(caught.value)


@pytest.mark.req("SEC-3")
def test_a_key_is_trimmed() -> None:
    """Blanks and a line break around a pasted key do not matter."""
    assert clean_key("  sk-abc\r\n") == "sk-abc"
    assert key_problem("sk-abc") is None


@pytest.mark.req("SEC-4")
def test_a_reference_is_read_when_it_is_used() -> None:
    """${NAME} gives the variable's value now, another value later."""
    assert environment_name("${SOME_KEY}") == "SOME_KEY"
    assert resolve_key("${SOME_KEY}", {"SOME_KEY": " sk-one \n"}) == "sk-one"
    assert resolve_key("${SOME_KEY}", {"SOME_KEY": "sk-two"}) == "sk-two"
    assert resolve_key("sk-plain", {}) == "sk-plain"


@pytest.mark.req("SEC-4")
@pytest.mark.parametrize("environ", [{}, {"SOME_KEY": "  "}])
def test_a_missing_variable_is_an_error_that_names_it(environ: dict[str, str]) -> None:
    """An unset or blank variable is told by name, with what to do."""
    with pytest.raises(MissingVariableError, match="SOME_KEY") as caught:
        resolve_key("${SOME_KEY}", environ)
    assert caught.value.variable == "SOME_KEY"
    assert "SOME_KEY" in caught.value.hint


def test_a_broken_value_of_a_variable_is_refused_without_quoting_it() -> None:
    """A variable with a line break inside is told by its name only (SEC-3)."""
    with pytest.raises(InvalidInputError) as caught:
        resolve_key("${SOME_KEY}", {"SOME_KEY": "sk-first\nsk-second"})
    assert "SOME_KEY" in str(caught.value)
    assert "sk-first" not in str(caught.value)


@pytest.mark.req("SEC-1")
@pytest.mark.parametrize(
    "write",
    [
        str,
        quote,
        lambda k: quote(k, safe=""),
        lambda k: json.dumps(k)[1:-1],
        lambda k: json.dumps(k)[1:-1].replace("/", "\\/"),
        repr,
        escape,
        lambda k: escape(k, quote=False),
        lambda k: escape(k).replace("&#x27;", "&#39;"),
    ],
)
def test_a_key_is_masked_in_any_text(write: object) -> None:
    """A key is found plain, percent-encoded, and as JSON, HTML and Python write it."""
    key = 'odd/key+with="signs"&\'more'
    assert callable(write)
    text = redact(f"the server said {write(key)}!", [key])
    assert key not in text
    assert write(key).strip("'\"") not in text
    assert "…more" in text


@pytest.mark.req("SEC-1")
def test_key_shapes_are_masked_even_if_they_are_not_ours() -> None:
    """A server that quotes some other key does not get it shown either."""
    assert "abcdefghijkl" not in redact("Incorrect API key provided: sk-abcdefghijklmnop.")


@pytest.mark.req("SEC-1")
def test_every_secret_field_of_a_document_is_masked() -> None:
    """apiKey, botToken, token, password and secret are masked at every depth, other fields stay."""
    document = {
        "providers": [{"credentials": {"apiKey": "sk-0123456789abcdef", "baseUrl": "http://x"}}],
        "notifications": {"telegram": {"botToken": "1234567:ABCDEFGHIJ", "chat": "me"}},
        "api_key": "sk-0123456789abcdef",
    }
    shown = json.dumps(masked_copy(document))
    assert "0123456789" not in shown
    assert "ABCDEFG" not in shown
    assert "http://x" in shown
    assert is_secret_field("API-Key")
    assert not is_secret_field("tokens")
    assert document["providers"][0]["credentials"]["apiKey"] == "sk-0123456789abcdef"  # type: ignore[index]
