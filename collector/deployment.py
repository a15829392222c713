"""Deployment readings: for every component of the catalog its version and its wanted and ready replicas."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Optional, Tuple

from collector.cluster import image_tag
from collector.kube import Cluster, KubeError, fold_items
from collector.readings import Readings

KINDS = {"Deployment": "deployments", "DaemonSet": "daemonsets", "StatefulSet": "statefulsets"}
_VERSION = re.compile(r"v?\d+(\.\d+)+([-+.][0-9A-Za-z.+-]*)?\Z")
_CHART_VERSION = re.compile(r"-(v?\d+\.\d+.*)\Z")


@dataclass(frozen=True)
class Component:
    """Where a component's expected workloads are: (kind, name) in a namespace."""

    name: str
    namespace: str
    workloads: Tuple[Tuple[str, str], ...]
    crds: Tuple[str, ...] = ()


@dataclass
class Workload:
    """A workload's replicas, and what its labels and first image say of its version."""

    namespace: str
    wanted: int
    ready: int
    available: bool
    app_version: str
    chart_version: str
    image_version: str


def components_of(document: Mapping[str, Any]) -> List[Component]:
    """The components of a parsed ComponentHealth document; workloads stand as `Kind name` or as mappings."""
    found = []
    for name, entry in sorted((document.get("components") or {}).items()):
        entry = entry or {}
        workloads = []
        for workload in entry.get("workloads") or ():
            if isinstance(workload, Mapping):
                pair = (str(workload.get("kind", "")), str(workload.get("name", "")))
            else:
                kind, _, rest = str(workload).replace("/", " ").partition(" ")
                pair = (kind, rest.strip())
            if pair[0] in KINDS and pair[1]:
                workloads.append(pair)
        crds = tuple(str(crd) for crd in entry.get("crds") or ())
        found.append(Component(str(name), str(entry.get("namespace", "")), tuple(workloads), crds))
    return found


def read_deployment(cluster: Cluster, readings: Readings, components: List[Component]) -> None:
    """Take `Deployment.<component>.*` for every component; a kind that cannot be listed leaves its components open."""
    expected = {
        (kind, name): component.namespace for component in components for kind, name in component.workloads
    }
    there: Dict[Tuple[str, str], Workload] = {}
    refused: Dict[str, str] = {}
    for kind, plural in KINDS.items():
        if not any(key[0] == kind for key in expected):
            continue
        try:
            there.update(_list_kind(cluster, kind, plural, expected))
        except KubeError as error:
            refused[kind] = str(error)
    for component in components:
        if component.workloads:
            _put_component(component, there, refused, readings)


def _list_kind(
    cluster: Cluster, kind: str, plural: str, expected: Mapping[Tuple[str, str], str]
) -> Dict[Tuple[str, str], Workload]:
    def add(total: Dict[Tuple[str, str], Workload], item: Mapping[str, Any]) -> None:
        metadata = item.get("metadata") or {}
        key = (kind, str(metadata.get("name", "")))
        if key not in expected:
            return
        workload = _workload(kind, item)
        # Another namespace's workload of the name counts only until the expected one turns up.
        if key not in total or workload.namespace == expected[key]:
            total[key] = workload

    try:
        return fold_items(cluster, f"/apis/apps/v1/{plural}", dict, add)
    except KubeError as error:
        if error.status != 403:
            raise
        refusal = error
    # An account without the cluster-wide permission may have it in the components' own namespaces.
    total: Dict[Tuple[str, str], Workload] = {}
    spaces = sorted({space for key, space in expected.items() if key[0] == kind and space})
    refused = 0
    for space in spaces:
        try:
            here: Dict[Tuple[str, str], Workload] = fold_items(
                cluster, f"/apis/apps/v1/namespaces/{space}/{plural}", dict, add
            )
            total.update(here)
        except KubeError as error:
            if error.status not in (403, 404):
                raise
            refused += 1
    if refused:
        raise refusal
    return total


def _workload(kind: str, item: Mapping[str, Any]) -> Workload:
    metadata, spec, status = (item.get(part) or {} for part in ("metadata", "spec", "status"))
    labels = metadata.get("labels") or {}
    if kind == "DaemonSet":
        wanted = _int(status.get("desiredNumberScheduled"))
        ready, serving = _int(status.get("numberReady")), _int(status.get("numberAvailable"))
    else:
        wanted = _int(spec.get("replicas"), 1)
        ready = _int(status.get("readyReplicas"))
        serving = _int(status.get("availableReplicas"))
    pod = ((spec.get("template") or {}).get("spec") or {}).get("containers") or [{}]
    tags = [image_tag(str(container.get("image") or ""))[1] for container in pod]
    return Workload(
        namespace=str(metadata.get("namespace", "")),
        wanted=wanted,
        ready=ready,
        # A workload scaled to nothing is there but serves nobody; AICR wants at least one replica available.
        available=serving >= max(wanted, 1) if kind != "DaemonSet" else serving >= wanted,
        app_version=str(labels.get("app.kubernetes.io/version") or ""),
        chart_version=chart_version(str(labels.get("helm.sh/chart") or "")),
        image_version=next((tag for tag in tags if _VERSION.match(tag)), ""),
    )


def chart_version(label: str) -> str:
    """The version in a `helm.sh/chart` label: `gpu-operator-v25.10.1` gives `v25.10.1`; `_` there stands for `+`."""
    match = _CHART_VERSION.search(label)
    return match.group(1).replace("_", "+") if match else ""


def _put_component(
    component: Component,
    there: Mapping[Tuple[str, str], Workload],
    refused: Mapping[str, str],
    readings: Readings,
) -> None:
    name = component.name
    closed = sorted({refused[kind] for kind, _ in component.workloads if kind in refused})
    if closed:
        readings.miss(f"Deployment.{name}", "; ".join(closed))
        return
    found = [there[key] for key in component.workloads if key in there]
    readings.put("Deployment", name, "installed", bool(found))
    if not found:
        readings.miss(
            f"Deployment.{name}",
            "none of its expected workloads is in the cluster; deploy it, then collect again",
        )
        return
    complete = len(found) == len(component.workloads)
    readings.put("Deployment", name, "available", complete and all(w.available for w in found))
    readings.put("Deployment", name, "wanted", sum(w.wanted for w in found))
    readings.put("Deployment", name, "ready", sum(w.ready for w in found))
    for key, values in (
        ("version", [w.app_version for w in found] + [w.image_version for w in found]),
        ("chart-version", [w.chart_version for w in found]),
    ):
        value: Optional[str] = next((v for v in values if v), None)
        if value is not None:
            readings.put("Deployment", name, key, value)
        else:
            readings.miss(f"Deployment.{name}.{key}", "neither its labels nor its image name a version")
    if any(w.namespace != component.namespace for w in found):
        readings.describe(
            "Deployment", name, "namespace", "found in another namespace than the catalog names"
        )


def _int(value: Any, default: int = 0) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else default
