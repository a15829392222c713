"""Every generated page of the site, and the bodies of the pages that the navigation lists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from generator.core.criteria import ANY, DIMENSIONS, Criteria
from generator.engine.matrix import cell_at
from generator.engine.model import Cell
from generator.render.combination_page import render_combination
from generator.render.component_page import component_usages, render_component
from generator.render.document import PageDocument
from generator.render.index_pages import render_indexes
from generator.render.recipe_page import render_recipe
from generator.render.site import Site, recipe_address, state
from generator.render.value_page import render_value


def page_documents(site: Site) -> dict[str, PageDocument]:
    """Every generated page by address. `iterate_pages` gives the same without holding them all."""
    return {page.address: page for page in iterate_pages(site)}


def iterate_pages(site: Site) -> Iterator[PageDocument]:
    """Yield the generated pages: recipes, combinations without one, components, criteria values."""
    for recipe in site.shown_recipes:
        yield render_recipe(site, recipe)
    for cell in combination_cells(site):
        yield render_combination(site, cell)
    usages = component_usages(site)
    for usage in usages:
        yield render_component(site, usage, usages)
    for dimension in DIMENSIONS:
        for value in site.matrix.values[dimension]:
            if value != ANY:
                yield render_value(site, dimension, value)
    yield from render_indexes(site)


def combination_cells(site: Site) -> tuple[Cell, ...]:
    """The combinations without a recipe of their own that get a page.

    Every single value, every value crossed with every service, and whatever a recipe's own criteria leave partial;
    the finder answers for the rest, at its permalink.
    """
    wanted: dict[str, Criteria] = {}
    for dimension in DIMENSIONS:
        for value in site.matrix.values[dimension]:
            if value == ANY:
                continue
            single = state(dimension, value)
            wanted.setdefault(recipe_address(single), single)
            if dimension != "service":
                for service in site.matrix.values["service"]:
                    both = replace(single, service=service)
                    wanted.setdefault(recipe_address(both), both)
    for recipe in site.matrix.recipes:
        if not site.supported(recipe.id):
            wanted.setdefault(recipe_address(recipe.criteria), recipe.criteria)
    covered = {recipe_address(recipe.criteria) for recipe in site.shown_recipes}
    cells = (
        cell_at(site.matrix, site.catalog, criteria)
        for address, criteria in sorted(wanted.items())
        if address not in covered
    )
    return tuple(cells)
