"""Deployment order as a picture needs it: tiers, the dependencies worth drawing, and the longest path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from generator.engine.model import Component, Recipe


@dataclass(frozen=True, slots=True)
class Order:
    """The enabled components by tier (from 1), the drawn edges, and what was left out because others imply it."""

    tiers: tuple[tuple[str, ...], ...]
    tier_of: Mapping[str, int]
    edges: tuple[tuple[str, str], ...]  # (needed, dependent), transitive ones left out
    implied: int  # how many dependencies are not in `edges`
    longest: tuple[str, ...]  # one longest path, first deployed first


def shown_version(component: Component) -> str:
    """The version a component is named with: its chart's, or the tag of a kustomization; empty for bare manifests."""
    return component.version or component.tag


def find_order(recipe: Recipe) -> Order:
    """Return the tiers of *recipe*: a component stands one tier after the last thing it needs."""
    deployed = set(recipe.order)
    needs = {
        component.name: tuple(d for d in component.dependencies if d in deployed and d != component.name)
        for component in recipe.components
        if component.name in deployed
    }
    tier_of: dict[str, int] = {}
    for name in recipe.order:
        tier_of[name] = 1 + max((tier_of.get(d, 0) for d in needs[name]), default=0)
    depth = max(tier_of.values(), default=0)
    tiers = tuple(tuple(n for n in recipe.order if tier_of[n] == tier) for tier in range(1, depth + 1))
    above: dict[str, set[str]] = {}
    for name in recipe.order:
        above[name] = set(needs[name]).union(*(above.get(d, set()) for d in needs[name]))
    edges = tuple(
        (needed, name)
        for name in recipe.order
        for needed in needs[name]
        if not any(needed in above[other] for other in needs[name] if other != needed)
    )
    implied = sum(len(listed) for listed in needs.values()) - len(edges)
    return Order(tiers, tier_of, edges, implied, _longest_path(recipe.order, tier_of, needs))


def _longest_path(
    order: Sequence[str], tier_of: Mapping[str, int], needs: Mapping[str, Sequence[str]]
) -> tuple[str, ...]:
    if not order:
        return ()
    name = max(order, key=lambda n: (tier_of[n], [-ord(c) for c in n]))
    path = [name]
    while tier_of[name] > 1:
        name = min(d for d in needs[name] if tier_of[d] == tier_of[name] - 1)
        path.append(name)
    return tuple(reversed(path))
