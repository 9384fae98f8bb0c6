"""A real JupyterHub with a prefix: its proxy, its login, its XSRF check, and our API behind them.

Where it is not installed they are skipped: ``pip install -e ".[test-integrations]"`` and ``npm install`` in
``tests/servers/node`` bring it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hub import Hub, missing

if TYPE_CHECKING:
    from collections.abc import Iterator

GIVEN = {"name": "Lab", "type": "anthropic", "credentials": {"apiKey": "sk-hub-0123456789abcdef"}}
QUERY = "dispatch/trpc/settings.getProviders"
ADD = "dispatch/trpc/settings.addProvider"

pytestmark = [pytest.mark.timeout(400), pytest.mark.skipif(bool(missing()), reason=missing())]


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A JupyterHub with the server of one user."""
    with Hub(tmp_path_factory.mktemp("hub")).running() as running:
        yield running


@pytest.fixture
def page(hub: Hub) -> Iterator[httpx.Client]:
    """The user's browser with JupyterLab's page open."""
    with hub.page() as opened:
        yield opened


def _error(reply: httpx.Response) -> Any:
    error = reply.json()["error"]
    assert error["data"]["httpStatus"] == reply.status_code
    return error


@pytest.mark.req("API-4")
def test_a_page_with_the_xsrf_token_reads_and_writes(hub: Hub, page: httpx.Client) -> None:
    """Queries, mutations and lists work with the login cookie and the header X-XSRFToken."""
    page.headers["X-XSRFToken"] = hub.xsrf_token(page)
    made = page.post(ADD, json=GIVEN).json()["result"]["data"]
    assert page.get(QUERY).json()["result"]["data"] == [made]
    assert (hub.root / "dispatch.settings.json").is_file()
    lists = page.get("dispatch/models").json()["providers"]
    assert [found["providerName"] for found in lists] == ["Lab"]
    gone = page.post("dispatch/trpc/settings.deleteProvider", json={"id": made["id"]})
    assert gone.json()["result"]["data"]["success"] is True


@pytest.mark.req("API-4")
@pytest.mark.parametrize("token", [None, "", "not-the-token"])
def test_a_page_without_the_xsrf_token_is_told_that(page: httpx.Client, token: str | None) -> None:
    """A request of a logged-in page that lacks the token, a GET too, gets 403 with the header's name."""
    if token is not None:
        page.headers["X-XSRFToken"] = token
    batch = f"{QUERY},settings.getCatalog?batch=1"
    for reply in (page.get(QUERY), page.get(batch), page.get("dispatch/models"), page.post(ADD, json=GIVEN)):
        error = _error(reply)
        assert (reply.status_code, error["data"]["code"]) == (403, "FORBIDDEN")
        assert "X-XSRFToken" in error["message"]
        assert "Log in" not in error["message"]


@pytest.mark.req("API-4")
def test_nobody_is_told_to_log_in(hub: Hub) -> None:
    """A request without cookie and token gets 401, from a page and from a script."""
    with httpx.Client(base_url=f"{hub.url}/", trust_env=False) as stranger:
        for headers in ({}, {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-origin"}):
            for reply in (stranger.get(QUERY, headers=headers), stranger.post(ADD, json={}, headers=headers)):
                assert (reply.status_code, _error(reply)["data"]["code"]) == (401, "UNAUTHORIZED")


@pytest.mark.req("API-4")
def test_a_script_with_a_token_of_the_hub_needs_no_xsrf_token(hub: Hub) -> None:
    """A JupyterHub API token in the Authorization header is enough to read and write."""
    headers = {"Authorization": f"token {hub.token}"}
    with httpx.Client(base_url=f"{hub.url}/", headers=headers, trust_env=False) as script:
        made = script.post(ADD, json=GIVEN).json()["result"]["data"]
        assert [found["id"] for found in script.get(QUERY).json()["result"]["data"]] == [made["id"]]
        script.post("dispatch/trpc/settings.deleteProvider", json={"id": made["id"]})
