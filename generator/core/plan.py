"""What to change: the smallest set of readings whose change makes a recipe's rules hold, and recipes ranked by it.

Twin of `site_src/ts/core/plan.ts`; both run `tests/vectors/plan.json`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from generator.core.checks import GPU_NODE_LABELS, Finding, evaluate_reading
from generator.core.constraints import satisfying_value
from generator.core.criteria import ANY
from generator.core.snapshot import Snapshot, reading_texts
from generator.core.validation import (
    DECIDING,
    Context,
    Report,
    evaluate_recipe,
    for_service,
    thresholds_of,
)
from generator.core.verdicts import FAIL, NOT_APPLICABLE, UNKNOWN, WARN
from generator.core.versions import plain_text

__all__ = ["DISRUPTIONS", "Change", "Plan", "plan_recipe", "plan_recipes", "plan_together"]

# Least disruptive first; a rank is an index into it.
DISRUPTIONS = ("none", "settings", "node-restart", "node-upgrade", "control-plane", "rebuild")
MAX_COMBINATIONS = 4096  # alternatives beyond this are not weighed: the first ones stand

_Wish = tuple[str, str]  # (reading, expression)
_Alternative = tuple[_Wish, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One reading to change: from `actual` so that every one of `expected` holds, for example to `target`."""

    reading: str
    label: str
    actual: str
    expected: tuple[str, ...]
    target: str
    disruption: str
    remediation: str
    command: str

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values."""
        return {
            "reading": self.reading, "label": self.label, "actual": self.actual, "expected": list(self.expected),
            "target": self.target, "disruption": self.disruption, "remediation": self.remediation,
            "command": self.command,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plan:
    """What it takes for `recipes` to hold: changes, readings still to be taken, and rules no value can meet."""

    recipes: tuple[str, ...]
    changes: tuple[Change, ...]
    missing: tuple[str, ...]
    unreachable: tuple[str, ...]

    @property
    def disruption(self) -> str:
        """The worst disruption of the changes, `none` without any."""
        return max((c.disruption for c in self.changes), key=_rank, default="none")

    @property
    def cost(self) -> tuple[int, int, int, int, int]:
        """What plans are ranked by: reachable first, fewest changes, least disruption, fewest missing readings."""
        return (
            len(self.unreachable),
            len(self.changes),
            _rank(self.disruption),
            sum(_rank(c.disruption) for c in self.changes),
            len(self.missing),
        )

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values."""
        return {
            "recipes": list(self.recipes), "changes": [c.as_dict() for c in self.changes],
            "missing": list(self.missing), "unreachable": list(self.unreachable), "disruption": self.disruption,
        }  # fmt: skip


def _rank(disruption: str) -> int:
    return DISRUPTIONS.index(disruption) if disruption in DISRUPTIONS else len(DISRUPTIONS)


def plan_recipe(rules: Mapping[str, object], snapshot: Snapshot, context: Context) -> Plan:
    """The smallest change that makes *rules* hold in the wanted phases, the least disruptive of equals."""
    return _plan((rules,), snapshot, context)


def plan_together(recipes: Sequence[Mapping[str, object]], snapshot: Snapshot, context: Context) -> Plan:
    """The smallest change that makes all of *recipes* hold at once."""
    return _plan(tuple(recipes), snapshot, context)


def plan_recipes(
    recipes: Iterable[Mapping[str, object]], snapshot: Snapshot, context: Context
) -> tuple[Plan, ...]:
    """A plan per set of changes, best first; recipes that the same changes reach share one.

    Recipes for another service or accelerator have no plan: what they need is another cluster. Where the
    cluster's own is not known, that is missing before any reading.
    """
    by_changes: dict[tuple[object, ...], Plan] = {}
    for rules in recipes:
        report = evaluate_recipe(rules, snapshot, context)
        if report.verdict == NOT_APPLICABLE:
            continue
        plan = _plan((rules,), snapshot, context, (report,))
        unknown = _unknown_criteria(rules, context)
        plan = replace(plan, missing=(*unknown, *plan.missing)) if unknown else plan
        key = (plan.changes, plan.missing, plan.unreachable)
        known = by_changes.get(key)
        names = (*known.recipes, *plan.recipes) if known else plan.recipes
        by_changes[key] = Plan(names, plan.changes, plan.missing, plan.unreachable)
    return tuple(sorted(by_changes.values(), key=lambda p: (p.cost, p.recipes)))


def _unknown_criteria(rules: Mapping[str, object], context: Context) -> tuple[str, ...]:
    """The dimensions that decide whether the recipe is about the cluster, and that nobody knows of it."""
    if context.chosen:
        return ()
    stated = rules.get("criteria")
    wanted = stated if isinstance(stated, Mapping) else {}
    return tuple(
        d
        for d in DECIDING
        if plain_text(wanted.get(d)) not in ("", ANY) and context.criteria.get(d, ANY) == ANY
    )


def _plan(
    recipes: tuple[Mapping[str, object], ...],
    snapshot: Snapshot,
    context: Context,
    reports: tuple[Report, ...] = (),
) -> Plan:
    reports = reports or tuple(evaluate_recipe(rules, snapshot, context) for rules in recipes)
    names = tuple(plain_text(rules.get("id")) for rules in recipes)
    needs, missing = _needs(recipes, reports, snapshot, context)
    combinations = 1
    kept: list[tuple[_Alternative, ...]] = []
    for alternatives in needs:
        combinations *= len(alternatives)
        kept.append(alternatives if combinations <= MAX_COMBINATIONS else alternatives[:1])
    best: Plan | None = None
    for chosen in product(*kept):
        plan = _from_wishes(
            names, [wish for alternative in chosen for wish in alternative], missing, snapshot, context
        )
        if best is None or (plan.cost, _readings(plan)) < (best.cost, _readings(best)):
            best = plan
    assert best is not None  # a product of nothing is one empty choice
    return best


def _readings(plan: Plan) -> tuple[str, ...]:
    return tuple(change.reading for change in plan.changes)


def _needs(
    recipes: tuple[Mapping[str, object], ...],
    reports: tuple[Report, ...],
    snapshot: Snapshot,
    context: Context,
) -> tuple[list[tuple[_Alternative, ...]], tuple[str, ...]]:
    """What every rule asks, as alternatives of wishes, and the readings that are absent.

    Rules that hold are among them: a change for one rule must not break another.
    """
    needs: list[tuple[_Alternative, ...]] = []
    missing: dict[str, None] = {}
    for rules, report in zip(recipes, reports, strict=True):
        for phase in report.phases:
            thresholds = thresholds_of(rules, phase.name)
            for result in phase.results:
                if result.verdict == NOT_APPLICABLE:
                    continue
                if result.verdict == UNKNOWN:
                    absent = [f.reading for f in result.findings if f.outcome.verdict == UNKNOWN]
                    missing.update(dict.fromkeys(absent or [result.name]))
                    continue
                if result.severity != "error":
                    continue  # a warning blocks nothing, nor does what breaks one
                if result.kind == "constraint":
                    needs.append((((result.findings[0].reading, result.expected),),))
                    continue
                clauses = context.checks.get(result.name, {}).get("rule")
                needs.extend(_clause_needs(clauses, result.findings, snapshot, context, thresholds))
                absent = [f.reading for f in result.findings if f.outcome.verdict == UNKNOWN]
                missing.update(dict.fromkeys(absent if result.verdict == FAIL else ()))
    return needs, tuple(missing)


def _clause_needs(
    value: object,
    findings: Sequence[Finding],
    snapshot: Snapshot,
    context: Context,
    thresholds: Mapping[str, str],
) -> list[tuple[_Alternative, ...]]:
    """What a check's conditions ask; of alternatives only those whose readings were taken."""
    clauses = value if isinstance(value, Sequence) and not isinstance(value, str) else ()
    needs: list[tuple[_Alternative, ...]] = []
    for clause in clauses:
        if not isinstance(clause, Mapping):
            continue
        if "any" in clause:
            each = clause["any"] if isinstance(clause["any"], Sequence) else ()
            inner = [_clause_needs([one], findings, snapshot, context, thresholds) for one in each]
            alternatives = tuple(tuple(wish for need in one for wish in need[0]) for one in inner if one)
            taken = tuple(
                a for a in alternatives if all(reading_texts(snapshot, reading) for reading, _ in a)
            )
            needs.extend([taken] if taken else [])
            continue
        named = plain_text(clause.get("reading"))
        expr = plain_text(clause.get("value")) or thresholds.get(plain_text(clause.get("threshold")), "")
        if "{component}" in named:
            before, after = named.split("{component}", 1)
            wishes = [
                (f.reading, expr)
                for f in findings
                if f.reading.startswith(before) and f.reading.endswith(after)
            ]
        else:
            wishes = [(context.measurements.reading(named), expr)]
        # A tolerance loosens a floor; a plan aims at the floor itself.
        needs.extend(((wish,),) for wish in wishes if expr)
    return needs


def _from_wishes(
    names: tuple[str, ...],
    wishes: Sequence[_Wish],
    missing: tuple[str, ...],
    snapshot: Snapshot,
    context: Context,
) -> Plan:
    by_reading: dict[str, list[str]] = {}
    for reading, expr in wishes:
        exprs = by_reading.setdefault(reading, [])
        if expr not in exprs:
            exprs.append(expr)
    changes, unreachable = [], []
    for reading, exprs in by_reading.items():
        findings = [evaluate_reading(reading, expr, snapshot, context.measurements) for expr in exprs]
        actual = findings[0].actual
        if actual is None:
            continue  # it stands among the missing ones
        if all(f.outcome.verdict not in (FAIL, WARN) for f in findings):
            continue
        target = _target(reading, tuple(exprs), context)
        if target is None:
            unreachable.append(f"{reading} {' and '.join(exprs)}")
            continue
        changes.append(_change(reading, actual, tuple(exprs), target, context))
    changes.sort(key=lambda c: (_rank(c.disruption), c.reading))
    return Plan(names, tuple(changes), missing, tuple(sorted(unreachable)))


def _target(reading: str, exprs: tuple[str, ...], context: Context) -> str | None:
    """A value that meets every expression; for labels over all GPU nodes the rules themselves."""
    if reading == GPU_NODE_LABELS:
        return " and ".join(exprs)
    return satisfying_value(exprs, numeric=context.measurements.find(reading).get("kind") == "number")


def _change(reading: str, actual: str, exprs: tuple[str, ...], target: str, context: Context) -> Change:
    entry = context.measurements.find(reading)
    service = context.criteria.get("service", "any")
    return Change(
        reading,
        (plain_text(entry.get("label")) or reading),
        actual,
        exprs,
        target,
        (plain_text(entry.get("disruption")) or "settings"),
        for_service(entry.get("remediation"), service),
        for_service(entry.get("command"), service),
    )
