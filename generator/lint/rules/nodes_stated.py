"""An overlay that states a number of nodes."""

from __future__ import annotations

from collections.abc import Iterator

from generator.lint.examined import Examined, Rule, Told


def check(examined: Examined) -> Iterator[Told]:
    """Yield each overlay whose criteria state `nodes`."""
    for overlay in examined.catalog.overlays.values():
        if overlay.criteria is not None and overlay.criteria.nodes:
            yield Told(
                overlay.criteria_place,
                f"{overlay.name} states nodes: {overlay.criteria.nodes}",
                "leave it out: it admits only queries that name the very same number",
            )


RULE = Rule(
    "nodes-stated",
    "any",
    "No overlay states a number of nodes.",
    "The number is advisory: an overlay that states it applies to nobody who does not name it exactly.",
    check,
)
