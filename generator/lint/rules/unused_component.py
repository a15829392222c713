"""A component of the registry that no recipe contains."""

from __future__ import annotations

from collections.abc import Iterator

from generator.lint.examined import Examined, Rule, Told


def check(examined: Examined) -> Iterator[Told]:
    """Yield each registry entry that no overlay or mixin names."""
    used = {c.name for overlay in examined.files for c in overlay.components}
    for entry in examined.catalog.registry.values():
        if entry.name not in used:
            yield Told(
                entry.place,
                f"the component {entry.name} is used by no overlay and no mixin",
                "use it or delete it",
            )


RULE = Rule(
    "unused-component",
    "any",
    "Every component of the registry is used.",
    "An unused entry ages unseen: its version is never deployed and never checked.",
    check,
)
