"""A recipe's page: what it is, how it came about, what it needs, what it installs, and how to get it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from generator.core.criteria import ANY, DIMENSIONS, Criteria
from generator.engine.model import Catalog, Component, Coverage, Recipe, RecipeConstraint
from generator.render.composition import compose_layers
from generator.render.document import PageDocument, root_of
from generator.render.facts import Facts, site_facts
from generator.render.graph import draw_order, list_order
from generator.render.lifecycle import Hint, draw_timeline
from generator.render.order import find_order, shown_version
from generator.render.site import Site, finder_address, recipe_address, state, value_address
from generator.render.templating import render, render_text
from generator.render.values import ValueSet, value_set
from generator.render.words import PHASE_WORDS, SHOWN_ORDER, spell_count, spell_expression

PHASES = ("readiness", "deployment", "performance", "conformance")
_RELATED = 6

# Each deployer's name in the interface, and what starts a deployment inside its unpacked bundle, as the bundle's own
# README.md says it. Twin of `STARTS` in site_src/ts/views/commands.ts.
DEPLOYER_WORDS: Mapping[str, tuple[str, str]] = {
    "helm": ("Helm", "./deploy.sh"),
    "helmfile": ("Helmfile", "helmfile apply"),
    "argocd": ("Argo CD", "./deploy.sh"),
    "flux": ("Flux", "./deploy.sh"),
}


@dataclass(frozen=True, slots=True)
class ComponentRow:
    """A row of the component table."""

    tier: int
    name: str
    version: str
    namespace: str
    after: tuple[str, ...]
    touched: tuple[str, ...]
    values: int
    hint: Hint | None


@dataclass(frozen=True, slots=True)
class ConstraintRow:
    """A row of the constraints table."""

    label: str
    name: str
    needs: str
    remediation: str
    command: str
    link: str
    place: str
    layer: str
    severity: str
    overrode: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CheckRow:
    """A check or constraint within a phase."""

    name: str
    title: str
    severity: str


def render_recipe(site: Site, recipe: Recipe) -> PageDocument:
    """Return the page of *recipe*, which is exact or composed for its own criteria."""
    address = recipe_address(recipe.criteria)
    context = recipe_context(site, recipe, root_of(address))
    facts = site_facts(site, recipe)
    sentence = site.words.sentence(recipe.criteria)
    needs = f"Kubernetes {facts.kubernetes or 'not stated'}"
    description = f"{sentence}: {needs}, {spell_count(facts.components, 'component')}, bundles and checks."
    return PageDocument(
        address=address,
        title=f"{recipe.id}, starting point" if recipe.starting_point else recipe.id,
        description=description,
        tab="Matrix",
        html=render("recipe.html", context),
        markdown=render_text("recipe.md", context),
        search=search_text(site, recipe),
        scripts=("recipe",),
        alternates=(
            ("application/json", f"api/v1/recipes/{recipe.id}.json", "This recipe as JSON"),
            ("application/yaml", f"api/v1/recipes/{recipe.id}.yaml", "This recipe as AICR RecipeResult"),
        ),
    )


def recipe_context(site: Site, recipe: Recipe, root: str) -> dict[str, object]:
    """Everything the recipe template shows."""
    cell = site.cells[recipe.id]
    order = find_order(recipe)
    components = [recipe.component(name) for name in recipe.order]
    layers = compose_layers(recipe, site.catalog, site.words)
    sets = sorted(
        (_values(site, c) for c in components),
        key=lambda s: (s.component != "gpu-operator", order.tier_of[s.component]),
    )
    facts = site_facts(site, recipe)
    away = list(related(site, recipe))
    return {
        "site": site,
        "root": root,
        "recipe": recipe,
        "cell": cell,
        "facts": facts,
        "sentence": site.words.sentence(recipe.criteria),
        "coverage_sentence": coverage_sentence(site, recipe),
        "crumbs": crumbs(site, recipe.criteria),
        "layers": layers,
        "graph": Markup(draw_order(recipe, order)),
        "order": order,
        "order_list": list(list_order(recipe, order)),
        "components": list(_component_rows(site, recipe, components, order.tier_of)),
        "disabled": [c.name for c in recipe.components if not c.enabled],
        "constraints": [constraint_row(site.catalog, c) for c in recipe.constraints],
        "service": site.words.label("service", recipe.criteria.service),
        "value_sets": sets,
        "phases": list(_phases(site.catalog, recipe)),
        "downloads": site.downloads.get(recipe.id, ()),
        "sboms": site.sboms.get(recipe.id, ()),
        "signer": site.signer,
        "deployers": DEPLOYER_WORDS,
        "commands": commands(site, recipe),
        "related": away[:_RELATED],
        "unshown": len(away[_RELATED:]),
        "finder": finder_address(recipe.criteria),
        "timeline": Markup(_timeline(site, recipe, facts)),
    }


def _values(site: Site, component: Component) -> ValueSet:
    """A component's values as the page shows them; recipes that share the values share the text."""
    key = (component.name, id(component.values), id(component.value_origins))
    return site.remember("values", key, lambda: value_set(component))


def coverage_sentence(site: Site, recipe: Recipe) -> Markup:
    """What the coverage of a recipe rests on, in a sentence."""
    stated = recipe.criteria.stated
    cell = site.cells[recipe.id]
    number = {1: "the one choice", 2: "both choices"}.get(len(stated), f"all {_number(len(stated))} choices")
    if not stated:
        return Markup("It states nothing; every recipe begins here.")
    if cell.coverage is Coverage.EXACT:
        leaf = next(
            (n for n in recipe.layers if site.catalog.overlays[n].criteria == recipe.criteria),
            recipe.layers[-1],
        )
        return Markup("The overlay <code>{}</code> states {}.").format(leaf, number)
    names = sorted(set(cell.honoured_by.values()))
    shown = Markup(", ").join(Markup("<code>{}</code>").format(n) for n in names)
    return Markup("The overlays {} state {} together.").format(shown, number)


def _number(count: int) -> str:
    return {3: "three", 4: "four", 5: "five"}.get(count, str(count))


def crumbs(site: Site, criteria: Criteria) -> list[tuple[str, str]]:
    """The way to a combination: (words, address or empty)."""
    words = site.words
    trail = [("Recipes", "matrix/")]
    if criteria.service != ANY:
        trail.append((words.label("service", criteria.service), value_address("service", criteria.service)))
    middle = [words.label(d, criteria[d]) for d in ("accelerator", "os") if criteria[d] != ANY]
    last = [words.label(d, criteria[d]) for d in ("intent", "platform") if criteria[d] != ANY]
    if middle:
        accelerator = criteria.accelerator
        where = value_address("accelerator", accelerator) if last and accelerator != ANY else ""
        trail.append((", ".join(middle), where))
    if last:
        trail.append((", ".join(last), ""))
    if len(trail) == 1:
        trail.append(("base", ""))
    return trail


def _component_rows(
    site: Site, recipe: Recipe, components: Iterable[Component], tier_of: Mapping[str, int]
) -> Iterable[ComponentRow]:
    layers = [*recipe.layers, *recipe.mixins]
    sources = {**site.catalog.overlays, **site.catalog.mixins}
    mentions = {name: {c.name for c in sources[name].components} for name in layers if name in sources}
    for component in components:
        touched = tuple(name for name in layers if component.name in mentions.get(name, ()))
        yield ComponentRow(
            tier=tier_of[component.name],
            name=component.name,
            version=shown_version(component),
            namespace=component.namespace,
            after=component.dependencies,
            touched=touched,
            values=len(component.value_origins),
            hint=site.windows.hint("component", component.name, component.version, component.name),
        )


def constraint_row(catalog: Catalog, constraint: RecipeConstraint) -> ConstraintRow:
    """A constraint as its table shows it."""
    measurement = catalog.measurements.get(constraint.name, {})
    place = constraint.origin.place
    unit = f" {constraint.unit}" if constraint.unit else ""
    return ConstraintRow(
        label=str(measurement.get("label") or constraint.name),
        name=constraint.name,
        needs=spell_expression(constraint.value) + unit,
        remediation=constraint.remediation,
        command=constraint.command,
        link=constraint.link,
        place=f"{place.file.rsplit('/', 1)[-1]}:{place.line}",
        layer=constraint.origin.name,
        severity=constraint.severity or "error",
        overrode=tuple(
            f"{spell_expression(str(s.value))} by {s.origin.name}" for s in constraint.history[:-1]
        ),
    )


def _phases(catalog: Catalog, recipe: Recipe) -> Iterable[tuple[str, str, list[CheckRow]]]:
    for name in PHASES:
        rows = []
        if name == "readiness":
            rows += [_constraint_check(catalog, c) for c in recipe.constraints]
        phase = recipe.phases.get(name)
        if phase is not None:
            rows += [_check(catalog, check) for check in phase.checks]
            rows += [_constraint_check(catalog, c) for c in phase.constraints]
        title, note = PHASE_WORDS[name]
        yield title, note, rows


def _constraint_check(catalog: Catalog, constraint: RecipeConstraint) -> CheckRow:
    row = constraint_row(catalog, constraint)
    return CheckRow(row.name, f"{row.label}: {row.needs}", row.severity)


def _check(catalog: Catalog, name: str) -> CheckRow:
    spec = catalog.checks.get(name, {})
    title = str(spec.get("title") or "not described in this catalog")
    return CheckRow(name, title, str(spec.get("severity") or "error"))


def commands(site: Site, recipe: Recipe) -> list[tuple[str, str]]:
    """The commands in order: (what they do, lines)."""
    flags = " ".join(f"--{d} {recipe.criteria[d]}" for d in DIMENSIONS if recipe.criteria[d] != ANY)
    found: list[tuple[str, str]] = []
    downloads = site.downloads.get(recipe.id, ())
    if downloads:
        first = downloads[0]
        name = first.url.rsplit("/", 1)[-1]
        folder = name.removesuffix(".tar.gz")
        apply = DEPLOYER_WORDS.get(first.deployer, (first.deployer, ""))[1]
        found.append(
            (
                "Download, verify and deploy",
                f"curl -fLO {site.address}{first.url}\ncurl -fLO {site.address}{first.url}.sha256\n"
                f"sha256sum -c {name}.sha256\ntar xzf {name} && cd {folder}\nsha256sum -c checksums.txt\n{apply}",
            )
        )
    found.append(("The same recipe on the command line", f"aicr-matrix recipe {flags}".strip()))
    found.append(("With AICR itself", f"aicr recipe {flags} --output recipe.yaml".replace("  ", " ")))
    if site.collector is not None:
        found.append(
            (
                "Check a cluster against it",
                f"curl -fLO {site.address}{site.collector.url}\npython3 collector.pyz -o snapshot.json\n"
                f"aicr-matrix validate --snapshot snapshot.json --recipe {recipe.id}",
            )
        )
    return found


def related(site: Site, recipe: Recipe) -> Iterable[dict[str, object]]:
    """Recipes that differ in one choice: additions first, then swaps, then drops; with what they add and leave out."""
    own = {name: shown_version(recipe.component(name)) for name in recipe.order}
    by_criteria = site.remember("by criteria", "", lambda: {r.criteria: r for r in site.shown_recipes})
    found = []
    for dimension in DIMENSIONS:
        before = recipe.criteria[dimension]
        for after in site.matrix.values[dimension]:
            other = by_criteria.get(state(dimension, after, recipe.criteria)) if after != before else None
            if other is not None:
                kind = 0 if before == ANY else 2 if after == ANY else 1
                found.append((kind, SHOWN_ORDER.index(dimension), other.id, dimension, other))
    for _, _, _, dimension, other in sorted(found, key=lambda f: f[:3]):
        theirs = {name: shown_version(other.component(name)) for name in other.order}
        yield {
            "dimension": site.words.dimension(dimension),
            "before": site.words.label(dimension, recipe.criteria[dimension]),
            "after": site.words.label(dimension, other.criteria[dimension]),
            "recipe": other,
            "coverage": site.cells[other.id].coverage,
            "change": _difference(own, theirs),
        }


def _difference(own: Mapping[str, str], theirs: Mapping[str, str]) -> str:
    added = [f"+ {name}" for name in sorted(theirs.keys() - own.keys())]
    dropped = [f"− {name}" for name in sorted(own.keys() - theirs.keys())]
    moved = [f"~ {name}" for name in sorted(own.keys() & theirs.keys()) if own[name] != theirs[name]]
    shown = [*added, *dropped, *moved]
    if len(shown) > 4:
        shown = [*shown[:3], f"{len(shown) - 3} more"]
    return "; ".join(shown) or "same components"


def _timeline(site: Site, recipe: Recipe, facts: Facts) -> str:
    words, windows = site.words, site.windows
    service, system = recipe.criteria.service, recipe.criteria.os
    rows = [(f"Kubernetes {w.cycle}", w) for w in windows.of("kubernetes", service)]
    rows += [(f"{words.label('os', system)} {w.cycle}", w) for w in windows.of("os", system)]
    driver = windows.find("driver", "nvidia", facts.driver)
    rows += [(f"Driver R{driver.cycle}", driver)] if driver else []
    recent = [(name, w) for name, w in rows if w.end is None or (site.built - w.end).days < 400]
    return draw_timeline(
        recent, site.built, "Support windows against the build date; each row spells its date"
    )


def search_text(site: Site, recipe: Recipe) -> str:
    """What a search finds the recipe by: its words, components and versions."""
    labels = [site.words.label(d, v) for d, v in recipe.criteria.items() if v != ANY]
    versions = [f"{name} {shown_version(recipe.component(name))}".strip() for name in recipe.order]
    return f"{' '.join(labels)}. {', '.join(versions)}"
