"""Turns a recipe and the user's options into a `BundlePlan`: what every deployer starts from."""

from __future__ import annotations

import functools
import json
import marshal
import re
from collections.abc import Mapping, Sequence
from typing import Any

from generator import __version__
from generator.bundle.airgap import named_images, supplies_of
from generator.bundle.gotemplate import TemplateError, render_template
from generator.bundle.grammar import check_fields, place_of, shown
from generator.bundle.model import BundleNote, BundleOptions, BundlePlan, Manifest, PlannedComponent
from generator.bundle.notes import find_notes
from generator.bundle.quirks import NOT_WAITED_FOR
from generator.bundle.values import component_values, read_options
from generator.engine.model import Catalog, Component, Place, Recipe
from generator.load.problems import Problem, ProblemsFound

_JSON = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_FLOOR = re.compile(r">=\s*v?(\d+(?:\.\d+){1,2})", re.ASCII)


def plan_bundle(catalog: Catalog, recipe: Recipe, options: BundleOptions) -> BundlePlan:
    """The recipe's enabled components in deployment order, with final values and rendered manifests.

    ProblemsFound, with every problem, where an option names nothing, a field does not follow its
    grammar, a manifest is missing or cannot be rendered, a `validations` entry of severity error
    applies, or nothing is left to deploy.
    """
    wishes = read_options(catalog, recipe, options)
    problems = check_fields(recipe)
    if problems:
        raise ProblemsFound(problems)
    enabled = {c.name for c in recipe.components if wishes.enabled.get(c.name, c.enabled)}
    order = _order(recipe, enabled)
    if not order:
        what = f"the recipe {recipe.id} has no enabled component"
        raise ProblemsFound([Problem(Place("recipe", 1), what, "enable one")])
    notes: list[BundleNote] = []
    tiers: dict[str, int] = {}
    planned = []
    for name in order:
        component = recipe.component(name)
        needs = tuple(sorted(set(component.dependencies) & enabled - {name}))
        tiers[name] = 1 + max((tiers.get(need, 0) for need in needs), default=0)
        for gone in sorted(set(component.dependencies) - enabled):
            notes.append(BundleNote(name, "warning", f"it depends on {gone}, which is left out"))
        values = component_values(catalog, component, options, wishes)
        planned.append(_planned(catalog, component, values, needs, tiers[name], problems))
    notes += find_notes(catalog, recipe, planned, options)
    for note in notes:
        if note.severity == "error":
            problems.append(Problem(place_of(recipe.component(note.component), "name"), note.text))
    if problems:
        raise ProblemsFound(problems)
    for part in planned:
        for manifest in (*part.pre, *part.post):
            if "<no value>" in manifest.text:
                text = f"{manifest.file} uses a value that is not set; it holds <no value>"
                notes.append(BundleNote(part.name, "warning", text))
    return BundlePlan(
        recipe=recipe,
        components=tuple(planned),
        left_out=tuple(sorted({c.name for c in recipe.components} - enabled)),
        notes=tuple(notes),
        supplies=supplies_of(planned),
        options=options,
        kubernetes_floor=_kubernetes_floor(recipe),
        catalog_digest=catalog.digest,
        catalog_version=catalog.version,
        tool_version=__version__,
    )


def _order(recipe: Recipe, enabled: set[str]) -> list[str]:
    """The recipe's order, what it does not name last and by name."""
    order = [name for name in recipe.full_order if name in enabled]
    return order + sorted(enabled - set(order))


def _planned(
    catalog: Catalog,
    component: Component,
    values: Mapping[str, object],
    needs: tuple[str, ...],
    tier: int,
    problems: list[Problem],
) -> PlannedComponent:
    entry = catalog.registry.get(component.name)
    fields = entry.fields if entry else {}
    tree: Any = values  # mappings, lists and scalars only
    plain = _plain(marshal.dumps(tree, 2))
    pre = _manifests(catalog, component, "preManifestFiles", component.pre_manifests, plain, problems)
    post = _manifests(catalog, component, "manifestFiles", component.manifests, plain, problems)
    kind = _kind(component, bool(pre or post))
    chart = component.chart or component.name
    if kind == "oci":
        chart = f"{component.source.rstrip('/')}/{chart}"
    if kind in ("helm", "oci") and not component.version:
        what = f"componentRefs[{component.name}].version is not stated"
        do = "pin a version; an unpinned chart is another one every day"
        problems.append(Problem(place_of(component, "version"), what, do))
    if kind in ("helm", "oci") and not component.namespace:
        what = f"componentRefs[{component.name}].namespace is not stated"
        problems.append(
            Problem(place_of(component, "namespace"), what, "a chart is installed into a namespace")
        )
    title = fields.get("displayName")
    return PlannedComponent(
        name=component.name,
        title=title if isinstance(title, str) and title.isprintable() and title else component.name,
        kind=kind,
        namespace=component.namespace,
        source=component.source,
        chart=chart,
        version=component.version,
        tag=component.tag,
        path=component.path,
        values=values,
        plain=plain,
        images=named_images(plain if kind in ("helm", "oci") else "{}", (*pre, *post)),
        pre=pre,
        post=post,
        needs=needs,
        tier=tier,
        waits=component.name not in NOT_WAITED_FOR and fields.get("waits") is not False,
        refers_to_itself=fields.get("hasSelfRefCRDs") is True,
    )


def _kind(component: Component, manifests: bool) -> str:
    if component.type == "Kustomize":
        return "kustomize"
    if component.source:
        return "oci" if component.source.startswith("oci://") else "helm"
    return "manifests" if manifests else "nothing"


def _manifests(
    catalog: Catalog,
    component: Component,
    field: str,
    paths: Sequence[str],
    values: str,
    problems: list[Problem],
) -> tuple[Manifest, ...]:
    """The rendered manifests by path, each once; one that renders to nothing is left out."""
    manifests: list[Manifest] = []
    taken: set[str] = set()
    for path in sorted(set(paths)):
        text = catalog.manifests.get(path)
        if text is None:
            what = f"componentRefs[{component.name}].{field} names {shown(path)}, which does not exist"
            problems.append(Problem(place_of(component, field), what, "add the file or leave the name out"))
            continue
        try:
            rendered = _rendered(
                text,
                component.name,
                values if "{{" in text else "{}",
                component.namespace,
                component.chart or component.name,
                component.version.removeprefix("v") or "0.1.0",
            )
        except TemplateError as error:
            problems.append(Problem(Place(path, error.line), str(error)))
            continue
        if rendered:
            file = path.rpartition("/")[2]
            stem, _, suffix = file.rpartition(".")
            number = 2
            while file in taken:  # two folders may hold a file of one name
                file = f"{stem}-{number}.{suffix}"
                number += 1
            taken.add(file)
            manifests.append(Manifest(file, rendered, path))
    return tuple(manifests)


@functools.lru_cache(maxsize=16384)
def _plain(values: bytes) -> str:
    """The values as JSON with sorted keys; marshalling them first to look them up costs a fraction of it."""
    return _JSON.encode(marshal.loads(values))


@functools.lru_cache(maxsize=4096)
def _rendered(text: str, name: str, values: str, namespace: str, chart: str, version: str) -> str:
    """The manifest's text, "" when only blanks, comments and document marks are left.

    Remembered, because most recipes of a catalog share most of their manifests.
    """
    data = {
        "Values": {name: json.loads(values)},
        "Release": {"Namespace": namespace, "Service": "Helm", "Name": name},
        "Chart": {"Name": chart, "Version": version},
    }
    rendered = render_template(text, data)
    said = (line.strip() for line in rendered.splitlines())
    if not any(line and not line.startswith("#") and line != "---" for line in said):
        return ""
    return rendered if rendered.endswith("\n") else rendered + "\n"


def _kubernetes_floor(recipe: Recipe) -> str:
    for constraint in recipe.constraints:
        if constraint.name == "K8s.server.version" and constraint.severity in ("", "error"):
            match = _FLOOR.fullmatch(constraint.value.strip())
            return match[1] if match else ""
    return ""
