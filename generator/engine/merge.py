"""How layers become one: maps merge, anything else replaces; where each value came from travels along.

All functions return new values and share with their inputs whatever a layer did not touch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from generator.engine.model import (
    ComponentRef,
    Constraint,
    History,
    Origin,
    Overlay,
    Path,
    Phase,
    Place,
    RegistryEntry,
    Setting,
)

Values = Mapping[str, object]
Settings = Mapping[Path, History]

UNITED = ("dependencyRefs", "manifestFiles", "preManifestFiles")


def merge_values(below: Values, above: Values) -> dict[str, object]:
    """Lay *above* over *below*: maps merge, anything else, null too, replaces."""
    merged = dict(below)
    for key, value in above.items():
        if isinstance(value, dict):  # parsed maps are dicts; asking for Mapping costs five times as much
            beneath = merged.get(key)
            if isinstance(beneath, dict):
                merged[key] = merge_values(beneath, value)
                continue
        merged[key] = value
    return merged


def merge_settings(below: Settings, above: Settings, values_below: Values) -> dict[Path, History]:
    """The histories of `merge_values(values_below, ...)`: each leaf of *above* appended to what it overrode.

    A leaf that takes the place of a whole map has the map's last word as its past; leaves below what
    was no map have that value's past.
    """
    merged = dict(below)
    for path, history in above.items():
        before = merged.get(path)
        if before is not None:
            if history[-1].value == {} and _at(values_below, path) == {}:
                continue  # an empty map over an empty map changes nothing
            merged[path] = before + history
            continue
        old = _at(values_below, path)
        if isinstance(old, dict):
            if history[-1].value == {}:
                continue  # an empty map over a map changes nothing
            inner = [p for p in merged if p[: len(path)] == path]
            last = max((merged.pop(p)[-1] for p in inner), key=lambda s: (s.origin.place, s.origin.name))
            merged[path] = (Setting(old, last.origin), *history)
        else:
            merged[path] = _past(merged, below, path) + history
    return merged


def _past(merged: dict[Path, History], below: Settings, path: Path) -> History:
    """The history of the leaf above *path* that this path replaces, which ends here; () where there is none."""
    for depth in range(len(path) - 1, 0, -1):
        parent = path[:depth]
        history = below.get(parent)
        if history is not None:
            merged.pop(parent, None)
            return () if history[-1].value == {} else history
    return ()


_ABSENT = object()


def _at(values: Values, path: Path) -> object:
    value: object = values
    for key in path:
        if not isinstance(value, dict) or key not in value:
            return _ABSENT
        value = value[key]
    return value


@dataclass(slots=True)
class Draft:
    """A component while layers are laid over it; what `resolve` turns into a Component."""

    name: str
    place: Place
    fields: dict[str, object]
    history: dict[str, History]
    overrides: Settings = field(default_factory=dict)

    def lay(self, ref: ComponentRef) -> None:
        """Lay one componentRef over this component, field by field."""
        for key, value in ref.fields.items():
            if key == "name":
                continue
            if key == "overrides":
                assert isinstance(value, Mapping)
                self.lay_overrides(ref, value)
                continue
            before = self.fields.get(key)
            if key in UNITED:
                assert isinstance(value, list)
                value = united(before if isinstance(before, list) else [], value)
                if value == before:
                    continue
            elif key == "cleanup":
                if not value:
                    continue
            elif value in ("", None) or (isinstance(value, (list, dict)) and not value):
                continue  # empty keeps what the parent says
            if key in UNITED:
                self.state(key, value, setting_of(ref, key, value))
            else:
                self.state(key, value, ref.history[key][0])

    def lay_overrides(self, ref: ComponentRef, value: Values) -> None:
        """Lay the Helm overrides of *ref* over this component's."""
        if not value:
            return
        before = self.fields.get("overrides")
        if isinstance(before, dict):
            self.overrides = merge_settings(self.overrides, ref.settings, before)
            value = merge_values(before, value)
        else:
            self.overrides = ref.settings
        self.state("overrides", value, setting_of(ref, "overrides", value))

    def state(self, key: str, value: object, setting: Setting) -> None:
        """Set a field, remembering what it was before."""
        self.fields[key] = value
        past = self.history.get(key)
        self.history[key] = (setting,) if past is None else (*past, setting)


def setting_of(ref: ComponentRef, key: str, value: object) -> Setting:
    """*value* as this componentRef's word on the field *key*, at its line."""
    line = ref.tree.lines.get((key,), ref.place.line)
    return Setting(value, Origin(ref.origin.kind, ref.origin.name, Place(ref.place.file, line)))


def united(parent: Sequence[object], own: Sequence[object]) -> list[object]:
    """The parent's list, then what *own* adds to it; a list that stands alone is kept as it is written."""
    return [*parent, *(item for item in own if item not in parent)]


def draft_of(ref: ComponentRef) -> Draft:
    """A component that only *ref* speaks of so far, copied as it is written."""
    return Draft(ref.name, ref.place, dict(ref.fields), dict(ref.history), ref.settings)


def fill_defaults(draft: Draft, entry: RegistryEntry | None) -> None:
    """Fill what no layer stated from the registry: type, source, chart, version, namespace, or Kustomize's fields."""
    if entry is None:
        return
    fields = draft.fields
    if not fields.get("type"):
        for key, setting in entry.defaults.get("", ()):
            draft.state(key, setting.value, setting)
    for key, setting in entry.defaults.get(str(fields.get("type")), ()):
        if not fields.get(key):
            draft.state(key, setting.value, setting)


@dataclass(slots=True)
class ConstraintDraft:
    """A constraint and every layer's word on it."""

    constraint: Constraint
    origin: Origin
    history: tuple[Setting, ...]


def lay_constraints(
    drafts: dict[str, ConstraintDraft], constraints: Sequence[Constraint], kind: str, name: str
) -> None:
    """Lay constraints over *drafts* in place, each replacing the one of its name whole."""
    for constraint in constraints:
        origin = Origin(kind, name, constraint.place)
        setting = Setting(constraint.value, origin)
        before = drafts.get(constraint.name)
        history = (setting,) if before is None else (*before.history, setting)
        drafts[constraint.name] = ConstraintDraft(constraint, origin, history)


@dataclass(slots=True)
class PhaseDraft:
    """A validation phase while overlays are laid over it."""

    checks: dict[str, Origin] = field(default_factory=dict)
    stated_checks: bool = False
    constraints: dict[str, ConstraintDraft] = field(default_factory=dict)
    stated_constraints: bool = False
    extra: dict[str, object] = field(default_factory=dict)

    def lay(self, phase: Phase, overlay: Overlay) -> None:
        """Unite checks and constraints by name; a list stated empty clears what was there."""
        if phase.checks is not None:
            self.stated_checks = True
            if not phase.checks:
                self.checks.clear()
            origin = Origin("overlay", overlay.name, phase.place)
            for check in phase.checks:
                self.checks.setdefault(check, origin)
        if phase.constraints is not None:
            self.stated_constraints = True
            if not phase.constraints:
                self.constraints.clear()
            lay_constraints(self.constraints, phase.constraints, "overlay", overlay.name)
        self.extra.update(phase.extra)
