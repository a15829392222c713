"""Loading catalogs: everything wrong is found in one run, foreign catalogs are read as they are, layers lie on top."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from generator.core.criteria import Criteria
from generator.engine.matrix import dimension_values
from generator.engine.problems import ProblemsFound
from generator.engine.resolve import resolve_recipe
from generator.load.catalog import catalog_from_files, load_catalog, own_catalog_root
from tests.shared import CRITERIA, STORIES, overlay, story, tiny

EVERYTHING_WRONG = (STORIES / "broken" / "problems.txt").read_text().strip()


def problems_of(files: Mapping[str, str], *, own: bool = True) -> list[str]:
    with pytest.raises(ProblemsFound) as found:
        tiny(files, own=own)
    return [str(problem) for problem in found.value.problems]


def test_every_problem_of_a_broken_catalog_is_found_in_one_run() -> None:
    with pytest.raises(ProblemsFound) as found:
        story("broken", own=True)
    assert str(found.value) == EVERYTHING_WRONG


def test_a_catalog_with_our_criteria_file_is_held_to_our_rules_unless_told_otherwise() -> None:
    with pytest.raises(ProblemsFound) as found:
        load_catalog(STORIES / "broken", own=None)
    assert str(found.value) == EVERYTHING_WRONG


def test_our_own_catalog_loads_without_a_note() -> None:
    catalog = load_catalog(own_catalog_root(), own=True)
    assert catalog.notes == ()
    assert catalog.borrowed == frozenset()
    assert "base" in catalog.overlays
    assert len(catalog.digest) == 64


@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("version", "1.0; touch /x #"),
        ("version", "$(id)"),
        ("version", "`id`"),
        ("version", "-1.0"),
        ("namespace", "Kube_System"),
        ("namespace", "a" * 64),
        ("type", "Helm; id"),
        ("chart", "../../chart"),
        ("chart", "a b"),
        ("source", "https://example.com/'x'"),
        ("source", "https://example.com/$(id)"),
        ("source", "file name"),
        ("tag", "v1 && id"),
        ("path", "../up"),
        ("valuesFile", "/etc/passwd"),
        ("valuesFile", "components/../../x.yaml"),
    ],
)
def test_what_a_shell_or_a_path_could_misread_is_refused_with_its_line(
    field: str, text: str, own: bool
) -> None:
    spec = f'  componentRefs:\n  - name: a\n    {field}: "{text}"\n'
    (problem,) = problems_of({"overlays/x.yaml": overlay("x", spec)}, own=own)
    assert problem.startswith(f"overlays/x.yaml:8: spec.componentRefs[0].{field} is ")


@pytest.mark.parametrize("own", [True, False])
def test_a_line_break_in_a_name_is_refused_everywhere(own: bool) -> None:
    files = {
        "overlays/x.yaml": overlay(
            "x", '  constraints:\n  - {name: "K8s.server\\nversion", value: ">= 1\\n2"}\n  mixins: ["a\\nb"]'
        ),
        "overlays/y.yaml": overlay('"y\\nz"'),
    }
    told = problems_of(files, own=own)
    assert [line.split(": ", 1)[0] for line in told] == [
        "overlays/x.yaml:7",
        "overlays/x.yaml:8",
        "overlays/y.yaml:4",
    ]


def test_an_unquoted_version_keeps_its_text_in_a_foreign_catalog() -> None:
    spec = "  constraints: [{name: OS.release.VERSION_ID, value: 24.10}]\n  componentRefs: [{name: a, version: 1.10}]"
    catalog = tiny({"overlays/x.yaml": overlay("x", f"  criteria: {{service: eks}}\n{spec}")})
    recipe = resolve_recipe(catalog, Criteria(service="eks"))
    assert recipe.component("a").version == "1.10"
    assert recipe.constraints[0].value == "24.10"


def test_a_foreign_catalog_tells_what_it_cannot_honour_and_loads() -> None:
    files = {
        "overlays/x.yaml": overlay(
            "x",
            "  criteria: {service: eks, color: red}\n  profile: {name: gpuStack}\n"
            "  componentRefs:\n  - {name: a, valuesFile: components/a/none.yaml, novelty: 7}",
        ),
        "overlays/y.yaml": overlay("y", "  criteria: {service: eks}"),
        "policies/z.yaml": "kind: SomethingNew\n",
    }
    catalog = tiny(files)
    assert [f"{note.place}: {note.text}" for note in catalog.notes] == [
        "overlays/x.yaml:6: spec.criteria.color is not a field we know; "
        "known: accelerator, intent, nodes, os, platform, service",
        "overlays/x.yaml:7: spec.profile gpuStack is a profile, which we do not honour; none of its values is applied",
        "overlays/x.yaml:9: a: values file components/a/none.yaml does not exist; add it",
        "overlays/x.yaml:9: spec.componentRefs[0].novelty is not a field we know",
        "overlays/y.yaml:6: has the same criteria as x (overlays/x.yaml:6); both apply, in the order of their names",
        "policies/z.yaml:1: kind is SomethingNew, which we do not know; it is left out",
    ]
    recipe = resolve_recipe(catalog, Criteria(service="eks"))
    assert recipe.component("a").fields["novelty"] == 7
    assert any("gpuStack is a profile" in note.text for note in recipe.problems)


def test_criteria_are_normalised_and_aliases_resolved() -> None:
    criteria = CRITERIA.replace("{name: eks, label: EKS}", "{name: eks, label: EKS, aliases: [Amazon-EKS]}")
    catalog = tiny(
        {
            "criteria.yaml": criteria,
            "overlays/x.yaml": overlay("x", "  criteria: {service: ' amazon-eks ', os: ANY}"),
        },
        own=True,
    )
    assert catalog.overlays["x"].criteria == Criteria(service="eks")


def test_a_catalog_without_criteria_borrows_ours_and_adds_what_its_overlays_state(tmp_path: Path) -> None:
    (tmp_path / "overlays").mkdir()
    (tmp_path / "registry.yaml").write_text("kind: ComponentRegistry\ncomponents: []\n")
    (tmp_path / "overlays" / "base.yaml").write_text(overlay("base"))
    (tmp_path / "overlays" / "x.yaml").write_text(overlay("x", "  criteria: {service: nebula, os: ubuntu}"))
    catalog = load_catalog(tmp_path)
    ours = dimension_values(load_catalog(own_catalog_root(), own=True))
    assert dimension_values(catalog) == {**ours, "service": (*ours["service"], "nebula")}
    assert {"criteria.yaml", "measurements.yaml"} <= catalog.borrowed
    assert catalog.measurements


def test_layers_merge_registries_by_component_and_replace_other_files_by_path() -> None:
    base = {
        "registry.yaml": "kind: ComponentRegistry\ncomponents:\n"
        "- {name: a, helm: {defaultVersion: '1', defaultNamespace: n}}\n- {name: b, helm: {defaultVersion: '1'}}\n",
        "overlays/base.yaml": overlay("base", "  componentRefs: [{name: a}, {name: b}]"),
    }
    layer = {
        "registry.yaml": "kind: ComponentRegistry\ncomponents:\n- {name: a, helm: {defaultVersion: '2'}}\n",
        "overlays/base.yaml": overlay("base", "  componentRefs: [{name: a}]"),
    }
    recipe = resolve_recipe(catalog_from_files(base, own=False, data=[layer]), Criteria())
    assert [(c.name, c.version, c.namespace) for c in recipe.components] == [("a", "2", "")]


def test_an_overlay_of_a_later_layer_takes_the_place_of_its_namesake_in_another_file() -> None:
    first = {
        "registry.yaml": "kind: ComponentRegistry\ncomponents: []\n",
        "overlays/base.yaml": overlay("base"),
        "overlays/eks.yaml": overlay(
            "eks", "  criteria: {service: eks}\n  constraints: [{name: a.b.c, value: old}]"
        ),
    }
    second = {
        "overlays/a-mine.yaml": overlay(
            "eks", "  criteria: {service: eks}\n  constraints: [{name: a.b.c, value: new}]"
        )
    }
    catalog = catalog_from_files(first, own=False, data=[second])
    assert resolve_recipe(catalog, Criteria(service="eks")).constraints[0].value == "new"
    assert [note.text for note in catalog.notes] == [
        "overlay eks is already defined in overlays/eks.yaml:4; this one takes its place"
    ]


def test_links_large_files_and_odd_names_are_problems(tmp_path: Path) -> None:
    (tmp_path / "overlays").mkdir()
    (tmp_path / "registry.yaml").write_text("kind: ComponentRegistry\ncomponents: []\n")
    (tmp_path / "overlays" / "base.yaml").write_text(overlay("base"))
    (tmp_path / "overlays" / "link.yaml").symlink_to("base.yaml")
    (tmp_path / "overlays" / "large.yaml").write_bytes(b"#" * (10 * 1024 * 1024 + 1))
    (tmp_path / "overlays" / "a b.yaml").write_text(overlay("ab"))
    (tmp_path / "overlays" / "binary.yaml").write_bytes(b"kind: \xff\xfe\n")
    with pytest.raises(ProblemsFound) as found:
        load_catalog(tmp_path)
    assert [str(p).split("; ")[0] for p in found.value.problems] == [
        "overlays/a b.yaml:1: has an unusual file name",
        "overlays/binary.yaml:1: is not UTF-8 text",
        "overlays/large.yaml:1: is 10485761 bytes, more than 10 MiB",
        "overlays/link.yaml:1: is a symbolic link",
    ]


def test_a_catalog_without_base_or_registry_says_so() -> None:
    with pytest.raises(ProblemsFound) as found:
        catalog_from_files({}, own=False)
    assert [p.what for p in found.value.problems] == ["no overlay is called base", "is missing"]


def test_the_digest_knows_paths_and_contents_and_nothing_else(tmp_path: Path) -> None:
    files = {"registry.yaml": "components: []\n", "overlays/base.yaml": overlay("base")}
    digest = catalog_from_files(files, own=False).digest
    assert catalog_from_files(dict(reversed(files.items())), own=False).digest == digest
    assert catalog_from_files({**files, "overlays/x.yaml": overlay("x")}, own=False).digest != digest


def test_two_values_with_one_name_in_criteria_are_refused() -> None:
    criteria = CRITERIA.replace("{name: gke, label: GKE}", "{name: gke, label: GKE, aliases: [eks]}")
    assert problems_of({"criteria.yaml": criteria}) == [
        "criteria.yaml:4: dimensions[0].values[1].aliases[0] is 'eks', which already names eks; choose another"
    ]


def test_what_aicr_passes_over_is_passed_over_in_a_foreign_catalog_and_refused_in_ours() -> None:
    files = {
        "overlays/two.yaml": overlay("two") + "---\nkind: RecipeMetadata\n",
        "overlays/three.yml": overlay("three"),
        "notes.yaml": "just: data\n",
        "empty.yaml": "# nothing\n",
        "overlays/nameless.yaml": "apiVersion: aicr.run/v1alpha2\nkind: RecipeMetadata\nmetadata: {}\n",
    }
    catalog = tiny(files)
    assert set(catalog.overlays) == {"base", "two"}
    assert [f"{note.place}: {note.text}" for note in catalog.notes] == [
        "empty.yaml:1: has no kind and is left out; add `kind:`",
        "notes.yaml:1: has no kind and is left out; add `kind:`",
        "overlays/nameless.yaml:3: metadata has no name, and the file is left out; add `name:`",
        "overlays/three.yml:1: ends in .yml and is left out; name it .yaml: AICR reads no .yml",
        "overlays/two.yaml:7: a second document starts here; only the first is read",
    ]
    assert [line.split(":")[0] for line in problems_of(files)] == [
        "empty.yaml", "notes.yaml", "overlays/nameless.yaml", "overlays/three.yml", "overlays/two.yaml",
    ]  # fmt: skip
