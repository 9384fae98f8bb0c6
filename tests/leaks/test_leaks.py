"""The leak guard: keys in notebooks and pages, in every form, found, told without the key, removed."""

from __future__ import annotations

import base64
import html
import json
import re
import stat
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dispatch_widgets as dw
from dispatch_widgets import InvalidInputError, SettingsService
from dispatch_widgets.leaks import scan
from dispatch_widgets.leaks.key_forms import REMOVED, KeyForms, without_breaks

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ODD_KEY = "odd/key+1=\"<a&b'c>~%"


def _book(**changes: Any) -> dict[str, Any]:
    cell = {
        "cell_type": "code",
        "execution_count": 1,
        "id": "c1",
        "metadata": {},
        "outputs": [],
        "source": [],
    }
    return {"cells": [{**cell, **changes}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def _write(path: Path, book: dict[str, Any]) -> Path:
    path.write_text(json.dumps(book, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def _lined(text: str, width: int = 7) -> str:
    return "\n".join(text[at : at + width] for at in range(0, len(text), width))


WRITTEN: dict[str, Callable[[str], str]] = {
    "as it is": lambda key: f"key = '{key}'",
    "JSON": lambda key: json.dumps({"k": key}),
    "JSON in JSON": lambda key: json.dumps(json.dumps(key)),
    "HTML": lambda key: f"<b>{html.escape(key)}</b>",
    "HTML, JSON inside": lambda key: html.escape(json.dumps(key)),
    "script": lambda key: (
        json.dumps(key)
        .replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("&", "\\u0026")
        .replace("'", "\\u0027")
    ),
    "HTML after a backslash": lambda key: "\\\\" + "".join(f"&#{ord(sign)};" for sign in key),
    "URL after a backslash": lambda key: "\\\\" + "".join(f"%{ord(sign):02X}" for sign in key),
    "URL": lambda key: f"https://x/?k={quote(key, safe='')}&b",
    "URL, lower": lambda key: re.sub(r"%[0-9A-F]{2}", lambda m: m.group().lower(), quote(key, safe="")),
    "path": quote,
    "base64": lambda key: base64.b64encode(key.encode()).decode(),
    "base64, second place": lambda key: base64.b64encode(b"x" + key.encode() + b"yy").decode(),
    "base64, third place": lambda key: base64.b64encode(b"xy" + key.encode() + b"y").decode(),
    "base64 of JSON": lambda key: base64.b64encode(
        b'{"Authorization": "Bearer ' + key.encode() + b'"}'
    ).decode(),
    "base64 for URLs": lambda key: base64.urlsafe_b64encode(b"\xff\xfe" + key.encode()).decode(),
    "base64 in lines": lambda key: _lined(base64.b64encode(b"abc" + key.encode()).decode()),
}


@pytest.mark.req("SEC-1")
@pytest.mark.parametrize("key", ["canary", ODD_KEY], ids=["plain", "odd"])
@pytest.mark.parametrize("form", WRITTEN)
def test_every_form_is_found_and_removed(tmp_path: Path, canary: str, form: str, key: str) -> None:
    """Whichever way a key is written into an output or a page, it is found and can be removed (SEC-1)."""
    key = canary if key == "canary" else key
    text = WRITTEN[form](key)
    outputs = [{"output_type": "stream", "name": "stdout", "text": ["one\n", "two\n", text]}]
    notebook = _write(tmp_path / "n.ipynb", _book(outputs=outputs))
    page = tmp_path / "p.html"
    page.write_text(f"<html>\n<body>{text}</body></html>", encoding="utf-8")
    found = scan([notebook, page], [key])
    assert [(leak.path, leak.place, leak.cell) for leak in found.leaks] == [
        (notebook, "output 1", 1),
        (page, "page", None),
    ]
    assert [leak.line for leak in found.leaks] == [3, 2]
    for shown in (str(found), found._repr_html_(), repr(found)):
        assert key not in shown
        assert text not in shown
    fixed = scan([notebook, page], [key], fix=True)
    assert fixed.fixed == (notebook, page)
    assert not scan([notebook, page], [key])
    nbformat.read(notebook, as_version=4)


@given(
    key=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=16, max_size=60),
    before=st.binary(max_size=5),
    after=st.binary(max_size=5),
)
def test_base64_is_found_wherever_the_key_stands_in_it(key: str, before: bytes, after: bytes) -> None:
    """A key within base64 is found whatever surrounds it, and removing it keeps the length (SEC-1)."""
    forms = KeyForms.of(key)
    if forms is None:  # it is a reference
        return
    text = base64.b64encode(before + key.encode() + after).decode()
    assert forms.is_in(text, without_breaks(text))
    removed = forms.removed_from(text)
    assert len(removed) == len(text)
    left = base64.b64decode(removed)
    assert key.encode() not in left
    assert key.encode()[1:-1] not in left


@pytest.mark.req("SEC-1")
def test_each_place_of_a_notebook_is_looked_at_and_named(tmp_path: Path, canary: str) -> None:
    """Source, outputs by kind, errors, attachments, metadata, widget state: each says where (SEC-1)."""
    cell = _book()["cells"][0]
    outputs = [
        {
            "output_type": "display_data",
            "metadata": {},
            "data": {"text/plain": "-", "text/html": [f"<b>{canary}</b>"]},
        },
        {"output_type": "error", "ename": "E", "evalue": canary, "traceback": ["a", canary]},
        {
            "output_type": "execute_result",
            "execution_count": 1,
            "metadata": {"x": {"y": canary}},
            "data": {"application/json": {"deep": [{canary: 1}]}},
        },
    ]
    book = _book()
    book["cells"] = [
        {**cell, "source": ["import os\n", f"key = '{canary}'\n"]},
        {**cell, "id": "c2", "outputs": outputs},
        {"cell_type": "markdown", "id": "c3", "metadata": {"note": canary}, "source": "![a]",
         "attachments": {"a.txt": {"text/plain": base64.b64encode(canary.encode()).decode()}}},
    ]  # fmt: skip
    book["metadata"] = {
        "widgets": {
            "application/vnd.jupyter.widget-state+json": {"state": {"m": {"state": {"value": canary}}}}
        },
        "papermill": {"parameters": {"key": canary}},
    }
    path = _write(tmp_path / "n.ipynb", book)
    found = {(leak.cell, leak.place, leak.line) for leak in scan(path, [canary]).leaks}
    assert found == {
        (1, "source", 2),
        (2, "output 1 (text/html)", 1),
        (2, "output 2", 1),
        (2, "output 3 (application/json)", 1),
        (2, "output 3", 1),
        (3, "metadata", 1),
        (3, "attachment", 1),
        (None, "widget state", 1),
        (None, "metadata", 1),
    }
    scan(path, [canary], fix=True)
    assert not scan(path, [canary])
    assert canary not in path.read_text(encoding="utf-8")


@pytest.mark.req("MIG-7")
def test_a_fix_changes_nothing_but_the_key_and_keeps_a_copy(tmp_path: Path, canary: str) -> None:
    """Text, order, numbers and mode stay; the copy beside it is as it was and private (SEC-1)."""
    book = _book(
        source=["# é 人\n", f"k = '{canary}'\n", "x = 1.50"], metadata={"z": 2**70, "a": [1.5, None]}
    )
    path = _write(tmp_path / "n.ipynb", book)
    path.chmod(0o640)
    before = path.read_bytes()
    report = scan(path, [canary], fix=True)
    assert path.read_bytes() == before.replace(canary.encode(), REMOVED.encode())
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o640
    (backup,) = report.backups
    assert backup.read_bytes() == before
    if sys.platform != "win32":
        assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert str(backup) in str(report)
    assert sorted(tmp_path.glob("*.*")) == sorted([path, backup])


def test_a_clean_file_is_not_touched(tmp_path: Path, canary: str) -> None:
    """Where nothing is found nothing is written, and no copy is made."""
    path = _write(tmp_path / "n.ipynb", _book(source="x = 1"))
    before = path.stat()
    report = scan(path, [canary], fix=True)
    assert not report
    assert (report.files, report.keys, report.backups) == (1, 1, ())
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert "No key found" in str(report)
    assert len(list(tmp_path.glob("*.*"))) == 1


def test_folders_are_gone_through_and_a_missing_path_is_told(tmp_path: Path, canary: str) -> None:
    """Notebooks and pages below a folder, checkpoints too; not what version control keeps."""
    names = ["a/n.ipynb", "a/.ipynb_checkpoints/n.ipynb", "b.HTML", ".git/n.ipynb", "c.txt"]
    for name in names:
        path = tmp_path / "w" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'{{"cells": "{canary}"}}', encoding="utf-8")
    found = scan([tmp_path / "w", tmp_path / "w/a/n.ipynb"], [canary])
    assert {leak.path.relative_to(tmp_path / "w").as_posix() for leak in found.leaks} == set(names[:3])
    assert found.files == 3
    assert scan([tmp_path / "w/c.txt"], [canary])  # named by itself
    with pytest.raises(InvalidInputError, match=r"nothing\.ipynb"):
        scan([tmp_path / "nothing.ipynb"], [canary])


@pytest.mark.parametrize(
    "raw", [b"", b"\xff\xfe not text", b"[1, 2", b'"text"', b'{"cells": [null, 3, "x"]}']
)
def test_a_broken_notebook_is_looked_through_as_text(tmp_path: Path, canary: str, raw: bytes) -> None:
    """Whatever the bytes, the key is found and removed, and the other bytes stay."""
    path = tmp_path / "n.ipynb"
    path.write_bytes(raw + b" " + canary.encode() + b"\xff\n")
    assert len(scan(path, [canary], fix=True).leaks) == 1
    assert path.read_bytes() == raw + b" " + REMOVED.encode() + b"\xff\n"


def test_a_file_that_cannot_be_read_is_told_and_the_others_go_on(tmp_path: Path, canary: str) -> None:
    """One unreadable file does not hide the others."""
    (tmp_path / "a.html").symlink_to("a.html")
    (tmp_path / "b.html").write_text(canary, encoding="utf-8")
    report = scan([tmp_path], [canary])
    assert len(report.leaks) == 1
    assert report.unread[0][0].name == "a.html"
    assert "a.html" in str(report)


def test_a_link_in_the_files_place_stays(tmp_path: Path, canary: str) -> None:
    """The fix goes to the file that a symbolic link leads to."""
    (tmp_path / "real").mkdir()
    real = _write(tmp_path / "real/n.ipynb", _book(source=canary))
    link = tmp_path / "n.ipynb"
    link.symlink_to(real)
    scan(link, [canary], fix=True)
    assert link.is_symlink()
    assert canary not in real.read_text(encoding="utf-8")


@pytest.mark.parametrize("key", ["", "ollama", "no-key-needed", "password", "${SOME_KEY}", "keyring:a/b"])
def test_what_could_be_an_ordinary_word_is_not_looked_for(tmp_path: Path, key: str) -> None:
    """Placeholders, references and short words would be found everywhere and are no secrets."""
    path = _write(tmp_path / "n.ipynb", _book(source=f"{key} ollama password"))
    report = scan(path, [key])
    assert (report.leaks, report.keys) == ((), 0)


@pytest.mark.req("SEC-1")
def test_registered_keys_are_those_of_the_file_its_backups_and_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keys typed, referred to, of other sections, replaced since, and of key variables are looked for."""
    path = tmp_path / "dispatch.settings.json"
    old = {
        "id": "a",
        "providerType": "openai",
        "model": "m",
        "providerConfig": {"apiKey": "sk-old-in-backup-1"},
    }
    path.write_text(
        json.dumps(
            {"models": {"catalog": [old]}, "notifications": {"telegram": {"botToken": "bot:token-12345"}}}
        ),
        encoding="utf-8",
    )
    monkeypatch.setenv("MY_LAB_KEY", "sk-referred-to-12345")
    monkeypatch.setenv("GROQ_API_KEY", "gsk_of-the-environment-1")
    service = SettingsService(path)
    provider = service.get_providers()[0]
    service.update_provider(provider.id, api_key="sk-typed-now-12345")
    service.add_provider(
        name="L", type="openai-compatible", api_key="${MY_LAB_KEY}", base_url="https://x.example/v1"
    )
    keys = [
        "sk-old-in-backup-1",
        "sk-typed-now-12345",
        "bot:token-12345",
        "sk-referred-to-12345",
        "gsk_of-the-environment-1",
    ]
    notebook = _write(
        tmp_path / "n.ipynb", _book(source=[f"{key}\n" for key in [*keys, "sk-not-ours-12345"]])
    )
    report = service.scan_notebook(notebook)
    assert sorted(leak.line for leak in report.leaks) == [1, 2, 3, 4, 5]
    monkeypatch.setenv("DISPATCH_SETTINGS_PATH", str(path))
    assert len(dw.scan([tmp_path]).leaks) == 5
    assert len(dw.scan_notebook(notebook, fix=True).leaks) == 5
    assert "sk-not-ours-12345" in notebook.read_text(encoding="utf-8")
