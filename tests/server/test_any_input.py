"""Whatever is sent to a procedure, the response is a result or an error that the caller can act on."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatch_widgets.server.procedures import PROCEDURES, Context
from dispatch_widgets.server.services import Services
from dispatch_widgets.server.trpc import Request, respond

if TYPE_CHECKING:
    from pathlib import Path

KEY = "sk-any-0123456789abcdefghij"
DOCUMENT = {
    "providers": [{"id": "p", "name": "Lab", "type": "anthropic", "credentials": {"apiKey": KEY}}],
    "models": {
        "catalog": [{"id": "e", "providerId": "p", "model": "m"}],
        "assignment": [{"task": "grade", "modelId": "e"}],
    },
}
WORDS = st.sampled_from(["p", "e", "mock", "nope", "", " ", "grade", "anthropic", "https://x.test", KEY])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=5,
)


@st.composite
def calls(draw: st.DrawFn) -> tuple[str, Any]:
    """A procedure, and an input that has some of its fields, rightly or wrongly, or is anything else.

    The lists of real providers are left out: they would be asked for over the network.
    """
    path = draw(st.sampled_from([path for path in PROCEDURES if "discover" not in path]))
    takes = PROCEDURES[path].takes
    if takes is None or takes.fields is None or draw(st.integers(0, 9)) == 0:
        return path, draw(VALUES)
    credentials = st.fixed_dictionaries({}, optional=dict.fromkeys(("apiKey", "baseUrl", "odd"), VALUES))
    fields = {
        name: VALUES | credentials if field.kind == "object" else VALUES
        for name, field in takes.fields.items()
    }
    return path, draw(st.fixed_dictionaries({}, optional={**fields, "odd": VALUES}))


@pytest.mark.req("API-4", "API-2")
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(call=calls())
def test_no_input_is_too_odd(tmp_path: Path, call: tuple[str, Any]) -> None:
    """A refusal is 400, with one issue for each wrong field, or 404; it saves nothing and holds no key."""
    path, value = call
    file = tmp_path / "dispatch.settings.json"
    file.write_text(json.dumps(DOCUMENT), encoding="utf-8")
    before = file.read_bytes()
    procedure = PROCEDURES[path]
    request = Request(
        method=procedure.method,
        path=path,
        content_type="application/json",
        raw_input=json.dumps(value).encode(),
    )
    response = asyncio.run(respond(request, Context(services=Services(tmp_path), masked=True)))
    body = json.loads(response.body)
    if response.status == 200:
        assert "result" in body
        return
    data = body["error"]["data"]
    assert (response.status, data["code"]) in {(400, "BAD_REQUEST"), (404, "NOT_FOUND")}
    paths = [tuple(issue["path"]) for issue in data.get("issues", ())]
    assert len(paths) == len(set(paths))
    assert bool(paths) == (response.status == 400)
    assert file.read_bytes() == before
    assert KEY not in response.body.decode()
