"""The panel in the page of a real JupyterHub, where every request needs the XSRF token."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hub import USER, Hub, missing
from panel_driver.app import App
from panel_driver.lab import Notebook, Window
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

BROKEN = '{"providers": [}'
CELL = """
import dispatch_widgets as dw
from pathlib import Path
path = Path("course notes") / "dispatch.settings.json"
path.parent.mkdir(exist_ok=True)
path.write_text("{}")
dw.SettingsFilePanel(dw.SettingsService(path))
"""
QUERY = """async (headers) => {
    const { baseUrl } = JSON.parse(document.getElementById("jupyter-config-data").textContent);
    const answer = await fetch(`${baseUrl}dispatch/trpc/settings.getProviders`, { headers });
    return { status: answer.status, body: await answer.json() };
}"""
TOKEN = "() => /(?:^|; )_xsrf=([^;]*)/.exec(document.cookie)[1]"

pytestmark = [pytest.mark.timeout(600), pytest.mark.skipif(bool(missing()), reason=missing())]


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A JupyterHub with the server of one user."""
    with Hub(tmp_path_factory.mktemp("hub")).running() as running:
        yield running


@pytest.fixture
def notebook(hub: Hub, browser: Browser) -> Iterator[Notebook]:
    """A notebook of the user, who has logged in by the form."""
    window = Window(browser)
    page = window.take()
    page.goto(f"{hub.base}hub/login")
    page.get_by_label("Username").fill(USER)
    page.get_by_label("Password").fill(hub.password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{hub.url}/**", timeout=90_000)
    opened = Notebook(hub, page, "hub.ipynb")
    yield opened
    opened.close()
    window.drop()


@pytest.mark.req("UI", "API-4")
def test_open_file_and_the_api_work_below_a_hub(hub: Hub, notebook: Notebook) -> None:
    """Open file appears and opens the editor; our API answers the page, but not without the XSRF token."""
    page = notebook.open(CELL)
    panel = App.panel_in(notebook.outputs)
    panel.can_press("Open file")
    (hub.root / "course notes" / "dispatch.settings.json").write_text(BROKEN, encoding="utf-8")
    panel.can_press("Move it away")
    expect(panel.button("Open file")).to_have_count(1)
    without = page.evaluate(QUERY, {})
    assert (without["status"], without["body"]["error"]["data"]["code"]) == (403, "FORBIDDEN")
    assert "X-XSRFToken" in without["body"]["error"]["message"]
    token = page.evaluate(TOKEN)
    assert page.evaluate(QUERY, {"X-XSRFToken": token}) == {"status": 200, "body": {"result": {"data": []}}}
    panel.button("Open file").press("Enter")
    expect(page.locator(".jp-FileEditor .cm-content").filter(visible=True)).to_have_text(BROKEN)
