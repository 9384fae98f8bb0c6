"""How a file's text is shown: keys masked, markup as text, the mistake in view, what differs marked."""

from __future__ import annotations

import pytest

from dispatch_widgets.widgets._source import before_and_after, excerpt, masked_source


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
def test_the_mistake_is_in_view_also_in_one_long_line(tmp_path) -> None:
    """In a file of one long line the piece around the mistake is shown, with the mark under it."""
    path = tmp_path / "x.json"
    text = '{"providers": [' + '{"id": "a", "apiKey": "sk-0123456789abcdefghij"}, ' * 50
    path.write_text(text + '"HERE" "x"]}', encoding="utf-8")
    html = excerpt(path, 1, len(text) + 1, "here")
    code, mark = html.split("<code")[1:3]
    assert "HERE" in code
    place = code.split("</i>")[1].replace("&quot;", '"').index('"HERE"')
    assert mark.split("</i>")[1].index("<b") == place


@pytest.mark.req("ST-4")
def test_masking_leaves_the_rest_readable() -> None:
    """Names, ids, addresses and punctuation stay as they are, so that the mistake can be found."""
    text = '{"id": "3f0c6a0e-1111-2222-3333-444455556666", "baseUrl": "https://llm.example.edu/v1", "n": 12}'
    assert masked_source(text) == text


@pytest.mark.req("SEC-6")
def test_source_lines_are_escaped(tmp_path) -> None:
    """Markup in the file is shown as text, in the excerpt and in before and after."""
    path = tmp_path / "x.json"
    path.write_text('{"name": "<img src=x onerror=alert(1)>" "b": 1}', encoding="utf-8")
    assert "<img" not in excerpt(path, 1, 10, "<b>here</b>")
    assert "&lt;b&gt;here" in excerpt(path, 1, 10, "<b>here</b>")
    assert "<img" not in before_and_after("<img>", "<img onerror>")


@pytest.mark.req("MIG-6")
def test_before_and_after_mark_what_differs() -> None:
    """Lines that only one side has are marked, common ones are not, and long texts are cut."""
    html = before_and_after('{\n  "a": 1,\n  "old": 2\n}', '{\n  "a": 1\n}')
    assert html.count("dw-del") == 1
    assert "dw-add" not in html
    assert "more lines" in before_and_after("\n".join(map(str, range(500))), "")


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
