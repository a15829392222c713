"""What dated support windows say about a snapshot's versions: advice beside verdicts, never a verdict.

Twin of `site_src/ts/core/lifecycle.ts`; both run `tests/vectors/lifecycle.json`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cmp_to_key

from generator.core.snapshot import Snapshot
from generator.core.versions import (
    Version,
    VersionError,
    compare_places,
    compare_versions,
    parse_version,
    plain_text,
)

__all__ = ["LifecycleNote", "lifecycle_notes"]

SOON = timedelta(days=90)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATE = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class LifecycleNote:
    """A version whose support has ended, or ends within 90 days; `advice` is the next cycle supported beyond them."""

    reading: str
    title: str
    actual: str
    advice: str
    text: str

    def as_dict(self) -> dict[str, str]:
        """Plain JSON values."""
        return {
            "reading": self.reading, "title": self.title, "actual": self.actual, "advice": self.advice,
            "text": self.text,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Window:
    subject: str
    scope: str
    cycle: str
    version: Version
    end: str
    status: str
    label: str


def lifecycle_notes(
    lifecycle: object, snapshot: Snapshot, service: str, labels: Callable[[str, str], str], today: str
) -> tuple[LifecycleNote, ...]:
    """What the windows of *lifecycle* say on *today* (an ISO date) about the versions a snapshot states.

    A version that is absent, unreadable, too short for its cycle or in no window gives no note; one older than
    every window is held against the oldest. *labels* spells a service.
    """
    readings = snapshot.readings
    windows = _windows(lifecycle)
    soon = (date.fromisoformat(today) + SOON).isoformat()
    # A service without windows of its own is held against Kubernetes' own, the outer bound.
    own = any(w.subject == "kubernetes" and w.scope == service for w in windows)
    driver = "GPU.smi.driver" if "GPU.smi.driver" in readings else "Deployment.gpu-driver.version"
    kubernetes = ("kubernetes", service if own else "upstream")
    asked = (
        (*kubernetes, "K8s.server.version", "Kubernetes", labels("service", service) if own else "Kubernetes"),
        (
            "os", readings.get("OS.release.ID", ""), "OS.release.VERSION_ID", "Node OS",
            readings.get("OS.release.NAME") or "The node OS",
        ),
        ("driver", "nvidia", driver, "GPU driver", "The GPU driver branch"),
        ("component", "gpu-operator", "Deployment.gpu-operator.version", "GPU Operator", "GPU Operator"),
    )  # fmt: skip
    notes = []
    for subject, scope, reading, title, name in asked:
        family = [w for w in windows if (w.subject, w.scope) == (subject, scope)]
        told = _tell(family, readings.get(reading, ""), name, today, soon)
        if told is not None:
            advice, text = told
            notes.append(LifecycleNote(reading, f"{title} support window", readings[reading], advice, text))
    return tuple(notes)


def _windows(lifecycle: object) -> list[_Window]:
    """The windows whose cycle can be read, oldest first; an end that is no date is none."""
    listed = lifecycle.get("windows") if isinstance(lifecycle, Mapping) else None
    if not isinstance(listed, Sequence) or isinstance(listed, str):
        return []
    windows = []
    for raw in listed:
        if not isinstance(raw, Mapping):
            continue
        version = _version(plain_text(raw.get("cycle")))
        if version is not None:
            subject, scope, cycle, end, status, label = (
                plain_text(raw.get(key)) for key in ("subject", "scope", "cycle", "end", "status", "label")
            )
            dated = end if _DATE.fullmatch(end) else ""
            windows.append(_Window(subject, scope, cycle, version, dated, status, label))
    by_cycle = cmp_to_key(compare_versions)
    return sorted(windows, key=lambda w: by_cycle(w.version))


def _tell(family: Sequence[_Window], actual: str, name: str, today: str, soon: str) -> tuple[str, str] | None:
    """The next supported cycle and the sentence about *actual*; None where no window speaks of it."""
    version = _version(actual)
    if version is None or not family:
        return None
    window = next((w for w in family if compare_places(version, w.version) == 0), family[0])
    order = compare_places(version, window.version)
    state = _state(window, name, today, soon)
    if not state or order is None or order > 0:
        return None
    later = (w for w in family if compare_places(version, w.version) == -1)
    following = next((w for w in later if (w.end > soon if w.end else w.status == "supported")), None)
    subject = f"{actual} is older than {window.cycle}, which" if order else window.cycle
    text = f"{name} {subject} {state}."
    if following is None:
        return "", text
    until = f" until {_spell_date(following.end)}" if following.end else ""
    return following.cycle, f"{text} {name} {following.cycle} is supported{until}."


def _state(window: _Window, name: str, today: str, soon: str) -> str:
    """What has become of a window's support, empty while it holds beyond *soon*."""
    if window.end > soon:
        return ""
    if window.end:
        label = window.label.replace(f"{name} ", "", 1) or "support"
        return f"{'left' if window.end < today else 'leaves'} {label} on {_spell_date(window.end)}"
    return {"end-of-support": "is past end of support", "deprecated": "is deprecated"}.get(window.status, "")


def _version(text: str) -> Version | None:
    try:
        return parse_version(text)
    except VersionError:
        return None


def _spell_date(text: str) -> str:
    year, month, day = text.split("-")
    return f"{int(day)} {MONTHS[int(month) - 1]} {year}"
