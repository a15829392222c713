"""Plans are minimal: no smaller, no less disruptive set of changes reaches the recipe. Proven by trying them all."""

from __future__ import annotations

from itertools import combinations, product
from random import Random
from typing import Any

import pytest

from generator.core.plan import DISRUPTIONS, Plan, plan_recipe, plan_together
from generator.core.snapshot import Snapshot, with_readings
from generator.core.validation import Context, context_from_rules, evaluate_recipe

READINGS = ("A.a.version", "B.b.version", "C.c.text")
# Every value that can matter: the expressions below change their verdict nowhere else.
VALUES = {
    "version": ("0.9.0", "1.0", "1.1.0", "1.2.0", "1.3.0", "2.0.0"),
    "text": ("on", "off", "other"),
}
EXPRESSIONS = {
    "version": (">= 1.0", ">= 1.2", "< 1.2", "> 1.0", "<= 1.1", "== 1.1.0", "!= 1.2.0",
                ">= 1.0 < 1.1 || >= 1.2", "< 1.0"),
    "text": ("on", "off", "!= off", "== on"),
}  # fmt: skip


def _kind(reading: str) -> str:
    return reading.rsplit(".", 1)[1]


def _condition(random: Random) -> dict[str, Any]:
    reading = random.choice(READINGS)
    return {"reading": reading, "value": random.choice(EXPRESSIONS[_kind(reading)])}


def _case(random: Random) -> tuple[list[dict[str, Any]], Snapshot, Context]:
    """One or two recipes, a snapshot with every reading, and disruptions drawn anew."""
    checks = {
        name: {
            "rule": [{"any": [_condition(random) for _ in range(random.randrange(1, 4))]}, _condition(random)]
        }
        for name in ("first", "second")
    }
    recipes = []
    for name in ("one", "two")[: random.randrange(1, 3)]:
        constraints = []
        for _ in range(random.randrange(1, 4)):
            condition = _condition(random)
            severity = random.choice(("", "", "error", "warning"))
            constraints.append(
                {"name": condition["reading"], "value": condition["value"], "severity": severity}
            )
        phases = {"deployment": {"checks": random.sample(sorted(checks), random.randrange(3))}}
        recipes.append({"id": name, "criteria": {}, "constraints": constraints, "phases": phases})
    document = {
        "checks": checks,
        "measurements": {reading: {"disruption": random.choice(DISRUPTIONS)} for reading in READINGS},
    }
    snapshot = Snapshot({reading: random.choice(VALUES[_kind(reading)]) for reading in READINGS})
    return recipes, snapshot, context_from_rules(document)


def _holds(recipes: list[dict[str, Any]], snapshot: Snapshot, context: Context) -> bool:
    """Whether nothing that blocks is left: results of severity error fail or warn nowhere."""
    return all(
        result.verdict in ("pass", "not-applicable") or result.severity == "warning"
        for rules in recipes
        for phase in evaluate_recipe(rules, snapshot, context).phases
        for result in phase.results
    )


def _cost(readings: tuple[str, ...], context: Context) -> tuple[int, int, int]:
    ranks = [DISRUPTIONS.index(str(context.measurements.find(r)["disruption"])) for r in readings]
    return len(ranks), max(ranks, default=0), sum(ranks)


def _cheapest(
    recipes: list[dict[str, Any]], snapshot: Snapshot, context: Context
) -> tuple[int, int, int] | None:
    """The cost of the best set of readings to change, by trying every set with every value."""
    costs = []
    for size in range(len(READINGS) + 1):
        for readings in combinations(READINGS, size):
            for values in product(*(VALUES[_kind(r)] for r in readings)):
                if _holds(
                    recipes, with_readings(snapshot, list(zip(readings, values, strict=True))), context
                ):
                    costs.append(_cost(readings, context))
                    break
        if costs:
            return min(costs)
    return None


@pytest.mark.parametrize("seed", range(8))
def test_no_smaller_or_gentler_set_of_changes_exists(seed: int) -> None:
    random = Random(seed)
    for _ in range(15):
        recipes, snapshot, context = _case(random)
        plan = plan_together(recipes, snapshot, context)
        best = _cheapest(recipes, snapshot, context)
        if best is None:
            assert plan.unreachable, recipes
            continue
        assert plan.unreachable == (), recipes
        assert _cost(tuple(change.reading for change in plan.changes), context) == best, (
            recipes,
            snapshot.readings,
        )


@pytest.mark.parametrize("seed", range(8))
def test_making_the_changes_makes_the_recipes_hold(seed: int) -> None:
    random = Random(1000 + seed)
    for _ in range(20):
        recipes, snapshot, context = _case(random)
        plan = plan_together(recipes, snapshot, context)
        if not plan.unreachable:
            after = with_readings(snapshot, [(change.reading, change.target) for change in plan.changes])
            assert _holds(recipes, after, context), (recipes, snapshot.readings, plan)


def test_a_plan_of_what_holds_is_empty() -> None:
    rules = {"id": "r", "criteria": {}, "constraints": [{"name": "A.a.version", "value": ">= 1"}]}
    plan = plan_recipe(rules, Snapshot({"A.a.version": "1.2"}), context_from_rules({}))
    assert plan == Plan(("r",), (), (), ())
