"""Checks the sense of a catalog across its files: our own strictly, a foreign one with warnings."""

from __future__ import annotations

from dataclasses import replace

from generator.engine.matrix import build_matrix
from generator.engine.model import Catalog
from generator.lint.examined import Examined, Rule
from generator.lint.findings import ERROR, WARNING, Finding, format_findings
from generator.lint.rules import (
    cycle,
    duplicate_criteria,
    missing_file,
    not_honoured,
    unknown_component,
    unknown_dependency,
    unknown_mixin,
    unknown_parent,
)
from generator.lint.table import RULES

__all__ = ["RULES", "Finding", "Rule", "format_findings", "lint_catalog"]


TOLD_AT_LOAD = frozenset(
    module.RULE.name
    for module in (
        unknown_parent,
        unknown_mixin,
        unknown_component,
        unknown_dependency,
        missing_file,
        cycle,
        duplicate_criteria,
    )
)


def lint_catalog(catalog: Catalog, *, own: bool) -> tuple[Finding, ...]:
    """Return what every rule finds, sorted by file and line.

    Findings are errors in our own catalog and warnings in a foreign one, where rules of scope `own` are left out.
    """
    # Resolved as a foreign catalog is, so that a recipe that cannot be put together hides no other finding:
    # what is refused there stands in the recipes' problems, which the rule `not-honoured` tells.
    examined = Examined(catalog, build_matrix(replace(catalog, own=False)).recipes)
    severity = ERROR if own else WARNING
    found = {
        Finding(told.place, rule.name, severity, told.what, told.do)
        for rule in RULES
        if own or rule.scope == "any"
        for told in rule.check(examined)
    }
    # Loading notes some of what these rules explain better: one line is told once.
    explained = {finding.place for finding in found if finding.rule in TOLD_AT_LOAD}
    found = {f for f in found if f.rule != not_honoured.RULE.name or f.place not in explained}
    return tuple(sorted(found, key=lambda f: (f.place, f.rule, f.what)))
