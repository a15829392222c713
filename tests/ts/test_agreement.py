"""Both languages give the same answers on generated cases."""

from __future__ import annotations

import json
from pathlib import Path

from tests.core.cases import calls
from tests.core.functions import call
from tests.ts.bundle import run_functions


def test_ten_thousand_generated_cases(functions: Path) -> None:
    # Through JSON on this side too, so that both sides see what JSON can carry.
    made = [(name, json.loads(json.dumps(args))) for name, args in calls(seed=20261123, count=10_000)]
    theirs = run_functions(functions, made)
    wrong = [
        f"{name} {json.dumps(args)[:2000]}\n  python {json.dumps(ours)[:1500]}\n  node   {json.dumps(answer)[:1500]}"
        for (name, args), answer in zip(made, theirs, strict=True)
        if (ours := json.loads(json.dumps(call(name, args)))) != answer
    ]
    assert not wrong, f"{len(wrong)} differ:\n" + "\n".join(wrong[:10])
