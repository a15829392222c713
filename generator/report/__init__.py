"""Reports as documents: CTRF, JUnit, Markdown, SARIF, HTML and a table for the terminal.

Every function takes the reports of one run, in order, and returns text or plain JSON values; the callers write them.
*lifecycle* are the sentences about ended support: advice that every form carries and none counts.
The browser writes the same from site_src/ts/validator/exports.ts; tests/ts holds the two against each other.
"""

from __future__ import annotations

from generator.report.ctrf import to_ctrf
from generator.report.junit import to_junit
from generator.report.markdown import to_markdown
from generator.report.page import to_html
from generator.report.sarif import to_sarif
from generator.report.table import to_table

__all__ = ["to_ctrf", "to_html", "to_junit", "to_markdown", "to_sarif", "to_table"]
