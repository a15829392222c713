"""The shapes of files and documents as JSON Schemas, made from small parts; our own kinds of file are held to them.

The schema is the model: what `check_shape` accepts at load is what editors and the API are told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from generator.engine.model import Path
from generator.engine.problems import suggest
from generator.load.grammar import FORMS
from generator.load.reading import Reader, kind_of, shown

Schema = dict[str, Any]


def text(description: str = "", *, form: str = "") -> Schema:
    """Any text, or text of a form of `grammar.FORMS`; what is no name may be empty, which is as good as absent."""
    empty = "" if form in ("name", "value", "check", "reading") else "?"
    pattern = {"pattern": f"^(?:{FORMS[form][0].pattern}){empty}$"} if form else {}
    return {"type": "string", **pattern, **_told(description)}


def one_of(*values: str, description: str = "") -> Schema:
    """One of a few words."""
    return {"type": "string", "enum": list(values), **_told(description)}


def number(description: str = "", *, whole: bool = True) -> Schema:
    """A number; whole and not negative unless told otherwise."""
    return {"type": "integer", "minimum": 0, **_told(description)} if whole else {"type": "number"}


def flag(description: str = "") -> Schema:
    """True or false."""
    return {"type": "boolean", **_told(description)}


def anything(description: str = "") -> Schema:
    """Any value."""
    return _told(description)


def many(item: Schema, description: str = "") -> Schema:
    """A list."""
    return {"type": "array", "items": item, **_told(description)}


def by_name(value: Schema, description: str = "") -> Schema:
    """A mapping whose keys are names."""
    return {"type": "object", "additionalProperties": value, **_told(description)}


def either(*options: Schema) -> Schema:
    """Any of several shapes."""
    return {"anyOf": list(options)}


def record(
    fields: Mapping[str, Schema], *, needed: Sequence[str] = (), description: str = "", closed: bool = True
) -> Schema:
    """A mapping of known fields; *closed* allows no other."""
    schema: Schema = {"type": "object", "properties": dict(fields), **_told(description)}
    if needed:
        schema["required"] = list(needed)
    if closed:
        schema["additionalProperties"] = False
    return schema


def _told(description: str) -> Schema:
    return {"description": description} if description else {}


def check_shape(reader: Reader, value: object, path: Path, schema: Schema) -> None:
    """Tell everything of *value*, which stands at *path*, that *schema* does not allow."""
    if "anyOf" in schema:
        fitting = [option for option in schema["anyOf"] if _is_kind(value, option.get("type"))]
        if not fitting:
            reader.remark(path, f"is {kind_of(value)}", f"write {_kinds(schema['anyOf'])}")
        elif len(fitting) == 1:
            check_shape(reader, value, path, fitting[0])
        return
    kind = schema.get("type")
    if not _is_kind(value, kind):
        if kind == "string" and not isinstance(value, (Mapping, list)) and value is not None:
            written = reader.tree.texts.get(path, str(value))
            reader.remark(path, f"is {written}, {kind_of(value)}", f'write it in quotes, "{written}"')
        else:
            reader.remark(path, f"is {kind_of(value)}", f"write {_NAMES[str(kind)]}")
        return
    if isinstance(value, Mapping):
        _check_record(reader, value, path, schema)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            check_shape(reader, item, (*path, str(index)), schema.get("items", {}))
    elif "enum" in schema and value not in schema["enum"]:
        reader.remark(path, f"is {shown(str(value))}", f"write one of {', '.join(schema['enum'])}")
    elif "pattern" in schema and not re.search(schema["pattern"], str(value)):
        reader.remark(
            path, f"is {shown(str(value))}, which does not fit", f"it must match {schema['pattern']}"
        )
    elif "minimum" in schema and isinstance(value, (int, float)) and value < schema["minimum"]:
        reader.remark(path, f"is {value}", f"write {schema['minimum']} or more")


def _check_record(reader: Reader, value: Mapping[str, object], path: Path, schema: Schema) -> None:
    fields: Mapping[str, Schema] = schema.get("properties", {})
    others = schema.get("additionalProperties", True)
    for name in schema.get("required", ()):
        if name not in value:
            reader.remark(path, f"has no {name}", f"add `{name}:`")
    for key, child in value.items():
        here = (*path, key)
        if key in fields:
            check_shape(reader, child, here, fields[key])
        elif others is False:
            reader.remark(here, "is not a field we know", suggest(key, fields))
        elif isinstance(others, dict):
            check_shape(reader, child, here, others)


_NAMES = {
    "string": "text", "integer": "a whole number", "number": "a number", "boolean": "true or false",
    "array": "a list", "object": "a mapping", "null": "null",
}  # fmt: skip


def _kinds(options: Sequence[Schema]) -> str:
    return " or ".join(dict.fromkeys(_NAMES[str(option.get("type"))] for option in options))


def _is_kind(value: object, kind: object) -> bool:
    if kind is None:
        return True
    if kind == "string":
        return isinstance(value, str)
    if kind == "boolean":
        return isinstance(value, bool)
    if kind == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, Mapping) if kind == "object" else isinstance(value, list) and kind == "array"
