"""Readings about the nodes, from one paged list: NodeTopology, the node itself, and GPU capacity per node group."""

from __future__ import annotations

import os
import re
import socket
from dataclasses import dataclass, field
from typing import Any, Dict, List, Mapping, Optional, Set, Tuple

from collector.kube import Cluster, KubeError, fold_items, get_object
from collector.readings import Readings, Scalar
from collector.system import release_of_image

PROVIDERS = {"aws": "eks", "gce": "gke", "azure": "aks", "oci": "oke"}
GPU = "nvidia.com/gpu"
PRODUCT = ("nvidia.com/gpu.product", "cloud.google.com/gke-accelerator", "node.kubernetes.io/instance-type")
# Facts about a group's nodes that decide compatibility: reading -> field of nodeInfo.
GROUP_FACTS = {"os-image": "osImage", "kernel": "kernelVersion", "kubelet": "kubeletVersion"}


@dataclass
class Group:
    """GPU nodes with one GPU product."""

    nodes: int = 0
    gpus: int = 0
    resources: Dict[str, int] = field(default_factory=dict)
    facts: Dict[str, Set[str]] = field(default_factory=dict)


@dataclass
class Nodes:
    """What the list of nodes adds up to; it grows with distinct labels, not with the size of node objects."""

    names: List[str] = field(default_factory=list)
    labels: Dict[str, Dict[str, List[str]]] = field(default_factory=dict)
    taints: Dict[str, Dict[Tuple[str, str], List[str]]] = field(default_factory=dict)
    groups: Dict[str, Group] = field(default_factory=dict)
    drivers: Set[str] = field(default_factory=set)
    gpu_nodes: int = 0
    gpu_labels: Dict[str, int] = field(default_factory=dict)
    chosen: Optional[Mapping[str, Any]] = None
    chosen_rank: Tuple[int, str] = (9, "")


def node_name(asked: str) -> str:
    """The name of the node the collector runs on, as named or as the pod's environment says; "" when unknown."""
    return asked or os.environ.get("NODE_NAME", "") or os.environ.get("KUBERNETES_NODE_NAME", "")


def read_nodes(cluster: Cluster, readings: Readings, own_node: str, longest: int = 0) -> Optional[bool]:
    """Take every reading the list of nodes gives; None where it cannot be had.

    Answers whether this machine is one of the nodes. *longest* > 0 cuts each entry's list of nodes to that many.
    """
    own_names = {own_node} if own_node else _own_names()

    def add(total: Nodes, node: Mapping[str, Any]) -> None:
        _add_node(total, node, own_names)

    try:
        nodes = fold_items(cluster, "/api/v1/nodes", Nodes, add)
    except KubeError as error:
        for name in ("NodeTopology", "Deployment.gpu-nodes", "Deployment.gpu-capacity"):
            readings.miss(name, str(error))
        _read_one_node(cluster, readings, own_node, str(error))
        return None
    _put_topology(nodes, readings, longest)
    _put_groups(nodes, readings)
    is_own = nodes.chosen_rank[0] == 0
    if nodes.chosen is None:
        readings.miss("K8s.node", "the cluster has no nodes")
        return None
    origin = {
        0: "the node the collector ran on",
        1: "the first GPU node by name",
        2: "the first node by name",
    }
    _put_node(nodes.chosen, readings, origin[nodes.chosen_rank[0]])
    if own_node and not is_own:
        readings.describe("K8s", "node", "named", "the node named is not in the cluster")
    return is_own


def put_release_of_node(readings: Readings) -> None:
    """Fill OS.release and the kernel from what the kubelet says of the node, where the host itself was out of sight."""
    image, kernel = readings.get("K8s", "node", "os-image"), readings.get("K8s", "node", "kernel-version")
    if isinstance(image, str) and readings.get("OS", "release", "ID") is None:
        derived = release_of_image(image)
        if derived:
            readings.put_all("OS", "release", {str(k): v for k, v in derived.items()})
            readings.describe("OS", "release", "source", "derived from the node's status.nodeInfo.osImage")
            readings.unread.pop("OS.release", None)
    path = "/proc/sys/kernel/osrelease"
    if isinstance(kernel, str) and readings.get("OS", "sysctl", path) is None:
        readings.put("OS", "sysctl", path, kernel)
        readings.describe("OS", "sysctl", "source", "the node's status.nodeInfo.kernelVersion")


def _own_names() -> Set[str]:
    name = socket.gethostname()
    return {name, name.split(".")[0]} - {"", "localhost"}


def _read_one_node(cluster: Cluster, readings: Readings, own_node: str, reason: str) -> None:
    """The collector's own node alone: an account that may not list nodes may still be allowed to get one."""
    if not own_node:
        readings.miss("K8s.node", reason)
        return
    try:
        node = get_object(cluster, f"/api/v1/nodes/{own_node}")
    except KubeError as error:
        readings.miss("K8s.node", str(error))
        return
    _put_node(node, readings, "the node the collector ran on")


def _add_node(total: Nodes, node: Mapping[str, Any], own_names: Set[str]) -> None:
    metadata, spec, status = (node.get(part) or {} for part in ("metadata", "spec", "status"))
    name = str(metadata.get("name", ""))
    labels = {str(k): str(v) for k, v in (metadata.get("labels") or {}).items()}
    total.names.append(name)
    for key, value in labels.items():
        total.labels.setdefault(key, {}).setdefault(value, []).append(name)
    for taint in spec.get("taints") or ():
        pair = (str(taint.get("effect", "")), str(taint.get("value", "")))
        total.taints.setdefault(str(taint.get("key", "")), {}).setdefault(pair, []).append(name)
    allocatable = status.get("allocatable") or {}
    gpus = {k: _count(v) for k, v in allocatable.items() if k == GPU or k.startswith("nvidia.com/mig-")}
    has_gpu = bool(sum(gpus.values())) or labels.get("nvidia.com/gpu.present") == "true" or GPU in allocatable
    if has_gpu:
        total.gpu_nodes += 1
        for key, value in labels.items():
            pair_text = f"{key}={value}"
            total.gpu_labels[pair_text] = total.gpu_labels.get(pair_text, 0) + 1
        _add_to_group(total, labels, gpus, status.get("nodeInfo") or {})
    # The node the collector runs on speaks for itself; from outside, a GPU node speaks for the cluster.
    rank = (0 if name in own_names else 1 if has_gpu else 2, name)
    if rank < total.chosen_rank:
        total.chosen, total.chosen_rank = node, rank


def _add_to_group(
    total: Nodes, labels: Mapping[str, str], gpus: Mapping[str, int], info: Mapping[str, Any]
) -> None:
    product = next((labels[key] for key in PRODUCT if labels.get(key)), "unknown")
    group = total.groups.setdefault(group_name(product), Group())
    group.nodes += 1
    group.gpus += gpus.get(GPU, 0)
    for resource, count in gpus.items():
        if resource != GPU:
            short = resource[len("nvidia.com/") :]
            group.resources[short] = group.resources.get(short, 0) + count
    for fact, source in GROUP_FACTS.items():
        if info.get(source):
            group.facts.setdefault(fact, set()).add(str(info[source]))
    driver = driver_version(labels)
    if driver:
        total.drivers.add(driver)
        group.facts.setdefault("driver", set()).add(driver)


def group_name(product: str) -> str:
    """A GPU product as the name of a node group: `NVIDIA-H100-80GB-HBM3` is `nvidia-h100-80gb-hbm3`."""
    return re.sub(r"[^a-z0-9]+", "-", product.lower()).strip("-") or "unknown"


def driver_version(labels: Mapping[str, str]) -> str:
    """The driver version GPU feature discovery labelled the node with; "" without one."""
    whole = labels.get("nvidia.com/cuda.driver-version.full", "")
    if whole:
        return whole
    parts = [labels.get(f"nvidia.com/cuda.driver.{part}", "") for part in ("major", "minor", "rev")]
    return ".".join(part for part in parts if part) if parts[0] else ""


def version_order(version: str) -> Tuple[int, ...]:
    """Orders driver versions by their numbers."""
    return tuple(int(part) for part in re.findall(r"\d+", version))


def _count(quantity: Any) -> int:
    text = str(quantity)
    return int(text) if text.isdigit() else 0


def _put_topology(nodes: Nodes, readings: Readings, longest: int) -> None:
    def listed(names: List[str]) -> str:
        ordered = sorted(names)
        if 0 < longest < len(ordered):
            return ",".join(ordered[:longest]) + f" (+{len(ordered) - longest} more)"
        return ",".join(ordered)

    taints: Dict[str, str] = {}
    for key, pairs in nodes.taints.items():
        for (effect, value), names in sorted(pairs.items()):
            if len(pairs) == 1:
                taints[key] = f"{effect}|{value}|{listed(names)}"
            else:
                taints[f"{key}.{effect}"] = f"{value}|{listed(names)}"
    labels: Dict[str, str] = {}
    for key, values in nodes.labels.items():
        for value, names in values.items():
            labels[key if len(values) == 1 else f"{key}.{value}"] = f"{value}|{listed(names)}"
    readings.put("NodeTopology", "summary", "node-count", len(nodes.names))
    readings.put("NodeTopology", "summary", "taint-count", len(taints))
    readings.put("NodeTopology", "summary", "label-count", len(labels))
    for subtype, entries in (("taint", taints), ("label", labels)):
        readings.put_all("NodeTopology", subtype, entries)


def _put_groups(nodes: Nodes, readings: Readings) -> None:
    readings.put("Deployment", "gpu-nodes", "count", nodes.gpu_nodes)
    if not nodes.gpu_nodes:
        readings.miss("Deployment.gpu-capacity", "no node advertises GPUs")
        return
    for name, group in nodes.groups.items():
        readings.put("Deployment", "gpu-capacity", name, group.gpus)
        readings.put("NodeTopology", "gpu-groups", f"{name}.nodes", group.nodes)
        readings.put("NodeTopology", "gpu-groups", f"{name}.gpus", group.gpus)
        for resource, count in group.resources.items():
            readings.put("NodeTopology", "gpu-groups", f"{name}.{resource}", count)
        for fact, values in group.facts.items():
            readings.put("NodeTopology", "gpu-groups", f"{name}.{fact}", ", ".join(sorted(values)))
    shared = sorted(pair for pair, count in nodes.gpu_labels.items() if count == nodes.gpu_nodes)
    some = sorted(pair for pair, count in nodes.gpu_labels.items() if count < nodes.gpu_nodes)
    readings.put("NodeTopology", "gpu-nodes", "label", ",".join(shared))
    if some and len(some) <= 200:
        readings.put("NodeTopology", "gpu-nodes", "label-on-some", ",".join(some))
    if nodes.drivers:
        readings.put("Deployment", "gpu-driver", "version", min(nodes.drivers, key=version_order))
    else:
        readings.miss("Deployment.gpu-driver.version", "no GPU node carries a driver label yet")


def _put_node(node: Mapping[str, Any], readings: Readings, origin: str) -> None:
    metadata, spec, status = (node.get(part) or {} for part in ("metadata", "spec", "status"))
    info = status.get("nodeInfo") or {}
    data: Dict[str, Scalar] = {"source-node": str(metadata.get("name", ""))}
    provider_id = str(spec.get("providerID") or "")
    if provider_id:
        scheme = provider_id.split("://", 1)[0] if "://" in provider_id else ""
        # Oracle's own ids carry no scheme.
        scheme = "oci" if not scheme and provider_id.startswith("ocid1.") else scheme
        data["provider-id"] = provider_id
        if scheme:
            data["provider"] = PROVIDERS.get(scheme, scheme)
        else:
            readings.miss("K8s.node.provider", "the node's provider id has no scheme")
    else:
        readings.miss("K8s.node.provider", "the node has no provider id; is a cloud controller running?")
    runtime = str(info.get("containerRuntimeVersion") or "")
    if runtime:
        name, _, version = runtime.partition("://")
        data["container-runtime-id"] = runtime
        data["container-runtime-name"] = name
        data["container-runtime-version"] = version
    for key, source in (
        ("kubelet-version", "kubeletVersion"),
        ("kernel-version", "kernelVersion"),
        ("operating-system", "operatingSystem"),
        ("os-image", "osImage"),
    ):
        if info.get(source):
            data[key] = str(info[source])
    readings.put_all("K8s", "node", data)
    readings.describe("K8s", "node", "origin", origin)
