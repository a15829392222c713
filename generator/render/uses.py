"""Which recipes run which image and set which value: the rows of the reverse indexes and of the finder's search."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from generator.engine.model import Recipe
from generator.render.component_page import value_at
from generator.render.site import Site

Uses = tuple[Recipe, ...]


def image_uses(site: Site) -> Mapping[str, Uses]:
    """The shown recipes whose values name an image, by image."""
    found: dict[str, dict[str, Recipe]] = defaultdict(dict)
    for recipe in site.shown_recipes:
        for images in site.images.get(recipe.id, {}).values():
            for image in images:
                found[image][recipe.id] = recipe
    return {image: tuple(recipes.values()) for image, recipes in sorted(found.items())}


def setting_uses(site: Site) -> Mapping[str, tuple[tuple[str, str, Uses], ...]]:
    """By component: (setting, value, recipes) of settings that differ between recipes, and versions."""
    return site.remember("settings", "", lambda: _setting_uses(site))


def _setting_uses(site: Site) -> Mapping[str, tuple[tuple[str, str, Uses], ...]]:
    found: dict[str, dict[str, dict[str, list[Recipe]]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(list))
    )
    for recipe in site.shown_recipes:
        for name in recipe.order:
            component = recipe.component(name)
            for path in component.value_origins:
                found[name][".".join(path)][value_at(component.values, path)].append(recipe)
    rows = {
        name: tuple(
            (setting, value, tuple(recipes))
            for setting, values in sorted(settings.items())
            if len(values) > 1 or setting.endswith("version")
            for value, recipes in sorted(values.items())
        )
        for name, settings in sorted(found.items())
    }
    return {name: listed for name, listed in rows.items() if listed}
