"""One recipe's rules held against one snapshot: a report of four phases, every result with its reason and remedy.

Twin of `site_src/ts/core/validation.ts`; both run `tests/vectors/validation.json`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from generator.core.checks import Finding, Measurements, applies, evaluate_check, evaluate_reading
from generator.core.criteria import ANY, DIMENSIONS
from generator.core.snapshot import Snapshot
from generator.core.verdicts import NOT_APPLICABLE, UNKNOWN, Outcome, combine_verdicts, with_severity
from generator.core.versions import plain_text, trim

__all__ = [
    "PHASES", "Context", "Flip", "PhaseReport", "Report", "Result", "compare_reports", "context_from_rules",
    "evaluate_all", "evaluate_recipe", "for_service", "phase_constraints", "recipe_applies", "thresholds_of",
]  # fmt: skip

PHASES = ("readiness", "deployment", "performance", "conformance")
# A recipe for another service or accelerator is about another cluster; a system can be changed, so it is a rule.
DECIDING = ("service", "accelerator")


@dataclass(frozen=True, slots=True)
class Context:
    """What rules are evaluated with: the catalog's checks and readings, the cluster's criteria, the wanted phases.

    `criteria` are the detected ones as the user left them; at `any` nobody knows what the cluster has.
    `chosen` says that the recipe was named by hand: then its results decide even where it is for another cluster.
    `expected_workloads` names the components whose workloads the catalog states; None asks all of them.
    """

    measurements: Measurements = field(default_factory=lambda: Measurements({}))
    checks: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    criteria: Mapping[str, str] = field(default_factory=dict)
    phases: tuple[str, ...] = PHASES
    expected_workloads: frozenset[str] | None = None
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """One constraint or check, evaluated. `title` begins with `name`; `measure` says how to take a missing reading."""

    name: str
    title: str
    kind: str  # constraint | check
    label: str
    verdict: str
    actual: str | None
    expected: str
    reason: str
    remediation: str
    command: str
    link: str
    measure: str
    severity: str
    unit: str
    disruption: str
    origin: object
    findings: tuple[Finding, ...]

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values."""
        return {
            "name": self.name, "title": self.title, "kind": self.kind, "label": self.label,
            "verdict": self.verdict, "actual": self.actual, "expected": self.expected, "reason": self.reason,
            "remediation": self.remediation, "command": self.command, "link": self.link, "measure": self.measure,
            "severity": self.severity, "unit": self.unit, "disruption": self.disruption, "origin": self.origin,
            "findings": [f.as_dict() for f in self.findings],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class PhaseReport:
    """A phase's verdict and its results in the recipe's order."""

    name: str
    verdict: str
    results: tuple[Result, ...]

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values."""
        return {"name": self.name, "verdict": self.verdict, "results": [r.as_dict() for r in self.results]}


@dataclass(frozen=True, slots=True)
class Report:
    """A recipe's verdict over the wanted phases. `reason` is set where the recipe as a whole does not apply."""

    recipe: str
    criteria: Mapping[str, str]
    verdict: str
    reason: str
    phases: tuple[PhaseReport, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many results have each verdict."""
        found: dict[str, int] = {}
        for phase in self.phases:
            for result in phase.results:
                found[result.verdict] = found.get(result.verdict, 0) + 1
        return found

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values."""
        return {
            "recipe": self.recipe, "criteria": dict(self.criteria), "verdict": self.verdict, "reason": self.reason,
            "counts": self.counts, "phases": [p.as_dict() for p in self.phases],
        }  # fmt: skip


def context_from_rules(
    document: Mapping[str, object],
    criteria: Mapping[str, str] | None = None,
    phases: Sequence[str] = PHASES,
    *,
    chosen: bool = False,
) -> Context:
    """A Context from a RecipeRules document (`rules.json`): its `checks`, `measurements` and `health`.

    Checks and measurements may be mappings by name or lists of entries with a `name`.
    """
    health = document.get("health")
    expected = None
    if isinstance(health, (Mapping, Sequence)) and not isinstance(health, str):
        expected = frozenset(str(name) for name in health)
    wanted = tuple(phase for phase in PHASES if phase in phases)
    entries = Measurements(_by_name(document.get("measurements")))
    return Context(entries, _by_name(document.get("checks")), dict(criteria or {}), wanted, expected, chosen)


def _by_name(value: object) -> dict[str, Mapping[str, object]]:
    if isinstance(value, Mapping):
        return {str(name): entry for name, entry in value.items() if isinstance(entry, Mapping)}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return {plain_text(e.get("name")): e for e in value if isinstance(e, Mapping)}
    return {}


def recipe_applies(rules: Mapping[str, object], criteria: Mapping[str, str]) -> Outcome | None:
    """None when the recipe is about a cluster with *criteria*; else what it is for.

    Not applicable where the cluster has another service or accelerator, unknown where nobody says which it has.
    """
    stated = _texts(rules.get("criteria"))
    asked = [(d, stated[d], criteria.get(d, ANY)) for d in DECIDING if stated.get(d, ANY) != ANY]
    for dimension, wanted, have in asked:
        if have not in (ANY, wanted):
            return Outcome(NOT_APPLICABLE, f"For {dimension} {wanted}; this cluster has {have}.")
    for dimension, wanted, have in asked:
        if have == ANY:
            return Outcome(UNKNOWN, f"For {dimension} {wanted}; this cluster's {dimension} is not known.")
    return None


def evaluate_recipe(rules: Mapping[str, object], snapshot: Snapshot, context: Context) -> Report:
    """Hold every constraint and check of the wanted phases against the snapshot.

    *rules* is one recipe of a RecipeRules document. A phase is fail if a rule of severity error fails,
    else unknown if any reading is missing, else warn, else pass; the recipe likewise over its phases.
    A recipe without any rule is unknown. Unless it was chosen by hand, one for another service or accelerator
    is not applicable, and one whose service or accelerator the cluster is not known to have never passes.
    Its results stand either way.
    """
    stated = _texts(rules.get("criteria"))
    service = stated.get("service", ANY)
    if service == ANY:
        service = context.criteria.get("service", ANY)
    phases = tuple(
        _evaluate_phase(name, rules, snapshot, context, stated, service) for name in context.phases
    )
    verdict, reason = combine_verdicts(p.verdict for p in phases), ""
    if verdict == NOT_APPLICABLE:
        verdict, reason = UNKNOWN, "No rule of the recipe applies in these phases."
    elsewhere = recipe_applies(rules, context.criteria)
    if elsewhere is not None:
        reason = elsewhere.reason
        if not context.chosen:
            known = elsewhere.verdict == UNKNOWN
            verdict = combine_verdicts((verdict, UNKNOWN)) if known else elsewhere.verdict
    criteria = {d: stated.get(d, ANY) for d in DIMENSIONS}
    return Report(plain_text(rules.get("id")), criteria, verdict, reason, phases)


def evaluate_all(
    recipes: Iterable[Mapping[str, object]], snapshot: Snapshot, context: Context
) -> tuple[Report, ...]:
    """A report per recipe, in the given order."""
    return tuple(evaluate_recipe(rules, snapshot, context) for rules in recipes)


def phase_constraints(rules: Mapping[str, object], phase: str) -> tuple[Mapping[str, object], ...]:
    """The constraints of one phase; the recipe's own ones belong to readiness."""
    own = _mappings(rules.get("constraints")) if phase == "readiness" else ()
    phases = rules.get("phases")
    stated = phases.get(phase) if isinstance(phases, Mapping) else None
    return own + (_mappings(stated.get("constraints")) if isinstance(stated, Mapping) else ())


def thresholds_of(rules: Mapping[str, object], phase: str) -> dict[str, str]:
    """The expressions of a phase's constraints by name, the first of a name: what its checks' thresholds refer to."""
    thresholds: dict[str, str] = {}
    for constraint in phase_constraints(rules, phase):
        thresholds.setdefault(plain_text(constraint.get("name")), plain_text(constraint.get("value")))
    return thresholds


def _evaluate_phase(
    name: str,
    rules: Mapping[str, object],
    snapshot: Snapshot,
    context: Context,
    criteria: Mapping[str, str],
    service: str,
) -> PhaseReport:
    constraints = phase_constraints(rules, name)
    thresholds = thresholds_of(rules, name)
    checks = _phase_checks(rules, name)
    components = _components(rules)
    # A short name (`nccl-all-reduce-bw`) is a floor that a check holds, with its tolerance; it is no rule beside it.
    held = {
        (threshold, thresholds.get(threshold))
        for check in checks
        for clause in _mappings(context.checks.get(check, {}).get("rule"))
        if "." not in (threshold := plain_text(clause.get("threshold")))
    }
    results = [
        _constraint_result(constraint, snapshot, context, service)
        for constraint in constraints
        if (plain_text(constraint.get("name")), plain_text(constraint.get("value"))) not in held
    ]
    for check in checks:
        results.append(_check_result(check, snapshot, context, components, criteria, thresholds, service))
    return PhaseReport(name, combine_verdicts(r.verdict for r in results), tuple(results))


def _constraint_result(
    constraint: Mapping[str, object], snapshot: Snapshot, context: Context, service: str
) -> Result:
    name, expr = plain_text(constraint.get("name")), plain_text(constraint.get("value"))
    entry = context.measurements.find(name)
    finding = evaluate_reading(name, expr, snapshot, context.measurements)
    severity = plain_text(constraint.get("severity")) or "error"
    return Result(
        name=name,
        title=trim(f"{name} {expr}"),
        kind="constraint",
        label=plain_text(entry.get("label")) or name,
        verdict=with_severity(finding.outcome.verdict, severity),
        actual=finding.actual,
        expected=expr,
        reason=finding.outcome.reason,
        remediation=plain_text(constraint.get("remediation"))
        or for_service(entry.get("remediation"), service),
        command=plain_text(constraint.get("command")) or for_service(entry.get("command"), service),
        link=plain_text(constraint.get("link")) or for_service(entry.get("link"), service),
        measure=plain_text(entry.get("measure")),
        severity=severity,
        unit=plain_text(constraint.get("unit") or entry.get("unit")),
        disruption=plain_text(entry.get("disruption")) or "settings",
        origin=constraint.get("origin"),
        findings=(finding,),
    )


def _check_result(
    name: str,
    snapshot: Snapshot,
    context: Context,
    components: tuple[str, ...],
    criteria: Mapping[str, str],
    thresholds: Mapping[str, str],
    service: str,
) -> Result:
    check = context.checks.get(name)
    findings: tuple[Finding, ...]
    if check is None:
        check = {}
        outcome, findings = Outcome(UNKNOWN, f"The catalog describes no check called {name}."), ()
    else:
        where = {**context.criteria, **{d: v for d, v in criteria.items() if v != ANY}}
        elsewhere = applies(check, components, where)
        expected = context.expected_workloads
        asked = components if expected is None else tuple(c for c in components if c in expected)
        done = evaluate_check(check, snapshot, context.measurements, asked, thresholds)
        outcome, findings = (elsewhere, ()) if elsewhere is not None else (done.outcome, done.findings)
    severity = plain_text(check.get("severity")) or "error"
    floor = thresholds.get(name, "")
    alike = [f for f in findings if f.outcome.verdict == outcome.verdict]
    deciding = next((f for f in alike if floor and f.expected == floor), alike[0] if alike else None)
    entry = context.measurements.find(name)
    return Result(
        name=name,
        title=trim(f"{name} {floor}"),
        kind="check",
        label=plain_text(check.get("title")) or name,
        verdict=with_severity(outcome.verdict, severity),
        actual=deciding.actual if deciding else None,
        expected=_expected(deciding, floor),
        reason=outcome.reason,
        remediation=for_service(check.get("remediation"), service),
        command=for_service(check.get("command"), service),
        link=for_service(check.get("link"), service),
        measure=for_service(check.get("measure"), service),
        severity=severity,
        unit=plain_text(entry.get("unit")),
        disruption="settings",
        origin=check.get("origin"),
        findings=findings,
    )


def _expected(deciding: Finding | None, floor: str) -> str:
    if deciding is None or deciding.expected == floor:
        return floor
    return f"{deciding.reading} {deciding.expected}"


def for_service(value: object, service: str) -> str:
    """A text, or of texts by service the one for *service*, else the default."""
    if isinstance(value, Mapping):
        return plain_text(value.get(service) or value.get("default"))
    return plain_text(value)


def _phase_checks(rules: Mapping[str, object], phase: str) -> tuple[str, ...]:
    phases = rules.get("phases")
    stated = phases.get(phase) if isinstance(phases, Mapping) else None
    checks = stated.get("checks") if isinstance(stated, Mapping) else None
    if not isinstance(checks, Sequence) or isinstance(checks, str):
        return ()
    return tuple(plain_text(c.get("name")) if isinstance(c, Mapping) else plain_text(c) for c in checks)


def _components(rules: Mapping[str, object]) -> tuple[str, ...]:
    """The names of the enabled components; they may be names, entries with a name, or a mapping by name."""
    value = rules.get("components")
    if isinstance(value, Mapping):
        return tuple(
            str(n) for n, e in value.items() if not (isinstance(e, Mapping) and e.get("enabled") is False)
        )
    if not isinstance(value, Sequence) or isinstance(value, str):
        return ()
    return tuple(
        plain_text(item.get("name")) if isinstance(item, Mapping) else plain_text(item)
        for item in value
        if not (isinstance(item, Mapping) and item.get("enabled") is False)
    )


def _mappings(value: object) -> tuple[Mapping[str, object], ...]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        return ()
    return tuple(item for item in value if isinstance(item, Mapping))


def _texts(value: object) -> dict[str, str]:
    return {str(k): plain_text(v) for k, v in value.items()} if isinstance(value, Mapping) else {}


@dataclass(frozen=True, slots=True)
class Flip:
    """A result whose verdict differs between two reports of one recipe; None where one side lacks it."""

    recipe: str
    phase: str
    name: str
    before: str | None
    after: str | None
    actual_before: str | None
    actual_after: str | None

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values."""
        return {
            "recipe": self.recipe, "phase": self.phase, "name": self.name, "before": self.before,
            "after": self.after, "actualBefore": self.actual_before, "actualAfter": self.actual_after,
        }  # fmt: skip


def compare_reports(before: Report, after: Report) -> tuple[Flip, ...]:
    """The verdicts that moved from one report to the other, in the order of the results."""
    old = {(p.name, r.title): r for p in before.phases for r in p.results}
    new = {(p.name, r.title): r for p in after.phases for r in p.results}
    flips = []
    for key in dict.fromkeys((*old, *new)):
        was, now = old.get(key), new.get(key)
        verdicts = (was.verdict if was else None, now.verdict if now else None)
        if verdicts[0] != verdicts[1]:
            actuals = (was.actual if was else None, now.actual if now else None)
            flips.append(Flip(after.recipe, *key, *verdicts, *actuals))
    return tuple(flips)
