"""What the tests of the command line stand on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from dispatch_widgets.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    Run = Callable[..., Result]


@pytest.fixture
def run() -> Run:
    """Runs a command and asserts its exit code; nothing it prints may hold a key or a traceback."""

    def ran(*arguments: str, code: int = 0) -> Result:
        result = CliRunner().invoke(main, arguments)
        assert result.exit_code == code, result.output
        assert "Traceback" not in result.output
        assert not re.search(r"sk-[A-Za-z0-9-]{8,}", result.output), result.output
        return result

    return ran
