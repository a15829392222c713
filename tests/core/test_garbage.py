"""Mangled snapshots: no crash, no hang, and no verdict pass from what nobody wrote as a reading."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from types import FrameType

import pytest

from generator.core.snapshot import NotASnapshot, Snapshot, parse_snapshot
from generator.core.validation import Context, context_from_rules, evaluate_recipe
from generator.engine.problems import ProblemsFound
from generator.load.documents import load_snapshot
from tests.core.cases import document
from tests.core.damage import DAMAGED, GOLDEN, HOPELESS, damage


@contextmanager
def _at_most(seconds: int) -> Iterator[None]:
    def late(number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"took more than {seconds} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _verdicts(snapshot: Snapshot, context: Context) -> set[str]:
    report = evaluate_recipe(HOPELESS, snapshot, context)
    return {result.verdict for phase in report.phases for result in phase.results} | {report.verdict}


def test_mangled_documents_pass_nothing() -> None:
    random = Random(7)
    context = context_from_rules({}, {}, ("readiness",))
    for _ in range(3000):
        made = document(random)
        try:
            snapshot = parse_snapshot(json.loads(json.dumps(made)))
        except NotASnapshot:
            continue
        assert "pass" not in _verdicts(snapshot, context), made


@pytest.mark.parametrize("kind", sorted(DAMAGED))
def test_mangled_text_is_refused_or_passes_nothing(kind: str) -> None:
    random = Random(f"{kind} 11")
    context = context_from_rules({}, {}, ("readiness",))
    texts = [path.read_text(encoding="utf-8") for path in sorted(GOLDEN.glob("*.yaml"))]
    for _ in range(60):
        text = damage(random, kind, random.choice(texts))
        with _at_most(2):
            try:
                snapshot = load_snapshot(text, "mangled.yaml")
            except ProblemsFound as found:
                assert all(problem.place.line >= 1 for problem in found.problems)
                continue
            assert "pass" not in _verdicts(snapshot, context), text


@pytest.mark.parametrize(
    "text",
    [
        "kind: Snapshot\n",
        "kind: Snapshot\nmeasurements:\n",
        "kind: Snapshot\nmeasurements: []\n",
        '{"kind": "Snapshot", "measurements": [{"type": "K8s", "subtypes": []}]}',
        "kind: Snapshot\nmeasurements:\n- type: K8s\n- type: OS\n  subtypes:\n  - subtype: release\n    data: {}\n",
    ],
)
def test_an_empty_snapshot_is_unknown_everywhere(text: str) -> None:
    report = evaluate_recipe(
        HOPELESS, load_snapshot(text, "empty"), context_from_rules({}, {}, ("readiness",))
    )
    assert {result.verdict for phase in report.phases for result in phase.results} == {"unknown"}
    assert report.verdict == "unknown"
