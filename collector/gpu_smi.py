"""Asks the driver through `nvidia-smi -q -x` where NVML's library is out of reach but the tool is not."""

from __future__ import annotations

import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from typing import Dict, Optional

from collector.gpu_facts import Driver, NoDriver
from collector.readings import Scalar

TIMEOUT = 20  # seconds; eight GPUs without persistence mode take several
ABSENT = {"", "N/A", "[N/A]", "Not Supported", "[Not Supported]", "Unknown Error", "[Unknown Error]"}
# reading -> path of the element below <gpu>
ELEMENTS = {
    "model": "product_name",
    "product-architecture": "product_architecture",
    "display-mode": "display_mode",
    "display-active": "display_active",
    "persistence-mode": "persistence_mode",
    "addressing-mode": "addressing_mode",
    "vbios-version": "vbios_version",
    "gsp-firmware-version": "gsp_firmware_version",
    "mig-mode": "mig_mode/current_mig",
    "ecc-mode": "ecc_mode/current_ecc",
    "ecc-mode-pending": "ecc_mode/pending_ecc",
    "fabric-state": "fabric/state",
}


def read_smi() -> Driver:
    """What nvidia-smi prints; raises NoDriver where the tool is missing, fails or prints no XML."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        raise NoDriver("the tool is not installed")
    try:
        done = subprocess.run(
            [tool, "-q", "-x"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            timeout=TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NoDriver(f"no answer in {TIMEOUT} s") from None
    except OSError:
        raise NoDriver("the tool could not be started") from None
    if done.returncode != 0:
        raise NoDriver(_failure(done.returncode, (done.stdout + done.stderr).decode("utf-8", "replace")))
    return parse_smi(done.stdout.decode("utf-8", "replace"))


def _failure(status: int, said: str) -> str:
    """Why the tool failed, in our words: its own may name the machine."""
    known = (
        ("couldn't communicate with the NVIDIA driver", "the NVIDIA kernel module is not loaded"),
        (
            "version mismatch",
            "the driver's library and its kernel module differ in version; restart the node",
        ),
        ("No devices were found", "it finds no GPU"),
        ("GPU is lost", "a GPU is lost; reset it or restart the node"),
    )
    return next((why for text, why in known if text in said), f"exit status {status}")


def parse_smi(text: str) -> Driver:
    """nvidia-smi's XML as readings; raises NoDriver where it is not that."""
    if "<!ENTITY" in text:
        raise NoDriver("the output declares entities, which nvidia-smi never does")
    try:
        log = ElementTree.fromstring(text)
    except ElementTree.ParseError:
        raise NoDriver("the output is not XML") from None
    driver = Driver()
    for key, element in (("driver", "driver_version"), ("cuda-version", "cuda_version")):
        value = _value(log, element)
        if value is None:
            driver.absent[key] = "nvidia-smi does not report it"
        else:
            driver.system[key] = value
    found = log.findall("gpu")
    attached = _value(log, "attached_gpus")
    driver.count = max(len(found), int(attached) if attached and attached.isdigit() else 0)
    for index, gpu in enumerate(found):
        facts: Dict[str, Scalar] = {}
        for key, element in ELEMENTS.items():
            value = _value(gpu, element)
            if value is not None:
                facts[key] = value
        total = (_value(gpu, "fb_memory_usage/total") or "").split()
        if total and total[0].isdigit():
            facts["memory-total-mib"] = int(total[0])
        device = _value(gpu, "pci/pci_device_id") or ""
        if len(device) >= 4:
            facts["pci-device-id"] = device.upper().replace("0X", "")[:4].lower()
        if facts.get("mig-mode") == "Enabled":
            facts["mig-devices"] = len(gpu.findall("mig_devices/mig_device"))
        if "model" in facts:
            driver.gpus.append(facts)
        else:
            driver.absent[f"gpu-{index}"] = "nvidia-smi names no product"
    return driver


def _value(element: ElementTree.Element, path: str) -> Optional[str]:
    text = (element.findtext(path) or "").strip()
    return None if text in ABSENT else text
