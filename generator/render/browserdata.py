"""The finder's index, the search entries and the rules as the browser reads them, as JSON and as scripts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from generator.core.criteria import ANY, DIMENSIONS
from generator.engine.dimensions import criteria_aliases
from generator.engine.model import Cell, Recipe
from generator.engine.rules import detection_rules, dimensions_document, recipe_rules
from generator.render.combination_page import needs_sentence
from generator.render.component_page import component_usages
from generator.render.document import PageDocument
from generator.render.facts import site_facts
from generator.render.order import shown_version
from generator.render.pages import combination_cells
from generator.render.site import SCHEMA_VERSION, Site, component_address, recipe_address
from generator.render.uses import image_uses, setting_uses
from generator.render.words import SHOWN_ORDER, spell_count, spell_list


def matrix_document(site: Site, *, bundles: bool = True) -> dict[str, object]:
    """The finder's index: the distinct recipes and, per combination, coverage, recipe and what is not honoured.

    Without *bundles* nothing is packed for it: enough for a page that is drawn from it.
    """
    return site.remember("matrix", bundles, lambda: _matrix_document(site, bundles))


def _matrix_document(site: Site, bundles: bool) -> dict[str, object]:
    return {
        **_head(site),
        "dimensions": _dimensions(site),
        "recipes": [_recipe(site, recipe, bundles) for recipe in site.matrix.recipes],
        "coverage": site.matrix.coverage.translate(_DIGITS).decode("ascii"),
        "recipe": list(site.matrix.recipe),
        "notHonoured": site.matrix.not_honoured.hex(),
    }


_DIGITS = bytes(48 + code if code < 4 else 63 for code in range(256))


def _head(site: Site) -> dict[str, object]:
    return {
        "schemaVersion": SCHEMA_VERSION,
        "catalogDigest": site.catalog.digest,
        "catalogVersion": site.catalog.version,
    }


def _dimensions(site: Site) -> list[dict[str, object]]:
    words, aliases = site.words, criteria_aliases(site.catalog)
    return [
        {
            "name": dimension,
            "label": words.dimension(dimension),
            "anyAliases": [word for word, value in aliases[dimension].items() if value == ANY],
            "values": [
                {
                    "name": v,
                    "label": words.label(dimension, v),
                    "title": words.title(dimension, v),
                    "aliases": [word for word, value in aliases[dimension].items() if value == v != ANY],
                }
                for v in site.matrix.values[dimension]
            ],
        }
        for dimension in DIMENSIONS
    ]


def _recipe(site: Site, recipe: Recipe, bundles: bool) -> dict[str, object]:
    facts = site_facts(site, recipe)
    cell = site.cells[recipe.id]
    return {
        "id": recipe.id,
        "page": recipe_address(recipe.criteria),
        "criteria": recipe.criteria.as_dict(),
        "coverage": cell.coverage.value,
        "startingPoint": recipe.starting_point,
        "evidence": recipe.evidence,
        "kubernetes": facts.kubernetes,
        "os": facts.os,
        "kernel": facts.kernel,
        "driver": facts.driver,
        "operator": facts.operator,
        "components": facts.components,
        "tiers": facts.tiers,
        "layers": facts.layers,
        "honouredBy": dict(cell.honoured_by),
        "bundles": [d.as_dict() for d in site.downloads.get(recipe.id, ())] if bundles else [],
        "lifecycle": [
            {"subject": key, "state": h.state, "short": h.short, "sentence": h.sentence}
            for key, h in facts.hints.items()
        ],
    }


def search_document(site: Site, pages: Iterable[PageDocument]) -> list[dict[str, str]]:
    """What the finder's own search finds: an entry per page, per setting and per image.

    `text` is a list of short statements, `driver 595.91.07`, each of which is matched as a whole; `note` says what an
    entry is. Recipes and combinations carry their `coverage`, starting points are told apart.
    """
    recipes = {recipe_address(r.criteria): r for r in site.shown_recipes}
    cells = {recipe_address(c.criteria): c for c in combination_cells(site)}
    usages = site.remember("usages", "", lambda: component_usages(site))
    components = {component_address(usage.name): usage for usage in usages}
    entries = []
    for page in pages:
        if not page.indexed:
            continue
        entry = {"id": page.title, "page": page.address, "title": page.description.split(":")[0]}
        if recipe := recipes.get(page.address):
            entry |= _recipe_entry(site, recipe)
        elif cell := cells.get(page.address):
            entry |= {"text": "", "note": _wanting(site, cell), "coverage": cell.coverage.value}
        elif usage := components.get(page.address):
            versions = [f"{usage.name} {v.version}" for v in usage.versions if v.version]
            entry |= {"text": _statements([usage.summary.rstrip("."), *versions]), "note": "component"}
        else:
            kind = "criteria" if page.address.startswith("criteria/") else "page"
            entry |= {"text": page.search, "note": kind}
        entries.append(entry)
    return [*entries, *_setting_entries(site), *_image_entries(site)]


def _recipe_entry(site: Site, recipe: Recipe) -> dict[str, str]:
    facts = site_facts(site, recipe)
    stated = [
        (facts.kubernetes, f"Kubernetes {facts.kubernetes}"),
        (facts.os, f"OS {facts.os}"),
        (facts.kernel, f"kernel {facts.kernel}"),
        (facts.driver, f"driver {facts.driver}"),
    ]
    aliases = [alias for d, v in recipe.criteria.items() for alias in site.words.aliases(d, v)]
    components = [f"{name} {shown_version(recipe.component(name))}".strip() for name in recipe.order]
    return {
        "text": _statements([*(text for fact, text in stated if fact), *components, *aliases]),
        "note": spell_count(facts.components, "component"),
        "coverage": site.cells[recipe.id].coverage.value,
        **({"start": "yes"} if recipe.starting_point else {}),
    }


def _wanting(site: Site, cell: Cell) -> str:
    """What a combination without a recipe needs, else what is not honoured, in a few words."""
    if needs := needs_sentence(site, cell):
        return needs.rstrip(".")
    lost = [site.words.label(d, cell.criteria[d]) for d in SHOWN_ORDER if d in cell.not_honoured]
    return f"{spell_list(lost)} not honoured" if lost else "not stated as a pair"


def _setting_entries(site: Site) -> Iterable[dict[str, str]]:
    for name, rows in setting_uses(site).items():
        for row in rows:
            # Nobody looks for a list of mappings by its text.
            plain = "" if row.value.startswith(("[{", "{")) else row.value
            idle = sum(len(uses) for _, uses in row.off)
            told = [
                f"set by {spell_count(len(row.recipes), 'recipe')}" if row.recipes else "",
                f"without effect in {spell_count(idle, 'recipe')}" if idle else "",
            ]
            yield {
                "id": f"{row.setting} {plain[:_LONGEST]}{'…' if plain[_LONGEST:] else ''}".strip(),
                "page": f"components/by-setting/#{name}",
                "title": name,
                "text": "",
                "note": _statements(told),
            }


def _image_entries(site: Site) -> Iterable[dict[str, str]]:
    for image, recipes in image_uses(site).items():
        yield {
            "id": image.partition("@")[0],
            "page": "components/by-image/",
            "title": "",
            "text": "image",
            "note": f"run by {spell_count(len(recipes), 'recipe')}",
        }


_LONGEST = 40  # characters of a value that are worth finding


def _statements(parts: Iterable[str]) -> str:
    return ", ".join(part for part in parts if part)


def rules_document(site: Site) -> dict[str, object]:
    """Everything the validator needs to judge a snapshot against the whole matrix."""
    catalog = site.catalog
    return {
        **_head(site),
        "recipes": [
            recipe_rules(recipe, site.cells[recipe.id], catalog)
            for recipe in site.matrix.recipes
            if site.supported(recipe.id)
        ],
        "checks": dict(catalog.checks),
        "measurements": [_measurement(m) for m in catalog.measurements.values()],
        "detection": detection_rules(catalog),
        "dimensions": dimensions_document(catalog),
        "lifecycle": dict(catalog.lifecycle),
        # Whose workloads the catalog states; nobody else is asked for theirs.
        "health": sorted(catalog.health),
    }


def _measurement(measurement: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in measurement.items() if value not in ("", None)}


def as_json(value: object) -> bytes:
    """A document as compact JSON with a closing newline; keys stay in the order the document gives."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8") + b"\n"


def as_script(name: str, value: object) -> bytes:
    """A document as a classic script: pages opened from a folder may not fetch.

    It stands in a string: browsers read JSON faster than they compile the same text as a program. The string stands in
    a function, which the page's own script calls when it needs the document, and is told that it is there.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    quoted = (
        text.replace("\\", "\\\\")
        .replace("'", "\\'")
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029")
    )
    there = f'globalThis.dispatchEvent?.(new Event("aicr-{name}"))'
    return f"(globalThis.aicrData??={{}})[\"{name}\"]=()=>JSON.parse('{quoted}');{there};\n".encode()
