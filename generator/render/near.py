"""What to change: the nearest exact combinations, for one combination as rows, for all at once as numbers."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from generator.core.criteria import ANY, DIMENSIONS, Criteria
from generator.engine.matrix import nearest
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
    return tuple(_row(site, criteria, n.criteria) for n in nearest(site.environments, criteria, limit))


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


# One number per kind of change, added up over the dimensions; no count exceeds five, so three bits hold one.
_ADD, _SWAP, _DROP = 1, 8, 64


def nearest_of_all(matrix: Matrix, limit: int) -> Iterator[tuple[int, ...]]:
    """Yield, in the order of the matrix's arrays, the indexes into `matrix.exact` that `nearest` would give.

    The same answer as asking for each combination, several times faster: the sums over the first dimensions
    are shared by all combinations below them.
    """
    size = max(len(matrix.exact), 1)
    rank = {code: _rank(code) * size for code in range(512)}
    *first, last = (
        [[_cost(value, exact[d]) for exact in matrix.exact] for value in matrix.values[d]] for d in DIMENSIONS
    )

    def below(depth: int, sums: list[int]) -> Iterator[tuple[int, ...]]:
        if depth == len(first):
            yield from _last(sums, last, rank, size, limit)
            return
        for column in first[depth]:
            yield from below(depth + 1, [a + b for a, b in zip(sums, column, strict=True)])

    yield from below(0, [0] * len(matrix.exact))


def _last(
    sums: list[int], columns: list[list[int]], rank: Mapping[int, int], size: int, limit: int
) -> Iterator[tuple[int, ...]]:
    """The answers for every value of the last dimension: one more change never betters a rank, so few are looked at."""
    order = sorted([rank[code] + number for number, code in enumerate(sums)])
    for column in columns:
        best: list[int] = []
        for least in order:
            if len(best) == limit and least > best[-1]:
                break
            number = least % size
            code = sums[number] + column[number]
            if code:  # the combination itself is not near itself
                insort(best, rank[code] + number)
                del best[limit:]
        yield tuple(found % size for found in best)


def _cost(asked: str, offered: str) -> int:
    if asked == offered:
        return 0
    return _ADD if asked == ANY else _DROP if offered == ANY else _SWAP


def _rank(code: int) -> int:
    """The order of a sum of changes: its gravest kind, then swaps and drops, then additions, then drops."""
    additions, swaps, drops = code & 7, code >> 3 & 7, code >> 6
    kind = 2 if drops else 1 if swaps else 0
    return ((kind * 16 + swaps + drops) * 8 + additions) * 8 + drops
