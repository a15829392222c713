"""A constraint that lets through what an overlay beneath it refuses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.engine.model import Constraint, Overlay, Place
from generator.engine.remedies import find_measurement
from generator.lint.examined import Examined, Rule, Told, constraints_of, excused, mapping
from generator.lint.expressions import contradicts, newly_admitted


def check(examined: Examined) -> Iterator[Told]:
    """Yield each constraint that replaces a stricter one, of a parent or of a sibling applied before."""
    told: set[tuple[Place, Place]] = set()
    for layers in examined.sequences():
        earlier: dict[tuple[str, str], list[tuple[Overlay, Constraint]]] = {}
        for overlay in layers:
            for phase, constraint in constraints_of(overlay):
                before = earlier.setdefault((phase, constraint.name), [])
                found = _nearest_weakened(examined, overlay, constraint, before)
                if found is not None and (constraint.place, found[0]) not in told:
                    told.add((constraint.place, found[0]))
                    yield found[1]
                before.append((overlay, constraint))


def _nearest_weakened(
    examined: Examined,
    overlay: Overlay,
    constraint: Constraint,
    earlier: Sequence[tuple[Overlay, Constraint]],
) -> tuple[Place, Told] | None:
    """The last constraint beneath that is weakened; what contradicts one of them is told by `unsatisfiable`."""
    if excused(overlay, constraint.name):
        return None
    if any(contradicts(before.value, constraint.value) for _, before in earlier):
        return None
    for other, before in reversed(earlier):
        told = _told(examined, overlay, constraint, other, before)
        if told is not None:
            return before.place, told
    return None


def _told(
    examined: Examined, overlay: Overlay, constraint: Constraint, other: Overlay, before: Constraint
) -> Told | None:
    kind = str(mapping(find_measurement(examined.catalog.measurements, constraint.name)).get("kind") or "")
    admitted = newly_admitted(before.value, constraint.value, kind)
    lowered = _lowers_severity(before, constraint)
    if admitted is None and not lowered:
        return None
    where = f"{before.value} of {other.name} ({before.place})"
    if admitted is None:
        what = f"{constraint.name} of {overlay.name} is a warning, where {where} is an error"
    else:
        what = f"{constraint.name} {constraint.value} of {overlay.name} weakens {where}: it lets {admitted} through"
    return Told(
        constraint.place,
        what,
        "keep the stricter one, or name the reading with the reason in the annotation aicr-matrix/reason",
    )


def _lowers_severity(before: Constraint, after: Constraint) -> bool:
    return before.severity in ("", "error") and after.severity not in ("", "error")


RULE = Rule(
    "weakened-constraint",
    "any",
    "No overlay weakens a constraint of its parents or of overlays applied before it.",
    "Constraints of the same name replace each other, so a leaf that restates an old floor lowers its parent's "
    "newer one without anyone noticing.",
    check,
)
