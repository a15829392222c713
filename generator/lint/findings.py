"""What a rule has to say about a catalog, and how findings are written for people, programs and pull requests."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from generator.engine.model import Place

ERROR = "error"
WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a rule found: where, what is wrong, and what to do about it."""

    place: Place
    rule: str
    severity: str  # error | warning
    what: str
    do: str

    def __str__(self) -> str:
        return f"{self.place}: {self.severity}: {self.what}; {self.do} [{self.rule}]"


def format_findings(findings: Sequence[Finding], form: str, root: str = "") -> str:
    """Return *findings* as `text` (a line each), `json` (one document) or `github` (workflow commands).

    Empty for no findings in the line forms. Ends with a newline otherwise. *root* is put before every file, so that
    an annotation finds it in the repository: `recipes/`.
    """
    if root:
        findings = [replace(f, place=Place(f"{root}{f.place.file}", f.place.line)) for f in findings]
    if form == "json":
        return json.dumps({"findings": [_as_dict(f) for f in findings]}, indent=2, ensure_ascii=False) + "\n"
    write = _as_command if form == "github" else str
    return "".join(f"{write(finding)}\n" for finding in findings)


def _as_dict(finding: Finding) -> dict[str, object]:
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "file": finding.place.file,
        "line": finding.place.line,
        "what": finding.what,
        "do": finding.do,
    }


def _as_command(finding: Finding) -> str:
    # https://docs.github.com/actions/reference/workflow-commands-for-github-actions: data and properties
    # escape differently.
    message = _escape(f"{finding.what}; {finding.do}")
    file = _escape(finding.place.file).replace(":", "%3A").replace(",", "%2C")
    return f"::{finding.severity} file={file},line={finding.place.line},title={finding.rule}::{message}"


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
