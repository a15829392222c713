"""The rules of lint as a Markdown page, written from the rules themselves."""

from __future__ import annotations

from generator.lint.table import RULES

HEAD = """# Lint rules

Written from the rules themselves. `aicr-matrix lint` holds this catalog to all of them; in a foreign catalog a finding
is a warning, and a rule of scope `own` does not apply there.
Findings of the rules exit with 8; what keeps a catalog from loading (an unknown field, a duplicate key, a version
without quotes) is told before any rule runs, all of it in one run, and exits with 2.

| rule | scope | what must hold | why |
|---|---|---|---|
"""


def rules_markdown() -> str:
    """The page: a row per rule, in the order in which they run."""
    rows = (f"| `{r.name}` | {r.scope} | {_cell(r.description)} | {_cell(r.documentation)} |" for r in RULES)
    return HEAD + "\n".join(rows) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


__all__ = ["rules_markdown"]
