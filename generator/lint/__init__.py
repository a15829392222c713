"""Checks the sense of a catalog across its files: our own strictly, a foreign one with warnings."""

from __future__ import annotations

from generator.engine.matrix import build_matrix
from generator.engine.model import Catalog
from generator.lint.examined import Examined, Rule
from generator.lint.findings import ERROR, WARNING, Finding, format_findings
from generator.lint.rules import not_honoured
from generator.lint.table import RULES

__all__ = ["RULES", "Finding", "Rule", "format_findings", "lint_catalog"]


def lint_catalog(catalog: Catalog, *, own: bool) -> tuple[Finding, ...]:
    """Return what every rule finds, sorted by file and line.

    Findings are errors in our own catalog and warnings in a foreign one, where rules of scope `own` are left out.
    """
    examined = Examined(catalog, build_matrix(catalog).recipes)
    severity = ERROR if own else WARNING
    found = {
        Finding(told.place, rule.name, severity, told.what, told.do)
        for rule in RULES
        if own or rule.scope == "any"
        for told in rule.check(examined)
    }
    # Loading notes some of what a rule explains better: one line is told once.
    explained = {finding.place for finding in found if finding.rule != not_honoured.RULE.name}
    found = {f for f in found if f.rule != not_honoured.RULE.name or f.place not in explained}
    return tuple(sorted(found, key=lambda f: (f.place, f.rule, f.what)))
