"""Building the app in the kernel over much (P-7), in a new process and warm; what closed apps leave (P-8).

The first build is measured in processes of their own, imports apart. CPU time is what is compared: it is
what the kernel is kept from doing, and other programs on the machine do not count into it.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path
from typing import Any

import httpx
import ipywidgets as widgets
import pytest

from dispatch_widgets import Panel, SettingsService

PROVIDERS, ENTRIES, MODELS = 50, 1000, 5000
ROUNDS = 15
FRESH_ROUNDS = 3
GOAL_SECONDS = 0.100
GENEROUS = 3.0
"""P-7 is judged generously: machines differ."""


def big_service(path: Path) -> SettingsService:
    """A service over 50 providers and 1,000 entries, with 5,000 models discovered."""
    ids = [f"p{number}" for number in range(PROVIDERS)]
    providers = [
        {
            "id": key,
            "name": f"Provider {key}",
            "type": "openai-compatible",
            "credentials": {"apiKey": f"sk-key-of-{key}-0123456789", "baseUrl": f"http://127.0.0.1:9/{key}"},
        }
        for key in ids
    ]
    catalog = [
        {"id": f"e{n}", "providerId": ids[n % PROVIDERS], "model": f"{ids[n % PROVIDERS]}-model-{n % 100}"}
        for n in range(ENTRIES)
    ]
    assignment = [{"task": "grade", "modelId": "e0"}]
    document = {"providers": providers, "models": {"catalog": catalog, "assignment": assignment}}
    path.write_text(json.dumps(document), encoding="utf-8")

    def answer(request: httpx.Request) -> httpx.Response:
        name = request.url.path.split("/")[1]
        data = [{"id": f"{name}-model-{n}", "created": 1_700_000_000 + n} for n in range(MODELS // PROVIDERS)]
        return httpx.Response(200, json={"data": data})

    service = SettingsService(path, transport=httpx.MockTransport(answer))
    service.refresh_all()
    return service


def build_seconds(service: SettingsService) -> float:
    """CPU seconds of this thread to build the app once."""
    start = time.thread_time()
    panel = Panel(service)
    seconds = time.thread_time() - start
    panel.close()
    return seconds


@pytest.mark.req("P-7")
def test_the_app_is_built_quickly(tmp_path: Path, benchmark: Any) -> None:
    """Warm, the app over 50 providers, 1,000 entries and 5,000 models is built within the goal."""
    service = big_service(tmp_path / "big.json")
    build_seconds(service)
    best = min(build_seconds(service) for _ in range(ROUNDS))
    widgets.Widget.close_all()
    panel = Panel(service)
    count = len(widgets.widget._instances)
    panel.close()
    benchmark.pedantic(build_seconds, args=(service,), rounds=ROUNDS)
    print(  # noqa: T201 - the figure is the point
        f"\nP-7 warm: {best * 1000:.0f} ms of CPU (goal {GOAL_SECONDS * 1000:.0f} ms), {count} widget models"
    )
    assert best < GENEROUS * GOAL_SECONDS


FRESH = """
import sys, time
from pathlib import Path
sys.path.insert(0, {folder!r})
import ipykernel.comm  # a kernel has it already
from test_panel_benchmark import big_service, build_seconds
print(build_seconds(big_service(Path({path!r}))))
"""


@pytest.mark.req("P-7")
def test_the_first_app_of_a_process_is_built_quickly(tmp_path: Path) -> None:
    """The first app of a process, with everything imported, costs little more than a later one."""
    code = FRESH.format(folder=str(Path(__file__).parent), path=str(tmp_path / "fresh.json"))
    runs = [
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
        for _ in range(FRESH_ROUNDS)
    ]
    figure = f"{min(runs) * 1000:.0f} ms of CPU (goal {GOAL_SECONDS * 1000:.0f} ms)"
    print(f"\nP-7 first: {figure}")  # noqa: T201 - the figure is the point
    assert min(runs) < GENEROUS * GOAL_SECONDS


@pytest.mark.req("P-8")
def test_closed_panels_leave_no_memory(tmp_path: Path) -> None:
    """A thousand apps opened and closed over one service leave at most 20 MB in the kernel."""
    service = SettingsService(tmp_path / "dispatch.settings.json")
    service.add_provider(
        name="Lab", type="openai-compatible", api_key="sk-of-no-use", base_url="http://127.0.0.1:9/v1"
    )

    def open_and_close(count: int) -> None:
        for _ in range(count):
            Panel(service).close()
        gc.collect()

    open_and_close(20)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    open_and_close(1000)
    megabytes = (tracemalloc.get_traced_memory()[0] - before) / 1e6
    tracemalloc.stop()
    print(f"\nP-8 1,000 closed panels: {megabytes:.2f} MB (goal 20 MB)")  # noqa: T201 - the figure is the point
    assert megabytes <= 20
