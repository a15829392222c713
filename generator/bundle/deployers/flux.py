"""The flux deployer: a HelmRelease per chart, its source, and its values in a ConfigMap.

Without a repository deploy.sh applies them tier by tier. With one, a Kustomization per part, ordered by
`dependsOn`, reads everything from that repository.
"""

from __future__ import annotations

import hashlib
import re

from generator.bundle.deployers.argocd import repo_path
from generator.bundle.deployers.components import view_components
from generator.bundle.deployers.gitops import (
    AFTER,
    BEFORE,
    Step,
    documents,
    git_url,
    namespace_object,
    nearest,
    object_name,
    parts,
    sort_steps,
    step_files,
    tiers,
    values_text,
)
from generator.bundle.deployers.readme import root_readme
from generator.bundle.deployers.rendering import render
from generator.bundle.model import BundleOptions, BundlePlan, Files, PlannedComponent
from generator.bundle.quirks import PROTECTED_NAMESPACES

NAMESPACE = "flux-system"
SUFFIXES = (BEFORE, "release", AFTER)
INTERVAL = "10m"
TIMEOUT = "10m"
_COMMIT = re.compile(r"[0-9a-f]{40}")
_FOLDERS = {"before": BEFORE, "main": "release", "after": AFTER}


def files(plan: BundlePlan) -> Files:
    """The files of the flux bundle, without those every deployer shares."""
    steps = sort_steps(plan)
    views = view_components(plan)
    made = step_files(steps, views)
    needs = nearest(steps, {step.name for step in steps if step.component.has_chart})
    for step in steps:
        if objects := _objects(step, needs[step.name]):
            made[f"{step.name}/release/release.yaml"] = documents(objects)
    if plan.options.repo:
        made.update(_repository_files(plan, steps))
    else:
        made["deploy.sh"] = render(
            "gitops-deploy.sh.j2",
            recipe=plan.recipe.id,
            floor=plan.kubernetes_floor,
            tiers=[[_for_script(step) for step in tier] for tier in tiers(steps)],
            order=[step.name for step in steps],
            controller="Flux",
            definition="helmreleases.helm.toolkit.fluxcd.io",
            control_namespace=NAMESPACE,
            flux=True,
        ).encode()
    how = render("flux-how.md.j2", repo=plan.options.repo)
    made["README.md"] = root_readme(plan, views, how)
    return made


def _for_script(step: Step) -> dict[str, object]:
    component = step.component
    main = component.has_chart or component.kind == "kustomize"
    kind = "kustomization.kustomize.toolkit.fluxcd.io" if component.kind == "kustomize" else "helmrelease"
    return {
        "name": step.name,
        "namespace": component.namespace,
        "before": bool(step.before),
        "after": bool(step.after),
        "apply": f"{step.name}/release/" if main else "",
        "waits": main and component.waits,
        "object": f"{kind}/{component.name}",
    }


def _objects(step: Step, needs: list[str]) -> list[object]:
    component = step.component
    if component.kind == "kustomize":
        return _kustomization(component)
    if not component.has_chart:
        return []
    objects: list[object] = [_chart_source(component)]
    spec: dict[str, object] = {
        "interval": INTERVAL,
        "timeout": TIMEOUT,
        "releaseName": component.name,
        "targetNamespace": component.namespace,
        "storageNamespace": component.namespace,
    }
    if needs:
        spec["dependsOn"] = [{"name": need} for need in needs]
    spec["chart"] = {
        "spec": {
            "chart": component.chart.rpartition("/")[2],
            "version": component.version,
            "sourceRef": {"kind": "HelmRepository", "name": component.name},
            "interval": INTERVAL,
        }
    }
    waits = {} if component.waits else {"disableWait": True}
    spec["install"] = {"createNamespace": True, **waits, "remediation": {"retries": 5}}
    spec["upgrade"] = {**waits, "remediation": {"retries": 5}}
    if values := values_text(component):
        # The digest in the name makes a change of values a change of the release, seen at once.
        name = object_name(component.name, f"values-{hashlib.sha256(values.encode()).hexdigest()[:10]}")
        objects.append(
            {
                "apiVersion": "v1",
                "kind": "ConfigMap",
                "metadata": {"name": name, "namespace": NAMESPACE},
                "data": {"values.yaml": values},
            }
        )
        spec["valuesFrom"] = [{"kind": "ConfigMap", "name": name, "valuesKey": "values.yaml"}]
    release = {
        "apiVersion": "helm.toolkit.fluxcd.io/v2",
        "kind": "HelmRelease",
        "metadata": {"name": component.name, "namespace": NAMESPACE},
        "spec": spec,
    }
    return [*objects, release]


def _chart_source(component: PlannedComponent) -> dict[str, object]:
    spec: dict[str, object] = {"interval": INTERVAL, "url": component.source.rstrip("/")}
    if component.kind == "oci":
        spec = {"type": "oci", "interval": INTERVAL, "url": component.chart.rpartition("/")[0]}
    return {
        "apiVersion": "source.toolkit.fluxcd.io/v1",
        "kind": "HelmRepository",
        "metadata": {"name": component.name, "namespace": NAMESPACE},
        "spec": spec,
    }


def _kustomization(component: PlannedComponent) -> list[object]:
    spec: dict[str, object] = {
        "interval": INTERVAL,
        "timeout": TIMEOUT,
        "path": f"./{component.path}" if component.path else "./",
        "prune": True,
        "wait": component.waits,
        "sourceRef": {"kind": "GitRepository", "name": component.name},
    }
    objects: list[object] = []
    if component.namespace:
        spec["targetNamespace"] = component.namespace
        if component.namespace not in PROTECTED_NAMESPACES:
            objects.append(namespace_object(component.namespace))
    return [
        *objects,
        _git(component.name, git_url(component.source), component.tag),
        _flux("Kustomization", component.name, spec),
    ]


def _git(name: str, url: str, revision: str) -> dict[str, object]:
    """A Git source: a commit, a full reference, or else a name that is tried as tag by Git itself."""
    if _COMMIT.fullmatch(revision):
        reference = {"commit": revision}
    elif revision.startswith("refs/"):
        reference = {"name": revision}
    elif re.match(r"v?[0-9]+\.", revision):
        reference = {"tag": revision}
    else:
        reference = {"branch": revision or "main"}
    return {
        "apiVersion": "source.toolkit.fluxcd.io/v1",
        "kind": "GitRepository",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": {"interval": INTERVAL, "url": url, "ref": reference},
    }


def _flux(kind: str, name: str, spec: dict[str, object]) -> dict[str, object]:
    return {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": kind,
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": spec,
    }


def _repository_files(plan: BundlePlan, steps: list[Step]) -> Files:
    options = plan.options
    source = object_name("aicr-" + plan.recipe.id)
    made: Files = {"flux/source.yaml": documents([_repository(options, source)])}
    last = {
        step.name: object_name(step.name, suffix) for step in steps for _, suffix in parts(step, SUFFIXES)
    }
    wanted = nearest(steps, last)
    kind = "OCIRepository" if options.repo.startswith("oci://") else "GitRepository"
    objects: list[object] = []
    for step in steps:
        needs = [last[need] for need in wanted[step.name]]
        for part, suffix in parts(step, SUFFIXES):
            name = object_name(step.name, suffix)
            waits = step.component.waits or part != "main"
            spec: dict[str, object] = {
                "interval": INTERVAL,
                "timeout": "15m",
                "path": f"./{repo_path(options, f'{step.name}/{_FOLDERS[part]}')}",
                "prune": True,
                "wait": waits,
                "sourceRef": {"kind": kind, "name": source},
            }
            if needs:
                spec["dependsOn"] = [{"name": need} for need in needs]
            objects.append(_flux("Kustomization", name, spec))
            needs = [name]
        namespace = step.component.namespace
        if step.before and namespace and namespace not in PROTECTED_NAMESPACES:
            made[f"{step.name}/{BEFORE}/namespace-{namespace}.yaml"] = documents(
                [namespace_object(namespace)]
            )
    made["flux/kustomizations.yaml"] = documents(objects)
    return made


def _repository(options: BundleOptions, name: str) -> dict[str, object]:
    if not options.repo.startswith("oci://"):
        return _git(name, git_url(options.repo), options.revision)
    return {
        "apiVersion": "source.toolkit.fluxcd.io/v1",
        "kind": "OCIRepository",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": {"interval": INTERVAL, "url": options.repo, "ref": {"tag": options.revision}},
    }
