"""Which recipes run which image and set which value: the rows of the reverse indexes and of the finder's search."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from generator.engine.model import Recipe
from generator.render.component_page import value_at
from generator.render.site import Site

Uses = tuple[Recipe, ...]


@dataclass(frozen=True, slots=True)
class SettingRow:
    """A setting with a value: the recipes that set it so, and those in which a switch above it is off."""

    setting: str
    value: str
    recipes: Uses
    off: tuple[tuple[str, Uses], ...]  # the switch, `driver.enabled`, and the recipes


def image_uses(site: Site) -> Mapping[str, Uses]:
    """The shown recipes whose values name an image, by image."""
    found: dict[str, dict[str, Recipe]] = defaultdict(dict)
    for recipe in site.shown_recipes:
        for images in site.images.get(recipe.id, {}).values():
            for image in images:
                found[image][recipe.id] = recipe
    return {image: tuple(recipes.values()) for image, recipes in sorted(found.items())}


def setting_uses(site: Site) -> Mapping[str, tuple[SettingRow, ...]]:
    """Every setting that recipes give different values, and every version, by component: what somebody looks up."""
    return site.remember("settings", "", lambda: _setting_uses(site))


def _setting_uses(site: Site) -> Mapping[str, tuple[SettingRow, ...]]:
    # component -> setting -> value -> the switch that is off, "" where none is -> recipes
    found: dict[str, dict[str, dict[str, dict[str, list[Recipe]]]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    )
    for recipe in site.shown_recipes:
        for name in recipe.order:
            component = recipe.component(name)
            for path in component.value_origins:
                value = value_at(component.values, path)
                found[name][".".join(path)][value][switched_off(component.values, path)].append(recipe)
    listed = {
        name: tuple(
            SettingRow(
                setting,
                value,
                tuple(uses.get("", ())),
                tuple((switch, tuple(recipes)) for switch, recipes in sorted(uses.items()) if switch),
            )
            for setting, values in sorted(settings.items())
            if len(values) > 1 or setting.endswith("version")
            for value, uses in sorted(values.items())
        )
        for name, settings in sorted(found.items())
    }
    return {name: rows for name, rows in listed.items() if rows}


def switched_off(values: Mapping[str, object], path: Sequence[str]) -> str:
    """The switch above *path* that is off, `driver.enabled` for `driver.version`; "" where none is."""
    node: object = values
    for depth, key in enumerate(path):
        if not isinstance(node, Mapping):
            return ""
        # A switch does not switch itself, and what stands beside it at the top is the whole component's.
        if depth and key != "enabled" and node.get("enabled") is False:
            return ".".join((*path[:depth], "enabled"))
        node = node.get(key)
    return ""
