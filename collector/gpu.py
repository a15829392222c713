"""GPU readings of this machine: through NVML, else nvidia-smi, and from the PCI bus, which needs no driver."""

from __future__ import annotations

from typing import Dict, List, Mapping, Sequence

from collector.gpu_facts import Driver, NoDriver
from collector.gpu_nvml import read_nvml
from collector.gpu_pci import read_pci
from collector.gpu_smi import read_smi
from collector.host import Host
from collector.readings import Readings, Scalar

__all__ = ["read_gpus", "smi_readings"]

# What tells GPUs of one kind apart when they are set up alike; a difference in any of these is worth a reading.
COMPARED = (
    "model",
    "mig-mode",
    "ecc-mode",
    "persistence-mode",
    "vbios-version",
    "gsp-firmware-version",
    "memory-total-mib",
    "nvlink-active",
    "fabric-state",
)


def read_gpus(host: Host, readings: Readings) -> None:
    """Take `GPU.hardware` and `GPU.smi`; without a driver `GPU.smi` holds only a count of 0, and the reason."""
    read_pci(host, readings)
    refused: List[str] = []
    if host.root != "/":
        # A tree of files stands for another machine; this machine's driver says nothing about it.
        refused.append("not asked: the readings are of a tree of files")
    else:
        for source, read in (("nvml", read_nvml), ("nvidia-smi", read_smi)):
            try:
                driver = read()
            except NoDriver as error:
                refused.append(f"{source}: {error}")
                continue
            readings.put_all("GPU", "smi", smi_readings(driver))
            readings.describe("GPU", "smi", "source", source)
            for name, reason in driver.absent.items():
                readings.miss(f"GPU.smi.{name}", reason)
            return
    present = readings.get("GPU", "hardware", "gpu-present")
    if present is not None:
        readings.put("GPU", "smi", "gpu-count", 0)
    readings.miss("GPU.smi.driver", "; ".join(refused))
    if present:
        readings.miss("GPU.smi.gpu.model", "GPUs are on the PCI bus but no driver answered")


def smi_readings(driver: Driver) -> Dict[str, Scalar]:
    """The driver's answers as `GPU.smi` readings: the first GPU's properties, and whether the others agree."""
    data: Dict[str, Scalar] = dict(driver.system)
    data["gpu-count"] = driver.count
    if driver.gpus:
        data.update({f"gpu.{key}": value for key, value in driver.gpus[0].items()})
        data["gpus-agree"] = len(driver.gpus) == driver.count and not _differences(driver.gpus)
        differences = _differences(driver.gpus)
        if differences:
            data["gpus-differ-in"] = ",".join(differences)
        models = _counted(driver.gpus, "model")
        if len(models) > 1:
            data["gpu.models"] = ", ".join(f"{count} x {model}" for model, count in sorted(models.items()))
        migs = sum(int(gpu.get("mig-devices", 0)) for gpu in driver.gpus)
        if any("mig-devices" in gpu for gpu in driver.gpus):
            data["mig-devices"] = migs
    if driver.count > len(driver.gpus):
        data["gpus-unreadable"] = driver.count - len(driver.gpus)
    return data


def _differences(gpus: Sequence[Mapping[str, Scalar]]) -> List[str]:
    return [key for key in COMPARED if len({gpu.get(key) for gpu in gpus}) > 1]


def _counted(gpus: Sequence[Mapping[str, Scalar]], key: str) -> Dict[str, int]:
    counts: Dict[str, int] = {}
    for gpu in gpus:
        value = str(gpu.get(key, "unknown"))
        counts[value] = counts.get(value, 0) + 1
    return counts
