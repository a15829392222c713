"""What the statements rest on: every recipe's evidence, and what upstream ships beside what stands for it here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from generator.engine.model import Recipe
from generator.render.coverage_tables import kind_of
from generator.render.site import Site
from generator.render.words import KIND_ICONS, KIND_WORDS


@dataclass(frozen=True, slots=True)
class UpstreamRow:
    """An environment upstream ships: `recipe` is None where nothing here stands for it."""

    name: str
    service: str
    overlay: str
    status: str
    recipe: Recipe | None
    differences: tuple[str, ...]


def evidence_context(site: Site, root: str) -> dict[str, object]:
    """What the evidence page says."""
    upstream = site.catalog.upstream
    counts = Counter(recipe.evidence for recipe in site.shown_recipes)
    return {
        "site": site,
        "root": root,
        "counts": {"stated": counts["stated"], "inferred": counts["inferred"]},
        "upstream": list(upstream_rows(site)),
        "note": str(upstream.get("note") or ""),
        "source": str(upstream.get("source") or ""),
        "lists": list(_differences(upstream)),
        "recipes": site.shown_recipes,
        "kinds": {recipe.id: kind_of(site, recipe) for recipe in site.shown_recipes},
        "KIND_WORDS": KIND_WORDS,
        "KIND_ICONS": KIND_ICONS,
    }


def upstream_rows(site: Site) -> Iterator[UpstreamRow]:
    """Yield the environments of upstream.yaml, each with the recipe that its overlay leads to."""
    by_overlay = {}
    for recipe in site.shown_recipes:
        for leaf in recipe.leaves:
            overlay = site.catalog.overlays[leaf]
            if overlay.criteria == recipe.criteria:
                by_overlay[leaf] = recipe
    for row in _mappings(site.catalog.upstream.get("environments")):
        overlay_name = str(row.get("overlay") or "")
        differences = row.get("differences")
        yield UpstreamRow(
            name=str(row.get("name", "")),
            service=str(row.get("service") or "any"),
            overlay=overlay_name,
            status=str(row.get("status", "")),
            recipe=by_overlay.get(overlay_name),
            differences=tuple(map(str, differences)) if isinstance(differences, list) else (),
        )


def _differences(upstream: Mapping[str, object]) -> Iterable[tuple[str, str]]:
    for row in _mappings(upstream.get("differences")):
        yield str(row.get("topic", "")), str(row.get("text", ""))


def _mappings(value: object) -> Sequence[Mapping[str, object]]:
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
