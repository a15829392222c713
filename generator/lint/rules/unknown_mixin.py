"""An overlay names a mixin that does not exist."""

from __future__ import annotations

from collections.abc import Iterator

from generator.engine.problems import suggest
from generator.lint.examined import Examined, Rule, Told


def check(examined: Examined) -> Iterator[Told]:
    """Yield each mixin an overlay names in vain."""
    mixins = examined.catalog.mixins
    for overlay in examined.catalog.overlays.values():
        for name in overlay.mixins:
            if name not in mixins:
                yield Told(
                    overlay.place,
                    f"{overlay.name} names the mixin {name}, which does not exist",
                    suggest(name, mixins) or "add the file to mixins/",
                )


RULE = Rule(
    "unknown-mixin",
    "any",
    "Every mixin an overlay names exists.",
    "A mixin that is not found contributes nothing, and the recipe lacks what its overlay relies on.",
    check,
)
