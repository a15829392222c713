"""The finder's index, the search entries and the rules as the browser reads them, as JSON and as scripts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from generator.core.criteria import DIMENSIONS
from generator.engine.model import Recipe
from generator.engine.rules import detection_rules, dimensions_document, recipe_rules
from generator.render.document import PageDocument
from generator.render.facts import site_facts
from generator.render.site import SCHEMA_VERSION, Site, recipe_address


def matrix_document(site: Site, *, bundles: bool = True) -> dict[str, object]:
    """The finder's index: the distinct recipes and, per combination, coverage, recipe and what is not honoured.

    Without *bundles* nothing is packed for it: enough for a page that is drawn from it.
    """
    return site.remember("matrix", bundles, lambda: _matrix_document(site, bundles))


def _matrix_document(site: Site, bundles: bool) -> dict[str, object]:
    return {
        **_head(site),
        "dimensions": _dimensions(site),
        "recipes": [_recipe(site, recipe, bundles) for recipe in site.matrix.recipes],
        "coverage": site.matrix.coverage.translate(_DIGITS).decode("ascii"),
        "recipe": list(site.matrix.recipe),
        "notHonoured": site.matrix.not_honoured.hex(),
    }


_DIGITS = bytes(48 + code if code < 4 else 63 for code in range(256))


def _head(site: Site) -> dict[str, object]:
    return {
        "schemaVersion": SCHEMA_VERSION,
        "catalogDigest": site.catalog.digest,
        "catalogVersion": site.catalog.version,
    }


def _dimensions(site: Site) -> list[dict[str, object]]:
    words = site.words
    return [
        {
            "name": dimension,
            "label": words.dimension(dimension),
            "values": [
                {"name": v, "label": words.label(dimension, v), "title": words.title(dimension, v)}
                for v in site.matrix.values[dimension]
            ],
        }
        for dimension in DIMENSIONS
    ]


def _recipe(site: Site, recipe: Recipe, bundles: bool) -> dict[str, object]:
    facts = site_facts(site, recipe)
    cell = site.cells[recipe.id]
    return {
        "id": recipe.id,
        "page": recipe_address(recipe.criteria),
        "criteria": recipe.criteria.as_dict(),
        "coverage": cell.coverage.value,
        "startingPoint": recipe.starting_point,
        "evidence": recipe.evidence,
        "kubernetes": facts.kubernetes,
        "os": facts.os,
        "kernel": facts.kernel,
        "driver": facts.driver,
        "operator": facts.operator,
        "components": facts.components,
        "tiers": facts.tiers,
        "layers": facts.layers,
        "honouredBy": dict(cell.honoured_by),
        "bundles": [d.as_dict() for d in site.downloads.get(recipe.id, ())] if bundles else [],
        "lifecycle": [
            {"subject": key, "state": h.state, "short": h.short, "sentence": h.sentence}
            for key, h in facts.hints.items()
        ],
    }


def search_document(site: Site, pages: Iterable[PageDocument]) -> list[dict[str, str]]:
    """One entry per page for the finder's own search."""
    return [
        {"id": p.title, "page": p.address, "title": p.description.split(":")[0], "text": p.search}
        for p in pages
        if p.indexed
    ]


def rules_document(site: Site) -> dict[str, object]:
    """Everything the validator needs to judge a snapshot against the whole matrix."""
    catalog = site.catalog
    return {
        **_head(site),
        "recipes": [
            recipe_rules(recipe, site.cells[recipe.id], catalog)
            for recipe in site.matrix.recipes
            if site.supported(recipe.id)
        ],
        "checks": dict(catalog.checks),
        "measurements": [_measurement(m) for m in catalog.measurements.values()],
        "detection": detection_rules(catalog),
        "dimensions": dimensions_document(catalog),
        "lifecycle": dict(catalog.lifecycle),
        # Whose workloads the catalog states; nobody else is asked for theirs.
        "health": sorted(catalog.health),
    }


def _measurement(measurement: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in measurement.items() if value not in ("", None)}


def as_json(value: object) -> bytes:
    """A document as compact JSON with a closing newline; keys stay in the order the document gives."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8") + b"\n"


def as_script(name: str, value: object) -> bytes:
    """A document as a classic script: pages opened from a folder may not fetch.

    It stands in a string: browsers read JSON faster than they compile the same text as a program.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    quoted = (
        text.replace("\\", "\\\\")
        .replace("'", "\\'")
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029")
    )
    return f"(globalThis.aicrData??={{}})[\"{name}\"]=JSON.parse('{quoted}');\n".encode()
