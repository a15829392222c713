"""What differs between two recipes, two snapshots or two catalogs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from generator.core.criteria import ANY, DIMENSIONS, Criteria
from generator.core.snapshot import Snapshot
from generator.engine.emit import recipe_result
from generator.engine.matrix import GRADES, build_matrix, combinations_of
from generator.engine.model import Catalog, Matrix, Recipe


class _Absent:
    """Marks a value one side does not have; null is a value."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = _Absent()


@dataclass(frozen=True, slots=True)
class Change:
    """One value that differs. `kind` is added, removed or changed; the side that lacks it holds None."""

    path: str
    kind: str
    before: Any
    after: Any

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values; a side that lacks the value is left out."""
        sides = {"before": self.before, "after": self.after}
        lacking = {"added": "before", "removed": "after"}.get(self.kind)
        return {"path": self.path, "kind": self.kind, **{k: v for k, v in sides.items() if k != lacking}}


@dataclass(frozen=True, slots=True)
class Difference:
    """All changes from one thing to another, by path; false when there are none."""

    subject: str  # recipes | snapshots | catalogs
    changes: tuple[Change, ...]

    def __bool__(self) -> bool:
        return bool(self.changes)

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "subject": self.subject,
            "same": not self.changes,
            "changes": [change.as_dict() for change in self.changes],
        }


# What says how or when a document was made, not what it holds.
_INCIDENTAL = {"metadata.version", "metadata.timestamp", "metadata.created"}
_UNTOLD_READINGS = ("K8s.node.source-node",)


def diff_recipes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Difference:
    """What differs between two RecipeResults; entries of lists are held together by their `name`."""
    return Difference("recipes", _changes(_flat(before), _flat(after)))


def diff_snapshots(before: Snapshot, after: Snapshot) -> Difference:
    """What differs between the readings of two snapshots; when and where they were taken does not count."""
    return Difference("snapshots", _changes(_readings(before), _readings(after)))


def _readings(snapshot: Snapshot) -> dict[str, Any]:
    found: dict[str, Any] = {
        name: text for name, text in snapshot.readings.items() if name not in _UNTOLD_READINGS
    }
    found.update((f"unread {name}", reason) for name, reason in snapshot.unread.items())
    return found


def diff_catalogs(before: Catalog, after: Catalog) -> Difference:
    """Which combinations changed their recipe or coverage, and how the recipes of either changed."""
    first, second = build_matrix(before), build_matrix(after)
    combinations = _changes(_answers(first), _answers(second))
    recipes = _changes(_contents(first), _contents(second))
    return Difference("catalogs", (*combinations, *recipes))


def _answers(matrix: Matrix) -> dict[str, Any]:
    """Per combination: its coverage and recipe. One that states nothing of either catalog's stays out."""
    found = {}
    for position, criteria in enumerate(combinations_of(matrix)):
        coverage = GRADES[matrix.coverage[position]].value
        recipe = matrix.recipes[matrix.recipe[position]].id
        found[f"combination {_told(criteria)}"] = f"{coverage}, recipe {recipe}"
    return found


def _told(criteria: Criteria) -> str:
    return ",".join(f"{d}={criteria[d]}" for d in DIMENSIONS if criteria[d] != ANY) or "any"


def _contents(matrix: Matrix) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for recipe in matrix.recipes:
        base = f"recipe {recipe.id}"
        found[base] = "present"
        found.update(_flat(recipe_result(recipe), base))
        found.update(_values(recipe, base))
    return found


def _values(recipe: Recipe, base: str) -> Iterator[tuple[str, Any]]:
    for component in recipe.components:
        for path, history in component.value_origins.items():
            yield ".".join((base, "components", component.name, "values", *path)), history[-1].value


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    changes = []
    for path in sorted(before.keys() | after.keys()):
        old, new = before.get(path, ABSENT), after.get(path, ABSENT)
        if old is ABSENT:
            changes.append(Change(path, "added", None, new))
        elif new is ABSENT:
            changes.append(Change(path, "removed", old, None))
        elif not _same(old, new):
            changes.append(Change(path, "changed", old, new))
    return tuple(changes)


def _same(old: Any, new: Any) -> bool:
    """Equal in value and kind: 1, 1.0 and true differ, as they do in YAML."""
    if type(old) is not type(new):
        return False
    if isinstance(old, list):
        return len(old) == len(new) and all(map(_same, old, new))
    if isinstance(old, dict):
        return old.keys() == new.keys() and all(_same(old[key], new[key]) for key in old)
    return bool(old == new) or (old != old and new != new)  # not-a-number equals itself here


def _flat(value: Any, path: str = "") -> dict[str, Any]:
    """Every leaf by its dotted path; lists of named entries by name, other lists whole."""
    found: dict[str, Any] = {}

    def walk(value: Any, path: str) -> None:
        if path in _INCIDENTAL:
            return
        if isinstance(value, Mapping) and value:
            for key, child in value.items():
                walk(child, f"{path}.{key}" if path else str(key))
        elif isinstance(value, list) and value and _named(value):
            for item in value:
                name = f"{path}.{item['name']}"
                rest = {key: child for key, child in item.items() if key != "name"}
                found[name] = "present"
                for key, child in rest.items():
                    walk(child, f"{name}.{key}")
        else:
            found[path] = value

    walk(value, path)
    return found


def _named(items: list[Any]) -> bool:
    names = [item.get("name") for item in items if isinstance(item, Mapping)]
    return (
        len(names) == len(items)
        and all(isinstance(n, str) and n for n in names)
        and len(set(names)) == len(names)
    )
