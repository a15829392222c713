"""Generated catalogs and what the real program (AICR v0.11.1) made of them; a few, carried so that every run has them.

A line of tests/golden/engine.jsonl is `{seed, criteria, exit, result, files{path: text}}`; constraints and components
are sorted by name, because the reference leaves base alone unsorted.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from generator.core.criteria import Criteria
from generator.engine.emit import recipe_result
from generator.engine.problems import ProblemsFound
from generator.engine.resolve import resolve_recipe
from generator.load.catalog import catalog_from_files
from tests.shared import TESTS

ROWS = [json.loads(line) for line in (TESTS / "golden" / "engine.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['seed']}-{Criteria(**row['criteria']).id}")
def test_a_generated_catalog_resolves_as_in_the_reference(row: dict[str, Any]) -> None:
    catalog = catalog_from_files(row["files"], own=False)
    query = Criteria(**row["criteria"])
    if row["exit"]:
        with pytest.raises(ProblemsFound):
            resolve_recipe(catalog, query)
        return
    result = recipe_result(resolve_recipe(catalog, query))
    assert {key: result[key] for key in row["result"]} == row["result"]
