"""Hydrated Helm values as YAML whose comments say where each value was set: the values of a recipe page.

`site_src/ts/entries/recipe.ts` reads the same lines back, so their form is a contract between the two.
"""

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
_NAMED_BY_FILE = ("overlay", "mixin")


@dataclass(frozen=True, slots=True)
class ValueSet:
    """The values of one component as YAML, escaped for HTML, and how many they are."""

    component: str
    count: int
    html: str


def value_set(component: Component) -> ValueSet:
    """Return the values of *component* as YAML, in their own order.

    The first line of a value ends with a comment: the place that decided it, then each value it overrode with
    its place, the latest first. Tabs separate these parts; neither a value as we spell it nor a place holds one.
    """
    lines: list[str] = []
    _mapping(component.values, (), component, lines)
    return ValueSet(component.name, len(component.value_origins), escape("\n".join(lines), quote=False))


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
        here = (*path, key)
        if isinstance(value, Mapping) and value:
            lines.append(f"{indent}{_key(key)}")
            _mapping(value, here, component, lines)
        else:
            first, *more = _entry(key, value)
            trail = _trail(component.value_origins.get(here, ()), component.name)
            lines.append(f"{indent}{first}  # {trail}")
            lines += [f"{indent}{line}" for line in more]


def _entry(key: str, value: object) -> list[str]:
    """The lines of a value below its key: one, or more for a list and for text of several lines."""
    if (isinstance(value, Sequence) and not isinstance(value, str) and value) or "\n" in str(value):
        return dump_yaml({key: value}, sort_keys=False).removesuffix("\n").split("\n")
    return [f"{_key(key)} {spell_value(value)}"]


@lru_cache(maxsize=65536)
def _key(key: str) -> str:
    """The key of a mapping as YAML spells it, with its colon."""
    return dump_yaml({key: {}}).removesuffix(" {}\n")


def _trail(history: History, component: str) -> str:
    """Where a value was set, and what it overrode there; a value that it restates is not spelled again."""
    if not history:
        return ""
    last = history[-1]
    parts = [_spell_place(last, component)]
    for below in reversed(history[:-1]):
        same = below.value == last.value and type(below.value) is type(last.value)
        parts += [f"over {'the same' if same else spell_value(below.value)}", _spell_place(below, component)]
    return "\t".join(parts)


def _spell_place(setting: Setting, component: str) -> str:
    """`file:line`, and the layer's name where the file does not bear it.

    A file of the component's own folder is spelled without the folder, which halves what places cost a page.
    """
    origin, place = setting.origin, setting.origin.place
    own = f"components/{component}/"
    file = place.file.removeprefix(own) if "/" in place.file else f"./{place.file}"
    stem = place.file.rsplit("/", 1)[-1].removesuffix(".yaml")
    named = origin.kind not in _NAMED_BY_FILE or origin.name == stem
    return f"{file}:{place.line}" if named else f"{file}:{place.line} ({origin.name})"


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
