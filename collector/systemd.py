"""SystemD readings: the container runtime's and kubelet's units over systemd's own D-Bus socket, else systemctl."""

from __future__ import annotations

import shutil
import subprocess
from typing import Dict, List

from collector.dbus import BusError, open_bus
from collector.host import Host
from collector.readings import Readings, Scalar

UNITS = (
    "containerd.service",
    "docker.service",
    "kubelet.service",
    "crio.service",
    "rke2-server.service",
    "rke2-agent.service",
    "k3s.service",
    "k3s-agent.service",
    "k0scontroller.service",
    "k0sworker.service",
)
# Left out always: they name slices of hardware, hold binary programs, or carry secrets.
DROPPED = {"AllowedCPUs", "AllowedMemoryNodes", "Asserts", "BPFProgram", "BusName", "Id"}
# What systemctl prints alike to the bus; its other properties have text forms of their own.
SHOWN = ("ActiveState", "SubState", "UnitFileState", "LoadState", "FragmentPath", "Delegate", "Slice")
TIMEOUT = 10  # seconds


def read_systemd(host: Host, readings: Readings) -> None:
    """Take the properties of every known unit that is there; records why where systemd cannot be asked."""
    refused: List[str] = []
    for socket, peer in (("/run/systemd/private", True), ("/run/dbus/system_bus_socket", False)):
        try:
            bus = open_bus(host.path(socket), peer=peer)
        except BusError as error:
            refused.append(f"{socket}: {error}")
            continue
        try:
            for unit in UNITS:
                _put(readings, unit, bus.unit_properties(unit))
        except BusError as error:
            refused.append(f"{socket}: {error}")
            continue
        finally:
            bus.close()
        if "SystemD" not in readings.types:
            readings.miss("SystemD", f"none of the known units is there: {', '.join(UNITS)}")
        return
    if host.root == "/" and not host.in_pod and _read_systemctl(readings, refused):
        return
    readings.miss("SystemD", "; ".join(refused))


def _put(readings: Readings, unit: str, properties: Dict[str, Scalar]) -> None:
    if properties.get("LoadState", "not-found") == "not-found":
        return
    kept = {k: v for k, v in properties.items() if k not in DROPPED and "Credential" not in k}
    readings.put_all("SystemD", unit, kept)


def _read_systemctl(readings: Readings, refused: List[str]) -> bool:
    tool = shutil.which("systemctl")
    if tool is None:
        refused.append("systemctl: not installed")
        return False
    for unit in UNITS:
        try:
            done = subprocess.run(
                [tool, "show", unit, "--property", ",".join(SHOWN)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=TIMEOUT,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            refused.append("systemctl: no answer")
            return False
        if done.returncode != 0:
            refused.append(f"systemctl: exit status {done.returncode}")
            return False
        pairs = (line.partition("=") for line in done.stdout.decode("utf-8", "replace").splitlines())
        found: Dict[str, Scalar] = {key: value for key, _, value in pairs if key in SHOWN and value}
        if "Delegate" in found:
            found["Delegate"] = found["Delegate"] == "yes"
        _put(readings, unit, found)
        if unit in readings.types.get("SystemD", {}):
            readings.describe("SystemD", unit, "source", "systemctl")
    if "SystemD" not in readings.types:
        readings.miss("SystemD", f"none of the known units is there: {', '.join(UNITS)}")
    return True
