"""Hydrated Helm values as lines that know where they were set: what the values pane of a recipe page shows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from generator.engine.model import Component, History, Path, Setting
from generator.load.yamlscalars import resolve_scalar
from generator.load.yamltext import dump_yaml

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-")


@dataclass(frozen=True, slots=True)
class ValueSet:
    """The lines of one component, as HTML, how many values they hold, and the places their words stand for."""

    component: str
    count: int
    html: str
    places: str  # JSON for single quotes: the words of a place -> [file, name of the layer or file]


def value_set(component: Component) -> ValueSet:
    """Return the values of *component* as lines in the order of its values.

    A line is what the reader sees; its path follows from the indents above it, and its file from `places`.
    Only a line that overrode something carries more: `data-t`, a list of [value, place], the latest first.
    """
    lines: list[str] = []
    places = _Places()
    _mapping(component.values, (), component, places, lines)
    return ValueSet(component.name, len(component.value_origins), "".join(lines), places.as_json())


class _Places:
    """Short words for places, one for each file and name: the file's own name where no other bears it."""

    def __init__(self) -> None:
        self.known: dict[str, tuple[str, str]] = {}

    def spell(self, setting: Setting) -> str:
        """The place of *setting* as `words:line`."""
        file, name = setting.origin.place.file, setting.origin.name
        meant = (file, name.rsplit("/", 1)[-1])
        for words in (file.rsplit("/", 1)[-1], file, f"{file} {name}"):
            if self.known.setdefault(words, meant) == meant:
                break
        return f"{words}:{setting.origin.place.line}"

    def as_json(self) -> str:
        return _quoted(self.known)


def _quoted(value: object) -> str:
    """*value* as JSON for an attribute in single quotes."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return escape(text, quote=False).replace("'", "&#39;")


def value_count(component: Component) -> int:
    """How many values a component is given."""
    return len(component.value_origins)


def spell_value(value: object) -> str:
    """A scalar or a short list as YAML would write it on one line."""
    if isinstance(value, str):
        return _spell_text(value)
    return json.dumps(value, ensure_ascii=False)


@lru_cache(maxsize=65536)
def _spell_text(text: str) -> str:
    """Text as it stands plain in YAML where it stays text; quoted where it would be read as something else."""
    plain = text and not set(text) - _PLAIN and text[0] not in "-." and isinstance(resolve_scalar(text), str)
    return text if plain else json.dumps(text, ensure_ascii=False)


def _mapping(
    values: Mapping[str, object], path: Path, component: Component, places: _Places, lines: list[str]
) -> None:
    indent = "  " * len(path)
    for key, value in values.items():
        here = (*path, str(key))
        shown = escape(str(key))
        if isinstance(value, Mapping) and value:
            lines.append(f"<div class=vl><span>{indent}<b>{shown}:</b></span></div>")
            _mapping(value, here, component, places, lines)
        else:
            lines.append(_leaf(indent, shown, value, component.value_origins.get(here, ()), places))


def _leaf(indent: str, shown: str, value: object, history: History, places: _Places) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str) and value:
        block = dump_yaml(list(value), sort_keys=False).rstrip("\n").replace("\n", f"\n{indent}  ")
        text = f"\n{indent}  {escape(block, quote=False)}"
    else:
        text = f" {escape(spell_value(value), quote=False)}"
    before = [(spell_value(s.value), places.spell(s)) for s in reversed(history[:-1])]
    over = f" data-t='{_quoted(before)}'" if before else ""
    origin = f"<i>{escape(places.spell(history[-1]))}</i>" if history else ""
    return f"<div class=vl{over}><span>{indent}<b>{shown}:</b>{text}</span>{origin}</div>"


def origins_document(history: History) -> list[dict[str, object]]:
    """A history as the JSON documents spell it, the deciding word first."""
    return [
        {
            "kind": s.origin.kind,
            "name": s.origin.name,
            "file": s.origin.place.file,
            "line": s.origin.place.line,
            "value": s.value,
        }
        for s in reversed(history)
    ]
