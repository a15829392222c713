"""The API described: an OpenAPI 3.1 document made from the same table that the rendered page shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from generator.core.criteria import DIMENSIONS
from generator.render.site import SCHEMA_VERSION, Site


@dataclass(frozen=True, slots=True)
class Operation:
    """One address of the API: `schema` names its JSON Schema, empty where it is not JSON or has none of its own."""

    path: str
    id: str
    summary: str
    detail: str
    schema: str
    media: str = "application/json"
    parameters: tuple[str, ...] = ()


OPERATIONS = (
    Operation(
        "index.json",
        "index",
        "The door",
        "Versions, digest, endpoints and the collector's digest.",
        "index",
    ),
    Operation(
        "criteria.json",
        "criteria",
        "Dimensions",
        "Dimensions with values, labels, aliases and detection rules.",
        "criteria",
    ),
    Operation(
        "matrix.json",
        "matrix",
        "The whole matrix",
        "Coverage, recipe and what is not honoured for every combination, as mixed-radix arrays.",
        "matrix",
    ),
    Operation(
        "recipes.json",
        "recipes",
        "All recipes",
        "The slim list: criteria, coverage, evidence and addresses.",
        "recipes",
    ),
    Operation(
        "recipes/{id}.json",
        "recipe",
        "One recipe",
        "RecipeResult, hydrated values, origins of everything, bundles with digests.",
        "recipe",
        parameters=("id",),
    ),
    Operation(
        "recipes/{id}.yaml",
        "recipeResult",
        "One recipe for AICR",
        "The AICR RecipeResult, as AICR's own tools read it.",
        "",
        "application/yaml",
        ("id",),
    ),
    Operation(
        "criteria/{service}/{accelerator}/{intent}/{os}/{platform}.json",
        "combination",
        "One combination",
        "Coverage, the recipe it resolves to, what it needs, what is nearest; any is an open choice.",
        "combination",
        parameters=DIMENSIONS,
    ),
    Operation(
        "components.json",
        "components",
        "Components",
        "Every component, its versions and the recipes that ship them.",
        "components",
    ),
    Operation(
        "checks.json",
        "checks",
        "Checks",
        "The checks catalog: phase, readings, rule, severity, remediation.",
        "checks",
    ),
    Operation(
        "measurements.json",
        "measurements",
        "Measurements",
        "Every reading a constraint or check may name.",
        "measurements",
    ),
    Operation(
        "rules.json",
        "rules",
        "Rules",
        "What a validator needs to judge a snapshot against the whole matrix.",
        "rules",
    ),
    Operation(
        "lifecycle.json",
        "lifecycle",
        "Support windows",
        "Dated support windows of Kubernetes services, operating systems, drivers and components.",
        "lifecycle",
    ),
    Operation(
        "badges/{id}.json",
        "badge",
        "Badge",
        "A shields.io endpoint for a recipe or a criteria value.",
        "badge",
        parameters=("id",),
    ),
    Operation(
        "schemas/{name}.json",
        "schema",
        "JSON Schemas",
        "The schema of each document.",
        "",
        "application/schema+json",
        ("name",),
    ),
    Operation(
        "vectors/{name}.json",
        "vectors",
        "Test vectors",
        "The cases both of our implementations run: versions, constraints, criteria, detection, checks.",
        "",
        parameters=("name",),
    ),
)

_MEANINGS = {
    "id": "A recipe's id, as in recipes.json",
    "name": "The name of a document",
    **dict.fromkeys(DIMENSIONS, "A value of the dimension, or `any`"),
}


def openapi_document(site: Site) -> dict[str, object]:
    """The OpenAPI 3.1 document of the static API."""
    schemas = {a.url.rsplit("/", 1)[-1].removesuffix(".json") for a in site.assets.get("schemas", ())}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "aicr-matrix",
            "version": SCHEMA_VERSION,
            "summary": "Every GPU Kubernetes stack AICR states, as static documents",
            "description": "Static files: GET and HEAD only, no authentication. Within a major schemaVersion "
            "fields are added, never changed or removed.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": f"{site.address}api/v1"}],
        "paths": {f"/{o.path}": {"get": _get(site, o, schemas)} for o in OPERATIONS},
    }


def _get(site: Site, operation: Operation, schemas: set[str]) -> dict[str, object]:
    content: dict[str, object] = {}
    if operation.schema in schemas:
        content["schema"] = {"$ref": f"schemas/{operation.schema}.json"}
    found: dict[str, object] = {
        "operationId": operation.id,
        "summary": operation.summary,
        "description": operation.detail,
        "responses": {
            "200": {"description": operation.summary, "content": {operation.media: content}},
            "404": {"description": "Nothing of that name"},
        },
    }
    if operation.parameters:
        found["parameters"] = list(_parameters(site, operation.parameters))
    return found


def _parameters(site: Site, names: Iterable[str]) -> Iterable[dict[str, object]]:
    for name in names:
        schema: dict[str, object] = {"type": "string"}
        if name in DIMENSIONS:
            schema["enum"] = list(site.matrix.values[name])
        yield {
            "name": name,
            "in": "path",
            "required": True,
            "description": _MEANINGS[name],
            "schema": schema,
        }
