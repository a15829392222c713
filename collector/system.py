"""OS readings: release, boot parameters, kernel parameters and modules, from /etc and /proc of the host."""
# Plain system calls: pathlib alone would add a tenth to the start on a slow node.
# ruff: noqa: PTH114, PTH118

from __future__ import annotations

import os
from typing import Dict, List, Tuple

from collector.host import Host, HostError, reason_of
from collector.readings import Readings

# Per-network-device parameters are many and name interfaces; cdrom's carry drive serials; the random ones change
# with every read, so that no two snapshots would compare equal.
SKIPPED_SYSCTL = ("/proc/sys/net", "/proc/sys/dev/cdrom", "/proc/sys/kernel/random")
# Counters that move by themselves: no setting, and noise to whoever compares two snapshots.
LIVE = tuple(
    f"/proc/sys/{name}"
    for name in (
        "fs/aio-nr",
        "fs/dentry-state",
        "fs/file-nr",
        "fs/inode-nr",
        "fs/inode-state",
        "kernel/ns_last_pid",
        "kernel/pty/nr",
    )
)
# What Docker and Podman put into every container.
CONTAINER_MARKS = ("/.dockerenv", "/run/.containerenv")
MAX_SYSCTL_FILES = 20_000


def read_system(host: Host, readings: Readings) -> None:
    """Take every OS reading the host allows."""
    _read_release(host, readings)
    _read_boot_parameters(host, readings)
    _read_modules(host, readings)
    _read_kernel_parameters(host, readings)


def parse_release(text: str) -> Dict[str, str]:
    """os-release as a mapping: surrounding quotes stripped, empty values and comments dropped."""
    found = {}
    for line in text.splitlines():
        key, equals, value = line.strip().partition("=")
        if not equals or not key.strip() or key.startswith("#"):
            continue
        value = value.strip()
        if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        if value:
            found[key.strip()] = value
    return found


def parse_boot_parameters(text: str) -> Dict[str, str]:
    """The kernel command line as parameter -> value ("" for a bare flag); the last of a name wins.

    Arguments after `--` are init's, not the kernel's, and `root` names a disk: both are dropped.
    """
    found = {}
    for word in text.split():
        if word == "--":
            break
        name, _, value = word.partition("=")
        if name and name != "root" and not name.startswith("#"):
            found[name] = value
    return found


def parse_kernel_parameter(path: str, text: str) -> Dict[str, str]:
    """One /proc/sys file as readings: a table of words becomes `path/<first word>`, anything else stays whole."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    tables = [line.split(None, 1) for line in lines]
    if len(lines) > 1 and all(len(words) == 2 for words in tables):
        return {f"{path}/{words[0]}": words[1] for words in tables}
    return {path: "\n".join(lines)} if lines else {}


def release_of_image(os_image: str) -> Dict[str, str]:
    """OS.release keys that the kubelet's word for the node's system allows, {} when the name is not known.

    `Ubuntu 24.04.2 LTS` gives ID ubuntu and VERSION_ID 24.04: os-release states two places there.
    """
    known = (
        ("Ubuntu ", "ubuntu", 2),
        ("Red Hat Enterprise Linux CoreOS ", "rhcos", 1),
        ("Red Hat Enterprise Linux ", "rhel", 2),
        ("Container-Optimized OS from Google", "cos", 0),
        ("Amazon Linux ", "amzn", 1),
        ("Oracle Linux Server ", "ol", 2),
        ("SUSE Linux Enterprise Server ", "sles", 2),
        ("Debian GNU/Linux ", "debian", 1),
        ("Rocky Linux ", "rocky", 2),
        ("Talos (v", "talos", 3),
        ("Bottlerocket OS ", "bottlerocket", 3),
    )
    for prefix, name, places in known:
        if os_image.startswith(prefix):
            found = {"ID": name, "PRETTY_NAME": os_image}
            rest = os_image[len(prefix) :].split()
            number = rest[0].strip("()v") if rest else ""
            parts = number.split(".")
            if places and parts[0].isdigit():
                version = ".".join(parts[:places])
                if name == "rhcos":
                    version = f"{parts[0][0]}.{parts[0][1:]}"  # 418.94... is 4.18
                found["VERSION_ID"] = f"v{version}" if name == "talos" else version
            return found
    return {}


def _read_release(host: Host, readings: Readings) -> None:
    if not host.release_is_the_hosts:
        # A container's os-release is its image's; the Kubernetes reader derives the host's from the node instead.
        readings.miss("OS.release", "this pod sees only its image's os-release; use the agent's host tier")
        return
    reasons = []
    for path in ("/etc/os-release", "/usr/lib/os-release"):
        try:
            found = parse_release(host.read(path))
        except HostError as error:
            reasons.append(str(error))
            continue
        readings.put_all("OS", "release", found)
        readings.describe("OS", "release", "source", path)
        if host.root == "/" and not host.files and any(host.exists(mark) for mark in CONTAINER_MARKS):
            readings.describe(
                "OS", "release", "scope", "a container's own; run on the host, or give --host-files"
            )
        return
    readings.miss("OS.release", "; ".join(reasons))


def _read_boot_parameters(host: Host, readings: Readings) -> None:
    try:
        readings.put_all("OS", "grub", parse_boot_parameters(host.read("/proc/cmdline")))
    except HostError as error:
        readings.miss("OS.grub", str(error))


def _read_modules(host: Host, readings: Readings) -> None:
    try:
        for line in host.read("/proc/modules").splitlines():
            if line.strip():
                readings.put("OS", "kmod", line.split()[0], True)
    except HostError as error:
        readings.miss("OS.kmod", str(error))


def _read_kernel_parameters(host: Host, readings: Readings) -> None:
    files, refused = _sysctl_files(host)
    for path in files:
        try:
            readings.put_all("OS", "sysctl", parse_kernel_parameter(path, host.read(path, 65536)))
        except HostError as error:
            refused.append(path)
            if path == "/proc/sys/kernel/osrelease":
                readings.miss(f"OS.sysctl.{path}", str(error))
    key = "/proc/sys/kernel/osrelease"
    if readings.get("OS", "sysctl", key) is None and host.root == "/":
        # The system call gives the same release where /proc/sys is masked.
        readings.put("OS", "sysctl", key, os.uname().release)
        readings.describe("OS", "sysctl", "osrelease", "uname")
    if readings.get("OS", "sysctl", key) is None:
        readings.miss("OS.sysctl", "/proc/sys: not there or not readable")
    elif refused:
        readings.describe("OS", "sysctl", "unreadable", str(len(refused)))


def _sysctl_files(host: Host) -> Tuple[List[str], List[str]]:
    """The parameter files below /proc/sys, sorted, and the folders that refused to be listed."""
    base = host.path("/proc/sys")
    refused: List[str] = []

    def on_error(error: OSError) -> None:
        refused.append(reason_of(error))

    files: List[str] = []
    for folder, below, names in os.walk(base, onerror=on_error):
        here = "/proc/sys" + folder[len(base) :]
        below[:] = sorted(n for n in below if not f"{here}/{n}".startswith(SKIPPED_SYSCTL))
        found = (f"{here}/{n}" for n in names if not os.path.islink(os.path.join(folder, n)))
        files += [path for path in found if path not in LIVE]
        if len(files) > MAX_SYSCTL_FILES:
            break
    return sorted(files), refused
