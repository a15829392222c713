"""A run as JUnit XML: a suite per recipe and phase, unknown as an error, so that it is never green."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from generator.core.validation import PhaseReport, Report, Result
from generator.core.verdicts import FAIL, NOT_APPLICABLE, UNKNOWN, WARN
from generator.report.words import advice_of, command_of, printable


def to_junit(reports: Sequence[Report], *, lifecycle: Sequence[str] = ()) -> str:
    """The reports as JUnit XML. A failing warning passes there, with the warning in its output.

    What *lifecycle* says is the output of the first suite: no test, so nothing counts it.
    """
    phases = [(report, phase) for report in reports for phase in report.phases]
    suites = "".join(_suite(*each, () if index else lifecycle) for index, each in enumerate(phases))
    totals = _counts([result for report in reports for phase in report.phases for result in phase.results])
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="aicr-matrix"{totals}>\n{suites}</testsuites>\n'


def _counts(results: Sequence[Result]) -> str:
    verdicts = [result.verdict for result in results]
    return (
        f' tests="{len(verdicts)}" failures="{verdicts.count(FAIL)}" errors="{verdicts.count(UNKNOWN)}"'
        f' skipped="{verdicts.count(NOT_APPLICABLE)}" time="0"'
    )


def _suite(report: Report, phase: PhaseReport, lifecycle: Sequence[str]) -> str:
    name = _attribute(f"{report.recipe}.{phase.name}")
    cases = "".join(
        f'    <testcase classname={name} name={_attribute(result.title)} time="0">{_inside(result)}</testcase>\n'
        for result in phase.results
    )
    told = "\n".join(lifecycle)
    output = f"    <system-out>{_text(told)}</system-out>\n" if told else ""
    return f"  <testsuite name={name}{_counts(phase.results)}>\n{cases}{output}  </testsuite>\n"


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
