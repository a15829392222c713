"""Our answers beside those of the real program (AICR v0.11.1) on its own catalog: no difference is intended there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from generator.core.criteria import Criteria
from generator.engine.coverage import cover
from generator.engine.emit import query_document, recipe_result
from generator.engine.matrix import build_matrix, cell_at, matrix_cells
from generator.engine.model import Catalog
from generator.engine.problems import ProblemsFound
from generator.engine.resolve import resolve_recipe
from generator.load.catalog import catalog_from_files, load_catalog
from tests.shared import shared

# Golden outputs that differ on purpose: (seed, criteria fields that tell the query apart) -> why.
DEEP = "overrides merge deeply; the reference replaces the maps below their first level (B14)"
UNITED = "dependencyRefs are united; the reference lets a child's list replace its parent's (A4)"
ORDER = "specificity counts stated dimensions; the reference counts omitted ones as stated (B4)"
INTENDED = {
    (13, "h100", "training", "any", "any", "any"): UNITED,
    (44, "h100", "inference", "any", "any", "any"): DEEP,
    (44, "any", "inference", "rhel", "any", "kind"): DEEP,
    (44, "h100", "inference", "ubuntu", "any", "oke"): DEEP,
    (46, "b200", "any", "any", "dynamo", "eks"): UNITED + ", which closes a circle here",
    (55, "any", "any", "cos", "any", "kind"): ORDER,
}
ORDER_OF_CHECKS = {
    (43, "b200", "training", "ubuntu", "kubeflow", "eks")
}  # a phase cleared later, for ORDER's reason


def rows(*parts: str) -> Iterator[dict[str, Any]]:
    with shared("reference", "goldens", *parts).open() as file:
        yield from map(json.loads, file)


@cache
def reference() -> Catalog:
    return load_catalog(shared("reference", "aicr-v0.11.1"))


def criteria_of(row: dict[str, Any]) -> Criteria:
    return Criteria(**row["criteria"])


def checks_of(result: dict[str, Any]) -> set[tuple[str, str]]:
    phases = result.get("validation") or {}
    return {(phase, check) for phase, fields in phases.items() for check in fields.get("checks") or []}


def limits_of(result: dict[str, Any]) -> set[tuple[str, str, str]]:
    phases = result.get("validation") or {}
    return {
        (phase, c["name"], c["value"])
        for phase, fields in phases.items()
        for c in fields.get("constraints") or []
    }


def test_every_combination_resolves_as_in_the_reference() -> None:
    golden = json.loads(shared("reference", "goldens", "results.json").read_text())
    count = 0
    for row in rows("combinations.jsonl"):
        ours, theirs = recipe_result(resolve_recipe(reference(), criteria_of(row))), golden[row["result"]]
        for field in ("kind", "apiVersion", "constraints", "componentRefs", "deploymentOrder"):
            assert ours[field] == theirs[field], row["criteria"]
        assert ours["metadata"]["appliedOverlays"] == theirs["metadata"]["appliedOverlays"]
        assert checks_of(ours) >= checks_of(theirs)
        assert limits_of(ours) >= limits_of(theirs)
        count += 1
    assert count == 873


def test_hydrated_values_are_those_of_the_reference() -> None:
    for row in rows("hydrated.jsonl"):
        query = criteria_of(row)
        ours, theirs = query_document(resolve_recipe(reference(), query), query), row["hydrated"]
        assert ours["deploymentOrder"] == theirs["deploymentOrder"]
        assert ours["constraints"] == theirs["constraints"]
        assert set(ours["components"]) == set(theirs["components"])
        for name, component in theirs["components"].items():
            expected = {key: value for key, value in component.items() if value or key == "values"}
            got = {key: value for key, value in ours["components"][name].items() if value or key in expected}
            assert got == {"values": {}, **expected} or got == expected, (row["criteria"], name)


def test_generated_catalogs_resolve_as_in_the_reference_except_where_we_differ_on_purpose() -> None:
    root = shared("reference", "aicr-v0.11.1")
    embedded = {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*.yaml")}
    registry = {"registry.yaml": embedded["registry.yaml"]}
    differing, fewer = set(), set()
    for row in rows("synthetic.jsonl"):
        # The reference always lays an external directory over its own registry, "isolated" or not.
        below = registry if row["isolated"] else embedded
        catalog = catalog_from_files(below, own=False, data=[row["files"]])
        c = row["criteria"]
        key = (row["seed"], c["accelerator"], c["intent"], c["os"], c["platform"], c["service"])
        try:
            ours = comparable(recipe_result(resolve_recipe(catalog, Criteria(**c))))
        except ProblemsFound:
            ours = {}
        if row["exit"]:
            assert not ours, key
            continue
        variants = [row["result"], *(row.get("variants") or [])]
        theirs = [comparable(variant.get("result", variant)) for variant in variants]
        if not any(ours == comparable_to for comparable_to in theirs):
            differing.add(key)
        elif not any(
            checks_of(row_checks) <= checks_of(recipe) for recipe, row_checks in with_checks(catalog, row)
        ):
            fewer.add(key)
    assert differing == set(INTENDED)
    assert fewer == ORDER_OF_CHECKS


def comparable(result: dict[str, Any]) -> dict[str, Any]:
    """What is compared; sorted by name, because the reference leaves base alone unsorted (B23)."""
    return {
        "constraints": sorted(result.get("constraints") or [], key=lambda c: c["name"]),
        "componentRefs": sorted(result["componentRefs"], key=lambda c: c["name"]),
        "deploymentOrder": result["deploymentOrder"],
    }


def with_checks(catalog: Catalog, row: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    recipe = recipe_result(resolve_recipe(catalog, criteria_of(row)))
    for variant in [row["result"], *(row.get("variants") or [])]:
        yield recipe, variant.get("result", variant)


def test_the_matrix_of_the_reference_catalog() -> None:
    matrix = build_matrix(reference())
    assert len(matrix.recipes) == 37
    query = Criteria(service="gke", accelerator="h100", intent="training")
    assert cell_at(matrix, reference(), query).needs == (("os", "cos"),)
    sample = [cell for number, cell in enumerate(matrix_cells(matrix, reference())) if number % 97 == 0]
    for cell in sample:
        assert cell == cover(reference(), cell.criteria, resolve_recipe(reference(), cell.criteria))


def test_a_newer_catalog_loads_with_notes_and_resolves_everywhere() -> None:
    catalog = load_catalog(shared("reference", "aicr-newer"))
    texts = " | ".join(note.text for note in catalog.notes)
    assert "gpuStack is a profile, which we do not honour" in texts
    assert "has the same criteria as oke" in texts
    matrix = build_matrix(catalog)
    assert len(matrix.recipes) > 60
    slurm = Criteria(service="eks", accelerator="h100", intent="training", os="ubuntu", platform="slurm")
    recipe = resolve_recipe(catalog, slurm)
    assert "os-ubuntu" in recipe.mixins
    assert all(c.type for c in recipe.components)
    assert any(c.pre_manifests for r in matrix.recipes for c in r.components)


def test_refused_mixins_of_the_newer_catalog_are_named_and_the_rest_resolves() -> None:
    root = shared("reference", "aicr-newer")
    files = {path.relative_to(root).as_posix(): path.read_bytes() for path in Path(root).rglob("*.yaml")}
    eks = files["overlays/eks.yaml"].decode()
    mixed = eks.replace("\nspec:\n", "\nspec:\n  mixins: [nvsentinel-nic-health-monitor, os-ubuntu]\n", 1)
    catalog = catalog_from_files({**files, "overlays/eks.yaml": mixed}, own=False)
    recipe = resolve_recipe(catalog, Criteria(service="eks"))
    assert recipe.mixins == ("os-ubuntu",)
    refused = [note.text for note in recipe.problems if "safe for mixins" in note.text]
    assert refused
    assert all(text.startswith("mixin nvsentinel-nic-health-monitor sets ") for text in refused)


def test_either_foreign_catalog_lies_on_top_of_ours() -> None:
    from generator.load.catalog import own_catalog_root

    for name in ("aicr-v0.11.1", "aicr-newer"):
        catalog = load_catalog(own_catalog_root(), data=shared("reference", name), own=True)
        assert not catalog.own
        assert len(build_matrix(catalog).recipes) > 60
