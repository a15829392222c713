"""What two expressions mean for each other, against evaluation itself on many values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.core.constraints import evaluate_expression, evaluate_number
from generator.core.verdicts import FAIL, PASS, WARN
from generator.lint.expressions import contradicts, newly_admitted

places = st.lists(st.integers(0, 4), min_size=1, max_size=3).map(lambda p: ".".join(map(str, p)))
full = st.tuples(*[st.integers(0, 5)] * 3).map(lambda p: ".".join(map(str, p)))
operator = st.sampled_from([">=", "<=", ">", "<", "==", "!="])
condition = st.builds(lambda o, v: f"{o} {v}", operator, places)
conditions = st.lists(condition, min_size=1, max_size=2).map(" ".join)
expression = st.lists(conditions, min_size=1, max_size=2).map(" || ".join)


def passes(rule: str, value: str) -> bool:
    return evaluate_expression(rule, value).verdict in (PASS, WARN)


@given(expression, expression, full)
def test_no_value_slips_through_unnoticed(earlier: str, later: str, value: str) -> None:
    if newly_admitted(earlier, later, "version") is None:
        assert not (passes(later, value) and evaluate_expression(earlier, value).verdict == FAIL)


@given(expression, expression)
def test_the_value_named_does_slip_through(earlier: str, later: str) -> None:
    value = newly_admitted(earlier, later, "version")
    if value is not None:
        assert passes(later, value)
        assert evaluate_expression(earlier, value).verdict == FAIL


@given(expression, expression, full)
def test_contradicting_rules_share_no_value(earlier: str, later: str, value: str) -> None:
    assert contradicts(earlier, later) == contradicts(later, earlier)
    if contradicts(earlier, later):
        assert not (passes(earlier, value) and passes(later, value))


@given(expression)
def test_a_rule_never_weakens_itself(rule: str) -> None:
    assert newly_admitted(rule, rule, "version") is None


@given(st.floats(0.25, 900, width=16), st.floats(0.25, 900, width=16))
def test_numbers_are_compared_as_numbers(earlier: float, later: float) -> None:
    value = newly_admitted(f">= {earlier}", f">= {later}", "number")
    assert (value is not None) == (later < earlier)
    if value is not None:
        assert evaluate_number(f">= {later}", value).verdict == PASS


@pytest.mark.parametrize(
    ("earlier", "later", "admitted"),
    [
        (">= 1.34", ">= 1.32.4", "1.32.4"),
        (">= 1.32", ">= 1.32.4", None),
        ("ubuntu", "ubuntu", None),
        ("ubuntu", "!= rhel", "rhel-other"),
        ("24.04", ">= 24.04", "24.04.1"),
        (">= 300", ">= 250", "250"),
        ("<= 2000", "<= 2500", "2500"),
        (">= 1.34.3-gke.1318000 < 1.35 || >= 1.35.0-gke.2745000", ">= 1.34.3", "1.35.0-gke.2744999"),
    ],
)
def test_examples(earlier: str, later: str, admitted: str | None) -> None:
    kind = "number" if earlier[-3:] in ("300", "000") and "gke" not in earlier else "version"
    found = newly_admitted(earlier, later, kind)
    assert (found is None) == (admitted is None)
    if admitted is not None:
        assert evaluate_expression(earlier, admitted).verdict == FAIL


def test_malformed_rules_say_nothing() -> None:
    """Loading reports them."""
    assert newly_admitted(">=", ">= 1", "version") is None
    assert not contradicts("", ">= 1")
