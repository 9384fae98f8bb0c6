"""Pieces of a settings file for people to see: before and after, and the lines around a mistake.

What is shown of a file that cannot be parsed is masked by looks alone, so it is masked generously: every
text that could be a key is, whatever it stands under (SEC-1).
"""

from __future__ import annotations

from difflib import SequenceMatcher
from pathlib import Path

from .._text import escaped
from .presenters.settings_file.source import masked_source

MOST_LINES = 80
"""A before or after of a large file is cut here."""

LINES_BEFORE, LINES_AFTER = 2, 1
LONGEST_LINE_CHARACTERS = 160
LARGEST_SHOWN_BYTES = 4 * 1024 * 1024


def excerpt(path: Path, line: int, column: int, words: str) -> str:
    """The lines around a mistake, as HTML with keys masked.

    Args:
        path: The file.
        line: The mistake's line, counted from 1.
        column: Its column, counted from 1.
        words: What is wrong there.
    """
    try:
        with path.open("rb") as file:
            source = file.read(LARGEST_SHOWN_BYTES).decode("utf-8-sig", "replace")
    except OSError:
        return ""
    plain = source.splitlines()
    lines = masked_source(source).splitlines()
    if line < 1 or not lines:
        return ""
    line = min(line, len(lines))
    rows = []
    first = max(1, line - LINES_BEFORE)
    for number in range(first, min(len(lines), line + LINES_AFTER) + 1):
        here = number == line
        shown, start = lines[number - 1], 0
        # Masking makes texts shorter, so the mistake's column is where its masked beginning ends.
        place = len(masked_source(plain[number - 1][: column - 1])) if here and column > 0 else -1
        if len(shown) > LONGEST_LINE_CHARACTERS:
            start = max(0, min(place - LONGEST_LINE_CHARACTERS // 2, len(shown) - LONGEST_LINE_CHARACTERS))
            shown = shown[start : start + LONGEST_LINE_CHARACTERS]
        rows.append(_code_line(shown, "dw-del" if here else "", f'<i class="dw-ln">{number}</i>'))
        if here and place >= 0:
            indent = " " * (place - start)
            rows.append(
                f'<code><i class="dw-ln"></i>{indent}<b class="dw-here">^ {escaped(words)}</b>\n</code>'
            )
    label = f"Lines {first} to {min(len(lines), line + LINES_AFTER)}"
    code = f'<pre class="dw-code" tabindex="0" aria-label="{label}">{"".join(rows)}</pre>'
    return f'<div class="dw-diff dw-one"><div>{code}</div></div>'


def open_file_html(path: Path) -> str:
    """Escaped HTML: a place for "Open file", which the page fills where its server has this very file.

    Args:
        path: The file; empty if there is none there.
    """
    try:
        size, folder = path.stat().st_size, Path.home().as_posix()
    except (OSError, RuntimeError):
        return ""
    home = escaped(folder, limit=4096)
    return (
        f'<span class="dw-open-file" data-path="{escaped(path.as_posix(), limit=4096)}" data-home="{home}" '
        f'data-size="{size}"></span>'
    )


def before_and_after(before: str, after: str) -> str:
    """Two texts side by side, what differs marked, as HTML.

    Args:
        before: As it was; keys are masked already.
        after: As it is or would be.
    """
    old, new = before.splitlines(), after.splitlines()
    old_shown, new_shown = old[:MOST_LINES], new[:MOST_LINES]
    matcher = SequenceMatcher(
        None,
        [line.strip(" ,") for line in old_shown],
        [line.strip(" ,") for line in new_shown],
        autojunk=False,
    )
    same_old: set[int] = set()
    same_new: set[int] = set()
    for a, b, size in matcher.get_matching_blocks():
        same_old.update(range(a, a + size))
        same_new.update(range(b, b + size))
    left = _side("Before", old_shown, same_old, mark="dw-del", sign="-", total=len(old))
    right = _side("After", new_shown, same_new, mark="dw-add", sign="+", total=len(new))
    return f'<div class="dw-diff">{left}{right}</div>'


def _side(title: str, lines: list[str], same: set[int], *, mark: str, sign: str, total: int) -> str:
    rows = [
        _code_line(line, "" if index in same else mark, f"<i>{' ' if index in same else sign}</i>")
        for index, line in enumerate(lines)
    ]
    if total > len(lines):
        rows.append(_code_line(f"… {total - len(lines):,} more lines", "", "<i> </i>"))
    code = f'<pre class="dw-code" tabindex="0" aria-label="{title}">{"".join(rows)}</pre>'
    return f'<div><div class="dw-diff-h">{title}</div>{code}</div>'


def _code_line(line: str, mark: str, gutter: str) -> str:
    indent = len(line) - len(line.lstrip(" "))
    # `escaped` makes one line of its text and drops the blanks at its start, which carry meaning here.
    content = " " * indent + escaped(line, limit=400)
    return f"<code{f' class={mark}' if mark else ''}>{gutter}{content}\n</code>"
