"""House rules: what importing costs, what is public, which way imports go."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Literal, get_origin

import pytest

import dispatch_widgets as dw

PACKAGE = Path(dw.__file__).parent
REPOSITORY = PACKAGE.parent


def _loaded_by(statement: str) -> set[str]:
    code = f"{statement}\nimport sys; print(chr(10).join(sys.modules))"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


HEAVY = {"httpx", "h11", "ipywidgets", "IPython", "anywidget", "pydantic", "pydantic_core", "asyncio", "ssl"}


@pytest.mark.req("API-1a", "P-1")
def test_importing_the_package_loads_nothing_heavy() -> None:
    """`import dispatch_widgets` brings in neither the network, the widgets, pydantic nor `typing` (P-1)."""
    loaded = _loaded_by("import dispatch_widgets")
    assert not loaded & (HEAVY | {"typing", "dataclasses", "logging", "json"})
    assert {name for name in loaded if name.startswith("dispatch_widgets")} == {"dispatch_widgets"}


@pytest.mark.req("P-1")
def test_importing_the_service_leaves_the_rest_for_its_first_use() -> None:
    """What only some uses of a service need is not loaded with it: pydantic least of all (P-1)."""
    at_first_use = {
        "filelock",
        "subprocess",
        "html",
        "importlib.metadata",
        "dispatch_widgets.settings._shape",
        "dispatch_widgets.settings.conversion",
        "dispatch_widgets.discovery.discoverer",
        "dispatch_widgets.discovery.client",
        "dispatch_widgets.clients.making",
        "dispatch_widgets.widgets",
        "dispatch_widgets.leaks",
    }
    assert not _loaded_by("from dispatch_widgets import SettingsService") & (HEAVY | at_first_use)


def test_every_public_name_is_there_and_documented() -> None:
    """Each name in __all__ can be had, and says what it is."""
    for name in dw.__all__:
        value = getattr(dw, name)
        if get_origin(value) is Literal:  # it has no docstring of its own: the text below it counts
            module = import_module(f"dispatch_widgets.{vars(dw)['_HOMES'][name]}")
            assert re.search(rf'^{name} = .*\n"""\w', inspect.getsource(module), re.MULTILINE), name
        elif name != "__version__":
            assert inspect.getdoc(value), name


def test_the_stub_says_the_same_as_the_module() -> None:
    """Type checkers see exactly the names that exist at run time."""
    tree = ast.parse((PACKAGE / "__init__.pyi").read_text(encoding="utf-8"))
    stubbed = {
        (node.module, alias.asname)
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert {name for _, name in stubbed} == {*dw.__all__} - {"__version__"}
    for home, name in stubbed:
        assert getattr(dw, str(name)) is getattr(import_module(f"dispatch_widgets.{home}"), str(name)), name


NOT_OF_THE_SERVICE = {"preview_migration"}
"""It takes a file, which the method of this name does not."""


def _of_a_method(name: str) -> bool:
    return inspect.isfunction(getattr(dw.SettingsService, name, None)) and name not in NOT_OF_THE_SERVICE


@pytest.mark.parametrize("name", [*filter(_of_a_method, dw.__all__)])
def test_a_function_takes_what_its_method_takes(name: str) -> None:
    """The module's functions have the parameters of the service's methods, with their types and defaults."""
    function = inspect.signature(getattr(dw, name))
    method = inspect.signature(getattr(dw.SettingsService, name))
    _, *parameters = method.parameters.values()
    assert function == method.replace(parameters=parameters)
    assert not any(each.kind is inspect.Parameter.VAR_KEYWORD for each in parameters)


def test_an_unknown_name_is_an_attribute_error() -> None:
    """A typing mistake gives Python's own error."""
    with pytest.raises(AttributeError, match="no_such_thing"):
        dw.no_such_thing  # noqa: B018


def test_no_public_name_is_a_submodules_name() -> None:
    """A submodule of the same name would replace the name at its import."""
    submodules = {module.name for module in pkgutil.iter_modules([str(PACKAGE)])}
    assert not submodules & set(dw.__all__)


def test_imports_go_one_way() -> None:
    """The layers of pyproject.toml hold."""
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_only_the_loop_module_imports_nest_asyncio() -> None:
    """nest-asyncio patches the process; one module decides when."""
    users = [
        path.name
        for path in PACKAGE.rglob("*.py")
        if "import nest_asyncio" in path.read_text(encoding="utf-8")
    ]
    assert users == ["_loop.py"]


def test_pydantic_is_used_as_it_is_published() -> None:
    """Of pydantic's core, which is made for pydantic, only the JSON parser that its guide shows is used."""
    imports = {
        line.strip()
        for path in PACKAGE.rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.match(r"\s*(from|import) pydantic_core\b", line)
    }
    assert imports <= {"from pydantic_core import from_json"}


def test_every_public_function_and_class_is_documented() -> None:
    """Everything without an underscore has a docstring."""
    missing: list[str] = []
    for found in pkgutil.walk_packages([str(PACKAGE)], "dispatch_widgets."):
        if any(part.startswith("_") for part in found.name.split(".")):
            continue
        module = importlib.import_module(found.name)
        for name, value in vars(module).items():
            ours = getattr(value, "__module__", None) == found.name and not name.startswith("_")
            if ours and (inspect.isclass(value) or inspect.isfunction(value)) and not value.__doc__:
                missing.append(f"{found.name}.{name}")
    assert not missing
