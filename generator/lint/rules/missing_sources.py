"""An overlay, mixin or check that does not say what it rests on."""

from __future__ import annotations

from collections.abc import Iterator

from generator.lint.examined import Examined, Rule, Told
from generator.lint.rules.unknown_reading import place_of_check

EVIDENCE = ("stated", "inferred")


def check(examined: Examined) -> Iterator[Told]:
    """Yield each file without sources, and each overlay whose evidence is neither stated nor inferred."""
    for overlay in examined.files:
        if not overlay.annotations.get("aicr-matrix/sources", "").strip():
            yield Told(
                overlay.place,
                f"the {overlay.kind} {overlay.name} names no sources",
                "list them in the annotation aicr-matrix/sources",
            )
        evidence = overlay.annotations.get("aicr-matrix/evidence", "")
        if overlay.kind == "overlay" and evidence not in EVIDENCE:
            yield Told(
                overlay.place,
                f"the evidence of {overlay.name} is {evidence or 'not given'}",
                "write stated or inferred in the annotation aicr-matrix/evidence",
            )
    for name, spec in examined.catalog.checks.items():
        if not spec.get("sources"):
            yield Told(place_of_check(examined, name), f"the check {name} names no sources", "list them")


RULE = Rule(
    "missing-sources",
    "own",
    "Every overlay, mixin and check names its sources, and every overlay its evidence.",
    "What a recipe rests on stands beside its coverage on every page; a statement without a source is a guess. "
    "Other catalogs have no place for these annotations, so the rule is ours alone.",
    check,
)
