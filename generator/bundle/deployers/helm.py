"""The helm deployer: a folder per component and scripts that call helm and kubectl in order."""

from __future__ import annotations

from generator.bundle.deployers.components import component_files, view_components
from generator.bundle.deployers.offline import offline_files
from generator.bundle.deployers.readme import root_readme
from generator.bundle.deployers.rendering import render
from generator.bundle.deployers.sitevalues import site_values_example
from generator.bundle.model import BundlePlan, Files
from generator.bundle.quirks import LEFTOVER_GROUPS, OWN_NAMESPACES, PROTECTED_NAMESPACES


def files(plan: BundlePlan) -> Files:
    """The files of the helm bundle, without those every deployer shares."""
    views = view_components(plan)
    names = [component.name for component in plan.components]
    shared = {"recipe": plan.recipe.id, "order": names, "components": views}
    made: Files = {}
    for component, view in zip(plan.components, views, strict=True):
        made.update(component_files(component, view))
    made["deploy.sh"] = render(
        "deploy.sh.j2",
        **shared,
        floor=plan.kubernetes_floor,
        namespaces=[n for n in plan.namespaces if _guarded(plan, n)],
        leftover_groups=sorted(LEFTOVER_GROUPS.values()),
        needs_kustomize=int(any(c.kind == "kustomize" for c in plan.components)),
    ).encode()
    made["undeploy.sh"] = render("undeploy.sh.j2", **shared, own_namespaces=_own_namespaces(plan)).encode()
    made["README.md"] = root_readme(plan, views, render("helm-how.md.j2"))
    made.update(site_values_example(plan))
    made.update(offline_files(plan))
    return made


def _guarded(plan: BundlePlan, namespace: str) -> bool:
    """Whether something that makes or fills the namespace lies in it; bare manifests name their own."""
    return any(c.namespace == namespace and c.kind != "manifests" for c in plan.components)


def _own_namespaces(plan: BundlePlan) -> list[str]:
    """The namespaces a removal may delete, in the order they were filled."""
    own: dict[str, None] = {}
    for component in plan.components:
        if component.kind not in ("manifests", "nothing") and component.namespace:
            own[component.namespace] = None
        for namespace in OWN_NAMESPACES.get(component.name, ()):
            own[namespace] = None
    return [namespace for namespace in own if namespace not in PROTECTED_NAMESPACES]
