"""Which tool a canned response calls, and with which arguments.

A tool is called if the request demands one, or if the user's last message names it. The arguments fit the
tool's JSON schema. https://platform.openai.com/docs/guides/function-calling and
https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/implement-tool-use (read 2026-11).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

_DEEP = 3
"""Below this a list is empty, and what may be null is null: a schema may contain itself."""
_DEEPEST = 12
_ANY = frozenset({"required", "any"})


class ToolCall(NamedTuple):
    """A tool's name, and the arguments that it is called with."""

    name: str
    arguments: dict[str, Any]


def tool_call(request: Mapping[str, Any], user_text: str) -> ToolCall | None:
    """The tool call in the response, or None; `user_text` is empty if the last message is a tool's result."""
    tools = dict(filter(None, map(_named_schema, _objects(request.get("tools")))))
    choice = request.get("tool_choice")
    kind = choice.get("type") if isinstance(choice, dict) else choice
    named = _name_in(choice)
    if named is not None:
        fitting = [named] if named in tools else []
    elif kind in _ANY:
        fitting = [*tools]
    else:
        fitting = [] if kind == "none" else [name for name in tools if name in user_text]
    return ToolCall(fitting[0], value_for(tools[fitting[0]]) or {}) if fitting else None


def value_for(schema: Any) -> Any:
    """A value that fits a JSON schema, the same one each time."""
    return _value(schema, schema if isinstance(schema, dict) else {}, 0)


def _objects(values: Any) -> list[dict[str, Any]]:
    return [each for each in values if isinstance(each, dict)] if isinstance(values, list) else []


def _named_schema(tool: dict[str, Any]) -> tuple[str, Any] | None:
    """The tool's name and schema; OpenAI's chat format has them one level down."""
    about = tool.get("function") if isinstance(tool.get("function"), dict) else tool
    name = about.get("name") if isinstance(about, dict) else None
    if not isinstance(about, dict) or not isinstance(name, str) or not name:
        return None
    return name, about.get("parameters", about.get("input_schema"))


def _name_in(choice: Any) -> str | None:
    if not isinstance(choice, dict):
        return None
    about = choice.get("function")
    name = (about if isinstance(about, dict) else choice).get("name")
    return name if isinstance(name, str) else None


def _value(schema: Any, root: dict[str, Any], depth: int) -> Any:  # noqa: PLR0911 - each kind of schema
    if not isinstance(schema, dict) or depth > _DEEPEST:
        return None
    if "$ref" in schema:
        return _value(_referred(str(schema["$ref"]), root), root, depth + 1)
    for given in ("const", "default"):
        if given in schema:
            return schema[given]
    if schema.get("enum"):
        return schema["enum"][0]
    several = schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf")
    if several:
        may_be_null = depth > _DEEP and {"type": "null"} in several
        return None if may_be_null else _value(several[0], root, depth + 1)
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) and kind else kind
    if kind == "object" or "properties" in schema:
        fields = schema.get("properties") or {}
        return {name: _value(each, root, depth + 1) for name, each in fields.items()}
    if kind == "array":
        return [] if depth > _DEEP else [_value(schema.get("items"), root, depth + 1)]
    if kind in {"integer", "number"}:
        return schema.get("minimum", schema.get("maximum", 1))
    return {"string": "canned", "boolean": True}.get(str(kind))


def _referred(reference: str, root: dict[str, Any]) -> Any:
    found: Any = root
    for part in reference.removeprefix("#/").split("/"):
        found = found.get(part) if isinstance(found, dict) else None
    return found
