"""A mixin that no overlay names."""

from __future__ import annotations

from collections.abc import Iterator

from generator.lint.examined import REASON, Examined, Rule, Told


def check(examined: Examined) -> Iterator[Told]:
    """Yield each mixin nobody uses."""
    used = {name for overlay in examined.catalog.overlays.values() for name in overlay.mixins}
    for mixin in examined.catalog.mixins.values():
        # A mixin kept for reference says so, as Talos has one upstream that no environment uses.
        if mixin.name not in used and not mixin.annotations.get(REASON):
            yield Told(
                mixin.place,
                f"the mixin {mixin.name} is used by no overlay",
                "use it, delete it, or say in aicr-matrix/reason why it stays",
            )


RULE = Rule(
    "unused-mixin",
    "any",
    "Every mixin is used by an overlay, or says why it is kept.",
    "An unused fragment looks like support that no recipe gives.",
    check,
)
