"""The real tRPC client and the TypeScript compiler, where they are installed.

``npm install`` in ``tests/server/node`` puts them there, as the continuous integration does; with
``DISPATCH_REQUIRE_NODE=1`` their absence fails the tests instead of skipping them.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

import dispatch_widgets.server
from dispatch_widgets.demo import DemoServer
from dispatch_widgets.server.procedures import PROCEDURES

NODE = Path(__file__).parent / "node"
PAGE = Path(__file__).parents[2] / "docs" / "http-api.md"
CHECKS = (NODE / "client.mjs").read_text("utf-8").count("  async '")
DECLARATIONS = Path(dispatch_widgets.server.__file__).with_name("app_router.d.ts")


def _needs(package: str) -> None:
    if shutil.which("node") is None:
        missing = "node is not installed"
    elif not (NODE / "node_modules" / package).is_dir():
        missing = f"{package} is not installed; npm install in tests/server/node"
    else:
        return
    if os.environ.get("DISPATCH_REQUIRE_NODE"):
        pytest.fail(missing)
    pytest.skip(missing)


def _node(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["node", *command],
        cwd=NODE,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.req("API-4")
@pytest.mark.parametrize("link", ["httpLink", "httpBatchLink", "httpBatchStreamLink"])
def test_the_real_client_works(jupyter: Any, link: str) -> None:
    """The real client works with each link: all procedures, errors, masked keys and batches."""
    _needs("@trpc/client")
    with DemoServer() as demo:
        done = _node(
            "client.mjs",
            link,
            TRPC_URL=jupyter.trpc,
            JUPYTER_TOKEN=jupyter.token,
            PROVIDER_URL=demo.openai_base_url,
            PROVIDER_KEY=demo.api_key,
        )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == CHECKS > 10


@pytest.mark.req("API-4")
def test_typescript_tells_the_types() -> None:
    """The shipped declarations compile, inputs and outputs are inferred, wrong calls do not compile."""
    _needs("typescript")
    done = _node("node_modules/typescript/bin/tsc", "--project", ".")
    assert done.returncode == 0, done.stdout


@pytest.mark.req("API-4")
def test_the_example_of_the_page_compiles(tmp_path: Path) -> None:
    """The TypeScript of docs/http-api.md compiles with the shipped declarations."""
    _needs("typescript")
    if not PAGE.is_file():
        pytest.skip("the page is not in this distribution")
    [example] = re.findall(r"^```ts\n(.*?)^```$", PAGE.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    (tmp_path / "example.ts").write_text(example, "utf-8")
    (tmp_path / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    shutil.copy(DECLARATIONS, tmp_path)
    config = json.loads((NODE / "tsconfig.json").read_text("utf-8"))
    del config["compilerOptions"]["paths"]
    (tmp_path / "node_modules").symlink_to(NODE / "node_modules", target_is_directory=True)
    config["files"] = ["example.ts"]
    (tmp_path / "tsconfig.json").write_text(json.dumps(config), encoding="utf-8")
    done = _node("node_modules/typescript/bin/tsc", "--project", str(tmp_path))
    assert done.returncode == 0, done.stdout


@pytest.mark.req("API-4")
def test_the_declarations_name_the_procedures_that_there_are() -> None:
    """The declarations have exactly the procedures, with their types; this needs no compiler."""
    text = DECLARATIONS.read_text("utf-8").partition("type SettingsProcedures = {")[2].partition("\n};")[0]
    declared = re.findall(r"^  (\w+): (Query|Mutation)<", text, flags=re.MULTILINE)
    assert [(f"settings.{name}", kind.lower()) for name, kind in declared] == [
        (path, found.kind) for path, found in PROCEDURES.items()
    ]
