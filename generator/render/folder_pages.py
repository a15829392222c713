"""The folders above recipes and criteria values: what lies in each, so that an address cut short still answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from generator.core.criteria import ANY, DIMENSIONS
from generator.engine.model import Coverage, Recipe
from generator.render.document import PageDocument, root_of
from generator.render.site import Site, recipe_address, value_address
from generator.render.templating import render, render_text
from generator.render.words import spell_count


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a folder's page."""

    name: str
    address: str
    coverage: Coverage | None
    note: str


def folder_makers(site: Site) -> Mapping[str, Callable[[], PageDocument]]:
    """How each folder's page is made, by its address."""
    used = {recipe.criteria.service for recipe in site.shown_recipes}
    named = [service for service in site.matrix.values["service"] if service in used and service != ANY]
    services = [*named, *({ANY} & used)]
    return {
        "recipes/": partial(_recipes, site, services),
        **{f"recipes/{service}/": partial(_service, site, service) for service in services},
        **{f"criteria/{dimension}/": partial(_dimension, site, dimension) for dimension in DIMENSIONS},
    }


def _recipes(site: Site, services: list[str]) -> PageDocument:
    entries = []
    for service in services:
        found = [r for r in site.shown_recipes if r.criteria.service == service]
        entries.append(
            Entry(_service_title(site, service), f"recipes/{service}/", None, _count(found)),
        )
    return _page(
        "recipes/",
        "Recipes by service",
        f"{_count(site.shown_recipes)}. A service that is not listed has none.",
        (("Matrix", "matrix/"),),
        "Service",
        entries,
    )


def _service(site: Site, service: str) -> PageDocument:
    found = sorted(
        (r for r in site.shown_recipes if r.criteria.service == service),
        key=lambda r: (r.starting_point, r.id),
    )
    title = _service_title(site, service)
    return _page(
        f"recipes/{service}/",
        f"Recipes for {title}" if service != ANY else "Recipes without a service",
        f"{_count(found)}.",
        (("Matrix", "matrix/"), ("Recipes", "recipes/")),
        "Recipe",
        [
            Entry(
                r.id,
                recipe_address(r.criteria),
                site.cells[r.id].coverage,
                "starting point" if r.starting_point else site.words.sentence(r.criteria),
            )
            for r in found
        ],
    )


def _dimension(site: Site, dimension: str) -> PageDocument:
    label = site.words.dimension(dimension)
    entries = []
    for value in site.matrix.values[dimension]:
        if value != ANY:
            found = [r for r in site.shown_recipes if r.criteria[dimension] == value]
            entries.append(
                Entry(
                    site.words.title(dimension, value), value_address(dimension, value), None, _count(found)
                )
            )
    return _page(
        f"criteria/{dimension}/",
        label,
        f"{spell_count(len(entries), 'value')} to choose from.",
        (("Criteria", "criteria/"),),
        label,
        entries,
    )


def _service_title(site: Site, service: str) -> str:
    return site.words.title("service", service) if service != ANY else "No service stated"


def _count(recipes: Iterable[Recipe]) -> str:
    """How many environments and starting points, never summed."""
    listed = list(recipes)
    starting = sum(1 for r in listed if r.starting_point)
    parts = []
    if len(listed) - starting:
        parts.append(spell_count(len(listed) - starting, "supported environment"))
    if starting:
        parts.append(spell_count(starting, "starting point"))
    return " and ".join(parts) or "no recipe"


def _page(
    address: str,
    title: str,
    description: str,
    above: tuple[tuple[str, str], ...],
    head: str,
    entries: list[Entry],
) -> PageDocument:
    context = {
        "root": root_of(address),
        "title": title,
        "description": description,
        "above": above,
        "head": head,
        "entries": entries,
    }
    return PageDocument(
        address=address,
        title=title,
        description=description,
        tab="Matrix",
        html=render("folder.html", context),
        markdown=render_text("folder.md", context),
        search=description,
        indexed=False,
    )
