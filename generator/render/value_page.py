"""The page of a criteria value: what is supported with it, what is not, and what comes nearest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from generator.core.criteria import ANY, DIMENSIONS
from generator.engine.matrix import cell_at
from generator.engine.model import Cell, Coverage
from generator.render.combination_page import needs_sentence
from generator.render.coverage_tables import Counts, count_recipes, kind_of
from generator.render.document import PageDocument, root_of
from generator.render.near import NearRow, find_near
from generator.render.site import Site, state, value_address
from generator.render.templating import render, render_text
from generator.render.words import KIND_ICONS, KIND_WORDS, KINDS, spell_count

GRADES = list(Coverage)
# The dimension each value is crossed with on its page.
_CROSSED = {
    "service": "accelerator",
    "accelerator": "service",
    "intent": "service",
    "os": "service",
    "platform": "service",
}


def render_value(site: Site, dimension: str, value: str) -> PageDocument:
    """Return the page of one value of one dimension."""
    words = site.words
    label, title = words.label(dimension, value), words.title(dimension, value)
    cell = cell_at(site.matrix, site.catalog, state(dimension, value))
    stating = [r for r in site.shown_recipes if r.criteria[dimension] == value]
    full = [r for r in stating if not r.starting_point]
    address = value_address(dimension, value)
    crossed = _CROSSED[dimension]
    entry = words.entry(dimension, value)
    context = {
        "site": site,
        "root": root_of(address),
        "dimension": dimension,
        "dimension_label": words.dimension(dimension),
        "value": value,
        "label": label,
        "title": title,
        "note": str(entry.get("note") or ""),
        "sources": [str(s) for s in _listed(entry.get("sources"))],
        "aliases": words.aliases(dimension, value),
        "cell": cell,
        "best": min((site.cells[r.id].coverage for r in full), key=GRADES.index) if full else None,
        "KINDS": KINDS,
        "KIND_WORDS": KIND_WORDS,
        "KIND_ICONS": KIND_ICONS,
        "stating": full,
        "starting": [r for r in stating if r.starting_point],
        "crossed_label": words.dimension(crossed),
        "crossed": list(_crossed(site, dimension, value, crossed)),
        "near": find_near(site, cell.criteria) if not full else (),
        "needs": needs_sentence(site, cell),
        "counts": _counts(site, dimension, value),
        "windows": _windows(site, dimension, value),
    }
    supported = spell_count(len(full), "supported environment")
    return PageDocument(
        address=address,
        title=title,
        description=f"{title}: {supported} in this catalog, and what comes nearest to the rest.",
        tab="Matrix",
        html=render("value.html", context),
        markdown=render_text("value.md", context),
        search=f"{words.dimension(dimension)} {label}. {', '.join(words.aliases(dimension, value))}",
    )


def _listed(value: object) -> Iterable[object]:
    return value if isinstance(value, list | tuple) else ()


def _counts(site: Site, dimension: str, value: str) -> Counts:
    """How many combinations with the value are what; every one that is exact or composed is a recipe."""
    values = site.matrix.values
    stride = 1
    for name in reversed(DIMENSIONS):
        if name == dimension:
            break
        stride *= len(values[name])
    index, size = values[dimension].index(value), len(values[dimension])
    partial = unsupported = 0
    coverage = site.matrix.coverage
    for start in range(index * stride, len(coverage), stride * size):
        block = coverage[start : start + stride]
        partial += block.count(GRADES.index(Coverage.PARTIAL))
        unsupported += block.count(GRADES.index(Coverage.UNSUPPORTED))
    return replace(count_recipes(site, dimension, value), partial=partial, unsupported=unsupported)


def _crossed(
    site: Site, dimension: str, value: str, crossed: str
) -> Iterable[tuple[str, str, Cell, str, Counts, NearRow | None, str]]:
    """Yield (value, label, cell, kind, recipes, nearest, needs) for the value with each of another dimension."""
    stating = [recipe for recipe in site.shown_recipes if recipe.criteria[dimension] == value]
    for other in site.matrix.values[crossed]:
        if other == ANY:
            continue
        criteria = state(crossed, other, state(dimension, value))
        cell = cell_at(site.matrix, site.catalog, criteria)
        recipes = [kind_of(site, recipe) for recipe in stating if recipe.criteria[crossed] == other]
        own = site.recipes[cell.recipe] if site.supported(cell.recipe) else None
        kind = kind_of(site, own) if own and own.criteria == criteria else cell.coverage.value
        near = () if recipes else find_near(site, criteria, 1)
        yield (
            other,
            site.words.label(crossed, other),
            cell,
            kind,
            Counts(*(recipes.count(each) for each in KINDS)),
            near[0] if near else None,
            needs_sentence(site, cell),
        )


def _windows(site: Site, dimension: str, value: str) -> list[tuple[str, str, str]]:
    """(cycle, state, words) of the support windows of a service or an operating system."""
    subject = {"service": "kubernetes", "os": "os"}.get(dimension)
    if subject is None:
        return []
    name = site.words.label(dimension, value)
    rows = []
    for window in site.windows.of(subject, value):
        hint = site.windows.hint(subject, value, window.cycle, name)
        if hint is not None:
            rows.append((window.cycle, hint.state, hint.sentence))
    return rows
