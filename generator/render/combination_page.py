"""The page of a combination without a recipe: what it needs, what is not honoured and why, what comes nearest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from generator.core.criteria import ANY, Criteria
from generator.engine.model import Cell, Coverage
from generator.render.document import PageDocument, root_of
from generator.render.facts import site_facts
from generator.render.near import find_near
from generator.render.recipe_page import crumbs
from generator.render.site import Site, finder_address, recipe_address
from generator.render.templating import render, render_text
from generator.render.words import COVERAGE_WORDS, SHOWN_ORDER, spell_count, spell_list

_Exact = tuple[Criteria, Mapping[str, str]]  # an exact combination, and its values by dimension


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
    needs = needs_sentence(site, cell)
    context = {
        "site": site,
        "root": root_of(address),
        "cell": cell,
        "criteria": criteria,
        "headline": headline,
        "crumbs": crumbs(site, criteria),
        "needs": needs,
        "summary": summary(site, cell),
        "asked": list(explain_choices(site, cell)),
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


def needs_sentence(site: Site, cell: Cell) -> str:
    """What the combination needs before anything else, as a sentence; empty when no addition makes it exact.

    A dimension that only one value serves is named with it, `OS: COS`; one that several serve is `an intent`.
    Twin of `needsText` in `site_src/ts/views/finder.ts`.
    """
    found = _least_additions(site, cell)
    if not found:
        return ""
    wanting = [d for d in SHOWN_ORDER if d in found[0]]
    if any(set(added) != set(wanting) for added in found):
        return f"Needs {spell_count(len(wanting), 'more choice')}."
    return f"Needs {spell_list([_need(site, d, {added[d] for added in found}) for d in wanting])}."


def _least_additions(site: Site, cell: Cell) -> list[dict[str, str]]:
    """Every way to make *cell* exact by the fewest further choices, as dimension -> value."""
    if cell.coverage is Coverage.EXACT or not cell.criteria.stated:
        return []
    asked = {d: cell.criteria[d] for d in cell.criteria.stated}
    ways = [
        {d: value for d, value in own.items() if value != ANY and d not in asked}
        for _, own in _stating(site, *next(iter(asked.items())))
        if all(own[d] == value for d, value in asked.items())
    ]
    fewest = min((len(way) for way in ways), default=0)
    return [way for way in ways if len(way) == fewest]


def _stating(site: Site, dimension: str, value: str) -> Sequence[_Exact]:
    """The exact combinations with *value*; a page asks for several, and there are as many as recipes."""
    return site.remember("exact by choice", "", lambda: _by_choice(site)).get((dimension, value), ())


def _by_choice(site: Site) -> Mapping[tuple[str, str], Sequence[_Exact]]:
    found: dict[tuple[str, str], list[_Exact]] = {}
    for criteria in site.matrix.exact:
        own = criteria.as_dict()
        for choice in own.items():
            found.setdefault(choice, []).append((criteria, own))
    return found


def _need(site: Site, dimension: str, values: set[str]) -> str:
    label = site.words.dimension(dimension)
    label = label if label.isupper() else label.lower()
    if len(values) > 1:
        return f"{'an' if label[0] in 'aeiouAEIOU' else 'a'} {label}"
    return f"{label}: {site.words.label(dimension, *values)}"


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


def explain_choices(site: Site, cell: Cell) -> Iterable[Asked]:
    """Yield every facet with who honours it, or why nobody does."""
    for dimension in SHOWN_ORDER:
        value = cell.criteria[dimension]
        label, shown = site.words.dimension(dimension), site.words.label(dimension, value)
        if value == ANY:
            yield Asked(dimension, label, shown, "open", "")
        elif dimension in cell.not_honoured:
            yield Asked(dimension, label, shown, "not", _why(site, cell.criteria, dimension))
        else:
            yield Asked(dimension, label, shown, "honoured", cell.honoured_by.get(dimension, ""))


def _why(site: Site, asked: Criteria, dimension: str) -> str:
    """Why a choice is not honoured: nobody states it, or whoever does asks for something else too.

    Twin of `whyText` in `site_src/ts/views/finder.ts`: both read the exact combinations.
    """
    wanted = asked.as_dict()
    stating = _stating(site, dimension, asked[dimension])
    if not stating:
        return f"No overlay of this catalog states {site.words.label(dimension, asked[dimension])}."
    closest, own = min(stating, key=lambda each: (len(_clashes(each[1], wanted)), each[0].specificity))
    which = f", the closest of {len(stating)}" if len(stating) > 1 else ""
    others = spell_list(
        [f"{site.words.dimension(d)} {site.words.label(d, own[d])}" for d in _clashes(own, wanted)]
    )
    also = f"also states {others}" if others else "does not apply here"
    return f"Stated by {site.matrix_recipe(closest)}{which}, which {also}."


def _clashes(exact: Mapping[str, str], asked: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(d for d in SHOWN_ORDER if exact[d] not in (ANY, asked[d]))


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
