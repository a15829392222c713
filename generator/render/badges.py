"""Badges in the form that shields.io reads from an address: one per recipe and one per criteria value."""

from __future__ import annotations

from collections.abc import Iterator

from generator.core.criteria import ANY, DIMENSIONS
from generator.engine.model import Coverage
from generator.render.coverage_tables import count_recipes
from generator.render.site import Site
from generator.render.words import EVIDENCE_WORDS, spell_count

# The light scheme's colours; never red, an uncovered combination is not an error.
_COLOURS = {
    Coverage.EXACT: "08764f",
    Coverage.COMPOSED: "0d4c80",
    Coverage.PARTIAL: "8a5f00",
    Coverage.UNSUPPORTED: "5c6675",
}


def badge_documents(site: Site) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield (name, document) of every badge."""
    for recipe in site.matrix.recipes:
        coverage = site.cells[recipe.id].coverage
        message = coverage.value
        if recipe.starting_point:
            coverage, message = Coverage.UNSUPPORTED, "starting point"
        if site.supported(recipe.id) and recipe.evidence != "stated":
            message = f"{message}, {EVIDENCE_WORDS[recipe.evidence].lower()}"
        yield recipe.id, _badge(f"AICR {recipe.id}", message, coverage)
    for dimension in DIMENSIONS:
        for value in site.matrix.values[dimension]:
            if value == ANY:
                continue
            counts = count_recipes(site, dimension, value)
            coverage = Coverage.EXACT if counts.exact else Coverage.COMPOSED
            words = f"{counts.exact} exact, {counts.composed} composed"
            if not counts.composed or not counts.exact:
                words = spell_count(counts.environments, "environment")
            if not counts.environments:
                coverage = Coverage.UNSUPPORTED
                words = "starting point only" if counts.start else "no recipe"
            yield (
                f"{dimension}-{value}",
                _badge(f"AICR {site.words.label(dimension, value)}", words, coverage),
            )


def _badge(label: str, message: str, coverage: Coverage) -> dict[str, object]:
    return {"schemaVersion": 1, "label": label, "message": message, "color": _COLOURS[coverage]}
