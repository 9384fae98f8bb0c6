"""The demo inside a notebook: the one that `dispatch-widgets demo` started, or one of its own."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from ..presets import PRESETS
from ..settings.kept_providers import KeptProviders
from ..settings.locate import PATH_VARIABLE
from .samples import write_sample
from .server import DemoServer

RUNNING_VARIABLE = "DISPATCH_WIDGETS_DEMO"
"""Set by ``dispatch-widgets demo`` for the kernels it starts, to the base URL of the server that it runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSession:
    """Where the demo plays.

    Attributes:
        settings_path: The sample settings file, in a temporary folder.
        base_url: The base URL of its OpenAI-compatible provider. Its key is in ``OPENAI_API_KEY``.
        server: The server if this kernel runs it; None if ``dispatch-widgets demo`` does.
    """

    settings_path: Path
    base_url: str
    server: DemoServer | None = field(default=None, repr=False)

    def __repr__(self) -> str:
        name = self.settings_path.name
        return f"A provider on this machine, and a sample {name} in a temporary folder."


_session: DemoSession | None = None


def demo_environment(server: DemoServer) -> dict[str, str | None]:
    """What the demo changes in the environment, so that no real key can leave the machine.

    Args:
        server: The running demo server.

    Returns:
        For each key variable of the known providers: the demo's key for ``OPENAI_API_KEY`` and
        ``ANTHROPIC_API_KEY``, None (take it away) for the others.
    """
    names = {preset.key_variable for preset in PRESETS if preset.key_variable}
    ours = {"OPENAI_API_KEY": server.api_key, "ANTHROPIC_API_KEY": server.api_key}
    return {**dict.fromkeys(sorted(names)), **ours}


def start() -> DemoSession:
    """The demo for this notebook; the same one at every call in a kernel.

    Under ``dispatch-widgets demo`` it is what that command has started. Elsewhere a server is started in
    this kernel, a sample file is written into a temporary folder, and the environment of this kernel (and
    only of it) leads there; all of it goes when the kernel stops.
    """
    global _session  # noqa: PLW0603 - one demo for a kernel
    if _session is None:
        running = os.environ.get(RUNNING_VARIABLE)
        if running and os.environ.get(PATH_VARIABLE):
            _session = DemoSession(settings_path=Path(os.environ[PATH_VARIABLE]), base_url=running)
        else:
            _session = _start_here()
    return _session


def remove_folder(folder: Path, *, settings_path: Path) -> None:
    """Removes the demo's folder, and the copy of its providers in the user's state folder (ST-8)."""
    KeptProviders(settings_path).delete()
    shutil.rmtree(folder, ignore_errors=True)


def _start_here() -> DemoSession:
    server = DemoServer()
    server.start()
    atexit.register(server.stop)
    folder = Path(tempfile.mkdtemp(prefix="dispatch-widgets-demo-"))
    path = write_sample(folder, server, old=False)
    atexit.register(remove_folder, folder, settings_path=path)
    for name, value in demo_environment(server).items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    os.environ[PATH_VARIABLE] = str(path)
    return DemoSession(settings_path=path, base_url=server.openai_base_url, server=server)
