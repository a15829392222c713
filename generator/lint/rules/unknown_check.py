"""A validation phase that names a check the catalog does not have."""

from __future__ import annotations

from collections.abc import Iterator

from generator.engine.problems import suggest
from generator.lint.examined import Examined, Rule, Told, mapping


def check(examined: Examined) -> Iterator[Told]:
    """Yield unknown checks, checks named in a phase they are not for, and health of unknown components."""
    catalog = examined.catalog
    for overlay in catalog.overlays.values():
        for phase, stated in overlay.phases.items():
            for name in stated.checks or ():
                spec = catalog.checks.get(name)
                if spec is None:
                    yield Told(
                        stated.place,
                        f"{overlay.name} names the check {name}, which does not exist",
                        suggest(name, catalog.checks) or "add it to checks/",
                    )
                elif spec.get("phase") != phase:
                    yield Told(
                        stated.place,
                        f"{overlay.name} names the check {name} in {phase}; it is one of {spec.get('phase')}",
                        "move it to its phase",
                    )
    if examined.checks_are_own:
        for tree in catalog.documents.values():
            if tree.value.get("kind") != "ComponentHealth":
                continue
            for component in mapping(tree.value.get("components")):
                if component not in catalog.registry:
                    yield Told(
                        tree.place(("components", component)),
                        f"health is stated for {component}, which is not in the registry",
                        suggest(component, catalog.registry) or "delete it",
                    )


RULE = Rule(
    "unknown-check",
    "any",
    "Every check a phase names exists and belongs to that phase.",
    "A check nobody defines is never run, and its phase would look complete without it.",
    check,
)
