"""Checks as data: the readings a check needs and the rule over them, evaluated against a snapshot.

Twin of `site_src/ts/core/checks.ts`; both run `tests/vectors/checks.json`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from generator.core.constraints import evaluate_expression, evaluate_number, shorten
from generator.core.snapshot import Label, Snapshot, absent_reason, reading_texts
from generator.core.verdicts import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Outcome, all_needed, any_suffices
from generator.core.versions import plain_text, trim

__all__ = [
    "CheckOutcome",
    "Finding",
    "Measurements",
    "applies",
    "evaluate_check",
    "evaluate_reading",
    "parse_tolerance",
]

GPU_NODE_LABELS = "NodeTopology.gpu-nodes.label"
# A node with one of these labels has GPUs; `nvidia.com/gpu.present` must say so.
GPU_MARKS = ("nvidia.com/gpu.product", "cloud.google.com/gke-accelerator", "nvidia.com/gpu.count")


@dataclass(frozen=True, slots=True)
class Measurements:
    """The measurement catalog, looked up by a reading's name; a `*` in an entry's name stands for any text."""

    entries: Mapping[str, Mapping[str, object]]

    def find(self, name: str) -> Mapping[str, object]:
        """The entry for *name*: its own, else that of the longest pattern that fits; empty when there is none."""
        own = self.entries.get(name)
        if own is not None:
            return own
        fitting = [pattern for pattern in self.entries if "*" in pattern and _fits(pattern, name)]
        return self.entries[max(fitting, key=lambda p: (len(p), p))] if fitting else {}

    def reading(self, name: str) -> str:
        """The reading that *name* is held against: a short name's own `reading`, else *name* itself."""
        return plain_text(self.find(name).get("reading")) or name


def _fits(pattern: str, name: str) -> bool:
    parts = pattern.split("*")
    if not name.startswith(parts[0]) or not name.endswith(parts[-1]):
        return False
    return re.fullmatch(".+".join(re.escape(part) for part in parts), name, re.DOTALL) is not None


@dataclass(frozen=True, slots=True)
class Finding:
    """One condition held against one reading; `actual` is None where the reading is absent."""

    reading: str
    actual: str | None
    expected: str
    outcome: Outcome
    means: str = ""

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values."""
        return {
            "reading": self.reading, "actual": self.actual, "expected": self.expected,
            "verdict": self.outcome.verdict, "reason": self.outcome.reason, "means": self.means,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """A check's outcome and every condition it was decided by."""

    outcome: Outcome
    findings: tuple[Finding, ...]

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values."""
        return {**self.outcome.as_dict(), "findings": [f.as_dict() for f in self.findings]}


def evaluate_reading(
    name: str, expr: str, snapshot: Snapshot, measurements: Measurements, tolerance: float = 0.0
) -> Finding:
    """Hold the reading called *name* against *expr*; a reading that is absent or empty is unknown.

    Readings whose kind is `number` compare as numbers, all others as constraint expressions do.
    """
    reading = measurements.reading(name)
    if reading == GPU_NODE_LABELS and reading not in snapshot.readings:
        return _evaluate_gpu_labels(expr, snapshot)
    texts = reading_texts(snapshot, reading)
    if not texts:
        return Finding(reading, None, expr, Outcome(UNKNOWN, absent_reason(snapshot, reading)))
    number = measurements.find(name).get("kind") == "number" or tolerance != 0
    outcomes = [_evaluate_text(reading, expr, text, number, tolerance) for text in texts]
    return Finding(reading, ", ".join(texts), expr, all_needed(outcomes))


def _evaluate_text(reading: str, expr: str, text: str, number: bool, tolerance: float) -> Outcome:
    if not trim(text):
        return Outcome(UNKNOWN, f"{reading} is empty.")
    return evaluate_number(expr, text, tolerance) if number else evaluate_expression(expr, text)


def _evaluate_gpu_labels(expr: str, snapshot: Snapshot) -> Finding:
    """`key=value`: every GPU node carries the label; `!= key=value`: none does."""
    rule = trim(expr)
    negated = rule.startswith("!=")
    label = trim(rule[2:] if rule.startswith(("!=", "==")) else rule)
    key, _, value = label.partition("=")
    gpu_labels = [o for o in snapshot.labels if _marks_gpus(o)]
    own_labels = [o for o in snapshot.labels if o.key == key and o.value == value]
    gpu_nodes = {node for each in gpu_labels for node in each.nodes}
    if not gpu_nodes:
        reason = "No node's labels say that it has GPUs."
        return Finding(GPU_NODE_LABELS, None, expr, Outcome(UNKNOWN, reason))
    if any(each.count > len(each.nodes) for each in (*gpu_labels, *own_labels)):
        reason = "The snapshot's lists of nodes are cut short."
        return Finding(GPU_NODE_LABELS, None, expr, Outcome(UNKNOWN, reason))
    with_label = len(gpu_nodes & {node for each in own_labels for node in each.nodes})
    actual = f"{with_label} of {len(gpu_nodes)} GPU nodes"
    met = with_label == 0 if negated else with_label == len(gpu_nodes)
    return Finding(GPU_NODE_LABELS, actual, expr, Outcome(PASS if met else FAIL, f"{actual} carry {label}."))


def _marks_gpus(label: Label) -> bool:
    return label.key in GPU_MARKS or (label.key == "nvidia.com/gpu.present" and label.value == "true")


def applies(
    check: Mapping[str, object], components: Sequence[str], criteria: Mapping[str, str]
) -> Outcome | None:
    """None when the check is about this recipe, else not-applicable (or unknown) with what it is about instead."""
    requires = check.get("requires")
    if not isinstance(requires, Mapping):
        return None
    wanted = _list(requires.get("anyComponent"))
    if wanted and not set(wanted) & set(components):
        return Outcome(NOT_APPLICABLE, f"For recipes with {_either(wanted)}.")
    for dimension in ("service", "accelerator", "intent", "os", "platform"):
        values, have = _list(requires.get(dimension)), criteria.get(dimension, "any")
        if values and have == "any":
            return Outcome(
                UNKNOWN, f"It is for {dimension} {_either(values)}, and the {dimension} is not known."
            )
        if values and have not in values:
            return Outcome(NOT_APPLICABLE, f"For {dimension} {_either(values)}.")
    return None


def evaluate_check(
    check: Mapping[str, object],
    snapshot: Snapshot,
    measurements: Measurements,
    components: Sequence[str],
    thresholds: Mapping[str, str],
) -> CheckOutcome:
    """Evaluate a check's `rule`: a list of conditions that are all needed.

    *components* are the recipe's enabled ones, *thresholds* the expressions of the phase's constraints
    by name. A condition is `{reading, value}`, the same with `eachComponent`, `{reading, threshold,
    tolerance}`, or `{any: [conditions]}`. A rule without conditions is unknown.
    """
    findings: list[Finding] = []
    outcomes = [
        _evaluate_clause(clause, snapshot, measurements, components, thresholds, findings)
        for clause in _clauses(check.get("rule"))
    ]
    if not outcomes:
        return CheckOutcome(Outcome(UNKNOWN, "The check states no rule."), ())
    absent = [o for o in outcomes if o.verdict == NOT_APPLICABLE]
    if absent:  # what is left of the rule would pass without what the check is about
        return CheckOutcome(absent[0], tuple(findings))
    return CheckOutcome(_counted(all_needed(outcomes), findings), tuple(findings))


def _evaluate_clause(
    clause: Mapping[str, object],
    snapshot: Snapshot,
    measurements: Measurements,
    components: Sequence[str],
    thresholds: Mapping[str, str],
    findings: list[Finding],
) -> Outcome:
    if "any" in clause:
        inner = [
            _evaluate_clause(each, snapshot, measurements, components, thresholds, findings)
            for each in _clauses(clause.get("any"))
        ]
        return any_suffices(inner) if inner else Outcome(UNKNOWN, "The check states no rule.")
    reading, means = plain_text(clause.get("reading")), plain_text(clause.get("means"))
    if plain_text(clause.get("eachComponent")).lower() == "true":
        each = [
            evaluate_reading(
                reading.replace("{component}", name), plain_text(clause.get("value")), snapshot, measurements
            )
            for name in components
        ]
        findings.extend(each)
        if not each:
            return Outcome(NOT_APPLICABLE, "The recipe has no component with stated workloads.")
        return all_needed(_told(f) for f in each)
    expr, tolerance = plain_text(clause.get("value")), 0.0
    if "threshold" in clause:
        threshold = plain_text(clause["threshold"])
        tolerance = parse_tolerance(clause.get("tolerance"))
        if threshold in thresholds:
            expr = thresholds[threshold]
        elif re.match(r"[<>=!0-9]", threshold):
            expr = threshold
        else:
            return _without_threshold(reading, means, snapshot, measurements, findings)
    finding = evaluate_reading(reading, expr, snapshot, measurements, tolerance)
    if means:
        finding = Finding(finding.reading, finding.actual, finding.expected, finding.outcome, means)
    findings.append(finding)
    return _told(finding)


def _without_threshold(
    reading: str, means: str, snapshot: Snapshot, measurements: Measurements, findings: list[Finding]
) -> Outcome:
    """Where the recipe states no floor, a known version is enough; a measured number says nothing."""
    name = measurements.reading(reading)
    if measurements.find(reading).get("kind") == "number":
        return Outcome(NOT_APPLICABLE, f"The recipe states no floor for {name}.")
    texts = reading_texts(snapshot, name)
    actual = ", ".join(texts) if texts else None
    if actual is None or not trim(actual):
        outcome = Outcome(UNKNOWN, absent_reason(snapshot, name) if actual is None else f"{name} is empty.")
    else:
        outcome = Outcome(PASS, f"{shorten(actual)} is known; the recipe states no floor for it.")
    finding = Finding(name, actual, "known", outcome, means)
    findings.append(finding)
    return _told(finding)


def parse_tolerance(value: object) -> float:
    """A share from `10%`, `0.1` or a number; 0 where it is absent or unreadable."""
    text = trim(plain_text(value))
    percent = text.endswith("%")
    number = trim(text.removesuffix("%"))
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,6})?", number):
        return 0.0
    return float(number) / 100 if percent else float(number)


def _told(finding: Finding) -> Outcome:
    """The finding's outcome, in a sentence that names the reading."""
    reason = finding.outcome.reason
    named = reason if reason.startswith(finding.reading) else f"{finding.reading}: {reason}"
    return Outcome(finding.outcome.verdict, named)


def _counted(outcome: Outcome, findings: Sequence[Finding]) -> Outcome:
    """The outcome with a count where it is that of several conditions."""
    same = sum(1 for finding in findings if finding.outcome.verdict == outcome.verdict)
    if outcome.verdict == PASS and same == len(findings) > 1:
        return Outcome(PASS, f"All {same} conditions hold.")
    if outcome.verdict not in (FAIL, UNKNOWN) or same < 2:
        return outcome
    what = "do not hold" if outcome.verdict == FAIL else "cannot be judged"
    return Outcome(outcome.verdict, f"{outcome.reason} ({same} of {len(findings)} conditions {what}.)")


def _clauses(value: object) -> tuple[Mapping[str, object], ...]:
    if isinstance(value, Mapping):
        return (value,)
    if not isinstance(value, Sequence) or isinstance(value, str):
        return ()
    return tuple(item for item in value if isinstance(item, Mapping))


def _list(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, Sequence):
        return ()
    return tuple(plain_text(item) for item in value)


def _either(values: Sequence[str]) -> str:
    return values[0] if len(values) == 1 else f"{', '.join(values[:-1])} or {values[-1]}"
