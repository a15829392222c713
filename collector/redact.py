"""Withholds what could name an organisation, a machine or a secret, before anything is written.

Policies: `default` (allowlist.py), `minimal` (only what detection and readiness need), `none` (credentials alone).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Dict, List, Mapping, Tuple

from collector import allowlist
from collector.readings import Readings, Scalar

POLICIES = ("default", "minimal", "none")
REDACTED = "<redacted>"

_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
CREDENTIALS = (
    ("a private key or certificate", re.compile(r"-----BEGIN")),
    ("a cloud access key", re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{12,}")),
    (
        "a token",
        re.compile(
            r"\beyJ[\w-]{8,}\.[\w-]+|\b(?:ghp|gho|ghs|github_pat|glpat|xox[abp]|nvapi|hf)[_-][\w-]{16,}"
        ),
    ),
    ("credentials in an address", re.compile(r"://[^/\s:@]+:[^/\s@]+@")),
)
IDENTITIES = (
    (
        # Any address, not only a private one: a version of four small numbers is not worth one public server.
        "an internet address",
        re.compile(rf"(?<![\d.]){_OCTET}(?:\.{_OCTET}){{3}}(?![\d.])"),
    ),
    ("an address", re.compile(r"://[\w.-]+|(?<![\w:])(?:[0-9a-fA-F]{1,4}:){3,7}[0-9a-fA-F]{1,4}")),
    ("a machine's name", re.compile(r"\bip-\d{1,3}-\d{1,3}-\d{1,3}-\d{1,3}\b")),
    ("an e-mail address", re.compile(r"[\w.+-]+@[\w-]+\.[A-Za-z]{2,}")),
    ("a UUID", re.compile(r"\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b")),
    ("a long hexadecimal number", re.compile(r"(?<![0-9a-zA-Z])[0-9a-fA-F]{32,}(?![0-9a-zA-Z])")),
    ("a hardware address", re.compile(r"\b[0-9a-fA-F]{2}(?::[0-9a-fA-F]{2}){5}\b")),
)


@dataclass
class Redaction:
    """What was done: (reading, why) for everything withheld or replaced."""

    policy: str
    withheld: List[Tuple[str, str]] = field(default_factory=list)
    replaced: List[Tuple[str, str]] = field(default_factory=list)

    def metadata(self) -> Dict[str, str]:
        """The policy and the counts, as a snapshot's metadata holds them; reasons by subtype for readers to show."""
        found = {
            "redaction": self.policy,
            "redaction.withheld": str(len(self.withheld)),
            "redaction.replaced": str(len(self.replaced)),
        }
        counts: Dict[str, int] = {}
        for name, _ in self.withheld:
            subtype = _subtype_of(name)
            counts[subtype] = counts.get(subtype, 0) + 1
        for subtype, count in counts.items():
            noun = "reading" if count == 1 else "readings"
            found[f"withheld.{subtype}"] = f"{count} {noun} withheld by the {self.policy} redaction"
        return found


def redact(readings: Readings, policy: str) -> Tuple[Readings, Redaction]:
    """The readings *policy* lets out, and what it kept back; the input is not changed."""
    work = _Work(policy, _node_names(readings))
    for kind, subtype, key, value in readings.each():
        work.reading(kind, subtype, key, value)
    for kind, subtypes in readings.types.items():
        for name, subtype_ in subtypes.items():
            if work.out.types.get(kind, {}).get(name) is not None:
                work.out.subtype(kind, name).context.update(subtype_.context)
    for name, reason in readings.unread.items():
        why = work.secret(f"{name} {reason}")
        if why:
            work.report.withheld.append((f"unread.{_shown(name)}", f"it looks like {why}"))
        else:
            work.out.unread[name] = reason
    return work.out, work.report


def pseudonyms(names: List[str]) -> Dict[str, str]:
    """`node-001`... for each name, in the order of the names, so that one cluster gives one numbering."""
    width = max(3, len(str(len(names))))
    return {name: f"node-{number:0{width}}" for number, name in enumerate(sorted(set(names)), 1)}


class _Work:
    """One redaction under way."""

    def __init__(self, policy: str, nodes: Mapping[str, str]) -> None:
        self.policy = policy
        self.nodes = nodes
        self.groups: Dict[Tuple[str, str], str] = {}
        self.out = Readings()
        self.report = Redaction(policy)
        self.rows = allowlist.compiled(allowlist.ROWS)
        self.minimal = allowlist.compiled(allowlist.MINIMAL)
        self.labels = [
            (
                re.compile(rf"(?:{key})\Z"),
                value if value == allowlist.GROUP else re.compile(rf"(?:{value})\Z"),
            )
            for key, value in allowlist.LABELS
        ]
        self.taint_key, self.taint_effect, self.taint_value, self.group_name = (
            re.compile(rf"(?:{pattern})\Z")
            for pattern in (
                allowlist.TAINTS,
                allowlist.TAINT_EFFECT,
                allowlist.TAINT_VALUE,
                allowlist.GROUP_NAME,
            )
        )

    def reading(self, kind: str, subtype: str, key: str, value: Scalar) -> None:
        name = f"{kind}.{subtype}.{key}"
        why = self.secret(f"{key} {value}") if self.policy == "none" else ""
        if self.policy == "none":
            if why:
                self.withhold(name, f"it looks like {why}")
            else:
                self.out.put(kind, subtype, key, value)
            return
        if self.policy == "minimal" and not allowlist.first_match(self.minimal, (kind, subtype, key)):
            self.withhold(name, "the minimal policy keeps only what detection and readiness need")
        elif (kind, subtype) == ("NodeTopology", "label"):
            self.label(key, str(value))
        elif (kind, subtype) == ("NodeTopology", "taint"):
            self.taint(key, str(value))
        elif (kind, subtype) == ("NodeTopology", "gpu-nodes"):
            self.gpu_labels(key, str(value))
        elif name == "K8s.node.source-node":
            self.replace(
                kind, subtype, key, self.nodes.get(str(value), "node-000"), "node names are numbered"
            )
        elif name == "K8s.node.provider-id":
            scheme = str(value).split("://", 1)[0]
            if "://" in str(value) and re.match(r"[a-z][a-z0-9]{1,15}\Z", scheme):
                self.replace(
                    kind, subtype, key, f"{scheme}://redacted", "it names the account and the machine"
                )
            else:
                self.withhold(name, "it names the account and the machine")
        else:
            self.plain(kind, subtype, key, value)

    def plain(self, kind: str, subtype: str, key: str, value: Scalar) -> None:
        """A reading of the table: kept when its value has the one form the table gives."""
        name = f"{kind}.{subtype}.{key}"
        text = ("true" if value else "false") if isinstance(value, bool) else str(value)
        row = allowlist.first_match(self.rows, (kind, subtype, key))
        if row is None:
            self.withhold(name, "it is not on the list of readings that may be shared")
        elif not row[3].match(text):
            self.withhold(name, "its value does not have the form such a value has")
        elif self.secret(f"{key} {text}"):
            self.withhold(name, f"it looks like {self.secret(f'{key} {text}')}")
        elif (kind, subtype) in (("Deployment", "gpu-capacity"), ("NodeTopology", "gpu-groups")):
            self.out.put(kind, subtype, self.group_key(subtype, key), value)
        else:
            self.out.put(kind, subtype, key, value)

    def group_key(self, subtype: str, key: str) -> str:
        """The key with its node group numbered where the group's name is not that of a GPU."""
        group, fact = (key, "") if subtype == "gpu-capacity" else _split_fact(key)
        if not self.group_name.match(group):
            group = self.number("gpu-group", group)
        return f"{group}.{fact}" if fact else group

    def label(self, key: str, text: str) -> None:
        value, _, nodes = text.partition("|")
        base = key[: -len(value) - 1] if value and key.endswith(f".{value}") else key
        name = f"NodeTopology.label.{key}"
        shown = self.label_value(base, value)
        if shown is None:
            self.withhold(name, "it is not on the list of labels that may be shared")
            return
        new_key = base if base == key else f"{base}.{shown}"
        if shown != value or nodes:
            self.report.replaced.append((name, "node names are numbered"))
        self.out.put("NodeTopology", "label", new_key, f"{shown}|{self.node_list(nodes)}")

    def label_value(self, key: str, value: str) -> str | None:
        """The value as it may be shown, None where the label is withheld."""
        for pattern, form in self.labels:
            if pattern.match(key):
                if isinstance(form, str):
                    return self.number(key, value)
                return value if form.match(value) and not self.secret(value) else None
        return None

    def taint(self, key: str, text: str) -> None:
        parts = text.split("|")
        base, effect = key, parts[0] if len(parts) == 3 else ""
        if len(parts) == 2:
            base, _, effect = key.rpartition(".")
        name = f"NodeTopology.taint.{key}"
        if len(parts) not in (2, 3) or not self.taint_key.match(base) or not self.taint_effect.match(effect):
            self.withhold(name, "it is not on the list of taints that may be shared")
            return
        value = parts[-2] if self.taint_value.match(parts[-2]) else REDACTED
        shown = [effect, value] if len(parts) == 3 else [value]
        self.report.replaced.append((name, "node names are numbered"))
        self.out.put("NodeTopology", "taint", key, "|".join([*shown, self.node_list(parts[-1])]))

    def gpu_labels(self, key: str, text: str) -> None:
        kept = []
        for pair in filter(None, text.split(",")):
            label, _, value = pair.partition("=")
            shown = self.label_value(label, value)
            if shown is None:
                self.withhold(f"NodeTopology.gpu-nodes.{key}.{label}", "it is not on the list of labels")
            else:
                kept.append(f"{label}={shown}")
        if kept:
            self.out.put("NodeTopology", "gpu-nodes", key, ",".join(kept))

    def node_list(self, text: str) -> str:
        """A list of node names, numbered; the count of those cut off stays."""
        listed, plus, more = text.partition(" (+")
        names = [self.nodes.get(name, "node-000") for name in listed.split(",") if name]
        return ",".join(sorted(names)) + plus + more

    def number(self, what: str, value: str) -> str:
        return self.groups.setdefault(
            (what, value), f"group-{sum(1 for k, _ in self.groups if k == what) + 1:03}"
        )

    def replace(self, kind: str, subtype: str, key: str, value: str, why: str) -> None:
        self.report.replaced.append((f"{kind}.{subtype}.{key}", why))
        self.out.put(kind, subtype, key, value)

    def withhold(self, name: str, why: str) -> None:
        self.report.withheld.append((name, why))

    def secret(self, text: str) -> str:
        """What the text looks like, "" when like nothing that must not leave."""
        patterns = CREDENTIALS if self.policy == "none" else CREDENTIALS + IDENTITIES
        return next((what for what, pattern in patterns if pattern.search(text)), "")


def _split_fact(key: str) -> Tuple[str, str]:
    for fact in (".mig-",):
        if fact in key:
            group, _, rest = key.partition(fact)
            return group, f"mig-{rest}"
    group, _, fact = key.rpartition(".")
    return group, fact


def _node_names(readings: Readings) -> Dict[str, str]:
    """Every node name the readings hold, with its pseudonym."""
    names: List[str] = []
    own = readings.get("K8s", "node", "source-node")
    if own:
        names.append(str(own))
    for subtype in ("label", "taint"):
        found = readings.types.get("NodeTopology", {}).get(subtype)
        for text in found.data.values() if found else ():
            names += str(text).rpartition("|")[2].partition(" (+")[0].split(",")
    return pseudonyms([name for name in names if name])


def _subtype_of(name: str) -> str:
    if name.startswith("SystemD."):
        return ".".join(name.split(".")[:3])
    return ".".join(name.split(".")[:2])


def _shown(name: str) -> str:
    return ".".join(name.split(".")[:2])
