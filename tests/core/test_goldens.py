"""The core against outputs of the reference program, except for the differences written down with their reasons."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generator.core.checks import Measurements, evaluate_reading
from generator.core.constraints import ExpressionError, evaluate_expression, parse_expression
from generator.core.criteria import DIMENSIONS
from generator.core.detection import detect
from generator.core.snapshot import Snapshot
from generator.core.versions import parse_version
from generator.load.documents import load_snapshot
from generator.load.yamltext import parse_yaml
from tests.shared import HAS_SHARED, SHARED

ROOT = Path(__file__).resolve().parent.parent.parent
GOLDEN = ROOT / "tests" / "golden" / "core"
SNAPSHOTS = json.loads((GOLDEN / "snapshots.json").read_text(encoding="utf-8"))
DIFFERENCES = json.loads((GOLDEN / "differences.json").read_text(encoding="utf-8"))


def _snapshot(name: str) -> Snapshot:
    return load_snapshot((GOLDEN / "snapshots" / name).read_text(encoding="utf-8"), name)


def _expected(expr: str, actual: str, outcome: str) -> str:
    """The reference's outcome, or the intended difference's."""
    try:
        expression = parse_expression(expr)
    except ExpressionError:
        return "unknown"
    if expression.compound:
        assert outcome == "error"
        return evaluate_expression(expr, actual).verdict
    if outcome == "error":
        return "unknown"
    condition = expression.alternatives[0][0]
    if condition.operator in (">=", "<=", ">", "<"):
        have, wanted = parse_version(actual).places, parse_version(condition.value).places
        if have == wanted[: len(have)] and any(wanted[len(have) :]):
            return "unknown"
    return outcome


def test_every_constraint_evaluation_of_the_reference() -> None:
    rows = json.loads((GOLDEN / "constraints.json").read_text(encoding="utf-8"))
    wrong = [
        (expr, actual, outcome, found)
        for expr, actual, outcome in rows
        if (found := evaluate_expression(expr, actual).verdict) != _expected(expr, actual, outcome)
    ]
    assert len(rows) == 1184
    assert wrong == []


def test_the_differences_are_few_and_never_a_pass_the_reference_withholds() -> None:
    rows = json.loads((GOLDEN / "constraints.json").read_text(encoding="utf-8"))
    ours = {(e, a): evaluate_expression(e, a).verdict for e, a, _ in rows}
    words = {"error": "unknown"}
    different = [(e, a, o) for e, a, o in rows if ours[e, a] != words.get(o, o)]
    assert len(different) == 20
    assert [(e, a) for e, a, _ in different if ours[e, a] == "pass"] == [(">=1.30 <1.34", "1.32")]


@pytest.mark.parametrize("name", sorted(SNAPSHOTS["criteria"]))
def test_detection_of_the_reference(name: str) -> None:
    catalog = parse_yaml(
        (ROOT / "recipes" / "criteria.yaml").read_text(encoding="utf-8"), "criteria.yaml"
    ).value
    rules: Any = catalog["detection"]
    dimensions: Any = catalog["dimensions"]
    found = detect(_snapshot(name), rules, dimensions).criteria.as_dict()
    intended = {d["dimension"]: d["ours"] for d in DIFFERENCES["detection"] if d["snapshot"] == name}
    assert found == {d: intended.get(d, SNAPSHOTS["criteria"][name][d]) for d in DIMENSIONS}


@pytest.mark.parametrize("row", SNAPSHOTS["constraints"], ids=lambda row: " ".join(row[:3]))
def test_constraint_verdict_of_the_reference(row: list[str]) -> None:
    name, reading, expr, outcome = row
    assert evaluate_reading(reading, expr, _snapshot(name), Measurements({})).outcome.verdict == outcome


def test_every_difference_has_a_reason() -> None:
    assert all(d["reason"] for each in DIFFERENCES.values() for d in each)


if HAS_SHARED:

    def test_the_carried_rows_are_the_reference_rows() -> None:
        golden = SHARED / "reference" / "goldens" / "constraints.jsonl"
        rows = [json.loads(line) for line in golden.read_text(encoding="utf-8").splitlines()]
        carried = json.loads((GOLDEN / "constraints.json").read_text(encoding="utf-8"))
        assert [
            [r["expr"], r["actual"], "error" if r.get("error") else "pass" if r["passed"] else "fail"]
            for r in rows
        ] == carried
