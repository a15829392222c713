"""Finds what measurements.yaml says about a reading, `*` segments included, for a recipe's service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from generator.core.checks import Measurements


@dataclass(frozen=True, slots=True)
class Remedy:
    """What to do when a reading is wrong: text, a command, a link; "" where nothing is known."""

    text: str = ""
    command: str = ""
    link: str = ""
    unit: str = ""


NOTHING_KNOWN = Remedy()


def find_measurement(
    measurements: Mapping[str, Mapping[str, object]], reading: str
) -> Mapping[str, object] | None:
    """The entry for *reading*: the one of its very name, else the longest pattern with `*` that fits."""
    return Measurements(measurements).find(reading) or None


def find_remedy(measurements: Mapping[str, Mapping[str, object]], reading: str, service: str) -> Remedy:
    """What to do about *reading* on *service*; the default where the service has no words of its own."""
    entry = find_measurement(measurements, reading)
    if entry is None:
        return NOTHING_KNOWN
    return Remedy(
        _for_service(entry.get("remediation"), service),
        _for_service(entry.get("command"), service),
        _for_service(entry.get("link"), service),
        str(entry.get("unit") or ""),
    )


def _for_service(words: object, service: str) -> str:
    if not isinstance(words, Mapping):
        return str(words or "")
    return str(words.get(service) or words.get("default") or "").strip()
