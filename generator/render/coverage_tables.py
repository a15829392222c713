"""Coverage as tables: service by accelerator by intent, and for each value without support what comes nearest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from generator.core.criteria import ANY, Criteria
from generator.engine.matrix import cell_at
from generator.engine.model import Coverage, Recipe
from generator.render.near import NearRow, find_near
from generator.render.site import Site, recipe_address

GRADES = list(Coverage)


@dataclass(frozen=True, slots=True)
class TableCell:
    """The best any combination of a service, an accelerator and an intent reaches, and the recipes that reach it."""

    coverage: Coverage
    recipes: tuple[Recipe, ...]
    address: str


@dataclass(frozen=True, slots=True)
class CoverageTable:
    """Rows are services, columns accelerators; a cell holds one entry per intent."""

    accelerators: tuple[str, ...]
    intents: tuple[str, ...]
    rows: tuple[tuple[str, tuple[tuple[TableCell, ...], ...]], ...]


def coverage_table(site: Site) -> CoverageTable:
    """Return service by accelerator by intent; an environment counts with whatever OS and platform it states."""
    values = site.matrix.values
    recipes: dict[tuple[str, str, str], list[Recipe]] = {}
    for recipe in site.shown_recipes:
        c = recipe.criteria
        if not recipe.starting_point:
            recipes.setdefault((c.service, c.accelerator, c.intent), []).append(recipe)
    rows = tuple(
        (
            service,
            tuple(
                tuple(_cell(site, service, accelerator, intent, recipes) for intent in values["intent"][1:])
                for accelerator in values["accelerator"][1:]
            ),
        )
        for service in values["service"][1:]
    )
    return CoverageTable(values["accelerator"][1:], values["intent"][1:], rows)


def _cell(
    site: Site,
    service: str,
    accelerator: str,
    intent: str,
    recipes: dict[tuple[str, str, str], list[Recipe]],
) -> TableCell:
    found = recipes.get((service, accelerator, intent), [])
    criteria = Criteria(service=service, accelerator=accelerator, intent=intent)
    if found:
        best = min((site.cells[r.id].coverage for r in found), key=GRADES.index)
        widest = min(found, key=lambda r: (r.criteria.specificity, r.id))
        return TableCell(best, tuple(found), recipe_address(widest.criteria))
    pair = Criteria(service=service, accelerator=accelerator)
    return TableCell(cell_at(site.matrix, site.catalog, criteria).coverage, (), recipe_address(pair))


def gaps_by_value(site: Site) -> Iterator[tuple[str, str, str, NearRow | None, str]]:
    """Yield (service, accelerator, label, nearest, address) for every pair no recipe supports."""
    words = site.words
    supported = {
        (r.criteria.service, r.criteria.accelerator) for r in site.shown_recipes if not r.starting_point
    }
    for service in site.matrix.values["service"]:
        for accelerator in site.matrix.values["accelerator"]:
            if ANY in (service, accelerator) or (service, accelerator) in supported:
                continue
            criteria = Criteria(service=service, accelerator=accelerator)
            near = first(find_near(site, criteria, 1))
            yield (
                words.label("service", service),
                words.label("accelerator", accelerator),
                cell_at(site.matrix, site.catalog, criteria).coverage.value,
                near,
                recipe_address(criteria),
            )


def first(found: Iterable[NearRow]) -> NearRow | None:
    """The first of *found*, None when there is none."""
    return next(iter(found), None)
