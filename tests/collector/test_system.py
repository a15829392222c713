"""OS readings from a tree of files that stands for a host."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from collector.host import Host, HostError
from collector.readings import Readings
from collector.system import (
    parse_boot_parameters,
    parse_kernel_parameter,
    parse_release,
    read_system,
    release_of_image,
)

Tree = Callable[[dict[str, str]], str]
FILES = {
    "/etc/os-release": 'ID=ubuntu\nVERSION_ID="24.04"\nNAME="Ubuntu"\n# a comment\nEMPTY=\nHOME_URL=https://u/\n',
    "/proc/cmdline": "BOOT_IMAGE=/boot/vmlinuz root=UUID=1 ro hugepages=16 hugepages=32 -- init=/bin/sh\n",
    "/proc/modules": "nvidia 123 0 - Live 0x0\nib_core 5 1 nvidia, Live 0x0\n",
    "/proc/sys/kernel/osrelease": "6.8.0-1024-aws\n",
    "/proc/sys/kernel/random/uuid": "changes with every read\n",
    "/proc/sys/kernel/ns_last_pid": "moves by itself\n",
    "/proc/sys/net/ipv4/ip_forward": "1\n",
    "/proc/sys/vm/nr_hugepages": "16\n",
    "/proc/sys/dev/table": "a 1\nb 2\n",
}


def taken(root: str) -> Readings:
    readings = Readings()
    read_system(Host(root=root), readings)
    return readings


def test_a_whole_host(host_tree: Tree) -> None:
    readings = taken(host_tree(FILES))
    found = {name: subtype.data for name, subtype in readings.types["OS"].items()}
    assert found == {
        "release": {"ID": "ubuntu", "VERSION_ID": "24.04", "NAME": "Ubuntu", "HOME_URL": "https://u/"},
        "grub": {"BOOT_IMAGE": "/boot/vmlinuz", "ro": "", "hugepages": "32"},
        "kmod": {"nvidia": True, "ib_core": True},
        "sysctl": {
            "/proc/sys/kernel/osrelease": "6.8.0-1024-aws",
            "/proc/sys/vm/nr_hugepages": "16",
            "/proc/sys/dev/table/a": "1",
            "/proc/sys/dev/table/b": "2",
        },
    }
    assert readings.unread == {}


def test_an_empty_host_gives_reasons(tmp_path: Path) -> None:
    readings = taken(str(tmp_path))
    assert readings.count() == 0
    assert readings.unread == {
        "OS.release": "/etc/os-release: not there; /usr/lib/os-release: not there",
        "OS.grub": "/proc/cmdline: not there",
        "OS.kmod": "/proc/modules: not there",
        "OS.sysctl": "/proc/sys: not there or not readable",
    }


def test_the_second_place_of_os_release(host_tree: Tree) -> None:
    readings = taken(host_tree({"/usr/lib/os-release": "ID=cos\n"}))
    assert readings.get("OS", "release", "ID") == "cos"
    assert readings.types["OS"]["release"].context == {"source": "/usr/lib/os-release"}


def test_a_containers_own_os_release_is_not_the_hosts(host_tree: Tree) -> None:
    host_tree({"/etc/os-release": "ID=debian\n"})
    readings = Readings()
    read_system(Host(in_pod=True), readings)
    assert readings.get("OS", "release", "ID") is None
    assert "host tier" in readings.unread["OS.release"]


def test_the_hosts_mounted_os_release_is_read_in_a_pod(host_tree: Tree) -> None:
    readings = Readings()
    read_system(Host(files=host_tree({"/etc/os-release": "ID=ubuntu\n"}), in_pod=True), readings)
    assert readings.get("OS", "release", "ID") == "ubuntu"


def test_a_pipe_or_folder_in_the_way_does_not_stop_it(tmp_path: Path) -> None:
    (tmp_path / "etc" / "os-release").mkdir(parents=True)
    (tmp_path / "proc").mkdir()
    os.mkfifo(tmp_path / "proc" / "cmdline")
    unread = taken(str(tmp_path)).unread
    assert unread["OS.grub"] == "/proc/cmdline: not a regular file"
    assert unread["OS.release"].startswith("/etc/os-release: not a regular file")


def test_files_that_are_no_text_or_too_large_are_refused(host_tree: Tree, tmp_path: Path) -> None:
    root = Path(host_tree({"/proc/modules": "x" * (1024 * 1024 + 1)}))
    (root / "proc" / "cmdline").write_bytes(b"\xff\xfe")
    host = Host(root=str(root))
    with pytest.raises(HostError, match="larger than 1048576 bytes"):
        host.read("/proc/modules")
    with pytest.raises(HostError, match="not UTF-8 text"):
        host.read("/proc/cmdline")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ID='x y'\nA=\"\"\n=b\nno equals\n", {"ID": "x y"}),
        ("", {}),
        ('VERSION="24.04.2 LTS (Noble)"', {"VERSION": "24.04.2 LTS (Noble)"}),
    ],
)
def test_os_release_text(text: str, expected: dict[str, str]) -> None:
    assert parse_release(text) == expected


def test_boot_parameters_end_at_the_double_dash() -> None:
    assert parse_boot_parameters("quiet a=b=c root=/dev/sda -- secret=1") == {"quiet": "", "a": "b=c"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5\n", {"/p": "5"}),
        ("", {}),
        ("4\t4\t1\t7\n", {"/p": "4\t4\t1\t7"}),
        ("a b\nc d\n", {"/p/a": "b", "/p/c": "d"}),
        ("one\ntwo words\n", {"/p": "one\ntwo words"}),
    ],
)
def test_kernel_parameter_text(text: str, expected: dict[str, str]) -> None:
    assert parse_kernel_parameter("/p", text) == expected


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("Ubuntu 24.04.2 LTS", ("ubuntu", "24.04")),
        ("Ubuntu 22.04.5 LTS", ("ubuntu", "22.04")),
        ("Container-Optimized OS from Google", ("cos", None)),
        ("Red Hat Enterprise Linux CoreOS 418.94.202501", ("rhcos", "4.18")),
        ("Red Hat Enterprise Linux 9.4 (Plow)", ("rhel", "9.4")),
        ("Amazon Linux 2023.6.20250203", ("amzn", "2023")),
        ("Oracle Linux Server 8.10", ("ol", "8.10")),
        ("Talos (v1.9.2)", ("talos", "v1.9.2")),
        ("Somebody's Own Linux 3", (None, None)),
    ],
)
def test_a_nodes_image_names_its_release(image: str, expected: tuple[str | None, str | None]) -> None:
    found = release_of_image(image)
    assert (found.get("ID"), found.get("VERSION_ID")) == expected
