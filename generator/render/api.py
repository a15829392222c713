"""The static JSON API under `api/v1/`: every document at its fixed address, as bytes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import product

from generator.bundle.yamlparts import dumped_parts
from generator.core.criteria import DIMENSIONS
from generator.engine.emit import recipe_result
from generator.engine.model import Coverage, Recipe
from generator.engine.rules import detection_rules, dimensions_document
from generator.render.badges import badge_documents
from generator.render.browserdata import as_json, as_script, matrix_document, rules_document, search_document
from generator.render.component_page import Usage, component_usages
from generator.render.document import PageDocument
from generator.render.near import nearest_of_all
from generator.render.openapi import openapi_document
from generator.render.site import SCHEMA_VERSION, Site, recipe_address
from generator.render.slim import bundles_document, slim_matrix
from generator.render.values import origins_document

ROOT = "api/v1/"
_NEAREST = 3
_GRADES = tuple(c.value for c in Coverage)

# Documents with a fixed address: name -> what it holds. The rest is spelled out in openapi.json.
ENDPOINTS: Mapping[str, str] = {
    "criteria": "criteria.json",
    "matrix": "matrix.json",
    "recipes": "recipes.json",
    "components": "components.json",
    "checks": "checks.json",
    "measurements": "measurements.json",
    "rules": "rules.json",
    "lifecycle": "lifecycle.json",
    "openapi": "openapi.json",
    "recipe": "recipes/{id}.json",
    "recipeResult": "recipes/{id}.yaml",
    "combination": "criteria/{service}/{accelerator}/{intent}/{os}/{platform}.json",
    "badge": "badges/{id}.json",
    "schemas": "schemas/{name}.json",
    "vectors": "vectors/{name}.json",
}


def api_documents(site: Site, pages: Iterable[PageDocument] = ()) -> dict[str, bytes]:
    """Every document by address. `iterate_documents` gives the same without holding them all."""
    return dict(iterate_documents(site, pages))


def iterate_documents(
    site: Site, pages: Iterable[PageDocument] = (), *, packed: bool = True
) -> Iterator[tuple[str, bytes]]:
    """Yield (address, content) of the API, of the browser's scripts, and of everything published as it is.

    Without *packed* the bundles and bills of materials are left out: they wait at their addresses, to be moved.
    """
    yield from general_documents(site, pages)
    for recipe in site.matrix.recipes:
        yield from recipe_documents(site, recipe, packed=packed)
    yield from combination_documents(site)
    yield from bundle_documents(site, packed=packed)


def find_document(site: Site, address: str, pages: Iterable[PageDocument] = ()) -> bytes | None:
    """One document, made alone as far as that goes; None where there is none. For the preview."""
    if address.startswith(f"{ROOT}criteria/"):
        found = combination_documents(site)
    elif address.startswith(f"{ROOT}recipes/"):
        name = address.removeprefix(f"{ROOT}recipes/").split(".")[0]
        found = recipe_documents(site, site.recipes[name]) if name in site.recipes else iter(())
    elif address.startswith("bundles/"):
        found = bundle_documents(site)
    else:
        found = general_documents(site, pages)
    return next((content for at, content in found if at == address), None)


def general_documents(site: Site, pages: Iterable[PageDocument] = ()) -> Iterator[tuple[str, bytes]]:
    """Yield the documents there is one of, the browser's scripts, badges, schemas, vectors and the collector."""
    usages = site.remember("usages", "", lambda: component_usages(site))
    matrix, rules = matrix_document(site), rules_document(site)
    yield ROOT + "index.json", as_json(index_document(site))
    yield ROOT + "criteria.json", as_json(criteria_document(site))
    yield ROOT + "matrix.json", as_json(matrix)
    yield ROOT + "rules.json", as_json(rules)
    yield ROOT + "recipes.json", as_json(recipes_document(site))
    yield ROOT + "components.json", as_json(components_document(site, usages))
    yield ROOT + "checks.json", as_json({**head(site), "checks": dict(site.catalog.checks)})
    yield (
        ROOT + "measurements.json",
        as_json({**head(site), "measurements": list(site.catalog.measurements.values())}),
    )
    yield ROOT + "lifecycle.json", as_json({**head(site), **site.catalog.lifecycle})
    yield ROOT + "openapi.json", as_json(openapi_document(site))
    scripts = {
        "matrix": slim_matrix(matrix),
        "bundles": bundles_document(matrix),
        "rules": rules,
        "search": search_document(site, pages),
    }
    for name, document in scripts.items():
        yield f"assets/data/{name}.js", as_script(name, document)
    for name, badge in badge_documents(site):
        yield f"{ROOT}badges/{name}.json", as_json(badge)
    for assets in site.assets.values():
        yield from ((asset.url, asset.content) for asset in assets)
    if site.collector is not None:
        yield site.collector.url, site.collector.content
        yield _digest_of(site.collector.url, site.collector.sha256)


def bundle_documents(site: Site, *, packed: bool = True) -> Iterator[tuple[str, bytes]]:
    """Yield every bundle, unless without *packed*, with its digest and, where it is signed, its provenance."""
    for downloads in site.downloads.values():
        for item in downloads:
            if packed:
                yield item.url, item.content
            yield _digest_of(item.url, item.sha256)
            if item.provenance:
                yield item.url + ".intoto.jsonl", item.provenance


def _digest_of(url: str, sha256: str) -> tuple[str, bytes]:
    """The file that `sha256sum -c` reads, beside the file it is about."""
    return f"{url}.sha256", f"{sha256}  {url.rsplit('/', 1)[-1]}\n".encode()


def head(site: Site) -> dict[str, object]:
    """What every document begins with."""
    return {"schemaVersion": SCHEMA_VERSION, "catalogDigest": site.catalog.digest}


def index_document(site: Site) -> dict[str, object]:
    """The door: versions, digest, where everything is, and the collector."""
    counts = {coverage.value: number for coverage, number in site.counts.items()}
    collector = site.collector
    return {
        "schemaVersion": SCHEMA_VERSION,
        "catalogVersion": site.catalog.version,
        "catalogDigest": site.catalog.digest,
        "generator": {"name": "aicr-matrix", "version": site.version},
        "built": site.built.isoformat(),
        "endpoints": dict(ENDPOINTS),
        "collector": {"url": collector.url, "sha256": collector.sha256} if collector is not None else None,
        "signingKey": {"url": "downloads/signing-key.pem", "fingerprint": site.signer}
        if site.signer
        else None,
        "combinations": {"total": site.combinations, **counts},
        "recipes": len(site.shown_recipes),
    }


def criteria_document(site: Site) -> dict[str, object]:
    """Dimensions with values, labels and aliases, and the detection rules."""
    return {
        **head(site),
        "dimensions": dimensions_document(site.catalog),
        "detection": detection_rules(site.catalog),
    }


def recipes_document(site: Site) -> dict[str, object]:
    """The slim list of recipes."""
    return {
        **head(site),
        "recipes": [
            {
                "id": recipe.id,
                "criteria": recipe.criteria.as_dict(),
                "coverage": site.cells[recipe.id].coverage.value,
                "startingPoint": recipe.starting_point,
                "evidence": recipe.evidence,
                "page": recipe_address(recipe.criteria),
                "json": f"{ROOT}recipes/{recipe.id}.json",
                "yaml": f"{ROOT}recipes/{recipe.id}.yaml",
                "bundles": len(site.downloads.get(recipe.id, ())),
            }
            for recipe in site.matrix.recipes
        ],
    }


def components_document(site: Site, usages: Iterable[Usage]) -> dict[str, object]:
    """Every component with the versions shipped and the recipes that ship them."""
    return {
        **head(site),
        "components": [
            {
                "name": usage.name,
                "title": usage.title,
                "summary": usage.summary,
                "page": f"components/{usage.name}/",
                "versions": [
                    {"version": row.version, "recipes": [recipe.id for recipe in row.recipes]}
                    for row in usage.versions
                ],
                "health": dict(site.catalog.health.get(usage.name, {})),
            }
            for usage in usages
        ],
    }


def recipe_documents(site: Site, recipe: Recipe, *, packed: bool = True) -> Iterator[tuple[str, bytes]]:
    """Yield a recipe's JSON, with values and origins, its RecipeResult as YAML and, with *packed*, its SBOMs."""
    cell = site.cells[recipe.id]
    result = recipe_result(recipe, query=recipe.criteria, cell=cell, version=site.catalog.version)
    enabled = [c for c in recipe.components if c.enabled]
    document = {
        **head(site),
        "id": recipe.id,
        "criteria": recipe.criteria.as_dict(),
        "coverage": cell.coverage.value,
        "notHonoured": list(cell.not_honoured),
        "unpaired": cell.unpaired,
        "startingPoint": recipe.starting_point,
        "evidence": recipe.evidence,
        "sources": list(recipe.sources),
        "doubts": list(recipe.doubts),
        "page": recipe_address(recipe.criteria),
        "layers": list(recipe.layers),
        "mixins": list(recipe.mixins),
        "result": result,
        "values": {c.name: c.values for c in enabled},
        "origins": _origins(recipe),
        "bundles": [d.as_dict() for d in site.downloads.get(recipe.id, ())],
        "sboms": [a.url for a in site.sboms.get(recipe.id, ())],
    }
    yield f"{ROOT}recipes/{recipe.id}.json", as_json(document)
    yield f"{ROOT}recipes/{recipe.id}.yaml", dumped_parts(_parts(result)).encode()
    if packed:
        yield from ((asset.url, asset.content) for asset in site.sboms.get(recipe.id, ()))


def _parts(result: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    """A document cut where recipes share what it holds: entry by entry, and lists item by item."""
    for name, value in result.items():
        items = value if isinstance(value, list) else ()
        yield from ({name: [item]} for item in items) if items else ({name: value},)


def _origins(recipe: Recipe) -> dict[str, object]:
    """Where everything was set: constraints by name, components by field and value path, checks by phase."""
    return {
        "constraints": {c.name: origins_document(c.history) for c in recipe.constraints},
        "components": {
            c.name: {
                "fields": {name: origins_document(h) for name, h in sorted(c.field_origins.items())},
                "values": {
                    ".".join(path): origins_document(h) for path, h in sorted(c.value_origins.items())
                },
            }
            for c in recipe.components
        },
        "checks": {
            name: {
                check: {"kind": o.kind, "name": o.name, "file": o.place.file, "line": o.place.line}
                for check, o in sorted(phase.check_origins.items())
            }
            for name, phase in recipe.phases.items()
        },
    }


def combination_documents(site: Site) -> Iterator[tuple[str, bytes]]:
    """Yield the answer for every combination; texts that repeat are spelled once."""
    matrix = site.matrix
    opening = json.dumps(head(site), separators=(",", ":"))[:-1]
    ids = [json.dumps(recipe.id) for recipe in matrix.recipes]
    pages = [json.dumps(recipe_address(recipe.criteria)) for recipe in matrix.recipes]
    exact = [
        json.dumps(
            {"criteria": c.as_dict(), "recipe": site.matrix_recipe(c), "page": recipe_address(c)},
            separators=(",", ":"),
        )
        for c in matrix.exact
    ]
    missing = [
        json.dumps([d for i, d in enumerate(DIMENSIONS) if bits >> i & 1], separators=(",", ":"))
        for bits in range(64)
    ]
    needed = {
        own: json.dumps(dict(needs), separators=(",", ":")) for own, needs in matrix.needs.items() if needs
    }
    every = product(*(matrix.values[d] for d in DIMENSIONS))
    for position, (own, near) in enumerate(zip(every, nearest_of_all(matrix, _NEAREST), strict=True)):
        number, bits = matrix.recipe[position], matrix.not_honoured[position]
        service, accelerator, intent, os, platform = own
        text = (
            f'{opening},"criteria":{{"service":"{service}","accelerator":"{accelerator}","intent":"{intent}",'
            f'"os":"{os}","platform":"{platform}"}},"coverage":"{_GRADES[matrix.coverage[position]]}",'
            f'"recipe":{ids[number]},"page":{pages[number]},"notHonoured":{missing[bits & 31]},'
            f'"unpaired":{"true" if bits >> 5 & 1 else "false"},"needs":{needed.get(own, "{}")},'
            f'"nearest":[{",".join([exact[n] for n in near])}]}}\n'
        )
        yield f"{ROOT}criteria/{service}/{accelerator}/{intent}/{os}/{platform}.json", text.encode()
