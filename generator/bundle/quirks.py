"""What single components need beyond their chart: facts that the AICR catalog format has no field for.

A registry entry may say `waits: false` itself; the names below are those of AICR's own catalog, which
knows them only in its scripts.
"""

from __future__ import annotations

# Its resources become ready only when another component arrives, so Helm's --wait would never end.
NOT_WAITED_FOR = frozenset({"kai-scheduler"})

# After an upgrade the kubelet plugin keeps the old device list until its pods are restarted:
# component -> a part of the daemonset's name.
RESTARTED_DAEMONSETS = {"nvidia-dra-driver-gpu": "kubelet-plugin"}

# API groups whose leftover definitions from an earlier installation are known to block a new one.
LEFTOVER_GROUPS = {"kai-scheduler": "kai.scheduler", "kubeflow-trainer": "trainer.kubeflow.org"}

# Namespaces a component makes by itself at run time.
OWN_NAMESPACES = {"kai-scheduler": ("kai-resource-reservation",)}

PROTECTED_NAMESPACES = ("default", "kube-node-lease", "kube-public", "kube-system")
