"""NetworkTopology readings from sysfs, on request: what adapters there are and whether their links are up.

Only kinds and counts are read; names, addresses, GUIDs and serial numbers never are.
"""

from __future__ import annotations

from typing import Dict, List

from collector.host import Host, HostError
from collector.readings import Readings

ADAPTERS = "/sys/class/infiniband"


def read_network(host: Host, readings: Readings) -> None:
    """Take `NetworkTopology.capabilities` and `NetworkTopology.adapters`."""
    try:
        adapters = host.names(ADAPTERS)
    except HostError as error:
        readings.put("NetworkTopology", "capabilities", "rdma", False)
        readings.miss("NetworkTopology.adapters", str(error))
        return
    layers: List[str] = []
    rates: Dict[str, int] = {}
    active = ports = 0
    virtual = False
    for adapter in adapters:
        base = f"{ADAPTERS}/{adapter}"
        virtual = virtual or _text(host, f"{base}/device/sriov_totalvfs") not in ("", "0")
        for port in _names(host, f"{base}/ports"):
            ports += 1
            layers.append(_text(host, f"{base}/ports/{port}/link_layer"))
            if "ACTIVE" in _text(host, f"{base}/ports/{port}/state"):
                active += 1
                rate = _text(host, f"{base}/ports/{port}/rate").split(" (")[0]
                rates[rate] = rates.get(rate, 0) + 1
    readings.put("NetworkTopology", "capabilities", "rdma", bool(adapters))
    readings.put("NetworkTopology", "capabilities", "ib", "InfiniBand" in layers)
    readings.put("NetworkTopology", "capabilities", "sriov", virtual)
    readings.put("NetworkTopology", "adapters", "count", len(adapters))
    readings.put("NetworkTopology", "adapters", "ports", ports)
    readings.put("NetworkTopology", "adapters", "ports-active", active)
    if rates:
        listed = ", ".join(f"{count} x {rate}" for rate, count in sorted(rates.items()))
        readings.put("NetworkTopology", "adapters", "rates", listed)
    peer = any(host.exists(f"/sys/module/{module}") for module in ("nvidia_peermem", "nv_peer_mem"))
    readings.put("NetworkTopology", "capabilities", "gpudirect-module", peer)


def _text(host: Host, path: str) -> str:
    try:
        return host.read(path, 4096).strip()
    except HostError:
        return ""


def _names(host: Host, path: str) -> List[str]:
    try:
        return host.names(path)
    except HostError:
        return []
