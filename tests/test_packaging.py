"""What is built for others: the wheel, also in an environment of its own, and the source distribution."""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

import dispatch_widgets

REPOSITORY = Path(__file__).parent.parent

INSIDE = (
    "dispatch_widgets/py.typed",
    "dispatch_widgets/__init__.pyi",
    "dispatch_widgets/widgets/static/page.css",
    "dispatch_widgets/widgets/static/page.js",
    "dispatch_widgets/server/app_router.d.ts",
    "dispatch_widgets/demo/notebooks/01_quickstart.ipynb",
)


def _run(*command: object, cwd: Path) -> str:
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the source distribution, made by the project's own back end."""
    folder = tmp_path_factory.mktemp("dist")
    _run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, REPOSITORY, cwd=folder)
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    """The wheel."""
    (found,) = built.glob("*.whl")
    return found


def test_the_distributions_are_what_the_index_takes(built: Path, wheel: Path) -> None:
    """Their names carry the one version there is, and twine and check-wheel-contents find nothing."""
    (source,) = built.glob("*.tar.gz")
    version = dispatch_widgets.__version__
    assert wheel.name == f"dispatch_widgets-{version}-py3-none-any.whl"
    assert source.name == f"dispatch_widgets-{version}.tar.gz"
    _run(sys.executable, "-m", "twine", "check", "--strict", wheel, source, cwd=built)
    _run(sys.executable, "-m", "check_wheel_contents", wheel, cwd=built)


def test_the_wheel_has_everything_and_the_source_too(built: Path, wheel: Path) -> None:
    """Scripts, styles, types and notebooks are inside; tests and settings files are not in the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert [name for name in INSIDE if name not in names] == []
    assert any(name.endswith("etc/jupyter/jupyter_server_config.d/dispatch_widgets.json") for name in names)
    assert not [name for name in names if name.startswith("tests/") or name.endswith("settings.json")]
    assert not [name for name in names if "/widgets/frontend/" in name]
    assert not [name for name in names if name.endswith(".map")]
    (source,) = built.glob("*.tar.gz")
    with tarfile.open(source) as archive_file:
        packed = {name.partition("/")[2] for name in archive_file.getnames()}
    assert {"README.md", "tests/conftest.py", "notebooks/01_quickstart.ipynb", "LICENSE"} <= packed
    assert "dispatch_widgets/widgets/frontend/build.mjs" in packed
    assert "dispatch_widgets/widgets/frontend/src/types.ts" in packed
    assert not [name for name in packed if "node_modules" in name]


def test_the_wheel_runs_in_an_environment_of_its_own(wheel: Path, tmp_path: Path) -> None:
    """Installed from the wheel, not from the repository, the command goes the demo's whole road."""
    own = tmp_path / "venv"
    venv.create(own, with_pip=False, symlinks=sys.platform != "win32")
    folder = own / ("Scripts" if sys.platform == "win32" else "bin")
    python = folder / ("python.exe" if sys.platform == "win32" else "python")
    packages = Path(
        _run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=tmp_path).strip()
    )
    pip = (sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-deps", "--no-index")
    _run(*pip, wheel, cwd=tmp_path)
    # The libraries it needs come from the tests' own environment: no index is asked. A .pth of that
    # environment, such as that of an editable installation, does not count there.
    (packages / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    where = _run(python, "-c", "import dispatch_widgets; print(dispatch_widgets.__file__)", cwd=tmp_path)
    assert own in Path(where.strip()).parents
    text = _run(folder / "dispatch-widgets", "demo", "--text", cwd=tmp_path)
    assert "resolve('summarize')" in text


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    """What pyproject.toml says of the project and its build."""
    document = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    return {**document["project"], "build": document["build-system"]["requires"]}


def test_the_classifiers_name_the_pythons_that_are_tested(project: dict[str, Any]) -> None:
    """The versions of Python that are named are those of the test matrix, from the oldest that it takes."""
    workflow = yaml.safe_load((REPOSITORY / ".github/workflows/tests.yml").read_text(encoding="utf-8"))
    tested = workflow["jobs"]["test"]["strategy"]["matrix"]["python"]
    named = [text.rpartition(" ")[2] for text in project["classifiers"] if ":: Python :: 3." in text]
    assert named == tested
    assert project["requires-python"] == f">={tested[0]}"


def test_the_conda_recipe_says_the_same_as_the_project(project: dict[str, Any]) -> None:
    """Version, Python, dependencies, command and license of the recipe are those of pyproject.toml."""
    recipe = yaml.safe_load((REPOSITORY / ".conda/recipe.yaml").read_text(encoding="utf-8"))
    needs = recipe["requirements"]

    def spaced(requirements: list[str]) -> list[str]:
        return [re.sub(r"(?<=[\w-])(?=[<>=])", " ", each, count=1) for each in requirements]

    assert recipe["context"]["version"] == dispatch_widgets.__version__
    assert f">={recipe['context']['python_min']}" == project["requires-python"]
    assert needs["run"] == ["python >=${{ python_min }}", *spaced(project["dependencies"])]
    assert set(spaced(project["build"])) <= set(needs["host"])
    assert recipe["build"]["python"]["entry_points"] == [
        f"{name} = {target}" for name, target in project["scripts"].items()
    ]
    assert recipe["about"]["summary"] == project["description"]
    assert [recipe["about"]["license"], [recipe["about"]["license_file"]]] == [
        project["license"],
        project["license-files"],
    ]


def test_the_conda_recipe_is_one_that_rattler_build_takes(project: dict[str, Any]) -> None:
    """The tool of conda-forge reads it: sections, version ranges, license and templates are right."""
    rattler_build = pytest.importorskip(
        "rattler_build", reason="rattler-build is not here: pip install 'dispatch-widgets[test-integrations]'"
    )
    text = (REPOSITORY / ".conda/recipe.yaml").read_text(encoding="utf-8")
    platform = rattler_build.PlatformConfig(target_platform="linux-64")
    (rendered,) = rattler_build.Stage0Recipe.from_yaml(text).render(
        rattler_build.VariantConfig(), rattler_build.RenderConfig(platform=platform)
    )
    recipe = rendered.recipe.to_dict()
    assert recipe["package"] == {"name": project["name"], "version": dispatch_widgets.__version__}
    assert recipe["build"]["noarch"] == "python"
    assert f"python {project['requires-python']}" in recipe["requirements"]["run"]


def test_a_development_environment_is_had_by_group_or_by_extra() -> None:
    """The group that uv installs by itself is the extra of README's line."""
    document = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    assert document["dependency-groups"]["dev"] == ["dispatch-widgets[test]"]


def _brought(extras: str, table: dict[str, list[str]]) -> set[str]:
    """The packages that extras bring, those of extras inside extras too."""
    found: set[str] = set()
    for extra in extras.split(","):
        for wanted in table[extra]:
            inner = re.fullmatch(r"dispatch-widgets\[(.*)\]", wanted)
            found |= _brought(inner.group(1), table) if inner else {re.split(r"[^a-z-]", wanted)[0]}
    return found


def test_the_demos_line_brings_what_the_notebooks_use(project: dict[str, Any]) -> None:
    """The one line of README.md installs JupyterLab and the SDKs that the fourth notebook's clients are."""
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    line = re.search(r"<!-- demo-command -->\n```sh\n(.+)\n```", readme)
    assert line is not None
    extras = re.search(r"pip install .*\[([a-z,]+)\]", line.group(1))
    assert extras is not None
    brought = _brought(extras.group(1), project["optional-dependencies"])
    assert {"jupyterlab", "jupyter-server", "sidecar", "openai", "anthropic"} <= brought


def test_the_changelog_has_the_version_with_its_date() -> None:
    """Unreleased comes first, then this version with its date; a release has each heading once."""
    text = (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")
    unreleased, *releases = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    assert unreleased.startswith("[Unreleased]\n")
    assert re.match(rf"\[{re.escape(dispatch_widgets.__version__)}\] - \d{{4}}-\d\d-\d\d\n", releases[0])
    for release in (unreleased, *releases):
        headings = re.findall(r"^### (.+)$", release, flags=re.MULTILINE)
        assert set(headings) <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
        assert len(headings) == len(set(headings))
