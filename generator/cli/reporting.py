"""What a run of `validate` says: the document asked for, a line on stderr, and a GitHub job's summary."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from generator import __version__
from generator.cli.output import note, to_json, warn

if TYPE_CHECKING:
    from generator.core.validation import Report

FORMATS = ("ctrf", "junit", "sarif", "markdown", "html", "table")


@dataclass(frozen=True, slots=True)
class Run:
    """What the reports of one run have in common; `lifecycle` are the sentences about ended support."""

    snapshot: str
    catalog_version: str
    catalog_digest: str
    lifecycle: tuple[str, ...]
    moment: float


def formatted(reports: Sequence[Report], form: str, run: Run, width: int = 0) -> str:
    """The reports in one of FORMATS; *width* is that of the terminal the table is for, 0 without one."""
    from generator import report

    if form == "ctrf":
        return to_json(
            report.to_ctrf(
                reports,
                version=__version__,
                snapshot=run.snapshot,
                catalog_digest=run.catalog_digest,
                lifecycle=run.lifecycle,
                moment=int(run.moment * 1000),
            )
        )
    if form == "sarif":
        return to_json(
            report.to_sarif(reports, version=__version__, snapshot=run.snapshot, lifecycle=run.lifecycle)
        )
    if form == "html":
        return report.to_html(
            reports,
            snapshot=run.snapshot,
            catalog=run.catalog_version,
            digest=run.catalog_digest,
            lifecycle=run.lifecycle,
            moment=time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(run.moment)),
        )
    if form == "markdown":
        return _markdown(reports, run)
    if form == "junit":
        return report.to_junit(reports, lifecycle=run.lifecycle)
    return report.to_table(reports, lifecycle=run.lifecycle, width=width)


def terminal_width(output: str) -> int:
    """The columns of the terminal that *output* goes to, 0 where it goes into a file or a pipe."""
    return shutil.get_terminal_size().columns if output in ("", "-") and sys.stdout.isatty() else 0


def _markdown(reports: Sequence[Report], run: Run) -> str:
    from generator.report import to_markdown

    return to_markdown(reports, snapshot=run.snapshot, catalog=run.catalog_version, lifecycle=run.lifecycle)


def summarise(reports: Sequence[Report], run: Run) -> None:
    """One line on stderr, and the whole on a GitHub job's summary page; a page that is refused changes no verdict."""
    from generator.report.words import spell_counts

    if len(reports) == 1:
        (found,) = reports
        note(f"{found.recipe}: {found.verdict} ({spell_counts(found.counts) or 'no rule'})")
    else:
        tally: dict[str, int] = {}
        for found in reports:
            tally[found.verdict] = tally.get(found.verdict, 0) + 1
        note(f"{len(reports)} recipes: {spell_counts(tally) or 'no rule'}")
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        try:
            with Path(summary).open("a", encoding="utf-8") as page:
                page.write(_markdown(reports, run) + "\n")
        except OSError as error:
            warn(f"no job summary was written: {summary}: {error.strerror}")
