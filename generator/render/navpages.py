"""The pages of the navigation that we render: their front matter is Markdown, their bodies are made here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from markupsafe import Markup

from generator.core.criteria import ANY
from generator.engine.model import Coverage
from generator.render.browserdata import matrix_document
from generator.render.component_page import component_usages, render_components_index
from generator.render.coverage_tables import coverage_table, gaps_by_value
from generator.render.evidence_page import render_evidence
from generator.render.facts import site_facts
from generator.render.lifecycle import draw_timeline
from generator.render.openapi import OPERATIONS
from generator.render.site import Site
from generator.render.templating import render, render_all
from generator.render.words import spell_count


@dataclass(frozen=True, slots=True)
class NavPage:
    """A body for the shell: built scripts and data scripts it loads, and its description."""

    html: str = field(repr=False)
    description: str
    scripts: tuple[str, ...] = ("common",)
    data: tuple[str, ...] = ()
    markdown: str = ""


def render_nav_page(site: Site, name: str) -> NavPage:
    """Return the page whose front matter is *name*, a key of NAV_PAGES."""
    return NAV_PAGES[name](site)


def _home(site: Site) -> NavPage:
    html = render(
        "home.html", {"matrix": matrix_document(site, bundles=False), "base": "", "site_url": site.address}
    )
    exact = sum(1 for r in site.shown_recipes if not r.starting_point)
    return NavPage(
        html,
        f"{spell_count(exact, 'supported environment')}, {site.combinations:,} combinations, an honest answer each.",
        ("home",),
        ("matrix",),
    )


def _matrix(site: Site) -> NavPage:
    context = {"matrix": matrix_document(site, bundles=False), "base": "../", "site_url": site.address}
    table = coverage_table(site)
    more = {"site": site, "root": "../", "table": table, "gaps": list(gaps_by_value(site))}
    html = render_all((("matrix.html", context), ("coverage.html", more)))
    return NavPage(
        html, "Coverage over any two dimensions, and every recipe in a table.", ("matrix",), ("matrix",)
    )


def _validate(site: Site) -> NavPage:
    context = {"base": "../", "site_url": site.address, "site": site, "collector": site.collector}
    return NavPage(
        render("validator.html", context),
        "Drop a snapshot and check it against the whole matrix; it stays in the page.",
        ("validator",),
        ("matrix", "rules"),
    )


def _components(site: Site) -> NavPage:
    usages = component_usages(site)
    return NavPage(
        render_components_index(site, usages, "../"),
        f"{spell_count(len(usages), 'component')}: which recipe ships which version.",
    )


def _api(site: Site) -> NavPage:
    context = {"site": site, "root": "../", "operations": OPERATIONS, "example": _example(site)}
    return NavPage(
        render("api.html", context), "Static JSON documents at fixed addresses, with schemas and OpenAPI."
    )


def _example(site: Site) -> str:
    full = [r for r in site.shown_recipes if not r.starting_point] or list(site.shown_recipes)
    return max(full, key=lambda r: (r.criteria.specificity, r.id)).id if full else "base"


def _style(site: Site) -> NavPage:
    return NavPage(render("style.html", {"root": "../"}), "Every part of the site, in both schemes.")


def _collector(site: Site) -> NavPage:
    readings = sorted(site.catalog.measurements.items())
    context = {"site": site, "root": "../", "collector": site.collector, "readings": readings}
    return NavPage(
        render("collector.html", context), "One file that reads a machine and a cluster, and changes nothing."
    )


def _lifecycle(site: Site) -> NavPage:
    words, windows = site.words, site.windows
    groups = []
    subjects: dict[tuple[str, str], None] = dict.fromkeys((w.subject, w.scope) for w in windows.all)
    for subject, scope in subjects:
        found = windows.of(subject, scope)
        name = {
            "kubernetes": "Kubernetes itself"
            if scope == "upstream"
            else f"Kubernetes on {words.label('service', scope)}",
            "os": words.label("os", scope),
            "driver": "NVIDIA GPU driver",
        }.get(subject, scope)
        rows = [(f"{_short(subject, scope, site)} {w.cycle}", w) for w in found]
        recent = [(n, w) for n, w in rows if w.end is None or (site.built - w.end).days < 500]
        label = f"Support windows of {name} against the build date; each row spells its date"
        groups.append((name, f"{subject}-{scope}", Markup(draw_timeline(recent, site.built, label)), found))
    risky = [
        (recipe, [h for h in facts.hints.values() if h.state != "ok"])
        for recipe in site.shown_recipes
        if not recipe.starting_point
        for facts in [site_facts(site, recipe)]
        if any(h.state != "ok" for h in facts.hints.values())
    ]
    context = {"site": site, "root": "../", "groups": groups, "risky": risky, "built": site.built}
    return NavPage(render("lifecycle.html", context), "Dated support windows against the build date.")


def _evidence(site: Site) -> NavPage:
    return NavPage(
        render_evidence(site, "../"), "What each statement rests on, and what upstream ships beside it."
    )


def _short(subject: str, scope: str, site: Site) -> str:
    return {
        "kubernetes": "Kubernetes",
        "os": site.words.label("os", scope),
        "driver": "Driver",
    }.get(subject, scope)


def _criteria(site: Site) -> NavPage:
    dimensions = []
    for name, values in site.matrix.values.items():
        rows = []
        for value in values:
            if value == ANY:
                continue
            full = [r for r in site.shown_recipes if r.criteria[name] == value and not r.starting_point]
            grade = (
                min((site.cells[r.id].coverage for r in full), key=list(Coverage).index)
                if full
                else Coverage.UNSUPPORTED
            )
            rows.append(
                (value, site.words.title(name, value), grade, len(full), site.words.aliases(name, value))
            )
        dimensions.append((site.words.dimension(name), name, rows))
    return NavPage(
        render("criteria.html", {"site": site, "root": "../", "dimensions": dimensions}),
        "Every value of every dimension, with its honest answer.",
    )


NAV_PAGES: Mapping[str, Callable[[Site], NavPage]] = {
    "index.md": _home,
    "matrix/index.md": _matrix,
    "validate/index.md": _validate,
    "components/index.md": _components,
    "api/index.md": _api,
    "style/index.md": _style,
    "collector/index.md": _collector,
    "lifecycle/index.md": _lifecycle,
    "criteria/index.md": _criteria,
    "evidence/index.md": _evidence,
}

# How the search calls them.
NAV_TITLES: Mapping[str, str] = {
    "index.md": "Find a stack",
    "matrix/index.md": "Compatibility matrix",
    "validate/index.md": "Validate a snapshot",
    "components/index.md": "Components",
    "api/index.md": "API",
    "style/index.md": "Style",
    "collector/index.md": "Collector",
    "lifecycle/index.md": "Support windows",
    "criteria/index.md": "Criteria",
    "evidence/index.md": "Evidence",
}
