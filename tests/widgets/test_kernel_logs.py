"""What the kernel's own libraries log at DEBUG of a typed key (SEC-2)."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest
from jupyter_client.manager import start_new_kernel

from dispatch_widgets.widgets._kernel_logs import watch_kernel_loggers

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


SETUP = """
import logging
handler = logging.FileHandler({log!r})
handler.setFormatter(logging.Formatter("%(name)s %(message)s"))
logging.root.addHandler(handler)
logging.root.setLevel(logging.NOTSET)
import dispatch_widgets as dw
panel = dw.ProvidersPanel(dw.SettingsService({file!r}))
got = []
submit = panel.presenter.submit
panel.presenter.submit = lambda *given: got.append(len(given[2])) or submit(*given)
print(panel.comm.comm_id)
"""


@pytest.mark.req("SEC-1", "SEC-2")
@pytest.mark.timeout(120)
@pytest.mark.parametrize("options", [[], ["--debug"]], ids=["root at DEBUG", "ipykernel --debug"])
def test_no_logger_of_a_kernel_writes_a_typed_key(
    options: list[str], canary: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A key that comes as a page sends it is in no record and in nothing that the kernel prints."""
    log = tmp_path / "log.txt"
    manager, client = start_new_kernel(extra_arguments=options)
    try:

        def run(code: str) -> str:
            said: list[str] = []

            def hear(message: Mapping[str, Any]) -> None:
                if message["msg_type"] == "stream":
                    said.append(message["content"]["text"])

            client.execute_interactive(code, timeout=60, output_hook=hear)
            return "".join(said).strip()

        comm_id = run(SETUP.format(log=str(log), file=str(tmp_path / "dispatch.settings.json"))).splitlines()[
            -1
        ]
        for key in (canary, "ab"):
            form = {
                "id": key[:2],
                "kind": "submit",
                "form": "provider",
                "tab": "providers",
                "args": {},
                "values": {},
            }
            content = {**form, "key": key}
            data = {"method": "custom", "content": content}
            message = client.session.msg("comm_msg", {"comm_id": comm_id, "data": data})
            client.shell_channel.send(message)
        assert run("print(len(panel._replies))") == "2"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    written = log.read_text(encoding="utf-8")
    printed = "".join(capfd.readouterr())
    assert f"Comm handle_msg[{comm_id}]" in written
    assert "'kind': 'submit'" in written
    assert canary[6:] not in written + printed
    assert "'key': 'ab'" not in written + printed
    assert ("'kind': 'submit'" in printed) == bool(options)


@pytest.mark.req("SEC-2")
def test_other_messages_are_left_as_they_are(caplog: pytest.LogCaptureFixture) -> None:
    """The filter mutes nobody and stands there once, however many panels are made."""
    for _ in range(2):
        watch_kernel_loggers()
    logger = logging.getLogger("Comm")
    assert len(logger.filters) == len(set(logger.filters))
    message = {"data": {"method": "custom", "content": {"kind": "submit", "key": "somebody else's"}}}
    mine = {"kind": "submit", "form": "provider", "values": {}}
    with caplog.at_level(logging.DEBUG):
        logger.debug("handle_msg[%s](%s)", "id", message)
        logger.debug("%s", {"content": {**mine, "key": "sk-mine-1"}})
        logger.debug({**mine, "key": "sk-mine-2"})
        logger.debug("plain words")
    assert "somebody else's" in caplog.text
    assert "sk-mine" not in caplog.text
    assert len(caplog.records) == 4
    assert message["data"]["content"]["key"] == "somebody else's"  # type: ignore[index]
