"""`merge`: several snapshots of one cluster, one per node group, as one document."""

from __future__ import annotations

import argparse
from typing import Any, Dict, List, Mapping, Sequence, Tuple

from collector.cli import INVALID, OK, Stop
from collector.document import API_VERSION, ORDER
from collector.documents import load_snapshot
from collector.output import check_output, write_output

Values = List[Tuple[int, Any]]


def merge_command(arguments: List[str]) -> int:
    """Run `merge`; 0, or raises Stop."""
    parser = argparse.ArgumentParser(
        prog="collector.pyz merge",
        description="Merges snapshots. What all say alike is kept; what they say differently is listed per snapshot "
        "and counts as not read, so that no check passes on one node's word.",
    )
    parser.add_argument("snapshots", nargs="+", metavar="SNAPSHOT", help="a file, - or cm://namespace/name")
    parser.add_argument(
        "-o", "--output", default="-", metavar="WHERE", help="a file, - or cm://namespace/name"
    )
    parser.add_argument("-t", "--format", choices=("yaml", "json"))
    parser.add_argument("--kubeconfig", default="", metavar="FILE")
    parser.add_argument("--context", default="", metavar="NAME")
    options = parser.parse_args(arguments)
    if len(options.snapshots) < 2:
        raise Stop(INVALID, "merge needs two snapshots or more")
    check_output(options.output, options.format)
    documents = [load_snapshot(where, options.kubeconfig, options.context) for where in options.snapshots]
    write_output(merge_snapshots(documents), options.output, options.format, options)
    return OK


def merge_snapshots(documents: Sequence[Mapping[str, Any]]) -> Dict[str, Any]:
    """One snapshot of several.

    A reading that all documents holding it give alike stands in `data`. One that differs stands in `items`, once per
    document (context `snapshot`, counted from 1), and under `unread.` in the metadata with the values.
    """
    found: Dict[Tuple[str, str, str], Values] = {}
    contexts: Dict[Tuple[str, str], Dict[str, str]] = {}
    for number, document in enumerate(documents, 1):
        for kind, subtype, entry in _subtypes(document):
            for key, value in (entry.get("data") or {}).items():
                found.setdefault((kind, subtype, str(key)), []).append((number, value))
            for key, value in (entry.get("context") or {}).items():
                contexts.setdefault((kind, subtype), {}).setdefault(str(key), str(value))
    differing = {name: values for name, values in found.items() if len({_plain(v) for _, v in values}) > 1}
    metadata = _metadata(documents)
    for (kind, subtype, key), values in differing.items():
        said = "; ".join(f"{_plain(value)} in snapshot {number}" for number, value in values)
        metadata[f"unread.{kind}.{subtype}.{key}"] = f"the snapshots differ: {said}"
    for kind, subtype, key in set(found) - set(differing):
        metadata.pop(f"unread.{kind}.{subtype}.{key}", None)
    return {
        "kind": "Snapshot",
        "apiVersion": API_VERSION,
        "metadata": dict(sorted(metadata.items())),
        "measurements": _measurements(found, differing, contexts),
    }


def _measurements(
    found: Mapping[Tuple[str, str, str], Values],
    differing: Mapping[Tuple[str, str, str], Values],
    contexts: Mapping[Tuple[str, str], Dict[str, str]],
) -> List[Dict[str, Any]]:
    subtypes: Dict[str, Dict[str, Dict[str, Any]]] = {}
    for (kind, subtype, key), values in sorted(found.items()):
        entry = subtypes.setdefault(kind, {}).setdefault(subtype, {"subtype": subtype, "data": {}})
        if (kind, subtype, key) not in differing:
            entry["data"][key] = values[0][1]
            continue
        items = entry.setdefault("items", [])
        for number, value in values:
            item = next((i for i in items if i["context"]["snapshot"] == str(number)), None)
            if item is None:
                item = {"context": {"snapshot": str(number)}, "data": {}}
                items.append(item)
            item["data"][key] = value
        items.sort(key=lambda item: int(item["context"]["snapshot"]))
    for kind, entries in subtypes.items():
        for name, entry in entries.items():
            if (kind, name) in contexts:
                entry["context"] = dict(sorted(contexts[kind, name].items()))
    kinds = sorted(subtypes, key=lambda k: (ORDER.index(k) if k in ORDER else len(ORDER), k))
    return [{"type": kind, "subtypes": [subtypes[kind][n] for n in sorted(subtypes[kind])]} for kind in kinds]


def _metadata(documents: Sequence[Mapping[str, Any]]) -> Dict[str, str]:
    """The documents' metadata as one: reasons united, the latest time, counts left out."""
    merged: Dict[str, str] = {}
    times: List[str] = []
    policies: List[str] = []
    for document in documents:
        for key, value in (document.get("metadata") or {}).items():
            text = str(value)
            if key == "timestamp":
                times.append(text)
            elif key == "redaction":
                policies.append(text)
            elif not key.startswith("redaction.") and key != "source-node":
                merged.setdefault(str(key), text)
    if times:
        merged["timestamp"] = max(times)
    if policies:
        merged["redaction"] = ",".join(sorted(set(policies)))
    merged["merged"] = str(len(documents))
    return merged


def _subtypes(document: Mapping[str, Any]) -> List[Tuple[str, str, Mapping[str, Any]]]:
    """(type, subtype, entry) of everything in the document; of what stands twice the first counts."""
    seen = set()
    found = []
    for measurement in document.get("measurements") or ():
        if not isinstance(measurement, Mapping):
            continue
        for entry in measurement.get("subtypes") or ():
            if isinstance(entry, Mapping):
                name = (str(measurement.get("type")), str(entry.get("subtype")))
                if name not in seen:
                    seen.add(name)
                    found.append((*name, entry))
    return found


def _plain(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
