"""Every generated page of the site, and the bodies of the pages that the navigation lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from generator.core.criteria import ANY, DIMENSIONS, Criteria
from generator.engine.matrix import cell_at
from generator.engine.model import Cell
from generator.render.combination_page import render_combination
from generator.render.component_page import component_names, component_usages, render_component
from generator.render.document import PageDocument
from generator.render.folder_pages import folder_makers
from generator.render.index_pages import index_makers
from generator.render.recipe_page import render_recipe
from generator.render.site import Site, component_address, recipe_address, state, value_address
from generator.render.value_page import render_value

Maker = Callable[[], PageDocument]


def page_documents(site: Site) -> dict[str, PageDocument]:
    """Every generated page by address. `iterate_pages` gives the same without holding them all."""
    return {page.address: page for page in iterate_pages(site)}


def iterate_pages(site: Site) -> Iterator[PageDocument]:
    """Yield the generated pages: recipes, combinations without one, components, criteria values, indexes."""
    return (make() for make in page_makers(site).values())


def page_makers(site: Site) -> dict[str, Maker]:
    """How each generated page is made, by its address; nothing is rendered yet."""
    makers: dict[str, Maker] = {}
    for recipe in site.shown_recipes:
        makers[recipe_address(recipe.criteria)] = partial(render_recipe, site, recipe)
    for cell in combination_cells(site):
        makers[recipe_address(cell.criteria)] = partial(render_combination, site, cell)
    for name in component_names(site):
        makers[component_address(name)] = partial(_component, site, name)
    for dimension in DIMENSIONS:
        for value in site.matrix.values[dimension]:
            if value != ANY:
                makers[value_address(dimension, value)] = partial(render_value, site, dimension, value)
    return {**makers, **index_makers(site), **folder_makers(site)}


def _component(site: Site, name: str) -> PageDocument:
    usages = site.remember("usages", "", lambda: component_usages(site))
    return render_component(site, next(u for u in usages if u.name == name), usages)


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
