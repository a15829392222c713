"""A componentRef that the registry does not know."""

from __future__ import annotations

from collections.abc import Iterator

from generator.engine.problems import suggest
from generator.lint.examined import Examined, Rule, Told


def check(examined: Examined) -> Iterator[Told]:
    """Yield each component that stands in a file and not in the registry."""
    registry = examined.catalog.registry
    for overlay in examined.files:
        for component in overlay.components:
            if component.name not in registry:
                yield Told(
                    component.place,
                    f"the component {component.name} is not in the registry",
                    suggest(component.name, registry) or "add it to registry.yaml",
                )


RULE = Rule(
    "unknown-component",
    "any",
    "Every component an overlay or mixin names is in the registry.",
    "The registry holds a component's chart, its version and the value paths other tools write to.",
    check,
)
