"""Component pages and their index: versions, support, where used, how the values differ, what healthy means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from generator.engine.model import Component, Recipe
from generator.render.document import PageDocument, root_of
from generator.render.lifecycle import Hint, Window, draw_timeline
from generator.render.site import Site, component_address
from generator.render.templating import render, render_text
from generator.render.values import spell_value
from generator.render.words import spell_count

_MAX_COLUMNS = 7


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version and the recipes that ship it."""

    version: str
    pinned: bool
    recipes: tuple[Recipe, ...]
    hint: Hint | None


@dataclass(frozen=True, slots=True)
class Variant:
    """One way a component's values come out: its values file, and the recipes in which they do, the widest first."""

    file: str
    name: str
    recipes: tuple[Recipe, ...]
    component: Component


@dataclass(frozen=True, slots=True)
class FileRow:
    """A values file, the recipes that take it, and in how many ways their overrides make it come out."""

    file: str
    recipes: tuple[Recipe, ...]
    ways: int


@dataclass(frozen=True, slots=True)
class WindowRow:
    """A support window of a component and the versions shipped here that fall into it."""

    window: Window
    state: str
    words: str
    versions: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Usage:
    """A component and every recipe that deploys it."""

    name: str
    title: str
    summary: str  # what it is, a sentence; "" where the catalog does not say
    uses: tuple[tuple[Recipe, Component], ...]
    versions: tuple[VersionRow, ...]

    @property
    def version(self) -> str:
        """The version most recipes ship."""
        return max(self.versions, key=lambda v: len(v.recipes)).version if self.versions else ""

    @property
    def newest(self) -> VersionRow | None:
        """The newest version the catalog knows, None where it names none."""
        return self.versions[0] if self.versions and self.versions[0].version else None


def component_usages(site: Site) -> tuple[Usage, ...]:
    """Every component of the registry or of a shown recipe, by name."""
    uses: dict[str, list[tuple[Recipe, Component]]] = defaultdict(list)
    for recipe in site.shown_recipes:
        for name in recipe.order:
            uses[name].append((recipe, recipe.component(name)))
    return tuple(_usage(site, name, tuple(uses.get(name, ()))) for name in component_names(site))


def component_names(site: Site) -> list[str]:
    """The components of the registry and of the shown recipes."""
    used = {name for recipe in site.shown_recipes for name in recipe.order}
    return sorted(used | site.catalog.registry.keys())


def _usage(site: Site, name: str, uses: tuple[tuple[Recipe, Component], ...]) -> Usage:
    entry = site.catalog.registry.get(name)
    title = str(entry.fields.get("displayName") or name) if entry is not None else name
    by_version: dict[str, list[Recipe]] = defaultdict(list)
    for recipe, component in uses:
        by_version[component.version].append(recipe)
    default = _default_version(site, name)
    if default and default not in by_version:
        by_version[default] = []
    rows = [
        VersionRow(v, v == default, tuple(rs), site.windows.hint("component", name, v, title) if v else None)
        for v, rs in sorted(by_version.items(), key=lambda item: _version_key(item[0]), reverse=True)
    ]
    return Usage(name, title, site.catalog.summaries.get(name, ""), uses, tuple(rows))


def _default_version(site: Site, name: str) -> str:
    entry = site.catalog.registry.get(name)
    helm = entry.fields.get("helm") if entry is not None else None
    return str(helm.get("defaultVersion") or "") if isinstance(helm, Mapping) else ""


def _version_key(version: str) -> tuple[tuple[int, ...], str]:
    numbers = tuple(int(part) for part in version.lstrip("v").replace("-", ".").split(".") if part.isdigit())
    return numbers, version


def render_component(site: Site, usage: Usage, everything: Sequence[Usage]) -> PageDocument:
    """Return the page of one component."""
    address = component_address(usage.name)
    variants = _variants(usage)
    entry = site.catalog.registry.get(usage.name)
    context = {
        "site": site,
        "root": root_of(address),
        "usage": usage,
        "entry": entry,
        "chart": _chart(usage, entry.fields if entry is not None else {}),
        "namespace": next((c.namespace for _, c in usage.uses), ""),
        "used": len(usage.uses),
        "recipes": len(site.shown_recipes),
        "everywhere": len(usage.uses) == len(site.shown_recipes),
        "files": _files(variants),
        "variants": variants,
        "version_matrix": _version_matrix(site, usage),
        "windows": _windows(site, usage),
        "differences": list(_differences(variants[:_MAX_COLUMNS])),
        "columns": [(v.file, v.name) for v in variants[:_MAX_COLUMNS]],
        "health_note": str(site.catalog.health.get(usage.name, {}).get("note") or ""),
        "health": list(_health(site.catalog.health.get(usage.name, {}))),
        "images": sorted(
            {image for r, _ in usage.uses for image in site.images.get(r.id, {}).get(usage.name, ())}
        ),
        "timeline": Markup(_timeline(site, usage)),
        "needs": sorted({d for _, c in usage.uses for d in c.dependencies}),
        "needed_by": sorted(
            {other.name for other in everything for _, c in other.uses if usage.name in c.dependencies}
        ),
    }
    used = f"{len(usage.uses)} of {spell_count(len(site.shown_recipes), 'recipe')}"
    return PageDocument(
        address=address,
        title=usage.name,
        description=f"{usage.title}: {usage.version or 'manifests only'} in {used}; versions, values and health.",
        tab="Components",
        html=render("component.html", context),
        markdown=render_text("component.md", context),
        search=f"{usage.title}. Component. Versions {', '.join(v.version for v in usage.versions)}",
    )


def _chart(usage: Usage, fields: Mapping[str, object]) -> tuple[str, str]:
    """The chart and its source, as most recipes take it, else as the registry says."""
    for _, component in usage.uses:
        if component.chart or component.source:
            return component.chart or component.path, component.source
    helm = fields.get("helm")
    if isinstance(helm, Mapping):
        return str(helm.get("defaultChart") or ""), str(helm.get("defaultRepository") or "")
    return "", ""


def _variants(usage: Usage) -> tuple[Variant, ...]:
    """The distinct outcomes of the component's values, the most used first."""
    groups: dict[str, list[tuple[Recipe, Component]]] = {}
    for recipe, component in usage.uses:
        key = repr(sorted((".".join(p), value_at(component.values, p)) for p in component.value_origins))
        groups.setdefault(key, []).append((recipe, component))
    ordered = sorted(groups.values(), key=lambda g: (-len(g), g[0][0].id))
    return tuple(
        Variant(
            values_file(g[0][1]),
            min((r for r, _ in g), key=lambda r: (r.criteria.specificity, r.id)).id,
            tuple(r for r, _ in g),
            g[0][1],
        )
        for g in ordered
    )


def values_file(component: Component) -> str:
    """The name of the component's values file; "" where its values are the chart's own and the overlays' alone."""
    return str(component.fields.get("valuesFile") or "").rsplit("/", 1)[-1]


def _files(variants: Sequence[Variant]) -> list[FileRow]:
    """The values files, the most used first."""
    found: dict[str, list[Variant]] = {}
    for variant in variants:
        found.setdefault(variant.file, []).append(variant)
    rows = [
        FileRow(file, tuple(sorted((r for v in vs for r in v.recipes), key=lambda r: r.id)), len(vs))
        for file, vs in found.items()
    ]
    return sorted(rows, key=lambda row: (-len(row.recipes), row.file))


def _version_matrix(
    site: Site, usage: Usage
) -> tuple[tuple[str, ...], list[tuple[str, list[tuple[str, str]]]]]:
    """(accelerators, rows of a service and its cells): the versions that the environments of a pair ship.

    A cell is (versions, how many of the pair's environments); both are "" where there is no environment, versions
    alone where none of them ships the component. Rows and columns without environments are left out.
    """
    shipped = {recipe.id: component.version or "manifests" for recipe, component in usage.uses}
    pairs: dict[tuple[str, str], list[Recipe]] = defaultdict(list)
    for recipe in site.shown_recipes:
        if not recipe.starting_point:
            pairs[recipe.criteria.service, recipe.criteria.accelerator].append(recipe)
    if not any(recipe.id in shipped for found in pairs.values() for recipe in found):
        return (), []
    values = site.matrix.values
    columns = [a for a in values["accelerator"] if any(key[1] == a for key in pairs)]
    rows = []
    for service in values["service"]:
        if not any(key[0] == service for key in pairs):
            continue
        cells = []
        for accelerator in columns:
            found = pairs.get((service, accelerator), [])
            having = [r for r in found if r.id in shipped]
            versions = ", ".join(sorted({shipped[r.id] for r in having}, key=_version_key, reverse=True))
            share = f"all {len(found)}" if len(having) == len(found) else f"{len(having)} of {len(found)}"
            cells.append((versions, share if found else ""))
        rows.append((site.words.label("service", service), cells))
    return tuple(site.words.label("accelerator", a) for a in columns), rows


def _windows(site: Site, usage: Usage) -> list[WindowRow]:
    """The component's support windows, newest first, with the versions here that each covers."""
    listed = site.catalog.lifecycle.get("windows")
    sources = {
        (w.get("subject"), w.get("scope"), str(w.get("cycle"))): str(w.get("source") or "")
        for w in (listed if isinstance(listed, Sequence) else ())
        if isinstance(w, Mapping)
    }
    rows = []
    for window in reversed(site.windows.of("component", usage.name)):
        covered = tuple(
            row.version
            for row in usage.versions
            if row.recipes and site.windows.find("component", usage.name, row.version) == window
        )
        hint = site.windows.hint("component", usage.name, window.cycle, usage.title)
        source = sources.get((window.subject, window.scope, window.cycle), "")
        rows.append(WindowRow(window, window.state(site.built), hint.short if hint else "", covered, source))
    return rows


def value_at(values: Mapping[str, object], path: Sequence[str]) -> str:
    """The value at *path*, spelled; empty when there is none."""
    node: object = values
    for key in path:
        # Asking for a dict first is ten times cheaper than asking an abstract class, and nearly all are one.
        if not isinstance(node, (dict, Mapping)) or key not in node:
            return ""
        node = node[key]
    return spell_value(node)


def _differences(variants: Sequence[Variant]) -> Iterable[tuple[str, list[tuple[str, bool]]]]:
    """Yield (setting, [(value, differs from the first column)]) for the settings that differ somewhere."""
    paths = sorted({path for v in variants for path in v.component.value_origins})
    for path in paths:
        found = [
            value_at(v.component.values, path) if path in v.component.value_origins else "" for v in variants
        ]
        if len(set(found)) > 1:
            yield ".".join(path), [(_short(text), text != found[0]) for text in found]


def _short(text: str) -> str:
    if text.startswith("[{"):
        return spell_count(text.count("{"), "entry", "entries")
    return text if len(text) <= 60 else f"{text[:57]}…"


def _health(health: Mapping[str, object]) -> Iterable[tuple[str, str, str]]:
    """Yield (kind, name, what it must be)."""
    workloads = health.get("workloads")
    for workload in workloads if isinstance(workloads, Sequence) else ():
        kind, _, name = str(workload).partition(" ")
        yield kind, name, "is ready on every node it is meant for" if kind == "DaemonSet" else "is available"
    crds = health.get("crds")
    for crd in crds if isinstance(crds, Sequence) else ():
        yield (
            "CustomResourceDefinition",
            str(crd.get("name") if isinstance(crd, Mapping) else crd),
            "is established",
        )


def _timeline(site: Site, usage: Usage) -> str:
    rows = [(f"{usage.name} {w.cycle}", w) for w in site.windows.of("component", usage.name)]
    return draw_timeline(rows, site.built, "Support windows against the build date; each row spells its date")


def components_context(site: Site, usages: Sequence[Usage], root: str) -> dict[str, object]:
    """What the list of components says, and the version matrix over the most specific recipes."""
    columns = _matrix_columns(site)
    shipped = {r.id: {n: r.component(n).version or "manifests" for n in r.order} for _, r in columns}
    rows = [(u.name, [shipped[r.id].get(u.name, "") for _, r in columns]) for u in usages if u.uses]
    return {
        "site": site,
        "root": root,
        "usages": usages,
        "columns": columns,
        "rows": rows,
        "total": len(site.shown_recipes),
    }


def _matrix_columns(site: Site) -> list[tuple[str, Recipe]]:
    """One supported recipe for each service, accelerator and intent: the most specific one."""
    best: dict[tuple[str, str, str], Recipe] = {}
    for recipe in site.shown_recipes:
        if recipe.starting_point or recipe.criteria.intent == "any":
            continue
        key = (recipe.criteria.service, recipe.criteria.accelerator, recipe.criteria.intent)
        if key not in best or recipe.criteria.specificity > best[key].criteria.specificity:
            best[key] = recipe
    words = site.words
    return [
        (
            f"{words.label('accelerator', a)} {words.label('service', s)} {words.label('intent', i)}",
            best[s, a, i],
        )
        for s, a, i in sorted(best)
    ]
