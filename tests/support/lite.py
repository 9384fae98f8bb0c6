"""A JupyterLite site with this package in it, and what lets its pages reach a server."""

from __future__ import annotations

import email
import functools
import hashlib
import importlib.metadata
import importlib.util
import json
import re
import shutil
import subprocess
import sys
import threading
import zipfile
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import httpx
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).parents[2]
PYODIDE = ROOT / "tests" / "lite" / "node_modules" / "pyodide"
PACKAGE = "dispatch-widgets"
NOTEBOOK = "start.ipynb"
# What the kernel of JupyterLite needs beside the package.
_OF_THE_KERNEL = ("ipython", "jedi", "comm", "ipywidgets", "micropip")
_PLATFORM = {
    "sys_platform": "emscripten",
    "platform_system": "Emscripten",
    "platform_machine": "wasm32",
    "os_name": "posix",
    "python_version": "3.14",
    "python_full_version": "3.14.2",
    "implementation_name": "cpython",
    "platform_python_implementation": "CPython",
    "extra": "",
}
_TO_WHEELS = (
    *("--only-binary=:all:", "--no-deps", "--implementation=cp", "--abi=cp314", "--abi=none"),
    *("--platform=pyemscripten_2026_0_wasm32", "--platform=any", "--python-version=3.14"),
)


def missing(*, site: bool) -> str:
    """What Pyodide, or a whole site, needs and is not here, with how to install it; empty if all is.

    Args:
        site: Whether a JupyterLite site is wanted.
    """
    if shutil.which("node") is None or not PYODIDE.is_dir():
        return "Pyodide is not here: npm install in tests/lite"
    if importlib.util.find_spec("pip") is None:
        return "pip, which fetches Pyodide's wheels, is not here"
    if site and importlib.util.find_spec("jupyterlite_pyodide_kernel") is None:
        return "JupyterLite is not installed: pip install -e '.[test-hosts]'"
    return ""


def fetch_wheels(folder: Path, *, more: Iterable[str] = ()) -> list[Path]:
    """The wheels for Pyodide of what this package needs, in the versions of this environment.

    Args:
        folder: Where they are put.
        more: Names of further packages.
    """
    versions = _needed([PACKAGE, *more])
    del versions[PACKAGE]
    wanted = [f"{name}=={version}" if version else name for name, version in versions.items()]
    _run("-m", "pip", "download", "--quiet", "--dest", str(folder), *_TO_WHEELS, *wanted)
    return sorted(folder.glob("*.whl"))


def _needed(names: Iterable[str]) -> dict[str, str]:
    """The versions of packages and of what they need in Pyodide; "" for what is not installed here."""
    versions: dict[str, str] = {}
    waiting = list(names)
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name in versions:
            continue
        try:
            found = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            versions[name] = ""
            continue
        versions[name] = found.version
        waiting += _requirements(found.requires)
    return versions


def _requirements(lines: Iterable[str] | None) -> list[str]:
    found = map(Requirement, lines or ())
    return [each.name for each in found if each.marker is None or each.marker.evaluate(_PLATFORM)]


def _run(*arguments: str, cwd: Path | None = None) -> None:
    done = subprocess.run([sys.executable, *arguments], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def build_site(folder: Path, cells: Iterable[str]) -> Path:
    """Builds a site with one notebook; nothing in it is loaded from elsewhere.

    Args:
        folder: An empty folder.
        cells: The sources of the notebook's cells.

    Returns:
        The folder to be served.
    """
    source, content, runtime = (
        folder / "source",
        folder / "source" / "files",
        folder / "source/static/pyodide",
    )
    content.mkdir(parents=True)
    shutil.copytree(PYODIDE, runtime)
    wheels = fetch_wheels(runtime, more=_OF_THE_KERNEL)
    _run("-m", "build", "--wheel", "--no-isolation", "--outdir", str(runtime), cwd=ROOT)
    wheels = sorted(runtime.glob("*.whl"))
    lock = runtime / "pyodide-lock.json"
    described = json.loads(lock.read_text("utf-8"))
    packages = {entry["name"]: entry for entry in map(_lock_entry, wheels)}
    for entry in packages.values():
        entry["depends"] = [name for name in entry["depends"] if name in packages]
    lock.write_text(json.dumps({**described, "packages": packages}), encoding="utf-8")
    config = {"jupyter-lite-schema-version": 0, "jupyter-config-data": {"exposeAppInBrowser": True}}
    (source / "jupyter-lite.json").write_text(json.dumps(config), encoding="utf-8")
    document = {
        "cells": [
            {"cell_type": "code", "id": f"cell-{place}", "source": text, "metadata": {}, "outputs": [],
             "execution_count": None}
            for place, text in enumerate(cells)
        ],
        "metadata": {"kernelspec": {"name": "python", "display_name": "Python", "language": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }  # fmt: skip
    (content / NOTEBOOK).write_text(json.dumps(document), encoding="utf-8")
    site = folder / "site"
    _run("-m", "jupyterlite_core", "build", "--contents", str(content), "--output-dir", str(site), cwd=source)
    return site


def _lock_entry(wheel: Path) -> dict[str, object]:
    """What Pyodide's lock file says of a package."""
    name, version, *_ = parse_wheel_filename(wheel.name)
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        about = next(each for each in names if re.fullmatch(r"[^/]+\.dist-info/METADATA", each))
        metadata = email.message_from_bytes(archive.read(about))
    return {
        "name": name,
        "version": str(version),
        "file_name": wheel.name,
        "install_dir": "site",
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "package_type": "package",
        "imports": sorted({each.split("/")[0].removesuffix(".py") for each in names if each.endswith(".py")}),
        "depends": [canonicalize_name(each) for each in _requirements(metadata.get_all("Requires-Dist"))],
        "unvendored_tests": False,
    }


class _Files(SimpleHTTPRequestHandler):
    extensions_map: ClassVar = {
        **SimpleHTTPRequestHandler.extensions_map,
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serves a folder on loopback; its address."""
    with _running(functools.partial(_Files, directory=str(folder))) as address:
        yield address


@contextmanager
def open_to_pages(origin: str) -> Iterator[str]:
    """The address of a server that passes all to another, and allows the requests of web pages (CORS)."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Says nothing."""

        def do_OPTIONS(self) -> None:
            self._answer(204, b"", "")

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {
                name: self.headers[name] for name in ("authorization", "content-type") if self.headers[name]
            }
            answer = httpx.request(
                self.command, origin + self.path, content=body, headers=headers, trust_env=False
            )
            self._answer(answer.status_code, answer.content, answer.headers.get("content-type", ""))

        def do_POST(self) -> None:
            self.do_GET()

        def _answer(self, status: int, body: bytes, content_type: str) -> None:
            self.send_response(status)
            for name, value in (
                ("access-control-allow-origin", "*"),
                ("access-control-allow-headers", "authorization, content-type"),
                ("content-type", content_type),
                ("content-length", str(len(body))),
            ):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

    with _running(Handler) as address:
        yield address


@contextmanager
def _running(handler: type[BaseHTTPRequestHandler] | functools.partial[_Files]) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:  # type: ignore[arg-type]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
