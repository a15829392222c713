"""What a snapshot says the cluster is: a proposal per dimension with its evidence, and the node groups.

Twin of `site_src/ts/core/detection.ts`; both run `tests/vectors/detection.json`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from generator.core.criteria import ANY, DIMENSIONS, Criteria, normalise_value
from generator.core.snapshot import LABEL, Label, Snapshot, node_labels
from generator.core.versions import plain_text, trim

__all__ = ["Detection", "Evidence", "NodeGroup", "detect", "matches_words"]

GPU_MODEL = "GPU.smi.gpu.model"
GPU_COUNT = "nvidia.com/gpu.count"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reading that speaks for one value, as a detection rule read it."""

    dimension: str
    value: str
    reading: str
    text: str
    strength: str  # strong | weak
    note: str

    def as_dict(self) -> dict[str, str]:
        """Plain JSON values."""
        return {
            "dimension": self.dimension, "value": self.value, "reading": self.reading, "text": self.text,
            "strength": self.strength, "note": self.note,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class NodeGroup:
    """Nodes with the same accelerator by their labels; `gpus` is None where no label counts them."""

    criteria: Criteria
    nodes: int
    gpus: int | None

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values."""
        return {"criteria": self.criteria.as_dict(), "nodes": self.nodes, "gpus": self.gpus}


@dataclass(frozen=True, slots=True)
class Detection:
    """The proposed criteria, all evidence (what decided comes first within its dimension), and the node groups."""

    criteria: Criteria
    evidence: tuple[Evidence, ...]
    groups: tuple[NodeGroup, ...]

    def strength(self, dimension: str) -> str:
        """`strong` or `weak` for a proposed dimension, empty for an open one."""
        if self.criteria[dimension] == ANY:
            return ""
        return next((e.strength for e in self.evidence if e.dimension == dimension), "")

    @property
    def conflicts(self) -> tuple[Evidence, ...]:
        """Evidence as strong as what decided, for another value."""
        return tuple(
            e
            for e in self.evidence
            if e.value != self.criteria[e.dimension] and e.strength == self.strength(e.dimension)
        )

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values."""
        return {
            "criteria": self.criteria.as_dict(),
            "strength": {d: self.strength(d) for d in DIMENSIONS if self.criteria[d] != ANY},
            "evidence": [e.as_dict() for e in self.evidence],
            "conflicts": [e.as_dict() for e in self.conflicts],
            "groups": [g.as_dict() for g in self.groups],
        }


def detect(
    snapshot: Snapshot,
    rules: Sequence[Mapping[str, object]],
    dimensions: Sequence[Mapping[str, object]],
) -> Detection:
    """Propose criteria by *rules* (criteria.yaml's `detection`) over *dimensions* (its `dimensions`).

    Per dimension the first strong rule that matches decides, else the first weak one; where a reading
    has several texts, the earlier text goes before the earlier rule (the last GPU model, as in AICR; the
    label most nodes carry). Intent and platform are never proposed unless a rule says so.
    """
    aliases = _aliases_by_dimension(dimensions)
    found: dict[str, list[tuple[tuple[bool, int, int, int], Evidence]]] = {}
    begins: dict[str, int] = {}  # where the rules on a reading begin
    for index, rule in enumerate(rules):
        reading = plain_text(rule.get("reading"))
        begin = begins.setdefault(reading, index)
        for order, (name, text) in enumerate(_texts_of(snapshot, reading)):
            evidence = _judge(rule, name, text, aliases)
            if evidence is not None:
                rank = (evidence.strength != "strong", begin, order, index)
                found.setdefault(evidence.dimension, []).append((rank, evidence))
    ordered = {d: [e for _, e in sorted(found.get(d, ()), key=lambda pair: pair[0])] for d in DIMENSIONS}
    chosen = {d: matches[0].value if matches else ANY for d, matches in ordered.items()}
    criteria = Criteria(
        chosen["service"], chosen["accelerator"], chosen["intent"], chosen["os"], chosen["platform"]
    )
    evidence_in_order = tuple(e for d in DIMENSIONS for e in ordered[d])
    return Detection(criteria, evidence_in_order, _groups(snapshot, rules, aliases, criteria))


def _texts_of(snapshot: Snapshot, reading: str) -> list[tuple[str, str]]:
    """The (name, text) pairs that a rule on *reading* looks at."""
    if reading == GPU_MODEL and snapshot.gpu_models:
        # AICR reads the subtypes smi and device, `gpu.model` before `model`, and lets the last one win.
        whole = [pair for pair in snapshot.gpu_models if pair[0].endswith(".gpu.model")]
        return [*reversed(whole), *(pair for pair in snapshot.gpu_models if pair not in whole)]
    if reading.startswith(LABEL):
        key = reading[len(LABEL) :]
        carried = [label for label in snapshot.labels if label.key == key]
        return [(reading, label.value) for label in sorted(carried, key=lambda label: -label.count)]
    text = snapshot.readings.get(reading)
    return [] if text is None else [(reading, text)]


def _judge(
    rule: Mapping[str, object], name: str, text: str, aliases: Mapping[str, Mapping[str, str]]
) -> Evidence | None:
    dimension, value = plain_text(rule.get("dimension")), plain_text(rule.get("value"))
    wanted, how = plain_text(rule.get("text")), plain_text(rule.get("match"))
    if dimension not in DIMENSIONS:
        return None
    low, wanted_low = trim(text).lower(), wanted.lower()
    if how == "equals":
        met = low == trim(wanted_low) or normalise_value(text, aliases.get(dimension, {})) == value
    elif how == "contains":
        met = wanted_low in low
    elif how == "prefix":
        met = low.startswith(wanted_low)
    else:
        met = how == "words" and matches_words(text, wanted)
    if not met:
        return None
    return Evidence(
        dimension, value, name, text, plain_text(rule.get("strength")) or "weak", plain_text(rule.get("note"))
    )


def matches_words(text: str, wanted: str) -> bool:
    """Whether the words of *wanted* stand in *text* side by side, any case.

    `h100` is in `NVIDIA-H100-80GB`, not in `H1000`.
    """
    have, want = _words(text), _words(wanted)
    if not want:
        return False
    return any(have[at : at + len(want)] == want for at in range(len(have) - len(want) + 1))


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def _aliases_by_dimension(dimensions: Sequence[Mapping[str, object]]) -> dict[str, dict[str, str]]:
    aliases: dict[str, dict[str, str]] = {}
    for dimension in dimensions:
        names: dict[str, str] = {}
        values = dimension.get("values")
        for value in values if isinstance(values, Sequence) and not isinstance(values, str) else ():
            own = value.get("aliases", ())
            for alias in own if isinstance(own, Sequence) and not isinstance(own, str) else ():
                names[plain_text(alias).lower()] = plain_text(value.get("name"))
        aliases[plain_text(dimension.get("name"))] = names
    return aliases


def _groups(
    snapshot: Snapshot,
    rules: Sequence[Mapping[str, object]],
    aliases: Mapping[str, Mapping[str, str]],
    criteria: Criteria,
) -> tuple[NodeGroup, ...]:
    """Nodes by the accelerator (and system) their labels name; one group of all where no label names any."""
    nodes = node_labels(snapshot)
    label_rules = [rule for rule in rules if plain_text(rule.get("reading")).startswith(LABEL)]
    members: dict[tuple[str, str], list[str]] = {}
    for node, labels in nodes.items():
        own = Snapshot({}, labels=tuple(Label(key, value, (node,), 1) for key, value in labels.items()))
        accelerator = _first(own, label_rules, aliases, "accelerator")
        system = _first(own, label_rules, aliases, "os")
        members.setdefault((accelerator, system), []).append(node)
    if not any(accelerator for accelerator, _ in members):
        members = {("", system): names for (_, system), names in members.items()}
        unlabelled = criteria.accelerator
    else:
        unlabelled = ANY
    groups = [
        NodeGroup(
            Criteria(
                criteria.service,
                accelerator or unlabelled,
                criteria.intent,
                system or criteria.os,
                criteria.platform,
            ),
            len(names),
            _count_gpus(nodes, names),
        )
        for (accelerator, system), names in members.items()
    ]
    return tuple(sorted(groups, key=lambda g: (g.criteria.accelerator == ANY, -g.nodes, g.criteria.id)))


def _first(
    snapshot: Snapshot,
    rules: Sequence[Mapping[str, object]],
    aliases: Mapping[str, Mapping[str, str]],
    dimension: str,
) -> str:
    weak = ""
    for rule in rules:
        if rule.get("dimension") != dimension:
            continue
        for name, text in _texts_of(snapshot, plain_text(rule.get("reading"))):
            evidence = _judge(rule, name, text, aliases)
            if evidence is not None and evidence.strength == "strong":
                return evidence.value
            if evidence is not None:
                weak = weak or evidence.value
    return weak


def _count_gpus(nodes: Mapping[str, Mapping[str, str]], names: Sequence[str]) -> int | None:
    counts = [nodes[name].get(GPU_COUNT, "") for name in names]
    if not counts or not all(re.fullmatch(r"[0-9]{1,6}", count) for count in counts):
        return None
    return sum(int(count) for count in counts)
