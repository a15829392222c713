"""What does not hold, and what could not be judged, as SARIF 2.1.0 for code scanning."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from generator.core.validation import PhaseReport, Report, Result
from generator.core.verdicts import FAIL, UNKNOWN, WARN
from generator.report.words import advice_of, as_sentence, in_one_line, results_of

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
# SARIF's `open` is our unknown: the tool had too little to decide. Such a result has no level.
KINDS: Mapping[str, tuple[str, str]] = {
    FAIL: ("fail", "error"),
    WARN: ("fail", "warning"),
    UNKNOWN: ("open", "none"),
}


def to_sarif(
    reports: Sequence[Report],
    *,
    version: str = "",
    snapshot: str = "snapshot.yaml",
    lifecycle: Sequence[str] = (),
) -> dict[str, object]:
    """The reports as one SARIF run: a rule per constraint or check, a result per verdict fail, warn or unknown.

    A result stands where the recipe sets the rule, else at the snapshot. What *lifecycle* says is a property of
    the run: a result, of whatever level, would be an alert.
    """
    told = [(r, p, result) for r, p, result in results_of(reports) if result.verdict in KINDS]
    rules: dict[str, dict[str, object]] = {}
    for _, _, result in told:
        rules.setdefault(result.name, _rule(result))
    index = {name: number for number, name in enumerate(rules)}
    driver: dict[str, object] = {"name": "aicr-matrix", "rules": list(rules.values())}
    if version:
        driver["version"] = version
    results = [_result(report, phase, result, index[result.name], snapshot) for report, phase, result in told]
    run: dict[str, object] = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    if lifecycle:
        run["properties"] = {"lifecycle": [in_one_line(sentence) for sentence in lifecycle]}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(result: Result) -> dict[str, object]:
    rule: dict[str, object] = {
        "id": in_one_line(result.name),
        "shortDescription": {"text": in_one_line(result.label)},
    }
    if result.link.startswith("https://"):
        rule["helpUri"] = in_one_line(result.link)
    if result.remediation:
        rule["help"] = {"text": in_one_line(result.remediation)}
    return rule


def _result(
    report: Report, phase: PhaseReport, result: Result, index: int, snapshot: str
) -> dict[str, object]:
    kind, level = KINDS[result.verdict]
    sentences = (as_sentence(f"{result.title}: {result.reason}"), advice_of(result))
    identity = "\n".join((report.recipe, phase.name, result.title))
    return {
        "ruleId": in_one_line(result.name),
        "ruleIndex": index,
        "kind": kind,
        "level": level,
        "message": {"text": " ".join(in_one_line(sentence) for sentence in sentences if sentence)},
        "locations": [_location(result.origin, snapshot)],
        "partialFingerprints": {
            "aicrMatrixRule/v1": hashlib.sha256(identity.encode("utf-8", "replace")).hexdigest()
        },
        "properties": {"recipe": in_one_line(report.recipe), "phase": phase.name, "verdict": result.verdict},
    }


def _location(origin: object, snapshot: str) -> dict[str, object]:
    file, line = snapshot or "snapshot.yaml", 1
    if isinstance(origin, Mapping) and origin.get("file"):
        file = str(origin["file"])
        stated = origin.get("line")
        line = stated if isinstance(stated, int) and stated > 0 else 1
    return {"physicalLocation": {"artifactLocation": {"uri": _uri(file)}, "region": {"startLine": line}}}


def _uri(file: str) -> str:
    """A relative reference: what a URI does not take is percent-encoded, `:` too, so that it is no scheme."""
    safe = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/"
    return "".join(
        c if c in safe else "".join(f"%{byte:02X}" for byte in c.encode("utf-8", "replace")) for c in file
    )
