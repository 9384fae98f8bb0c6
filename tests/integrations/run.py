"""Runs the recipes of docs/how-to/use-with-a-library.md, each group of libraries in its own environment.

    python tests/integrations/run.py [GROUP ...]

The groups are the files in ``libraries``. The environments stay, as ``.venv-GROUP`` in the repository, so
that a second run only updates them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import venv

from groups import GROUP_VARIABLE, ROOT, requirement_files


def main(groups: list[str]) -> int:
    """Runs the groups that are named, or all of them.

    Args:
        groups: Names of groups.

    Returns:
        The number of groups that failed.
    """
    files = requirement_files()
    failed = []
    for group in groups or files:
        folder = ROOT / f".venv-{group}"
        if not folder.exists():
            venv.create(folder, with_pip=True)
        python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        install = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--upgrade"]
        subprocess.run([*install, "-r", files[group]], cwd=ROOT, check=True)
        tested = subprocess.run(
            [python, "-m", "pytest", "tests/integrations"],
            cwd=ROOT, env={**os.environ, GROUP_VARIABLE: group}, check=False,
        )  # fmt: skip
        if tested.returncode:
            failed.append(group)
    print("failed:" if failed else "all passed", *failed)  # noqa: T201
    return len(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
