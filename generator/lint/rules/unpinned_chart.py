"""A component whose chart or source can change without a change here."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.engine.model import Component, Place
from generator.lint.examined import Examined, Rule, Told, mapping

_FLOATING = re.compile(r"latest|main|master|head|stable|.*[*^~<>|].*|.*(^|\.)x(\.|$).*", re.IGNORECASE)


def check(examined: Examined) -> Iterator[Told]:
    """Yield each component that some recipe deploys from a chart or source without a fixed version."""
    told: set[tuple[str, str]] = set()
    for recipe in examined.recipes:
        for component in recipe.components:
            fault = _fault(component)
            if not fault or (component.name, fault) in told:
                continue
            told.add((component.name, fault))
            yield Told(
                _place(examined, recipe.layers, component.name),
                f"{component.name} {fault}, as {recipe.id} resolves it",
                "pin one released version",
            )
    for entry in examined.catalog.registry.values():
        version = str(mapping(entry.fields.get("helm")).get("defaultVersion") or "")
        if version and _FLOATING.fullmatch(version) and (entry.name, _floats(version)) not in told:
            place = entry.tree.place(("helm", "defaultVersion")) if entry.tree.lines else entry.place
            yield Told(place, f"{entry.name} {_floats(version)}", "pin one released version")


def _fault(component: Component) -> str:
    """What leaves the component unpinned, "" where nothing does or there is nothing to pin."""
    if component.type == "Kustomize":
        if not component.source:
            return ""
        if not component.tag:
            return "names a Kustomize source without a tag"
        return _floats(component.tag) if _FLOATING.fullmatch(component.tag) else ""
    if not component.chart or not component.source:
        return ""  # manifests only
    if not component.version:
        return "has a chart without a version"
    return _floats(component.version) if _FLOATING.fullmatch(component.version) else ""


def _floats(version: str) -> str:
    return f"has the floating version {version}"


def _place(examined: Examined, layers: tuple[str, ...], name: str) -> Place:
    """Where the component's version would stand: the last overlay that states one, else its first mention."""
    refs = [c for layer in layers for c in examined.catalog.overlays[layer].components if c.name == name]
    stating = [c for c in refs if c.fields.get("version") or c.fields.get("tag")]
    if stating:
        return stating[-1].tree.place(("version",)) if "version" in stating[-1].fields else stating[-1].place
    entry = examined.catalog.registry.get(name)
    return entry.place if entry else refs[0].place if refs else Place("registry.yaml", 1)


RULE = Rule(
    "unpinned-chart",
    "any",
    "Every chart and every Kustomize source is pinned to one version.",
    "A range or a branch deploys something else tomorrow, and no bundle could be built twice with the same bytes.",
    check,
)
