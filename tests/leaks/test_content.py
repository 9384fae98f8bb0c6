"""Keys in what notebooks and pages can hold: found wherever they stand, and taken out of nothing else."""

from __future__ import annotations

import gzip
import itertools
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dispatch_widgets.leaks import scan
from dispatch_widgets.leaks._content import places_in, without_keys
from dispatch_widgets.leaks.key_forms import REMOVED, KeyForms

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.req("SEC-1", "MIG-7")

KEY = "sk-Abc_012/xyz+89=ab"
FORMS = [found for found in [KeyForms.of(KEY)] if found]


def removed(raw: bytes, *, notebook: bool = True, count: int = 1) -> bytes:
    """The bytes without the key, of which there are so many places, and in which none is found again."""
    assert len(places_in(raw, FORMS, notebook=notebook)) == count
    fixed = without_keys(raw, FORMS, notebook=notebook)
    assert places_in(fixed, FORMS, notebook=notebook) == []
    return fixed


# ------------------------------------------------------------------------------------ any notebook at all


def _spelled(draw: st.DrawFn, text: str) -> str:
    """A text as JSON may write it: any character as an escape, or as it is."""
    written = []
    for character in text:
        plain = json.dumps(character, ensure_ascii=False)[1:-1]
        escape = json.dumps(character)[1:-1]
        if len(escape) == 1:
            escape = f"\\u{ord(character):04x}"
        forms = [
            plain,
            plain,
            plain,
            escape,
            escape.upper().replace("\\U", "\\u") if "u" in escape else escape,
        ]
        if character == "/":
            forms.append("\\/")
        # A half of a pair cannot be written but as an escape.
        written.append(escape if "\ud800" <= character <= "\udfff" else draw(st.sampled_from(forms)))
    return "".join(written)


@st.composite
def _documents(draw: st.DrawFn) -> tuple[str, str, int]:
    """A JSON object that holds a key, the same with what a fix leaves, and in how many places.

    Names may stand twice, texts are written in any way, and the key may be anywhere, in a name too.
    """
    blank = st.sampled_from(["", " ", "\n  ", "\t"])
    scalar = st.sampled_from(["1", "-0", "1.50", "1e999", "12345678901234567890123", "true", "null", "NaN"])
    texts = st.text(max_size=6).map(lambda text: (text, text, 0))
    around = st.text(st.characters(exclude_characters=KEY), max_size=4)
    keyed = st.tuples(around, around).map(lambda two: (KEY.join(two), REMOVED.join(two), 1))

    def written(text: tuple[str, str, int]) -> tuple[str, str, int]:
        old, _, count = text
        if not count:
            same = f'"{_spelled(draw, old)}"'
            return same, same, 0
        before, after = (_spelled(draw, part) for part in old.split(KEY))
        return f'"{before}{_spelled(draw, KEY)}{after}"', f'"{before}{REMOVED}{after}"', 1

    def value(depth: int) -> tuple[str, str, int]:
        kind = draw(st.sampled_from(["text", "key", "scalar", "list", "object"][: 5 if depth < 4 else 3]))
        if kind == "text":
            return written(draw(texts))
        if kind == "key":
            return written(draw(keyed))
        if kind == "scalar":
            return (draw(scalar),) * 2 + (0,)  # type: ignore[return-value]
        return bracket(depth, "[]" if kind == "list" else "{}")

    def bracket(depth: int, marks: str) -> tuple[str, str, int]:
        items = []
        for _ in range(draw(st.integers(0, 3))):
            item = value(depth + 1)
            if marks == "{}":
                name = written(draw(st.one_of(st.just(("cells", "cells", 0)), texts, keyed)))
                gap = draw(blank)
                item = (f"{name[0]}:{gap}{item[0]}", f"{name[1]}:{gap}{item[1]}", name[2] + item[2])
            items.append(item)
        gap = draw(blank)
        old, new = (
            f"{marks[0]}{gap}{f',{gap}'.join(item[at] for item in items)}{gap}{marks[1]}" for at in (0, 1)
        )
        return old, new, sum(item[2] for item in items)

    return bracket(0, "{}")


@given(_documents())
@example((f'{{"a": "{KEY}", "a": 1}}', f'{{"a": "{REMOVED}", "a": 1}}', 1))
def test_a_key_anywhere_is_found_and_nothing_else_changes(document: tuple[str, str, int]) -> None:
    """At any depth, in names, beside or under a name that stands twice, in any spelling; byte for byte."""
    old, new, count = document
    raw = old.encode()
    assert len(places_in(raw, FORMS, notebook=True)) == count
    assert without_keys(raw, FORMS, notebook=True) == new.encode()


@given(st.lists(st.integers(0, len(KEY)), max_size=4), st.booleans(), st.data())
def test_a_key_split_over_lines_is_found(cuts: list[int], doubled: bool, data: st.DataObject) -> None:
    """A list of lines is one text to Jupyter; the key goes, the number of lines and all else stay."""
    edges = [0, *sorted(cuts), len(KEY)]
    lines = [KEY[start:end] for start, end in itertools.pairwise(edges)]
    lines = ["a = 1\n", f"é\\{lines[0]}", *lines[1:-1], f"{lines[-1] if cuts else ''}\n", "b"]
    lines = lines * (1 + doubled)
    written = "[" + ", ".join(f'"{_spelled(data.draw, line)}"' for line in lines) + "]"
    raw = f'{{"cells": [{{"source": {written}}}]}}'.encode()
    fixed = json.loads(removed(raw, count=1 + doubled))["cells"][0]["source"]
    assert len(fixed) == len(lines)
    assert "".join(fixed) == "".join(lines).replace(KEY, REMOVED)


@given(st.binary(max_size=12), st.binary(max_size=12), st.booleans())
def test_whatever_the_bytes_they_stay(before: bytes, after: bytes, notebook: bool) -> None:
    """Around a key may stand anything: what is no text comes out as it went in."""
    raw = before + KEY.encode() + after
    assert without_keys(raw, FORMS, notebook=notebook) == before + REMOVED.encode() + after


# ------------------------------------------------------------------------------------------ the issue's own


def test_a_name_that_stands_twice_hides_no_key(tmp_path: Path) -> None:
    """Python keeps the last of two values, and the key was in the first one (issue: "No key found")."""
    path = tmp_path / "n.ipynb"
    path.write_text(
        f'{{"cells": [], "metadata": {{"a": "{KEY}", "a": "x"}}, "metadata": {{}}}}', encoding="utf-8"
    )
    assert scan(path, [KEY])
    scan(path, [KEY], fix=True)
    assert (
        path.read_text(encoding="utf-8")
        == f'{{"cells": [], "metadata": {{"a": "{REMOVED}", "a": "x"}}, "metadata": {{}}}}'
    )


@pytest.mark.parametrize("surrogate", ["\\ud800", "\\udcff", "\\uDFFF \\ud83d\\ude00 \\ud83d"])
def test_lone_surrogates_stay_escapes(tmp_path: Path, surrogate: str) -> None:
    """Escaped lone surrogates stay, and nothing but the named copy is left beside the notebook."""
    path = tmp_path / "n.ipynb"
    before = f'{{"cells": [], "metadata": {{"a": "{surrogate}{KEY}{surrogate}", "b": "\\u00e9é"}}}}'
    path.write_text(before, encoding="utf-8")
    (copy,) = scan(path, [KEY], fix=True).backups
    assert path.read_bytes() == before.replace(KEY, REMOVED).encode()
    assert list(tmp_path.glob("*.bak")) == [copy]


@pytest.mark.parametrize("brackets", ["[]", "{}"])
def test_deep_metadata_is_looked_through(brackets: str) -> None:
    """Nested 25,000 deep, which is more than Python's own reader takes."""
    opening = "[" if brackets == "[]" else '{"a":'
    depth = 25_000
    old = f'{{"cells": [], "metadata": {opening * depth}"{KEY}"{brackets[1] * depth}}}'
    assert removed(old.encode()) == old.replace(KEY, REMOVED).encode()
    assert [place.place for place in places_in(old.encode(), FORMS, notebook=True)] == ["metadata"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
@pytest.mark.parametrize("notebook", [True, False])
def test_any_unicode_encoding_is_read(encoding: str, notebook: bool) -> None:
    """With a byte order mark or without, also cut off in the middle of a character."""
    text = '{"cells": [{"source": ["é 人 😀\\n", "%s"]}]}' if notebook else "<html>é 人 😀\n%s</html>"
    for rest in (b"", b"\xff"):
        raw = (text % KEY).encode(encoding) + rest
        assert removed(raw, notebook=notebook) == (text % REMOVED).encode(encoding) + rest
    assert places_in((text % KEY).encode(encoding), FORMS, notebook=notebook)[0].line == 2


def test_a_page_in_an_old_encoding_is_read() -> None:
    """What is no UTF-8 stays as it is, and a key with such a character is found too."""
    assert removed(f"<p>größe {KEY}</p>".encode("latin-1"), notebook=False) == (
        f"<p>größe {REMOVED}</p>".encode("latin-1")
    )
    odd = KeyForms.of("schlüssel-12345")
    assert odd is not None
    assert places_in("<p>schlüssel-12345</p>".encode("latin-1"), [odd], notebook=False)


@pytest.mark.parametrize(
    "written",
    [
        '<script>k = "\\u0073k-Abc_012\\/xyz\\x2b89=ab"</script>',
        "<a href='?k=sk%2DAbc%5F012%2fxyz%2B89=ab'>",
        "<a href='?k=sk%252DAbc_012%252Fxyz%2525252B89%3Dab'>",
        "&#115;k-Abc&#x5F;012/xyz&#0043;89&#61;ab",
        "&amp;#115;k-Abc_012/xyz+89=ab",
        "sk-Abc_012\\\\/xyz\\\\u002b89=ab",
    ],
)
def test_mixed_spellings_are_found(written: str) -> None:
    """Single characters of a key may be escaped, in a page and in the texts of a notebook alike."""
    fixed = removed(f"<p>50% & more</p>{written}".encode(), notebook=False)
    assert REMOVED.encode() in fixed
    assert b"50% & more" in fixed
    book = json.loads(removed(json.dumps({"cells": [{"outputs": [{"text": [written]}]}]}).encode()))
    assert REMOVED in book["cells"][0]["outputs"][0]["text"][0]


def test_a_key_and_its_beginning_are_one_place_to_change() -> None:
    """Removing the shorter of two keys first would leave the end of the longer one."""
    keys = [found for key in ("sk-abc-12345", "sk-abc-12345-and-more") if (found := KeyForms.of(key))]
    raw = b"<p>sk-abc-12345-and-more sk-abc-12345</p>"
    assert without_keys(raw, keys, notebook=False) == f"<p>{REMOVED} {REMOVED}</p>".encode()


@pytest.mark.parametrize("name", ["source", "{}", "k-{}-k"])
def test_a_place_is_named_without_the_key(tmp_path: Path, canary: str, name: str) -> None:
    """A field's or an output's name can be the key; the report shows it nowhere."""
    name = name.format(canary)
    cell: dict[str, Any] = {name: canary, "outputs": [{"data": {name: canary}}]}
    path = tmp_path / "n.ipynb"
    path.write_text(json.dumps({"cells": [cell], name: canary}), encoding="utf-8")
    report = scan([path], [canary])
    assert len(report.leaks) == 3 + 3 * (canary in name)
    for shown in (str(report), report._repr_html_(), repr(report)):
        assert canary not in shown


def test_what_is_compressed_is_not_found() -> None:
    """A compressed key is not found, as docs/security.md says."""
    assert not places_in(gzip.compress(KEY.encode()), FORMS, notebook=False)


@pytest.mark.parametrize(
    "text", ['{"a": ' * 5000, '{"a": "' + '\\"' * 200_000, "[" * 300_000, '{"a": "\\u12']
)
def test_a_broken_notebook_ends(text: str) -> None:
    """A broken notebook is searched as text, and the search ends."""
    assert removed(f"{text} {KEY}".encode()) == f"{text} {REMOVED}".encode()
