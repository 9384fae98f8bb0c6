"""Writes what a page receives and sends as TypeScript: `python write_types.py` writes `src/types.ts`.

The types are those of `presenters.shared.views`, `presenters.models.views` and `page_messages`.
`presenters.shared.encode` leaves default values out of the JSON, so fields that have one are optional here.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path

from dispatch_widgets.widgets import page_messages
from dispatch_widgets.widgets.presenters.models import views as models_views
from dispatch_widgets.widgets.presenters.shared import views

TARGET = Path(__file__).parent / "src" / "types.ts"
_HEAD = "// Written by write_types.py from presenters/*/views.py and page_messages.py: do not edit.\n"
_PLAIN = {str: "string", int: "number", float: "number", bool: "boolean"}


def as_typescript(kind: typing.Any, names: Mapping[object, str]) -> str:
    """A Python type as a TypeScript type.

    Args:
        kind: The type.
        names: Unions and literals that have a name of their own, with the name to write for each.

    Raises:
        TypeError: If it is not a type that a view or message may have.
    """
    if kind in names or kind in _PLAIN:
        return names.get(kind) or _PLAIN[kind]
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if is_dataclass(kind) or typing.is_typeddict(kind):
        return str(kind.__name__)
    if origin is typing.Literal:
        return " | ".join(f'"{value}"' for value in inner)
    if origin in {typing.Union, types.UnionType}:
        named = [as_typescript(each, names) for each in inner if each is not type(None)]
        return " | ".join(named)
    if origin is tuple:
        item = inner[0] if inner[-1] is Ellipsis else typing.Union[inner]  # noqa: UP007 - made at run time
        return f"ReadonlyArray<{as_typescript(item, names)}>"
    if origin in {dict, Mapping} and inner[0] is str:
        return f"Readonly<Record<string, {as_typescript(inner[1], names)}>>"
    raise TypeError(f"{kind} has no form in TypeScript here")


def _interface(kind: type, names: Mapping[object, str]) -> str:
    hints = typing.get_type_hints(kind, include_extras=True)
    optional: set[str] = set()
    if is_dataclass(kind):
        defaults = (
            each
            for each in fields(kind)
            if each.default is not MISSING or each.default_factory is not MISSING
        )
        optional = {each.name for each in defaults}
    elif typing.is_typeddict(kind):
        optional = set(getattr(kind, "__optional_keys__", ()))
    lines = [f"export interface {kind.__name__} {{"]
    for name, given in hints.items():
        left_out = typing.get_origin(given) is typing.NotRequired
        hint = typing.get_args(given)[0] if left_out else given
        mark = "?" if left_out or name in optional else ""
        lines.append(f"  readonly {name}{mark}: {as_typescript(hint, names)};")
    return "\n".join([*lines, "}\n"])


def _is_alias(value: object) -> bool:
    return typing.get_origin(value) in {typing.Literal, typing.Union, types.UnionType, dict}


def written() -> str:
    """The content of `types.ts`."""
    parts = [_HEAD]
    names: dict[object, str] = {}
    for module in (views, models_views, page_messages):
        for name, value in vars(module).items():
            if name.startswith("_"):
                continue
            if _is_alias(value) and value not in names:
                # Added to `names` only afterwards: the definition itself must not be replaced by the name.
                parts.append(f"export type {name} = {as_typescript(value, names)};\n")
                names[value] = name
            elif getattr(value, "__module__", "") == module.__name__ and (
                is_dataclass(value) or typing.is_typeddict(value)
            ):
                parts.append(_interface(typing.cast("type", value), names))
    return "\n".join(parts)


if __name__ == "__main__":
    TARGET.write_text(written(), encoding="utf-8")
