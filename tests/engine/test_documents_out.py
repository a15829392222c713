"""What the engine says of a recipe: explain, query, diff, the validator's rules, and snapshot mode."""

from __future__ import annotations

from typing import Any

import pytest

from generator.core.criteria import Criteria
from generator.core.snapshot import Snapshot, parse_snapshot
from generator.core.validation import Context, evaluate_recipe
from generator.engine.coverage import cover
from generator.engine.diff import diff_catalogs, diff_recipes, diff_snapshots
from generator.engine.emit import (
    detection_rules,
    dimensions_document,
    query_document,
    recipe_result,
    recipe_rules,
    select_path,
)
from generator.engine.explain import explain_lines, explain_recipe, narrow
from generator.engine.model import Catalog
from generator.engine.resolve import resolve_recipe
from generator.engine.rules import implies
from generator.engine.snapshotmode import resolve_snapshot
from generator.load.yamltext import dump_yaml
from tests.shared import CRITERIA, overlay, story, tiny

EKS = Criteria(service="eks")
EKS_H100 = Criteria(service="eks", accelerator="h100")
DRIVER = {
    "overlays/eks.yaml": overlay(
        "eks",
        "  criteria: {service: eks}\n  constraints: [{name: K8s.server.version, value: '>= 1.34'}]\n"
        "  componentRefs:\n  - name: a\n    overrides:\n      driver: {version: 1}\n"
        "  validation: {conformance: {checks: [x]}}",
    ),
    "overlays/h100.yaml": overlay(
        "h100",
        "  criteria: {service: eks, accelerator: h100}\n  constraints: [{name: K8s.server.version, value: '>= 1.30'}]\n"
        "  componentRefs: [{name: a, overrides: {driver: {version: 2}}}]",
        base="eks",
    ),
}


def snapshot(**readings: str) -> Snapshot:
    """A snapshot with these readings; `__` stands for a dot."""
    types: dict[str, dict[str, dict[str, str]]] = {}
    for name, text in readings.items():
        kind, subtype, key = name.split("__")
        types.setdefault(kind, {}).setdefault(subtype, {})[key] = text
    measurements = [
        {"type": kind, "subtypes": [{"subtype": s, "data": data} for s, data in subtypes.items()]}
        for kind, subtypes in types.items()
    ]
    return parse_snapshot({"kind": "Snapshot", "measurements": measurements})


# --- explain


def test_explain_says_who_set_a_value_where_and_over_what() -> None:
    entries = explain_recipe(resolve_recipe(tiny(DRIVER), EKS_H100))
    assert explain_lines(narrow(entries, "K8s.server.version")) == [
        "constraints.K8s.server.version = >= 1.30",
        "    set by overlay h100 (overlays/h100.yaml:8)",
        "    over >= 1.34 by overlay eks (overlays/eks.yaml:7)",
    ]
    assert [e.as_dict() for e in narrow(entries, "components.a.values.driver.version")] == [
        {
            "path": "components.a.values.driver.version",
            "kind": "value",
            "value": 2,
            "origin": {"kind": "overlay", "name": "h100", "file": "overlays/h100.yaml", "line": 9},
            "overrode": [
                {
                    "value": 1,
                    "origin": {"kind": "overlay", "name": "eks", "file": "overlays/eks.yaml", "line": 11},
                }
            ],
        }
    ]


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("a.values", ["components.a.values.driver.version"]),
        ("conformance", ["validation.conformance.checks.x"]),
        ("x", ["validation.conformance.checks.x"]),
        ("constraints", ["constraints.K8s.server.version"]),
        ("a.valu", []),
        ("nothing", []),
    ],
)
def test_explain_narrows_to_whole_segments(path: str, found: list[str]) -> None:
    entries = explain_recipe(resolve_recipe(tiny(DRIVER), EKS_H100))
    assert [entry.path for entry in narrow(entries, path)] == found


# --- query


def test_a_path_selects_by_key_by_name_and_by_number() -> None:
    document = query_document(resolve_recipe(tiny(DRIVER), EKS_H100), EKS_H100)
    assert select_path(document, "components.a.values.driver.version") == 2
    assert select_path(document, "constraints.K8s.server.version.value") == ">= 1.30"
    assert select_path(document, "deploymentOrder.0") == "a"
    assert select_path(document, ".") == document == select_path(document, "")
    assert set(document["components"]["a"]) == {
        "name", "type", "source", "namespace", "chart", "version", "values",
    }  # fmt: skip
    with pytest.raises(KeyError, match=r"components has no b; it has a"):
        select_path(document, "components.b.values")


# --- diff


def test_recipes_are_compared_value_by_value() -> None:
    catalog = tiny(DRIVER)
    before, after = (recipe_result(resolve_recipe(catalog, query), version="x") for query in (EKS, EKS_H100))
    changes = {c.path: (c.kind, c.before, c.after) for c in diff_recipes(before, after).changes}
    assert changes["constraints.K8s.server.version.value"] == ("changed", ">= 1.34", ">= 1.30")
    assert changes["componentRefs.a.overrides.driver.version"] == ("changed", 1, 2)
    assert changes["criteria.accelerator"] == ("changed", "any", "h100")
    assert diff_recipes(before, {**before, "metadata": {**before["metadata"], "version": "y"}}).as_dict() == {
        "subject": "recipes", "same": True, "changes": [],
    }  # fmt: skip


def test_snapshots_are_compared_without_their_time_stamps_and_node_names() -> None:
    def taken(time: str, node: str, version: str) -> Snapshot:
        data = {"version": version, "source-node": node}
        return parse_snapshot(
            {
                "kind": "Snapshot",
                "metadata": {"timestamp": time, "source-node": node},
                "measurements": [{"type": "K8s", "subtypes": [{"subtype": "node", "data": data}]}],
            }
        )

    assert not diff_snapshots(taken("1", "n1", "v1.30"), taken("2", "n2", "v1.30"))
    (change,) = diff_snapshots(taken("1", "n1", "v1.30"), taken("2", "n2", "v1.31")).changes
    assert change.as_dict() == {
        "path": "K8s.node.version", "kind": "changed", "before": "v1.30", "after": "v1.31",
    }  # fmt: skip


def test_catalogs_are_compared_by_combination_and_by_recipe() -> None:
    before = tiny({"overlays/eks.yaml": DRIVER["overlays/eks.yaml"]})
    changes = {c.path: (c.kind, c.before, c.after) for c in diff_catalogs(before, tiny(DRIVER)).changes}
    assert changes["combination service=eks,accelerator=h100"] == (
        "changed", "partial, recipe eks", "exact, recipe h100-eks",
    )  # fmt: skip
    assert changes["recipe h100-eks"] == ("added", None, "present")
    assert changes["recipe h100-eks.components.a.values.driver.version"] == ("added", None, 2)
    assert "combination service=gke" not in changes


# --- rules


def rules_of(catalog: Catalog, query: Criteria) -> dict[str, Any]:
    recipe = resolve_recipe(catalog, query)
    return recipe_rules(recipe, cover(catalog, query, recipe), catalog)


def test_rules_hold_what_the_validator_evaluates() -> None:
    rules = rules_of(tiny(DRIVER, own=True), EKS_H100)
    assert (rules["id"], rules["coverage"], rules["startingPoint"]) == ("h100-eks", "exact", False)
    assert rules["page"] == "recipes/eks/h100-any/any/"
    assert [(c["name"], c["value"]) for c in rules["constraints"]] == [("K8s.server.version", ">= 1.30")]
    assert rules["phases"] == {"conformance": {"checks": ["x"], "constraints": []}}
    assert rules["constraints"][0]["origin"]["file"] == "overlays/h100.yaml"
    report = evaluate_recipe(rules, snapshot(K8s__server__version="v1.32.0"), Context())
    assert report.phases[0].verdict == "pass"


def test_in_a_foreign_catalog_a_weakened_constraint_is_evaluated_beside_the_winner() -> None:
    rules = rules_of(tiny(DRIVER), EKS_H100)
    assert [(c["value"], c.get("overridden", False)) for c in rules["constraints"]] == [
        (">= 1.30", False),
        (">= 1.34", True),
    ]


@pytest.mark.parametrize(
    ("later", "earlier", "expected"),
    [
        (">= 1.34", ">= 1.30", True), (">= 1.30", ">= 1.34", False), (">= 1.30", ">= 1.30", True),
        ("> 1.30", ">= 1.30", True), (">= 1.30", "> 1.30", False), ("<= 1.3", "<= 1.4", True),
        ("== 1.34", ">= 1.30", True), ("ubuntu", "ubuntu", True), ("ubuntu", "rhel", False),
        (">= x", ">= 1.0", False), ("", ">= 1.0", False), (">= 1.34 < 1.36", ">= 1.30", False),
    ],
)  # fmt: skip
def test_one_constraint_implies_another(later: str, earlier: str, expected: bool) -> None:
    assert implies(later, earlier) is expected


def test_dimensions_carry_labels_and_every_value_and_detection_stays_in_order() -> None:
    stated = {"dimension": "os", "value": "cos", "reading": "OS.release.ID", "match": "equals", "text": "cos"}
    rule = dump_yaml({"detection": [{**stated, "strength": "strong"}]})
    catalog = tiny(
        {"criteria.yaml": CRITERIA + rule, "overlays/x.yaml": overlay("x", "  criteria: {service: nebula}")}
    )
    service = dimensions_document(catalog)[0]
    assert (service["name"], service["label"]) == ("service", "Service")
    assert [v["name"] for v in service["values"]] == ["eks", "gke", "kind", "nebula"]
    assert service["values"][0]["title"] == "EKS"
    assert [r["value"] for r in detection_rules(catalog)] == ["cos"]


# --- snapshot mode

CHAIN = {
    "overlays/eks.yaml": overlay(
        "eks", "  criteria: {service: eks}\n  constraints: [{name: K8s.server.version, value: '>= 1.30'}]"
    ),
    "overlays/h100.yaml": overlay(
        "h100",
        "  criteria: {service: eks, accelerator: h100}\n  constraints: [{name: GPU.smi.driver, value: '>= 570'}]",
        base="eks",
    ),
    "overlays/ubuntu.yaml": overlay(
        "ubuntu",
        "  criteria: {service: eks, accelerator: h100, os: ubuntu}\n"
        "  constraints: [{name: OS.release.VERSION_ID, value: '24.04', severity: warning}]",
        base="h100",
    ),
}
ASKED = Criteria(service="eks", accelerator="h100", os="ubuntu")


def test_a_leaf_the_cluster_does_not_meet_gives_way_to_its_parent() -> None:
    answer = resolve_snapshot(
        tiny(CHAIN), ASKED, snapshot(K8s__server__version="v1.33", GPU__smi__driver="560.1")
    )
    assert answer.recipe.layers == ("base", "eks")
    assert answer.excluded == ("h100", "ubuntu")
    assert answer.recipe.id == "eks"
    assert not answer.base_failed
    warning = answer.metadata()["constraintWarnings"][0]
    assert (warning["constraint"], warning["expected"], warning["actual"]) == (
        "GPU.smi.driver",
        ">= 570",
        "560.1",
    )
    assert "overlay h100 is left out: the snapshot does not meet it" in answer.messages()


def test_a_missing_reading_keeps_the_leaf_unless_strict() -> None:
    seen = snapshot(K8s__server__version="v1.33", OS__release__VERSION_ID="22.04")
    answer = resolve_snapshot(tiny(CHAIN), ASKED, seen)
    assert answer.recipe.layers == ("base", "eks", "h100", "ubuntu")
    assert [(u.constraint, u.verdict) for u in answer.unread] == [("GPU.smi.driver", "unknown")]
    assert resolve_snapshot(tiny(CHAIN), ASKED, seen, strict=True).recipe.layers == ("base", "eks")


def test_what_descends_from_an_excluded_overlay_is_excluded_too() -> None:
    files = {
        **CHAIN,
        "overlays/low.yaml": overlay(
            "low",
            "  criteria: {service: eks, os: ubuntu}\n  constraints: [{name: K8s.server.version, value: '>= 1.20'}]",
            base="eks",
        ),
    }
    # `low` alone would pass, and so would its chain; h100 fails on eks's floor, and eks with it.
    answer = resolve_snapshot(
        tiny(files), ASKED, snapshot(K8s__server__version="v1.25", GPU__smi__driver="570.1")
    )
    assert "eks" in answer.excluded
    assert "overlay low is left out: it builds on eks, which is left out" in answer.messages()
    assert answer.recipe.layers == ("base",)
    assert set(answer.excluded).isdisjoint(answer.recipe.layers)


def test_a_base_that_fails_is_printed_all_the_same() -> None:
    files = {
        "overlays/base.yaml": overlay("base", "  constraints: [{name: K8s.server.version, value: '>= 1.28'}]")
    }
    answer = resolve_snapshot(tiny(files), EKS, snapshot(K8s__server__version="v1.20"))
    assert answer.base_failed
    assert answer.recipe.layers == ("base",)
    assert answer.messages()[-1] == "the snapshot does not meet the base recipe; it is printed all the same"


def test_a_mixins_constraints_count_for_the_overlay_that_lists_it() -> None:
    old = snapshot(K8s__server__version="v1.30", OS__release__ID="rhel")
    answer = resolve_snapshot(story("mixins"), EKS, old)
    assert answer.excluded == ("eks",)
    assert answer.recipe.mixins == ()
