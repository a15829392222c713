"""The in-cluster agent as Kubernetes manifests: a stock python image runs the collector out of a ConfigMap.

Used by `--agent` and by the site, which publishes the same manifests for reading and for `kubectl apply`.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any, Dict, List, Mapping

from collector.document import to_yaml

APP = "aicr-matrix-collector"
RUN_LABEL = "aicr-matrix/run"
IMAGE = "python:3.12-slim"
NOBODY = 65534
GPU_NODES = "nvidia.com/gpu.present"
CODE = "/opt/collector"
HOST = "/host"
# One line per reader: what the agent may look at, and nothing else. No secrets, no pods unless images are asked for.
RULES: List[Dict[str, List[str]]] = [
    {"apiGroups": [""], "resources": ["nodes"], "verbs": ["get", "list"]},
    {"apiGroups": ["apps"], "resources": ["deployments", "daemonsets", "statefulsets"], "verbs": ["list"]},
    {"apiGroups": ["nvidia.com"], "resources": ["clusterpolicies"], "verbs": ["list"]},
    {"apiGroups": ["storage.k8s.io"], "resources": ["storageclasses"], "verbs": ["list"]},
    {"apiGroups": ["resource.k8s.io"], "resources": ["resourceslices"], "verbs": ["list"]},
    {"apiGroups": ["scheduling.run.ai"], "resources": ["queues"], "verbs": ["get"]},
    {"apiGroups": ["gateway.networking.k8s.io"], "resources": ["gatewayclasses"], "verbs": ["get"]},
    {"apiGroups": ["gateway.networking.k8s.io"], "resources": ["gateways"], "verbs": ["list"]},
    {"apiGroups": ["networking.gke.io"], "resources": ["networks", "gkenetworkparamsets"], "verbs": ["list"]},
]
IMAGES_RULE = {"apiGroups": [""], "resources": ["pods"], "verbs": ["list"]}


@dataclass(frozen=True)
class Agent:
    """One run of the agent. `run` is part of every name, so that two runs never meet."""

    run: str
    namespace: str = "gpu-snapshot"
    tier: str = "restricted"
    image: str = IMAGE
    redact: str = "default"
    images: bool = False
    schedule: str = ""
    runtime_class: str = "nvidia"
    node_selector: Mapping[str, str] = field(default_factory=dict)
    timeout: int = 300

    @property
    def name(self) -> str:
        return f"snapshot-{self.run}"

    @property
    def result(self) -> str:
        return f"{self.name}-result"

    @property
    def labels(self) -> Dict[str, str]:
        return {
            "app.kubernetes.io/name": APP,
            "app.kubernetes.io/managed-by": "aicr-matrix",
            RUN_LABEL: self.run,
        }


def agent_manifests(agent: Agent, pyz: bytes) -> List[Dict[str, Any]]:
    """Every object of the run in the order to apply them; *pyz* is collector.pyz."""
    return [
        _namespace(agent),
        _object(agent, "v1", "ServiceAccount", agent.name),
        _cluster_role(agent),
        _binding(agent, "ClusterRoleBinding", "ClusterRole"),
        _role(agent),
        _binding(agent, "RoleBinding", "Role"),
        # Made beforehand and without an owner: the agent needs no right to create, and the result outlives the Job.
        _object(agent, "v1", "ConfigMap", agent.result, data={}),
        _object(
            agent,
            "v1",
            "ConfigMap",
            f"{agent.name}-code",
            immutable=True,
            binaryData={"collector.pyz": base64.b64encode(pyz).decode("ascii")},
        ),
        _cron_job(agent) if agent.schedule else _job(agent),
    ]


def manifests_yaml(manifests: List[Dict[str, Any]]) -> str:
    """The objects as one stream of YAML documents."""
    return "---\n".join(to_yaml(manifest) for manifest in manifests)


def published_manifests(pyz: bytes) -> Dict[str, bytes]:
    """The manifests a site offers, by file name: either tier once, and the host tier every night for drift."""
    offered = {
        "agent-restricted.yaml": Agent(run="once"),
        "agent-host.yaml": Agent(run="once", tier="host", node_selector={GPU_NODES: "true"}),
        "agent-drift.yaml": Agent(
            run="drift", tier="host", node_selector={GPU_NODES: "true"}, schedule="17 4 * * *"
        ),
    }
    return {name: manifests_yaml(agent_manifests(agent, pyz)).encode() for name, agent in offered.items()}


def object_path(manifest: Mapping[str, Any]) -> str:
    """Where the API server keeps an object of the kinds the agent is made of."""
    kind, metadata = manifest["kind"], manifest["metadata"]
    plural = f"{kind.lower()}s"
    version = manifest["apiVersion"]
    base = f"/api/{version}" if version == "v1" else f"/apis/{version}"
    if metadata.get("namespace"):
        base += f"/namespaces/{metadata['namespace']}"
    return f"{base}/{plural}/{metadata['name']}"


def _object(
    agent: Agent, version: str, kind: str, name: str, scoped: bool = True, **rest: Any
) -> Dict[str, Any]:
    metadata: Dict[str, Any] = {"name": name, "labels": agent.labels}
    if scoped:
        metadata["namespace"] = agent.namespace
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **rest}


def _namespace(agent: Agent) -> Dict[str, Any]:
    # Host paths are what "restricted" and "baseline" forbid; the host tier says so openly.
    level = "restricted" if agent.tier == "restricted" else "privileged"
    found = _object(agent, "v1", "Namespace", agent.namespace, scoped=False)
    # Shared by every run, so it carries no run's label.
    found["metadata"]["labels"] = {
        "app.kubernetes.io/managed-by": "aicr-matrix",
        "pod-security.kubernetes.io/enforce": level,
    }
    return found


def _cluster_role(agent: Agent) -> Dict[str, Any]:
    rules = [*RULES, IMAGES_RULE] if agent.images else list(RULES)
    version = "rbac.authorization.k8s.io/v1"
    return _object(agent, version, "ClusterRole", agent.name, scoped=False, rules=rules)


def _role(agent: Agent) -> Dict[str, Any]:
    rule = {
        "apiGroups": [""],
        "resources": ["configmaps"],
        "resourceNames": [agent.result],
        "verbs": ["get", "patch"],
    }
    return _object(agent, "rbac.authorization.k8s.io/v1", "Role", agent.name, rules=[rule])


def _binding(agent: Agent, kind: str, role: str) -> Dict[str, Any]:
    return _object(
        agent,
        "rbac.authorization.k8s.io/v1",
        kind,
        agent.name,
        scoped=kind == "RoleBinding",
        roleRef={"apiGroup": "rbac.authorization.k8s.io", "kind": role, "name": agent.name},
        subjects=[{"kind": "ServiceAccount", "name": agent.name, "namespace": agent.namespace}],
    )


def _job(agent: Agent) -> Dict[str, Any]:
    return _object(agent, "batch/v1", "Job", agent.name, spec=_job_spec(agent))


def _cron_job(agent: Agent) -> Dict[str, Any]:
    return _object(
        agent,
        "batch/v1",
        "CronJob",
        agent.name,
        spec={
            "schedule": agent.schedule,
            "concurrencyPolicy": "Forbid",
            "successfulJobsHistoryLimit": 1,
            "failedJobsHistoryLimit": 1,
            "jobTemplate": {"metadata": {"labels": agent.labels}, "spec": _job_spec(agent)},
        },
    )


def _job_spec(agent: Agent) -> Dict[str, Any]:
    return {
        "backoffLimit": 0,
        "activeDeadlineSeconds": agent.timeout,
        "ttlSecondsAfterFinished": 3600,
        "template": {"metadata": {"labels": agent.labels}, "spec": _pod(agent)},
    }


def _pod(agent: Agent) -> Dict[str, Any]:
    host = agent.tier == "host"
    arguments = ["--output", f"cm://{agent.namespace}/{agent.result}", "--redact", agent.redact]
    environment: List[Dict[str, Any]] = [
        {"name": "NODE_NAME", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}
    ]
    mounts: List[Dict[str, Any]] = [{"name": "code", "mountPath": CODE, "readOnly": True}]
    volumes: List[Dict[str, Any]] = [
        {"name": "code", "configMap": {"name": f"{agent.name}-code", "defaultMode": 0o444}}
    ]
    # Longer lists of node names would outgrow the ConfigMap; their counts stay.
    arguments += ["--max-nodes-per-entry", "1000"]
    if agent.images:
        arguments.append("--images")
    if host:
        arguments += ["--host-files", HOST]
        mounts += [
            {"name": "os-release", "mountPath": f"{HOST}/etc/os-release", "readOnly": True},
            {"name": "systemd", "mountPath": f"{HOST}/run/systemd", "readOnly": True},
        ]
        volumes += [
            {"name": "os-release", "hostPath": {"path": "/etc/os-release", "type": "File"}},
            {"name": "systemd", "hostPath": {"path": "/run/systemd", "type": "Directory"}},
        ]
        if agent.runtime_class:
            environment += [
                {"name": "NVIDIA_VISIBLE_DEVICES", "value": "all"},
                {"name": "NVIDIA_DRIVER_CAPABILITIES", "value": "utility"},
            ]
    # The host tier is root for one reason, systemd's socket; it is not privileged and keeps no capability.
    identity: Dict[str, Any] = (
        {"runAsUser": 0, "seccompProfile": {"type": "RuntimeDefault"}}
        if host
        else {
            "runAsNonRoot": True,
            "runAsUser": NOBODY,
            "runAsGroup": NOBODY,
            "seccompProfile": {"type": "RuntimeDefault"},
        }
    )
    container = {
        "name": "collector",
        "image": agent.image,
        "command": ["python3", "-I", f"{CODE}/collector.pyz"],
        "args": arguments,
        "env": environment,
        "resources": {
            "requests": {"cpu": "50m", "memory": "64Mi"},
            "limits": {"cpu": "500m", "memory": "256Mi"},
        },
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": mounts,
    }
    pod: Dict[str, Any] = {
        "serviceAccountName": agent.name,
        "restartPolicy": "Never",
        "nodeSelector": {"kubernetes.io/os": "linux", **agent.node_selector},
        "tolerations": [{"operator": "Exists"}],
        "securityContext": identity,
        "containers": [container],
        "volumes": volumes,
    }
    if host and agent.runtime_class:
        pod["runtimeClassName"] = agent.runtime_class
    return pod
