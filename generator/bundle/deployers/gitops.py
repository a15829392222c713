"""What the GitOps deployers share: manifests sorted around the chart, object names, addresses."""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from generator.bundle.deployers.components import ComponentView, component_files
from generator.bundle.model import BundlePlan, Files, Manifest, PlannedComponent
from generator.bundle.yamlparts import dumped
from generator.load.yamltext import dump_yaml

MAX_NAME = 53  # Helm's limit for release names; Argo CD's applications become releases
BEFORE, AFTER = "pre-manifests", "manifests"
_API = re.compile(r"^apiVersion:\s*[\"']?([^\s\"'#]+)", re.MULTILINE)
_BUILT_IN = frozenset(
    (
        *("apps", "autoscaling", "batch", "policy", "admissionregistration.k8s.io", "apiextensions.k8s.io"),
        *("apiregistration.k8s.io", "authentication.k8s.io", "authorization.k8s.io", "certificates.k8s.io"),
        *("coordination.k8s.io", "discovery.k8s.io", "events.k8s.io", "flowcontrol.apiserver.k8s.io"),
        *("networking.k8s.io", "node.k8s.io", "rbac.authorization.k8s.io", "resource.k8s.io"),
        *("scheduling.k8s.io", "storage.k8s.io"),
    )
)


@dataclass(frozen=True, slots=True)
class Step:
    """A component with its manifests sorted: `before` needs nothing of the chart, `after` its definitions.

    Where the helm deployer applies manifests around the chart and tolerates what is not known yet, a
    declarative deployer has to know: built-in kinds go before the chart, all others after it.
    """

    component: PlannedComponent
    before: tuple[Manifest, ...]
    after: tuple[Manifest, ...]

    @property
    def name(self) -> str:
        """The component's name."""
        return self.component.name


def sort_steps(plan: BundlePlan) -> list[Step]:
    """The components in deployment order with their manifests sorted."""
    steps = []
    for component in plan.components:
        before: list[Manifest] = list(component.pre)
        after: list[Manifest] = []
        for manifest in component.post:
            (before if _built_in(manifest.text) else after).append(manifest)
        if not component.has_chart and component.kind != "kustomize":
            # Definitions first still, but there is no chart to go between.
            before, after = (before, after) if before else (after, before)
        steps.append(Step(component, _distinct(before), tuple(after)))
    return steps


def _distinct(manifests: Sequence[Manifest]) -> tuple[Manifest, ...]:
    """A pre-install and a post-install manifest may share a file name; here they share a folder."""
    kept: dict[str, Manifest] = {}
    for manifest in manifests:
        file = manifest.file
        stem, _, suffix = file.rpartition(".")
        number = 2
        while file in kept:
            file = f"{stem}-{number}.{suffix}"
            number += 1
        kept[file] = Manifest(file, manifest.text, manifest.source)
    return tuple(kept.values())


@functools.lru_cache(maxsize=1024)
def _built_in(text: str) -> bool:
    """Whether every object is of a kind that Kubernetes itself brings."""
    return all("/" not in api or api.partition("/")[0] in _BUILT_IN for api in _API.findall(text))


def tiers(steps: Sequence[Step]) -> list[list[Step]]:
    """The steps by tier: nothing in a tier needs anything of the same tier or a later one."""
    last = max((step.component.tier for step in steps), default=0)
    return [[s for s in steps if s.component.tier == tier] for tier in range(1, last + 1)]


def step_files(steps: Sequence[Step], views: Sequence[ComponentView]) -> Files:
    """Values, README and sorted manifests of every component."""
    made: Files = {}
    for step, view in zip(steps, views, strict=True):
        shared = component_files(step.component, view)
        made[f"{step.name}/values.yaml"] = shared[f"{step.name}/values.yaml"]
        for folder, manifests in ((BEFORE, step.before), (AFTER, step.after)):
            for manifest in manifests:
                made[f"{step.name}/{folder}/{manifest.file}"] = manifest.text.encode()
    return made


def object_name(name: str, suffix: str = "") -> str:
    """*name* with *suffix*, within the limit; what is cut is replaced by a digest of the whole."""
    whole = f"{name}-{suffix}" if suffix else name
    if len(whole) <= MAX_NAME:
        return whole
    digest = hashlib.sha256(whole.encode()).hexdigest()[:8]
    tail = f"-{digest}-{suffix}" if suffix else f"-{digest}"
    return name[: MAX_NAME - len(tail)].rstrip("-") + tail


def git_url(source: str) -> str:
    """A kustomize source as an address with a scheme."""
    if "://" in source:
        return source
    head, colon, path = source.partition(":")
    if colon and "@" in head:
        return f"ssh://{head}/{path}"
    return f"https://{source}"


def values_text(component: PlannedComponent) -> str:
    """The values as YAML text, "" where there are none; text keeps the nulls that kubectl apply drops."""
    return _values_text(component.plain) if component.values else ""


@functools.lru_cache(maxsize=8192)
def _values_text(values: str) -> str:
    return dump_yaml(json.loads(values), indent=2)


def documents(objects: Sequence[object]) -> bytes:
    """The objects as YAML documents in one file."""
    return "---\n".join(dumped(each) for each in objects).encode()


def namespace_object(name: str) -> dict[str, object]:
    """A namespace that removing the bundle leaves alone."""
    annotations = {
        "kustomize.toolkit.fluxcd.io/prune": "disabled",
        "argocd.argoproj.io/sync-options": "Prune=false",
    }
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "annotations": annotations}}


def nearest(steps: Sequence[Step], having: Collection[str]) -> dict[str, list[str]]:
    """What each component needs among *having*: a need that is not of them is replaced by its own needs."""
    found: dict[str, list[str]] = {}
    reached: dict[str, set[str]] = {}
    for step in steps:
        needs: set[str] = set()
        for need in step.component.needs:
            needs |= {need} if need in having else reached.get(need, set())
        reached[step.name] = needs
        found[step.name] = sorted(needs)
    return found


def parts(step: Step, suffixes: tuple[str, str, str]) -> Iterator[tuple[str, str]]:
    """The parts a component has, in order: (before | main | after, suffix)."""
    if step.before:
        yield "before", suffixes[0]
    if step.component.has_chart or step.component.kind == "kustomize":
        yield "main", suffixes[1]
    if step.after:
        yield "after", suffixes[2]
