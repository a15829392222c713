"""Documents users hand in: snapshots, recipes and criteria, wrapped or bare, and what is wrong with the rest."""

from __future__ import annotations

import json

import pytest

from generator.core.criteria import Criteria
from generator.engine.emit import recipe_result
from generator.engine.problems import ProblemsFound
from generator.engine.resolve import resolve_recipe
from generator.load.documents import document_kind, load_criteria, load_recipe, load_snapshot
from generator.load.yamltext import dump_yaml
from tests.shared import story

SNAPSHOT = """\
apiVersion: aicr.nvidia.com/v1alpha1
kind: Snapshot
measurements:
- type: K8s
  subtypes:
  - subtype: server
    data: {version: 1.30, ready: yes, count: 010}
"""


def wrapped(key: str, text: str) -> str:
    return dump_yaml(
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}, "data": {key: text}}
    )


def told(run: object, text: str) -> list[str]:
    assert callable(run)
    with pytest.raises(ProblemsFound) as found:
        run(text, "given.yaml")
    return [str(problem) for problem in found.value.problems]


@pytest.mark.parametrize("text", [SNAPSHOT, wrapped("snapshot.yaml", SNAPSHOT)], ids=["bare", "wrapped"])
def test_a_snapshots_readings_keep_their_source_text(text: str) -> None:
    assert document_kind(text, "x") == "Snapshot"
    assert load_snapshot(text, "x").readings == {
        "K8s.server.version": "1.30", "K8s.server.ready": "yes", "K8s.server.count": "010",
    }  # fmt: skip


def test_another_document_is_no_snapshot() -> None:
    assert told(load_snapshot, "kind: Recipe\n") == [
        "given.yaml:1: its kind is Recipe; it must be Snapshot; take one with `aicr-matrix snapshot`"
    ]
    assert told(load_snapshot, "- a\n") == ["given.yaml:1: is not a mapping; begin with `key: value` lines"]


def test_a_recipe_is_read_back_as_it_was_printed() -> None:
    result = recipe_result(resolve_recipe(story("wildcards"), Criteria(service="gke", os="cos")))
    for text in (dump_yaml(result), json.dumps(result), wrapped("recipe.yaml", dump_yaml(result))):
        assert load_recipe(text, "x") == result
        assert document_kind(text, "x") == "RecipeResult"


def test_a_recipe_that_would_inject_is_refused_with_its_lines() -> None:
    recipe = """\
kind: RecipeResult
componentRefs:
- name: a/../b
  version: 1.0; touch /x
  namespace: $(id)
  manifestFiles: [../../x.yaml]
deploymentOrder: ["a b"]
constraints:
- {name: "a b", value: "x\\ny"}
"""
    assert [line.split(" is ")[0].split(" holds ")[0] for line in told(load_recipe, recipe)] == [
        "given.yaml:3: componentRefs[0].name",
        "given.yaml:4: componentRefs[0].version",
        "given.yaml:5: componentRefs[0].namespace",
        "given.yaml:6: componentRefs[0].manifestFiles[0]",
        "given.yaml:7: deploymentOrder[0]",
        "given.yaml:9: constraints[0].name",
        "given.yaml:9: constraints[0].value",
    ]


def test_another_kind_is_no_recipe_and_a_config_map_without_one_says_so() -> None:
    assert told(load_recipe, "kind: Snapshot\n") == [
        "given.yaml:1: kind is 'Snapshot', not RecipeResult; make one with `aicr-matrix recipe`"
    ]
    assert told(load_recipe, wrapped("other", "x")) == [
        "given.yaml:1: is a ConfigMap without recipe.yaml or recipe.yml or recipe.json; name another one"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "kind: RecipeCriteria\nspec: {service: EKS, os: ' ubuntu ', nodes: 8}\n",
        "service: eks\nos: Ubuntu\nnodes: 8\nplatform: ''\nintent: null\n",
        '{"kind": "RecipeCriteria", "spec": {"service": "eks", "os": "ubuntu", "nodes": 8, "accelerator": "any"}}',
    ],
)
def test_criteria_are_read_under_spec_or_bare(text: str) -> None:
    assert load_criteria(text, "x") == Criteria(service="eks", os="ubuntu", nodes=8)


def test_a_slip_in_criteria_is_a_problem_and_no_wildcard() -> None:
    assert told(load_criteria, "servcie: eks\nnodes: many\n") == [
        "given.yaml:1: servcie is not a field we know; did you mean service?",
        "given.yaml:2: nodes is 'many', not a number of nodes; write a number, 0 for any",
    ]
    assert told(load_criteria, "kind: Recipe\n") == ["given.yaml:1: kind is 'Recipe'; write RecipeCriteria"]
