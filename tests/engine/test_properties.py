"""What holds for every catalog and every query."""

from __future__ import annotations

import copy
import json
import os
import random
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.core.criteria import Criteria
from generator.engine.coverage import cover
from generator.engine.diff import diff_catalogs, diff_recipes
from generator.engine.emit import query_document, recipe_result, select_path
from generator.engine.explain import explain_recipe
from generator.engine.match import match_overlays
from generator.engine.matrix import build_matrix, cell_at, matrix_cells
from generator.engine.merge import merge_settings, merge_values
from generator.engine.model import Catalog, Origin, Path, Place, Recipe, Tree
from generator.engine.resolve import resolve_recipe
from generator.engine.settings import leaf_settings
from generator.load.yamltext import dump_yaml, parse_yaml
from tests.engine.generated import catalog_files, document, load, maps, queries
from tests.shared import TESTS, story

SLOW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def told(catalog: Catalog, query: Criteria) -> dict[str, Any]:
    """Everything a recipe says, as plain values."""
    recipe = resolve_recipe(catalog, query)
    return {
        "result": recipe_result(recipe, query=query, cell=cover(catalog, query, recipe)),
        "values": query_document(recipe, query),
        "origins": [entry.as_dict() for entry in explain_recipe(recipe)],
    }


@SLOW
@given(catalog_files(), queries, st.randoms(use_true_random=False))
def test_the_order_of_files_and_of_earlier_questions_changes_nothing(
    files: dict[str, str], query: Criteria, chance: random.Random
) -> None:
    catalog = load(files)
    first = told(catalog, query)
    names = list(files)
    chance.shuffle(names)
    other = load({name: files[name] for name in names})
    for cell in list(matrix_cells(build_matrix(other), other))[:: max(1, chance.randrange(1, 40))]:
        resolve_recipe(other, cell.criteria)
    assert told(other, query) == first
    assert other == catalog


@SLOW
@given(catalog_files(), queries)
def test_the_order_of_keys_changes_no_value(files: dict[str, str], query: Criteria) -> None:
    def turned(value: object) -> object:
        if isinstance(value, Mapping):
            return {key: turned(value[key]) for key in reversed(value)}
        return [turned(item) for item in value] if isinstance(value, list) else value

    reordered = {
        name: dump_yaml(turned(parse_yaml(text, name).value), sort_keys=False) for name, text in files.items()
    }
    before, after = load(files), load(reordered)
    assert told(before, query)["result"] == told(after, query)["result"]
    assert told(before, query)["values"] == told(after, query)["values"]


@SLOW
@given(catalog_files(), queries)
def test_resolving_never_changes_the_catalog(files: dict[str, str], query: Criteria) -> None:
    catalog = load(files)
    before = copy.deepcopy(catalog)
    first = resolve_recipe(catalog, query)
    kept = copy.deepcopy(first)
    build_matrix(catalog)
    resolve_recipe(catalog, Criteria())
    assert catalog == before
    assert first == kept


@SLOW
@given(catalog_files(), queries)
def test_an_overlay_that_does_not_match_changes_nothing(files: dict[str, str], query: Criteria) -> None:
    spec = {
        "criteria": {"service": "eks" if query.service != "eks" else "gke"},
        "componentRefs": [{"name": "a", "tag": "z"}],
    }
    more = load({**files, "overlays/zz.yaml": document("zz", spec)})
    assert "zz" not in {overlay.name for overlay in match_overlays(more, query)}
    assert resolve_recipe(more, query) == resolve_recipe(load(files), query)


@SLOW
@given(catalog_files(), queries)
def test_explains_winner_is_the_resolved_value_everywhere(files: dict[str, str], query: Criteria) -> None:
    recipe = resolve_recipe(load(files), query)
    explained = {entry.path: entry.value for entry in explain_recipe(recipe)}
    assert all(entry.history for entry in explain_recipe(recipe))
    for constraint in recipe.constraints:
        assert explained[f"constraints.{constraint.name}"] == constraint.value
    for component in recipe.components:
        for name, value in component.fields.items():
            if name not in ("name", "overrides"):
                assert explained[f"components.{component.name}.{name}"] == value
        assert {path: h[-1].value for path, h in component.value_origins.items()} == leaves(component.values)
    for name, phase in recipe.phases.items():
        assert {f"validation.{name}.checks.{check}" for check in phase.checks} <= set(explained)


def leaves(values: Mapping[str, object], path: Path = ()) -> dict[Path, object]:
    found: dict[Path, object] = {}
    for key, value in values.items():
        if isinstance(value, Mapping) and value:
            found.update(leaves(value, (*path, key)))
        else:
            found[(*path, key)] = value
    return found


@SLOW
@given(catalog_files(), queries, queries)
def test_diff_of_one_thing_is_empty_and_turns_round(
    files: dict[str, str], one: Criteria, two: Criteria
) -> None:
    catalog = load(files)
    a, b = (recipe_result(resolve_recipe(catalog, query)) for query in (one, two))
    assert not diff_recipes(a, a)
    turned = {(c.path, c.kind, repr(c.after), repr(c.before)) for c in diff_recipes(b, a).changes}
    names = {"added": "removed", "removed": "added", "changed": "changed"}
    assert {
        (c.path, names[c.kind], repr(c.before), repr(c.after)) for c in diff_recipes(a, b).changes
    } == turned
    assert not diff_catalogs(catalog, catalog)


@SLOW
@given(catalog_files(), queries)
def test_a_catalog_written_out_and_loaded_again_is_equal(files: dict[str, str], query: Criteria) -> None:
    catalog = load(files)
    again = {name: dump_yaml(parse_yaml(text, name).value, indent=4) for name, text in files.items()}
    other = load(again)
    assert other.overlays.keys() == catalog.overlays.keys()
    assert {n: t.value for n, t in other.values.items()} == {n: t.value for n, t in catalog.values.items()}
    assert told(other, query)["result"] == told(catalog, query)["result"]


@SLOW
@given(catalog_files())
def test_the_matrix_says_of_every_combination_what_asking_for_it_says(files: dict[str, str]) -> None:
    catalog = load(files)
    matrix = build_matrix(catalog)
    for number, cell in enumerate(matrix_cells(matrix, catalog)):
        if number % 7:
            continue
        recipe = resolve_recipe(catalog, cell.criteria)
        assert cover(catalog, cell.criteria, recipe) == cell == cell_at(matrix, catalog, cell.criteria)
        assert matrix.recipes[matrix.recipe[number]] == recipe
        if cell.needs:
            needed: dict[str, Any] = dict(cell.needs)
            met = replace(cell.criteria, **needed)
            assert cell_at(matrix, catalog, met).coverage.value == "exact"


@given(maps, maps, maps)
def test_laying_maps_over_each_other_is_associative_and_keeps_its_inputs(
    one: dict[str, Any], two: dict[str, Any], three: dict[str, Any]
) -> None:
    kept = copy.deepcopy((one, two, three))
    merged = merge_values(merge_values(one, two), three)
    assert (one, two, three) == kept
    assert merge_values(one, {}) == one == merge_values(one, one)
    history = merge_settings(settled(one, "1"), settled(two, "2"), one)
    history = merge_settings(history, settled(three, "3"), merge_values(one, two))
    assert {path: settings[-1].value for path, settings in history.items()} == leaves(merged)


def settled(values: dict[str, Any], name: str) -> Mapping[Path, Any]:
    return leaf_settings(values, Tree(values, {}, name), (), Origin("values", name, Place(name, 1)))


@SLOW
@given(catalog_files(), queries)
def test_every_value_is_selected_by_its_path(files: dict[str, str], query: Criteria) -> None:
    document_ = query_document(resolve_recipe(load(files), query), query)
    for name, component in document_["components"].items():
        for path, value in leaves(component["values"]).items():
            if "x.y" not in path:  # a key with a dot may be read as two
                assert select_path(document_, ".".join(("components", name, "values", *path))) == value


def test_the_hash_seed_changes_nothing() -> None:
    program = (
        "import hashlib, json, sys\n"
        "from generator.engine.emit import recipe_result\n"
        "from generator.engine.matrix import build_matrix\n"
        "from generator.load.catalog import load_catalog\n"
        "matrix = build_matrix(load_catalog(sys.argv[1]))\n"
        "text = json.dumps([recipe_result(r) for r in matrix.recipes]) + repr(matrix)\n"
        "print(hashlib.sha256(text.encode()).hexdigest())\n"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program, str(TESTS / "catalogs" / "wildcards")],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=TESTS.parent,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4242")
    }
    assert len(digests) == 1


def test_one_query_leaves_no_trace_in_the_next() -> None:
    catalog = story("wildcards")
    query = Criteria(service="gke", os="cos")
    fresh = json.dumps(recipe_result(resolve_recipe(story("wildcards"), query)))
    leaf = Criteria(service="gke", accelerator="h100", os="cos", intent="training", platform="kubeflow")
    recipe: Recipe = resolve_recipe(catalog, leaf)
    assert "trainer" in recipe.order
    assert json.dumps(recipe_result(resolve_recipe(catalog, query))) == fresh
