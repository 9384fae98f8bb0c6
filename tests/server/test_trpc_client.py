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
from typing import TYPE_CHECKING, Any

import pytest

import dispatch_widgets.server
from dispatch_widgets.demo import DemoServer
from dispatch_widgets.server.procedures import PROCEDURES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dispatch_widgets.server.inputs import Value

NODE = Path(__file__).parent / "node"
PAGE = Path(__file__).parents[2] / "docs" / "http-api.md"
LINKS = ("httpLink", "httpBatchLink", "httpBatchStreamLink")
_CLAIM_TYPES = """
import type { inferRouterInputs } from '@trpc/server';
import type { AppRouter } from './app_router.js';
type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Keys<T> = keyof T;
type Needed<T> = { [K in keyof T]-?: object extends Pick<T, K> ? never : K }[keyof T];
function holds<_Claim extends true>(): void {}
type Inputs = inferRouterInputs<AppRouter>['settings'];
"""
DECLARATIONS = Path(dispatch_widgets.server.__file__).with_name("app_router.d.ts")


def _needs(package: str, folder: str = ".") -> None:
    if shutil.which("node") is None:
        missing = "node is not installed"
    elif not (NODE / folder / "node_modules" / package).is_dir():
        missing = f"{package} is not installed; npm install in {Path('tests/server/node', folder)}"
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
@pytest.mark.parametrize("script", ["client.mjs", "models_page.mjs"])
@pytest.mark.parametrize("folder", [".", "older"], ids=["newest", "11.0.0"])
@pytest.mark.parametrize("link", LINKS)
def test_the_real_client_works(jupyter: Any, script: str, folder: str, link: str) -> None:
    """The newest client and the first of 11.x call everything, and build a Models page from nothing."""
    _needs("@trpc/client", folder)
    with DemoServer() as demo:
        done = _node(
            script,
            link,
            folder,
            TRPC_URL=jupyter.trpc,
            JUPYTER_TOKEN=jupyter.token,
            PROVIDER_URL=demo.openai_base_url,
            ANTHROPIC_URL=demo.anthropic_base_url,
            PROVIDER_KEY=demo.api_key,
        )
    assert done.returncode == 0, done.stderr
    checks = (NODE / script).read_text("utf-8").count("  async '")
    assert len(done.stdout.splitlines()) == checks > 10


@pytest.mark.req("API-4")
def test_typescript_tells_the_types() -> None:
    """The shipped declarations compile, inputs and outputs are inferred, wrong calls do not compile."""
    _needs("typescript")
    done = _node("node_modules/typescript/bin/tsc", "--project", ".")
    assert done.returncode == 0, done.stdout


@pytest.mark.req("API-4")
def test_the_examples_of_the_page_compile(tmp_path: Path) -> None:
    """Each piece of TypeScript of docs/http-api.md compiles with the shipped declarations."""
    _needs("typescript")
    if not PAGE.is_file():
        pytest.skip("the page is not in this distribution")
    examples = re.findall(r"^```ts\n(.*?)^```$", PAGE.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    assert len(examples) == 2
    for index, example in enumerate(examples):
        folder = tmp_path / str(index)
        folder.mkdir()
        done = _compile(folder, example)
        assert done.returncode == 0, done.stdout


def _compile(folder: Path, source: str) -> subprocess.CompletedProcess[str]:
    """Compiles TypeScript beside a copy of the declarations."""
    (folder / "example.ts").write_text(source, "utf-8")
    (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    shutil.copy(DECLARATIONS, folder)
    config = json.loads((NODE / "tsconfig.json").read_text("utf-8"))
    del config["compilerOptions"]["paths"]
    (folder / "node_modules").symlink_to(NODE / "node_modules", target_is_directory=True)
    config["files"] = ["example.ts"]
    (folder / "tsconfig.json").write_text(json.dumps(config), encoding="utf-8")
    return _node("node_modules/typescript/bin/tsc", "--project", str(folder))


def _claims(type_: str, expected: Value | None) -> Iterator[str]:
    """Lines of TypeScript that compile only if a type has exactly the fields of an input."""
    if expected is None:
        yield f"holds<Equal<{type_}, void>>();"
    elif expected.fields is None:
        examples = {
            "string": "string",
            "boolean": "boolean",
            "array": "readonly string[]",
            "object": "object",
        }
        yield f"holds<NonNullable<{type_}> extends {examples[expected.kind]} ? true : false>();"
    else:
        names = {name: field.required for name, field in expected.fields.items()}
        for type_of, wanted in (("Keys", [*names]), ("Needed", [name for name in names if names[name]])):
            union = " | ".join(f"'{name}'" for name in wanted) or "never"
            yield f"holds<Equal<{type_of}<{type_}>, {union}>>();"
        for name, field in expected.fields.items():
            yield from _claims(f"NonNullable<{type_}['{name}']>", field)


@pytest.mark.req("API-4")
def test_the_declared_inputs_are_those_that_are_checked(tmp_path: Path) -> None:
    """Each input is declared with the fields that the server takes, and the optional ones as optional."""
    _needs("typescript")
    lines = [_CLAIM_TYPES]
    for path, procedure in PROCEDURES.items():
        lines += _claims(f"Inputs['{path.removeprefix('settings.')}']", procedure.takes)
    assert len(lines) > 50
    done = _compile(tmp_path, "\n".join(lines))
    assert done.returncode == 0, done.stdout


@pytest.mark.req("API-4")
def test_the_declarations_name_the_procedures_that_there_are() -> None:
    """The declarations have exactly the procedures, with their types; this needs no compiler."""
    text = DECLARATIONS.read_text("utf-8").partition("type SettingsProcedures = {")[2].partition("\n};")[0]
    declared = re.findall(r"^  (\w+): (Query|Mutation)<", text, flags=re.MULTILINE)
    assert [(f"settings.{name}", kind.lower()) for name, kind in declared] == [
        (path, found.kind) for path, found in PROCEDURES.items()
    ]
