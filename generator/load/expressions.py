"""What is wrong with a constraint's expression, seen without a reading to hold against it."""

from __future__ import annotations

import re

_OPERATORS = (">=", "<=", "!=", "==", ">", "<")
_VERSION = re.compile(r"v?\d+(?:\.\d+){0,2}(?:[-+].*)?", re.ASCII)
_SPLIT = re.compile(r"\s+(?=[<>=!])|\s*,\s*")


def fault_of(expression: str) -> str:
    """What keeps *expression* from being evaluated, "" when nothing does.

    Alternatives stand between `||`, conditions that are all needed beside each other.
    """
    if not expression.strip():
        return "it is empty"
    alternatives = expression.split("||")
    if len(alternatives) == 1 and not expression.strip().startswith(_OPERATORS):
        return ""  # plain text: compared as it stands
    for alternative in alternatives:
        if not alternative.strip():
            return "an alternative beside || is empty"
        for condition in _SPLIT.split(alternative.strip()):
            if fault := _condition_fault(condition.strip()):
                return fault
    return ""


def _condition_fault(condition: str) -> str:
    operator = next((o for o in _OPERATORS if condition.startswith(o)), "")
    expected = condition[len(operator) :].strip()
    if not expected:
        return f"nothing stands after {operator}" if operator else "a condition is empty"
    if operator in (">=", "<=", ">", "<") and not _VERSION.fullmatch(expected):
        return f"{expected} is no version or number to order by"
    if expected.startswith(_OPERATORS) or (not operator and condition.startswith(("=", "~", "^"))):
        return f"{condition} is no operator we know"
    return ""
