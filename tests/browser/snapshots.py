"""Snapshots that the browser tests drop: readings as a mapping become AICR's document."""

from __future__ import annotations

from collections.abc import Mapping

EKS_H100 = {
    "K8s.server.version": "v1.30.14-eks-931bdca",
    "K8s.node.provider": "eks",
    "OS.release.ID": "ubuntu",
    "OS.release.VERSION_ID": "22.04",
    "OS.sysctl./proc/sys/kernel/osrelease": "6.5.0-1024-aws",
    "GPU.smi.gpu.model": "NVIDIA H100 80GB HBM3",
    "GPU.smi.driver-version": "550.127.08",
}
READY = {
    **EKS_H100,
    "K8s.server.version": "v1.35.2-eks-931bdca",
    "OS.release.VERSION_ID": "24.04",
    "OS.sysctl./proc/sys/kernel/osrelease": "6.8.0-1031-aws",
}


def snapshot_yaml(readings: Mapping[str, str], *, kind: str = "Snapshot") -> str:
    """The text of a snapshot with *readings*, by their full names."""
    types: dict[str, dict[str, dict[str, str]]] = {}
    for name, value in readings.items():
        first, second, key = name.split(".", 2)
        types.setdefault(first, {}).setdefault(second, {})[key] = value
    lines = ["apiVersion: aicr.nvidia.com/v1alpha1", f"kind: {kind}", "measurements:"]
    for first, subtypes in types.items():
        lines += [f"- type: {first}", "  subtypes:"]
        for second, data in subtypes.items():
            lines += [f"  - subtype: {second}", "    data:"]
            lines += [f"      {key}: '{value}'" for key, value in data.items()]
    return "\n".join(lines) + "\n"


def config_map(text: str) -> str:
    """The ConfigMap that the collector's agent leaves behind, around the text of a snapshot."""
    inner = "".join(f"    {line}\n" for line in text.splitlines())
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: aicr-snapshot\ndata:\n  snapshot.yaml: |\n{inner}"
