"""Every combination of a catalog's criteria, each with its coverage, and the distinct recipes they resolve to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from generator.core.criteria import ANY, DIMENSIONS, Criteria, normalise_value
from generator.engine.combinations import (
    Index,
    Support,
    Values,
    find_exact,
    find_needs,
    index_catalog,
    support_of,
    values_of,
)
from generator.engine.coverage import UNPAIRED, cell_of, grade
from generator.engine.dimensions import criteria_aliases, dimension_values
from generator.engine.match import select_among
from generator.engine.model import Catalog, Cell, Coverage, Matrix, Recipe
from generator.engine.problems import Problem, ProblemsFound
from generator.engine.resolve import resolve_selection

__all__ = [
    "GRADES", "Near", "build_matrix", "cell_at", "combinations_of", "criteria_aliases", "dimension_values",
    "matrix_cells", "nearest", "own_coverage", "read_value",
]  # fmt: skip

GRADES = tuple(Coverage)  # a coverage's number in the arrays is its index here
_PARTIAL, _UNSUPPORTED = GRADES.index(Coverage.PARTIAL), GRADES.index(Coverage.UNSUPPORTED)


def build_matrix(catalog: Catalog) -> Matrix:
    """Enumerate every combination and resolve each distinct recipe once.

    In our own catalog a recipe that cannot be put together raises ProblemsFound, with the problems of all of them;
    in a foreign one it says so in its `problems`, and no combination that resolves to it is more than partial.
    """
    values = dimension_values(catalog)
    index = index_catalog(catalog)
    masks, group_of = _group(values, index)
    recipes, supports = _resolve_groups(catalog, index, masks)
    order = sorted(range(len(recipes)), key=lambda number: recipes[number].id)
    position = {number: place for place, number in enumerate(order)}
    coverage, missing = _grade_all(values, group_of, supports)
    exact = find_exact(catalog, index)
    if any(recipe.broken for recipe in recipes):
        for place, group in enumerate(group_of):
            if recipes[group].broken:
                coverage[place] = max(coverage[place], _PARTIAL)
        sound = {recipe.id for recipe in recipes if not recipe.broken}
        exact = tuple(e for e in exact if Criteria(*e).id in sound)
    return Matrix(
        values=values,
        recipes=tuple(recipes[number] for number in order),
        coverage=bytes(coverage),
        recipe=tuple(position[group] for group in group_of),
        not_honoured=bytes(missing),
        exact=tuple(Criteria(*e) for e in exact),
        needs=find_needs(exact),
    )


def _group(values: Mapping[str, tuple[str, ...]], index: Index) -> tuple[list[int], list[int]]:
    """The distinct sets of matching overlays, and for every combination the number of its set."""
    service, accelerator, intent, os, platform = (
        [admits.get(value, free) for value in values[dimension]]
        for dimension, admits, free in zip(DIMENSIONS, index.admits, index.open, strict=True)
    )
    numbers: dict[int, int] = {}
    group_of: list[int] = []
    number = numbers.setdefault
    append = group_of.append
    for a in service:
        for b in accelerator:
            ab = a & b
            for c in intent:
                abc = ab & c
                for d in os:
                    abcd = abc & d
                    for e in platform:
                        append(number(abcd & e, len(numbers)))
    return list(numbers), group_of


def _resolve_groups(catalog: Catalog, index: Index, masks: list[int]) -> tuple[list[Recipe], list[Support]]:
    recipes: list[Recipe] = []
    supports: list[Support] = []
    problems: list[Problem] = []
    for mask in masks:
        selection = select_among(catalog, index.matches(mask))
        supports.append(support_of(index, selection))
        try:
            recipes.append(resolve_selection(catalog, selection, tolerant=not catalog.own))
        except ProblemsFound as found:
            problems.extend(found.problems)
    if problems:
        raise ProblemsFound(problems)
    return recipes, supports


def _grade_all(
    values: Mapping[str, tuple[str, ...]], group_of: list[int], supports: list[Support]
) -> tuple[bytearray, bytearray]:
    """Coverage and missing bits of every combination, in the order of the arrays."""
    # A bit per dimension and value, so that what a combination states and what its overlays honour are one number each.
    bit_of: list[dict[str, int]] = []
    segments: list[int] = []
    width = 0
    for dimension in DIMENSIONS:
        named = [value for value in values[dimension] if value != ANY]
        bit_of.append({value: 1 << width + number for number, value in enumerate(named)})
        segments.append(sum(bit_of[-1].values()))
        width += len(named)
    honoured = [
        sum(bit_of[d].get(value, 0) for d in range(len(DIMENSIONS)) for value in support.honoured[d])
        for support in supports
    ]
    coverage, missing = bytearray(len(group_of)), bytearray(len(group_of))
    for position, (stated, names) in enumerate(_stated(values, bit_of)):
        group = group_of[position]
        hit = stated & honoured[group]
        lacking = stated ^ hit
        bits = 0
        for d, segment in enumerate(segments):
            if lacking & segment:
                bits |= 1 << d
        if not hit:
            coverage[position] = _UNSUPPORTED
        else:
            paired = not (hit & segments[0] and hit & segments[1]) or supports[group].states_pair(*names[:2])
            if not paired:
                bits |= UNPAIRED
            if bits:
                coverage[position] = _PARTIAL
            else:
                coverage[position] = GRADES.index(grade(names, 0, supports[group]))
        missing[position] = bits
    return coverage, missing


def _stated(
    values: Mapping[str, tuple[str, ...]], bit_of: list[dict[str, int]]
) -> Iterator[tuple[int, Values]]:
    """What every combination states, as bits and by name, in the order of the arrays."""
    service, accelerator, intent, os, platform = (
        [(bits.get(value, 0), value) for value in values[dimension]]
        for dimension, bits in zip(DIMENSIONS, bit_of, strict=True)
    )
    for a, a_name in service:
        for b, b_name in accelerator:
            for c, c_name in intent:
                for d, d_name in os:
                    abcd = a | b | c | d
                    for e, e_name in platform:
                        yield abcd | e, (a_name, b_name, c_name, d_name, e_name)


def cell_at(matrix: Matrix, catalog: Catalog, criteria: Criteria) -> Cell:
    """The cell of a combination; KeyError names a value the matrix does not have."""
    position = 0
    for dimension in DIMENSIONS:
        values = matrix.values[dimension]
        if criteria[dimension] not in values:
            raise KeyError(f"{dimension} {criteria[dimension]}")
        position = position * len(values) + values.index(criteria[dimension])
    return _cell(matrix, catalog, criteria, position)


def matrix_cells(matrix: Matrix, catalog: Catalog) -> Iterator[Cell]:
    """Every cell, in the order of the arrays."""
    for position, criteria in enumerate(combinations_of(matrix)):
        yield _cell(matrix, catalog, criteria, position)


def combinations_of(matrix: Matrix) -> Iterator[Criteria]:
    """Every combination, in the order of the arrays."""
    service, accelerator, intent, os, platform = (matrix.values[d] for d in DIMENSIONS)
    for a in service:
        for b in accelerator:
            for c in intent:
                for d in os:
                    for e in platform:
                        yield Criteria(a, b, c, d, e)


def _cell(matrix: Matrix, catalog: Catalog, criteria: Criteria, position: int) -> Cell:
    return cell_of(
        catalog,
        criteria,
        matrix.recipes[matrix.recipe[position]],
        coverage=GRADES[matrix.coverage[position]],
        bits=matrix.not_honoured[position],
        needs=matrix.needs.get(values_of(criteria), ()),
    )


def own_coverage(matrix: Matrix, recipe: Recipe) -> Coverage:
    """The coverage of the combination that a recipe is named after."""
    position = 0
    for dimension in DIMENSIONS:
        values = matrix.values[dimension]
        position = position * len(values) + values.index(recipe.criteria[dimension])
    return GRADES[matrix.coverage[position]]


@dataclass(frozen=True, slots=True)
class Near:
    """An exact combination near another: what to change to get there, as (dimension, from, to)."""

    criteria: Criteria
    change: Literal["addition", "swap", "drop"]  # the gravest kind among the changes
    changes: tuple[tuple[str, str, str], ...]


def nearest(matrix: Matrix, criteria: Criteria, limit: int) -> tuple[Near, ...]:
    """The exact combinations nearest to *criteria*: those that only add first, then swaps, then drops."""
    asked = values_of(criteria)
    ranked = []
    for number, other in enumerate(matrix.exact):
        additions = swaps = drops = 0
        for mine, theirs in zip(asked, values_of(other), strict=True):
            if mine == theirs:
                continue
            if mine == ANY:
                additions += 1
            elif theirs == ANY:
                drops += 1
            else:
                swaps += 1
        if additions or swaps or drops:
            kind = 2 if drops else 1 if swaps else 0
            ranked.append((kind, swaps + drops, additions, drops, number))
    ranked.sort()
    return tuple(_near(criteria, matrix.exact[rank[-1]], rank[0]) for rank in ranked[:limit])


def _near(criteria: Criteria, other: Criteria, kind: int) -> Near:
    changes = tuple((d, criteria[d], other[d]) for d in DIMENSIONS if criteria[d] != other[d])
    return Near(other, ("addition", "swap", "drop")[kind], changes)


def read_value(catalog: Catalog, dimension: str, text: str) -> str:
    """*text* as a value of *dimension* under the catalog's aliases; it may be one the catalog does not have."""
    return normalise_value(text, criteria_aliases(catalog)[dimension])
