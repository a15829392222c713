"""The browser's reader and the command line's on the same damaged snapshots: no hang, no pass, the same readings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from random import Random

from generator.engine.problems import ProblemsFound
from generator.load.documents import load_snapshot
from tests.core.damage import DAMAGED, GOLDEN, HOPELESS, damage
from tests.ts.bundle import run_program


def _texts(count: int) -> list[str]:
    random = Random(13)
    sound = [path.read_text(encoding="utf-8") for path in sorted(GOLDEN.glob("*.yaml"))]
    damaged = [damage(random, kind, random.choice(sound)) for kind in sorted(DAMAGED) for _ in range(count)]
    return sound + damaged


def _said(readings: Mapping[str, str]) -> dict[str, str]:
    """The readings that say something: an unquoted nothing is null to one parser and empty to the other."""
    return {name: text for name, text in readings.items() if text}


def test_damaged_snapshots_are_refused_or_read_alike(readers: Path) -> None:
    texts = _texts(60)
    answers = run_program(readers, json.dumps({"rules": HOPELESS, "texts": texts}))
    assert len(answers) == len(texts)
    unlike = []
    for text, answer in zip(texts, answers, strict=True):
        assert answer["milliseconds"] < 2000, text[:500]
        assert answer["found"]
        for found in answer["found"]:
            assert "pass" not in found.get("verdicts", ()), text
            assert found.get("refused") != ""
        try:
            ours = _said(load_snapshot(text, "mangled.yaml").readings)
        except ProblemsFound:
            continue
        first = answer["found"][0]
        theirs = _said(first["readings"]) if "readings" in first else None
        if theirs is not None and theirs != ours:
            unlike.append(
                (
                    text,
                    {k: (ours.get(k), theirs.get(k)) for k in ours | theirs if ours.get(k) != theirs.get(k)},
                )
            )
    assert not unlike, f"{len(unlike)}: {unlike[0]}"
