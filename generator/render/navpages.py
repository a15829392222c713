"""The pages of the navigation that we render: their front matter is Markdown, their bodies are made here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from markupsafe import Markup

from generator.core.criteria import ANY, DIMENSIONS
from generator.render.browserdata import matrix_document
from generator.render.component_page import component_usages, components_context
from generator.render.coverage_tables import (
    count_all,
    count_recipes,
    coverage_table,
    draw_heatmap,
    gaps_by_value,
)
from generator.render.evidence_page import evidence_context
from generator.render.facts import site_facts
from generator.render.lifecycle import draw_timeline
from generator.render.near import find_starts
from generator.render.openapi import OPERATIONS
from generator.render.site import Site
from generator.render.templating import render, render_all, render_text
from generator.render.words import (
    KIND_ICONS,
    KIND_MEANINGS,
    KIND_WORDS,
    KINDS,
    PHASE_WORDS,
    START,
    VERDICT_WORDS,
    spell_count,
)

KIND_NAMES = {
    "KINDS": KINDS,
    "KIND_WORDS": KIND_WORDS,
    "KIND_ICONS": KIND_ICONS,
    "KIND_MEANINGS": KIND_MEANINGS,
}

# How the marks look and what verdicts mean, for readers of text.
SHAPES = {
    "exact": "filled circle",
    "composed": "circle in layers",
    START: "arrow",
    "partial": "half circle",
    "unsupported": "ring",
}
VERDICTS = (
    ("pass", "square with a tick", "What was read satisfies the rule."),
    ("fail", "octagon with a cross", "What was read does not satisfy the rule."),
    ("warn", "triangle", "It does not, and the rule is a warning; or it does with a doubt that is told."),
    ("unknown", "diamond", "The reading is absent or cannot be read. Never counted as pass."),
    ("not-applicable", "dash", "The rule is not for this environment; the reason is told."),
)


@dataclass(frozen=True, slots=True)
class NavPage:
    """A body for the shell: built scripts and data scripts it loads, its description, and what its twin adds to it.

    `scripts` run after the content; `early` ones, like the data, while the stylesheets load.
    """

    html: str = field(repr=False)
    description: str
    scripts: tuple[str, ...] = ("common",)
    data: tuple[str, ...] = ()
    markdown: str = ""
    early: tuple[str, ...] = ()


def render_nav_page(site: Site, name: str) -> NavPage:
    """Return the page whose front matter is *name*, a key of NAV_PAGES."""
    return NAV_PAGES[name](site)


def _home(site: Site) -> NavPage:
    html = render(
        "home.html",
        {
            "matrix": matrix_document(site, bundles=False),
            "base": "",
            "site_url": site.address,
            "environments": _environments(site),
            "starting": count_all(site).start,
            "left": _exact_by_value(site),
            "starts": [
                (row, site.position(row.criteria), site.recipes[row.recipe]) for row in find_starts(site)
            ],
        },
    )
    return NavPage(
        html,
        f"{_environments(site)}, {site.combinations:,} combinations, an honest answer each.",
        scripts=(),
        data=("matrix",),
        markdown=render_text("twins/home.md", {"site": site, "tally": count_all(site), **KIND_NAMES}),
        early=("home",),
    )


def _exact_by_value(site: Site) -> dict[str, Counter[str]]:
    """How many exact combinations state each value, by dimension; under `any` all, since each is still possible."""
    return {
        dimension: Counter(value for c in site.matrix.exact for value in {ANY, c[dimension]})
        for dimension in DIMENSIONS
    }


def _environments(site: Site) -> str:
    """How many environments are supported, in words."""
    return spell_count(count_all(site).environments, "supported environment")


def _matrix(site: Site) -> NavPage:
    matrix = matrix_document(site, bundles=False)
    context = {
        "matrix": matrix,
        "entries": {entry["id"]: entry for entry in cast("list[dict[str, Any]]", matrix["recipes"])},
        "base": "../",
        "site_url": site.address,
        "heat": draw_heatmap(site),
        "tally": count_all(site),
        **KIND_NAMES,
    }
    table = coverage_table(site)
    more = {"site": site, "root": "../", "table": table, "gaps": list(gaps_by_value(site))}
    twin = render_text("twins/matrix.md", {**context, **more, "recipes": site.shown_recipes})
    html = render_all((("matrix.html", context), ("coverage.html", more)))
    return NavPage(
        html, "Coverage over any two dimensions, and every recipe in a table.", ("matrix",), ("matrix",), twin
    )


def _validate(site: Site) -> NavPage:
    context = {"base": "../", "site_url": site.address, "site": site, "collector": site.collector}
    return NavPage(
        render("validator.html", context),
        "Drop a snapshot and check it against the whole matrix; it stays in the page.",
        ("validator",),
        ("matrix", "rules"),
        render_text(
            "twins/validator.md",
            {
                **context,
                "verdicts": [(VERDICT_WORDS[name], meaning) for name, _, meaning in VERDICTS],
                "phases": PHASE_WORDS.values(),
            },
        ),
    )


def _components(site: Site) -> NavPage:
    usages = component_usages(site)
    context = components_context(site, usages, "../")
    return NavPage(
        render("components.html", context),
        f"{spell_count(len(usages), 'component')}: which recipe ships which version.",
        markdown=render_text("twins/components.md", context),
    )


def _api(site: Site) -> NavPage:
    context = {"site": site, "root": "../", "operations": OPERATIONS, "example": _example(site)}
    return NavPage(
        render("api.html", context),
        "Static JSON documents at fixed addresses, with schemas and OpenAPI.",
        markdown=render_text("twins/api.md", context),
    )


def _example(site: Site) -> str:
    full = [r for r in site.shown_recipes if not r.starting_point] or list(site.shown_recipes)
    return max(full, key=lambda r: (r.criteria.specificity, r.id)).id if full else "base"


def _style(site: Site) -> NavPage:
    context = {
        "root": "../",
        "shapes": SHAPES,
        "verdicts": [(VERDICT_WORDS[name], shape, meaning) for name, shape, meaning in VERDICTS],
        **KIND_NAMES,
    }
    return NavPage(
        render("style.html", context),
        "Every part of the site, in both schemes.",
        markdown=render_text("twins/style.md", context),
    )


def _collector(site: Site) -> NavPage:
    readings = sorted(site.catalog.measurements.items())
    context = {"site": site, "root": "../", "collector": site.collector, "readings": readings}
    return NavPage(
        render("collector.html", context),
        "One file that reads a machine and a cluster, and changes nothing.",
        markdown=render_text("twins/collector.md", context),
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
    return NavPage(
        render("lifecycle.html", context),
        "Dated support windows against the build date.",
        markdown=render_text("twins/lifecycle.md", context),
    )


def _evidence(site: Site) -> NavPage:
    context = evidence_context(site, "../")
    return NavPage(
        render("evidence.html", context),
        "What each statement rests on, and what upstream ships beside it.",
        markdown=render_text("twins/evidence.md", context),
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
            rows.append(
                (
                    value,
                    site.words.title(name, value),
                    count_recipes(site, name, value),
                    site.words.aliases(name, value),
                )
            )
        dimensions.append((site.words.dimension(name), name, rows))
    context = {
        "site": site,
        "root": "../",
        "dimensions": dimensions,
        "tally": count_all(site),
        **KIND_NAMES,
    }
    return NavPage(
        render("criteria.html", context),
        "Every value of every dimension, with its honest answer.",
        markdown=render_text("twins/criteria.md", context),
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
