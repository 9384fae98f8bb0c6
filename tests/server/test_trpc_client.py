"""The real tRPC client and the TypeScript compiler, where they are installed.

``npm install`` in ``tests/server/node`` puts them there, as the continuous integration does; with
``DISPATCH_REQUIRE_NODE=1`` their absence fails the tests instead of skipping them.
"""

from __future__ import annotations

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
    """Every procedure, every kind of refusal, masked keys and many calls at once, through each link."""
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
def test_the_declarations_name_the_procedures_that_there_are() -> None:
    """Each procedure with its kind, and no other; checked also where there is no compiler."""
    text = DECLARATIONS.read_text("utf-8").partition("type SettingsProcedures = {")[2].partition("\n};")[0]
    declared = re.findall(r"^  (\w+): (Query|Mutation)<", text, flags=re.MULTILINE)
    assert [(f"settings.{name}", kind.lower()) for name, kind in declared] == [
        (path, found.kind) for path, found in PROCEDURES.items()
    ]
