"""Support windows against the build date: which window a recipe's versions fall into, in words and as a picture."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape

from generator.render.words import spell_date

SOON = timedelta(days=90)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_CYCLE = re.compile(r"(\d+)(?:\.(\d+))?")


@dataclass(frozen=True, slots=True)
class Window:
    """A dated statement of a vendor: until when a cycle of a subject is supported."""

    subject: str  # kubernetes | os | driver | component
    scope: str  # service, OS, vendor or component name
    cycle: str
    end: date | None
    status: str
    label: str

    def state(self, built: date) -> str:
        """Where the build date stands: `past`, `soon` (90 days or less are left) or `ok`."""
        if self.end is None:
            return (
                "past" if self.status == "end-of-support" else "soon" if self.status == "deprecated" else "ok"
            )
        if self.end < built:
            return "past"
        return "soon" if self.end - built <= SOON else "ok"


@dataclass(frozen=True, slots=True)
class Hint:
    """What a window says about a version: a few words for a cell, a sentence for a card."""

    state: str
    short: str
    sentence: str


class Windows:
    """The windows of lifecycle.yaml, looked up by subject, scope and cycle."""

    def __init__(self, lifecycle: Mapping[str, object], built: date) -> None:
        self.built = built
        self.as_of = _spell(str(lifecycle.get("asOf", "")))
        self.source = str(lifecycle.get("source", ""))
        listed = lifecycle.get("windows")
        self.all = tuple(_window(w) for w in (listed if isinstance(listed, Sequence) else ()))

    def of(self, subject: str, scope: str) -> tuple[Window, ...]:
        """Every window of a subject in a scope, oldest cycle first."""
        found = [w for w in self.all if w.subject == subject and w.scope == scope]
        return tuple(sorted(found, key=lambda w: _numbers(w.cycle)))

    def find(self, subject: str, scope: str, version: str) -> Window | None:
        """The window whose cycle *version* belongs to, None when the file has none."""
        numbers = _numbers(version)
        for window in self.of(subject, scope):
            cycle = _numbers(window.cycle)
            if cycle and numbers[: len(cycle)] == cycle:
                return window
        return None

    def hint(self, subject: str, scope: str, version: str, name: str) -> Hint | None:
        """What the window of *version* says; *name* is how a sentence calls the subject (`EKS`, `Ubuntu`)."""
        window = self.find(subject, scope, version)
        if window is None:
            return None
        state = window.state(self.built)
        what = f"{name} {window.cycle}"
        if window.end is None:
            words = {"past": "past end of support", "soon": "deprecated", "ok": "supported"}[state]
            return Hint(state, words, f"{what} is {words}{self._newer(window, name)}.")
        day = spell_date(window.end)
        service = f" {window.label}" if window.label else " support"
        if state == "past":
            short = f"{window.cycle} left{service} {day}"
            return Hint(
                state, short, f"{what} left{_after(service, name)} on {day}.{self._next(window, name)}"
            )
        short = f"until {day}" if state == "ok" else f"ends {day}, {_days(window.end - self.built)}"
        return Hint(state, short, f"{what} is supported until {day}.")

    def _next(self, window: Window, name: str) -> str:
        later = [
            w for w in self.of(window.subject, window.scope) if _numbers(w.cycle) > _numbers(window.cycle)
        ]
        safe = [w for w in later if w.end and w.state(self.built) == "ok"] or [
            w for w in later if w.end and w.end >= self.built
        ]
        if not safe or safe[0].end is None:
            return ""
        return f" {name} {safe[0].cycle} is supported until {spell_date(safe[0].end)}."

    def _newer(self, window: Window, name: str) -> str:
        later = [
            w for w in self.of(window.subject, window.scope) if _numbers(w.cycle) > _numbers(window.cycle)
        ]
        current = [w for w in later if w.state(self.built) == "ok"]
        return f"; {current[-1].cycle} is current" if current else ""


def _spell(text: str) -> str:
    """A date of the file in words; anything else as it stands."""
    return spell_date(date.fromisoformat(text)) if _DATE.fullmatch(text) else text


def _after(service: str, name: str) -> str:
    """Drop the subject's name from the label where the sentence has it already: `EKS standard support`."""
    return service.replace(f" {name} ", " ", 1)


def _window(raw: Mapping[str, object]) -> Window:
    end = str(raw.get("end") or "")
    return Window(
        subject=str(raw.get("subject", "")),
        scope=str(raw.get("scope", "")),
        cycle=str(raw.get("cycle", "")),
        end=date.fromisoformat(end) if end else None,
        status=str(raw.get("status", "")),
        label=str(raw.get("label", "")),
    )


def _numbers(version: str) -> tuple[int, ...]:
    found = _CYCLE.search(version)
    return tuple(int(part) for part in found.groups() if part is not None) if found else ()


def _days(left: timedelta) -> str:
    return "today" if left.days == 0 else "in 1 day" if left.days == 1 else f"in {left.days} days"


def draw_timeline(rows: Sequence[tuple[str, Window]], built: date, label: str) -> str:
    """Return the windows of *rows* (name, window) as bars against *built*; every row spells its date."""
    dated = [(name, window, window.end) for name, window in rows if window.end is not None]
    if not dated:
        return ""
    first = date(built.year, 1, 1) if built.month > 6 else date(built.year - 1, 7, 1)
    last = max(max(end for _, _, end in dated), built) + timedelta(days=60)
    last = min(last, date(built.year + 4, 1, 1))
    left, width, step = 190, 640, 30
    height = 32 + len(dated) * step

    def across(day: date) -> int:
        share = (min(max(day, first), last) - first).days / max((last - first).days, 1)
        return left + round(share * width)

    parts = [f'<svg class="tl" viewBox="0 0 1000 {height}" role="img" aria-label="{escape(label)}">']
    ticks = [(across(tick), spell_date(tick).split(" ", 1)[1]) for tick in _quarters(first, last)]
    parts.append(f'<path class="g" d="{"".join(f"M{x} 22V{height - 10}" for x, _ in ticks)}"/>')
    parts += [f'<text x="{x + 4}" y="14">{words}</text>' for x, words in ticks]
    now = across(built)
    parts.append(f'<path class="now" d="M{now} 20V{height - 10}"/>')  # below the words of the rows
    for index, (name, window, end) in enumerate(dated):
        y = 30 + index * step
        state = window.state(built)
        words = {"past": "ended ", "soon": "ends ", "ok": ""}[state] + spell_date(end)
        if state == "soon":
            words += f", {_days(end - built)}"
        parts.append(f'<text class="l" y="{y + 13}">{escape(name)}</text>')
        bar = max(across(end) - left, 3)
        parts.append(f'<rect class="{state}" x="{left}" y="{y}" width="{bar}" height="18" rx="3"/>')
        parts.append(f'<text x="{left + bar + 8}" y="{y + 13}">{words}</text>')
    parts.append(f'<text class="nowt" x="{now + 5}" y="{height - 2}">built {spell_date(built)}</text></svg>')
    return "".join(parts)


def _quarters(first: date, last: date) -> list[date]:
    months = (last.year - first.year) * 12 + last.month - first.month
    every = 3 if months <= 26 else 6 if months <= 40 else 12
    ticks, year, month = [], first.year, first.month
    while date(year, month, 1) <= last:
        ticks.append(date(year, month, 1))
        year, month = year + (month - 1 + every) // 12, (month - 1 + every) % 12 + 1
    return ticks
