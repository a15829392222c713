"""Lays mixins over what the overlays came to: a mixin adds, it never contradicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from generator.engine.merge import (
    UNITED,
    ConstraintDraft,
    Draft,
    draft_of,
    lay_constraints,
    setting_of,
    united,
)
from generator.engine.model import ComponentRef, Overlay, Path, RegistryEntry
from generator.engine.problems import Problem


@dataclass(frozen=True, slots=True)
class Refused:
    """What of a mixin could not be honoured; *entirely* when none of it was applied."""

    problems: tuple[Problem, ...] = ()
    entirely: bool = False


def lay_mixin(
    mixin: Overlay,
    drafts: dict[str, Draft],
    constraints: dict[str, ConstraintDraft],
    registry: Mapping[str, RegistryEntry],
    *,
    whole: bool,
) -> Refused:
    """Lay *mixin* over the drafts, in place, and say what it must not do.

    A constraint whose name exists already stays as it was. With *whole* a mixin that changes what it must
    not is left out entirely, since half a mixin is a configuration nobody wrote.
    """
    faults = [fault for ref in mixin.components for fault in _faults(mixin, ref, drafts, registry)]
    if faults and whole:
        told = (Problem(f.place, f"{f.what}; the mixin is left out", f.do) for f in faults)
        return Refused(tuple(told), entirely=True)
    fresh = []
    for constraint in mixin.constraints:
        before = constraints.get(constraint.name)
        if before is None:
            fresh.append(constraint)
            continue
        what = (
            f"mixin {mixin.name} states {constraint.name} {constraint.value}, "
            f"which {before.origin.name} states already ({before.origin.place})"
        )
        faults.append(Problem(constraint.place, what, "state it in one of the two"))
    lay_constraints(constraints, fresh, "mixin", mixin.name)
    for ref in mixin.components:
        draft = drafts.get(ref.name)
        if draft is None:
            drafts[ref.name] = draft_of(ref)
        else:
            _add(ref, draft)
    return Refused(tuple(faults))


def _faults(
    mixin: Overlay, ref: ComponentRef, drafts: Mapping[str, Draft], registry: Mapping[str, RegistryEntry]
) -> list[Problem]:
    """What *ref* would change of a component that exists already, beyond what a mixin may."""
    draft = drafts.get(ref.name)
    if draft is None:
        return []
    faults = []
    for key, value in ref.fields.items():
        if (
            key in ("name", "overrides", *UNITED)
            or value in ("", None, [], {})
            or value == draft.fields.get(key)
        ):
            continue
        if key == "namespace" and not draft.fields.get("namespace"):
            continue
        before = draft.history[key][-1].origin if key in draft.history else None
        told = f", which {before.name} sets already ({before.place})" if before else ""
        what = f"mixin {mixin.name} sets {key} of {ref.name}{told}"
        faults.append(Problem(ref.tree.place((key,)), what, "a mixin may only add to a component"))
    entry = registry.get(ref.name)
    stated = entry.fields.get("mixinSafeOverridePaths") if entry else None
    safe = tuple(tuple(str(path).split(".")) for path in stated) if isinstance(stated, list) else ()
    for path, history in ref.settings.items():
        if not _is_safe(path, safe):
            what = (
                f"mixin {mixin.name} sets {'.'.join(path)} of {ref.name}, "
                "which the registry does not list as safe for mixins"
            )
            do = "set it in an overlay, or list the path under mixinSafeOverridePaths"
            faults.append(Problem(history[-1].origin.place, what, do))
    return faults


def _is_safe(path: Path, safe: tuple[Path, ...]) -> bool:
    return any(path[: len(prefix)] == prefix for prefix in safe)


def _add(ref: ComponentRef, draft: Draft) -> None:
    """Give a component that exists what a mixin may add."""
    for key in UNITED:
        value = ref.fields.get(key)
        if isinstance(value, list) and value:
            before = draft.fields.get(key)
            together = united(before if isinstance(before, list) else [], value)
            if together != before:
                draft.state(key, together, setting_of(ref, key, together))
    namespace = ref.fields.get("namespace")
    if namespace and not draft.fields.get("namespace"):
        draft.state("namespace", namespace, setting_of(ref, "namespace", namespace))
    overrides = ref.fields.get("overrides")
    if isinstance(overrides, Mapping):
        draft.lay_overrides(ref, overrides)
