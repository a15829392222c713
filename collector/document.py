"""Readings as an AICR snapshot document, written as YAML or JSON in stable order; called last of all."""

from __future__ import annotations

import json
import re
from typing import Any, Dict, Iterator, List, Mapping, Sequence

from collector.readings import Readings, clean

# The apiVersion AICR v0.11.1 writes; newer readers are documented to take both.
API_VERSION = "aicr.nvidia.com/v1alpha1"
ORDER = (
    "K8s",
    "NodeTopology",
    "Deployment",
    "GPU",
    "OS",
    "SystemD",
    "NetworkTopology",
    "Performance",
    "Conformance",
)


def snapshot_document(readings: Readings, metadata: Mapping[str, str]) -> Dict[str, Any]:
    """The readings as an AICR `Snapshot` mapping: each type once, every key sorted, metadata strings only.

    Reasons for readings not taken stand in the metadata under `unread.<name>`.
    """
    about = {key: str(value) for key, value in metadata.items()}
    about.update({f"unread.{name}": reason for name, reason in readings.unread.items()})
    kinds = sorted(readings.types, key=lambda k: (ORDER.index(k) if k in ORDER else len(ORDER), k))
    measurements: List[Dict[str, Any]] = []
    for kind in kinds:
        subtypes = []
        for name in sorted(readings.types[kind]):
            subtype = readings.types[kind][name]
            if not subtype.data:
                continue
            entry: Dict[str, Any] = {"subtype": name, "data": dict(sorted(subtype.data.items()))}
            if subtype.context:
                entry["context"] = dict(sorted(subtype.context.items()))
            subtypes.append(entry)
        if subtypes:
            measurements.append({"type": kind, "subtypes": subtypes})
    return {
        "kind": "Snapshot",
        "apiVersion": API_VERSION,
        "metadata": dict(sorted(about.items())),
        "measurements": measurements,
    }


def to_json(document: Any) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def to_yaml(document: Any) -> str:
    """The document as YAML that every YAML 1.1 and 1.2 parser reads alike.

    Takes mappings, sequences, strings, integers, floats, booleans and null; block style throughout.
    """
    return "\n".join(_lines(document, 0)) + "\n"


_PLAIN = re.compile(r"[A-Za-z/][A-Za-z0-9_./@%+=,;:() -]*\Z")
_WORDS = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}
# What a double-quoted YAML scalar must escape beyond JSON's own set: C1 controls, line separators, the byte-order mark.
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def _scalar(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    return _text(str(value))


def _text(text: str) -> str:
    if (
        _PLAIN.match(text)
        and text.lower() not in _WORDS
        and ": " not in text
        and " #" not in text
        and text[-1] not in " :"
    ):
        return text
    quoted = json.dumps(clean_keep(text), ensure_ascii=False)
    return _ESCAPED.sub(lambda m: f"\\u{ord(m.group()):04x}", quoted)


def clean_keep(text: str) -> str:
    """Without lone surrogates, which no UTF-8 file can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _lines(value: Any, depth: int) -> Iterator[str]:
    pad = "  " * depth
    if isinstance(value, Mapping):
        if not value:
            yield pad + "{}"
        for key, item in value.items():
            yield from _entry(f"{pad}{_text(str(key))}:", item, depth)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        if not value:
            yield pad + "[]"
        for item in value:
            below = list(_lines(item, depth + 1))
            # The item's first line moves up beside its dash, which is as wide as one level of indent.
            yield f"{pad}- {below[0].lstrip()}"
            yield from below[1:]
    else:
        yield pad + _scalar(value)


def _entry(head: str, item: Any, depth: int) -> Iterator[str]:
    if isinstance(item, Mapping) and item:
        yield head
        yield from _lines(item, depth + 1)
    elif isinstance(item, Sequence) and not isinstance(item, str) and item:
        yield head
        yield from _lines(item, depth)
    else:
        yield f"{head} {''.join(_lines(item, 0))}"


__all__ = ["API_VERSION", "clean", "snapshot_document", "to_json", "to_yaml"]
