"""The rules in the order in which they are explained; adding a rule is one module and one line here."""

from __future__ import annotations

from generator.lint.examined import Rule
from generator.lint.rules import (
    cycle,
    duplicate_criteria,
    file_name,
    manifest_yaml,
    missing_file,
    missing_remediation,
    missing_sources,
    never_applies,
    nodes_stated,
    not_honoured,
    shadowed_value,
    unknown_check,
    unknown_component,
    unknown_dependency,
    unknown_mixin,
    unknown_parent,
    unknown_reading,
    unpinned_chart,
    unsatisfiable,
    unused_component,
    unused_mixin,
    weakened_constraint,
)

RULES: tuple[Rule, ...] = (
    # names that lead nowhere
    unknown_parent.RULE,
    unknown_mixin.RULE,
    unknown_component.RULE,
    unknown_dependency.RULE,
    unknown_reading.RULE,
    unknown_check.RULE,
    missing_file.RULE,
    cycle.RULE,
    # who applies when
    file_name.RULE,
    duplicate_criteria.RULE,
    never_applies.RULE,
    nodes_stated.RULE,
    # constraints
    unsatisfiable.RULE,
    weakened_constraint.RULE,
    missing_remediation.RULE,
    # what is deployed
    unpinned_chart.RULE,
    manifest_yaml.RULE,
    shadowed_value.RULE,
    unused_component.RULE,
    unused_mixin.RULE,
    # what it rests on
    missing_sources.RULE,
    not_honoured.RULE,
)
