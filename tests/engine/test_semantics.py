"""The rules of merging, one by one, on catalogs small enough to read."""

from __future__ import annotations

import pytest

from generator.core.criteria import Criteria
from generator.engine.emit import component_ref, recipe_result
from generator.engine.match import match_overlays, select_overlays
from generator.engine.model import Catalog, Recipe
from generator.engine.problems import ProblemsFound
from generator.engine.resolve import resolve_recipe
from tests.shared import CRITERIA, overlay, story, tiny

EKS = Criteria(service="eks")
EKS_H100 = Criteria(service="eks", accelerator="h100")


def two(parent: str, child: str, *, more: dict[str, str] | None = None, own: bool = False) -> Recipe:
    """The recipe of an `eks` overlay and an `eks-h100` overlay on top of it."""
    files = {
        "overlays/eks.yaml": overlay("eks", "  criteria: {service: eks}\n" + parent),
        "overlays/eks-h100.yaml": overlay(
            "eks-h100", "  criteria: {service: eks, accelerator: h100}\n" + child, base="eks"
        ),
    }
    return resolve_recipe(tiny({**files, **(more or {})}, own=own), EKS_H100)


def catalog_of(**criteria: str) -> Catalog:
    """A catalog of empty overlays: name -> criteria, or `criteria < parent`."""
    files = {}
    for name, text in criteria.items():
        stated, _, parent = text.partition(" < ")
        files[f"overlays/{name}.yaml"] = overlay(name, f"  criteria: {{{stated}}}", base=parent)
    return tiny(files)


# --- matching


def test_an_open_overlay_admits_every_query_and_an_open_query_only_open_overlays() -> None:
    catalog = catalog_of(
        a="", b="service: eks", c="service: eks, accelerator: h100", d="service: any, os: ''"
    )
    assert [o.name for o in match_overlays(catalog, EKS)] == ["a", "d", "b"]
    assert [o.name for o in match_overlays(catalog, Criteria())] == ["a", "d"]


def test_an_overlay_without_criteria_is_reached_through_its_children_only() -> None:
    files = {
        "overlays/shared.yaml": overlay("shared"),
        "overlays/x.yaml": overlay("x", "  criteria: {service: eks}", base="shared"),
    }
    catalog = tiny(files)
    assert [o.name for o in match_overlays(catalog, EKS)] == ["x"]
    assert select_overlays(catalog, EKS).layers == ("base", "shared", "x")


def test_the_least_specific_comes_first_and_names_decide_ties() -> None:
    catalog = catalog_of(z="service: eks", a="service: eks, accelerator: h100", m="accelerator: h100")
    assert select_overlays(catalog, EKS_H100).layers == ("base", "m", "z", "a")


def test_an_ancestor_of_a_match_enters_once_through_that_matchs_chain() -> None:
    catalog = catalog_of(
        top="service: eks", leaf="service: eks, accelerator: h100 < top", wild="accelerator: h100"
    )
    selection = select_overlays(catalog, EKS_H100)
    assert selection.matches == ("top", "wild", "leaf")
    assert selection.leaves == ("wild", "leaf")
    assert selection.layers == ("base", "wild", "top", "leaf")


def test_a_number_of_nodes_admits_only_the_same_number() -> None:
    catalog = catalog_of(four="service: eks, nodes: 4")
    assert not match_overlays(catalog, EKS)
    assert match_overlays(catalog, Criteria(service="eks", nodes=4))
    assert recipe_result(resolve_recipe(catalog, EKS), query=Criteria(nodes=4))["criteria"]["nodes"] == 4


def test_a_recipe_is_named_after_what_its_matching_overlays_state() -> None:
    catalog = catalog_of(a="service: eks", b="os: ubuntu", c="accelerator: h100, intent: training")
    query = Criteria(service="eks", accelerator="h100", intent="training", os="ubuntu", platform="kubeflow")
    recipe = resolve_recipe(catalog, query)
    assert (recipe.id, recipe.criteria.platform) == ("h100-eks-ubuntu-training", "any")
    assert resolve_recipe(catalog, Criteria()).id == "base"
    assert resolve_recipe(catalog, EKS).starting_point and not recipe.starting_point


# --- merging


def test_overrides_merge_deeply_lists_and_null_replace() -> None:
    recipe = two(
        "  componentRefs: [{name: a, overrides: {driver: {version: 1, rdma: true}, list: [1, 2], keep: {x: 1}}}]",
        "  componentRefs: [{name: a, overrides: {driver: {version: 2}, list: [3], keep: null, extra: {}}}]",
    )
    assert recipe.component("a").values == {
        "driver": {"version": 2, "rdma": True}, "list": [3], "keep": None, "extra": {},
    }  # fmt: skip


def test_every_value_remembers_what_it_overrode() -> None:
    recipe = two(
        "  componentRefs: [{name: a, overrides: {driver: {version: 1}, map: {x: 1}, leaf: 5}}]",
        "  componentRefs:\n  - name: a\n    overrides:\n      driver: {version: 2}\n      map: 7\n      leaf: {y: 6}",
    )
    told = {
        ".".join(path): [(s.value, s.origin.name, s.origin.place.line) for s in history]
        for path, history in recipe.component("a").value_origins.items()
    }
    assert told == {
        "driver.version": [(1, "eks", 7), (2, "eks-h100", 11)],
        "map": [({"x": 1}, "eks", 7), (7, "eks-h100", 12)],
        "leaf.y": [(5, "eks", 7), (6, "eks-h100", 13)],
    }


def test_values_lie_in_the_order_base_file_values_file_overrides() -> None:
    more = {
        "components/a/values.yaml": "one: base\ntwo: base\nthree: base\n",
        "components/a/values-eks.yaml": "two: file\nthree: file\n",
    }
    spec = "  componentRefs: [{name: a, valuesFile: components/a/values-eks.yaml, overrides: {three: set}}]"
    component = two(spec, "", more=more).component("a")
    assert component.values == {"one": "base", "two": "file", "three": "set"}
    assert [s.origin.name for s in component.value_origins["three",]] == [
        "components/a/values.yaml", "components/a/values-eks.yaml", "eks",
    ]  # fmt: skip


def test_a_base_values_file_counts_only_where_a_values_file_is_named() -> None:
    more = {"components/a/values.yaml": "one: base\n"}
    assert two("  componentRefs: [{name: a, overrides: {two: 2}}]", "", more=more).component("a").values == {
        "two": 2
    }


def test_fields_replace_when_stated_and_empty_keeps() -> None:
    recipe = two(
        "  componentRefs: [{name: a, version: '1.5', namespace: n, cleanup: true, expectedResources: [{kind: Pod}]}]",
        "  componentRefs: [{name: a, version: '', namespace: null, cleanup: false, expectedResources: [], tag: t}]",
    )
    component = recipe.component("a")
    assert (component.version, component.namespace, component.tag) == ("1.5", "n", "t")
    assert component.fields["cleanup"] is True
    assert component.fields["expectedResources"] == [{"kind": "Pod"}]


def test_dependencies_and_manifests_are_united_parents_first() -> None:
    files = {f"components/a/manifests/{n}.yaml": "kind: ConfigMap\n" for n in ("x", "y", "z")}
    recipe = two(
        "  componentRefs: [{name: b}, {name: c}, {name: a, dependencyRefs: [c],"
        " manifestFiles: [components/a/manifests/z.yaml]}]",
        "  componentRefs: [{name: a, dependencyRefs: [b, c], preManifestFiles: [components/a/manifests/y.yaml],"
        " manifestFiles: [components/a/manifests/x.yaml, components/a/manifests/z.yaml]}]",
        more=files,
    )
    component = recipe.component("a")
    assert component.dependencies == ("c", "b")
    assert component.manifests == ("components/a/manifests/z.yaml", "components/a/manifests/x.yaml")
    assert component.pre_manifests == ("components/a/manifests/y.yaml",)


def test_a_later_constraint_replaces_an_earlier_one_whole_and_remembers_it() -> None:
    recipe = two(
        "  constraints: [{name: K8s.server.version, value: '>= 1.34', severity: warning, unit: x}]",
        "  constraints: [{name: K8s.server.version, value: '>= 1.30'}]",
    )
    (constraint,) = recipe.constraints
    assert (constraint.value, constraint.severity, constraint.unit) == (">= 1.30", "error", "")
    assert [(s.value, s.origin.name) for s in constraint.history] == [
        (">= 1.34", "eks"),
        (">= 1.30", "eks-h100"),
    ]


def test_phases_unite_field_by_field_and_an_empty_list_clears() -> None:
    recipe = two(
        "  validation: {conformance: {checks: [x, y], constraints: [{name: a.b.c, value: '1'}]},"
        " deployment: {checks: [d]}}",
        "  validation: {conformance: {checks: [y, z], constraints: []}, deployment: {checks: []}, performance: {}}",
    )
    assert recipe.phases["conformance"].checks == ("x", "y", "z")
    assert recipe.phases["conformance"].constraints == ()
    assert recipe.phases["deployment"].checks == ()
    assert recipe.phases["conformance"].check_origins["y"].name == "eks"


def test_registry_defaults_fill_what_is_still_empty() -> None:
    registry = (
        "kind: ComponentRegistry\ncomponents:\n"
        "- name: chart\n  helm: {defaultRepository: 'https://h.example.com', defaultChart: org/deep/thing,"
        " defaultVersion: 1.10, defaultNamespace: ns}\n"
        "- name: kust\n  kustomize: {defaultSource: 'https://g.example.com/r', defaultPath: deploy, defaultTag: v1}\n"
        "- name: bare\n"
    )
    spec = "  componentRefs: [{name: chart, version: '2'}, {name: kust}, {name: bare}, {name: stranger}]"
    recipe = resolve_recipe(
        tiny({"registry.yaml": registry, "overlays/base.yaml": overlay("base", spec)}), Criteria()
    )
    assert {
        c.name: (c.type, c.source, c.chart, c.version, c.namespace, c.tag, c.path) for c in recipe.components
    } == {
        "chart": ("Helm", "https://h.example.com", "thing", "2", "ns", "", ""),
        "kust": ("Kustomize", "https://g.example.com/r", "", "", "", "v1", "deploy"),
        "bare": ("Helm", "", "", "", "", "", ""),
        "stranger": ("", "", "", "", "", "", ""),
    }
    history = recipe.component("chart").field_origins
    assert [(s.value, s.origin.kind) for s in history["chart"]] == [("thing", "registry")]
    assert history["source"][0].origin.place.line == 4


# --- order


def test_components_come_after_what_they_need_and_ties_go_by_name() -> None:
    spec = "  componentRefs: [{name: a, dependencyRefs: [d]}, {name: b}, {name: c, dependencyRefs: [b, b]}, {name: d}]"
    assert resolve_recipe(tiny({"overlays/base.yaml": overlay("base", spec)}), Criteria()).order == (
        "b",
        "c",
        "d",
        "a",
    )


def test_disabled_components_stay_marked_and_leave_the_displayed_order() -> None:
    recipe = two(
        "  componentRefs: [{name: a, overrides: {enabled: false}}, {name: b, dependencyRefs: [a]}]", ""
    )
    assert not recipe.component("a").enabled
    assert recipe.order == ("b",)
    assert recipe.full_order == ("a", "b") == tuple(recipe_result(recipe)["deploymentOrder"])


@pytest.mark.parametrize(
    ("spec", "problem"),
    [
        (
            "  componentRefs: [{name: a, dependencyRefs: [c]}]",
            "overlays/eks.yaml:7: component a depends on c, which the recipe does not have; known: a",
        ),
        (
            "  componentRefs:\n  - {name: a, dependencyRefs: [b]}\n  - {name: b, dependencyRefs: [a]}",
            "overlays/eks.yaml:8: components depend on each other in a circle: a -> b -> a; "
            "remove one of the dependencies",
        ),
        (
            "  componentRefs: [{name: a, dependencyRefs: [a]}]",
            "overlays/eks.yaml:7: components depend on each other in a circle: a -> a; remove one of the dependencies",
        ),
    ],
)
def test_unknown_and_circular_dependencies_stop_the_recipe(spec: str, problem: str) -> None:
    with pytest.raises(ProblemsFound) as found:
        two(spec, "")
    assert str(found.value) == problem


def test_a_broken_chain_stops_the_queries_that_need_it_and_no_other() -> None:
    catalog = catalog_of(lost="service: eks < nowhere", fine="service: gke")
    assert resolve_recipe(catalog, Criteria(service="gke")).layers == ("base", "fine")
    with pytest.raises(ProblemsFound, match="overlay lost has no way to base"):
        resolve_recipe(catalog, EKS)


# --- mixins


def test_a_mixin_adds_constraints_components_and_what_the_registry_calls_safe() -> None:
    recipe = resolve_recipe(story("mixins"), EKS)
    assert recipe.mixins == ("good",)
    assert {c.name: c.origin.kind for c in recipe.constraints} == {
        "K8s.server.version": "overlay", "OS.release.ID": "mixin",
    }  # fmt: skip
    assert recipe.component("cert-manager").values == {"webhook": {"timeout": 30}}
    assert recipe.order == ("cert-manager", "gpu-operator", "trainer")
    assert recipe_result(recipe)["metadata"]["appliedMixins"] == ["good"]


def test_a_mixin_that_contradicts_is_an_error_that_names_both_places_in_our_catalog() -> None:
    with pytest.raises(ProblemsFound) as found:
        resolve_recipe(story("mixins", own=True), EKS_H100)
    assert str(found.value) == (
        "mixins/conflict.yaml:7: mixin conflict states K8s.server.version >= 1.34, which base states already "
        "(overlays/base.yaml:7); state it in one of the two"
    )


def test_a_mixin_that_contradicts_is_named_in_a_foreign_catalog_and_the_rest_resolves() -> None:
    recipe = resolve_recipe(story("mixins"), EKS_H100)
    assert [c.value for c in recipe.constraints] == [">= 1.28", "ubuntu"]
    assert len(recipe.problems) == 1
    refused = resolve_recipe(story("mixins"), Criteria(service="eks", accelerator="gb200"))
    assert refused.mixins == ("good",)
    assert [note.text for note in refused.problems] == [
        "mixin unsafe sets driver.enabled of gpu-operator, which the registry does not list as safe for mixins; "
        "the mixin is left out"
    ]


def test_a_mixin_must_not_change_a_field_but_may_name_the_same_again() -> None:
    mixin = overlay(
        "m", "  componentRefs: [{name: a, type: Helm, version: '2.0', namespace: here}]", kind="RecipeMixin"
    )
    spec = "  mixins: [m]\n  componentRefs: [{name: a, type: Helm, version: '1.0'}]"
    with pytest.raises(ProblemsFound) as found:
        two(spec, "", more={"mixins/m.yaml": mixin}, own=True)
    assert [p.what for p in found.value.problems] == [
        "mixin m sets version of a, which eks sets already (overlays/eks.yaml:8)"
    ]
    harmless = mixin.replace("'2.0'", "'1.0'")
    assert two(spec, "", more={"mixins/m.yaml": harmless}, own=True).component("a").namespace == "here"


# --- what is told


def test_evidence_is_the_weakest_of_the_layers_with_all_sources_and_doubts() -> None:
    def declaring(name: str, evidence: str, source: str, doubt: str, spec: str) -> str:
        annotations = (
            f"  annotations:\n    aicr-matrix/evidence: {evidence}\n    aicr-matrix/sources: |\n      {source}\n"
            f"      common\n    aicr-matrix/doubt: {doubt}\n"
        )
        return overlay(name, spec).replace("spec:\n", annotations + "spec:\n", 1)

    files = {
        "overlays/eks.yaml": declaring("eks", "stated", "one", "first", "  criteria: {service: eks}"),
        "overlays/h100.yaml": declaring("h100", "inferred", "two", "''", "  criteria: {accelerator: h100}"),
    }
    catalog = tiny(files)
    recipe = resolve_recipe(catalog, EKS_H100)
    assert (recipe.evidence, set(recipe.sources), recipe.doubts) == (
        "inferred",
        {"one", "two", "common"},
        ("first",),
    )
    assert resolve_recipe(catalog, EKS).evidence == "stated"
    assert resolve_recipe(catalog, Criteria()).evidence == ""
    both = declaring("both", "stated", "three", "''", "  criteria: {service: eks, accelerator: h100}")
    whole = resolve_recipe(tiny({**files, "overlays/both.yaml": both}), EKS_H100)
    # One overlay speaks for the whole: what rides along does not weaken it, its sources and doubts are told.
    assert (whole.evidence, whole.doubts) == ("stated", ("first",))
    assert "two" in whole.sources


MEASUREMENTS = """\
apiVersion: aicr-matrix/v1
kind: MeasurementCatalog
measurements:
- name: K8s.server.version
  unit: ''
  remediation: {default: Upgrade it., eks: Upgrade EKS.}
  command: {eks: aws eks update}
  link: {default: 'https://example.com'}
- name: Deployment.*.version
  remediation: {default: Install it.}
"""


def test_remediation_comes_from_the_measurements_unless_the_constraint_has_its_own() -> None:
    spec = (
        "  constraints:\n  - {name: K8s.server.version, value: '>= 1.30'}\n"
        "  - {name: Deployment.a.version, value: '>= 1'}\n"
        "  - {name: OS.release.ID, value: ubuntu, remediation: Mine.}"
    )
    recipe = two(spec, "", more={"measurements.yaml": MEASUREMENTS})
    told = {c.name: (c.remediation, c.command, c.link) for c in recipe.constraints}
    assert told == {
        "K8s.server.version": ("Upgrade EKS.", "aws eks update", "https://example.com"),
        "Deployment.a.version": ("Install it.", "", ""),
        "OS.release.ID": ("Mine.", "", ""),
    }
    assert recipe_result(recipe)["constraints"][1]["remediation"] == "Upgrade EKS."


def test_unknown_fields_of_a_component_are_emitted_and_empty_ones_are_not() -> None:
    recipe = two("  componentRefs: [{name: a, source: '', novelty: {deep: [1]}, overrides: {}}]", "")
    ref = component_ref(recipe.component("a"))
    assert ref["novelty"] == {"deep": [1]}
    assert "overrides" not in ref and "tag" not in ref
    assert list(ref)[:4] == ["name", "namespace", "chart", "type"]


def test_aliases_of_criteria_are_used_for_overlays_and_their_case_is_ignored() -> None:
    criteria = CRITERIA.replace(
        "{name: ubuntu, label: Ubuntu}", "{name: ubuntu, label: U, aliases: ['ubuntu-24.04']}"
    )
    catalog = tiny(
        {"criteria.yaml": criteria, "overlays/x.yaml": overlay("x", "  criteria: {os: Ubuntu-24.04}")}
    )
    assert select_overlays(catalog, Criteria(os="ubuntu")).leaves == ("x",)
