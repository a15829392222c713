"""The published schemas describe our files and our documents, and the loader holds our own kinds to them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from generator.core.criteria import Criteria
from generator.engine.coverage import cover
from generator.engine.diff import diff_catalogs, diff_recipes
from generator.engine.emit import recipe_result
from generator.engine.explain import explain_recipe
from generator.engine.problems import ProblemsFound
from generator.engine.resolve import resolve_recipe
from generator.load.catalog import own_catalog_root
from generator.load.schemas import schemas
from generator.load.yamltext import parse_yaml
from tests.shared import CRITERIA, TESTS, story, tiny

FILES = {
    "RecipeMetadata": "overlay", "RecipeMixin": "mixin", "ComponentRegistry": "registry",
    "CriteriaCatalog": "criteria-catalog", "MeasurementCatalog": "measurement-catalog", "Check": "check",
    "ComponentHealth": "component-health", "ComponentSummaries": "component-summaries",
    "LifecycleCatalog": "lifecycle-catalog", "UpstreamEnvironments": "upstream-environments",
}  # fmt: skip


@cache
def validator(name: str) -> Any:
    return Draft202012Validator(schemas()[f"{name}.json"])


def wrong(name: str, document: object) -> list[str]:
    return [f"{'/'.join(map(str, e.path))}: {e.message}" for e in validator(name).iter_errors(document)]


@pytest.mark.parametrize("name", schemas())
def test_every_schema_is_one(name: str) -> None:
    schema = schemas()[name]
    Draft202012Validator.check_schema(schema)
    assert schema["title"] and schema["$id"] == name


def test_every_file_of_our_catalog_fits_its_schema() -> None:
    root, seen = own_catalog_root(), set()
    for path in sorted(root.rglob("*.yaml")):
        if path.relative_to(root).parts[0] == "components":
            continue
        document = parse_yaml(path.read_text(), path.name).value
        kind = str(document["kind"])
        assert wrong(FILES[kind], document) == [], path
        seen.add(kind)
    assert seen == set(FILES)


@pytest.mark.parametrize(
    "path", sorted((TESTS / "contract" / "samples").glob("*.json")), ids=lambda p: p.stem
)
def test_the_samples_of_the_api_fit_their_schemas(path: Path) -> None:
    name = path.stem.split("-")[0]
    if name == "openapi":
        return  # OpenAPI's own schema describes it
    assert wrong(name, json.loads(path.read_text())["sample"]) == []


def test_what_the_engine_emits_fits_its_schema() -> None:
    catalog = story("wildcards")
    queries = (Criteria(service="gke", os="cos"), Criteria(service="kind", accelerator="gb200"), Criteria())
    recipes = [resolve_recipe(catalog, query) for query in queries]
    results = [
        recipe_result(r, query=q, cell=cover(catalog, q, r)) for q, r in zip(queries, recipes, strict=True)
    ]
    for recipe, result in zip(recipes, results, strict=True):
        assert wrong("recipe-result", result) == []
        assert wrong("explanation", [entry.as_dict() for entry in explain_recipe(recipe)]) == []
    assert wrong("difference", diff_recipes(results[0], results[1]).as_dict()) == []
    assert wrong("difference", diff_catalogs(catalog, story("composed")).as_dict()) == []
    assert wrong("recipe-result", {**results[0], "kind": "Recipe"})


def test_our_own_kinds_of_file_are_held_to_their_shape() -> None:
    files = {
        "criteria.yaml": CRITERIA.replace("label: EKS}", "label: 7, titel: x}"),
        "measurements.yaml": "apiVersion: aicr-matrix/v1\nkind: MeasurementCatalog\nmeasurements:\n"
        "- {name: a.b.c, label: A, kind: version, meaning: m, disruption: some, required: maybe}\n- {name: d.e.f}\n",
        "checks/x.yaml": "apiVersion: aicr-matrix/v1\nkind: Check\nmetadata: {name: x}\n"
        "spec: {phase: readyness, title: T, severity: error, rule: [{reading: a.b.c, tolerance: [1]}], link: {a: b}}\n",
    }
    with pytest.raises(ProblemsFound) as found:
        tiny(files, own=True)
    assert [str(p) for p in found.value.problems] == [
        "checks/x.yaml:4: spec.link is a mapping; write text",
        "checks/x.yaml:4: spec.phase is 'readyness'; write one of readiness, deployment, performance, conformance",
        "checks/x.yaml:4: spec.rule[0].tolerance is a list; write a number or text",
        'criteria.yaml:4: dimensions[0].values[0].label is 7, a number; write it in quotes, "7"',
        "criteria.yaml:4: dimensions[0].values[0].titel is not a field we know; did you mean title?",
        "measurements.yaml:4: measurements[0].disruption is 'some'; write one of none, settings, node-restart, "
        "node-upgrade, control-plane, rebuild",
        "measurements.yaml:4: measurements[0].required is text; write true or false",
        "measurements.yaml:5: measurements[1] has no kind; add `kind:`",
        "measurements.yaml:5: measurements[1] has no label; add `label:`",
        "measurements.yaml:5: measurements[1] has no meaning; add `meaning:`",
    ]
