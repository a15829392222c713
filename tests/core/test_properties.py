"""What must hold of verdicts whatever the input: no pass appears where a reading goes, and opposites oppose."""

from __future__ import annotations

from random import Random

import pytest

from generator.core.constraints import evaluate_expression, satisfying_value
from generator.core.snapshot import Snapshot, with_readings
from generator.core.validation import Report, compare_reports, context_from_rules, evaluate_recipe
from tests.core.cases import NAMES, context, expression, rules, text, version

OPPOSITES = {">=": "<", "<=": ">", "==": "!="}
OPPOSITE_VERDICT = {"pass": "fail", "fail": "pass", "warn": "fail", "unknown": "unknown"}


def _snapshot(random: Random) -> Snapshot:
    return Snapshot({name: text(random) for name in NAMES if random.random() < 0.9})


def _passes(report: Report) -> set[tuple[str, str]]:
    return {
        (phase.name, result.title)
        for phase in report.phases
        for result in phase.results
        if result.verdict == "pass"
    }


@pytest.mark.parametrize("operator", sorted(OPPOSITES))
def test_opposite_operators_give_opposite_verdicts(operator: str) -> None:
    random = Random(operator)
    for _ in range(3000):
        value, actual = version(random), text(random)
        if any(mark in value for mark in "<>=!|"):
            continue
        one = evaluate_expression(f"{operator} {value}", actual).verdict
        other = evaluate_expression(f"{OPPOSITES[operator]} {value}", actual).verdict
        assert other == OPPOSITE_VERDICT[one], (operator, value, actual)


def test_taking_readings_away_never_adds_a_pass() -> None:
    random = Random(3)
    for _ in range(400):
        recipe, snapshot = rules(random), _snapshot(random)
        around = context_from_rules(context(random))
        before = evaluate_recipe(recipe, snapshot, around)
        fewer = with_readings(snapshot, [(name, None) for name in random.sample(NAMES, 3)])
        after = evaluate_recipe(recipe, fewer, around)
        assert _passes(after) <= _passes(before)
        assert after.verdict != "pass" or before.verdict == "pass"


def test_no_recipe_passes_an_empty_snapshot() -> None:
    random = Random(4)
    for _ in range(400):
        report = evaluate_recipe(rules(random), Snapshot({}), context_from_rules(context(random)))
        assert _passes(report) == set()
        assert report.verdict in ("unknown", "not-applicable")


def test_a_satisfying_value_satisfies() -> None:
    random = Random(5)
    found = 0
    for _ in range(2000):
        expressions = tuple(expression(random) for _ in range(random.randrange(1, 4)))
        value = satisfying_value(expressions)
        if value is not None:
            found += 1
            assert {evaluate_expression(each, value).verdict for each in expressions} == {"pass"}
    assert found > 200


def test_a_report_differs_from_itself_nowhere() -> None:
    random = Random(6)
    for _ in range(200):
        report = evaluate_recipe(rules(random), _snapshot(random), context_from_rules(context(random)))
        assert compare_reports(report, report) == ()


def test_severity_only_turns_failures_into_warnings() -> None:
    random = Random(7)
    for _ in range(300):
        recipe, snapshot = rules(random), _snapshot(random)
        strict = {
            **recipe,
            "phases": {},
            "constraints": [{**c, "severity": "error"} for c in recipe["constraints"]],
        }
        mild = {**strict, "constraints": [{**c, "severity": "warning"} for c in recipe["constraints"]]}
        around = context_from_rules(context(random), {}, ("readiness",))
        for hard, soft in zip(
            evaluate_recipe(strict, snapshot, around).phases[0].results,
            evaluate_recipe(mild, snapshot, around).phases[0].results,
            strict=True,
        ):
            assert soft.verdict == {"fail": "warn"}.get(hard.verdict, hard.verdict)
