"""How a file's text is shown: keys masked, the rest readable."""

from __future__ import annotations

import pytest

from dispatch_widgets.widgets.presenters.settings_file.source import masked_source


@pytest.mark.req("SEC-1")
@pytest.mark.parametrize(
    "text",
    [
        '{"apiKey": "KEY"}',
        '{"apiKey" "KEY"}',
        '{"apiKey":\n "KEY"}',
        '{"apiKey": "KEY',
        '{"apiKey": KEY}',
        "{apiKey: KEY}",
        '["KEY"]',
        '{"other": "KEY"}',
        '{"botToken": "KEY", "name": "x"',
        '{"api\\u004bey": "KEY"}',
    ],
)
def test_no_broken_file_shows_a_key(text) -> None:
    """However the file is broken, what could be a key is masked in the lines that are shown."""
    for key in ("sk-canary-7Hq2Zx9LmWv4Tb8Rn3Kd6Yp1a1b2", "0123456789abcdef0123456789abcdef"):
        masked = masked_source(text.replace("KEY", key))
        assert key not in masked
        assert masked.count("\n") == text.count("\n")


@pytest.mark.req("SEC-1")
def test_a_short_secret_is_masked_by_its_name() -> None:
    """A secret that looks like an ordinary word is masked because of the field that it stands in."""
    for name in ("apiKey", "botToken", "password", "secret"):
        assert "pass word" not in masked_source(f'{{"{name}": "pass word" "x": 1}}')


@pytest.mark.req("ST-4")
def test_masking_leaves_the_rest_readable() -> None:
    """Names, ids, addresses and punctuation stay as they are, so that the mistake can be found."""
    text = '{"id": "3f0c6a0e-1111-2222-3333-444455556666", "baseUrl": "https://llm.example.edu/v1", "n": 12}'
    assert masked_source(text) == text


@pytest.mark.req("SEC-1")
def test_what_stands_below_a_secret_name_is_masked_in_a_broken_file(canary) -> None:
    """Short words and numbers too, at any depth; what comes after it is shown again."""
    text = (
        '{"secret": {"a": ["word", {"b": 4711}], "c": "two"}, "name": "seen",\n'
        ' "accessToken": "tiny",\n'
        f' "credentials": {{"baseUrl": "https://h.example/v1?key={canary}", "user": "me"}},\n'
        ' "max_tokens": 4096, "note" "also seen"'
    )
    shown = masked_source(text)
    for secret in ("word", "4711", "two", "tiny", '"me"', canary):
        assert secret not in shown, secret
    for word in ('"seen"', "https://h.example/v1?…", "4096", "also seen"):
        assert word in shown, word
