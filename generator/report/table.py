"""A run as a table for the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from generator.core.validation import PhaseReport, Report
from generator.report.words import (
    WORDS,
    actual_of,
    advice_of,
    command_of,
    in_one_line,
    spell_counts,
    spell_origin,
)

WIDEST = 60  # characters of a cell; the whole text is in the other forms


def to_table(reports: Sequence[Report], *, lifecycle: Sequence[str] = ()) -> str:
    """The reports as aligned text: one line a recipe where there are several, else one line a rule.

    What *lifecycle* says follows, a line a sentence.
    """
    told = "\n".join(("Support windows", *(f"  {in_one_line(sentence)}" for sentence in lifecycle)))
    tail = f"\n{told}\n" if lifecycle else ""
    return _reports(reports) + tail


def _reports(reports: Sequence[Report]) -> str:
    if len(reports) != 1:
        rows = [(WORDS[r.verdict], r.recipe, r.reason or spell_counts(r.counts)) for r in reports]
        return _aligned([("VERDICT", "RECIPE", "RESULTS"), *rows])
    report = reports[0]
    head = f"{in_one_line(report.recipe)}: {WORDS[report.verdict]}"
    parts = [f"{head}. {in_one_line(report.reason)}" if report.reason else head]
    parts += [_phase(phase) for phase in report.phases]
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def _phase(phase: PhaseReport) -> str:
    title = f"{phase.name.capitalize()}: {WORDS[phase.verdict]}"
    if not phase.results:
        return f"{title}\n  The recipe states no rule for this phase."
    rows = [("VERDICT", "RULE", "ON THIS CLUSTER", "NEEDS", "SET BY")]
    rows += [
        (WORDS[r.verdict], r.name, actual_of(r), r.expected, spell_origin(r.origin)) for r in phase.results
    ]
    lines = [title, *(f"  {line}" for line in _aligned(rows).splitlines())]
    for result in phase.results:
        if advice := advice_of(result):
            lines.append(f"  {in_one_line(result.name)}: {in_one_line(result.reason)} {in_one_line(advice)}")
            command = command_of(result)
            lines += [f"    $ {in_one_line(command)}"] if command else []
    return "\n".join(lines)


def _aligned(rows: Sequence[tuple[str, ...]]) -> str:
    cells = [[_short(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in cells)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _short(text: str) -> str:
    line = in_one_line(text)
    return line if len(line) <= WIDEST else f"{line[: WIDEST - 1]}…"
