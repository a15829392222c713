"""A snapshot's readings: a parsed AICR Snapshot document, old form or new, as texts by their full names.

Twin of `site_src/ts/core/snapshot.ts`; both run `tests/vectors/snapshot.json`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeGuard

from generator.core.versions import trim

__all__ = [
    "Label", "NotASnapshot", "Snapshot", "absent_reason", "node_labels", "parse_snapshot", "reading_texts",
    "with_readings",
    "wrapped_snapshot",
]  # fmt: skip

KIND = "Snapshot"
LABEL = "NodeTopology.label."
# What a parser that keeps source text hands over for a null, in YAML's spellings and in Go's.
NULLS = frozenset({"null", "Null", "NULL", "~", "<nil>"})
WITHHELD = frozenset({"<redacted>", "<withheld>", "[redacted]"})
LARGEST_EXACT = 2**53  # past it the browser's numbers lose digits

_MORE = re.compile(r" ?\(\+([0-9]{1,9}) more\)\Z")
_COLLECTED_KEYS = ("snapshot.yaml", "snapshot.yml", "snapshot.json")


class NotASnapshot(ValueError):
    """The document is not a snapshot; the message says why and what it is instead."""


@dataclass(frozen=True, slots=True)
class Label:
    """A label (or taint) with one value and the nodes that carry it; `count` exceeds `nodes` where the list was cut."""

    key: str
    value: str
    nodes: tuple[str, ...]
    count: int
    effect: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was read (`readings`), what was not and why (`unread`), and what is odd about the document (`notes`).

    `gpu_models` are the GPU product names in document order, because AICR lets the last one win.
    """

    readings: Mapping[str, str]
    unread: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)
    labels: tuple[Label, ...] = ()
    taints: tuple[Label, ...] = ()
    gpu_models: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values, as the shared vectors hold them."""
        return {
            "readings": dict(self.readings),
            "unread": dict(self.unread),
            "metadata": dict(self.metadata),
            "labels": [_label_dict(label) for label in self.labels],
            "taints": [_label_dict(label) for label in self.taints],
            "gpuModels": [list(pair) for pair in self.gpu_models],
            "notes": list(self.notes),
        }


def _label_dict(label: Label) -> dict[str, object]:
    return {
        "key": label.key, "value": label.value, "nodes": list(label.nodes), "count": label.count,
        "effect": label.effect,
    }  # fmt: skip


def wrapped_snapshot(document: object) -> tuple[str, str] | None:
    """(key, text) of the snapshot inside a parsed ConfigMap, None when *document* is no such ConfigMap."""
    if not isinstance(document, Mapping) or document.get("kind") != "ConfigMap":
        return None
    data = document.get("data")
    if not isinstance(data, Mapping):
        return None
    for key in _COLLECTED_KEYS:
        text = data.get(key)
        if isinstance(text, str):
            return key, text
    return None


def parse_snapshot(document: object) -> Snapshot:
    """The readings of a parsed document whose scalars kept their source text; raises NotASnapshot.

    Of a type, subtype or key that stands twice the first counts, as in AICR, and a note says so. Nulls,
    nested values and withheld ones are no readings: they stand in `unread` with the reason.
    """
    if not isinstance(document, Mapping):
        raise NotASnapshot("It is not a mapping; a snapshot begins with kind: Snapshot.")
    kind = document.get("kind")
    if kind is None and "measurements" not in document:
        raise NotASnapshot("It has neither kind: Snapshot nor measurements.")
    if kind is not None and kind != KIND:
        shown = kind if isinstance(kind, str) else "not text"
        raise NotASnapshot(f"Its kind is {shown}; it must be {KIND}.")
    reader = _Reader()
    reader.read(document)
    return reader.snapshot()


class _Reader:
    """Gathers readings, reasons and notes on the way through one document."""

    def __init__(self) -> None:
        self.readings: dict[str, str] = {}
        self.unread: dict[str, str] = {}
        self.metadata: dict[str, str] = {}
        self.labels: list[Label] = []
        self.taints: list[Label] = []
        self.gpu_models: list[tuple[str, str]] = []
        self.notes: list[str] = []

    def snapshot(self) -> Snapshot:
        unread = {name: reason for name, reason in self.unread.items() if name not in self.readings}
        return Snapshot(
            self.readings, unread, self.metadata, tuple(self.labels), tuple(self.taints), tuple(self.gpu_models),
            tuple(self.notes),
        )  # fmt: skip

    def read(self, document: Mapping[str, object]) -> None:
        metadata = document.get("metadata")
        if isinstance(metadata, Mapping):
            for key, value in metadata.items():
                text, _ = _text(value)
                if text is not None:
                    self._metadata(str(key), text)
        measurements = document.get("measurements")
        if measurements is None or measurements in ("", "null", "~"):
            return
        if not _is_list(measurements):
            self.notes.append("measurements is not a list; nothing was read from it.")
            return
        for index, measurement in enumerate(measurements):
            if not isinstance(measurement, Mapping) or not isinstance(measurement.get("type"), str):
                self.notes.append(f"measurements[{index}] has no type; it was passed over.")
                continue
            self._measurement(measurement["type"], measurement.get("subtypes"))

    def _metadata(self, key: str, text: str) -> None:
        for prefix in ("unread.", "withheld."):
            if key.startswith(prefix):
                self.unread[key[len(prefix) :]] = text
                return
        self.metadata[key] = text

    def _measurement(self, kind: str, subtypes: object) -> None:
        if subtypes is None or subtypes in ("", "null", "~"):
            return
        if not _is_list(subtypes):
            self.notes.append(f"{kind}.subtypes is not a list; nothing was read from it.")
            return
        for index, subtype in enumerate(subtypes):
            if not isinstance(subtype, Mapping) or not isinstance(subtype.get("subtype"), str):
                self.notes.append(f"{kind}.subtypes[{index}] has no name; it was passed over.")
                continue
            self._subtype(kind, subtype["subtype"], subtype)

    def _subtype(self, kind: str, name: str, subtype: Mapping[str, object]) -> None:
        data = subtype.get("data")
        if isinstance(data, Mapping):
            for key, value in data.items():
                self._reading(kind, name, str(key), value)
        elif data is not None and data not in ("", "null", "~"):
            self.notes.append(f"{kind}.{name}.data is not a mapping; nothing was read from it.")
        items = subtype.get("items")
        if _is_list(items):
            for index, item in enumerate(items):
                if isinstance(item, Mapping):
                    self._item(kind, name, index, item)

    def _reading(self, kind: str, subtype: str, key: str, value: object) -> None:
        name = f"{kind}.{subtype}.{key}"
        text, reason = _text(value)
        if text is None:
            self.unread.setdefault(name, reason)
            return
        if kind == "GPU" and subtype in ("smi", "device") and key in ("gpu.model", "model"):
            self.gpu_models.append((name, text))
        if name in self.readings:
            if self.readings[name] != text:
                self.notes.append(f"{name} stands twice with different values; the first one counts.")
            return
        self.readings[name] = text
        if kind == "NodeTopology" and subtype == "label":
            self.labels.append(_parse_label(key, text))
        elif kind == "NodeTopology" and subtype == "taint":
            self.taints.append(_parse_taint(key, text))

    def _item(self, kind: str, subtype: str, index: int, item: Mapping[str, object]) -> None:
        context, data = _texts(item.get("context")), _texts(item.get("data"))
        if kind == "NodeTopology" and subtype in ("label", "taint"):
            if "key" not in context:
                return
            nodes, count = _parse_nodes(data.get("node-list", ""))
            if re.fullmatch(r"[0-9]{1,9}", data.get("node-count", "")):
                count = max(count, int(data["node-count"]))
            label = Label(context["key"], context.get("value", ""), nodes, count, context.get("effect", ""))
            into = self.labels if subtype == "label" else self.taints
            # The same label stands in `data` too where a collector writes both forms.
            if not any((o.key, o.value, o.effect) == (label.key, label.value, label.effect) for o in into):
                into.append(label)
            return
        for key, text in data.items():
            self.readings.setdefault(f"{kind}.{subtype}[{index}].{key}", text)


def _is_list(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes))


def _text(value: object) -> tuple[str | None, str]:
    """The reading's text, or None and why it is none."""
    if isinstance(value, bool):
        return ("true" if value else "false"), ""
    if isinstance(value, (int, float)):
        if value == value and abs(value) < LARGEST_EXACT and int(value) == value:
            return str(int(value)), ""
        return None, "It is a number whose digits were lost; write it in quotes."
    if value is None:
        return None, "It is null."
    if not isinstance(value, str):
        return None, "It is not a single value."
    if value in NULLS:
        return None, "It is null."
    if trim(value) in WITHHELD:
        return None, "It was withheld when the snapshot was taken."
    return value, ""


def _texts(value: object) -> dict[str, str]:
    if not isinstance(value, Mapping):
        return {}
    pairs = ((str(key), _text(item)[0]) for key, item in value.items())
    return {key: text for key, text in pairs if text is not None}


def _parse_label(key: str, text: str) -> Label:
    """`value|node1,node2`; a key with several values in the cluster carries `.value` at its end."""
    value, _, rest = text.partition("|")
    nodes, count = _parse_nodes(rest)
    if value and key.endswith(f".{value}"):
        key = key[: -len(value) - 1]
    return Label(key, value, nodes, count)


def _parse_taint(key: str, text: str) -> Label:
    """`effect|value|nodes`, or `value|nodes` under `key.Effect` where the key has several effects."""
    parts = text.split("|")
    if len(parts) >= 3:
        nodes, count = _parse_nodes(parts[2])
        return Label(key, parts[1], nodes, count, parts[0])
    base, _, effect = key.rpartition(".")
    nodes, count = _parse_nodes(parts[1] if len(parts) == 2 else "")
    if effect in ("NoSchedule", "NoExecute", "PreferNoSchedule"):
        return Label(base, parts[0], nodes, count, effect)
    return Label(key, parts[0], nodes, count)


def _parse_nodes(text: str) -> tuple[tuple[str, ...], int]:
    more = _MORE.search(text)
    listed = text[: more.start()] if more else text
    nodes = tuple(trim(node) for node in listed.split(",") if trim(node))
    return nodes, len(nodes) + (int(more.group(1)) if more else 0)


def node_labels(snapshot: Snapshot) -> dict[str, dict[str, str]]:
    """The labels of each node that some label's list names, in the order they are met."""
    nodes: dict[str, dict[str, str]] = {}
    for label in snapshot.labels:
        for node in label.nodes:
            nodes.setdefault(node, {})[label.key] = label.value
    return nodes


def reading_texts(snapshot: Snapshot, name: str) -> tuple[str, ...]:
    """What the reading called *name* says: nothing, one text, or for a node label each value that nodes carry."""
    if name.startswith(LABEL):
        key = name[len(LABEL) :]
        return tuple(dict.fromkeys(label.value for label in snapshot.labels if label.key == key))
    text = snapshot.readings.get(name)
    return () if text is None else (text,)


def absent_reason(snapshot: Snapshot, name: str) -> str:
    """Why the reading called *name* is absent: the collector's own reason, its parts' included, or that it is."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        reason = snapshot.unread.get(".".join(parts[:length]))
        if reason is not None:
            end = "" if reason.endswith((".", "!", "?")) else "."
            return f"{name} was not read: {reason}{end}"
    return f"{name} is not in the snapshot."


def with_readings(snapshot: Snapshot, edits: Iterable[tuple[str, str | None]]) -> Snapshot:
    """The snapshot as it would be with readings set, or taken away (None): what a "what if" is held against."""
    readings, unread, labels = dict(snapshot.readings), dict(snapshot.unread), list(snapshot.labels)
    for name, text in edits:
        if name.startswith(LABEL):
            labels = _with_label(labels, name[len(LABEL) :], text)
        if text is None:
            readings.pop(name, None)
            unread[name] = "It was taken away."
        else:
            readings[name] = text
            unread.pop(name, None)
    models = tuple((name, readings[name]) for name, _ in snapshot.gpu_models if name in readings)
    return replace(snapshot, readings=readings, unread=unread, labels=tuple(labels), gpu_models=models)


def _with_label(labels: Sequence[Label], key: str, text: str | None) -> list[Label]:
    """The labels with one value of *key* on every node that carried any, or without the key."""
    own = [label for label in labels if label.key == key]
    rest = [label for label in labels if label.key != key]
    if text is None:
        return rest
    nodes = tuple(dict.fromkeys(node for label in own for node in label.nodes))
    return [*rest, Label(key, text.partition("|")[0], nodes, sum(label.count for label in own))]
