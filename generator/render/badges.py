"""Badges in the form that shields.io reads from an address: one per recipe and one per criteria value."""

from __future__ import annotations

from collections.abc import Iterator

from generator.core.criteria import ANY, DIMENSIONS
from generator.engine.model import Coverage
from generator.render.site import Site

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
        yield recipe.id, _badge(f"AICR {recipe.id}", message, coverage)
    for dimension in DIMENSIONS:
        for value in site.matrix.values[dimension]:
            if value == ANY:
                continue
            number = sum(
                1 for r in site.shown_recipes if r.criteria[dimension] == value and not r.starting_point
            )
            coverage = Coverage.EXACT if number else Coverage.UNSUPPORTED
            words = f"{number} {'recipe' if number == 1 else 'recipes'}" if number else "no recipe"
            yield (
                f"{dimension}-{value}",
                _badge(f"AICR {site.words.label(dimension, value)}", words, coverage),
            )


def _badge(label: str, message: str, coverage: Coverage) -> dict[str, object]:
    return {"schemaVersion": 1, "label": label, "message": message, "color": _COLOURS[coverage]}
