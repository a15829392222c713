"""`diff`: what changed between two recipes, two snapshots or two catalogs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.cli.exits import FINDINGS, INVALID, OK, Stop
from generator.cli.options import (
    CatalogChoice,
    catalog_options,
    checked_value,
    format_option,
    output_option,
)
from generator.cli.output import formatted, note, table, write_result
from generator.cli.selection import names_document, query_by_id, select
from generator.core.criteria import DIMENSIONS, Criteria

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.core.snapshot import Snapshot
    from generator.engine.diff import Difference
    from generator.engine.model import Catalog

CELL_WIDTH = 60  # a table cell of a diff is cut here; JSON has it whole


@click.command("diff")
@click.argument("before")
@click.argument("after")
@catalog_options
@click.option("--fail-on-drift", is_flag=True, help="Exit 8 when anything differs.")
@format_option("table", "json", "yaml", default="table")
@output_option
def diff_command(
    before: str, after: str, catalog: CatalogChoice, fail_on_drift: bool, form: str, output: str
) -> int:
    """Show what differs between BEFORE and AFTER.

    Each is a recipe (an id from `list`, criteria as service=eks,accelerator=h100, or a RecipeResult file), a
    snapshot (file, -, URL, cm://namespace/name), or a catalog directory. Snapshots are compared without their
    time stamps and node names.

    \b
    Examples:
      aicr-matrix diff service=eks,accelerator=h100 service=eks,accelerator=gb200
      aicr-matrix diff last-week.yaml today.yaml --fail-on-drift
      aicr-matrix diff ../old/recipes ./recipes --format json
    """
    difference = _compare(before, after, catalog)
    if form == "table":
        if difference:
            rows = [(c.path, _cell(c.before), _cell(c.after)) for c in difference.changes]
            write_result(table(("what", "before", "after"), rows), output)
        note(f"{len(difference.changes)} differences" if difference else "no difference")
    else:
        write_result(formatted(difference.as_dict(), form), output)
    return FINDINGS if fail_on_drift and difference else OK


def _compare(before: str, after: str, choice: CatalogChoice) -> Difference:
    from generator.engine import diff

    if Path(before).is_dir() and Path(after).is_dir():
        sides = [CatalogChoice(Path(p), None).load() for p in (before, after)]
        return diff.diff_catalogs(*sides)
    if Path(before).is_dir() or Path(after).is_dir():
        raise Stop(INVALID, "a catalog directory compares with another catalog directory only")
    loaded: Catalog | None = None
    values: list[Snapshot | Mapping[str, object]] = []
    for text in (before, after):
        if not names_document(text):
            loaded = loaded or choice.load()
            values.append(_recipe_called(loaded, text))
        else:
            values.append(_document(text))
    from generator.core.snapshot import Snapshot

    first, second = values
    if isinstance(first, Snapshot) and isinstance(second, Snapshot):
        return diff.diff_snapshots(first, second)
    if isinstance(first, Snapshot) or isinstance(second, Snapshot):
        raise Stop(
            INVALID, "a snapshot compares with another snapshot only; `validate` checks it against recipes"
        )
    return diff.diff_recipes(first, second)


def _document(where: str) -> Snapshot | Mapping[str, object]:
    from generator.load.documents import document_kind, load_recipe, load_snapshot
    from generator.load.inputs import read_input

    name, content = read_input(where)
    text = content.decode("utf-8", "replace")
    return load_snapshot(text, name) if document_kind(text, name) == "Snapshot" else load_recipe(text, name)


def _recipe_called(catalog: Catalog, text: str) -> Mapping[str, object]:
    from generator import __version__
    from generator.engine.emit import recipe_result

    chosen = select(catalog, _criteria(catalog, text) if "=" in text else query_by_id(catalog, text))
    return recipe_result(chosen.recipe, query=chosen.query, cell=chosen.cell, version=__version__)


def _criteria(catalog: Catalog, text: str) -> Criteria:
    """Criteria written as `service=eks,os=cos`."""
    values: dict[str, Any] = {}
    for pair in text.split(","):
        dimension, _, value = pair.partition("=")
        if dimension not in DIMENSIONS:
            raise Stop(
                INVALID, f"{pair!r}: {dimension} is not a dimension; accepted: {', '.join(DIMENSIONS)}"
            )
        try:
            values[dimension] = checked_value(catalog, dimension, value)
        except ValueError as error:
            raise Stop(INVALID, str(error)) from error
    return Criteria(**values)


def _cell(value: object) -> str:
    if value is None:
        return "-"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    line = " ".join(text.split())
    return line if len(line) <= CELL_WIDTH else line[: CELL_WIDTH - 1] + "…"


__all__ = ["diff_command"]
