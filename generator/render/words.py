"""The words of the site: labels, dates, sizes and expressions as a reader sees them, for every page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from generator.core.criteria import ANY, ID_ORDER, Criteria
from generator.engine.model import Coverage

# The order of facets, permalinks and tables.
SHOWN_ORDER = ("service", "accelerator", "os", "intent", "platform")

COVERAGE_WORDS = {
    Coverage.EXACT: "Exact",
    Coverage.COMPOSED: "Composed",
    Coverage.PARTIAL: "Partial",
    Coverage.UNSUPPORTED: "Unsupported",
}
COVERAGE_MEANINGS = {
    Coverage.EXACT: "One overlay states every choice",
    Coverage.COMPOSED: "Several overlays do so together",
    Coverage.PARTIAL: "Some choice is not honoured",
    Coverage.UNSUPPORTED: "Only the base applies",
}
# What a combination is shown as: its coverage, or a starting point where its recipe leaves service or accelerator open
# and so is no environment. Best first; twin of KINDS in site_src/ts/model/heat.ts.
START = "start"
KINDS = ("exact", "composed", START, "partial", "unsupported")
KIND_WORDS = {**{c.value: word for c, word in COVERAGE_WORDS.items()}, START: "Starting point"}
KIND_MEANINGS = {
    **{c.value: meaning for c, meaning in COVERAGE_MEANINGS.items()},
    START: "Service and accelerator are not both stated",
}
KIND_ICONS = {**{c.value: c.value for c in COVERAGE_WORDS}, START: "right"}
VERDICT_WORDS = {
    "pass": "Pass",
    "fail": "Fail",
    "warn": "Warn",
    "unknown": "Unknown",
    "not-applicable": "Not applicable",
}
EVIDENCE_WORDS = {"stated": "Stated", "inferred": "Inferred", "": "Undeclared"}
EVIDENCE_MEANINGS = {
    "stated": "A source states this environment.",
    "inferred": "Put together from parents and mixins; no source states it as a whole.",
    "": "The overlay does not say where it comes from.",
}
PHASE_WORDS = {
    "readiness": ("Readiness", "Read from the snapshot"),
    "deployment": ("Deployment", "After install"),
    "performance": ("Performance", "From result files"),
    "conformance": ("Conformance", "After install"),
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_OPERATORS = {">=": "≥ ", "<=": "≤ ", "==": "", "!=": "not ", ">": "> ", "<": "< "}
_OPERATOR = re.compile(r"(>=|<=|==|!=|>|<)\s*")


def spell_date(day: date) -> str:
    """Return *day* as `23 Mar 2026`."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def spell_size(size: int) -> str:
    """Return a number of bytes in the largest unit that keeps a whole number."""
    if size < 1000:
        return f"{size} B"
    if size < 1_000_000:
        return f"{round(size / 1000)} KB"
    return f"{size / 1_000_000:.1f} MB"


def spell_expression(expression: str) -> str:
    """Return a constraint's expression with typographic operators: `>= 1.32.4` is `≥ 1.32.4`."""
    return _OPERATOR.sub(lambda found: _OPERATORS[found[1]], expression.strip()).replace("||", "or")


def spell_count(count: int, noun: str, plural: str = "") -> str:
    """Return the count and its noun: `1 recipe`, `13 recipes`."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def spell_list(words: Sequence[str], last: str = "and") -> str:
    """Return `a, b and c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


class Vocabulary:
    """Labels and titles of the criteria's values, as criteria.yaml spells them; unknown ones speak for themselves."""

    def __init__(self, criteria: Mapping[str, object], values: Mapping[str, Sequence[str]]) -> None:
        self.labels: dict[str, str] = {}
        self._entries: dict[tuple[str, str], Mapping[str, object]] = {}
        dimensions = criteria.get("dimensions")
        for dimension in dimensions if isinstance(dimensions, Sequence) else ():
            name = str(dimension["name"])
            self.labels[name] = str(dimension.get("label", name))
            for value in dimension.get("values", ()):
                self._entries[name, str(value["name"])] = value
        self.values = {name: tuple(listed) for name, listed in values.items()}

    def dimension(self, name: str) -> str:
        """The label of a dimension: `OS`."""
        return self.labels.get(name, name.capitalize())

    def label(self, dimension: str, value: str) -> str:
        """The short name of a value, `Any` for an open one: `EKS`."""
        if value == ANY:
            return "Any"
        return str(self._entries.get((dimension, value), {}).get("label", value))

    def title(self, dimension: str, value: str) -> str:
        """The long name of a value: `Amazon EKS`."""
        if value == ANY:
            return "Any"
        entry = self._entries.get((dimension, value), {})
        return str(entry.get("title") or entry.get("label") or value)

    def entry(self, dimension: str, value: str) -> Mapping[str, object]:
        """What criteria.yaml says about a value; empty when it says nothing."""
        return self._entries.get((dimension, value), {})

    def aliases(self, dimension: str, value: str) -> tuple[str, ...]:
        """The other spellings of a value."""
        listed = self.entry(dimension, value).get("aliases")
        return tuple(str(alias) for alias in listed) if isinstance(listed, Sequence) else ()

    def sentence(self, criteria: Criteria) -> str:
        """The environment in words: `Training with Kubeflow on H100 nodes, Amazon EKS, Ubuntu`."""
        stated = {d: self.label(d, v) for d, v in criteria.items() if v != ANY}
        work = stated.get("intent", "")
        if "platform" in stated:
            work = f"{work} with {stated['platform']}" if work else stated["platform"]
        parts = [work] if work else []
        if "accelerator" in stated:
            parts = [f"{work} on {stated['accelerator']} nodes" if work else f"{stated['accelerator']} nodes"]
        if "service" in stated:
            parts.append(self.title("service", criteria.service))
        if "os" in stated:
            parts.append(stated["os"])
        return ", ".join(parts) or "No environment is stated"

    def headline(self, criteria: Criteria) -> str:
        """The environment as a title: `L40 with RHEL on GKE, Training, Dynamo`."""
        parts = {d: self.label(d, v) for d, v in criteria.items() if v != ANY}
        head = parts.pop("accelerator", "")
        if "os" in parts:
            head = f"{head} with {parts.pop('os')}" if head else parts.pop("os")
        if "service" in parts:
            head = f"{head} on {parts.pop('service')}" if head else parts.pop("service")
        rest = [parts[d] for d in ID_ORDER if d in parts]
        return ", ".join([head, *rest] if head else rest) or "Nothing stated"
