"""The groups of libraries in pyproject.toml, and the blocks of the page with the recipes."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "how-to" / "use-with-a-library.md"
GROUP_VARIABLE = "DISPATCH_LIBRARIES"
"""The group whose libraries must be installed; without it those are tested that are."""


def library_groups() -> dict[str, set[str]]:
    """The names of the distributions in each group, those of the package's own extras among them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    extras = project["project"]["optional-dependencies"]
    groups = {}
    for group, requirements in project["dependency-groups"].items():
        if group.startswith("libraries"):
            named = [each for each in requirements if isinstance(each, str)]
            own = [each for each in named if each.startswith("dispatch-widgets[")]
            chosen = [extra for each in own for extra in each.partition("[")[2].rstrip("]").split(",")]
            named += [each for extra in chosen for each in extras[extra]]
            groups[group] = {re.split(r"[\[<>=]", each)[0] for each in named} - {"dispatch-widgets"}
    return groups


def recipes() -> list[str]:
    """The distributions that the page has recipes for."""
    return [*dict.fromkeys(re.findall(r"<!-- needs: (\S+) -->", PAGE.read_text("utf-8")))]
