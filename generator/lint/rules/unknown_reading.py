"""A constraint or check on a reading that measurements.yaml does not describe."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.engine.model import Place
from generator.engine.problems import suggest
from generator.engine.remedies import find_measurement
from generator.lint.examined import Examined, Rule, Told, constraints_of, mapping


def check(examined: Examined) -> Iterator[Told]:
    """Yield each constraint on an unknown reading, then each reading of a check that is unknown."""
    measurements = examined.catalog.measurements
    for overlay in examined.files:
        for _, constraint in constraints_of(overlay):
            if find_measurement(measurements, constraint.name) is None:
                yield Told(
                    constraint.place,
                    f"{constraint.name} is not a reading of measurements.yaml",
                    suggest(constraint.name, measurements) or "describe it there",
                )
    if not examined.checks_are_own:
        return
    for name, spec in examined.catalog.checks.items():
        for reading in _readings(spec.get("rule")):
            if find_measurement(measurements, reading.replace("{component}", "COMPONENT")) is None:
                yield Told(
                    place_of_check(examined, name),
                    f"the check {name} needs {reading}, which is not a reading of measurements.yaml",
                    suggest(reading, measurements) or "describe it there",
                )


def place_of_check(examined: Examined, name: str) -> Place:
    """The first line of a check's file."""
    files = [path for path in examined.catalog.documents if path.endswith((f"/{name}.yaml", f"/{name}.yml"))]
    return Place(files[0] if files else f"checks/{name}.yaml", 1)


def _readings(rule: object) -> Iterator[str]:
    if not isinstance(rule, Sequence) or isinstance(rule, str):
        return
    for item in rule:
        part = mapping(item)
        yield from _readings(part.get("any"))
        if part.get("reading"):
            yield str(part["reading"])


RULE = Rule(
    "unknown-reading",
    "any",
    "Every reading a constraint or check names is described in measurements.yaml.",
    "A reading nobody describes is one nobody takes: the rule would stay unknown in every cluster, for ever.",
    check,
)
