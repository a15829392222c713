"""Resolves a query against a snapshot: overlays the cluster does not meet are left out, and it says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from generator.core.checks import Measurements, evaluate_reading
from generator.core.criteria import Criteria
from generator.core.snapshot import Snapshot
from generator.core.verdicts import FAIL, UNKNOWN, with_severity
from generator.engine.match import Selection, match_overlays, select_among
from generator.engine.merge import ConstraintDraft, lay_constraints
from generator.engine.model import Catalog, Recipe
from generator.engine.resolve import resolve_selection

BASE = "base"


@dataclass(frozen=True, slots=True)
class Unmet:
    """A constraint of an overlay (or of one of its ancestors or mixins) that the snapshot does not meet."""

    overlay: str
    constraint: str
    expected: str
    actual: str  # "" where the reading is absent
    reason: str
    verdict: str  # fail | unknown

    def as_dict(self) -> dict[str, str]:
        """As AICR's `metadata.constraintWarnings` has it."""
        return {
            "overlay": self.overlay, "constraint": self.constraint, "expected": self.expected,
            "actual": self.actual, "reason": self.reason,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """The recipe for a snapshot, what was left out for it, and what could not be read."""

    recipe: Recipe
    excluded: tuple[str, ...]
    unmet: tuple[Unmet, ...]
    unread: tuple[Unmet, ...]
    base_failed: bool
    inherited: Mapping[str, str] = field(
        default_factory=dict
    )  # excluded only for an ancestor -> that ancestor

    def metadata(self) -> dict[str, Any]:
        """What the RecipeResult's metadata says about it; {} where nothing was left out or unread."""
        found: dict[str, Any] = {}
        if self.excluded:
            found["excludedOverlays"] = list(self.excluded)
        if self.unmet:
            found["constraintWarnings"] = [unmet.as_dict() for unmet in self.unmet]
        if self.unread:
            found["unreadConstraints"] = [unread.as_dict() for unread in self.unread]
        return found

    def messages(self) -> list[str]:
        """One line for each overlay left out, each constraint that keeps it out, and each missing reading."""
        lines = []
        for name in self.excluded:
            ancestor = self.inherited.get(name)
            why = (
                f"it builds on {ancestor}, which is left out" if ancestor else "the snapshot does not meet it"
            )
            lines.append(f"overlay {name} is left out: {why}")
        for unmet in self.unmet:
            lines.append(f"{unmet.overlay}: {unmet.constraint} {unmet.expected}: {unmet.reason}")
        for unread in self.unread:
            lines.append(
                f"{unread.overlay}: {unread.constraint} {unread.expected} is unknown: {unread.reason}"
            )
        if self.base_failed:
            lines.append("the snapshot does not meet the base recipe; it is printed all the same")
        return lines


def resolve_snapshot(catalog: Catalog, query: Criteria, snapshot: Snapshot, strict: bool = False) -> Answer:
    """The recipe for *query* on the cluster that *snapshot* shows.

    Of each matching leaf the effective constraints of its chain and mixins are held against the snapshot.
    Where one fails the leaf is left out, with whatever descends from it, and its parent is tried, down to base.
    A constraint that cannot be read leaves the overlay in, unless *strict*.
    """
    matches = [overlay.name for overlay in match_overlays(catalog, query)]
    court = _Court(catalog, snapshot, strict)
    kept = court.judge(select_among(catalog, matches))
    standing = select_among(catalog, kept)
    admitted = tuple(name for name in matches if name in standing.layers)
    selection = Selection(admitted, standing.leaves, standing.layers, standing.broken)
    base = court.unmet_of(BASE)
    unread = [u for name in (BASE, *selection.leaves) for u in court.unread_of(name)]
    return Answer(
        recipe=resolve_selection(catalog, selection),
        excluded=tuple(sorted(court.excluded)),
        unmet=tuple(
            dict.fromkeys(u for name in (*sorted(court.excluded), BASE) for u in court.unmet_of(name))
        ),
        unread=tuple({(u.constraint, u.expected): u for u in unread}.values()),
        base_failed=bool(base),
        inherited=court.inherited(),
    )


class _Court:
    """Holds overlays against one snapshot, each once, and remembers which it left out."""

    def __init__(self, catalog: Catalog, snapshot: Snapshot, strict: bool) -> None:
        self.catalog = catalog
        self.snapshot = snapshot
        self.strict = strict
        self.excluded: set[str] = set()
        self._measurements = Measurements(catalog.measurements)
        self._judged: dict[str, tuple[Unmet, ...]] = {}

    def judge(self, selection: Selection) -> list[str]:
        """The overlays that stay in the place of the selection's leaves, in the same order."""
        kept = list(selection.leaves)
        while True:
            before = len(self.excluded)
            kept = [name for leaf in kept if (name := self._standing(leaf))]
            if len(self.excluded) == before:
                return list(dict.fromkeys(kept))

    def _standing(self, name: str) -> str:
        """*name*, or its nearest ancestor that the snapshot meets; "" where only base is left."""
        chain = self.catalog.chains.get(name, (name,))
        for current in reversed(chain):
            if current == BASE:
                return ""
            line = chain[: chain.index(current) + 1]
            if self.excluded.isdisjoint(line) and not self.unmet_of(current):
                return current
            self.excluded.add(current)
        return ""

    def inherited(self) -> dict[str, str]:
        """The overlays left out that the snapshot would meet -> the ancestor they were left out for."""
        found = {}
        for name in sorted(self.excluded):
            above = [n for n in self.catalog.chains.get(name, ())[:-1] if n in self.excluded]
            if above and not self.unmet_of(name):
                found[name] = above[-1]
        return found

    def unmet_of(self, name: str) -> tuple[Unmet, ...]:
        """The effective constraints of *name* that keep it out."""
        return tuple(u for u in self._held(name) if u.verdict == FAIL or self.strict)

    def unread_of(self, name: str) -> tuple[Unmet, ...]:
        """The effective constraints of *name* whose reading is absent."""
        return tuple(u for u in self._held(name) if u.verdict == UNKNOWN)

    def _held(self, name: str) -> tuple[Unmet, ...]:
        if name not in self._judged:
            self._judged[name] = tuple(self._judge_constraints(name))
        return self._judged[name]

    def _judge_constraints(self, name: str) -> list[Unmet]:
        drafts: dict[str, ConstraintDraft] = {}
        chain = [self.catalog.overlays[n] for n in self.catalog.chains.get(name, ())]
        for overlay in chain:
            lay_constraints(drafts, overlay.constraints, "overlay", overlay.name)
        for mixin in dict.fromkeys(mixin for overlay in chain for mixin in overlay.mixins):
            found = self.catalog.mixins.get(mixin)
            fresh = [c for c in found.constraints if c.name not in drafts] if found else []
            lay_constraints(drafts, fresh, "mixin", mixin)
        unmet = []
        for draft in (drafts[key] for key in sorted(drafts)):
            c = draft.constraint
            finding = evaluate_reading(c.name, c.value, self.snapshot, self._measurements)
            verdict = with_severity(finding.outcome.verdict, c.severity)
            if verdict in (FAIL, UNKNOWN):
                reason = finding.outcome.reason
                unmet.append(Unmet(name, c.name, c.value, finding.actual or "", reason, verdict))
        return unmet
