"""The argocd deployer: an Application per component.

Without a repository deploy.sh applies them tier by tier. With one, an app of apps whose sync waves follow the
tiers reads everything, manifests too, from that repository.
"""

from __future__ import annotations

from generator.bundle.deployers.components import view_components
from generator.bundle.deployers.gitops import (
    AFTER,
    BEFORE,
    Step,
    documents,
    git_url,
    object_name,
    parts,
    sort_steps,
    step_files,
    tiers,
    values_text,
)
from generator.bundle.deployers.readme import root_readme
from generator.bundle.deployers.rendering import render
from generator.bundle.model import BundleOptions, BundlePlan, Files

NAMESPACE = "argocd"
SUFFIXES = (BEFORE, "", AFTER)
_CLUSTER = "https://kubernetes.default.svc"
# Argo CD does not judge the health of Applications by itself any more; without it waves wait for nothing.
# What becomes ready only with later components must not hold them up.
_UNWAITED = "aicr-matrix/waits"
_HEALTH = f"""\
hs = {{}}
hs.status = "Progressing"
hs.message = ""
local notes = obj.metadata.annotations
if notes ~= nil and notes["{_UNWAITED}"] == "false" then
  hs.status = "Healthy"
  return hs
end
if obj.status ~= nil and obj.status.health ~= nil then
  hs.status = obj.status.health.status
  if obj.status.health.message ~= nil then
    hs.message = obj.status.health.message
  end
end
return hs
"""


def files(plan: BundlePlan) -> Files:
    """The files of the argocd bundle, without those every deployer shares."""
    steps = sort_steps(plan)
    views = view_components(plan)
    made = step_files(steps, views)
    repo = plan.options.repo
    for step in steps:
        if step.component.has_chart or step.component.kind == "kustomize":
            made[f"{step.name}/application.yaml"] = documents([_application(step)])
        if repo:
            for part, folder in (("before", BEFORE), ("after", AFTER)):
                if step.before if part == "before" else step.after:
                    path = f"{step.name}/application-{folder}.yaml"
                    made[path] = documents([_manifests_application(step, part, plan.options)])
    if repo:
        made["app-of-apps.yaml"] = documents([_app_of_apps(plan)])
        made["argocd-cm.patch.yaml"] = documents([_health_patch()])
    else:
        made["deploy.sh"] = render(
            "gitops-deploy.sh.j2",
            recipe=plan.recipe.id,
            floor=plan.kubernetes_floor,
            tiers=[[_for_script(step) for step in tier] for tier in tiers(steps)],
            order=[step.name for step in steps],
            controller="Argo CD",
            definition="applications.argoproj.io",
            control_namespace=NAMESPACE,
            flux=False,
        ).encode()
    how = render("argocd-how.md.j2", repo=repo, revision=plan.options.revision, path=plan.options.repo_path)
    made["README.md"] = root_readme(plan, views, how)
    return made


def _for_script(step: Step) -> dict[str, object]:
    component = step.component
    main = component.has_chart or component.kind == "kustomize"
    return {
        "name": step.name,
        "namespace": component.namespace,
        "before": bool(step.before),
        "after": bool(step.after),
        "apply": f"{step.name}/application.yaml" if main else "",
        "waits": main and component.waits,
        "object": f"application/{object_name(step.name)}",
    }


def wave(step: Step, part: str) -> int:
    """Three waves a tier: what comes before the charts, the charts, what comes after."""
    return 3 * (step.component.tier - 1) + {"before": 0, "main": 1, "after": 2}[part]


def _application(step: Step) -> dict[str, object]:
    component = step.component
    if component.kind == "kustomize":
        source: dict[str, object] = {
            "repoURL": git_url(component.source),
            "targetRevision": component.tag or "HEAD",
            "path": component.path or ".",
        }
    else:
        oci = component.kind == "oci"
        location = component.chart.rpartition("/")[0].removeprefix("oci://") if oci else component.source
        helm = {"releaseName": component.name}
        if values := values_text(component):
            helm["values"] = values
        source = {
            "repoURL": location,
            "chart": component.chart.rpartition("/")[2],
            "targetRevision": component.version,
            "helm": helm,
        }
    return _wrapped(step, "main", source)


def _manifests_application(step: Step, part: str, options: BundleOptions) -> dict[str, object]:
    folder = BEFORE if part == "before" else AFTER
    source: dict[str, object] = {
        "repoURL": options.repo,
        "targetRevision": options.revision,
        "path": repo_path(options, f"{step.name}/{folder}"),
    }
    return _wrapped(step, part, source)


def repo_path(options: BundleOptions, path: str) -> str:
    """*path* of the bundle as it lies in the repository."""
    top = options.repo_path.strip("/")
    return path if top in ("", ".") else f"{top}/{path}"


def _wrapped(step: Step, part: str, source: dict[str, object]) -> dict[str, object]:
    suffix = dict(parts(step, SUFFIXES))[part]
    annotations = {"argocd.argoproj.io/sync-wave": str(wave(step, part))}
    if part == "main" and not step.component.waits:
        annotations[_UNWAITED] = "false"
    destination = {"server": _CLUSTER}
    if step.component.namespace:
        destination["namespace"] = step.component.namespace
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {
            "name": object_name(step.name, suffix),
            "namespace": NAMESPACE,
            "annotations": annotations,
        },
        "spec": {
            "project": "default",
            "source": source,
            "destination": destination,
            "syncPolicy": {
                "automated": {"prune": True, "selfHeal": True},
                "syncOptions": ["CreateNamespace=true", "ServerSideApply=true"],
                "retry": {"limit": 5, "backoff": {"duration": "5s", "factor": 3, "maxDuration": "2m"}},
            },
        },
    }


def _app_of_apps(plan: BundlePlan) -> dict[str, object]:
    options = plan.options
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {"name": object_name("aicr-" + plan.recipe.id), "namespace": NAMESPACE},
        "spec": {
            "project": "default",
            "source": {
                "repoURL": options.repo,
                "targetRevision": options.revision,
                "path": repo_path(options, "").rstrip("/") or ".",
                "directory": {"recurse": True, "include": "*/application*.yaml"},
            },
            "destination": {"server": _CLUSTER, "namespace": NAMESPACE},
            "syncPolicy": {"automated": {"prune": True, "selfHeal": True}},
        },
    }


def _health_patch() -> dict[str, object]:
    return {"data": {"resource.customizations.health.argoproj.io_Application": _HEALTH}}
