"""A run as a table for the terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from generator.core.validation import PhaseReport, Report
from generator.core.verdicts import FAIL, PASS, WARN
from generator.report.words import (
    WORDS,
    actual_of,
    advice_of,
    as_sentence,
    command_of,
    in_one_line,
    results_of,
    spell_counts,
    spell_origin,
)

WIDEST = 72  # characters of a cell; the whole text is in the other forms
NARROWEST = 16  # a cell is not cut below this to fit a terminal
RULES = ("VERDICT", "RULE", "ON THIS CLUSTER", "NEEDS", "SET BY")
RECIPES = ("VERDICT", "RECIPE", "RESULTS", "DECIDED BY")


def to_table(reports: Sequence[Report], *, lifecycle: Sequence[str] = (), width: int = 0) -> str:
    """The reports as aligned text: one line a recipe where there are several, else one line a rule.

    What *lifecycle* says follows, a line a sentence. For a terminal of *width* columns sentences are wrapped,
    and of a table that is too wide the last column is cut, then left out; then the one before it is cut, then the
    longest. Commands stay whole.
    """
    if len(reports) == 1:
        blocks = list(_report(reports[0], width))
    else:
        rows = [(WORDS[r.verdict], r.recipe, spell_counts(r.counts), _decider(r)) for r in reports]
        blocks = [_aligned([RECIPES, *rows], width)]
    if lifecycle:
        blocks.append(["Support windows", *(line for note in lifecycle for line in _wrapped(note, width))])
    return "\n\n".join("\n".join(lines) for lines in blocks) + "\n"


def _report(report: Report, width: int) -> Iterator[list[str]]:
    head = f"{in_one_line(report.recipe)}: {WORDS[report.verdict]}"
    yield [f"{head}. {in_one_line(report.reason)}" if report.reason else head]
    for phase in report.phases:
        yield list(_phase(phase, width))


def _phase(phase: PhaseReport, width: int) -> Iterator[str]:
    yield f"{phase.name.capitalize()}: {WORDS[phase.verdict]}"
    if not phase.results:
        yield "  The recipe states no rule for this phase."
        return
    rows = [
        (WORDS[r.verdict], r.name, actual_of(r), r.expected, spell_origin(r.origin)) for r in phase.results
    ]
    yield from (f"  {line}" for line in _aligned([RULES, *rows], width and width - 2))
    for result in phase.results:
        if advice := advice_of(result):
            reason = as_sentence(result.reason)
            told = reason if reason.startswith(result.name) else f"{result.name}: {reason}"
            yield from _wrapped(f"{told} {advice}", width)
            if command := command_of(result):
                yield f"    $ {in_one_line(command)}"


def _decider(report: Report) -> str:
    """What gives a recipe its verdict: the first of the rules that do and how many more there are, or the reason."""
    if report.verdict == PASS:
        return ""
    if report.reason and report.verdict not in (FAIL, WARN):
        return report.reason
    titles = [result.title for _, _, result in results_of([report]) if result.verdict == report.verdict]
    more = f" and {len(titles) - 1} more" if len(titles) > 1 else ""
    return f"{titles[0]}{more}" if titles else ""


def _wrapped(text: str, width: int) -> list[str]:
    """A sentence, indented; without a *width* in one line."""
    line = in_one_line(text)
    if not width:
        return [f"  {line}"]
    return textwrap.wrap(
        line, max(width, 40), initial_indent="  ", subsequent_indent="    ",
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def _aligned(rows: Sequence[tuple[str, ...]], width: int) -> list[str]:
    cells = [[_short(cell, WIDEST) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(rows[0]))]
    if width:
        left = width - _across([*widths[:-1], 0])
        widths[-1:] = [min(widths[-1], left)] if left >= min(NARROWEST, widths[-1]) else []
    while width and _across(widths) > width and max(widths) > NARROWEST:
        longest = widths.index(max(widths))
        widths[-1 if widths[-1] > NARROWEST else longest] -= 1
    return [
        "  ".join(_short(cell, most).ljust(most) for cell, most in zip(row, widths, strict=False)).rstrip()
        for row in cells
    ]


def _across(widths: Sequence[int]) -> int:
    return sum(widths) + 2 * (len(widths) - 1)


def _short(text: str, most: int) -> str:
    line = in_one_line(text)
    return line if len(line) <= most else f"{line[: most - 1]}…"
