"""GPUs as the PCI bus shows them in sysfs: needs no driver and no rights."""

from __future__ import annotations

from typing import Dict, List

from collector.host import Host, HostError
from collector.readings import Readings

NVIDIA = "0x10de"
# PCI classes of display controllers: VGA and 3D. Bridges (0x0680, NVSwitch) are not GPUs.
DISPLAY = ("0x0300", "0x0302")
# Device id -> accelerator, from the list of supported GPUs in NVIDIA's open kernel modules and the PCI ID repository.
MODELS = {
    "a100": "20b0 20b1 20b2 20b3 20b5 20f1",
    "a30": "20b7",
    "l4": "27b8",
    "l40": "26b5",
    "l40s": "26b9",
    "h100": "2321 2330 2331 2336 2339",
    "h200": "2335 233b",
    "gh200": "2342 2345 2348",
    "h20": "2329 232c",
    "b200": "2901",
    "gb200": "2941",
    "b300": "3182",
    "gb300": "31c2",
    "rtx-pro-6000": "2bb1 2bb4 2bb5",
}
MODEL_BY_ID = {device: model for model, devices in MODELS.items() for device in devices.split()}


def read_pci(host: Host, readings: Readings) -> None:
    """Take `GPU.hardware`: presence, count, model by device id, and whether the kernel module is loaded."""
    base = "/sys/bus/pci/devices"
    try:
        slots = host.names(base)
    except HostError as error:
        readings.miss("GPU.hardware", str(error))
        return
    devices: List[str] = []
    for slot in slots:
        try:
            if host.read(f"{base}/{slot}/vendor").strip() != NVIDIA:
                continue
            if not host.read(f"{base}/{slot}/class").strip().startswith(DISPLAY):
                continue
            devices.append(host.read(f"{base}/{slot}/device").strip().replace("0x", "").lower())
        except HostError:
            continue  # a device that vanishes or hides between listing and reading is not there
    readings.put("GPU", "hardware", "gpu-present", bool(devices))
    readings.put("GPU", "hardware", "gpu-count", len(devices))
    readings.put("GPU", "hardware", "driver-loaded", host.exists("/sys/module/nvidia"))
    readings.put("GPU", "hardware", "detection-source", "sysfs")
    if not devices:
        return
    counts: Dict[str, int] = {}
    for device in devices:
        name = MODEL_BY_ID.get(device, f"unknown ({device})")
        counts[name] = counts.get(name, 0) + 1
    known = [name for name in counts if not name.startswith("unknown")]
    if len(counts) == 1 and known:
        readings.put("GPU", "hardware", "model", known[0])
    else:
        listed = ", ".join(f"{n} x {name}" for name, n in sorted(counts.items()))
        if len(counts) > 1:
            readings.put("GPU", "hardware", "models", listed)
            readings.miss("GPU.hardware.model", f"the machine holds different GPUs: {listed}")
        else:
            readings.miss("GPU.hardware.model", f"the PCI device id is not known to this collector: {listed}")
