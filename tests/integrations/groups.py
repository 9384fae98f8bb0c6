"""The groups of libraries in the folder beside this file, and the recipes of the page."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "how-to" / "use-with-a-library.md"
GROUP_VARIABLE = "DISPATCH_LIBRARIES"
"""The group whose libraries must be installed; without it those are tested that are."""
_OWN = "-e .["


def requirement_files() -> dict[str, Path]:
    """The requirements of each group, as pip reads them."""
    return {path.stem: path for path in sorted((Path(__file__).parent / "libraries").glob("*.txt"))}


def library_groups() -> dict[str, set[str]]:
    """The names of the distributions in each group, those of the package's own extras among them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    groups = {}
    for group, path in requirement_files().items():
        lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
        (own,) = (line for line in lines if line.startswith(_OWN))
        extras = own.removeprefix(_OWN).rstrip("]").split(",")
        lines += [each for extra in extras for each in project["optional-dependencies"][extra]]
        groups[group] = {re.split(r"[\[<>=]", line)[0] for line in lines} - {"-e ."}
    return groups


def recipes() -> list[str]:
    """The distributions that the page has recipes for."""
    return [*dict.fromkeys(re.findall(r"<!-- needs: (\S+) -->", PAGE.read_text("utf-8")))]
