"""Which overlays a query gets, and in which order they apply."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from generator.core.criteria import Criteria
from generator.engine.model import Catalog, Overlay


@dataclass(frozen=True, slots=True)
class Selection:
    """The overlays a query selects: all that admit it, those of them that lead, and all that apply, root first."""

    matches: tuple[str, ...]  # specificity ascending, then name
    leaves: tuple[str, ...]  # the matches that are no other match's ancestor, same order
    layers: tuple[str, ...]  # base first
    broken: tuple[str, ...] = ()  # leaves whose chain leads nowhere or in a circle


def match_overlays(catalog: Catalog, query: Criteria) -> tuple[Overlay, ...]:
    """The overlays that admit *query*, least specific first, then by name."""
    asked = (query.service, query.accelerator, query.intent, query.os, query.platform, query.nodes)
    service, accelerator, intent, os, platform, nodes = asked
    admitted = []
    for overlay in catalog.overlays.values():
        c = overlay.criteria
        # Criteria.admits, written out: this runs for every overlay of every query.
        if (
            c is not None
            and (c.service == service or c.service == "any")
            and (c.accelerator == accelerator or c.accelerator == "any")
            and (c.intent == intent or c.intent == "any")
            and (c.os == os or c.os == "any")
            and (c.platform == platform or c.platform == "any")
            and (not c.nodes or c.nodes == nodes)
        ):
            admitted.append(overlay)
    admitted.sort(key=_rank)
    return tuple(admitted)


def _rank(overlay: Overlay) -> tuple[int, str]:
    assert overlay.criteria is not None
    return overlay.criteria.specificity, overlay.name


def select_overlays(catalog: Catalog, query: Criteria) -> Selection:
    """What *query* selects; the layers are base, then each leaf's chain from its root, each overlay once."""
    return select_among(catalog, [overlay.name for overlay in match_overlays(catalog, query)])


def select_among(catalog: Catalog, matches: Iterable[str]) -> Selection:
    """The selection these matching overlays make; they are given in the order in which they apply."""
    names = tuple(matches)
    chains = catalog.chains
    ancestors: set[str] = set()
    for name in names:
        ancestors.update(chains.get(name, ())[:-1])
    leaves = tuple(name for name in names if name not in ancestors)
    layers = dict.fromkeys(("base",))
    for leaf in leaves:
        layers.update(dict.fromkeys(chains.get(leaf, ())))
    return Selection(names, leaves, tuple(layers), tuple(leaf for leaf in leaves if leaf not in chains))
