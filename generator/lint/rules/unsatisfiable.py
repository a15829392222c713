"""Constraints on one reading that no cluster can satisfy together."""

from __future__ import annotations

from collections.abc import Iterator

from generator.core.constraints import ExpressionError, parse_expression, satisfying_value
from generator.lint.examined import Examined, Rule, Told, constraints_of, excused
from generator.lint.expressions import contradicts


def check(examined: Examined) -> Iterator[Told]:
    """Yield single constraints nothing satisfies, then later ones that contradict an earlier one beneath them."""
    for overlay in examined.files:
        for _, constraint in constraints_of(overlay):
            if _alone_impossible(constraint.value):
                yield Told(
                    constraint.place,
                    f"no value satisfies {constraint.name} {constraint.value}",
                    "correct its bounds",
                )
    told: set[tuple[object, object]] = set()
    for layers in examined.sequences():
        earlier: dict[tuple[str, str], list[tuple[str, str, object]]] = {}
        for overlay in layers:
            for phase, constraint in constraints_of(overlay):
                for value, name, place in earlier.get((phase, constraint.name), ()):
                    if (constraint.place, place) in told or excused(overlay, constraint.name):
                        continue
                    if contradicts(value, constraint.value):
                        told.add((constraint.place, place))
                        yield Told(
                            constraint.place,
                            f"{constraint.name} {constraint.value} contradicts {value} of {name} ({place})",
                            "make them agree, or name the reading with the reason in the annotation aicr-matrix/reason",
                        )
                own = (constraint.value, overlay.name, constraint.place)
                earlier.setdefault((phase, constraint.name), []).append(own)


def _alone_impossible(value: str) -> bool:
    try:
        expression = parse_expression(value)
    except ExpressionError:
        return False
    return expression.compound and satisfying_value((value,)) is None


RULE = Rule(
    "unsatisfiable",
    "any",
    "The constraints of a chain, or of overlays that apply together, can all hold at once.",
    "A recipe nobody can satisfy fails in every cluster; where the contradiction is meant, because a leaf is for "
    "another release than its parent, the leaf says so.",
    check,
)
