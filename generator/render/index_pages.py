"""The reverse indexes: which recipes run an image, which set a value, and a deployer's bundles with their digests."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from generator.engine.model import Recipe
from generator.render.component_page import value_at
from generator.render.document import PageDocument, root_of
from generator.render.recipe_page import DEPLOYER_WORDS
from generator.render.site import Site
from generator.render.templating import render, render_text
from generator.render.words import spell_count

Found = list[tuple[str, tuple[Recipe, ...]]]


def index_makers(site: Site) -> dict[str, Callable[[], PageDocument]]:
    """How each index page is made, by its address."""
    return {
        "components/by-image/": partial(_by_image, site),
        "components/by-setting/": partial(_by_setting, site),
        "bundles/": partial(_bundles, site),
        **{f"bundles/{name}/": partial(_bundle_list, site, name) for name in site.deployers},
    }


def _by_image(site: Site) -> PageDocument:
    uses: dict[str, dict[str, Recipe]] = defaultdict(dict)
    for recipe in site.shown_recipes:
        for images in site.images.get(recipe.id, {}).values():
            for image in images:
                uses[image][recipe.id] = recipe
    rows = [(image, tuple(found.values())) for image, found in sorted(uses.items())]
    return _page(
        "components/by-image/",
        "Images",
        "Which recipes run which image, as far as their values name images; a chart may bring more.",
        "Components",
        "by_image",
        {"site": site, "rows": rows},
        scripts=("rows",),
    )


@dataclass(frozen=True, slots=True)
class SettingRow:
    """A setting with a value: the recipes that set it so, and those in which a switch above it is off."""

    setting: str
    value: str
    recipes: tuple[Recipe, ...]
    off: tuple[tuple[str, tuple[Recipe, ...]], ...]  # the switch, `driver.enabled`, and the recipes


def _by_setting(site: Site) -> PageDocument:
    """Every setting that recipes give different values, and every version: what somebody would look up."""
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
    groups = []
    for name, settings in sorted(found.items()):
        rows = [
            SettingRow(
                setting,
                value,
                tuple(uses.get("", ())),
                tuple((switch, tuple(recipes)) for switch, recipes in sorted(uses.items()) if switch),
            )
            for setting, values in sorted(settings.items())
            if len(values) > 1 or setting.endswith("version")
            for value, uses in sorted(values.items())
        ]
        if rows:
            groups.append((name, rows))
    return _page(
        "components/by-setting/",
        "Settings",
        "Which recipes set what: versions, and every setting that differs between recipes.",
        "Components",
        "by_setting",
        {"site": site, "groups": groups},
        scripts=("rows",),
    )


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


def _bundles(site: Site) -> PageDocument:
    counts = Counter(item.deployer for items in site.downloads.values() for item in items)
    deployers = [(name, *DEPLOYER_WORDS.get(name, (name, "")), counts[name]) for name in sorted(counts)]
    return _page(
        "bundles/",
        "Bundles",
        "Every recipe packed for every deployer, byte-identical on every build.",
        "Matrix",
        "bundles",
        {"site": site, "deployers": deployers},
    )


def _bundle_list(site: Site, deployer: str) -> PageDocument:
    items = [
        (recipe, item)
        for recipe in site.shown_recipes
        for item in site.downloads.get(recipe.id, ())
        if item.deployer == deployer
    ]
    label, apply = DEPLOYER_WORDS.get(deployer, (deployer, ""))
    return _page(
        f"bundles/{deployer}/",
        f"{label} bundles",
        f"{spell_count(len(items), 'bundle')} for {label}, each with its digests.",
        "Matrix",
        "bundle_list",
        {"site": site, "label": label, "apply": apply, "items": items},
    )


def _page(
    address: str,
    title: str,
    description: str,
    tab: str,
    template: str,
    context: dict[str, object],
    scripts: tuple[str, ...] = (),
) -> PageDocument:
    filled = {**context, "root": root_of(address), "title": title, "description": description}
    return PageDocument(
        address=address,
        title=title,
        description=description,
        tab=tab,
        html=render(f"{template}.html", filled),
        markdown=render_text("index_page.md", filled),
        search=description,
        scripts=scripts,
    )
