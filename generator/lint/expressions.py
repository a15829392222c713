"""What two constraint expressions mean for each other: does the later one let through what the earlier one refused."""

from __future__ import annotations

from collections.abc import Iterator

from generator.core.constraints import (
    ExpressionError,
    evaluate_expression,
    evaluate_number,
    parse_expression,
    satisfying_value,
)
from generator.core.verdicts import FAIL, PASS, WARN
from generator.core.versions import VersionError, parse_version


def contradicts(earlier: str, later: str) -> bool:
    """Whether no value satisfies both. Malformed expressions contradict nothing; loading reports them."""
    if _malformed(earlier) or _malformed(later):
        return False
    return satisfying_value((earlier, later)) is None and not any(
        _passes(earlier, value, "number") and _passes(later, value, "number")
        for value in _numbers(earlier, later)
    )


def newly_admitted(earlier: str, later: str, kind: str) -> str | None:
    """A value that *later* lets through and *earlier* refuses; None where there is none.

    *kind* is the reading's kind in the measurement catalog. Verdicts change only at the values the expressions
    name, so their neighbours and the two ends decide.
    """
    if _malformed(earlier) or _malformed(later):
        return None
    for value in dict.fromkeys((*_versions(later, earlier), *_numbers(later, earlier))):
        if _passes(later, value, kind) and _verdict(earlier, value, kind) == FAIL:
            return value
    return None


def _malformed(expression: str) -> bool:
    try:
        parse_expression(expression)
    except ExpressionError:
        return True
    return False


def _verdict(expression: str, value: str, kind: str) -> str:
    return (evaluate_number if kind == "number" else evaluate_expression)(expression, value).verdict


def _passes(expression: str, value: str, kind: str) -> bool:
    return _verdict(expression, value, kind) in (PASS, WARN)


def _named(*expressions: str) -> Iterator[str]:
    for expression in expressions:
        for alternative in parse_expression(expression).alternatives:
            for condition in alternative:
                yield condition.value


def _versions(*expressions: str) -> Iterator[str]:
    """Full versions on, just below and just above each version named, and the two ends."""
    for value in _named(*expressions):
        yield value
        try:
            version = parse_version(value)
        except VersionError:
            yield f"{value}-other"
            continue
        places = (*version.places, 0, 0)[:3]
        last = len(version.places) - 1
        for index in range(3):
            yield _dotted((*places[:index], places[index] + 1, *places[index + 1 :]))
            if places[index]:
                yield _dotted((*places[:index], places[index] - 1, *(99_999,) * (2 - index)))
        yield _dotted(places)
        yield _dotted(places[: last + 1] + (99_999,) * (2 - last))
        if version.gke_build is not None:
            yield f"{_dotted(places)}-gke.{max(version.gke_build - 1, 0)}"
            yield f"{_dotted(places)}-gke.{version.gke_build + 1}"
    yield "0.0.0"
    yield "99999.0.0"


def _dotted(places: tuple[int, ...]) -> str:
    return ".".join(map(str, places))


def _numbers(*expressions: str) -> Iterator[str]:
    """The numbers named and their neighbours."""
    for value in _named(*expressions):
        try:
            number = float(value)
        except ValueError:
            continue
        yield value
        yield f"{number + 1:g}"
        yield f"{number - 1:g}"
