"""A dependency on a component that some recipe does not have."""

from __future__ import annotations

from collections.abc import Iterator

from generator.engine.model import Place
from generator.engine.problems import suggest
from generator.lint.examined import Examined, Rule, Told, strings


def check(examined: Examined) -> Iterator[Told]:
    """Yield names that are no component at all, then components missing beside the one that needs them."""
    known = {c.name for overlay in examined.files for c in overlay.components} | set(
        examined.catalog.registry
    )
    for overlay in examined.files:
        for component in overlay.components:
            for index, name in enumerate(strings(component.fields.get("dependencyRefs"))):
                if name not in known:
                    yield Told(
                        component.tree.place(("dependencyRefs", str(index))),
                        f"{component.name} depends on {name}, which is no component",
                        suggest(name, known) or "name a component of the registry",
                    )
    yield from _missing(examined, known)


def _missing(examined: Examined, known: set[str]) -> Iterator[Told]:
    told: set[tuple[str, str]] = set()
    for recipe in examined.recipes:
        present = {c.name: c for c in recipe.components}
        for component in recipe.components:
            if not component.enabled:
                continue
            for name in component.dependencies:
                if name in known and name not in present and (component.name, name) not in told:
                    told.add((component.name, name))
                    yield Told(
                        _place(examined, recipe.layers, component.name),
                        f"{component.name} depends on {name}, which the recipe {recipe.id} does not have",
                        f"add {name} to the recipe or drop the dependency",
                    )


def _place(examined: Examined, layers: tuple[str, ...], name: str) -> Place:
    """The last overlay of the recipe that names the component with dependencies, else the registry."""
    for layer in reversed(layers):
        for component in examined.catalog.overlays[layer].components:
            if component.name == name and component.fields.get("dependencyRefs"):
                return component.place
    entry = examined.catalog.registry.get(name)
    return entry.place if entry else Place("registry.yaml", 1)


RULE = Rule(
    "unknown-dependency",
    "any",
    "Every dependency is a component, and present in each recipe of the component that needs it.",
    "Dependencies order the deployment; one that is absent orders nothing and usually hides a missing component.",
    check,
)
