"""The honesty rule on catalogs made for it: what is exact, composed, partial, unsupported, and what would help."""

from __future__ import annotations

from collections import Counter

import pytest

from generator.core.criteria import Criteria
from generator.engine.coverage import cover
from generator.engine.matrix import (
    GRADES,
    build_matrix,
    cell_at,
    combinations_of,
    criteria_aliases,
    dimension_values,
    matrix_cells,
    nearest,
    own_coverage,
)
from generator.engine.model import Catalog, Cell
from generator.engine.problems import ProblemsFound
from generator.engine.resolve import resolve_recipe
from tests.shared import CRITERIA, overlay, story, tiny


def asked(catalog: Catalog, **criteria: str) -> Cell:
    """The cell of a query, asked both ways."""
    query = Criteria(**criteria)  # type: ignore[arg-type]
    cell = cover(catalog, query, resolve_recipe(catalog, query))
    assert cell == cell_at(build_matrix(catalog), catalog, query)
    return cell


def test_a_pair_that_only_meets_through_wildcards_is_partial() -> None:
    cell = asked(story("wildcards"), service="kind", accelerator="gb200")
    assert cell.coverage.value == "partial"
    assert cell.unpaired
    assert cell.not_honoured == ()
    assert cell.honoured_by == {"service": "kind", "accelerator": "gb200-any"}
    assert cell.recipe == "gb200-kind"
    assert cell.needs == ()


def test_gke_with_h100_and_training_needs_os_cos() -> None:
    cell = asked(story("wildcards"), service="gke", accelerator="h100", intent="training")
    assert cell.coverage.value == "partial"
    assert cell.needs == (("os", "cos"),)
    assert cell.not_honoured == ("service", "intent")


def test_one_overlay_with_its_ancestors_that_states_everything_is_exact() -> None:
    catalog = story("wildcards")
    cell = asked(catalog, service="gke", accelerator="h100", intent="training", os="cos", platform="kubeflow")
    assert (cell.coverage.value, cell.needs, cell.recipe) == ("exact", (), "h100-gke-cos-training-kubeflow")
    assert cell.honoured_by["service"] == "gke-cos"
    assert asked(catalog, service="gke", os="cos").coverage.value == "exact"


def test_dimensions_honoured_by_different_overlays_with_a_stated_pair_are_composed() -> None:
    cell = asked(story("composed"), service="eks", accelerator="h100", os="ubuntu", intent="training")
    assert cell.coverage.value == "composed"
    assert cell.honoured_by == {
        "service": "eks",
        "accelerator": "h100-eks",
        "intent": "training",
        "os": "ubuntu",
    }
    # Without an accelerator there is no pair to state.
    assert asked(story("composed"), service="eks", os="ubuntu").coverage.value == "composed"


def test_a_stated_value_that_nobody_honours_makes_it_partial_and_nothing_honoured_unsupported() -> None:
    catalog = story("composed")
    cell = asked(catalog, service="eks", platform="kubeflow")
    assert (cell.coverage.value, cell.not_honoured, cell.recipe) == ("partial", ("platform",), "eks")
    assert asked(catalog, service="gke").coverage.value == "unsupported"
    assert asked(catalog).coverage.value == "unsupported"


def test_overlays_with_open_criteria_honour_nothing() -> None:
    catalog = tiny({"overlays/hpa.yaml": overlay("hpa", "  criteria: {intent: any}")})
    cell = asked(catalog, service="eks", intent="training")
    assert (cell.coverage.value, cell.not_honoured) == ("unsupported", ("service", "intent"))


def test_an_ancestor_honours_what_the_query_states_of_it() -> None:
    files = {
        "overlays/pair.yaml": overlay("pair", "  criteria: {service: eks, accelerator: h100, os: cos}"),
        "overlays/x.yaml": overlay("x", "  criteria: {service: eks}", base="pair"),
    }
    cell = asked(tiny(files), service="eks", accelerator="h100")
    # `pair` asks for cos and does not match, but x stands on it and applies.
    assert (cell.coverage.value, cell.recipe) == ("exact", "eks")
    assert asked(tiny(files), service="eks", os="ubuntu").not_honoured == ("os",)


def test_the_fewest_further_criteria_are_needed_and_order_decides_ties() -> None:
    catalog = story("wildcards")
    assert asked(catalog, service="gke").needs == (("os", "cos"),)
    assert asked(catalog, platform="kubeflow").needs == (
        ("service", "gke"), ("accelerator", "h100"), ("intent", "training"), ("os", "cos"),
    )  # fmt: skip
    assert asked(catalog, service="eks").needs == ()


def test_nearest_names_additions_first_then_swaps_then_drops() -> None:
    matrix = build_matrix(story("wildcards"))
    near = nearest(matrix, Criteria(service="gke", accelerator="gb200", os="cos"), 20)
    assert [n.change for n in near] == sorted(
        (n.change for n in near), key=["addition", "swap", "drop"].index
    )
    added = nearest(matrix, Criteria(service="gke", accelerator="h100"), 2)
    assert [(n.change, n.changes) for n in added] == [
        ("addition", (("intent", "any", "training"), ("os", "any", "cos"))),
        ("addition", (("intent", "any", "training"), ("os", "any", "cos"), ("platform", "any", "kubeflow"))),
    ]
    dropped = nearest(matrix, Criteria(service="kind", accelerator="gb200"), 9)
    assert dropped[0].change == "swap" and dropped[-1].change == "drop"
    assert Criteria(service="kind") in {n.criteria for n in dropped}


def test_the_matrix_has_a_cell_for_every_combination_any_included() -> None:
    catalog = story("wildcards")
    matrix = build_matrix(catalog)
    size = 1
    for values in matrix.values.values():
        assert values[0] == "any"
        size *= len(values)
    assert len(matrix.coverage) == len(matrix.recipe) == len(matrix.not_honoured) == size
    cells = list(matrix_cells(matrix, catalog))
    assert [cell.criteria for cell in cells] == list(combinations_of(matrix))
    assert Counter(cell.coverage for cell in cells) == Counter(GRADES[grade] for grade in matrix.coverage)
    assert tuple(cell.criteria for cell in cells if cell.coverage.value == "exact") == matrix.exact
    assert [recipe.id for recipe in matrix.recipes] == sorted({recipe.id for recipe in matrix.recipes})
    assert own_coverage(matrix, resolve_recipe(catalog, Criteria(service="kind"))).value == "exact"


def test_a_value_the_matrix_does_not_have_is_a_key_error() -> None:
    catalog = story("wildcards")
    with pytest.raises(KeyError, match="service nimbus"):
        cell_at(build_matrix(catalog), catalog, Criteria(service="nimbus"))


def test_values_stand_in_the_order_of_criteria_yaml_and_others_after_them() -> None:
    catalog = tiny({"overlays/x.yaml": overlay("x", "  criteria: {service: zeta}"),
                    "overlays/y.yaml": overlay("y", "  criteria: {service: alpha}")})  # fmt: skip
    assert dimension_values(catalog)["service"] == ("any", "eks", "gke", "kind", "alpha", "zeta")


def test_aliases_name_values_and_any() -> None:
    criteria = CRITERIA.replace(
        "{name: eks, label: EKS}", "{name: eks, label: EKS, aliases: [Amazon-EKS]}"
    ).replace("- {name: service,", "- {name: service, anyAliases: [Vanilla],")
    assert criteria_aliases(tiny({"criteria.yaml": criteria}))["service"] == {
        "amazon-eks": "eks",
        "vanilla": "any",
    }


def test_in_our_catalog_the_matrix_raises_the_problems_of_every_recipe_at_once() -> None:
    with pytest.raises(ProblemsFound) as found:
        build_matrix(story("mixins", own=True))
    assert len(found.value.problems) == 2


def test_in_a_foreign_catalog_a_recipe_that_cannot_be_put_together_says_so_and_is_never_exact() -> None:
    spec = "  criteria: {service: eks}\n  componentRefs: [{name: a, dependencyRefs: [b]}]"
    catalog = tiny({"overlays/x.yaml": overlay("x", spec)})
    matrix = build_matrix(catalog)
    recipe = next(r for r in matrix.recipes if r.id == "eks")
    assert recipe.broken
    assert "component a depends on b, which the recipe does not have" in [
        note.text for note in recipe.problems
    ]
    cell = cell_at(matrix, catalog, Criteria(service="eks"))
    assert (cell.coverage.value, matrix.exact) == ("partial", ())


def test_of_several_ways_to_become_exact_the_one_criteria_yaml_puts_first_is_named() -> None:
    files = {
        f"overlays/{intent}.yaml": overlay(
            intent, f"  criteria: {{service: eks, accelerator: h100, intent: {intent}}}"
        )
        for intent in ("inference", "training")
    }
    assert asked(tiny(files), service="eks", accelerator="h100").needs == (("intent", "training"),)
