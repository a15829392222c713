"""K8s readings: the server, its APIs, the ClusterPolicy, storage classes and, on request, the images that run."""

from __future__ import annotations

import json
from typing import Any, Dict, Iterable, List, Mapping, Tuple

from collector.kube import JSON, Cluster, KubeError, fold_items, get_object
from collector.readings import Readings, Scalar

# All groups with their resources in one answer: v2 since Kubernetes 1.30, v2beta1 since 1.27, else the bare groups.
_DISCOVERY = f"{JSON};g=apidiscovery.k8s.io;v={{}};as=APIGroupDiscoveryList"
AGGREGATED = f"{_DISCOVERY.format('v2')},{_DISCOVERY.format('v2beta1')},{JSON}"
# What the conformance checks ask for by name; discovery is complete, so that not being listed is an answer too.
CHECKED_GROUPS = (
    "resource.k8s.io",
    "custom.metrics.k8s.io",
    "external.metrics.k8s.io",
    "gateway.networking.k8s.io",
    "inference.networking.k8s.io",
)
CHECKED_CRDS = (
    "clusterpolicies.nvidia.com",
    "queues.scheduling.run.ai",
    "podgroups.scheduling.run.ai",
    "trainjobs.trainer.kubeflow.org",
    "dynamographdeployments.nvidia.com",
)
DEFAULT_CLASS = (
    "storageclass.kubernetes.io/is-default-class",
    "storageclass.beta.kubernetes.io/is-default-class",
)


def read_server(cluster: Cluster, readings: Readings) -> bool:
    """Take `K8s.server`; False where the server does not answer at all, so that nothing else need be asked."""
    try:
        version = get_object(cluster, "/version")
    except KubeError as error:
        readings.miss("K8s.server", str(error))
        # A server that answers, if only to refuse, may still answer other questions.
        return error.status not in (0,)
    for key, source in (("version", "gitVersion"), ("platform", "platform"), ("goVersion", "goVersion")):
        if isinstance(version.get(source), str):
            readings.put("K8s", "server", key, version[source])
        else:
            readings.miss(f"K8s.server.{key}", f"the server's answer holds no {source}")
    readings.describe("K8s", "server", "source", cluster.name)
    return True


def read_apis(cluster: Cluster, readings: Readings, crds: Iterable[str] = ()) -> None:
    """Take the API groups with their versions (`K8s.api-groups`) and the resources of custom groups (`K8s.crd`).

    Groups that checks ask for, and the *crds* of the catalog's components, read `none` where they are not served.
    """
    wanted = {*CHECKED_CRDS, *crds}
    try:
        found = get_object(cluster, "/apis", accept=AGGREGATED)
    except KubeError as error:
        readings.miss("K8s.api-groups", str(error))
        readings.miss("K8s.crd", str(error))
        return
    if found.get("kind") == "APIGroupDiscoveryList":
        for group in _mappings(found.get("items")):
            name = str((group.get("metadata") or {}).get("name") or "")
            versions = _mappings(group.get("versions"))
            served = [str(v.get("version")) for v in versions]
            if name and served:
                readings.put("K8s", "api-groups", name, ",".join(served))
            resources: Dict[str, List[str]] = {}
            for served_version in versions:
                at = str(served_version.get("version"))
                for resource in _mappings(served_version.get("resources")):
                    resources.setdefault(f"{resource.get('resource')}.{name}", []).append(at)
            built_in = "." not in name or name.endswith(".k8s.io")
            for crd, at_versions in resources.items():
                if not built_in or crd in wanted:
                    readings.put("K8s", "crd", crd, ",".join(at_versions))
        _put_absent(readings, "crd", wanted)
        _put_absent(readings, "api-groups", CHECKED_GROUPS)
        return
    for group in _mappings(found.get("groups")):
        listed = [str(v.get("version")) for v in _mappings(group.get("versions"))]
        if listed and group.get("name"):
            readings.put("K8s", "api-groups", str(group["name"]), ",".join(listed))
    _put_absent(readings, "api-groups", CHECKED_GROUPS)
    readings.miss("K8s.crd", "the server or kubectl does not list resources with the groups")


def _put_absent(readings: Readings, subtype: str, names: Iterable[str]) -> None:
    for name in names:
        if readings.get("K8s", subtype, name) is None:
            readings.put("K8s", subtype, name, "none")


def read_policy(cluster: Cluster, readings: Readings) -> None:
    """Take the GPU Operator's ClusterPolicy, its spec flattened to dotted paths, and its state."""

    def add(total: List[Mapping[str, Any]], item: Mapping[str, Any]) -> None:
        total.append(item)

    try:
        policies = fold_items(cluster, "/apis/nvidia.com/v1/clusterpolicies", list, add)
    except KubeError as error:
        absent = "the cluster has no ClusterPolicy API; is the GPU Operator installed?"
        readings.miss("K8s.policy", absent if error.status == 404 else str(error))
        return
    if not policies:
        readings.miss("K8s.policy", "no ClusterPolicy exists")
    for policy in policies:
        readings.put_all("K8s", "policy", flatten(policy.get("spec") or {}))
        state = (policy.get("status") or {}).get("state")
        if isinstance(state, str):
            readings.put("K8s", "policy", "status.state", state)


def flatten(value: Any, path: str = "") -> Dict[str, Scalar]:
    """Nested mappings as dotted paths, values as AICR writes them: text, lists as compact JSON, empty ones dropped."""
    if isinstance(value, Mapping):
        found: Dict[str, Scalar] = {}
        for key, item in value.items():
            found.update(flatten(item, f"{path}.{key}" if path else str(key)))
        return found
    if isinstance(value, list):
        return {path: json.dumps(value, separators=(",", ":"), sort_keys=True)} if value else {}
    if isinstance(value, bool):
        return {path: "true" if value else "false"}
    if value is None:
        return {path: "<nil>"}
    return {path: str(value)}


def read_storage_classes(cluster: Cluster, readings: Readings) -> None:
    """Take `K8s.default-storage-class`: present, multiple, absent or unknown, and which."""

    def add(total: List[str], item: Mapping[str, Any]) -> None:
        metadata = item.get("metadata") or {}
        annotations = metadata.get("annotations") or {}
        if any(annotations.get(name) == "true" for name in DEFAULT_CLASS):
            total.append(str(metadata.get("name", "")))

    try:
        found: List[str] = fold_items(cluster, "/apis/storage.k8s.io/v1/storageclasses", list, add)
    except KubeError as error:
        readings.put("K8s", "default-storage-class", "collection-state", "unknown")
        readings.miss("K8s.default-storage-class", str(error))
        return
    defaults = sorted(found)
    state = {0: "absent", 1: "present"}.get(len(defaults), "multiple")
    readings.put("K8s", "default-storage-class", "collection-state", state)
    readings.put("K8s", "default-storage-class", "default-count", len(defaults))
    if defaults:
        readings.put("K8s", "default-storage-class", "default-classes", ",".join(defaults))


def read_images(cluster: Cluster, readings: Readings) -> None:
    """Take `K8s.image`: the tag of every image some pod runs; of two tags under one name the higher by sorting."""

    def add(total: Dict[str, str], pod: Mapping[str, Any]) -> None:
        spec = pod.get("spec") or {}
        for group in ("initContainers", "containers", "ephemeralContainers"):
            for container in _mappings(spec.get(group)):
                name, tag = image_tag(str(container.get("image") or ""))
                if name and tag > total.get(name, ""):
                    total[name] = tag

    try:
        images = fold_items(cluster, "/api/v1/pods", dict, add)
    except KubeError as error:
        readings.miss("K8s.image", str(error))
        return
    readings.put_all("K8s", "image", images)


def image_tag(image: str) -> Tuple[str, str]:
    """(base name, tag) of an image reference; the tag is `latest` where none is given."""
    base = image.split("@", 1)[0].rsplit("/", 1)[-1]
    name, _, tag = base.partition(":")
    return name, tag or "latest"


def _mappings(value: Any) -> List[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []
