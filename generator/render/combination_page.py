"""The page of a combination without a recipe: what it needs, what is not honoured and why, what comes nearest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from generator.core.criteria import ANY, Criteria
from generator.engine.model import Catalog, Cell, Coverage
from generator.render.document import PageDocument, root_of
from generator.render.facts import site_facts
from generator.render.near import find_near
from generator.render.recipe_page import crumbs
from generator.render.site import Site, finder_address, recipe_address
from generator.render.templating import render, render_text
from generator.render.words import COVERAGE_WORDS, SHOWN_ORDER, Vocabulary, spell_list


@dataclass(frozen=True, slots=True)
class Asked:
    """One choice and whether it is honoured: `state` is honoured, not or open."""

    dimension: str
    label: str
    value: str
    state: str
    why: str


def render_combination(site: Site, cell: Cell) -> PageDocument:
    """Return the page of a combination whose coverage is partial or unsupported."""
    criteria = cell.criteria
    address = recipe_address(criteria)
    recipe = site.recipes[cell.recipe]
    headline = site.words.headline(criteria)
    if len(criteria.stated) < 2:
        headline = f"{headline}, nothing else stated" if criteria.stated else headline
    needs = needs_sentence(site.words, cell)
    context = {
        "site": site,
        "root": root_of(address),
        "cell": cell,
        "criteria": criteria,
        "headline": headline,
        "crumbs": crumbs(site, criteria),
        "needs": needs,
        "summary": summary(site, cell),
        "asked": list(explain_choices(site.catalog, site.words, cell)),
        "near": find_near(site, criteria),
        "recipe": recipe,
        "facts": site_facts(site, recipe),
        "notes": [
            (site.words.label(d, criteria[d]), str(note))
            for d in SHOWN_ORDER
            if (note := site.words.entry(d, criteria[d]).get("note")) and criteria[d] != ANY
        ],
        "overlay": overlay_sketch(criteria),
        "finder": finder_address(criteria),
        "document": criteria_document(criteria),
    }
    word = COVERAGE_WORDS[cell.coverage]
    return PageDocument(
        address=address,
        title=headline,
        description=f"{headline}: {word.lower()}. {needs or context['summary']}",
        tab="Matrix",
        html=render("combination.html", context),
        markdown=render_text("combination.md", context),
        search=f"{word}. {needs}",
        alternates=(("application/json", criteria_document(criteria), "This answer as JSON"),),
    )


def criteria_document(criteria: Criteria) -> str:
    """Where the JSON answer for a combination lies."""
    return (
        f"api/v1/criteria/{criteria.service}/{criteria.accelerator}/{criteria.intent}/{criteria.os}/"
        f"{criteria.platform}.json"
    )


def needs_sentence(words: Vocabulary, cell: Cell) -> str:
    """What the combination needs before anything else, as a sentence; empty when no addition makes it exact."""
    if not cell.needs:
        return ""
    wanted = spell_list(
        [f"{words.dimension(d)} {words.label(d, v)}" for d, v in sorted(cell.needs, key=_shown)]
    )
    return f"Needs {wanted}."


def _shown(need: tuple[str, str]) -> int:
    return SHOWN_ORDER.index(need[0])


def summary(site: Site, cell: Cell) -> str:
    """The coverage in a sentence."""
    words = site.words
    if cell.coverage is Coverage.UNSUPPORTED:
        return "Only the base applies. It is a starting point, not an environment, so there is no bundle."
    if cell.not_honoured:
        names = spell_list([words.label(d, cell.criteria[d]) for d in cell.not_honoured])
        return (
            f"{names} {'is' if len(cell.not_honoured) == 1 else 'are'} not honoured, so there is no bundle."
        )
    service = words.label("service", cell.criteria.service)
    accelerator = words.label("accelerator", cell.criteria.accelerator)
    return f"No overlay states {service} and {accelerator} together, so there is no bundle."


def explain_choices(catalog: Catalog, words: Vocabulary, cell: Cell) -> Iterable[Asked]:
    """Yield every facet with who honours it, or why nobody does."""
    for dimension in SHOWN_ORDER:
        value = cell.criteria[dimension]
        label, shown = words.dimension(dimension), words.label(dimension, value)
        if value == ANY:
            yield Asked(dimension, label, shown, "open", "")
        elif dimension in cell.not_honoured:
            yield Asked(dimension, label, shown, "not", _why(catalog, words, cell.criteria, dimension))
        else:
            yield Asked(dimension, label, shown, "honoured", cell.honoured_by.get(dimension, ""))


def _why(catalog: Catalog, words: Vocabulary, criteria: Criteria, dimension: str) -> str:
    """Why a choice is not honoured: nobody states it, or whoever does asks for something else too."""
    value = criteria[dimension]
    stating = [
        o for o in catalog.overlays.values() if o.criteria is not None and o.criteria[dimension] == value
    ]
    label = words.label(dimension, value)
    if not stating:
        return f"No overlay of this catalog states {label}."
    closest = min(
        stating,
        key=lambda o: (
            len(_clashes(o.criteria, criteria)),
            o.criteria.specificity if o.criteria else 0,
            o.name,
        ),
    )
    clashes = _clashes(closest.criteria, criteria)
    if not clashes or closest.criteria is None:
        return f"Stated by {closest.name}, which does not apply here."
    others = spell_list([f"{words.dimension(d)} {words.label(d, closest.criteria[d])}" for d in clashes])
    more = f" and {len(stating) - 1} more" if len(stating) > 1 else ""
    return f"Stated by {closest.name}{more}, which also {'state' if more else 'states'} {others}."


def _clashes(overlay: Criteria | None, asked: Criteria) -> tuple[str, ...]:
    if overlay is None:
        return ()
    return tuple(d for d in SHOWN_ORDER if overlay[d] not in (ANY, asked[d]))


def overlay_sketch(criteria: Criteria) -> str:
    """The overlay that would have to be contributed, as far as the choices say it."""
    lines = [
        "apiVersion: aicr.run/v1alpha2",
        "kind: RecipeMetadata",
        "metadata:",
        f"  name: {criteria.id}",
        "spec:",
        "  criteria:",
        *(f"    {d}: {criteria[d]}" for d in criteria.stated),
        "  constraints:",
        "  - name: K8s.server.version",
        '    value: ">= "        # the lowest you have run',
    ]
    if criteria.os != ANY:
        lines += ["  - name: OS.release.ID", f"    value: {criteria.os}"]
    return "\n".join(lines)
