"""The combinations of a catalog's criteria as bit masks: which overlays admit which, grouped by the set they make."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from generator.core.criteria import ANY, DIMENSIONS, Criteria
from generator.engine.dimensions import dimension_values
from generator.engine.match import Selection, select_among
from generator.engine.model import Catalog

Values = tuple[str, str, str, str, str]
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Index:
    """The catalog's overlays in the order in which they apply, and per dimension and value the ones it admits.

    Bit i of a mask is overlay `names[i]`. `admits[d]` has an entry per value some overlay states; any other value
    admits `open[d]`, the overlays that leave the dimension open.
    """

    names: tuple[str, ...]
    admits: tuple[Mapping[str, int], ...]
    open: tuple[int, ...]
    stated: Mapping[str, tuple[frozenset[str], ...]]  # overlay -> per dimension: the values its chain states

    def mask(self, values: Iterable[str]) -> int:
        """The overlays that admit the query with these values, one per dimension."""
        mask = -1
        for admits, free, value in zip(self.admits, self.open, values, strict=True):
            mask &= admits.get(value, free)
        return mask

    def matches(self, mask: int) -> tuple[str, ...]:
        """The names of a mask's overlays, in the order in which they apply."""
        names = []
        while mask:
            low = mask & -mask
            names.append(self.names[low.bit_length() - 1])
            mask ^= low
        return tuple(names)


def index_catalog(catalog: Catalog) -> Index:
    """The index of *catalog*; overlays that ask for a number of nodes take no part, no combination states one."""
    ranked = sorted(
        (o.criteria.specificity, o.name)
        for o in catalog.overlays.values()
        if o.criteria is not None and not o.criteria.nodes
    )
    names = tuple(name for _, name in ranked)
    admits: list[dict[str, int]] = []
    free: list[int] = []
    for dimension in DIMENSIONS:
        stated: dict[str, int] = {}
        unstated = 0
        for bit, name in enumerate(names):
            criteria = catalog.overlays[name].criteria
            assert criteria is not None
            value = criteria[dimension]
            if value == ANY:
                unstated |= 1 << bit
            else:
                stated[value] = stated.get(value, 0) | 1 << bit
        admits.append({value: mask | unstated for value, mask in stated.items()})
        free.append(unstated)
    return Index(names, tuple(admits), tuple(free), _stated_by_chains(catalog))


def _stated_by_chains(catalog: Catalog) -> dict[str, tuple[frozenset[str], ...]]:
    """Overlay -> per dimension, the values it or an ancestor of it states."""
    found = {}
    for name, chain in catalog.chains.items():
        criteria = [c for n in chain if (c := catalog.overlays[n].criteria) is not None]
        found[name] = tuple(frozenset(c[d] for c in criteria if c[d] != ANY) for d in DIMENSIONS)
    return found


@dataclass(frozen=True, slots=True)
class Support:
    """What a selection's overlays state: per dimension, by whom, and which service goes with which accelerator."""

    honoured: tuple[frozenset[str], ...]  # per dimension
    chains: tuple[
        tuple[frozenset[str], ...], ...
    ]  # distinct statements of single overlays with their ancestors

    def states_all(self, stated: Iterable[tuple[int, str]]) -> bool:
        """Whether one overlay with its ancestors states every (dimension index, value) given."""
        pairs = tuple(stated)
        return any(all(value in chain[d] for d, value in pairs) for chain in self.chains)

    def states_pair(self, service: str, accelerator: str) -> bool:
        """Whether one overlay with its ancestors states the two together."""
        return any(service in chain[0] and accelerator in chain[1] for chain in self.chains)


def support_of(index: Index, selection: Selection) -> Support:
    """What the applied overlays of *selection* state."""
    chains = tuple({index.stated[name] for name in selection.layers if name in index.stated})
    honoured = tuple(frozenset().union(*(chain[d] for chain in chains)) for d in range(len(DIMENSIONS)))
    return Support(honoured, chains)


def find_exact(catalog: Catalog, index: Index) -> tuple[Values, ...]:
    """Every combination that is exact: one applied overlay, with its ancestors, states all it states.

    They come in the order of the catalog's values, so that the first of several is the one criteria.yaml puts first.
    """
    candidates: set[Values] = set()
    for chain in set(index.stated.values()):
        for values in _products(chain):
            candidates.add(values)
    exact = []
    supports: dict[int, Support] = {}
    for values in candidates:
        stated = [(d, value) for d, value in enumerate(values) if value != ANY]
        if not stated:
            continue
        mask = index.mask(values)
        support = supports.get(mask)
        if support is None:
            support = supports[mask] = support_of(index, select_among(catalog, index.matches(mask)))
        if support.states_all(stated):
            exact.append(values)
    values_in_order = dimension_values(catalog)
    ranks = [{value: rank for rank, value in enumerate(values_in_order[d])} for d in DIMENSIONS]
    return tuple(sorted(exact, key=lambda e: [ranks[d][value] for d, value in enumerate(e)]))


def _products(chain: tuple[frozenset[str], ...]) -> Iterator[Values]:
    """Every choice of one stated value, or `any`, per dimension."""
    choices = [(ANY, *sorted(values)) for values in chain]
    for service in choices[0]:
        for accelerator in choices[1]:
            for intent in choices[2]:
                for os in choices[3]:
                    for platform in choices[4]:
                        yield service, accelerator, intent, os, platform


def find_needs(exact: Iterable[Values]) -> dict[tuple[str, ...], Pairs]:
    """For every combination that more criteria make exact: the fewest of them, the first in order where several do.

    A combination that is exact already needs ().
    """
    needs: dict[tuple[str, ...], Pairs] = {}
    for values in exact:
        stated = [d for d, value in enumerate(values) if value != ANY]
        for count in range(len(stated) + 1):
            for dropped in combinations(stated, count):
                open_values = tuple(ANY if d in dropped else value for d, value in enumerate(values))
                before = needs.get(open_values)
                if before is None or len(before) > count:
                    needs[open_values] = tuple((DIMENSIONS[d], values[d]) for d in dropped)
    return needs


def values_of(criteria: Criteria) -> Values:
    """The criteria's values in dimension order."""
    return criteria.service, criteria.accelerator, criteria.intent, criteria.os, criteria.platform
