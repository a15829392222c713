"""`lint`: the catalog's own rules, for people, programs and pull requests."""

from __future__ import annotations

from pathlib import Path

import click

from generator.cli.exits import FINDINGS, OK
from generator.cli.options import CatalogChoice, catalog_options, format_option, output_option
from generator.cli.output import note, write_result


def _from_here(root: Path) -> str:
    """The catalog's folder as an annotation names it: from the current one, where that is the repository's."""
    try:
        return root.absolute().relative_to(Path.cwd()).as_posix() + "/"
    except ValueError:
        return f"{root.as_posix()}/"


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
    text = format_findings(findings, form, root=_from_here(catalog.root) if form == "github" else "")
    if text:
        write_result(text, output)
    errors = sum(1 for f in findings if f.severity == "error")
    if form == "text":
        note(f"{errors} errors, {len(findings) - errors} warnings under {len(RULES)} rules")
    return FINDINGS if errors else OK
