"""A run as CTRF JSON, the Common Test Report Format that AICR's validator writes too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from generator.core.validation import PhaseReport, Report, Result
from generator.core.verdicts import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, WARN
from generator.report.words import advice_of, command_of, printable, results_of, spell_origin

SPEC_VERSION = "0.0.1"
# CTRF knows five statuses. What does not hold is never "passed", and what was not measured never "skipped".
STATUS: Mapping[str, str] = {
    PASS: "passed", FAIL: "failed", WARN: "other", UNKNOWN: "other", NOT_APPLICABLE: "skipped",
}  # fmt: skip


def to_ctrf(
    reports: Sequence[Report],
    *,
    version: str = "",
    snapshot: str = "",
    catalog_digest: str = "",
    lifecycle: Sequence[str] = (),
    moment: int = 0,
) -> dict[str, object]:
    """The reports as one CTRF document; *moment* is the run's time in milliseconds since 1970, 0 leaves it out.

    A test's name begins with the reading's or check's name, its suite is the phase, its `rawStatus` our verdict.
    With several reports the recipe follows the phase in the suite.
    """
    tests = [_test(report, phase, result, len(reports) > 1) for report, phase, result in results_of(reports)]
    statuses = [str(test["status"]) for test in tests]
    names = ("passed", "failed", "skipped", "pending", "other")
    tool = {"name": "aicr-matrix", "version": version} if version else {"name": "aicr-matrix"}
    about = {
        "snapshot": printable(snapshot), "catalogDigest": catalog_digest,
        "lifecycle": [printable(sentence) for sentence in lifecycle],
    }  # fmt: skip
    document: dict[str, object] = {"reportFormat": "CTRF", "specVersion": SPEC_VERSION}
    if moment:
        document["timestamp"] = f"{datetime.fromtimestamp(moment // 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"
    document["generatedBy"] = "aicr-matrix"
    document["results"] = {
        "tool": tool,
        "summary": {
            "tests": len(tests),
            **{name: statuses.count(name) for name in names},
            "start": moment,
            "stop": moment,
        },
        "tests": tests,
        "environment": {
            "extra": {
                **{key: value for key, value in about.items() if value},
                "recipes": [_recipe(report) for report in reports],
            }
        },
    }
    return document


def _recipe(report: Report) -> dict[str, object]:
    recipe: dict[str, object] = {"recipe": printable(report.recipe), "verdict": report.verdict}
    if report.reason:
        recipe["reason"] = printable(report.reason)
    recipe["phases"] = {phase.name: phase.verdict for phase in report.phases}
    return recipe


def _test(report: Report, phase: PhaseReport, result: Result, several: bool) -> dict[str, object]:
    extra = {
        "recipe": report.recipe, "kind": result.kind, "label": result.label, "actual": result.actual,
        "expected": result.expected, "unit": result.unit, "severity": result.severity,
        "remediation": advice_of(result), "command": command_of(result),
        "link": result.link, "origin": spell_origin(result.origin),
    }  # fmt: skip
    return {
        "name": printable(result.title),
        "status": STATUS[result.verdict],
        "duration": 0,
        "suite": [phase.name, printable(report.recipe)] if several else [phase.name],
        "message": printable(result.reason),
        "rawStatus": result.verdict,
        "extra": {key: printable(value) for key, value in extra.items() if value},
    }
