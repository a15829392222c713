"""The core's functions as the shared vectors call them: JSON arguments in, a JSON value out.

Twin of tests/ts/functions.ts; a name means the same call on both sides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from generator.core import (
    checks,
    constraints,
    criteria,
    detection,
    lifecycle,
    plan,
    snapshot,
    validation,
    verdicts,
    versions,
)  # fmt: skip
from generator.core.checks import Measurements
from generator.core.criteria import Criteria
from generator.core.snapshot import Snapshot
from generator.core.validation import Context, Report, context_from_rules
from generator.core.verdicts import Outcome
from generator.core.versions import Version, parse_version

Json = Any


def _version(version: Version) -> Json:
    return {"places": [str(place) for place in version.places], "suffix": version.suffix}


def _criteria(given: Mapping[str, Json]) -> Criteria:
    values = {name: value for name, value in given.items() if name != "nodes"}
    return Criteria(**values, nodes=int(given.get("nodes", 0)))


def _outcomes(given: list[dict[str, str]]) -> list[Outcome]:
    return [Outcome(each["verdict"], each["reason"]) for each in given]


def _snapshot(given: Json) -> Snapshot:
    """A mapping without a kind is readings by name; anything else is a document."""
    if isinstance(given, Mapping) and "kind" not in given and "measurements" not in given:
        return Snapshot({str(name): str(text) for name, text in given.items()})
    return snapshot.parse_snapshot(given)


def _context(given: Json) -> Context:
    return context_from_rules(
        given,
        given.get("criteria"),
        given.get("phases", validation.PHASES),
        chosen=given.get("chosen", False),
    )


def _outcome(outcome: Outcome | None) -> Json:
    return None if outcome is None else outcome.as_dict()


def _report(rules: Json, taken: Json, context: Json) -> Report:
    return validation.evaluate_recipe(rules, _snapshot(taken), _context(context))


def _context_dict(document: Json, chosen: Json, phases: Json) -> Json:
    context = context_from_rules(document, chosen, phases)
    expected = context.expected_workloads
    return {
        "phases": list(context.phases),
        "criteria": dict(context.criteria),
        "checks": sorted(context.checks),
        "expectedWorkloads": None if expected is None else sorted(expected),
    }


def _node_labels(given: Json) -> Json:
    return snapshot.node_labels(_snapshot(given))


def _with_readings(given: Json, edits: Json) -> Json:
    return snapshot.with_readings(_snapshot(given), [(name, text) for name, text in edits]).as_dict()


def _evaluate_check(check: Json, taken: Json, entries: Json, components: Json, thresholds: Json) -> Json:
    return checks.evaluate_check(
        check, _snapshot(taken), Measurements(entries), components, thresholds
    ).as_dict()


def _evaluate_reading(name: str, expr: str, taken: Json, entries: Json, tolerance: float) -> Json:
    return checks.evaluate_reading(name, expr, _snapshot(taken), Measurements(entries), tolerance).as_dict()


def _compare_reports(rules: Json, before: Json, after: Json, context: Json, rules_after: Json = None) -> Json:
    old, new = _report(rules, before, context), _report(rules_after or rules, after, context)
    return [flip.as_dict() for flip in validation.compare_reports(old, new)]


def _plan_together(recipes: Json, taken: Json, context: Json) -> Json:
    return plan.plan_together(recipes, _snapshot(taken), _context(context)).as_dict()


def _lifecycle_notes(windows: Json, taken: Json, service: str, labels: Json, today: str) -> Json:
    def label(dimension: str, value: str) -> str:
        return str(labels.get(dimension, {}).get(value, value))

    notes = lifecycle.lifecycle_notes(windows, _snapshot(taken), service, label, today)
    return [note.as_dict() for note in notes]


def _gke_build(text: str) -> Json:
    build = parse_version(text).gke_build
    return None if build is None else str(build)


FUNCTIONS: Mapping[str, Callable[..., Json]] = {
    "trim": versions.trim,
    "plain_text": versions.plain_text,
    "parse_version": lambda text: _version(parse_version(text)),
    "is_pre_release": lambda text: parse_version(text).pre_release,
    "gke_build": _gke_build,
    "compare_versions": lambda a, b: versions.compare_versions(parse_version(a), parse_version(b)),
    "compare_places": lambda a, b: versions.compare_places(parse_version(a), parse_version(b)),
    "compare_digits": lambda a, b: (int(a) > int(b)) - (int(a) < int(b)),
    "with_severity": verdicts.with_severity,
    "combine_verdicts": verdicts.combine_verdicts,
    "all_needed": lambda each: verdicts.all_needed(_outcomes(each)).as_dict(),
    "any_suffices": lambda each: verdicts.any_suffices(_outcomes(each)).as_dict(),
    "parse_expression": lambda text: constraints.parse_expression(text).as_dict(),
    "evaluate_expression": lambda e, a: constraints.evaluate_expression(e, a).as_dict(),
    "evaluate_number": lambda e, a, t: constraints.evaluate_number(e, a, t).as_dict(),
    "satisfying_value": lambda each, numeric: constraints.satisfying_value(tuple(each), numeric=numeric),
    "shorten": constraints.shorten,
    "by_text": lambda a, b: (a > b) - (a < b),
    "criteria_from": lambda given: _criteria(given).as_dict(),
    "normalise_value": criteria.normalise_value,
    "stated": lambda given: list(_criteria(given).stated),
    "specificity": lambda given: _criteria(given).specificity,
    "admits": lambda given, query: _criteria(given).admits(_criteria(query)),
    "criteria_id": lambda given: _criteria(given).id,
    "coordinate": lambda given: _criteria(given).coordinate,
    "is_mapping": lambda value: isinstance(value, Mapping),
    "wrapped_snapshot": lambda d: (lambda found: list(found) if found else None)(
        snapshot.wrapped_snapshot(d)
    ),
    "parse_snapshot": lambda document: snapshot.parse_snapshot(document).as_dict(),
    "node_labels": _node_labels,
    "reading_texts": lambda given, name: list(snapshot.reading_texts(_snapshot(given), name)),
    "absent_reason": lambda given, name: snapshot.absent_reason(_snapshot(given), name),
    "with_readings": _with_readings,
    "matches_words": detection.matches_words,
    "detect": lambda given, rules, dimensions: detection.detect(
        _snapshot(given), rules, dimensions
    ).as_dict(),
    "find_measurement": lambda entries, name: dict(Measurements(entries).find(name)),
    "measured_reading": lambda entries, name: Measurements(entries).reading(name),
    "parse_tolerance": checks.parse_tolerance,
    "applies": lambda check, components, chosen: _outcome(checks.applies(check, components, chosen)),
    "evaluate_reading": _evaluate_reading,
    "evaluate_check": _evaluate_check,
    "context_from_rules": _context_dict,
    "for_service": validation.for_service,
    "phase_constraints": lambda rules, phase: [dict(c) for c in validation.phase_constraints(rules, phase)],
    "thresholds_of": validation.thresholds_of,
    "recipe_applies": lambda rules, chosen: _outcome(validation.recipe_applies(rules, chosen)),
    "evaluate_recipe": lambda rules, taken, context: _report(rules, taken, context).as_dict(),
    "evaluate_all": lambda recipes, taken, context: [
        report.as_dict() for report in validation.evaluate_all(recipes, _snapshot(taken), _context(context))
    ],
    "count_verdicts": lambda rules, taken, context: _report(rules, taken, context).counts,
    "compare_reports": _compare_reports,
    "plan_recipe": lambda r, taken, c: plan.plan_recipe(r, _snapshot(taken), _context(c)).as_dict(),
    "plan_recipes": lambda r, taken, c: [
        p.as_dict() for p in plan.plan_recipes(r, _snapshot(taken), _context(c))
    ],
    "plan_together": _plan_together,
    "lifecycle_notes": _lifecycle_notes,
    "plan_cost": lambda r, taken, c: list(plan.plan_recipe(r, _snapshot(taken), _context(c)).cost),
}


def call(name: str, args: list[Json]) -> Json:
    """`{"value": ...}`, or `{"error": message}` where the function refuses its input."""
    try:
        return {"value": cast("Json", FUNCTIONS[name](*args))}
    except (versions.VersionError, constraints.ExpressionError, snapshot.NotASnapshot) as error:
        return {"error": str(error)}
