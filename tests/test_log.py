"""What is printed where nobody has set up logging: nothing but what the caller of a function is to see."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

_ADD = """
service.add_provider(
    name="Lab", type="openai-compatible", api_key="Bearer abc-123-def", base_url="http://127.0.0.1:9/v1"
)
"""


def stderr_of(code: str, folder: Path) -> str:
    """What a new process writes to stderr, in which no test tool has set up logging."""
    start = "from dispatch_widgets import SettingsService\nservice = SettingsService('a.json')\n"
    done = subprocess.run(
        [sys.executable, "-c", start + code],
        capture_output=True, encoding="utf-8", check=False, cwd=folder, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stderr


@pytest.mark.req("ST-4", "UI")
def test_a_file_that_breaks_prints_nothing(tmp_path: Path) -> None:
    """Not before the first discovery either: it is logged, and the error and the panels say it."""
    code = f"{_ADD}\nimport pathlib, sys, os\npathlib.Path('a.json').write_text('{{')\n"
    code += "os.utime('a.json', (1, 1))\nsys.stderr.write('|')\nassert service.problem is not None\n"
    assert stderr_of(code, tmp_path).partition("|")[2] == ""


@pytest.mark.req("SEC-3")
@pytest.mark.parametrize("before", ["", "import dispatch_widgets.discovery.discoverer"])
def test_what_was_taken_off_a_key_is_printed_once(before: str, tmp_path: Path) -> None:
    """Before and after the first discovery, and once only where logging is set up."""
    said = "Lab: The word Bearer before the key was taken off."
    assert stderr_of(f"{before}\n{_ADD}", tmp_path).splitlines() == [said]
    set_up = stderr_of(f"import logging\nlogging.basicConfig()\n{before}\n{_ADD}", tmp_path)
    assert set_up.count(said) == 1


@pytest.mark.req("UI")
@pytest.mark.parametrize(("kind", "printed"), [("comm_msg", False), ("execute_request", True)])
def test_a_panels_call_prints_nothing_in_the_cell(kind: str, printed: bool, tmp_path: Path) -> None:
    """While the kernel handles a message of the page, the panel says it."""
    code = f"""
import sys, types
shell = types.SimpleNamespace(get_parent=lambda: {{"header": {{"msg_type": {kind!r}}}}})
sys.modules["IPython"] = types.SimpleNamespace(get_ipython=lambda: shell)
{_ADD}"""
    assert bool(stderr_of(code, tmp_path)) is printed
