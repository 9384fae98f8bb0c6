"""What serves a JupyterLite site, and what lets its pages reach a server."""

from __future__ import annotations

import functools
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, ClassVar

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


def notebook_of(cells: Iterable[str]) -> dict[str, Any]:
    """A notebook with these code cells."""
    made = [
        {"cell_type": "code", "id": f"cell-{place}", "source": text, "metadata": {}, "outputs": [],
         "execution_count": None}
        for place, text in enumerate(cells)
    ]  # fmt: skip
    kernel = {"name": "python", "display_name": "Python", "language": "python"}
    return {"cells": made, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


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
