"""What carries a recipe across an air gap: a Zarf package definition and a Hauler manifest."""

from __future__ import annotations

from generator.bundle.airgap import chart_of
from generator.bundle.deployers.gitops import Step, object_name, sort_steps
from generator.bundle.model import BundlePlan, Files, Manifest, Supplies
from generator.bundle.yamlparts import dumped_parts


def offline_files(plan: BundlePlan) -> Files:
    """zarf.yaml and hauler.yaml; their paths are those of the helm bundle they lie in."""
    supplies = plan.supplies
    return {"zarf.yaml": _zarf(plan, supplies), "hauler.yaml": _hauler(plan, supplies)}


def _comment(supplies: Supplies) -> str:
    if not supplies.unknown:
        return "# The images are complete: no chart or kustomization brings others.\n"
    return "# Images that charts name by themselves are not listed; images.txt says whose.\n"


def _zarf(plan: BundlePlan, supplies: Supplies) -> bytes:
    """A ZarfPackageConfig whose components are deployed in the recipe's order."""
    metadata = {
        "name": object_name("aicr-" + plan.recipe.id),
        "description": f"The AI Cluster Runtime recipe {plan.recipe.id}.",
        "version": plan.catalog_version or plan.tool_version,
    }
    parts: list[dict[str, object]] = [{"kind": "ZarfPackageConfig"}, {"metadata": metadata}]
    parts += [{"components": [part]} for step in sort_steps(plan) for part in _zarf_components(step)]
    head = "# `zarf dev find-images .` finds the rest; `zarf package create .` packs it.\n"
    return (_comment(supplies) + head + dumped_parts(parts)).encode()


def _zarf_components(step: Step) -> list[dict[str, object]]:
    component = step.component
    made: list[dict[str, object]] = []

    def add(name: str, **parts: object) -> None:
        made.append({"name": name, "required": True, **parts})

    if step.before:
        add(object_name(step.name, "before"), manifests=[_zarf_manifest(step, "before", step.before)])
    if component.has_chart:
        chart = chart_of(component)
        fields: dict[str, object] = {
            "name": component.name,
            "version": component.version,
            "url": chart.repository,
        }
        if component.kind == "helm":
            fields["repoName"] = chart.name
        fields |= {
            "namespace": component.namespace,
            "releaseName": component.name,
            "valuesFiles": [f"{component.name}/values.yaml"],
        }
        if not component.waits:
            fields["noWait"] = True
        add(component.name, charts=[fields])
    elif component.kind == "kustomize":
        manifest = {
            "name": component.name,
            "namespace": component.namespace or "default",
            "kustomizations": [component.reference],
        }
        add(component.name, manifests=[manifest])
    if step.after:
        add(object_name(step.name, "after"), manifests=[_zarf_manifest(step, "after", step.after)])
    images = component.images
    if images and made:
        made[0]["images"] = list(images)
    return made


def _zarf_manifest(step: Step, part: str, manifests: tuple[Manifest, ...]) -> dict[str, object]:
    pre = {manifest.source for manifest in step.component.pre}
    files = [
        f"{step.name}/{'pre-manifests' if manifest.source in pre else 'manifests'}/{manifest.file}"
        for manifest in manifests
    ]
    return {
        "name": object_name(step.name, part),
        "namespace": step.component.namespace or "default",
        "files": files,
    }


def _hauler(plan: BundlePlan, supplies: Supplies) -> bytes:
    """Hauler's Images and Charts."""
    name = object_name("aicr-" + plan.recipe.id)
    charts = [
        {
            "name": chart.name,
            "repoURL": chart.repository.rpartition("/")[0]
            if chart.repository.startswith("oci://")
            else chart.repository,
            "version": chart.version,
        }
        for chart in supplies.charts
    ]
    kinds = {
        "Images": ("images", [{"name": image} for image in supplies.images]),
        "Charts": ("charts", charts),
    }
    documents = [
        dumped_parts(
            [
                {"apiVersion": "content.hauler.cattle.io/v1"},
                {"kind": kind},
                {"metadata": {"name": f"{name}-{field}"}},
                {"spec": {field: items}},
            ]
        )
        for kind, (field, items) in kinds.items()
        if items
    ]
    return (_comment(supplies) + "---\n".join(documents)).encode()
