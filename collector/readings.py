"""The readings taken so far and, for every one that was not, the reason: what all readers write into."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Dict, Iterator, Mapping, Tuple, Union

Scalar = Union[str, int, float, bool]
MAX_VALUE = 64 * 1024  # characters; anything longer is no reading but a file that went astray


@dataclass
class Subtype:
    """One subtype: readings by key, and words about them that no constraint reads."""

    data: Dict[str, Scalar] = field(default_factory=dict)
    context: Dict[str, str] = field(default_factory=dict)


@dataclass
class Readings:
    """Readings by type, subtype and key; `unread` holds a reason by full or partial name (`GPU.smi`)."""

    types: Dict[str, Dict[str, Subtype]] = field(default_factory=dict)
    unread: Dict[str, str] = field(default_factory=dict)

    def put(self, kind: str, subtype: str, key: str, value: Scalar) -> None:
        """Record one reading; an empty key or an oversized value is recorded as not taken."""
        if not key:
            return
        if isinstance(value, str):
            if len(value) > MAX_VALUE:
                self.miss(f"{kind}.{subtype}.{key}", f"the value is longer than {MAX_VALUE} characters")
                return
            value = clean(value)
        self.subtype(kind, subtype).data[clean(key)] = value

    def put_all(self, kind: str, subtype: str, data: Mapping[str, Scalar]) -> None:
        for key, value in data.items():
            self.put(kind, subtype, key, value)

    def describe(self, kind: str, subtype: str, key: str, text: str) -> None:
        """Say something about a subtype (where it was read from) that is not itself a reading."""
        self.subtype(kind, subtype).context[key] = clean(text)

    def miss(self, name: str, reason: str) -> None:
        """Record why *name* (`Type`, `Type.Subtype` or a full name) was not taken; the first reason stays."""
        self.unread.setdefault(name, one_line(reason))

    def subtype(self, kind: str, subtype: str) -> Subtype:
        return self.types.setdefault(kind, {}).setdefault(subtype, Subtype())

    def get(self, kind: str, subtype: str, key: str) -> Scalar | None:
        found = self.types.get(kind, {}).get(subtype)
        return None if found is None else found.data.get(key)

    def each(self) -> Iterator[Tuple[str, str, str, Scalar]]:
        """Every reading as (type, subtype, key, value), in stable order."""
        for kind in sorted(self.types):
            for subtype in sorted(self.types[kind]):
                data = self.types[kind][subtype].data
                for key in sorted(data):
                    yield kind, subtype, key, data[key]

    def count(self) -> int:
        return sum(len(s.data) for subtypes in self.types.values() for s in subtypes.values())


def clean(text: str) -> str:
    """The text as every YAML and JSON reader takes it: lone surrogates and NUL replaced, ends stripped."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8").strip()


def one_line(text: str) -> str:
    """The text in one line of at most 300 characters, for messages."""
    return " ".join(clean(text).split())[:300]
