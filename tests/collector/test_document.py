"""Snapshot documents: what is written is what every YAML and JSON parser reads back, and merging keeps the truth."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.cli import Stop
from collector.document import snapshot_document, to_json, to_yaml
from collector.documents import load_snapshot, parse_snapshot
from collector.merging import merge_snapshots
from collector.readings import Readings
from tests.collector.conftest import Collect

TEXT = st.text(max_size=40)
SCALARS = st.one_of(
    TEXT, st.booleans(), st.integers(min_value=-(2**63), max_value=2**64 - 1), st.floats(allow_nan=False)
)


@given(st.dictionaries(TEXT, SCALARS, max_size=6))
@settings(max_examples=500, deadline=None)
def test_yaml_reads_back_what_was_written(data: dict[str, Any]) -> None:
    clean = {k.encode("utf-8", "replace").decode(): v for k, v in data.items()}
    document = {"data": clean, "list": [clean, {"empty": {}, "none": [], "deep": [[1], {"a": clean}]}]}
    read = yaml.safe_load(to_yaml(document))
    for key, value in clean.items():
        got = read["data"][key]
        if isinstance(value, float):
            # PyYAML takes 1e300 for text, other parsers for a number; no reading is infinite.
            assert math.isinf(value) or float(got) == value
        else:
            assert got == value


@pytest.mark.parametrize(
    "text",
    ["24.10", "1.10", "010", "0x10", "1e3", "on", "Yes", "null", "~", "", " x", "x ", "a: b", "a #b", "- x", "*a", "&a",
     "!t", "%d", "@x", "`x", "2026-11-23", "1:30", "=", "<<", "\t", "\u2028", "\x85", "\x7f", "\ufeff", "é", "😀",
     "'q'", '"q"', "a\nb", "[a]", "{a}", ".5", "-", "?", "None"],
)  # fmt: skip
def test_text_that_looks_like_something_else_stays_text(text: str) -> None:
    assert yaml.safe_load(to_yaml({text: text})) == {text: text}


def test_a_document_in_stable_order_with_reasons_in_its_metadata() -> None:
    readings = Readings()
    readings.put("OS", "release", "VERSION_ID", "24.04")
    readings.put("K8s", "server", "version", "v1.33.5")
    readings.put("OS", "kmod", "nvidia", True)
    readings.miss("GPU.smi", "no driver")
    assert snapshot_document(readings, {"timestamp": "t"}) == {
        "kind": "Snapshot",
        "apiVersion": "aicr.nvidia.com/v1alpha1",
        "metadata": {"timestamp": "t", "unread.GPU.smi": "no driver"},
        "measurements": [
            {"type": "K8s", "subtypes": [{"subtype": "server", "data": {"version": "v1.33.5"}}]},
            {
                "type": "OS",
                "subtypes": [
                    {"subtype": "kmod", "data": {"nvidia": True}},
                    {"subtype": "release", "data": {"VERSION_ID": "24.04"}},
                ],
            },
        ],
    }


def test_an_oversized_value_is_no_reading() -> None:
    readings = Readings()
    readings.put("OS", "grub", "x", "y" * 70_000)
    assert readings.count() == 0
    assert readings.unread == {"OS.grub.x": "the value is longer than 65536 characters"}


def test_json_and_yaml_hold_the_same(collect: Collect, tmp_path: Path) -> None:
    env = {"SOURCE_DATE_EPOCH": "1700000000"}
    assert collect("--no-cluster", "-o", "a.json", env=env).code == 0
    assert collect("--no-cluster", "-o", "a.yaml", env=env).code == 0
    first = json.loads((tmp_path / "a.json").read_text())
    second = yaml.safe_load((tmp_path / "a.yaml").read_text())
    assert [m["type"] for m in first["measurements"]] == [m["type"] for m in second["measurements"]]
    assert first["metadata"]["timestamp"] == "2023-11-14T22:13:20Z"
    assert collect("--no-cluster", "-o", "b.yaml", "-t", "json").code == 0
    json.loads((tmp_path / "b.yaml").read_text())


WRAPPED = """
kind: ConfigMap
data:
  format: yaml
  snapshot.yaml: |
    kind: Snapshot
    measurements:
    - {type: OS, subtypes: [{subtype: release, data: {VERSION_ID: 24.10, count: 3, on: yes}}]}
"""


def test_a_wrapped_snapshot_keeps_the_text_of_its_values() -> None:
    found = parse_snapshot("x", WRAPPED)["measurements"][0]["subtypes"][0]["data"]
    assert found == {"VERSION_ID": "24.10", "count": 3, "on": "yes"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kind: ConfigMap\ndata: {}\n", "holds no snapshot"),
        ("[]", "no list of measurements"),
        ("a: [", "not YAML"),
        ("{]", "not JSON"),
    ],
)
def test_what_is_no_snapshot_is_refused(text: str, said: str) -> None:
    with pytest.raises(Stop, match=said) as stop:
        parse_snapshot("x", text)
    assert stop.value.code == 2


def test_a_snapshot_that_is_not_there_is_3(tmp_path: Path) -> None:
    with pytest.raises(Stop) as stop:
        load_snapshot(str(tmp_path / "none.yaml"))
    assert stop.value.code == 3


def snapshot(policy: str = "default", **data: Any) -> dict[str, Any]:
    return {
        "kind": "Snapshot",
        "metadata": {
            "timestamp": data.pop("at", "2026-01-01T00:00:00Z"),
            "redaction": policy,
            **data.pop("meta", {}),
        },
        "measurements": [{"type": "OS", "subtypes": [{"subtype": "release", "data": data}]}],
    }


def test_merging_keeps_what_all_say_and_lists_what_they_say_differently() -> None:
    first = snapshot(
        ID="ubuntu", VERSION_ID="24.04", at="2026-01-02T00:00:00Z", meta={"unread.OS.release.X": "gone"}
    )
    second = snapshot(ID="ubuntu", VERSION_ID="22.04", X="1")
    assert merge_snapshots([first, second]) == {
        "kind": "Snapshot",
        "apiVersion": "aicr.nvidia.com/v1alpha1",
        "metadata": {
            "merged": "2",
            "redaction": "default",
            "timestamp": "2026-01-02T00:00:00Z",
            "unread.OS.release.VERSION_ID": "the snapshots differ: 24.04 in snapshot 1; 22.04 in snapshot 2",
        },
        "measurements": [
            {
                "type": "OS",
                "subtypes": [
                    {
                        "subtype": "release",
                        "data": {"ID": "ubuntu", "X": "1"},
                        "items": [
                            {"context": {"snapshot": "1"}, "data": {"VERSION_ID": "24.04"}},
                            {"context": {"snapshot": "2"}, "data": {"VERSION_ID": "22.04"}},
                        ],
                    }
                ],
            }
        ],
    }


def test_merging_one_snapshot_with_itself_changes_no_reading() -> None:
    one = snapshot(ID="ubuntu", flag=True, n=3)
    assert merge_snapshots([one, one])["measurements"] == one["measurements"]


def test_merge_needs_two(collect: Collect) -> None:
    assert collect("merge", "a.yaml").code == 2


def test_written_json_is_ascii_safe_and_ends_with_a_line_end() -> None:
    assert to_json({"a": "é"}).endswith('"a": "é"\n}\n')
