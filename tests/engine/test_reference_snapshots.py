"""Snapshot mode beside the real program's: the same recipes for its snapshots and queries."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest

from generator.core.criteria import DIMENSIONS, Criteria
from generator.core.detection import detect
from generator.engine.emit import detection_rules, dimensions_document, recipe_result
from generator.engine.model import Catalog
from generator.engine.snapshotmode import Answer, resolve_snapshot
from generator.load.catalog import load_catalog
from generator.load.documents import load_snapshot
from tests.shared import shared

# The reference calls `aks` excluded and applies it all the same, through its child (B5): AKS 1.33 fails the
# overlay's own >= 1.34, which the children lower. We hold a chain's effective constraints against the snapshot.
EXCLUDED_AND_APPLIED = ("14-aks-h100-k8s133-ubuntu2404.yaml", "aks")
# What the reference cannot detect and we can (B10).
DETECTED_BESIDES = {
    "05-oke-gb200-ol9.yaml": {"service": "oke", "os": "ol"},
    "09-talos-h100.yaml": {"os": "talos"},
    "10-eks-no-gpu.yaml": {"os": "amazonlinux"},
}


def rows() -> list[dict[str, Any]]:
    text = shared("reference", "goldens", "snapshot_results.jsonl").read_text()
    return [row for row in map(json.loads, text.splitlines()) if row["kind"] == "recipe"]


@cache
def reference() -> Catalog:
    return load_catalog(shared("reference", "aicr-v0.11.1"))


def answer(row: dict[str, Any]) -> Answer:
    path = shared("reference", "goldens", "snapshots", row["snapshot"])
    snapshot = load_snapshot(path.read_text(), row["snapshot"])
    return resolve_snapshot(reference(), Criteria(**row["criteria"]), snapshot, strict=True)


@pytest.mark.parametrize("row", rows(), ids=lambda row: " ".join([row["snapshot"][:2], *row["args"]]))
def test_the_recipe_for_a_snapshot_is_the_references(row: dict[str, Any]) -> None:
    ours, theirs = answer(row), row["result"]
    result = recipe_result(ours.recipe)
    for field in ("constraints", "componentRefs", "deploymentOrder"):
        assert result[field] == theirs[field]
    excluded = set(theirs["metadata"].get("excludedOverlays") or [])
    if row["snapshot"] == EXCLUDED_AND_APPLIED[0] and EXCLUDED_AND_APPLIED[1] in ours.recipe.layers:
        excluded.discard(EXCLUDED_AND_APPLIED[1])
    assert set(ours.excluded) == excluded
    assert excluded.isdisjoint(ours.recipe.layers)


@pytest.mark.parametrize("row", [r for r in rows() if not r["args"]], ids=lambda row: row["snapshot"][:2])
def test_criteria_detected_are_the_references_and_more(row: dict[str, Any]) -> None:
    path = shared("reference", "goldens", "snapshots", row["snapshot"])
    snapshot = load_snapshot(path.read_text(), row["snapshot"])
    found = detect(
        snapshot, detection_rules(reference()), dimensions_document(reference())
    ).criteria.as_dict()
    theirs = {dimension: row["criteria"][dimension] for dimension in DIMENSIONS}
    assert found == {**theirs, **DETECTED_BESIDES.get(row["snapshot"], {})}
