"""The groups of libraries in the folder beside this file, and the recipes of the page."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "how-to" / "use-with-a-library.md"
GROUP_VARIABLE = "DISPATCH_LIBRARIES"
"""The group whose libraries must be installed; without it those are tested that are."""
EXTRA_GROUP = "test-integrations"
"""The extra of pyproject.toml that is a group too."""


def requirement_files() -> dict[str, Path]:
    """The requirements of each group, as pip reads them."""
    return {path.stem: path for path in sorted((Path(__file__).parent / "libraries").glob("*.txt"))}


def library_groups() -> dict[str, set[str]]:
    """The names of the distributions in each group, those of the package's own extras among them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras: dict[str, list[str]] = project["optional-dependencies"]

    def names(requirements: list[str]) -> set[str]:
        found = set()
        for each in requirements:
            own = re.fullmatch(r"(?:-e \.|dispatch-widgets)\[([\w,-]+)\]", each)
            if own:
                found |= {name for extra in own[1].split(",") for name in names(extras[extra])}
            elif not each.startswith("#"):
                found.add(re.split(r"[\[<>=]", each)[0])
        return found

    files = {group: path.read_text("utf-8").splitlines() for group, path in requirement_files().items()}
    return {EXTRA_GROUP: names(extras[EXTRA_GROUP])} | {group: names(each) for group, each in files.items()}


def ci_groups() -> list[str]:
    """The groups that .ci/run runs."""
    text = (ROOT / ".ci" / "run").read_text("utf-8")
    return re.findall(rf"(?:{GROUP_VARIABLE}=|integrations/run\.py )([\w-]+)", text)


def recipes() -> list[str]:
    """The distributions that the page has recipes for."""
    return [*dict.fromkeys(re.findall(r"<!-- needs: (\S+) -->", PAGE.read_text("utf-8")))]
