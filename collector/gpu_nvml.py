"""Asks the driver through NVML, with NVIDIA's own nvidia-ml-py; every call may fail on its own."""

from __future__ import annotations

import contextlib
import ctypes
import threading
from typing import Any, Callable, Dict, List, Optional, Union

from collector.gpu_facts import ADDRESSING, ARCHITECTURES, FABRIC_STATES, ON_OFF, Driver, NoDriver
from collector.readings import Scalar

# NVML's codes for "this card or driver does not have it": no fault, the reading is simply absent.
NOT_SUPPORTED, NO_PERMISSION, FUNCTION_NOT_FOUND, VERSION_MISMATCH = 3, 4, 13, 25
TIMEOUT = 30.0  # seconds for everything; eight GPUs without persistence mode take several
WHY = {
    1: "NVML is not initialised",
    NOT_SUPPORTED: "this GPU does not report it",
    NO_PERMISSION: "no permission; run as root or with the GPU assigned",
    9: "the NVIDIA kernel module is not loaded",
    12: "libnvidia-ml.so.1 is not installed",
    FUNCTION_NOT_FOUND: "this driver is too old to report it",
    15: "the GPU is lost; reset it or restart the node",
    18: "the driver's library and its kernel module differ in version; restart the node",
    VERSION_MISMATCH: "this driver does not know the question's version",
}


def read_nvml() -> Driver:
    """Everything NVML tells; raises NoDriver where there is no library, it does not start or does not answer.

    Asked from a thread of its own: a GPU in trouble can hold a call for good, and the rest must still be read.
    """
    answers: List[Union[Driver, NoDriver]] = []

    def ask() -> None:
        try:
            answers.append(_read())
        except NoDriver as error:
            answers.append(error)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(TIMEOUT)
    if thread.is_alive():
        raise NoDriver(f"no answer in {TIMEOUT:.0f} s; a GPU may hang, look for Xid errors in the kernel log")
    (answer,) = answers
    if isinstance(answer, NoDriver):
        raise answer
    return answer


def _read() -> Driver:
    try:
        # Asked of the loader first: importing the bindings takes a third of a second, in vain without a library.
        ctypes.CDLL("libnvidia-ml.so.1")
    except OSError:
        raise NoDriver(WHY[12]) from None
    try:
        import pynvml
    except ImportError:
        raise NoDriver("nvidia-ml-py is not installed here; collector.pyz carries it") from None
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError as error:
        raise NoDriver(_why(error)) from None
    try:
        return _Session(pynvml).read()
    finally:
        # Everything has been read; a driver that cannot close changes nothing.
        with contextlib.suppress(pynvml.NVMLError):
            pynvml.nvmlShutdown()


def _why(error: Any) -> str:
    code = int(getattr(error, "value", -1))
    return WHY.get(code, f"NVML error {code}")


class _Session:
    """One initialised NVML and what it said so far."""

    def __init__(self, nvml: Any) -> None:
        self.nvml = nvml
        self.driver = Driver()

    def read(self) -> Driver:
        nvml, driver = self.nvml, self.driver
        self.ask(driver.system, "driver", nvml.nvmlSystemGetDriverVersion)
        self.ask(driver.system, "driver-branch", lambda: _text(nvml.nvmlSystemGetDriverBranch().branch))
        self.ask(
            driver.system,
            "cuda-version",
            lambda: cuda_version(nvml.nvmlSystemGetCudaDriverVersion_v2()),
        )
        self.ask(
            driver.system,
            "confidential-computing",
            lambda: ON_OFF.get(int(nvml.nvmlSystemGetConfComputeState().ccFeature), "Unknown"),
        )
        try:
            driver.count = int(nvml.nvmlDeviceGetCount())
        except nvml.NVMLError as error:
            driver.absent["gpu-count"] = _why(error)
        for index in range(driver.count):
            try:
                handle = nvml.nvmlDeviceGetHandleByIndex(index)
                # A lost GPU still hands out its handle on some drivers; its name is the first thing to fail.
                name = _text(nvml.nvmlDeviceGetName(handle))
            except nvml.NVMLError as error:
                driver.absent[f"gpu-{index}"] = _why(error)
                continue
            driver.gpus.append(self.gpu(handle, name))
        return driver

    def gpu(self, handle: Any, name: str) -> Dict[str, Scalar]:
        nvml = self.nvml
        found: Dict[str, Scalar] = {"model": name}

        def ask(key: str, call: Callable[[], Optional[Scalar]]) -> None:
            self.ask(found, key, call, prefix="gpu.")

        ask("product-architecture", lambda: ARCHITECTURES.get(nvml.nvmlDeviceGetArchitecture(handle)))
        ask("display-mode", lambda: ON_OFF.get(nvml.nvmlDeviceGetDisplayMode(handle)))
        ask("display-active", lambda: ON_OFF.get(nvml.nvmlDeviceGetDisplayActive(handle)))
        ask("persistence-mode", lambda: ON_OFF.get(nvml.nvmlDeviceGetPersistenceMode(handle)))
        ask("addressing-mode", lambda: ADDRESSING.get(nvml.nvmlDeviceGetAddressingMode(handle)))
        ask("vbios-version", lambda: _text(nvml.nvmlDeviceGetVbiosVersion(handle)))
        ask("gsp-firmware-version", lambda: _text(nvml.nvmlDeviceGetGspFirmwareVersion(handle)))
        ask(
            "compute-capability",
            lambda: ".".join(str(part) for part in nvml.nvmlDeviceGetCudaComputeCapability(handle)),
        )
        ask("memory-total-mib", lambda: int(self.memory(handle).total) // 2**20)
        ask("pci-device-id", lambda: f"{nvml.nvmlDeviceGetPciInfo(handle).pciDeviceId >> 16:04x}")
        ask("mig-mode", lambda: ON_OFF.get(nvml.nvmlDeviceGetMigMode(handle)[0]))
        if found.get("mig-mode") == "Enabled":
            ask("mig-mode-pending", lambda: ON_OFF.get(nvml.nvmlDeviceGetMigMode(handle)[1]))
            ask("mig-devices", lambda: self.mig_devices(handle))
        ask("ecc-mode", lambda: ON_OFF.get(nvml.nvmlDeviceGetEccMode(handle)[0]))
        ask("ecc-mode-pending", lambda: ON_OFF.get(nvml.nvmlDeviceGetEccMode(handle)[1]))
        ask("fabric-state", lambda: FABRIC_STATES.get(int(self.fabric(handle).state)))
        links = self.links(handle)
        if links:
            found["nvlink-count"], found["nvlink-active"] = len(links), sum(links)
        return found

    def ask(
        self, into: Dict[str, Scalar], key: str, call: Callable[[], Optional[Scalar]], prefix: str = ""
    ) -> None:
        """Put the answer of one call, or record why there is none."""
        try:
            value = call()
        except self.nvml.NVMLError as error:
            self.driver.absent.setdefault(prefix + key, _why(error))
            return
        if value is not None and value != "":
            into[key] = value

    def memory(self, handle: Any) -> Any:
        """Memory with the reserved part apart, in bytes; old drivers know only the first form of the question."""
        try:
            return self.nvml.nvmlDeviceGetMemoryInfo(handle, self.nvml.nvmlMemory_v2)
        except self.nvml.NVMLError as error:
            if error.value not in (FUNCTION_NOT_FOUND, VERSION_MISMATCH):
                raise
            return self.nvml.nvmlDeviceGetMemoryInfo(handle)

    def fabric(self, handle: Any) -> Any:
        """The GPU's place in the NVLink fabric; its cluster's id is never read out."""
        for form in (self.nvml.c_nvmlGpuFabricInfo_v3_t, self.nvml.c_nvmlGpuFabricInfo_v2_t):
            answer = form()
            try:
                self.nvml.nvmlDeviceGetGpuFabricInfoV(handle, ctypes.byref(answer))
                return answer
            except self.nvml.NVMLError as error:
                if error.value != VERSION_MISMATCH or form is self.nvml.c_nvmlGpuFabricInfo_v2_t:
                    raise
        raise AssertionError("the loop returns or raises")

    def links(self, handle: Any) -> list[int]:
        """The state (0 or 1) of each NVLink; the first link that is not supported ends the list."""
        states: list[int] = []
        for link in range(int(self.nvml.NVML_NVLINK_MAX_LINKS)):
            try:
                states.append(int(self.nvml.nvmlDeviceGetNvLinkState(handle, link)))
            except self.nvml.NVMLError:
                break
        return states

    def mig_devices(self, handle: Any) -> int:
        """How many MIG devices are set up on the GPU."""
        count = 0
        for index in range(int(self.nvml.nvmlDeviceGetMaxMigDeviceCount(handle))):
            try:
                self.nvml.nvmlDeviceGetMigDeviceHandleByIndex(handle, index)
            except self.nvml.NVMLError:
                continue  # an empty slot
            count += 1
        return count


def cuda_version(number: int) -> str:
    """12080 as `12.8`."""
    return f"{number // 1000}.{number % 1000 // 10}"


def _text(value: Any) -> str:
    """Some calls answer bytes, others text."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
