"""The documents for readers of text and for robots: llms.txt and robots.txt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from generator.engine.model import Recipe
from generator.render.coverage_tables import count_all
from generator.render.document import PageDocument
from generator.render.site import Site, recipe_address
from generator.render.words import EVIDENCE_WORDS, spell_count


def text_documents(site: Site, pages: Iterable[PageDocument]) -> Iterator[tuple[str, bytes]]:
    """Yield (address, content)."""
    listed = list(pages)
    yield "llms.txt", llms_text(site, listed).encode()
    yield "robots.txt", f"User-agent: *\nAllow: /\nSitemap: {site.address}sitemap.xml\n".encode()


def llms_text(site: Site, pages: Iterable[PageDocument]) -> str:
    """What the site holds, for language models: a paragraph, the API, and every page's Markdown twin."""
    here = site.address
    counts = count_all(site)
    supported = (
        f"{spell_count(counts.environments, 'supported environment')} "
        f"({counts.exact:,} exact, {counts.composed:,} composed)"
    )
    recipes = {recipe_address(r.criteria): r for r in site.shown_recipes}
    lines = [
        "# aicr-matrix",
        "",
        f"> Which GPU stack fits your cluster: {supported} out of {site.combinations:,} combinations of service, "
        "accelerator, OS, intent and platform, each with its honest coverage (exact, composed, partial, unsupported).",
        "",
        f"Beside them {spell_count(counts.start, 'starting point')}: recipes that leave service or accelerator open "
        "and are no environments.",
        "A recipe whose line says inferred was put together by us; no source states it as a whole.",
        "",
        f"Catalog {site.catalog.version}, digest {site.catalog.digest}, built {site.built.isoformat()}.",
        "An answer for any combination: "
        f"{here}api/v1/criteria/<service>/<accelerator>/<intent>/<os>/<platform>.json, `any` for an open choice.",
        "Partial and unsupported combinations have no bundle; say what they need, not that they work.",
        "",
        "## API",
        "",
        f"- [Index]({here}api/v1/index.json): versions, digest, endpoints",
        f"- [OpenAPI]({here}api/v1/openapi.json): every address",
        f"- [Recipes]({here}api/v1/recipes.json): all of them, slim",
        "",
    ]
    for title, start in (
        ("Recipes and combinations", "recipes/"),
        ("Components", "components/"),
        ("Criteria", "criteria/"),
    ):
        lines += [f"## {title}", ""]
        lines += [
            f"- [{p.title}{_evidence(recipes.get(p.address))}]({here}{p.address}index.md): {p.description}"
            for p in pages
            if p.address.startswith(start)
        ]
        lines.append("")
    return "\n".join(lines)


def _evidence(recipe: Recipe | None) -> str:
    """What has to be said beside a recipe's name: that no source states it."""
    return f", {EVIDENCE_WORDS[recipe.evidence].lower()}" if recipe and recipe.evidence != "stated" else ""
