"""Criteria: the five dimensions a recipe is asked for by, and which overlay admits which query.

Twin of `site_src/ts/core/criteria.ts`; both run `tests/vectors/criteria.json`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from generator.core.versions import trim

__all__ = ["Criteria", "normalise_value"]

ANY = "any"
DIMENSIONS = ("service", "accelerator", "intent", "os", "platform")
# AICR spells a recipe's id in this order.
ID_ORDER = ("accelerator", "service", "os", "intent", "platform")


@dataclass(frozen=True, slots=True)
class Criteria:
    """One value per dimension, `any` where the dimension is left open; `nodes` is advisory and 0 when open."""

    service: str = ANY
    accelerator: str = ANY
    intent: str = ANY
    os: str = ANY
    platform: str = ANY
    nodes: int = 0

    def __getitem__(self, dimension: str) -> str:
        return str(getattr(self, dimension))

    @property
    def stated(self) -> tuple[str, ...]:
        """The dimensions that are not left open, in dimension order."""
        return tuple(d for d in DIMENSIONS if self[d] != ANY)

    @property
    def specificity(self) -> int:
        """How many dimensions are stated, `nodes` included."""
        return len(self.stated) + (1 if self.nodes else 0)

    def admits(self, query: Criteria) -> bool:
        """Whether an overlay with these criteria applies to *query*.

        Asymmetric: an open dimension here admits every query; an open dimension in the query admits
        only criteria that leave it open too.
        """
        return all(self[d] in (ANY, query[d]) for d in DIMENSIONS) and self.nodes in (0, query.nodes)

    def items(self) -> Iterator[tuple[str, str]]:
        """Yield (dimension, value) in dimension order, `any` included."""
        return ((d, self[d]) for d in DIMENSIONS)

    def as_dict(self) -> dict[str, str]:
        """The five dimensions as a plain mapping, `any` spelled out."""
        return dict(self.items())

    @property
    def id(self) -> str:
        """The stated values joined by `-` in AICR's order, `base` when nothing is stated."""
        return "-".join(self[d] for d in ID_ORDER if self[d] != ANY) or "base"

    @property
    def coordinate(self) -> str:
        """AICR's address `<service>/<accelerator>-<os>/<intent>[-<platform>]`, `any` spelled out."""
        tail = self.intent if self.platform == ANY else f"{self.intent}-{self.platform}"
        return f"{self.service}/{self.accelerator}-{self.os}/{tail}"


def normalise_value(text: str | None, aliases: Mapping[str, str]) -> str:
    """Return *text* as a criteria value: trimmed, lower case, alias resolved; absent and empty are `any`."""
    value = trim(text or "").lower()
    return aliases.get(value, value) or ANY
