"""Two overlays that state the same criteria."""

from __future__ import annotations

from collections.abc import Iterator

from generator.core.criteria import Criteria
from generator.lint.examined import Examined, Rule, Told


def check(examined: Examined) -> Iterator[Told]:
    """Yield every overlay whose criteria an earlier one, by name, states already."""
    first: dict[Criteria, str] = {}
    overlays = examined.catalog.overlays
    for name in sorted(overlays):
        criteria = overlays[name].criteria
        if criteria is None or not (criteria.stated or criteria.nodes):
            continue
        if criteria in first:
            other = overlays[first[criteria]]
            yield Told(
                overlays[name].criteria_place,
                f"{name} states the same criteria as {other.name} ({other.place})",
                "merge the two, or tell their criteria apart",
            )
        first.setdefault(criteria, name)


RULE = Rule(
    "duplicate-criteria",
    "any",
    "No two overlays state the same criteria.",
    "Both would always apply together, and only their names would decide which one wins.",
    check,
)
