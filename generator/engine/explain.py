"""Says of every constraint, component field, hydrated value and check of a recipe where it was set and over what."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from generator.engine.model import History, Recipe, RecipeConstraint, Setting
from generator.engine.rules import setting_document


@dataclass(frozen=True, slots=True)
class Entry:
    """One value: its path in the query document, and every layer's word on it, the winner last."""

    path: str
    kind: str  # constraint | field | value | check
    history: History

    @property
    def value(self) -> object:
        """What the recipe says."""
        return self.history[-1].value

    @property
    def winner(self) -> Setting:
        """The setting that holds."""
        return self.history[-1]

    def as_dict(self) -> dict[str, Any]:
        """The value, where it was set, and the earlier words it overrode, in order."""
        return {
            "path": self.path,
            "kind": self.kind,
            **setting_document(self.winner),
            "overrode": [setting_document(setting) for setting in self.history[:-1]],
        }


def explain_recipe(recipe: Recipe) -> tuple[Entry, ...]:
    """Every value of *recipe*: constraints, then components in name order, then the validation phases."""
    return tuple(_entries(recipe))


def _entries(recipe: Recipe) -> Iterator[Entry]:
    for constraint in recipe.constraints:
        yield _constraint("constraints", constraint)
    for component in recipe.components:
        base = f"components.{component.name}"
        for name in sorted(component.field_origins):
            if name not in ("name", "overrides"):
                yield Entry(f"{base}.{name}", "field", component.field_origins[name])
        for path in sorted(component.value_origins):
            yield Entry(".".join((base, "values", *path)), "value", component.value_origins[path])
    for name, phase in recipe.phases.items():
        for constraint in phase.constraints:
            yield _constraint(f"validation.{name}.constraints", constraint)
        for check, origin in phase.check_origins.items():
            yield Entry(f"validation.{name}.checks.{check}", "check", (Setting(True, origin),))


def _constraint(base: str, constraint: RecipeConstraint) -> Entry:
    return Entry(f"{base}.{constraint.name}", "constraint", constraint.history)


_ROOTS = ("constraints.", "components.")


def narrow(entries: Iterable[Entry], path: str) -> tuple[Entry, ...]:
    """The entries at or below *path*: a constraint's, component's or check's name, or a whole path."""
    wanted = path.strip().strip(".")
    return tuple(entry for entry in entries if _is_below(entry, wanted))


def _is_below(entry: Entry, wanted: str) -> bool:
    names = [entry.path, *(entry.path[len(root) :] for root in _ROOTS if entry.path.startswith(root))]
    if entry.path.startswith("validation."):
        phase, _, rest = entry.path.removeprefix("validation.").partition(".")
        names += [f"{phase}.{rest}", rest.partition(".")[2]]
    return any(name == wanted or name.startswith(wanted + ".") for name in names)


def explain_lines(entries: Iterable[Entry]) -> list[str]:
    """The entries for people: the value, who set it where, and what it overrode."""
    lines = []
    for entry in entries:
        lines.append(entry.path if entry.kind == "check" else f"{entry.path} = {_shown(entry.value)}")
        lines.append(f"    set by {_who(entry.winner)}")
        lines += [f"    over {_shown(s.value)} by {_who(s)}" for s in reversed(entry.history[:-1])]
    return lines


def _who(setting: Setting) -> str:
    origin = setting.origin
    name = "" if origin.name == origin.place.file else f" {origin.name}"
    return f"{origin.kind}{name} ({origin.place})"


def _shown(value: object) -> str:
    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
