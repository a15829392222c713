"""Constraint expressions: `>= 1.32.4`, `ubuntu`, `>= 1.34.3-gke.1318000 < 1.35 || >= 1.35.0`, held against a reading.

Twin of `site_src/ts/core/constraints.ts`; both run `tests/vectors/constraints.json`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from generator.core.verdicts import FAIL, PASS, UNKNOWN, WARN, Outcome, all_needed, any_suffices
from generator.core.versions import (
    Version,
    VersionError,
    compare_places,
    compare_versions,
    parse_version,
    trim,
)

__all__ = [
    "Condition", "Expression", "ExpressionError", "evaluate_expression", "evaluate_number", "parse_expression",
    "satisfying_value", "shorten",
]  # fmt: skip

# Longer operators first, so that `>=` is not read as `>`.
OPERATORS = (">=", "<=", "!=", "==", ">", "<")
ORDERING = (">=", "<=", ">", "<")

_COMPOUND_CONDITION = re.compile(r"[ \t\r\n]*(>=|<=|!=|==|>|<)[ \t\r\n]*([^ \t\r\n<>=!|,]+)")
_SPACES = re.compile(r"[ \t\r\n]*")
_DIGIT = re.compile(r"[0-9]")
_NUMBER = re.compile(r"[-+]?[0-9]{1,40}(\.[0-9]{1,40})?([eE][-+]?[0-9]{1,3})?")
_SHOWN = 80


class ExpressionError(ValueError):
    """The expression is malformed; the message says how."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One operator (`""` is exact text) and the value it names."""

    operator: str
    value: str


@dataclass(frozen=True, slots=True)
class Expression:
    """Alternatives of conditions; all conditions of one alternative are needed."""

    alternatives: tuple[tuple[Condition, ...], ...]

    @property
    def compound(self) -> bool:
        """Whether there is more than one condition, so that `-gke.N` builds count."""
        return sum(len(a) for a in self.alternatives) > 1

    def as_dict(self) -> list[list[list[str]]]:
        """Alternatives of `[operator, value]`."""
        return [[[c.operator, c.value] for c in a] for a in self.alternatives]


def parse_expression(text: str) -> Expression:
    """Read an expression; raises ExpressionError when it or a value in it is empty.

    It is compound only when it consists of nothing but conditions that each have an operator and a
    value without spaces; everything else is one operator, or none, and the rest as its value.
    """
    whole = trim(text)
    if not whole:
        raise ExpressionError("it is empty")
    compound = _parse_compound(whole)
    if compound is not None:
        return compound
    for operator in OPERATORS:
        if whole.startswith(operator):
            value = trim(whole[len(operator) :])
            if not value:
                raise ExpressionError(f"no value follows {operator}")
            return Expression(((Condition(operator, value),),))
    return Expression(((Condition("", whole),),))


def _parse_compound(whole: str) -> Expression | None:
    alternatives: list[tuple[Condition, ...]] = []
    for part in whole.split("||"):
        conditions: list[Condition] = []
        at = 0
        while found := _COMPOUND_CONDITION.match(part, at):
            conditions.append(Condition(found.group(1), found.group(2)))
            at = found.end()
        rest = _SPACES.match(part, at)
        if not conditions or rest is None or rest.end() != len(part):
            return None
        alternatives.append(tuple(conditions))
    expression = Expression(tuple(alternatives))
    return expression if expression.compound else None


def evaluate_expression(expr: str, actual: str) -> Outcome:
    """Hold *actual* against *expr*: pass, fail, warn (a pre-release that passes by its numbers) or unknown.

    `< <= > >=` look at as many places as the expression states and are unknown where *actual* states
    too few to decide. `==` and `!=` compare versions where the value has a digit and a dot and both
    sides are versions, else text. Without an operator the texts must be equal, case included.
    """
    return _evaluate_anew(expr, actual)


# A matrix asks the same few questions hundreds of times; the answers never change.
@lru_cache(maxsize=20_000)
def _evaluate_anew(expr: str, actual: str) -> Outcome:
    try:
        expression = parse_expression(expr)
    except ExpressionError as error:
        return Outcome(UNKNOWN, f"The rule {_quoted(expr)} is malformed: {error}.")
    have = trim(actual)
    if not expression.compound:
        return _evaluate_condition(expression.alternatives[0][0], have, build_counts=False)
    outcome = any_suffices(
        all_needed(_evaluate_condition(condition, have, build_counts=True) for condition in alternative)
        for alternative in expression.alternatives
    )
    if outcome.verdict in (PASS, FAIL):
        return _met(outcome.verdict == PASS, have, shorten(trim(expr)))
    return outcome


def _evaluate_condition(condition: Condition, actual: str, *, build_counts: bool) -> Outcome:
    operator, value = condition.operator, condition.value
    rule = f"{operator} {shorten(value)}" if operator else shorten(value)
    if operator in ORDERING:
        try:
            expected = parse_version(value)
        except VersionError as error:
            return Outcome(UNKNOWN, f"The rule {_quoted(rule)} is malformed: {shorten(value)} {error}.")
        try:
            version = parse_version(actual)
        except VersionError as error:
            return Outcome(UNKNOWN, f"{_quoted(actual)} is not a version: it {error}.")
        return _evaluate_ordering(operator, version, expected, actual, rule, build_counts)
    if operator and _DIGIT.search(value) and "." in value:
        try:
            expected, version = parse_version(value), parse_version(actual)
        except VersionError:
            pass  # not both versions: compared as text
        else:
            equal = compare_versions(version, expected) == 0
            if equal and build_counts and expected.gke_build is not None:
                if version.gke_build is None:
                    return Outcome(UNKNOWN, f"{shorten(actual)} states no GKE build; {rule} needs it.")
                equal = version.gke_build == expected.gke_build
            if equal and operator == "==" and _falls_short(version, expected):
                return _pre_release(actual, rule)
            return _met(equal == (operator == "=="), actual, rule)
    if operator:
        return _met((actual == value) == (operator == "=="), actual, rule)
    if actual == value:
        return Outcome(PASS, f"It is {rule}.")
    return Outcome(FAIL, f"It is {shorten(actual) or 'empty'}, not {rule}.")


def _evaluate_ordering(
    operator: str, version: Version, expected: Version, actual: str, rule: str, build_counts: bool
) -> Outcome:
    order = compare_places(version, expected)
    if order is None:
        decided = _decide_open(operator, version, expected)
        if decided is None:
            return Outcome(UNKNOWN, f"{shorten(actual)} states too few places to decide {rule}.")
        return _met(decided, actual, rule)
    if order == 0 and build_counts and expected.gke_build is not None:
        if version.gke_build is None:
            return Outcome(UNKNOWN, f"{shorten(actual)} states no GKE build; {rule} needs it.")
        order = (version.gke_build > expected.gke_build) - (version.gke_build < expected.gke_build)
    met = {">=": order >= 0, "<=": order <= 0, ">": order > 0, "<": order < 0}[operator]
    if (
        met
        and operator == ">="
        and compare_versions(version, expected) == 0
        and _falls_short(version, expected)
    ):
        return _pre_release(actual, rule)
    return _met(met, actual, rule)


def _decide_open(operator: str, version: Version, expected: Version) -> bool | None:
    """Whether every value of the places *version* leaves out gives one answer; None when they differ."""
    rest = expected.places[len(version.places) :]
    if any(rest):
        return None
    return {">=": True, "<": False}.get(operator)


def _falls_short(version: Version, expected: Version) -> bool:
    return version.pre_release and version.suffix != expected.suffix


def _pre_release(actual: str, rule: str) -> Outcome:
    return Outcome(WARN, f"{shorten(actual)} is a pre-release; it meets {rule} by its numbers only.")


def _met(met: bool, actual: str, rule: str) -> Outcome:
    shown = shorten(actual) or '""'
    return Outcome(PASS, f"{shown} meets {rule}.") if met else Outcome(FAIL, f"{shown} does not meet {rule}.")


def evaluate_number(expr: str, actual: str, tolerance: float = 0.0) -> Outcome:
    """Hold a measured number against *expr*; falls back to `evaluate_expression` where either is none.

    *tolerance* is a share: with 0.1 a floor counts from 90 % of it and a ceiling up to 110 %.
    """
    try:
        expression = parse_expression(expr)
    except ExpressionError as error:
        return Outcome(UNKNOWN, f"The rule {_quoted(expr)} is malformed: {error}.")
    have = trim(actual)
    values = [c.value for a in expression.alternatives for c in a]
    if not _NUMBER.fullmatch(have) or not all(_NUMBER.fullmatch(v) for v in values):
        if _NUMBER.fullmatch(have) or expression.alternatives[0][0].operator not in ORDERING:
            return evaluate_expression(expr, actual)
        return Outcome(UNKNOWN, f"{_quoted(have)} is not a number.")
    outcome = any_suffices(
        all_needed(_evaluate_number(condition, have, tolerance) for condition in alternative)
        for alternative in expression.alternatives
    )
    if expression.compound:
        return _met(outcome.verdict == PASS, have, shorten(trim(expr)))
    return outcome


def _evaluate_number(condition: Condition, actual: str, tolerance: float) -> Outcome:
    operator = condition.operator
    rule = f"{operator} {condition.value}" if operator else condition.value
    have, wanted = float(actual), float(condition.value)
    met = _compare(operator, have, wanted)
    if not met and tolerance and operator in ORDERING:
        bound = wanted * (1 - tolerance) if operator in (">=", ">") else wanted * (1 + tolerance)
        percent = int(tolerance * 100 + 0.5)
        if _compare(operator, have, bound):
            return Outcome(PASS, f"{actual} is within {percent} % of {rule}.")
        return Outcome(FAIL, f"{actual} does not meet {rule}, nor within {percent} % of it.")
    return _met(met, actual, rule)


def _compare(operator: str, have: float, wanted: float) -> bool:
    return {
        ">=": have >= wanted, "<=": have <= wanted, ">": have > wanted, "<": have < wanted,
        "==": have == wanted, "": have == wanted, "!=": have != wanted,
    }[operator]  # fmt: skip


def satisfying_value(expressions: tuple[str, ...], *, numeric: bool = False) -> str | None:
    """A value that passes every expression, the lowest of those tried; None when none was found.

    Tried are the values the expressions name and their neighbours in the last place: where any value
    passes, one of these does, because verdicts change nowhere else. *numeric* holds numbers, not versions.
    """
    named: list[str] = []
    for expr in expressions:
        try:
            parsed = parse_expression(expr)
        except ExpressionError:
            return None
        for alternative in parsed.alternatives:
            for condition in alternative:
                named.extend(_near_number(condition.value) if numeric else _neighbours(condition.value))
    judge = evaluate_number if numeric else evaluate_expression
    for candidate in sorted(set(named), key=_rank_number if numeric else _rank):
        if all(judge(expr, candidate).verdict == PASS for expr in expressions):
            return candidate
    return None


def _near_number(value: str) -> tuple[str, ...]:
    """The number, the next whole ones, and a little to either side of it."""
    if not _NUMBER.fullmatch(value) or "e" in value.lower():
        return (value,)
    whole = int(value.partition(".")[0])
    digits = value if "." in value else f"{value}."
    below = whole - 1 if whole > 0 else whole  # measured numbers are seldom negative
    return (value, str(whole + 1), str(below), f"{digits}5")


def _rank_number(value: str) -> tuple[int, float, str]:
    return (0, float(value), value) if _NUMBER.fullmatch(value) else (1, 0.0, value)


def _neighbours(value: str) -> tuple[str, ...]:
    try:
        version = parse_version(value)
    except VersionError:
        return (value, f"{value}-other")
    full = version.places + (0,) * (3 - len(version.places))
    texts = [value, _dotted(full)]
    last = len(version.places) - 1
    texts.append(_dotted((*full[:last], full[last] + 1, *full[last + 1 :])))
    if full[last]:
        texts.append(_dotted((*full[:last], full[last] - 1, *full[last + 1 :])))
    elif last and full[last - 1]:
        texts.append(_dotted((*full[: last - 1], full[last - 1] - 1, 0, *full[last + 1 :])))
    if (build := version.gke_build) is not None:
        texts.append(f"{_dotted(full)}-gke.{build + 1}")
        texts.append(f"{_dotted((*full[:last], full[last] + 1, *full[last + 1 :]))}-gke.1")
        if build:
            texts.append(f"{_dotted(full)}-gke.{build - 1}")
    return tuple(texts)


def _dotted(places: tuple[int, ...]) -> str:
    return ".".join(str(place) for place in places)


def _rank(value: str) -> tuple[int, tuple[int, ...], int, int, str]:
    try:
        version = parse_version(value)
    except VersionError:
        return (1, (), 0, 0, value)
    full = version.places + (0,) * (3 - len(version.places))
    return (0, full, version.gke_build or 0, len(value), value)


def shorten(text: str) -> str:
    """*text* in at most 80 characters, for sentences."""
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _quoted(text: str) -> str:
    return f'"{shorten(text)}"'
