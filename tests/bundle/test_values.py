"""The user's options over a component's values, and the grammar of --set."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
import yaml

from generator.bundle import Assignment, BundleOptions, Toleration, build_bundle, plan_bundle
from generator.bundle.strvals import SetSyntaxError, parse_set
from generator.load.problems import ProblemsFound
from tests.bundle.small import REGISTRY, small_catalog, small_recipe


def values_of(component: str, options: BundleOptions) -> Mapping[str, object]:
    catalog = small_catalog()
    plan = plan_bundle(catalog, small_recipe(catalog), options)
    return next(c.values for c in plan.components if c.name == component)


def only(**changes: object) -> BundleOptions:
    """Options without the default tolerations, so that what is asked for stands alone."""
    return BundleOptions(system_tolerations=(), accelerated_tolerations=()).with_changes(**changes)


# text, parsed; the forms are those of Helm's documentation of --set.
SETS = [
    ("a.b=1", [(("a", "b"), 1)]),
    ("a=true,b=null,c=", [(("a",), True), (("b",), None), (("c",), "")]),
    ("a=1.10", [(("a",), "1.10")]),
    ("a=007", [(("a",), "007")]),
    ("a=-5", [(("a",), -5)]),
    ("a=99999999999999999999", [(("a",), "99999999999999999999")]),
    ("a={x,2,}", [(("a",), ["x", 2, ""])]),
    ("a={}", [(("a",), [])]),
    ("a[1].b[0]=x", [(("a", 1, "b", 0), "x")]),
    (r"a\.b/c=x\,y", [(("a.b/c",), "x,y")]),
    ("a=b=c", [(("a",), "b=c")]),
]


@pytest.mark.parametrize(("text", "parsed"), SETS, ids=[text for text, _ in SETS])
def test_set_reads_as_helm_reads(text: str, parsed: list[object]) -> None:
    assert parse_set(text) == parsed


def test_set_string_is_always_text() -> None:
    assert parse_set("a=true,b=1", strings=True) == [(("a",), "true"), (("b",), "1")]


@pytest.mark.parametrize(
    "text", ["", "a", "=1", "a..b=1", "a[x]=1", "a[99999]=1", "a={1,2", "a,b=1", "a[0]b=1"]
)
def test_set_refuses_what_it_cannot_read(text: str) -> None:
    with pytest.raises(SetSyntaxError):
        parse_set(text)


def test_names_and_aliases_go_together() -> None:
    options = only(
        assignments=(Assignment("op", "a.x=1"), Assignment("operator", "a.y=two"), Assignment("op", "a.x=3"))
    )
    assert values_of("operator", options)["a"] == {"x": 3, "y": "two"}


def test_set_changes_lists_and_keeps_the_rest() -> None:
    values = values_of("operator", only(assignments=(Assignment("op", "list[1].name=z,list[2].name=c"),)))
    assert values["list"] == [{"name": "a"}, {"name": "z"}, {"name": "c"}]
    assert values["store"] == {"size": "10Gi"}


def test_set_file_takes_the_text_as_it_is() -> None:
    options = only(assignments=(Assignment("op", "conf.main", "set-file", "a=1,b\n"),))
    assert values_of("operator", options)["conf"] == {"main": "a=1,b\n"}


def test_a_values_file_merges_and_set_is_applied_after_it() -> None:
    layer = {"controller": {"replicas": 5, "image": None}, "list": []}
    options = only(values=(("op", layer),), assignments=(Assignment("op", "controller.replicas=6"),))
    values = values_of("operator", options)
    assert values["controller"] == {"replicas": 6, "image": None}
    assert values["list"] == []


def test_scheduling_is_written_where_the_registry_says() -> None:
    options = BundleOptions(
        system_node_selector={"pool": "system"},
        system_tolerations=(Toleration("dedicated", "system", "NoSchedule"),),
        accelerated_node_selector={"pool": "gpu"},
        accelerated_tolerations=(Toleration("nvidia.com/gpu", "", "NoExecute"),),
        workload_selector={"app": "train"},
        workload_gate=Toleration("gate", "true", "NoSchedule"),
        nodes=16,
        storage_class="fast",
    )
    values = values_of("operator", options)
    assert values["controller"] == {
        "replicas": 2,
        "image": {"repository": "registry.example.com/op", "tag": "1.10"},
        "nodeSelector": {"pool": "system"},
        "tolerations": [{"key": "dedicated", "operator": "Equal", "value": "system", "effect": "NoSchedule"}],
    }
    assert values["daemon"] == {
        "nodeSelector": {"pool": "gpu"},
        "tolerations": [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoExecute"}],
        "taint": "gate=true:NoSchedule",
    }
    assert (values["workload"], values["estimate"]) == ({"app": "train"}, 16)
    assert values["store"] == {"size": "10Gi", "storageClassName": "fast"}


def test_every_taint_is_tolerated_unless_told_otherwise() -> None:
    assert values_of("operator", BundleOptions())["daemon"] == {"tolerations": [{"operator": "Exists"}]}


def test_a_null_stays_a_null() -> None:
    catalog = small_catalog()
    files = build_bundle(catalog, small_recipe(catalog), "helm", only())
    assert yaml.safe_load(files["dra/values.yaml"]) == {"gone": None}


def test_a_component_can_be_left_out_and_the_recipe_says_so() -> None:
    catalog = small_catalog()
    options = only(assignments=(Assignment("extras", "enabled=false"),))
    files = build_bundle(catalog, small_recipe(catalog), "helm", options)
    recipe = yaml.safe_load(files["recipe.yaml"])
    assert recipe["deploymentOrder"] == ["operator", "dra", "kai-scheduler", "kustom"]
    assert "dependencyRefs" not in next(c for c in recipe["componentRefs"] if c["name"] == "kustom")
    assert not any(path.startswith("extras/") for path in files)
    assert b"it depends on extras, which is left out" in files["README.md"]


def test_every_wrong_option_is_told_at_once() -> None:
    catalog = small_catalog()
    options = only(
        assignments=(
            Assignment("opp", "a=1"),
            Assignment("op", "a"),
            Assignment("nobody\x1b", "a=1"),
        ),
        values=(("unknown", {}),),
        nodes=-1,
    )
    with pytest.raises(ProblemsFound) as caught:
        plan_bundle(catalog, small_recipe(catalog), options)
    told = str(caught.value)
    assert len(caught.value.problems) == 5
    assert "--set opp:a=1: 'opp' is no component of this recipe; did you mean op" in told
    assert "\x1b" not in told


def test_a_path_through_a_scalar_is_an_error() -> None:
    with pytest.raises(ProblemsFound, match="inside something that is no mapping"):
        values_of("operator", only(assignments=(Assignment("op", "store.size.unit=Gi"),)))


VALIDATION = """\
  validations:
  - function: {function}
    severity: {severity}
    conditions: {{service: [any]}}
    message: Mind it.
"""


def with_validation(function: str, severity: str) -> str:
    head, rest = REGISTRY.split("- name: kai-scheduler")
    return head + VALIDATION.format(function=function, severity=severity) + "- name: kai-scheduler" + rest


def test_declared_validations_are_notes_or_errors() -> None:
    catalog = small_catalog(registry=with_validation("CheckWorkloadSelectorMissing", "warning"))
    recipe = small_recipe(catalog)
    (note,) = plan_bundle(catalog, recipe, BundleOptions()).notes
    assert (note.component, note.severity) == ("operator", "warning")
    assert note.text == "No workload selector is set. Mind it."
    assert plan_bundle(catalog, recipe, BundleOptions(workload_selector={"a": "b"})).notes == ()
    strict = small_catalog(registry=with_validation("CheckWildcardAcceleratedToleration", "error"))
    with pytest.raises(ProblemsFound, match="tolerate every taint"):
        plan_bundle(strict, recipe, BundleOptions())
    plan_bundle(strict, recipe, BundleOptions(accelerated_tolerations=(Toleration("gpu"),)))


def test_a_validation_nobody_here_knows_is_told() -> None:
    catalog = small_catalog(registry=with_validation("CheckTheMoon", "error"))
    (note,) = plan_bundle(catalog, small_recipe(catalog), BundleOptions()).notes
    assert (note.severity, "CheckTheMoon" in note.text) == ("info", True)
