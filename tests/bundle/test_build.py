"""What a bundle holds, and what never reaches one."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
import yaml

from generator.bundle import BundleOptions, build_bundle, find_supplies, plan_bundle, subtract, unite
from generator.engine.model import Component, Recipe
from generator.load.problems import ProblemsFound
from tests.bundle.small import BASE, CONFIG, EXTRA, small_catalog, small_recipe

CATALOG = small_catalog()
RECIPE = small_recipe(CATALOG)


def test_the_helm_layout() -> None:
    files = build_bundle(CATALOG, RECIPE)
    folders = {path.split("/")[0] for path in files if "/" in path}
    assert folders == {"operator", "dra", "kai-scheduler", "extras", "kustom", "site-values.example"}
    assert {path for path in files if "/" not in path} == {
        *("README.md", "deploy.sh", "undeploy.sh", "recipe.yaml", "build.json"),
        *("images.txt", "charts.txt", "checksums.txt", "zarf.yaml", "hauler.yaml"),
    }
    assert {p for p in files if p.startswith("operator/")} == {
        "operator/values.yaml",
        "operator/README.md",
        "operator/manifests/config.yaml",
        "operator/pre-manifests/quota.yaml",
    }


def test_checksums_cover_every_file_but_themselves() -> None:
    files = build_bundle(CATALOG, RECIPE)
    lines = files.pop("checksums.txt").decode().splitlines()
    assert lines == [f"{hashlib.sha256(files[path]).hexdigest()}  {path}" for path in sorted(files)]


def test_manifests_are_rendered_with_the_final_values() -> None:
    files = build_bundle(CATALOG, RECIPE)
    assert yaml.safe_load(files["operator/manifests/config.yaml"]) == {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "config", "namespace": "op-system", "labels": {"chart": "operator-chart-1.2.3"}},
        "data": {"replicas": "2"},
    }


def test_a_manifest_that_renders_to_nothing_is_left_out() -> None:
    catalog = small_catalog(config=CONFIG.replace("$op.controller }}", "$op.absent }}", 1))
    files = build_bundle(catalog, small_recipe(catalog))
    assert not [path for path in files if path.startswith("operator/manifests/")]
    assert b"operator manifests" not in files["undeploy.sh"]


def test_a_value_that_is_not_set_is_told() -> None:
    catalog = small_catalog(
        **{"components/extras/manifests/all.yaml": EXTRA.replace('"flavour"', '"nothing"')}
    )
    notes = plan_bundle(catalog, small_recipe(catalog), BundleOptions()).notes
    assert [(note.component, note.severity) for note in notes] == [("extras", "warning")]
    assert "<no value>" in notes[0].text


def test_two_manifests_of_one_file_name_are_both_kept() -> None:
    base = BASE.replace(
        "components/extras/manifests/definitions.yaml", "components/operator/manifests/all.yaml"
    )
    catalog = small_catalog(
        base=base, **{"components/operator/manifests/all.yaml": "kind: A\napiVersion: v1\n"}
    )
    files = build_bundle(catalog, small_recipe(catalog))
    assert files["extras/manifests/all-2.yaml"] == b"kind: A\napiVersion: v1\n"
    assert b"flavour" not in files["extras/manifests/all.yaml"]


def test_a_broken_template_names_its_file_and_line() -> None:
    catalog = small_catalog(config="a: b\n{{ surprise }}\n")
    with pytest.raises(
        ProblemsFound, match=r"components/operator/manifests/config.yaml:2: the function surprise"
    ):
        build_bundle(catalog, small_recipe(catalog))


def changed(name: str, **fields: object) -> Recipe:
    """The recipe with one component's fields replaced, as no loader would let them through."""

    def change(component: Component) -> Component:
        return replace(component, **fields) if component.name == name else component  # type: ignore[arg-type]

    return replace(RECIPE, components=tuple(change(c) for c in RECIPE.components))


HOSTILE = [
    ";rm -rf /",
    "$(id)",
    "`id`",
    "a\nb",
    "../../up",
    "x" * 300,
    "ünïcode",
    "a b",
    "-n",
    "a'b",
    'a"b',
    "a\x00b",
    "a|b",
    "%s",
    "${HOME}",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("field", ["namespace", "version", "chart", "source", "tag", "path"])
def test_hostile_fields_never_reach_a_file(field: str, text: str) -> None:
    if (field, text) == ("chart", "x" * 300):
        text = "x" * 3000
    with pytest.raises(ProblemsFound) as caught:
        build_bundle(CATALOG, changed("operator", **{field: text}))
    (problem,) = caught.value.problems
    assert problem.what.startswith(f"componentRefs['operator'].{field} is ")
    assert str(problem).isprintable()


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_name_never_reaches_a_file(text: str) -> None:
    recipe = replace(RECIPE, components=(replace(RECIPE.components[0], name=text),), full_order=(text,))
    with pytest.raises(ProblemsFound) as caught:
        build_bundle(CATALOG, recipe)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    "path", ["../../etc/passwd.yaml", "/abs.yaml", "a;b.yaml", "a/$(id).yaml", "a.txt", "a/./b.yaml"]
)
def test_a_hostile_manifest_path_never_reaches_a_file(path: str) -> None:
    with pytest.raises(ProblemsFound, match="names"):
        build_bundle(CATALOG, changed("operator", manifests=(path,)))


def test_an_unpinned_chart_is_an_error() -> None:
    with pytest.raises(ProblemsFound, match="version is not stated"):
        build_bundle(CATALOG, changed("operator", version=""))


def test_a_chart_without_namespace_is_an_error() -> None:
    with pytest.raises(ProblemsFound, match="namespace is not stated"):
        build_bundle(CATALOG, changed("operator", namespace=""))


def test_supplies_are_what_values_and_manifests_name() -> None:
    supplies = find_supplies(plan_bundle(CATALOG, RECIPE, BundleOptions()))
    assert supplies.images == ("registry.example.com/extra:sweet", "registry.example.com/op:1.10")
    assert [chart.name for chart in supplies.charts] == ["dra", "kai-scheduler", "operator-chart"]
    assert supplies.sources == ("https://git.example.com/org/kustom.git//config/default?ref=v2.0.0",)
    assert [text.split(":")[0] for text in supplies.unknown] == ["operator", "dra", "kai-scheduler", "kustom"]


def test_the_union_and_the_difference_of_supplies() -> None:
    old = find_supplies(plan_bundle(CATALOG, RECIPE, BundleOptions()))
    catalog = small_catalog(base=BASE.replace("flavour: sweet", "flavour: sour"))
    new = find_supplies(plan_bundle(catalog, small_recipe(catalog), BundleOptions()))
    assert subtract(new, old).images == ("registry.example.com/extra:sour",)
    assert subtract(new, old).charts == ()
    assert len(unite([old, new]).images) == 3
