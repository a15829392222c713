"""The five verdicts and how those of rules add up to one of a phase and of a recipe.

Twin of `site_src/ts/core/verdicts.ts`; both run `tests/vectors/verdicts.json`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Outcome", "all_needed", "any_suffices", "combine_verdicts", "with_severity"]

PASS = "pass"
FAIL = "fail"
WARN = "warn"
UNKNOWN = "unknown"
NOT_APPLICABLE = "not-applicable"
VERDICTS = (PASS, FAIL, WARN, UNKNOWN, NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A verdict and, in one sentence, why."""

    verdict: str
    reason: str

    def as_dict(self) -> dict[str, str]:
        """`{"verdict": ..., "reason": ...}`."""
        return {"verdict": self.verdict, "reason": self.reason}


def with_severity(verdict: str, severity: str) -> str:
    """A failing rule of any severity but error (`""` means error) is a warning."""
    return WARN if verdict == FAIL and severity not in ("", "error") else verdict


def combine_verdicts(verdicts: Iterable[str]) -> str:
    """One verdict of many: fail if any fails, else unknown if any is unknown, else warn, else pass.

    Rules that do not apply count for nothing; where no rule applies, neither does the whole.
    """
    found = set(verdicts)
    for verdict in (FAIL, UNKNOWN, WARN, PASS):
        if verdict in found:
            return verdict
    return NOT_APPLICABLE


def all_needed(outcomes: Iterable[Outcome]) -> Outcome:
    """The outcome of conditions that are all needed: the first of the worst."""
    return _first(outcomes, (FAIL, UNKNOWN, WARN, PASS))


def any_suffices(outcomes: Iterable[Outcome]) -> Outcome:
    """The outcome of alternatives: the first of the best; unknown when none passes and one could."""
    return _first(outcomes, (PASS, WARN, UNKNOWN, FAIL))


def _first(outcomes: Iterable[Outcome], order: tuple[str, ...]) -> Outcome:
    found = tuple(outcomes)
    for verdict in order:
        for outcome in found:
            if outcome.verdict == verdict:
                return outcome
    return Outcome(NOT_APPLICABLE, "No rule applies.")
