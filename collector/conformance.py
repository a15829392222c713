"""The conformance readings that can be taken by looking alone; the others need a test that creates objects."""

from __future__ import annotations

from typing import Any, List, Mapping

from collector.kube import Cluster, KubeError, fold_items, get_object
from collector.readings import Readings

# The networks every GKE cluster has, which are not the GPUs'.
OWN_NETWORKS = ("default", "pod-network")


def read_conformance(cluster: Cluster, readings: Readings) -> None:
    """Take what GETs tell: resource slices, the scheduler's queue, the gateway's state, GPU networks, the autoscaler.

    An API that is not served is not asked for; why a question was refused is recorded.
    """
    _count(cluster, readings, "resource.k8s.io", "resourceslices", "dra-support", "resource-slices")
    _count(cluster, readings, "networking.gke.io", "networks", "gke-gpu-nic-networks", "networks")
    _count(
        cluster, readings, "networking.gke.io", "gkenetworkparamsets", "gke-gpu-nic-networks", "param-sets"
    )
    queue = _ask(
        cluster, readings, "scheduling.run.ai", "queues", "default-queue", "gang-scheduling.default-queue"
    )
    if queue is not None:
        readings.put("Conformance", "gang-scheduling", "default-queue", bool(queue))
    group, name = "gateway.networking.k8s.io", "inference-gateway"
    accepted = _ask(cluster, readings, group, "gatewayclasses", "agentgateway", f"{name}.class-accepted")
    if accepted is not None:
        readings.put("Conformance", name, "class-accepted", _condition(accepted, "Accepted"))
    _read_gateway(cluster, readings, group, name)


def _read_gateway(cluster: Cluster, readings: Readings, group: str, name: str) -> None:
    def add(total: List[bool], item: Mapping[str, Any]) -> None:
        if (item.get("metadata") or {}).get("name") == name:
            total.append(_condition(item, "Programmed"))

    version = _version(readings, group)
    if version:
        try:
            states = fold_items(cluster, f"/apis/{group}/{version}/gateways", list, add)
        except KubeError as error:
            readings.miss(f"Conformance.{name}.gateway-programmed", str(error))
            return
        readings.put("Conformance", name, "gateway-programmed", bool(states) and all(states))


def _count(cluster: Cluster, readings: Readings, group: str, plural: str, check: str, key: str) -> None:
    def add(total: List[int], item: Mapping[str, Any]) -> None:
        total[0] += (item.get("metadata") or {}).get("name") not in OWN_NETWORKS

    version = _version(readings, group)
    if not version:
        return
    try:
        counted = fold_items(cluster, f"/apis/{group}/{version}/{plural}", lambda: [0], add)
    except KubeError as error:
        readings.miss(f"Conformance.{check}.{key}", str(error))
        return
    readings.put("Conformance", check, key, counted[0])


def _ask(
    cluster: Cluster, readings: Readings, group: str, plural: str, name: str, reading: str
) -> Mapping[str, Any] | None:
    """A cluster-scoped object, {} where it is not there, None where it was not or could not be asked for."""
    version = _version(readings, group)
    if not version:
        return None
    try:
        found = get_object(cluster, f"/apis/{group}/{version}/{plural}/{name}")
    except KubeError as error:
        if error.status == 404:
            return {}
        readings.miss(f"Conformance.{reading}", str(error))
        return None
    return found if isinstance(found, dict) else {}


def _version(readings: Readings, group: str) -> str:
    """The version the server prefers of an API group, "" where it is not served."""
    versions = readings.get("K8s", "api-groups", group)
    return str(versions).split(",")[0] if versions and versions != "none" else ""


def _condition(item: Mapping[str, Any], kind: str) -> bool:
    conditions = (item.get("status") or {}).get("conditions") or ()
    return any(
        c.get("type") == kind and c.get("status") == "True" for c in conditions if isinstance(c, Mapping)
    )
