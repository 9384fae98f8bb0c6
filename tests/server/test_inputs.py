"""What is refused before anything happens, and how it is told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dispatch_widgets.server.inputs import issues_of, merged
from dispatch_widgets.server.procedures import PROCEDURES
from dispatch_widgets.server.trpc_format import UNDEFINED

ADD = PROCEDURES["settings.addProvider"].takes
UPDATE = PROCEDURES["settings.updateProvider"].takes
DISCOVER = PROCEDURES["settings.discoverModels"].takes
ADD_MODEL = PROCEDURES["settings.addModel"].takes


@pytest.mark.req("API-2", "API-4")
@pytest.mark.parametrize(
    ("given", "received"),
    [
        (UNDEFINED, "undefined"),
        (None, "null"),
        ([], "array"),
        ("x", "string"),
        (5, "number"),
        (True, "boolean"),
    ],
)
def test_an_input_must_be_an_object(given: Any, received: str) -> None:
    """Undefined and null are told apart, as zod does."""
    assert issues_of(DISCOVER, given) == [
        {
            "expected": "object",
            "code": "invalid_type",
            "path": [],
            "message": f"Invalid input: expected object, received {received}",
        }
    ]


@pytest.mark.req("API-2")
def test_every_field_at_fault_is_named() -> None:
    """Each wrong field is one issue with its path, without a value of the input."""
    given = {"name": 4.5, "credentials": {"apiKey": ["sk-secret"], "baseUrl": None}}
    issues = issues_of(ADD, given)
    assert [(issue["path"], issue["message"]) for issue in issues] == [
        (["name"], "Invalid input: expected string, received number"),
        (["type"], "Invalid input: expected string, received undefined"),
        (["credentials", "apiKey"], "Invalid input: expected string, received array"),
        (["credentials", "baseUrl"], "Invalid input: expected string, received null"),
    ]
    assert "sk-secret" not in json.dumps(issues)


@pytest.mark.req("API-2")
def test_unknown_fields_are_refused() -> None:
    """An unknown field is refused."""
    given = {"id": "x", "apikey": "sk", "colour": 1, "credentials": {"apikey": "sk"}}
    assert issues_of(UPDATE, given) == [
        {
            "code": "unrecognized_keys",
            "keys": ["apikey"],
            "path": ["credentials"],
            "message": 'Unrecognized key: "apikey"',
        },
        {
            "code": "unrecognized_keys",
            "keys": ["apikey", "colour"],
            "path": [],
            "message": 'Unrecognized keys: "apikey", "colour"',
        },
    ]


@pytest.mark.req("SEC-1")
def test_the_name_of_an_unknown_field_is_input_too() -> None:
    """A key in place of a field's name is masked, and a long name is cut."""
    [issue] = issues_of(DISCOVER, {"providerId": "p", "sk-secret-0123456789abcdef": 1, "x" * 5000: 1})
    assert issue["keys"][0] == "sk-…cdef"
    assert len(issue["message"]) < 200


def test_items_of_lists_are_texts() -> None:
    """The path of an issue leads into a list."""
    given = {"providerId": "p", "model": "m", "tasks": ["grade", 1], "capabilities": "chat"}
    assert [issue["path"] for issue in issues_of(ADD_MODEL, given)] == [["capabilities"], ["tasks", 1]]


@pytest.mark.req("PM-3")
def test_optional_fields_may_be_absent() -> None:
    """Optional fields need not be given."""
    assert issues_of(UPDATE, {"id": "x"}) == []
    assert issues_of(DISCOVER, {"providerId": "p", "forceRefresh": False}) == []
    assert issues_of(DISCOVER, {"providerId": "p", "forceRefresh": 1})[0]["expected"] == "boolean"


@pytest.mark.req("API-2")
def test_a_field_has_one_issue() -> None:
    """What the service says of a field counts only if its type is right, and so is that of all around it."""
    wrong = issues_of(ADD, {"name": 4, "type": "x", "colour": 1})
    said = [
        {"code": "custom", "path": path, "message": "…"}
        for path in (["name"], ["type"], ["credentials", "apiKey"], ["credentials", "baseUrl"])
    ]
    assert [issue["path"] for issue in merged(wrong, said)] == [["name"], ["credentials"], [], ["type"]]
    in_a_list = issues_of(ADD_MODEL, {"providerId": "p", "model": "m", "tasks": [1]})
    assert merged(in_a_list, [{"code": "custom", "path": ["tasks"], "message": "…"}]) == in_a_list
