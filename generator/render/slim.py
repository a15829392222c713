"""The finder's index as its page loads it: digests and the facts of unsupported recipes stand apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# A combination that resolves to a recipe without a page shows its name and what honours what, never its facts.
UNSUPPORTED_FIELDS = ("id", "page", "criteria", "coverage", "startingPoint", "evidence", "honouredBy")
# Two digests a bundle are most of the index and do not compress; they follow once the page has answered.
BUNDLE_FIELDS = ("deployer", "url")


def slim_matrix(document: Mapping[str, Any]) -> dict[str, Any]:
    """matrix.json without what `bundles_document` holds, nor the facts of recipes that are not supported."""
    return {**document, "recipes": [_slim_recipe(recipe) for recipe in document["recipes"]]}


def _slim_recipe(recipe: Mapping[str, Any]) -> dict[str, Any]:
    if recipe["coverage"] not in ("exact", "composed"):
        return {field: recipe[field] for field in UNSUPPORTED_FIELDS}
    bundles = [{field: bundle[field] for field in BUNDLE_FIELDS} for bundle in recipe["bundles"]]
    return {**recipe, "bundles": bundles}


def bundles_document(document: Mapping[str, Any]) -> dict[str, Any]:
    """Every bundle's digests and size by recipe, as matrix.json lists them."""
    return {recipe["id"]: recipe["bundles"] for recipe in document["recipes"] if recipe["bundles"]}
