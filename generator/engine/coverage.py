"""The honesty rule: how far a catalog states a combination, and what would make it exact."""

from __future__ import annotations

from collections.abc import Mapping

from generator.core.criteria import ANY, DIMENSIONS, Criteria
from generator.engine.combinations import (
    Pairs,
    Support,
    Values,
    find_exact,
    find_needs,
    index_catalog,
    support_of,
    values_of,
)
from generator.engine.match import Selection
from generator.engine.model import Catalog, Cell, Coverage, Recipe

UNPAIRED = 1 << len(DIMENSIONS)


def cover(catalog: Catalog, query: Criteria, recipe: Recipe) -> Cell:
    """The honest answer for *query*, which resolved to *recipe*."""
    index = index_catalog(catalog)
    support = support_of(index, Selection((), recipe.leaves, recipe.layers))
    values = values_of(query)
    bits = missing_bits(values, support)
    return cell_of(
        catalog,
        query,
        recipe,
        coverage=grade(values, bits, support),
        bits=bits,
        needs=find_needs(find_exact(catalog, index)).get(values, ()),
    )


def missing_bits(values: Values, support: Support) -> int:
    """Bit i: the stated dimension i is not honoured. Bit 5: service and accelerator are, but not together."""
    bits = 0
    for d, value in enumerate(values):
        if value != ANY and value not in support.honoured[d]:
            bits |= 1 << d
    service, accelerator = values[0], values[1]
    if ANY not in (service, accelerator) and not bits & 3 and not support.states_pair(service, accelerator):
        bits |= UNPAIRED
    return bits


def grade(values: Values, bits: int, support: Support) -> Coverage:
    """The coverage of a combination with these missing bits."""
    stated = [(d, value) for d, value in enumerate(values) if value != ANY]
    if not any(value in support.honoured[d] for d, value in stated):
        return Coverage.UNSUPPORTED
    if bits:
        return Coverage.PARTIAL
    return Coverage.EXACT if support.states_all(stated) else Coverage.COMPOSED


def cell_of(
    catalog: Catalog, query: Criteria, recipe: Recipe, *, coverage: Coverage, bits: int, needs: Pairs
) -> Cell:
    """A cell from its parts; `honoured_by` names the first applied overlay that states each dimension."""
    return Cell(
        criteria=query,
        coverage=coverage,
        recipe=recipe.id,
        not_honoured=tuple(dimension for d, dimension in enumerate(DIMENSIONS) if bits >> d & 1),
        unpaired=bool(bits & UNPAIRED),
        needs=needs,
        honoured_by=honoured_by(catalog, query, recipe),
    )


def honoured_by(catalog: Catalog, query: Criteria, recipe: Recipe) -> Mapping[str, str]:
    """Stated dimension -> the applied overlay that states it first."""
    found: dict[str, str] = {}
    for name in recipe.layers:
        criteria = catalog.overlays[name].criteria
        if criteria is not None:
            for dimension in query.stated:
                if criteria[dimension] == query[dimension]:
                    found.setdefault(dimension, name)
    return {dimension: found[dimension] for dimension in DIMENSIONS if dimension in found}
