"""SystemD readings over a socket that speaks D-Bus, in the text forms AICR writes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.dbus import BusError, open_bus, property_text, split_signature, unit_path
from collector.host import Host
from collector.readings import Readings
from collector.systemd import read_systemd
from tests.collector.fake_bus import FakeBus, Variant, listening

CONTAINERD: dict[str, Variant] = {
    "Id": ("s", "containerd.service"),
    "ActiveState": ("s", "active"),
    "SubState": ("s", "running"),
    "LoadState": ("s", "loaded"),
    "UnitFileState": ("s", "enabled"),
    "MainPID": ("u", 812),
    "LimitNOFILE": ("t", 18446744073709551615),
    "CPUAccounting": ("b", True),
    "CPUWeight": ("d", 1.5),
    "Environment": ("as", ["HTTP_PROXY=http://user:hunter2@proxy:3128"]),
    "ExecStart": ("a(sasbttuii)", []),
    "LoadCredential": ("a(ss)", [("token", "/etc/token")]),
    "AllowedCPUs": ("ay", [1, 2, 255]),
    "NRestarts": ("u", 3),
    "ObjectPath": ("o", "/org/x"),
    "After": ("as", ["a.service", "b.target"]),
    "Bytes": ("ay", [1, 2, 255]),
    "Map": ("a{sv}", {"k": ("s", "v")}),
}


@contextmanager
def systemd(root: Path, bus: FakeBus) -> Iterator[Readings]:
    """The readings taken from a host whose systemd is *bus*."""
    readings = Readings()
    with listening(bus, root / "run" / "systemd" / "private"):
        read_systemd(Host(root=str(root)), readings)
        yield readings


def test_every_property_in_aicrs_text_forms(tmp_path: Path) -> None:
    bus = FakeBus(units={unit_path("containerd.service"): CONTAINERD})
    with systemd(tmp_path, bus) as readings:
        assert set(readings.types["SystemD"]) == {"containerd.service"}
        assert readings.types["SystemD"]["containerd.service"].data == {
            "ActiveState": "active",
            "SubState": "running",
            "LoadState": "loaded",
            "UnitFileState": "enabled",
            "MainPID": "812",
            "LimitNOFILE": 18446744073709551615,
            "CPUAccounting": True,
            "CPUWeight": 1.5,
            "Environment": "[HTTP_PROXY=http://user:hunter2@proxy:3128]",
            "ExecStart": "[]",
            "NRestarts": "3",
            "ObjectPath": "/org/x",
            "After": "[a.service b.target]",
            "Bytes": "[1 2 255]",
            "Map": "map[k:v]",
        }
    assert readings.unread == {}


def test_units_that_are_not_there_are_left_out_and_said_so(tmp_path: Path) -> None:
    with systemd(tmp_path, FakeBus()) as readings:
        assert "SystemD" not in readings.types
        assert readings.unread["SystemD"].startswith("none of the known units is there")


@pytest.mark.parametrize(
    ("bus", "reason"),
    [
        (FakeBus(refuse=True), "authentication refused; run as root to see it"),
        (FakeBus(garbage=b"HTTP/1.1 400 Bad Request\r\n\r\n" * 4), "the answer is not D-Bus"),
        (FakeBus(garbage=b"l\x02\x00\x01" + b"\xff" * 60), "the answer is not D-Bus"),
    ],
    ids=["refused", "another-protocol", "oversized"],
)
def test_a_bus_that_does_not_answer_leaves_a_reason(tmp_path: Path, bus: FakeBus, reason: str) -> None:
    with systemd(tmp_path, bus) as readings:
        assert f"/run/systemd/private: {reason}" in readings.unread["SystemD"]


def test_without_a_socket_the_reason_says_so(tmp_path: Path) -> None:
    with pytest.raises(BusError, match="not there"):
        open_bus(str(tmp_path / "none"), peer=True)


def test_the_system_bus_is_greeted_first(tmp_path: Path) -> None:
    bus = FakeBus(units={unit_path("kubelet.service"): {"LoadState": ("s", "loaded")}})
    readings = Readings()
    with listening(bus, tmp_path / "run" / "dbus" / "system_bus_socket"):
        read_systemd(Host(root=str(tmp_path)), readings)
    assert bus.calls[0] == ""  # Hello, at the bus' own object
    assert set(readings.types["SystemD"]) == {"kubelet.service"}


def test_systemctl_is_asked_where_no_bus_answers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def closed(path: str, peer: bool) -> None:
        raise BusError("permission denied; run as root to see it")

    tool = tmp_path / "systemctl"
    shown = "ActiveState=active\nSubState=running\nLoadState=loaded\nDelegate=yes\nEnvironment=TOKEN=x\n"
    tool.write_text(
        f"#!/bin/sh\ncase $2 in kubelet.service) printf '{shown}';; *) echo LoadState=not-found;; esac\n"
    )
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr("collector.systemd.open_bus", closed)
    readings = Readings()
    read_systemd(Host(), readings)
    assert {n: s.data for n, s in readings.types["SystemD"].items()} == {
        "kubelet.service": {
            "ActiveState": "active",
            "SubState": "running",
            "LoadState": "loaded",
            "Delegate": True,
        }
    }
    tool.write_text("#!/bin/sh\nexit 1\n")
    readings = Readings()
    read_systemd(Host(), readings)
    assert readings.unread["SystemD"].endswith("systemctl: exit status 1")


def test_unit_paths_and_signatures() -> None:
    assert unit_path("rke2-server.service") == "/org/freedesktop/systemd1/unit/rke2_2dserver_2eservice"
    assert split_signature("sa{sv}(ias)v") == ["s", "a{sv}", "(ias)", "v"]
    assert property_text("a(sb)", [["x", True]]) == "[[x true]]"


@given(st.text(alphabet="ybnqiuxtdsogva(){}z", max_size=40))
def test_a_signature_is_split_whole_or_refused(signature: str) -> None:
    try:
        parts = split_signature(signature)
    except (ValueError, IndexError):
        return
    assert "".join(parts) == signature
