"""A key goes where the button or the form said, whatever another program writes meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from panel_driver.app import App, Document

pytestmark = pytest.mark.timeout(300)

SECRET = "sk-somebodys-0123456789"
SET_IT = f"import os\nos.environ['SOMEBODYS_SECRET'] = {SECRET!r}"
APP = "panel = dw.panel(service)\npanel"


def _named(document: Document) -> None:
    """The account Lab names somebody's secret as its key, for good.test."""
    lab = next(provider for provider in document["providers"] if provider["name"] == "Lab")
    lab["credentials"] = {"apiKey": "${SOMEBODYS_SECRET}", "baseUrl": "https://good.test/v1"}


def _plain(document: Document) -> None:
    """The account Lab has a key of its own, for good.test."""
    _named(document)
    lab = next(provider for provider in document["providers"] if provider["name"] == "Lab")
    lab["credentials"]["apiKey"] = "sk-before-0123456789"


def _host(app: App, base_url: str) -> None:
    """Another program gives Lab another base URL."""

    def change(document: Document) -> None:
        lab = next(provider for provider in document["providers"] if provider["name"] == "Lab")
        lab["credentials"]["baseUrl"] = base_url

    app.change(change)


def _send(host: str) -> str:
    """The name of the button that sends somebody's secret to a host."""
    return f"Send $SOMEBODYS_SECRET to {host}"


@pytest.mark.req("SEC-8", "SEC-4")
@pytest.mark.parametrize("answered", ["at once", "late"])
@pytest.mark.parametrize("when", ["before the press", "1 s after it"])
def test_a_press_sends_nothing_where_the_button_did_not_say(
    app: App, still: Callable[[], AbstractContextManager[None]], when: str, answered: str
) -> None:
    """The card names one host, the file another by the time it counts: nothing is sent, it is asked anew.

    The button for the other host can be pressed as soon as it is shown, even if the first press waits.
    """
    if answered == "late":
        app.late_seconds = 3.0
    app.write(change=_named)
    app.open(SET_IT, APP)
    app.press("Refresh Lab")
    card = app.card("Lab")
    card.can_press(_send("good.test"))
    with still():
        if when == "before the press":
            _host(app, app.server.openai_base_url)
            card.press(_send("good.test"))
        else:
            card.press(_send("good.test"))
            app.page.wait_for_timeout(1000)
            card.can_press(_send("good.test"))  # it shows that it waits, and still has its name
            _host(app, app.server.openai_base_url)
    card.see("The file has changed.", "Nothing was sent.")
    new = _send(app.server.openai_base_url.split("/")[2])
    card.can_press(new)
    assert _send("good.test") not in card.buttons()
    assert app.server.connections == 0
    card.press(new)
    card.see("Key refused", whole=True)  # it was sent now, and is not this server's
    assert app.server.connections > 0


@pytest.mark.req("SEC-8", "SEC-4")
@pytest.mark.parametrize("typed", [False, True], ids=["a variable", "a typed key"])
def test_a_form_saves_nothing_for_a_host_that_it_did_not_show(app: App, typed: bool) -> None:
    """Save keeps a key from the host that another program has put there, and the form shows which it is."""
    app.write(change=_plain if typed else _named)
    app.open(SET_IT, APP)
    app.press("Edit Lab")
    app.see_in("Base URL", "https://good.test/v1")
    if typed:
        app.fill("Key", "sk-typed-for-good-0123456789")
    else:
        app.see("Save and Test send the value of SOMEBODYS_SECRET to good.test.")
    _host(app, app.server.openai_base_url)
    before = app.path.read_bytes()
    app.press("Save")
    app.see("no longer to good.test. Nothing was saved or sent.")
    app.see_in("Base URL", app.server.openai_base_url)
    assert app.path.read_bytes() == before
    assert app.server.connections == 0
