"""A key goes where the button or the form said, whatever another program writes meanwhile."""

from __future__ import annotations

import contextlib
import os
import signal
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.timeout(300)

SECRET = "sk-somebodys-0123456789"
SET_IT = f"import os\nos.environ['SOMEBODYS_SECRET'] = {SECRET!r}"
APP = "panel = dw.panel(service)\npanel"


def _named(document: dict[str, Any]) -> None:
    """The account Lab names somebody's secret as its key, for good.test."""
    lab = next(provider for provider in document["providers"] if provider["name"] == "Lab")
    lab["credentials"] = {"apiKey": "${SOMEBODYS_SECRET}", "baseUrl": "https://good.test/v1"}


def _plain(document: dict[str, Any]) -> None:
    """The account Lab has a key of its own, for good.test."""
    _named(document)
    lab = next(provider for provider in document["providers"] if provider["name"] == "Lab")
    lab["credentials"]["apiKey"] = "sk-before-0123456789"


def _host(app: Any, base_url: str) -> None:
    """Another program gives Lab another base URL."""

    def change(document: dict[str, Any]) -> None:
        lab = next(provider for provider in document["providers"] if provider["name"] == "Lab")
        lab["credentials"]["baseUrl"] = base_url

    app.change(change)


def _send(app: Any, host: str) -> Any:
    return app.card("Lab").get_by_role("button", name=f"Send $SOMEBODYS_SECRET to {host}", exact=True)


@contextlib.contextmanager
def _busy(app: Any) -> Iterator[None]:
    """The kernel does nothing meanwhile: it draws no card anew, and what is pressed waits."""
    pid = int(app.notebook.execute("import os; print(os.getpid())"))
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.mark.req("SEC-8", "SEC-4")
@pytest.mark.parametrize("when", ["before the press", "1 s after it"])
def test_a_press_sends_nothing_where_the_button_did_not_say(app: Any, when: str) -> None:
    """The card names one host, the file another by the time it counts: nothing is sent, it is asked anew."""
    from playwright.sync_api import expect

    app.write(change=_named)
    app.open(SET_IT, APP)
    app.button("Refresh Lab").click()
    expect(_send(app, "good.test")).to_be_visible()
    with _busy(app):
        if when == "before the press":
            _host(app, app.server.openai_base_url)
            _send(app, "good.test").click()
        else:
            _send(app, "good.test").click()
            app.page.wait_for_timeout(1000)
            _host(app, app.server.openai_base_url)
    card = app.card("Lab")
    expect(card).to_contain_text("The file has changed.")
    expect(card).to_contain_text("Nothing was sent.")
    expect(_send(app, "good.test")).to_have_count(0)
    new = _send(app, app.server.openai_base_url.split("/")[2])
    expect(new).to_be_visible()
    assert app.server.connections == 0
    new.click()
    expect(card.locator(".dw-badge")).to_have_text("Key refused")  # it was sent now, and is not this server's
    assert app.server.connections > 0


@pytest.mark.req("SEC-8", "SEC-4")
@pytest.mark.parametrize("typed", [False, True], ids=["a variable", "a typed key"])
def test_a_form_saves_nothing_for_a_host_that_it_did_not_show(app: Any, typed: bool) -> None:
    """Save keeps a key from the host that another program has put there, and the form shows which it is."""
    from playwright.sync_api import expect

    app.write(change=_plain if typed else _named)
    panel = app.open(SET_IT, APP)
    app.button("Edit Lab").click()
    url = panel.get_by_label("Base URL")
    expect(url).to_have_value("https://good.test/v1")
    if typed:
        panel.locator("input[type=password]").fill("sk-typed-for-good-0123456789")
    else:
        expect(panel).to_contain_text("Saving sends the value of SOMEBODYS_SECRET to good.test.")
    _host(app, app.server.openai_base_url)
    before = app.path.read_bytes()
    app.button("Save").click()
    note = panel.locator(".dw-form .dw-note").filter(visible=True)
    expect(note).to_contain_text("no longer to good.test. Nothing was saved or sent.")
    expect(url).to_have_value(app.server.openai_base_url)
    assert app.path.read_bytes() == before
    assert app.server.connections == 0
