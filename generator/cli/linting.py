"""`lint`: the catalog's own rules, for people, programs and pull requests."""

from __future__ import annotations

import click

from generator.cli.exits import FINDINGS, OK
from generator.cli.options import CatalogChoice, catalog_options, format_option, output_option
from generator.cli.output import note, write_result


@click.command("lint")
@catalog_options
@format_option("text", "json", "github", default="text")
@output_option
def lint_command(catalog: CatalogChoice, form: str, output: str) -> int:
    """Check a catalog: ours strictly, a foreign one with warnings.

    Problems that keep a catalog from loading exit 2; findings of the rules exit 8.

    \b
    Examples:
      aicr-matrix lint
      aicr-matrix lint --catalog ./recipes --format github
    """
    from generator.lint import RULES, format_findings, lint_catalog

    findings = lint_catalog(catalog.load(quiet=True), own=catalog.own)
    text = format_findings(findings, form)
    if text:
        write_result(text, output)
    errors = sum(1 for f in findings if f.severity == "error")
    if form == "text":
        note(f"{errors} errors, {len(findings) - errors} warnings under {len(RULES)} rules")
    return FINDINGS if errors else OK
