"""An overlay names a parent that does not exist."""

from __future__ import annotations

from collections.abc import Iterator

from generator.engine.problems import suggest
from generator.lint.examined import Examined, Rule, Told


def check(examined: Examined) -> Iterator[Told]:
    """Yield each overlay whose base is no overlay."""
    overlays = examined.catalog.overlays
    for overlay in overlays.values():
        if overlay.base and overlay.base not in overlays:
            yield Told(
                overlay.place,
                f"{overlay.name} has the parent {overlay.base}, which is no overlay",
                suggest(overlay.base, overlays) or "name an overlay of the catalog",
            )


RULE = Rule(
    "unknown-parent",
    "any",
    "The base of an overlay is an overlay of the catalog.",
    "Without its parent an overlay contributes only its own lines, and every floor it meant to inherit is lost.",
    check,
)
