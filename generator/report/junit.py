"""A run as JUnit XML: a suite per recipe and phase, unknown as an error, so that it is never green."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from generator.core.validation import PhaseReport, Report, Result
from generator.core.verdicts import FAIL, NOT_APPLICABLE, UNKNOWN, WARN
from generator.report.words import advice_of, command_of, printable


def to_junit(reports: Sequence[Report]) -> str:
    """The reports as JUnit XML. A failing warning passes there, with the warning in its output."""
    suites = "".join(_suite(report, phase) for report in reports for phase in report.phases)
    totals = _counts([result for report in reports for phase in report.phases for result in phase.results])
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="aicr-matrix"{totals}>\n{suites}</testsuites>\n'


def _counts(results: Sequence[Result]) -> str:
    verdicts = [result.verdict for result in results]
    return (
        f' tests="{len(verdicts)}" failures="{verdicts.count(FAIL)}" errors="{verdicts.count(UNKNOWN)}"'
        f' skipped="{verdicts.count(NOT_APPLICABLE)}" time="0"'
    )


def _suite(report: Report, phase: PhaseReport) -> str:
    name = _attribute(f"{report.recipe}.{phase.name}")
    cases = "".join(_case(report, phase, result) for result in phase.results)
    return f"  <testsuite name={name}{_counts(phase.results)}>\n{cases}  </testsuite>\n"


def _case(report: Report, phase: PhaseReport, result: Result) -> str:
    head = f'<testcase classname={_attribute(f"{report.recipe}.{phase.name}")} name={_attribute(result.title)} time="0"'
    inside = _inside(result)
    return f"    {head}>{inside}</testcase>\n" if inside else f"    {head}/>\n"


def _inside(result: Result) -> str:
    advice = "\n".join(text for text in (result.reason, advice_of(result), command_of(result)) if text)
    if result.verdict == FAIL:
        return f'<failure message={_attribute(result.reason)} type="fail">{_text(advice)}</failure>'
    if result.verdict == UNKNOWN:
        return f'<error message={_attribute(result.reason)} type="unknown">{_text(advice)}</error>'
    if result.verdict == NOT_APPLICABLE:
        return f"<skipped message={_attribute(result.reason)}/>"
    if result.verdict == WARN:
        return f"<system-out>{_text('warning: ' + advice)}</system-out>"
    return ""


def _text(text: str) -> str:
    return escape(printable(text))


def _attribute(text: str) -> str:
    return quoteattr(printable(text), {"\n": "&#10;", "\t": "&#9;", "\r": "&#13;"})
