"""GPU readings: NVIDIA's own bindings over a compiled fake driver, nvidia-smi's XML, and the PCI bus."""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from collector.gpu import smi_readings
from collector.gpu_facts import NoDriver
from collector.gpu_nvml import cuda_version, read_nvml
from collector.gpu_smi import parse_smi
from tests.collector.conftest import Collect, Done

H100 = "gpus=8;ecc=1;mig=0;links=18;fabric=3"
L40S = (
    "gpus=4;name=NVIDIA L40S;arch=8;major=8;minor=9;pci=26b9;ecc=1;memory=46068;driver=550.54.15;cuda=12040;"
    "err.nvmlDeviceGetGspFirmwareVersion=13;err.nvmlDeviceGetAddressingMode=13;err.nvmlSystemGetDriverBranch=13;"
    "err.nvmlDeviceGetMemoryInfo_v2=13;err.nvmlSystemGetConfComputeState=3"
)


@pytest.fixture
def with_driver(collect: Collect, fake_nvml: Path) -> Callable[[str], Done]:
    """The collector's answer on a machine whose driver says what the text says."""

    def run(said: str) -> Done:
        done = collect(
            "--no-cluster", "--redact", "none", env={"LD_LIBRARY_PATH": str(fake_nvml), "FAKE_NVML": said}
        )
        assert done.code == 0, done.err
        return done

    return run


def test_eight_h100s_agree(with_driver: Callable[[str], Done]) -> None:
    assert with_driver(H100).data("GPU", "smi") == {
        "confidential-computing": "Disabled",
        "cuda-version": "13.0",
        "driver": "580.95.05",
        "driver-branch": "r580_00",
        "gpu-count": 8,
        "gpu.addressing-mode": "None",
        "gpu.compute-capability": "9.0",
        "gpu.display-active": "Disabled",
        "gpu.display-mode": "Enabled",
        "gpu.ecc-mode": "Enabled",
        "gpu.ecc-mode-pending": "Enabled",
        "gpu.fabric-state": "Completed",
        "gpu.gsp-firmware-version": "580.95.05",
        "gpu.memory-total-mib": 81559,
        "gpu.mig-mode": "Disabled",
        "gpu.model": "NVIDIA H100 80GB HBM3",
        "gpu.nvlink-active": 18,
        "gpu.nvlink-count": 18,
        "gpu.pci-device-id": "2330",
        "gpu.persistence-mode": "Enabled",
        "gpu.product-architecture": "Hopper",
        "gpu.vbios-version": "96.00.A5.00.01",
        "gpus-agree": True,
    }


def test_calls_a_driver_does_not_know_leave_reasons_and_nothing_else(
    with_driver: Callable[[str], Done],
) -> None:
    done = with_driver(L40S)
    found = done.data("GPU", "smi")
    assert (found["gpu.model"], found["gpu-count"], found["gpus-agree"]) == ("NVIDIA L40S", 4, True)
    assert (found["cuda-version"], found["gpu.memory-total-mib"]) == ("12.4", 46068)
    assert not {"gpu.gsp-firmware-version", "gpu.addressing-mode", "gpu.mig-mode", "driver-branch"} & set(
        found
    )
    unread = {k: v for k, v in done.metadata.items() if k.startswith("unread.GPU.smi")}
    assert unread == {
        "unread.GPU.smi.confidential-computing": "this GPU does not report it",
        "unread.GPU.smi.driver-branch": "this driver is too old to report it",
        "unread.GPU.smi.gpu.addressing-mode": "this driver is too old to report it",
        "unread.GPU.smi.gpu.fabric-state": "this GPU does not report it",
        "unread.GPU.smi.gpu.gsp-firmware-version": "this driver is too old to report it",
        "unread.GPU.smi.gpu.mig-mode": "this GPU does not report it",
    }


def test_mig_counts_its_devices_over_all_gpus(with_driver: Callable[[str], Done]) -> None:
    found = with_driver("gpus=8;mig=1;mignext=0;migdevices=7;ecc=1").data("GPU", "smi")
    assert (found["gpu.mig-mode"], found["gpu.mig-mode-pending"]) == ("Enabled", "Disabled")
    assert (found["gpu.mig-devices"], found["mig-devices"]) == (7, 56)


def test_mixed_gpus_do_not_agree_and_are_counted(with_driver: Callable[[str], Done]) -> None:
    found = with_driver("gpus=3;name.2=NVIDIA A100-SXM4-80GB;vbios.1=96.00.A5.00.02").data("GPU", "smi")
    assert found["gpus-agree"] is False
    assert found["gpus-differ-in"] == "model,vbios-version"
    assert found["gpu.models"] == "1 x NVIDIA A100-SXM4-80GB, 2 x NVIDIA H100 80GB HBM3"
    assert found["gpu.model"] == "NVIDIA H100 80GB HBM3"


@pytest.mark.parametrize("call", ["nvmlDeviceGetHandleByIndex_v2", "nvmlDeviceGetName"])
def test_a_lost_gpu_is_counted_and_named_as_lost(with_driver: Callable[[str], Done], call: str) -> None:
    done = with_driver(f"gpus=4;err.{call}.2=15")
    found = done.data("GPU", "smi")
    assert (found["gpu-count"], found["gpus-unreadable"], found["gpus-agree"]) == (4, 1, False)
    assert done.metadata["unread.GPU.smi.gpu-2"] == "the GPU is lost; reset it or restart the node"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (9, "the NVIDIA kernel module is not loaded"),
        (12, "libnvidia-ml.so.1 is not installed"),
        (18, "the driver's library and its kernel module differ in version; restart the node"),
        (999, "NVML error 999"),
    ],
)
def test_a_driver_that_does_not_start_gives_no_gpus_and_the_reason(
    with_driver: Callable[[str], Done], code: int, reason: str
) -> None:
    done = with_driver(f"err.nvmlInit_v2={code}")
    assert done.data("GPU", "smi") == {"gpu-count": 0}
    assert done.metadata["unread.GPU.smi.driver"].startswith(f"nvml: {reason}; nvidia-smi: ")


def test_without_a_library_the_reason_says_so(collect: Collect) -> None:
    done = collect("--no-cluster")
    assert done.metadata["unread.GPU.smi.driver"].startswith("nvml: libnvidia-ml.so.1 is not installed")


def test_an_old_drivers_fabric_question_is_asked_in_its_own_version(
    with_driver: Callable[[str], Done],
) -> None:
    found = with_driver("gpus=1;fabric=2;fabricversion=2").data("GPU", "smi")
    assert found["gpu.fabric-state"] == "In Progress"


def test_serials_and_uuids_are_never_asked_for(with_driver: Callable[[str], Done]) -> None:
    out = with_driver(H100 + ";uuid=GPU-planted;serial=1652822000001").out
    assert "GPU-" not in out
    assert "1652822000001" not in out


def test_a_gpu_that_hangs_is_given_up_on(fake_nvml: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ctypes.CDLL(str(fake_nvml / "libnvidia-ml.so.1"))  # from now on found by its name
    monkeypatch.setenv("FAKE_NVML", "gpus=2;hang.1=2")
    monkeypatch.setattr("collector.gpu_nvml.TIMEOUT", 0.5)
    with pytest.raises(NoDriver, match="a GPU may hang"):
        read_nvml()
    monkeypatch.setattr("collector.gpu_nvml.TIMEOUT", 30.0)
    monkeypatch.setenv("FAKE_NVML", "gpus=2")
    time.sleep(2)  # the thread left behind ends by itself here
    assert read_nvml().count == 2


def test_cuda_version_of_its_number() -> None:
    assert [cuda_version(n) for n in (12080, 13000, 11040)] == ["12.8", "13.0", "11.4"]


SMI = """<?xml version="1.0" ?>
<nvidia_smi_log>
  <driver_version>570.86.15</driver_version><cuda_version>12.8</cuda_version><attached_gpus>2</attached_gpus>
  <gpu id="00000000:0F:00.0"><product_name>NVIDIA H100 80GB HBM3</product_name>
    <product_architecture>Hopper</product_architecture><uuid>GPU-planted</uuid><serial>1652822000000</serial>
    <persistence_mode>Enabled</persistence_mode><addressing_mode>None</addressing_mode>
    <mig_mode><current_mig>Enabled</current_mig><pending_mig>Enabled</pending_mig></mig_mode>
    <mig_devices><mig_device/><mig_device/></mig_devices>
    <ecc_mode><current_ecc>Enabled</current_ecc><pending_ecc>Enabled</pending_ecc></ecc_mode>
    <fb_memory_usage><total>81559 MiB</total></fb_memory_usage>
    <gsp_firmware_version>N/A</gsp_firmware_version><vbios_version>96.00.A5.00.01</vbios_version>
    <pci><pci_device_id>233010DE</pci_device_id></pci><fabric><state>Completed</state></fabric>
  </gpu>
</nvidia_smi_log>"""


def test_nvidia_smi_xml_gives_the_same_readings() -> None:
    driver = parse_smi(SMI)
    assert smi_readings(driver) == {
        "driver": "570.86.15",
        "cuda-version": "12.8",
        "gpu-count": 2,
        "gpu.model": "NVIDIA H100 80GB HBM3",
        "gpu.product-architecture": "Hopper",
        "gpu.persistence-mode": "Enabled",
        "gpu.addressing-mode": "None",
        "gpu.vbios-version": "96.00.A5.00.01",
        "gpu.mig-mode": "Enabled",
        "gpu.mig-devices": 2,
        "gpu.ecc-mode": "Enabled",
        "gpu.ecc-mode-pending": "Enabled",
        "gpu.fabric-state": "Completed",
        "gpu.memory-total-mib": 81559,
        "gpu.pci-device-id": "2330",
        "gpus-agree": False,
        "gpus-unreadable": 1,
        "mig-devices": 2,
    }


@pytest.mark.parametrize("text", ["", "No devices were found", "<a", '<!DOCTYPE x [<!ENTITY a "b">]><x/>'])
def test_output_that_is_no_xml_is_no_driver(text: str) -> None:
    with pytest.raises(NoDriver):
        parse_smi(text)


def test_nvidia_smi_is_asked_when_the_library_is_out_of_reach(collect: Collect, tmp_path: Path) -> None:
    tool = tmp_path / "bin" / "nvidia-smi"
    tool.parent.mkdir()
    (tmp_path / "smi.xml").write_text(SMI)
    tool.write_text(f'#!/bin/sh\ntest "$*" = "-q -x" && cat "{tmp_path}/smi.xml"\n')
    tool.chmod(0o755)
    done = collect("--no-cluster", env={"PATH": f"{tool.parent}:/usr/bin:/bin"})
    assert done.data("GPU", "smi")["driver"] == "570.86.15"
    assert "planted" not in done.out


def test_nvidia_smi_that_fails_gives_a_reason_of_ours(collect: Collect, tmp_path: Path) -> None:
    tool = tmp_path / "bin" / "nvidia-smi"
    tool.parent.mkdir()
    tool.write_text(
        '#!/bin/sh\necho "NVIDIA-SMI has failed because it couldn\'t communicate with the NVIDIA driver."\nexit 9\n'
    )
    tool.chmod(0o755)
    done = collect("--no-cluster", env={"PATH": f"{tool.parent}:/usr/bin:/bin"})
    assert done.metadata["unread.GPU.smi.driver"].endswith(
        "nvidia-smi: the NVIDIA kernel module is not loaded"
    )


def pci(*devices: tuple[str, str], vendor: str = "0x10de") -> dict[str, str]:
    """The sysfs files of PCI devices given as (class, device id)."""
    files = {"/proc/cmdline": "quiet\n", "/sys/bus/pci/devices/.keep": ""}
    for index, (kind, device) in enumerate(devices):
        base = f"/sys/bus/pci/devices/0000:{index:02x}:00.0"
        files |= {
            f"{base}/vendor": f"{vendor}\n",
            f"{base}/class": f"{kind}\n",
            f"{base}/device": f"0x{device}\n",
        }
    return files


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (
            {**pci(*[("0x030200", "2330")] * 8, ("0x068000", "22a3")), "/sys/module/nvidia/version": "580\n"},
            {"gpu-present": True, "gpu-count": 8, "driver-loaded": True, "model": "h100"},
        ),
        (
            pci(("0x030000", "26b9")),
            {"gpu-present": True, "gpu-count": 1, "driver-loaded": False, "model": "l40s"},
        ),
        (pci(("0x030200", "ffff")), {"gpu-present": True, "gpu-count": 1, "driver-loaded": False}),
        (
            pci(("0x030000", "2330"), vendor="0x1002"),
            {"gpu-present": False, "gpu-count": 0, "driver-loaded": False},
        ),
        (
            pci(("0x030200", "2330"), ("0x030200", "20b2")),
            {"gpu-present": True, "gpu-count": 2, "driver-loaded": False, "models": "1 x a100, 1 x h100"},
        ),
    ],
    ids=["h100s-beside-nvswitch", "l40s-without-driver", "unknown-device", "another-vendor", "mixed"],
)
def test_the_pci_bus_shows_gpus_without_a_driver(
    collect: Collect,
    host_tree: Callable[[dict[str, str]], str],
    files: dict[str, str],
    expected: dict[str, object],
) -> None:
    done = collect("--no-cluster", "--root", host_tree(files))
    assert done.data("GPU", "hardware") == {**expected, "detection-source": "sysfs"}
    if expected["gpu-present"] and "model" not in expected:
        assert "unread.GPU.hardware.model" in done.metadata
