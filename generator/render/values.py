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
    """The lines of one component, as HTML, and how many values they hold."""

    component: str
    count: int
    html: str


def value_set(component: Component) -> ValueSet:
    """Return the values of *component* as lines in the order of its values."""
    lines: list[str] = []
    _mapping(component.values, (), component, lines)
    return ValueSet(component.name, len(component.value_origins), "".join(lines))


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


def _mapping(values: Mapping[str, object], path: Path, component: Component, lines: list[str]) -> None:
    indent = "  " * len(path)
    for key, value in values.items():
        here = (*path, str(key))
        shown = escape(str(key))
        if isinstance(value, Mapping) and value:
            lines.append(
                f'<div class="vl par"><span class="k">{indent}<span class="key">{shown}</span>:</span></div>'
            )
            _mapping(value, here, component, lines)
        else:
            lines.append(_leaf(indent, shown, value, here, component))


def _leaf(indent: str, shown: str, value: object, path: Path, component: Component) -> str:
    history = component.value_origins.get(path, ())
    trail = [_step(setting) for setting in reversed(history)]
    origin = f"{str(trail[0]['f']).rsplit('/', 1)[-1]}:{trail[0]['l']}" if trail else ""
    if isinstance(value, Sequence) and not isinstance(value, str) and value:
        block = dump_yaml(list(value), sort_keys=False).rstrip("\n").replace("\n", f"\n{indent}  ")
        text = f'<span class="val">\n{indent}  {escape(block, quote=False)}</span>'
    else:
        text = f' <span class="val">{escape(spell_value(value), quote=False)}</span>'
    over = " over" if len(history) > 1 else ""
    data = escape(json.dumps(trail, ensure_ascii=False, separators=(",", ":")), quote=False).replace(
        "'", "&#39;"
    )
    dotted = escape(".".join((component.name, *path)))
    return (
        f'<div class="vl{over}" tabindex="-1" data-p="{dotted}" data-t=\'{data}\'><span class="k">{indent}'
        f'<span class="key">{shown}</span>:{text}</span><span class="o">{escape(origin)}</span></div>'
    )


def _step(setting: Setting) -> dict[str, str | int]:
    origin = setting.origin
    return {
        "v": spell_value(setting.value),
        "f": origin.place.file,
        "l": origin.place.line,
        "b": origin.name.rsplit("/", 1)[-1],
    }


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
