"""Which recipe a verb is about: criteria, a snapshot, the id of a recipe, or a RecipeResult document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator import __version__
from generator.cli.exits import INVALID, NOT_FOUND, Stop
from generator.cli.options import CriteriaChoice, checked_value
from generator.core.criteria import ANY, DIMENSIONS, Criteria

if TYPE_CHECKING:
    from generator.engine.model import Catalog, Cell, Recipe

DOCUMENT_ENDINGS = (".yaml", ".yml", ".json", ".gz")


@dataclass(frozen=True, slots=True)
class Selection:
    """A resolved recipe, the criteria it was asked for with, and how far the catalog states those."""

    query: Criteria
    recipe: Recipe
    cell: Cell


def names_document(text: str) -> bool:
    """Whether *text* names something to read: a file, `-`, an address or `cm://namespace/name`."""
    return text == "-" or "://" in text or text.endswith(DOCUMENT_ENDINGS) or Path(text).is_file()


def select(catalog: Catalog, query: Criteria) -> Selection:
    """Resolve *query*."""
    from generator.engine.coverage import cover
    from generator.engine.resolve import resolve_recipe

    recipe = resolve_recipe(catalog, query)
    return Selection(query, recipe, cover(catalog, query, recipe))


def query_by_id(catalog: Catalog, recipe_id: str) -> Criteria:
    """The criteria of the recipe called *recipe_id*."""
    from generator.engine.matrix import build_matrix

    for recipe in build_matrix(catalog).recipes:
        if recipe.id == recipe_id:
            return recipe.criteria
    raise Stop(NOT_FOUND, f"{recipe_id}: neither a file nor the id of a recipe; see `aicr-matrix list --all`")


def read_result(where: str) -> Mapping[str, Any]:
    """Read a RecipeResult document."""
    from generator.load.documents import load_recipe
    from generator.load.inputs import read_input

    name, content = read_input(where)
    return load_recipe(content.decode("utf-8", "replace"), name)


def criteria_of_result(catalog: Catalog, result: Mapping[str, Any]) -> Criteria:
    """The criteria a RecipeResult was resolved for, held against the catalog's values."""
    stated = result.get("criteria")
    stated = stated if isinstance(stated, Mapping) else {}
    values = {}
    for dimension in DIMENSIONS:
        try:
            values[dimension] = checked_value(catalog, dimension, str(stated.get(dimension) or ANY))
        except ValueError as error:
            raise Stop(INVALID, f"the recipe's criteria: {error}") from error
    nodes = stated.get("nodes")
    return Criteria(**values, nodes=nodes if isinstance(nodes, int) else 0)


def chosen_recipe(catalog: Catalog, criteria: CriteriaChoice, recipe: str | None) -> Selection:
    """What `--recipe`, or else the criteria, name.

    A RecipeResult must be what this catalog resolves its criteria to: values are not in the document, so one
    made from another catalog, or edited, would silently get other components than it says.
    """
    if recipe is None:
        if not criteria.given:
            raise Stop(INVALID, "nothing was asked for; give criteria, --snapshot or --recipe")
        return select(catalog, criteria.query(catalog)[0])
    if criteria.given:
        raise Stop(INVALID, "--recipe names the criteria already; leave the other criteria options out")
    if not names_document(recipe):
        return select(catalog, query_by_id(catalog, recipe))
    result = read_result(recipe)
    selection = select(catalog, criteria_of_result(catalog, result))
    differing = _differing_components(selection, result)
    if differing:
        raise Stop(
            INVALID,
            f"{recipe}: differs from what this catalog resolves its criteria to ({', '.join(differing)}); "
            "name its catalog with --catalog, or say your changes with --set and --values",
        )
    return selection


def _differing_components(selection: Selection, result: Mapping[str, Any]) -> list[str]:
    from generator.engine.emit import recipe_result

    def by_name(document: Mapping[str, Any]) -> dict[str, Any]:
        refs = document.get("componentRefs")
        return (
            {str(r.get("name")): r for r in refs if isinstance(r, Mapping)} if isinstance(refs, list) else {}
        )

    ours = by_name(
        recipe_result(selection.recipe, query=selection.query, cell=selection.cell, version=__version__)
    )
    theirs = by_name(result)
    return sorted(name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name))
