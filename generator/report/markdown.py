"""A run as Markdown, fit for a pull request's comment and for the summary page of a GitHub job."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from generator.core.validation import PhaseReport, Report, Result
from generator.core.verdicts import PASS, UNKNOWN
from generator.report.words import (
    SHAPES,
    WORDS,
    actual_of,
    advice_of,
    command_of,
    in_one_line,
    spell_needs,
    spell_outcome,
)

# A job's summary page takes 1 MiB; past this many reports only the table of recipes is written.
MOST_IN_FULL = 30


def to_markdown(
    reports: Sequence[Report], *, snapshot: str = "", catalog: str = "", lifecycle: Sequence[str] = ()
) -> str:
    """The reports as Markdown: a table of recipes where there are several, then each with its phases."""
    about = [*_about(snapshot, catalog), *(f"- {_cell(sentence)}" for sentence in lifecycle)]
    about += [""] if lifecycle else []
    if len(reports) == 1:
        return "\n".join(_report(reports[0], "##", about)).rstrip() + "\n"
    lines = ["## Recipes", "", *about, "| Verdict | Recipe | Results |", "|---|---|---|"]
    for report in reports:
        told = _cell(spell_outcome(report))
        lines.append(f"| {_mark(report.verdict)} | {_cell(report.recipe)} | {told} |")
    lines.append("")
    for report in reports if len(reports) <= MOST_IN_FULL else ():
        lines += [
            f"<details><summary>{_cell(report.recipe)}: {WORDS[report.verdict]}</summary>",
            "",
            *_report(report, "###", ()),
            "</details>",
            "",
        ]
    return "\n".join(lines).rstrip() + "\n"


def _about(snapshot: str, catalog: str) -> list[str]:
    told = [
        f"{name} {_cell(value)}" for name, value in (("snapshot", snapshot), ("catalog", catalog)) if value
    ]
    line = ", ".join(told)
    return [f"{line[0].upper()}{line[1:]}.", ""] if line else []


def _report(report: Report, level: str, about: Sequence[str]) -> Iterator[str]:
    yield f"{level} {_mark(report.verdict)}: {_cell(report.recipe)}"
    yield ""
    yield _cell(spell_outcome(report))
    yield ""
    yield from about
    for phase in report.phases:
        yield from _phase(phase, f"{level}#")


def _phase(phase: PhaseReport, level: str) -> Iterator[str]:
    yield f"{level} {phase.name.capitalize()}: {WORDS[phase.verdict]}"
    yield ""
    if not phase.results:
        yield "The recipe states no rule for this phase."
        yield ""
        return
    yield "| Verdict | Rule | On this cluster | Needs | What to do |"
    yield "|---|---|---|---|---|"
    for result in phase.results:
        rule = (
            f"{_cell(result.label)} {_code(result.name)}"
            if result.label != result.name
            else _code(result.name)
        )
        needs = spell_needs(result.expected)
        yield (
            f"| {_mark(result.verdict)} | {rule} | {_cell(actual_of(result))} | {_cell(needs)} | {_todo(result)} |"
        )
    yield ""


def _todo(result: Result) -> str:
    if result.verdict == PASS:
        return ""
    advice = advice_of(result)
    told = _cell(result.reason) if result.verdict == UNKNOWN or not advice else ""
    command = _code(command_of(result))
    return " ".join(text for text in (told, _cell(advice), command) if text)


def _mark(verdict: str) -> str:
    return f"{SHAPES[verdict]} {WORDS[verdict]}"


def _cell(text: str) -> str:
    """Text inside a table's cell: nothing in it is markup."""
    return re.sub(r"([\\`*_{}\[\]<>#|~&])", r"\\\1", in_one_line(text))


def _code(text: str) -> str:
    """Code inside a table's cell; a bar must be escaped even there, and a backtick ends the span."""
    shown = in_one_line(text).replace("`", "'").replace("|", "\\|")
    return f"`{shown}`" if shown else ""
