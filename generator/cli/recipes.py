"""The verbs that answer from the catalog: recipe, query, explain, list, matrix."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from generator import __version__
from generator.cli.exits import FINDINGS, INVALID, NOT_FOUND, Stop
from generator.cli.options import (
    CatalogChoice,
    CriteriaChoice,
    catalog_options,
    criteria_options,
    format_option,
    output_option,
)
from generator.cli.output import formatted, table, warn, write_result
from generator.core.criteria import DIMENSIONS, Criteria

if TYPE_CHECKING:
    from generator.engine.model import Catalog, Cell, Recipe

GOOD_ENOUGH = {"exact": ("exact",), "composed": ("exact", "composed")}


@click.command("recipe")
@criteria_options
@catalog_options
@click.option("--require", type=click.Choice(["exact", "composed"]), help="Exit 8 when the coverage is less.")
@click.option("--strict", is_flag=True, help="With --snapshot: exclude overlays whose readings are missing.")
@format_option("yaml", "json", "table", default="yaml")
@output_option
def recipe_command(
    criteria: CriteriaChoice,
    catalog: CatalogChoice,
    require: str | None,
    strict: bool,
    form: str,
    output: str,
) -> int:
    """Print the recipe that criteria resolve to, as an AICR RecipeResult.

    The coverage says how far the catalog states what was asked for; a warning says so on stderr when it is
    less than exact or composed.

    \b
    Examples:
      aicr-matrix recipe --service eks --accelerator h100 --os ubuntu --intent training
      aicr-matrix recipe --snapshot snapshot.yaml --intent training --require composed
    """
    loaded = catalog.load()
    query, snapshot = criteria.query(loaded)
    code = 0
    if snapshot is not None:
        from generator.engine.snapshotmode import resolve_snapshot

        answer = resolve_snapshot(loaded, query, snapshot, strict=strict)
        recipe, extra = answer.recipe, answer.metadata()
        for line in answer.messages():
            warn(line)
        code = FINDINGS if answer.base_failed else 0
    else:
        from generator.engine.resolve import resolve_recipe

        recipe, extra = resolve_recipe(loaded, query), {}
    cell = _cell(loaded, query, recipe)
    warn_about(cell)
    for problem in (p for p in recipe.problems if p not in loaded.notes):
        warn(f"{problem.place}: {problem.text}")
    write_result(_shown(recipe, query, cell, extra, form), output)
    if require and cell.coverage.value not in GOOD_ENOUGH[require]:
        raise Stop(FINDINGS, f"coverage is {cell.coverage.value}; {require} was required")
    return code


def _cell(catalog: Catalog, query: Criteria, recipe: Recipe) -> Cell:
    from generator.engine.coverage import cover

    return cover(catalog, query, recipe)


def _shown(recipe: Recipe, query: Criteria, cell: Cell, extra: dict[str, Any], form: str) -> str:
    from generator.engine.emit import recipe_result

    if form == "table":
        rows = [
            (c.name, c.version or "-", c.namespace or "-", c.type or "-")
            for c in map(recipe.component, recipe.order)
        ]
        return table(("component", "version", "namespace", "type"), rows)
    result = recipe_result(recipe, query=query, cell=cell, version=__version__)
    result["metadata"] = {**result["metadata"], **extra}
    return formatted(result, form)


def warn_about(cell: Cell) -> None:
    """Tell on stderr what the catalog does not state, and first of all what would make it exact."""
    query = cell.criteria
    if cell.coverage.value in ("exact", "composed"):
        return
    asked = ", ".join(f"{d} {v}" for d, v in query.items() if v != "any") or "nothing"
    warn(f"coverage is {cell.coverage.value} for {asked}")
    if cell.needs:
        warn("needs " + ", ".join(f"{d} {v}" for d, v in cell.needs) + " to become exact")
    for dimension in cell.not_honoured:
        warn(f"{dimension} {query[dimension]} is not honoured by any applied overlay")
    if cell.unpaired:
        warn(f"no overlay states {query.service} and {query.accelerator} together")


@click.command("query")
@criteria_options
@catalog_options
@click.option("--selector", default=".", show_default=True, help="Path into the document; . for all of it.")
@format_option("yaml", "json", default="yaml")
@output_option
def query_command(
    criteria: CriteriaChoice, catalog: CatalogChoice, selector: str, form: str, output: str
) -> None:
    """Print one value of a resolved recipe, final Helm values included.

    \b
    Examples:
      aicr-matrix query --service eks --accelerator h100 --intent training \\
        --selector components.gpu-operator.values.driver.version
    """
    from generator.engine.emit import query_document, select_path
    from generator.engine.resolve import resolve_recipe

    loaded = catalog.load()
    query, _ = criteria.query(loaded)
    document = query_document(resolve_recipe(loaded, query), query)
    try:
        value = select_path(document, selector)
    except KeyError as error:
        raise Stop(NOT_FOUND, str(error.args[0])) from error
    scalar = not isinstance(value, dict | list)
    write_result(_scalar(value) if scalar and form == "yaml" else formatted(value, form), output)


def _scalar(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


@click.command("explain")
@criteria_options
@catalog_options
@click.argument("path", required=False)
@format_option("table", "json", "yaml", default="table")
@output_option
def explain_command(
    criteria: CriteriaChoice, catalog: CatalogChoice, path: str | None, form: str, output: str
) -> None:
    """Say where each value of a recipe was set and what it overrode.

    PATH narrows it down: a constraint, a component, or components.NAME.values.a.b.

    \b
    Examples:
      aicr-matrix explain --service eks --accelerator h100 --intent training gpu-operator
      aicr-matrix explain --service gke --os cos K8s.server.version
    """
    from generator.engine.explain import explain_lines, explain_recipe, narrow
    from generator.engine.resolve import resolve_recipe

    loaded = catalog.load()
    query, _ = criteria.query(loaded)
    entries = explain_recipe(resolve_recipe(loaded, query))
    if path:
        entries = narrow(entries, path)
        if not entries:
            raise Stop(NOT_FOUND, f"{path}: the recipe has no such constraint, component, value or check")
    write_result(
        "\n".join(explain_lines(entries))
        if form == "table"
        else formatted([e.as_dict() for e in entries], form),
        output,
    )


@click.command("list")
@catalog_options
@click.option("--all", "everything", is_flag=True, help="Partial recipes and starting points too.")
@click.option("--where", is_flag=True, help="Print the directory of the catalog instead.")
@format_option("table", "json", "yaml", default="table")
@output_option
def list_command(catalog: CatalogChoice, everything: bool, where: bool, form: str, output: str) -> None:
    """List the environments the catalog states, with their coverage and evidence.

    \b
    Examples:
      aicr-matrix list
      aicr-matrix list --all --format json
    """
    from generator.engine.matrix import build_matrix, own_coverage

    if where:
        write_result(str(catalog.root), output)
        return
    matrix = build_matrix(catalog.load())
    rows = []
    for recipe in matrix.recipes:
        coverage = own_coverage(matrix, recipe).value
        if not everything and (recipe.starting_point or coverage not in GOOD_ENOUGH["composed"]):
            continue
        rows.append(
            {
                "id": recipe.id,
                "criteria": recipe.criteria.as_dict(),
                "coverage": coverage,
                "evidence": recipe.evidence,
                "startingPoint": recipe.starting_point,
                "components": len(recipe.order),
            }
        )
    if form == "table":
        head = ("recipe", "coverage", "evidence", "components")
        text = table(
            head,
            [
                (str(r["id"]), str(r["coverage"]), str(r["evidence"]) or "-", str(r["components"]))
                for r in rows
            ],
        )
    else:
        text = formatted(rows, form)
    write_result(text, output)


@click.command("matrix")
@catalog_options
@click.option("--expand", is_flag=True, help="Print each distinct recipe once more, whole (jsonl).")
@format_option("jsonl", "json", "table", default="table")
@output_option
def matrix_command(catalog: CatalogChoice, expand: bool, form: str, output: str) -> None:
    """Print every combination of criteria with its coverage.

    \b
    Examples:
      aicr-matrix matrix
      aicr-matrix matrix --format jsonl | jq -c 'select(.coverage == "exact")'
    """
    from generator.engine.matrix import build_matrix, matrix_cells

    if expand and form != "jsonl":
        raise Stop(INVALID, "--expand goes with --format jsonl")
    loaded = catalog.load()
    matrix = build_matrix(loaded)
    cells = [_cell_line(cell) for cell in matrix_cells(matrix, loaded)]
    if form == "table":
        write_result(_coverage_table(cells), output)
        return
    if form == "json":
        write_result(formatted(cells, "json"), output)
        return
    lines = [json.dumps(c, separators=(",", ":")) for c in cells]
    if expand:
        from generator.engine.emit import recipe_result

        lines += [
            json.dumps(
                {"recipe": r.id, "result": recipe_result(r, version=__version__)}, separators=(",", ":")
            )
            for r in matrix.recipes
        ]
    write_result("\n".join(lines), output)


def _cell_line(cell: Cell) -> dict[str, Any]:
    return {
        "criteria": cell.criteria.as_dict(),
        "coverage": cell.coverage.value,
        "recipe": cell.recipe,
        "notHonoured": list(cell.not_honoured),
        "unpaired": cell.unpaired,
        "needs": dict(cell.needs),
    }


def _coverage_table(cells: list[dict[str, Any]]) -> str:
    counts: dict[tuple[str, str], dict[str, int]] = {}
    for cell in cells:
        key = (cell["criteria"]["service"], cell["criteria"]["accelerator"])
        row = counts.setdefault(key, dict.fromkeys(("exact", "composed", "partial", "unsupported"), 0))
        row[cell["coverage"]] += 1
    rows = [(*key, *map(str, row.values())) for key, row in counts.items()]
    return table((*DIMENSIONS[:2], "exact", "composed", "partial", "unsupported"), rows)


__all__ = ["explain_command", "list_command", "matrix_command", "query_command", "recipe_command"]
