"""What is clearly pasted around a key is taken off, once and for all, and nothing else (SEC-3)."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch_widgets._invisible import ZERO_WIDTH
from dispatch_widgets.pasted import LONGEST_PASTED_CHARACTERS, unwrapped_key

KEY = "sk-proj-0123456789abcdef"


@pytest.mark.req("SEC-3")
@pytest.mark.parametrize(
    "pasted",
    [
        f'"{KEY}"',
        f"'{KEY}'",
        f"`{KEY}`",
        f"“{KEY}”",
        f"«{KEY}»",
        f"Bearer {KEY}",
        f"bearer  {KEY}",
        f"export OPENAI_API_KEY={KEY}",
        f"export lab={KEY}",
        f"set OPENAI_API_KEY={KEY}",
        f'$env:OPENAI_API_KEY = "{KEY}"',
        f"OPENAI_API_KEY={KEY}",
        f"HF_TOKEN = '{KEY}'",
        f"CLIENT_SECRET={KEY}",
        f'"OPENAI_API_KEY": "{KEY}",',
        f"OPENAI_API_KEY: {KEY}",
        f"x-api-key:{KEY}",
        f"X-Api-Key: {KEY}",
        f"Authorization: Bearer {KEY}",
        f'-H "Authorization: Bearer {KEY}"',
        f'export OPENAI_API_KEY="{KEY}"',
        f'export OPENAI_API_KEY="{KEY}"; # the lab\'s',
        f"OPENAI_API_KEY={KEY}  # the lab's",
        f"OPENAI_API_KEY={KEY};",
        f"%env OPENAI_API_KEY={KEY}",
        f"$Env:OPENAI_API_KEY='{KEY}'",
        f'api_key="{KEY}",',
        f'"apiKey":"{KEY}"',
        f"openai.api_key = '{KEY}'",
        f'os.environ["OPENAI_API_KEY"]="{KEY}"',
        f"--header 'Authorization: Bearer {KEY}' \\",
        f"\u200b{KEY}\ufeff",
        f" \u2060 ' {KEY}\u00ad ' \n",
        f"\u200bexport OPENAI_API_KEY=\u201c\u00ad{KEY}\u201d",
    ],
)
def test_what_was_pasted_around_a_key_is_taken_off_and_said(pasted: str) -> None:
    """The key alone is left, and a note says what went, without quoting any of it."""
    cleaned = unwrapped_key(pasted)
    assert cleaned.value == KEY
    assert cleaned.notes
    assert KEY not in repr(cleaned) + "".join(cleaned.notes)


@pytest.mark.req("SEC-3")
@pytest.mark.parametrize(
    "pasted",
    [
        "$OPENAI_API_KEY",
        "%OPENAI_API_KEY%",
        "{env:OPENAI_API_KEY}",
        "${env:OPENAI_API_KEY}",
        "$env:OPENAI_API_KEY",
        "os.environ/OPENAI_API_KEY",
        'os.environ["OPENAI_API_KEY"]',
        "os.getenv('OPENAI_API_KEY')",
        "process.env.OPENAI_API_KEY",
        '"$OPENAI_API_KEY"',
        "export LAB_KEY=$OPENAI_API_KEY",
        "Bearer {env:OPENAI_API_KEY}",
    ],
)
def test_a_reference_of_another_tool_is_written_as_here(pasted: str) -> None:
    """Each writing becomes ${NAME}, and the note names it."""
    cleaned = unwrapped_key(pasted)
    assert cleaned.value == "${OPENAI_API_KEY}"
    assert "${OPENAI_API_KEY}" in " ".join(cleaned.notes)


@pytest.mark.req("SEC-3")
@pytest.mark.parametrize(
    "key",
    [
        KEY,
        "${OPENAI_API_KEY}",
        "keyring:dispatch/me",
        "abc==",
        "a=b",
        "Key=abc",
        "api_key=abc",
        "monkey:abc",
        'tok"en="abc',
        "bearer-abc",
        "$ecretWord",
        "100%",
        'in"side',
        "'half",
        "sk;abc",
        "sk-a#b",
        "",
        "no-key-needed",
        "ollama",
    ],
)
def test_a_key_without_any_of_these_stays_as_it_is(key: str) -> None:
    """Nothing is taken off a key that only looks a little like it."""
    assert unwrapped_key(key).value == key
    assert not unwrapped_key(key).notes


@pytest.mark.req("SEC-3")
@given(st.text(string.ascii_letters + string.digits + "-_.+/", min_size=1, max_size=200))
def test_no_plain_key_is_ever_changed(key: str) -> None:
    """Whatever keys are made of: without quotes, blanks, = or : it comes back as it is."""
    assert unwrapped_key(f"a{key}").value == f"a{key}"
    assert unwrapped_key(f"a{key}").notes == ()


PIECES = st.sampled_from(
    [
        '"',
        "'",
        "Bearer ",
        "export A_KEY=",
        "A_KEY=",
        "x-api-key: ",
        "\u200b",
        " ",
        ";",
        " # c",
        "$A_KEY",
        "%",
        "sk-1",
    ]
)


@pytest.mark.req("SEC-3")
@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=12).map("".join)))
def test_twice_gives_the_same_as_once(pasted: str) -> None:
    """What comes out has nothing left to be taken off."""
    once = unwrapped_key(pasted).value
    assert unwrapped_key(once) == type(unwrapped_key(once))(once)


@pytest.mark.req("SEC-3")
@given(
    st.text(alphabet=ZERO_WIDTH + " \t\n", max_size=20), st.text(alphabet=ZERO_WIDTH + " \t\n", max_size=20)
)
def test_marks_at_the_ends_go(before: str, after: str) -> None:
    """Any marks of no width and blanks, in any order."""
    assert unwrapped_key(before + KEY + after).value == KEY


def test_a_text_that_is_no_key_is_left_alone() -> None:
    """A text longer than any key, of quotes say, costs nothing."""
    text = '"' * (LONGEST_PASTED_CHARACTERS + 1)
    assert unwrapped_key(text).value == text
