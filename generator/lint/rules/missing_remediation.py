"""A constraint that fails without saying what to do."""

from __future__ import annotations

from collections.abc import Iterator

from generator.engine.model import Place, RecipeConstraint
from generator.engine.remedies import find_measurement
from generator.lint.examined import Examined, Rule, Told
from generator.lint.rules.unknown_reading import place_of_check


def check(examined: Examined) -> Iterator[Told]:
    """Yield each constraint that has no remediation in some recipe, then each check without one."""
    told: set[tuple[str, Place]] = set()
    for recipe in examined.recipes:
        stated: list[RecipeConstraint] = list(recipe.constraints)
        for phase in recipe.phases.values():
            stated += phase.constraints
        for constraint in stated:
            key = (constraint.name, constraint.origin.place)
            if constraint.remediation.strip() or key in told:
                continue
            told.add(key)
            # A reading nobody describes has no remediation either; `unknown-reading` says so.
            if find_measurement(examined.catalog.measurements, constraint.name) is not None:
                yield Told(
                    constraint.origin.place,
                    f"{constraint.name} {constraint.value} has no remediation in {recipe.id}",
                    "describe the reading and what to do in measurements.yaml, or write it at the constraint",
                )
    if not examined.checks_are_own:
        return
    for name, spec in examined.catalog.checks.items():
        if not spec.get("remediation"):
            yield Told(
                place_of_check(examined, name), f"the check {name} has no remediation", "say what to do"
            )


RULE = Rule(
    "missing-remediation",
    "any",
    "Every constraint and every check says what to do when it fails.",
    "A red mark without a next step sends the reader to a search engine; measurements.yaml holds the step per service.",
    check,
)
