"""Readings out of files the operator hands over: results of test runs, and the clouds' own lists of node pools."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Mapping, Set, Tuple

from collector.documents import parse_text
from collector.readings import Readings, Scalar

# Only what no reader can take may be handed over: a file must not overrule what the cluster says.
IMPORTED = ("Performance", "Conformance")
MIXED = "mixed"


class NotThat(Exception):
    """The file is not what its option takes; the message says what is wrong."""


def put_results(name: str, text: str, readings: Readings) -> None:
    """Take `Performance.*` and `Conformance.*` readings from a YAML or JSON mapping of full names to single values.

    Raises NotThat with everything that is wrong.
    """
    document = parse_text(name, text)
    if not isinstance(document, Mapping):
        raise NotThat(f"{name}: no mapping of reading names to values")
    wrong = []
    for key, value in document.items():
        parts = str(key).split(".", 2)
        if len(parts) != 3 or parts[0] not in IMPORTED:
            wrong.append(
                f"{name}: {key} is no reading that can be handed over; it begins with {' or '.join(IMPORTED)}"
            )
        elif not isinstance(value, (str, int, float, bool)):
            wrong.append(f"{name}: {key} is not a single value")
        else:
            readings.put(parts[0], parts[1], parts[2], value)
            readings.describe(parts[0], parts[1], "source", "handed over with --result")
    if wrong:
        raise NotThat("; ".join(wrong))


def put_aks_pools(name: str, text: str, readings: Readings) -> None:
    """Take `K8s.aks-gpu-pools` from the output of `az aks nodepool list --output json`; raises NotThat."""
    pools = [p for p in _list(name, text) if str(p.get("vmSize", "")).lower().startswith("standard_n")]
    drivers = {str((p.get("gpuProfile") or {}).get("driver") or "Install") for p in pools}
    _put_pools("aks-gpu-pools", "gpu-driver", pools, drivers, readings)


def put_gke_pools(name: str, text: str, readings: Readings) -> None:
    """Take `K8s.gke-gpu-pools` from `gcloud container node-pools list --format json`; raises NotThat."""
    pools, drivers = [], set()
    for pool in _list(name, text):
        accelerators = (pool.get("config") or {}).get("accelerators") or []
        if accelerators:
            pools.append(pool)
            for accelerator in accelerators:
                chosen = (accelerator.get("gpuDriverInstallationConfig") or {}).get("gpuDriverVersion")
                drivers.add(str(chosen or "DEFAULT"))
    _put_pools("gke-gpu-pools", "gpu-driver-installation", pools, drivers, readings)


def _put_pools(
    subtype: str, key: str, pools: List[Mapping[str, Any]], drivers: Set[str], readings: Readings
) -> None:
    data: Dict[str, Scalar] = {"gpu-pool-count": len(pools)}
    if pools:
        data["gpu-pools"] = ",".join(sorted(str(pool.get("name", "")) for pool in pools))
        data[key] = next(iter(drivers)) if len(drivers) == 1 else MIXED
    readings.put_all("K8s", subtype, data)


def _list(name: str, text: str) -> List[Mapping[str, Any]]:
    try:
        found = json.loads(text)
    except ValueError:
        raise NotThat(f"{name}: not JSON; ask the tool for JSON output") from None
    if not isinstance(found, list) or not all(isinstance(pool, dict) for pool in found):
        raise NotThat(f"{name}: no list of node pools")
    return found


READERS: Tuple[Tuple[str, Any], ...] = (
    ("result", put_results),
    ("aks_pools", put_aks_pools),
    ("gke_pools", put_gke_pools),
)
