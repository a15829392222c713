"""What to change: the nearest exact combinations, for one combination as rows, for all at once as numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

from generator.core.criteria import ANY, DIMENSIONS, Criteria
from generator.engine.model import Coverage, Matrix
from generator.render.facts import KUBERNETES
from generator.render.site import Site, recipe_address
from generator.render.words import SHOWN_ORDER, spell_expression


@dataclass(frozen=True, slots=True)
class Change:
    """One facet changed, in the words of the interface."""

    dimension: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class NearRow:
    """An exact combination and how it is reached."""

    recipe: str
    criteria: Criteria
    changes: tuple[Change, ...]
    coverage: Coverage
    address: str
    kubernetes: str
    components: int


def find_near(site: Site, criteria: Criteria, limit: int = 4) -> tuple[NearRow, ...]:
    """Return the exact combinations nearest to *criteria*: additions first, then swaps, then drops.

    Starting points are no environments and are not proposed.
    """
    matrix = site.environments
    rows = site.remember("rows of environments", "", lambda: _rows(matrix))
    sums = sum(
        rows[d][matrix.values[dimension].index(criteria[dimension])] for d, dimension in enumerate(DIMENSIONS)
    )
    return tuple(_row(site, criteria, matrix.exact[n]) for n in _least(sums, len(matrix.exact), limit))


def find_starts(site: Site, limit: int = 6) -> tuple[NearRow, ...]:
    """Return the least that states a whole environment, one for each service: what the finder proposes first."""
    first: dict[str, NearRow] = {}
    for row in find_near(site, Criteria(), len(site.environments.exact)):
        first.setdefault(row.criteria.service, row)
    return tuple(first.values())[:limit]


def _row(site: Site, asked: Criteria, found: Criteria) -> NearRow:
    recipe = site.recipes[site.matrix_recipe(found)]
    needs = next((c.value for c in recipe.constraints if c.name == KUBERNETES), "")
    return NearRow(
        recipe=recipe.id,
        criteria=found,
        changes=tuple(_changes(site, asked, found)),
        coverage=Coverage.EXACT,
        address=recipe_address(recipe.criteria),
        kubernetes=spell_expression(needs),
        components=len(recipe.order),
    )


def _changes(site: Site, asked: Criteria, found: Criteria) -> Iterable[Change]:
    words = site.words
    for dimension in SHOWN_ORDER:
        before, after = asked[dimension], found[dimension]
        if before != after:
            yield Change(
                words.dimension(dimension), words.label(dimension, before), words.label(dimension, after)
            )


# A sum of changes as one byte: together they are at most five, one a dimension, so no sum overflows.
_ADD, _SWAP, _DROP = 1, 6, 36


def nearest_of_all(matrix: Matrix, limit: int) -> Iterator[tuple[int, ...]]:
    """Yield, in the order of the matrix's arrays, the indexes into `matrix.exact` that `nearest` would give.

    The same answer as asking for each combination, many times faster.
    """
    for rows in product(*_rows(matrix)):
        yield _least(sum(rows), len(matrix.exact), limit)


def _rows(matrix: Matrix) -> list[list[int]]:
    """For each dimension and value what each exact combination changes there: a byte each, as one large number.

    The sum of five rows is the sum of every exact combination's changes, in five additions.
    """
    return [
        [
            int.from_bytes(bytes(_cost(value, exact[d]) for exact in matrix.exact), "little")
            for value in matrix.values[d]
        ]
        for d in DIMENSIONS
    ]


def _least(sums: int, size: int, limit: int) -> tuple[int, ...]:
    """Where the *limit* least sums stand, the first of equals first; a sum of zero is the combination itself."""
    row = sums.to_bytes(size, "little").translate(_PLACE_OF)
    found: list[int] = []
    for place in range(1, _PLACES):
        at = row.find(place)
        while at >= 0:
            found.append(at)
            if len(found) == limit:
                return tuple(found)
            at = row.find(place, at + 1)
    return tuple(found)


def _cost(asked: str, offered: str) -> int:
    if asked == offered:
        return 0
    return _ADD if asked == ANY else _DROP if offered == ANY else _SWAP


def _places() -> bytes:
    """For every sum its place among all sums, in the order of `_rank`; what is no sum has none."""
    most = len(DIMENSIONS)
    sums = [
        (_rank(additions, swaps, drops), _ADD * additions + _SWAP * swaps + _DROP * drops)
        for additions in range(most + 1)
        for swaps in range(most + 1 - additions)
        for drops in range(most + 1 - additions - swaps)
    ]
    table = bytearray(256)
    for place, (_, code) in enumerate(sorted(sums)):
        table[code] = place
    return bytes(table)


def _rank(additions: int, swaps: int, drops: int) -> tuple[int, ...]:
    """The order of a sum of changes: its gravest kind, then swaps and drops, then additions, then drops."""
    return (2 if drops else 1 if swaps else 0, swaps + drops, additions, drops)


_PLACE_OF = _places()
_PLACES = max(_PLACE_OF) + 1
