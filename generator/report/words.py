"""The words and shapes that all forms of a report share."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from generator.core.validation import PhaseReport, Report, Result
from generator.core.verdicts import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, WARN

WORDS: Mapping[str, str] = {
    PASS: "Pass", FAIL: "Fail", WARN: "Warn", UNKNOWN: "Unknown", NOT_APPLICABLE: "Not applicable",
}  # fmt: skip
# Every state has a shape too, so that it reads without colour.
SHAPES: Mapping[str, str] = {PASS: "■", FAIL: "✕", WARN: "▲", UNKNOWN: "◇", NOT_APPLICABLE: "–"}
# The order in which verdicts are counted out.
ORDER = (FAIL, UNKNOWN, WARN, PASS, NOT_APPLICABLE)
ABSENT = "not in the snapshot"

_OPERATORS = {">=": "≥ ", "<=": "≤ ", "==": "", "!=": "not ", ">": "> ", "<": "< "}
# What neither XML nor a terminal takes: control characters but tab and line ends, half surrogates, non-characters.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def results_of(reports: Sequence[Report]) -> Iterator[tuple[Report, PhaseReport, Result]]:
    """Every result with the phase and the report it belongs to, in order."""
    for report in reports:
        for phase in report.phases:
            for result in phase.results:
                yield report, phase, result


def spell_needs(expression: str) -> str:
    """An expression as prose has it: `>= 1.32.4` is `≥ 1.32.4`."""
    spelled = re.sub(r"(>=|<=|==|!=|>|<)\s*", lambda found: _OPERATORS[found[1]], expression.strip())
    return spelled.replace("||", "or")


def spell_counts(counts: Mapping[str, int]) -> str:
    """`1 fail, 2 pass`: worst first, without the verdicts that do not occur."""
    return ", ".join(f"{counts[v]} {WORDS[v].lower()}" for v in ORDER if counts.get(v))


def spell_outcome(report: Report) -> str:
    """How many results have which verdict, and what is to be said of the recipe as a whole."""
    counts = spell_counts(report.counts)
    return " ".join(text for text in (f"{counts}." if counts else "", report.reason) if text)


def advice_of(result: Result) -> str:
    """What to do about a result: nothing for a pass, how to take a missing reading, the remediation otherwise."""
    if result.verdict in (PASS, NOT_APPLICABLE):
        return ""
    return result.measure or result.remediation if result.verdict == UNKNOWN else result.remediation


def command_of(result: Result) -> str:
    """The command that goes with the advice; a constraint's own command changes a reading, it does not take one."""
    if not advice_of(result) or (result.verdict == UNKNOWN and result.kind == "constraint"):
        return ""
    return result.command


def spell_origin(origin: object) -> str:
    """Where a rule was set: `overlays/h100-eks.yaml:14`, empty where nobody says."""
    if isinstance(origin, Mapping):
        file, line = origin.get("file"), origin.get("line")
        return f"{file}:{line}" if file else str(origin.get("name") or "")
    return origin if isinstance(origin, str) else ""


def actual_of(result: Result) -> str:
    """The reading, or that it is absent."""
    return ABSENT if result.actual is None else result.actual


def printable(text: str) -> str:
    """*text* with every character that a file format or a terminal may choke on replaced."""
    return _CONTROL.sub("\ufffd", text)


def in_one_line(text: str) -> str:
    """*text* printable, its line ends and tabs as spaces."""
    return " ".join(printable(text).split())


def as_sentence(text: str) -> str:
    """*text* with a full stop, so that a sentence can follow; a collector's reason may come without one."""
    return text if not text or text.rstrip().endswith((".", "!", "?", ")")) else f"{text.rstrip()}."
