"""What importing costs, as whole processes, beside what any program would pay (P-1).

Programs take turns within one run, and the best time of each counts: what other processes take from a
round says nothing about them. ``pytest tests/benchmarks/test_import_benchmark.py -s`` prints the ratios.
"""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Any

import pytest

ROUNDS = 15


def _best_ms(*programs: str) -> list[float]:
    """The best time of each program, in milliseconds."""
    times: list[list[float]] = [[] for _ in programs]
    for _ in range(ROUNDS):
        for program, found in zip(programs, times, strict=True):
            before = time.perf_counter()
            subprocess.run([sys.executable, "-c", program], check=True)
            found.append((time.perf_counter() - before) * 1000)
    return [min(found) for found in times]


@pytest.mark.req("P-1")
@pytest.mark.parametrize(
    ("ours", "floor", "at_most"),
    [
        ("import dispatch_widgets", "pass", 1.3),
        ("from dispatch_widgets import SettingsService", "from pydantic import BaseModel", 1.6),
    ],
)
def test_import(ours: str, floor: str, at_most: float, benchmark: Any) -> None:
    """A process that imports the package, or the service, costs little more than the floor (P-1)."""
    mine, least = benchmark.pedantic(lambda: _best_ms(ours, floor), rounds=1)
    sys.stdout.write(f"\nP-1 {ours}: {mine:.0f} ms; {floor}: {least:.0f} ms; {mine / least:.2f}x\n")
    assert mine <= at_most * least
