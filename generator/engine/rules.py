"""What the validator needs: a recipe's rules, how criteria are detected, and the dimensions with their values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.core.constraints import ExpressionError, parse_expression
from generator.core.criteria import ANY, DIMENSIONS
from generator.core.versions import VersionError, compare_versions, parse_version
from generator.engine.matrix import dimension_values
from generator.engine.model import Catalog, Cell, Origin, Recipe, RecipeConstraint, Setting


def recipe_rules(recipe: Recipe, cell: Cell, catalog: Catalog) -> dict[str, Any]:
    """One recipe of a RecipeRules document, as `core.validation.evaluate_recipe` reads it."""
    return {
        "id": recipe.id,
        "criteria": recipe.criteria.as_dict(),
        "coverage": cell.coverage.value,
        "startingPoint": recipe.starting_point,
        "evidence": recipe.evidence,
        "page": f"recipes/{recipe.criteria.coordinate}/",
        "constraints": [rule for c in recipe.constraints for rule in _rules(c, catalog)],
        "phases": {
            name: {
                "checks": list(phase.checks),
                "constraints": [rule for c in phase.constraints for rule in _rules(c, catalog)],
            }
            for name, phase in recipe.phases.items()
        },
        "components": [
            {
                "name": c.name,
                "version": c.version,
                "chart": c.chart,
                "namespace": c.namespace,
                "enabled": c.enabled,
            }
            for c in recipe.components
        ],
    }


def _rules(constraint: RecipeConstraint, catalog: Catalog) -> Iterator[dict[str, Any]]:
    """The constraint, and in a foreign catalog the earlier words on it that it does not imply.

    There AICR's winner may be weaker than what it overrode; both are evaluated.
    """
    rule = {
        "name": constraint.name,
        "value": constraint.value,
        "severity": constraint.severity,
        "unit": constraint.unit,
        "remediation": constraint.remediation,
        "command": constraint.command,
        "link": constraint.link,
        "origin": origin_document(constraint.origin),
    }
    yield rule
    if catalog.own:
        return
    told = {constraint.value}
    for setting in constraint.history[:-1]:
        earlier = str(setting.value)
        if earlier not in told and not implies(constraint.value, earlier):
            told.add(earlier)
            yield {**rule, "value": earlier, "origin": origin_document(setting.origin), "overridden": True}


def implies(later: str, earlier: str) -> bool:
    """Whether whatever meets *later* meets *earlier* too, as far as single conditions on versions tell."""
    try:
        new, old = parse_expression(later), parse_expression(earlier)
    except ExpressionError:
        return False
    if new == old:
        return True
    if new.compound or old.compound:
        return False
    (mine,), (theirs,) = new.alternatives[0], old.alternatives[0]
    if (mine.operator, theirs.operator) not in _IMPLYING:
        return False
    try:
        order = compare_versions(parse_version(mine.value), parse_version(theirs.value))
    except VersionError:
        return False
    return order in _IMPLYING[mine.operator, theirs.operator]


# (later's operator, earlier's operator) -> how later's version may compare to earlier's for the one to imply the other.
_IMPLYING = {
    (">=", ">="): (0, 1), (">", ">="): (0, 1), (">", ">"): (0, 1), (">=", ">"): (1,),
    ("<=", "<="): (-1, 0), ("<", "<="): (-1, 0), ("<", "<"): (-1, 0), ("<=", "<"): (-1,),
    ("==", ">="): (0, 1), ("==", "<="): (-1, 0), ("==", ">"): (1,), ("==", "<"): (-1,),
}  # fmt: skip


def origin_document(origin: Origin) -> dict[str, Any]:
    """Where a value was set, as plain JSON values."""
    return {
        "kind": origin.kind, "name": origin.name, "file": origin.place.file, "line": origin.place.line,
    }  # fmt: skip


def setting_document(setting: Setting) -> dict[str, Any]:
    """One layer's word on a value, as plain JSON values."""
    return {"value": setting.value, "origin": origin_document(setting.origin)}


def detection_rules(catalog: Catalog) -> list[dict[str, Any]]:
    """How a snapshot proposes criteria: criteria.yaml's `detection`, in its order."""
    rules = catalog.criteria.get("detection")
    return [dict(rule) for rule in rules if isinstance(rule, Mapping)] if isinstance(rules, list) else []


def dimensions_document(catalog: Catalog) -> list[dict[str, Any]]:
    """The dimensions in their order, each with every value the catalog knows; `any` is implied."""
    known = catalog.criteria.get("dimensions")
    by_name = (
        {str(d.get("name")): d for d in known if isinstance(d, Mapping)} if isinstance(known, list) else {}
    )
    values = dimension_values(catalog)
    document = []
    for dimension in DIMENSIONS:
        stated = by_name.get(dimension, {})
        entries = stated.get("values")
        described = {
            str(v.get("name")): v
            for v in (entries if isinstance(entries, list) else ())
            if isinstance(v, Mapping)
        }
        document.append(
            {
                "name": dimension,
                "label": str(stated.get("label") or dimension),
                "anyAliases": [str(word) for word in stated.get("anyAliases") or ()],
                "values": [
                    _value(name, described.get(name, {})) for name in values[dimension] if name != ANY
                ],
            }
        )
    return document


def _value(name: str, described: Mapping[str, object]) -> dict[str, Any]:
    def texts(key: str) -> list[str]:
        value = described.get(key)
        return [str(item) for item in value] if isinstance(value, list) else []

    label = str(described.get("label") or name)
    return {
        "name": name,
        "label": label,
        "title": str(described.get("title") or label),
        "aliases": texts("aliases"),
        "note": str(described.get("note") or "").strip(),
        "sources": texts("sources"),
    }
