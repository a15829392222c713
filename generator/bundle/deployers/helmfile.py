"""The helmfile deployer: a helmfile per tier, so that a kind's definition is there before its objects are read.

Inside a tier `needs` orders a component's manifests around its chart; manifests travel as small local charts.
The fields are those of Helmfile's documented `releases` and `repositories`.
"""

from __future__ import annotations

import re

from generator.bundle.deployers.components import view_components
from generator.bundle.deployers.gitops import (
    AFTER,
    BEFORE,
    Step,
    object_name,
    parts,
    sort_steps,
    step_files,
    tiers,
)
from generator.bundle.deployers.readme import root_readme
from generator.bundle.deployers.rendering import render
from generator.bundle.model import BundlePlan, Files, Manifest, PlannedComponent
from generator.bundle.yamlparts import dumped, dumped_parts

SUFFIXES = (BEFORE, "", AFTER)
TIMEOUT = 600  # seconds
_HOST = re.compile(r"[^a-z0-9]+")


def files(plan: BundlePlan) -> Files:
    """The files of the helmfile bundle, without those every deployer shares."""
    steps = sort_steps(plan)
    views = view_components(plan)
    made = {
        path: content for path, content in step_files(steps, views).items() if path.endswith("/values.yaml")
    }
    names = []
    for number, tier in enumerate(tiers(steps), 1):
        releases = [release for step in tier for release in _releases(step)]
        if not releases:
            continue
        name = f"tier-{number:02d}.yaml"
        names.append(name)
        repositories = _repositories([step.component for step in tier])
        document: list[dict[str, object]] = [{"helmDefaults": {"createNamespace": True, "timeout": TIMEOUT}}]
        if repositories:
            document.append({"repositories": repositories})
        document += [{"releases": [release]} for release in releases]
        made[name] = dumped_parts(document).encode()
    for step in steps:
        made.update(_charts(step))
    made["helmfile.yaml"] = dumped({"helmfiles": [{"path": name} for name in names]}).encode()
    made["README.md"] = root_readme(plan, views, render("helmfile-how.md.j2"))
    return made


def _releases(step: Step) -> list[dict[str, object]]:
    component = step.component
    namespace = component.namespace or "default"
    made: list[dict[str, object]] = []
    for part, suffix in parts(step, SUFFIXES):
        name = object_name(step.name, suffix)
        release: dict[str, object] = {"name": name, "namespace": namespace}
        if part != "main":
            release["chart"] = f"./{step.name}/{BEFORE if part == 'before' else AFTER}-chart"
        elif component.kind == "kustomize":
            release["chart"] = f"./{step.name}/kustomization"
        else:
            oci = component.kind == "oci"
            release["chart"] = component.chart if oci else f"{_repository(component)}/{component.chart}"
            release["version"] = component.version
            release["values"] = [f"./{step.name}/values.yaml"]
        release["wait"] = component.waits
        if part == "after" or (part == "main" and component.refers_to_itself):
            # The definitions come with this chart or the one just before; a diff cannot know them yet.
            release["disableValidationOnInstall"] = True
        if made:
            release["needs"] = [f"{namespace}/{made[-1]['name']}"]
        made.append(release)
    return made


def _repository(component: PlannedComponent) -> str:
    """A name for the chart repository: its address in letters and digits, so that equal names are equal places."""
    return _HOST.sub("-", component.source.lower().partition("://")[2]).strip("-")


def _repositories(components: list[PlannedComponent]) -> list[dict[str, object]]:
    found = {_repository(c): c.source for c in components if c.kind == "helm"}
    return [{"name": name, "url": url} for name, url in sorted(found.items())]


def _charts(step: Step) -> Files:
    """The manifests as charts, and the kustomization as a folder that names the remote one."""
    made: Files = {}
    for folder, manifests in ((BEFORE, step.before), (AFTER, step.after)):
        if manifests:
            top = f"{step.name}/{folder}-chart"
            chart = {
                "apiVersion": "v2",
                "name": object_name(step.name, folder),
                "version": "0.1.0",
                "description": f"The manifests of {step.name} as they are.",
            }
            made[f"{top}/Chart.yaml"] = dumped(chart).encode()
            for manifest in manifests:
                made[f"{top}/templates/{manifest.file}"] = _escaped(manifest)
    if step.component.kind == "kustomize":
        document: dict[str, object] = {
            "apiVersion": "kustomize.config.k8s.io/v1beta1",
            "kind": "Kustomization",
            "resources": [step.component.reference],
        }
        if step.component.namespace:
            document["namespace"] = step.component.namespace
        made[f"{step.name}/kustomization/kustomization.yaml"] = dumped(document).encode()
    return made


def _escaped(manifest: Manifest) -> bytes:
    """The text as a template that renders to it."""
    return manifest.text.replace("{{", '{{ "{{" }}').encode()
