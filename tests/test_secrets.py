"""Keys: shown masked, checked before use, found and masked in any text."""

from __future__ import annotations

import base64
import copy
import json
import logging
import pickle
import unicodedata
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from processor_time import processor_seconds

from dispatch_widgets._invisible import ZERO_WIDTH
from dispatch_widgets._key_encodings import packed_forms
from dispatch_widgets.errors import DispatchError, InvalidInputError, MissingVariableError
from dispatch_widgets.secrets import (
    Secret,
    clean_key,
    environment_name,
    is_secret_field,
    is_set,
    key_problem,
    looks_like_key,
    looks_masked,
    mask,
    masked_copy,
    redact,
    resolve_key,
    secret_texts,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


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
        "sk-...a1b2",
        "sk-proj-****3Df2",
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


@pytest.mark.req("SEC-4")
def test_a_variable_of_blanks_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told like one that is not there, as `resolve_key` refuses both."""
    monkeypatch.delenv("SOME_KEY", raising=False)
    assert not is_set("SOME_KEY")
    monkeypatch.setenv("SOME_KEY", " \n")
    assert not is_set("SOME_KEY")
    monkeypatch.setenv("SOME_KEY", "sk-one")
    assert is_set("SOME_KEY")


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
        lambda k: k.encode().hex(),
        lambda k: "".join(f"%{byte:02X}" for byte in k.encode()),
    ],
)
def test_a_key_is_masked_in_any_text(write: object) -> None:
    """A key is found plain, percent-encoded, in hexadecimal, and as JSON, HTML and Python write it."""
    key = 'odd/key+with="signs"&\'more'
    assert callable(write)
    text = redact(f"the server said {write(key)}!", [key])
    assert key not in text
    assert write(key).strip("'\"") not in text
    assert "…more" in text


@pytest.mark.req("SEC-1")
@pytest.mark.parametrize("login", ["", "u:", "us:", "user:"])
def test_a_key_in_base64_is_masked(login: str) -> None:
    """A server that quotes the login it got, `Basic …`, does not get the key in it shown."""
    key = "odd-key-0123456789"
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        text = redact(f"Basic {encode((login + key).encode()).decode()} rejected", [key])
        assert "6789" in text
        assert all(form not in text for form in packed_forms(key))


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


@pytest.mark.req("SEC-1")
@pytest.mark.parametrize(
    "name",
    [
        *("apiKey", "api_key", "API-Key", "apikey", "APIKey", "apiKeys", "x-api-key", "OPENAI_API_KEY"),
        *("accessToken", "access_token", "refreshTokens", "botToken", "token", "id_token", "sessionToken"),
        *("Authorization", "Proxy-Authorization", "password", "dbPassword", "passwd", "passphrase"),
        *("secret", "clientSecret", "secrets", "secretAccessKey", "aws_secret_access_key", "privateKey"),
        *("credential", "credentials", "cookie", "Set-Cookie", "bearer", "signing-key"),
        *("APIkey", "APItoken", "APIsecret", "BOTtoken", "secretaccesskey", "discordtoken", "masterPASSWORD"),
        *("tavilyKey", "openaiKey", "GROQ_KEY", "anthropicKeys", "basicAuth"),
    ],
)
def test_a_secret_field_is_told_by_the_words_of_its_name(name: str) -> None:
    """Camel, snake and kebab case are the same words."""
    assert is_secret_field(name)


@pytest.mark.req("SEC-1")
@pytest.mark.parametrize(
    "name",
    [
        *(
            "max_tokens",
            "maxTokens",
            "tokens",
            "tokenizer",
            "key_variable",
            "apiKeyVariable",
            "tokenUrl",
            "key",
        ),
        *(
            "id",
            "name",
            "model",
            "baseUrl",
            "secretary",
            "passwordless",
            "input_cost_per_token",
            "token_type",
        ),
        *("monkey", "keyboard", "authorizationUrl", "tokenLimit", "secretName", "", "1234"),
    ],
)
def test_what_only_speaks_of_secrets_is_shown(name: str) -> None:
    """Counts, names, addresses and words that have one in them are no secrets."""
    assert not is_secret_field(name)


@pytest.mark.req("SEC-1")
def test_all_that_stands_below_a_secret_field_is_masked(canary: str) -> None:
    """Texts and numbers in objects and lists of a secret field, at any depth; a base URL among them stays."""
    document = {
        "secret": {"a": {"b": ["one word", canary, 4711]}, "on": True},
        "headers": {"Authorization": f"Bearer {canary}"},
        "notes": f"the key is {canary}",
        "credentials": {"user": "hunter", "baseUrl": "https://llm.example.edu/v1"},
        "max_tokens": 4096,
    }
    shown = masked_copy(document)
    assert canary[6:] not in json.dumps(shown)
    assert "one word" not in json.dumps(shown)
    assert "4711" not in json.dumps(shown)
    assert "hunter" not in json.dumps(shown)
    assert shown["credentials"]["baseUrl"] == "https://llm.example.edu/v1"
    assert shown["secret"]["on"] is True
    assert shown["max_tokens"] == 4096
    assert list(secret_texts({"secret": {"a": ["us-east-1", canary]}, "token": "t"})) == [canary, "t"]


@pytest.mark.req("SEC-3", "SEC-4")
def test_a_value_that_a_reference_leads_to_loses_its_quotes(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Quotes from an env file are no part of the key; that is said once, by the reference's name."""
    environment = {"QUOTED_LAB_KEY": '"sk-proj-0123456789abcdef"'}
    for _ in range(3):
        assert resolve_key("${QUOTED_LAB_KEY}", environment) == "sk-proj-0123456789abcdef"
    (record,) = caplog.records
    assert "${QUOTED_LAB_KEY}" in record.getMessage()
    assert "0123456789" not in record.getMessage()


MARKS = st.sampled_from([*ZERO_WIDTH, "\x07", "\x00"])


def html_number(mark: str) -> str:
    """A character as a page writes it by its number."""
    return f"&#{ord(mark)};"


@pytest.mark.req("SEC-1")
def test_no_mark_that_unicode_says_is_shown_as_nothing_hides_a_key() -> None:
    """Of each script's: variation selectors, fillers, tags, and those that are not given out yet."""
    key = "canary7Hq2Zx9LmWv4Tb8Rn3Kd6Yp1a1b2"
    for mark in "\u2065\ufe01\ufe0d\ufff0\U0001bca0\U0001d17a\U000e0001\U000e0100\U000e01ef\U000e0fff":
        for write in (str, lambda each: json.dumps(each)[1:-1], html_number, quote):
            shown = redact(f"No such key: {key[:9]}{write(mark)}{key[9:]}, says it", [key])
            assert shown == "No such key: …a1b2, says it", f"{ord(mark):x}"


@pytest.mark.req("SEC-1")
@given(st.data())
def test_marks_inside_do_not_hide_a_key(data: st.DataObject) -> None:
    """Soft hyphens, joiners and their like at any place, as they are or as JSON and HTML write them."""
    key = "sk-canary-7Hq2Zx9LmWv4Tb8Rn3Kd6Yp1a1b2"
    places = data.draw(st.lists(st.integers(1, len(key) - 1), unique=True, min_size=1, max_size=8))
    write = data.draw(
        st.sampled_from(
            [str, lambda mark: json.dumps(mark)[1:-1], lambda mark: f"&#x{ord(mark):x};", html_number, quote]
        )
    )
    marks = data.draw(
        st.lists(MARKS if write is str else st.sampled_from(ZERO_WIDTH), min_size=1, max_size=3)
    )
    written = "".join(
        sign + ("".join(map(write, marks)) if at + 1 in places else "") for at, sign in enumerate(key)
    )
    for text in (redact(f"No such key: {written}, says it", [key]), redact(f"key={written}")):
        bare = "".join(sign for sign in text if sign.isascii())
        assert "7Hq2Zx9" not in text
        assert "Zx9LmWv4Tb8Rn3Kd6" not in bare
        assert "sk-…a1b2" in text


@pytest.mark.req("SEC-1")
def test_a_key_in_other_letters_is_masked() -> None:
    """Wide and mathematical letters, upper and lower case; a word in place of a key keeps its meaning."""
    key = "sk-canary-7Hq2Zx9LmWv4Tb8Rn3Kd6Yp1a1b2"
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in key)
    bold = "".join(unicodedata.lookup(f"MATHEMATICAL BOLD CAPITAL {s}") if s.isupper() else s for s in key)
    for written in (wide, bold, key.upper(), key.lower()):
        assert redact(f"<{written}>", [key]) == "<sk-…a1b2>"
    assert redact("Ollama is not running", ["ollama"]) == "Ollama is not running"


@pytest.mark.req("SEC-1", "SEC-7")
def test_redacting_takes_linear_time(canary: str) -> None:
    """Ten times the text takes about ten times as long, whatever stands in it."""
    for unit in ("s\u00adk\u200b-", "sk-", "\\u00ad", "&#8203", "\uff41", "x" * 7 + "\n"):
        few, many = (unit * (size // len(unit)) for size in (20_000, 200_000))
        few_seconds = processor_seconds(lambda text=few: redact(text, [canary]))
        assert processor_seconds(lambda text=many: redact(text, [canary])) < 40 * few_seconds, repr(unit)


@pytest.mark.req("PM-10")
@pytest.mark.parametrize(
    "key",
    [
        "sk-proj-0123456789abcdef",
        "sk-ant-api03-" + "aB3_" * 12,
        "sk-or-v1-" + "0123456789abcdef" * 4,
        "sk-" + "aB3dE6gH" * 6,
        "gsk_" + "aB3d" * 13,
        "xai-" + "aB3d" * 20,
        "AIza" + "SyD3_" * 7,
        "hf_" + "aB" * 17,
        "r8_" + "aB3" * 12 + "d",
        "nvapi-" + "aB3d" * 16,
        "pplx-" + "aB3d" * 12,
        "ghp_" + "aB3d" * 9,
    ],
)
def test_a_well_known_key_is_told_by_prefix_and_length(key: str) -> None:
    """Wherever it stands in a text, marks within it too."""
    for text in (key, f"My {key} account", f"https://h.example/{key}/v1", f"{key[:9]}\u200b{key[9:]}"):
        assert looks_like_key(text), text
    assert not looks_like_key(key[:10])


@pytest.mark.req("PM-10")
def test_words_in_place_of_keys_are_no_keys() -> None:
    """A name may have the word that stands in place of a key, and a reference."""
    words = (
        "ollama",
        "Ollama",
        "no-key-needed",
        "your-api-key-here",
        "sk-xxxxxxxxxxxxxxxxxxxxxxxx",
        "lm-studio",
    )
    more = ("gpt-4o-mini-2024-07-18", "text-embedding-3-large", "internationalization", "${OPENAI_API_KEY}")
    for word in (*words, *more):
        assert not looks_like_key(f"My {word}", given=word, registered=[word]), word


@pytest.mark.req("PM-10")
def test_a_known_key_is_found_in_a_text() -> None:
    """The one given with it from 8 characters on, a registered one from 16 on."""
    assert looks_like_key("Lab a1b2c3d4", given="a1b2c3d4")
    assert not looks_like_key("Lab a1b2c3d4", registered=["a1b2c3d4"])
    assert looks_like_key("Lab a1b2c3d4e5f6a7b8", registered=["other", "a1b2c3d4e5f6a7b8"])
    written = ("a1b2c3d4%2Be5f6a7b8%3D%3d", "%61%31b2c3d4+e5f6a7b8==")
    for url in (f"https://llm.example.edu/{each}" for each in written):
        assert looks_like_key(url, registered=["a1b2c3d4+e5f6a7b8=="]), url


@pytest.mark.req("PM-10")
def test_no_real_model_id_looks_like_a_key(data_file: Callable[[str], Path]) -> None:
    """Every id of the table passes."""
    lines = data_file("model_kinds.tsv").read_text(encoding="utf-8").splitlines()[1:]
    assert len(lines) > 1000
    assert not [line for line in lines if looks_like_key(line.split("\t")[1])]
    assert not [line for line in lines if looks_like_key(line, registered=[line.split("\t")[1]])]
