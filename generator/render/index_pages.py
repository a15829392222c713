"""The reverse indexes: which recipes run an image, which set a value, and a deployer's bundles with their digests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial

from generator.engine.model import Recipe
from generator.render.document import PageDocument, root_of
from generator.render.recipe_page import DEPLOYER_WORDS
from generator.render.site import Site
from generator.render.templating import render, render_text
from generator.render.uses import image_uses, setting_uses
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
    return _page(
        "components/by-image/",
        "Images",
        "Which recipes run which image, as far as their values name images; a chart may bring more.",
        "Components",
        "by_image",
        {"site": site, "rows": list(image_uses(site).items())},
        scripts=("rows",),
    )


def _by_setting(site: Site) -> PageDocument:
    return _page(
        "components/by-setting/",
        "Settings",
        "Which recipes set what: versions, and every setting that differs between recipes.",
        "Components",
        "by_setting",
        {"site": site, "groups": list(setting_uses(site).items())},
        scripts=("rows",),
    )


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
