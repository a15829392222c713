"""recipe, query, explain, list, matrix: what they print, what they say, how they exit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from generator.core.criteria import DIMENSIONS
from tests.cli.run_cli import run_cli

EKS = (
    "--service",
    "eks",
    "--accelerator",
    "h100",
    "--os",
    "ubuntu",
    "--intent",
    "training",
    "--platform",
    "kubeflow",
)
GKE_OPEN = ("--service", "gke", "--accelerator", "h100", "--intent", "training")


def test_recipe_prints_a_recipe_result_whose_criteria_are_the_query() -> None:
    ended = run_cli("recipe", *EKS)
    result = yaml.safe_load(ended.out)
    assert (ended.code, ended.err) == (0, "")
    assert result["kind"] == "RecipeResult"
    assert result["criteria"] == {
        "service": "eks", "accelerator": "h100", "intent": "training", "os": "ubuntu", "platform": "kubeflow",
    }  # fmt: skip
    assert result["metadata"]["coverage"] == "exact"
    assert {ref["name"] for ref in result["componentRefs"]} >= set(result["deploymentOrder"])


def test_recipe_says_first_what_would_make_a_combination_exact() -> None:
    ended = run_cli("recipe", *GKE_OPEN, "-t", "json")
    metadata = json.loads(ended.out)["metadata"]
    assert ended.code == 0
    assert metadata["coverage"] == "partial"
    assert metadata["needs"] == {"os": "cos"}
    assert "needs os cos to become exact" in ended.err.splitlines()[1]


@pytest.mark.parametrize(("criteria", "required", "code"), [(EKS, "exact", 0), (GKE_OPEN, "composed", 8)])
def test_require_makes_less_coverage_a_finding(criteria: tuple[str, ...], required: str, code: int) -> None:
    assert run_cli("recipe", *criteria, "--require", required).code == code


def test_yaml_and_json_hold_the_same_recipe() -> None:
    assert yaml.safe_load(run_cli("recipe", *EKS).out) == json.loads(
        run_cli("recipe", *EKS, "-t", "json").out
    )


def test_aliases_case_and_space_are_one_value() -> None:
    plain = run_cli("recipe", "--service", "eks", "--gpu", "h100")
    assert run_cli("recipe", "--service", " EKS ", "--accelerator", "H100").out == plain.out


def test_a_wrong_value_names_the_nearest_and_the_accepted_ones() -> None:
    ended = run_cli("recipe", "--service", "ekz", "--accelerator", "h1000")
    assert ended.code == 2
    assert (
        "--service 'ekz' is not a value of this catalog; did you mean eks?; accepted: any, eks" in ended.err
    )
    assert "--accelerator 'h1000'" in ended.err


def test_query_prints_one_final_value() -> None:
    ended = run_cli("query", *EKS, "--selector", "components.gpu-operator.version")
    assert (ended.code, ended.out.strip()[:1]) == (0, "v")


def test_query_for_an_absent_path_exits_3() -> None:
    ended = run_cli("query", *EKS, "--selector", "components.no-such-thing")
    assert ended.code == 3
    assert "no-such-thing" in ended.err


def test_explain_names_file_and_line_of_the_winning_value_and_the_recipe_agrees() -> None:
    entries = json.loads(run_cli("explain", *EKS, "K8s.server.version", "-t", "json").out)
    constraints = yaml.safe_load(run_cli("recipe", *EKS).out)["constraints"]
    winning = {c["name"]: c["value"] for c in constraints}["K8s.server.version"]
    assert entries[0]["value"] == winning
    assert entries[0]["origin"]["line"] > 0


def test_explain_for_an_absent_path_exits_3() -> None:
    assert run_cli("explain", *EKS, "K8s.no.such").code == 3


def test_list_shows_only_environments_that_are_stated() -> None:
    rows = json.loads(run_cli("list", "-t", "json").out)
    assert rows
    assert all(row["coverage"] in ("exact", "composed") and not row["startingPoint"] for row in rows)
    assert len(json.loads(run_cli("list", "--all", "-t", "json").out)) > len(rows)


def test_matrix_prints_one_line_per_combination_any_included() -> None:
    values = yaml.safe_load((Path(run_cli("list", "--where").out.strip()) / "criteria.yaml").read_text())
    expected = 1
    for dimension in values["dimensions"]:
        expected *= 1 + len(dimension["values"])
    lines = [json.loads(line) for line in run_cli("matrix", "--format", "jsonl").out.splitlines()]
    assert len(lines) == expected
    assert len({tuple(line["criteria"][d] for d in DIMENSIONS) for line in lines}) == expected
    assert {line["coverage"] for line in lines} <= {"exact", "composed", "partial", "unsupported"}


def test_matrix_expand_adds_each_distinct_recipe_once() -> None:
    lines = [json.loads(line) for line in run_cli("matrix", "--format", "jsonl", "--expand").out.splitlines()]
    results = [line for line in lines if "result" in line]
    assert {line["recipe"] for line in results} == {line["recipe"] for line in lines if "criteria" in line}
    assert len({line["recipe"] for line in results}) == len(results)
    assert all(line["result"]["kind"] == "RecipeResult" for line in results)


def test_output_to_a_file_leaves_stdout_empty(tmp_path: Path) -> None:
    ended = run_cli("recipe", *EKS, "-o", tmp_path / "r.yaml")
    assert (ended.code, ended.out) == (0, "")
    assert yaml.safe_load((tmp_path / "r.yaml").read_text())["kind"] == "RecipeResult"


def test_output_into_a_missing_folder_exits_3(tmp_path: Path) -> None:
    ended = run_cli("recipe", *EKS, "-o", tmp_path / "no" / "r.yaml")
    assert ended.code == 3
    assert "create it first" in ended.err


def test_a_missing_catalog_directory_exits_3(tmp_path: Path) -> None:
    assert run_cli("list", "--catalog", tmp_path / "no").code == 3


def test_what_a_foreign_catalog_says_beyond_us_is_told_and_the_rest_resolves(tmp_path: Path) -> None:
    (tmp_path / "overlays").mkdir()
    (tmp_path / "registry.yaml").write_text(
        "apiVersion: aicr.run/v1beta1\nkind: ComponentRegistry\ncomponents: []\n", encoding="utf-8"
    )
    (tmp_path / "overlays" / "base.yaml").write_text(
        "apiVersion: aicr.run/v1alpha2\nkind: RecipeMetadata\nmetadata:\n  name: base\nspec:\n  newThing: 1\n",
        encoding="utf-8",
    )
    ended = run_cli("recipe", "--catalog", tmp_path)
    assert ended.code == 0
    assert "warning: overlays/base.yaml:6: spec.newThing" in ended.err
