"""Recipes as documents: AICR's RecipeResult and query document, and what the validator and the pages read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.core.criteria import Criteria
from generator.engine.model import Cell, Component, Recipe
from generator.engine.rules import detection_rules, dimensions_document, origin_document, recipe_rules

__all__ = [
    "component_ref", "criteria_document", "detection_rules", "dimensions_document", "origin_document",
    "query_document", "recipe_result", "recipe_rules", "select_path",
]  # fmt: skip

API_VERSION = "aicr.run/v1alpha2"
# AICR's own order of a componentRef's fields; the first ones stand there even when empty.
_ALWAYS = ("name", "type", "source")
_ORDER = (
    "name", "namespace", "chart", "type", "source", "version", "tag", "path", "valuesFile", "overrides",
    "patches", "dependencyRefs", "preManifestFiles", "manifestFiles", "expectedResources", "healthCheckAsserts",
    "cleanup",
)  # fmt: skip


def recipe_result(
    recipe: Recipe, *, query: Criteria | None = None, cell: Cell | None = None, version: str = ""
) -> dict[str, Any]:
    """The recipe as an AICR RecipeResult; `criteria` is the query, and the metadata tell the truth about it."""
    metadata: dict[str, Any] = {"version": version, "appliedOverlays": list(recipe.layers)}
    if recipe.mixins:
        metadata["appliedMixins"] = list(recipe.mixins)
    if cell is not None:
        metadata["coverage"] = cell.coverage.value
        metadata["notHonoured"] = list(cell.not_honoured)
        metadata["needs"] = dict(cell.needs)
        if cell.unpaired:
            metadata["unpaired"] = True
    if recipe.evidence:
        metadata["evidence"] = recipe.evidence
    result: dict[str, Any] = {
        "kind": "RecipeResult",
        "apiVersion": recipe.api_version or API_VERSION,
        "metadata": metadata,
        "criteria": criteria_document(query or recipe.criteria),
        "constraints": [dict(c.fields) for c in recipe.constraints],
        "componentRefs": [component_ref(c) for c in recipe.components],
        "deploymentOrder": list(recipe.full_order),
    }
    if recipe.phases:
        result["validation"] = {name: dict(phase.fields) for name, phase in recipe.phases.items()}
    return result


def criteria_document(criteria: Criteria) -> dict[str, Any]:
    """The five dimensions, `any` spelled out, and `nodes` when it is stated."""
    return {**criteria.as_dict(), **({"nodes": criteria.nodes} if criteria.nodes else {})}


def component_ref(component: Component) -> dict[str, Any]:
    """A component as AICR writes it, unknown fields of foreign catalogs included."""
    fields = component.fields
    ref: dict[str, Any] = {}
    for key in _ORDER:
        value = fields.get(key)
        if value not in (None, "", [], {}, False):
            ref[key] = value
        elif key in _ALWAYS:
            ref[key] = value or ""
    ref.update((key, value) for key, value in fields.items() if key not in ref and key not in _ORDER)
    return ref


def query_document(recipe: Recipe, query: Criteria) -> dict[str, Any]:
    """AICR's query document: the recipe with its components by name and their final Helm values."""
    return {
        "kind": "RecipeResult",
        "apiVersion": recipe.api_version or API_VERSION,
        "metadata": {"appliedOverlays": list(recipe.layers)},
        "criteria": criteria_document(query),
        "constraints": [dict(c.fields) for c in recipe.constraints],
        "deploymentOrder": list(recipe.full_order),
        "components": {c.name: _queried(c) for c in recipe.components},
    }


def _queried(component: Component) -> dict[str, Any]:
    stated = {
        "name": component.name, "type": component.type, "source": component.source,
        "namespace": component.namespace, "chart": component.chart, "version": component.version,
        "tag": component.tag, "path": component.path, "dependencyRefs": list(component.dependencies),
    }  # fmt: skip
    return {**{key: value for key, value in stated.items() if value}, "values": component.values}


def select_path(document: Mapping[str, Any], path: str) -> Any:
    """The value at a dotted *path* (`.` or empty: the whole document); KeyError says where the path ends.

    A key may hold dots itself: the longest key that fits is taken. A list is indexed by number or by the
    `name` of its entries.
    """
    wanted = path.strip().strip(".")
    value: Any = document
    walked = ""
    while wanted:
        key, below = _step(value, wanted)
        if key is None:
            known = _keys(value)
            here = f"{walked} has" if walked else "the document has"
            what = f"{path}: {here} no {wanted.split('.')[0]}"
            raise KeyError(f"{what}; it has {', '.join(known[:12])}" if known else what)
        walked = f"{walked}.{key}" if walked else key
        value, wanted = below, wanted[len(key) :].removeprefix(".")
    return value


def _step(value: Any, wanted: str) -> tuple[str | None, Any]:
    segments = wanted.split(".")
    for count in range(len(segments), 0, -1):
        key = ".".join(segments[:count])
        if isinstance(value, Mapping) and key in value:
            return key, value[key]
        if isinstance(value, list):
            if key.isdecimal() and int(key) < len(value):
                return key, value[int(key)]
            for item in value:
                if isinstance(item, Mapping) and item.get("name") == key:
                    return key, item
    return None, None


def _keys(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return list(value)
    if isinstance(value, list):
        return [str(item["name"]) for item in value if isinstance(item, Mapping) and "name" in item]
    return []
