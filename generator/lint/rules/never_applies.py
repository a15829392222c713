"""An overlay that no query can bring in."""

from __future__ import annotations

from collections.abc import Iterator

from generator.core.criteria import ANY, DIMENSIONS
from generator.engine.model import Overlay
from generator.lint.examined import Examined, Rule, Told, excused


def check(examined: Examined) -> Iterator[Told]:
    """Yield overlays that match nothing and are nobody's ancestor, and those at odds with their own parents."""
    overlays = examined.catalog.overlays
    reached = {
        o.name for name, top in overlays.items() if top.criteria is not None for o in examined.chain(name)
    }
    for overlay in overlays.values():
        if overlay.name not in reached and overlay.name != "base":
            yield Told(
                overlay.place,
                f"{overlay.name} states no criteria and no overlay with criteria has it as a parent",
                "give it criteria, make it a parent, or delete it",
            )
        for ancestor in examined.chain(overlay.name)[:-1]:
            for dimension in _at_odds(overlay, ancestor):
                assert overlay.criteria is not None and ancestor.criteria is not None
                yield Told(
                    overlay.criteria_place,
                    f"{overlay.name} is for {dimension} {overlay.criteria[dimension]}, "
                    f"its parent {ancestor.name} for {ancestor.criteria[dimension]}",
                    "choose a parent that fits, or name the dimension with the reason in aicr-matrix/reason",
                )


def _at_odds(overlay: Overlay, ancestor: Overlay) -> tuple[str, ...]:
    if overlay.criteria is None or ancestor.criteria is None:
        return ()
    mine, theirs = overlay.criteria, ancestor.criteria
    return tuple(
        d
        for d in DIMENSIONS
        if theirs[d] != ANY and mine[d] not in (ANY, theirs[d]) and not excused(overlay, d)
    )


RULE = Rule(
    "never-applies",
    "any",
    "Every overlay applies to some query, and fits the criteria of its own parents.",
    "A file that can never apply is read and maintained for nothing; one whose parent is meant for another system "
    "brings that system's settings along.",
    check,
)
