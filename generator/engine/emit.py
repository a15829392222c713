"""Recipes as documents: AICR's RecipeResult and query document, and what the validator and the pages read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.core.criteria import Criteria
from generator.engine.model import Catalog, Cell, Component, Recipe

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
