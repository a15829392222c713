"""validate and validate-constraint: exit codes, formats, phases, and that unknown is never a pass."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from tests.cli.run_cli import run_cli

ROOT = Path(__file__).resolve().parent.parent.parent
SNAPSHOT = ROOT / "tests" / "contract" / "snapshot.yaml"
RECIPE = ("-r", "h100-eks-ubuntu-training")
EMPTY = "kind: Snapshot\napiVersion: aicr.nvidia.com/v1alpha1\nmeasurements: []\n"


def changed(tmp_path: Path, old: str, new: str) -> Path:
    path = tmp_path / "snapshot.yaml"
    text = SNAPSHOT.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def test_a_cluster_that_fits_exits_0() -> None:
    ended = run_cli("validate", "--snapshot", SNAPSHOT, *RECIPE)
    tests = json.loads(ended.out)["results"]["tests"]
    assert ended.code == 0
    assert {t["status"] for t in tests} == {"passed"}
    assert tests[0]["name"].startswith("K8s.server.version >= ")
    assert tests[0]["suite"] == ["readiness"]


def test_a_failing_constraint_exits_8_and_says_what_to_do(tmp_path: Path) -> None:
    path = changed(tmp_path, "v1.34.1-eks-113cf36", "v1.31.9-eks-113cf36")
    ended = run_cli("validate", "--snapshot", path, *RECIPE, "-t", "table")
    assert ended.code == 8
    assert "Fail" in ended.out and "aws eks update-cluster-version" in ended.out


@pytest.mark.parametrize(("fail_on", "code"), [("unknown", 8), ("warn", 0), ("fail", 0)])
def test_unknown_fails_unless_told_otherwise(fail_on: str, code: int, tmp_path: Path) -> None:
    path = changed(tmp_path, "      /proc/sys/kernel/osrelease: 6.8.0-1031-aws\n", "      other: text\n")
    ended = run_cli("validate", "--snapshot", path, *RECIPE, "--fail-on", fail_on)
    assert ended.code == code
    raw = [t["rawStatus"] for t in json.loads(ended.out)["results"]["tests"]]
    assert raw.count("unknown") == 1 and raw.count("pass") == len(raw) - 1


def test_an_empty_snapshot_is_unknown_everywhere() -> None:
    ended = run_cli("validate", "--snapshot", "-", *RECIPE, "--phase", "all", stdin=EMPTY)
    raw = {t["rawStatus"] for t in json.loads(ended.out)["results"]["tests"]}
    assert ended.code == 8
    assert "pass" not in raw and raw <= {"unknown", "not-applicable"}


def test_without_anything_detected_base_is_asked_and_said() -> None:
    ended = run_cli("validate", "--snapshot", "-", stdin=EMPTY)
    assert ended.code == 8
    assert ended.err.splitlines() == [
        "warning: no criteria were given or detected, so base is asked; --all checks every environment that is stated",
        "base: unknown (1 unknown)",
    ]


def test_fail_on_error_false_exits_0_as_in_aicr(tmp_path: Path) -> None:
    path = changed(tmp_path, "v1.34.1-eks-113cf36", "v1.31.9-eks-113cf36")
    assert run_cli("validate", "--snapshot", path, *RECIPE, "--fail-on-error=false").code == 0
    assert run_cli("validate", "--snapshot", path, *RECIPE, "--fail-on-error").code == 8


def test_a_recipe_chosen_by_hand_is_judged_by_its_rules(tmp_path: Path) -> None:
    path = changed(tmp_path, "v1.34.1-eks-113cf36", "v1.31.9-gke.1234")
    assert run_cli("validate", "--snapshot", path, *RECIPE).code == 8


def test_readiness_comes_first_and_phases_are_named(tmp_path: Path) -> None:
    ended = run_cli("validate", "--snapshot", SNAPSHOT, *RECIPE, "--phase", "deployment")
    suites = [t["suite"][0] for t in json.loads(ended.out)["results"]["tests"]]
    assert suites[0] == "readiness"
    assert list(dict.fromkeys(suites)) == ["readiness", "deployment"]


def test_all_asks_every_stated_environment_and_leaves_other_clusters_out() -> None:
    ended = run_cli("validate", "--snapshot", SNAPSHOT, "--all", "-t", "table")
    assert ended.code == 0
    assert "h100-eks-ubuntu-training-kubeflow" in ended.out
    assert "gb200" not in ended.out and "gke" not in ended.out


def test_without_a_recipe_the_detected_criteria_choose_and_partial_is_said() -> None:
    ended = run_cli("validate", "--snapshot", SNAPSHOT)
    assert (
        json.loads(ended.out)["results"]["environment"]["extra"]["recipes"][0]["recipe"] == "h100-eks-ubuntu"
    )
    assert "coverage is partial" in ended.err and "--all" in ended.err


def test_a_recipe_document_is_validated_by_what_it_says(tmp_path: Path) -> None:
    assert run_cli("recipe", "--service", "eks", "--gpu", "h100", "--intent", "training", "--os", "ubuntu",
                   "-o", tmp_path / "r.yaml").code == 0  # fmt: skip
    text = (tmp_path / "r.yaml").read_text(encoding="utf-8")
    (tmp_path / "r.yaml").write_text(text.replace(">= 1.32.4", ">= 1.99"), encoding="utf-8")
    assert run_cli("validate", "--snapshot", SNAPSHOT, "-r", tmp_path / "r.yaml").code == 8


def test_junit_is_well_formed_and_counts_what_does_not_hold(tmp_path: Path) -> None:
    run_cli(
        "validate", "--snapshot", SNAPSHOT, *RECIPE, "--phase", "all", "-t", "junit", "-o", tmp_path / "r.xml"
    )
    root = ElementTree.parse(tmp_path / "r.xml").getroot()
    assert len(root.findall(".//testcase")) > 4


def test_github_gets_a_summary(tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    run_cli("validate", "--snapshot", SNAPSHOT, *RECIPE, env={"GITHUB_STEP_SUMMARY": str(summary)})
    assert "h100-eks-ubuntu-training" in summary.read_text(encoding="utf-8")


def test_a_job_summary_that_cannot_be_written_hides_no_verdict(tmp_path: Path) -> None:
    ended = run_cli(
        "validate", "--snapshot", "-", *RECIPE, stdin=EMPTY, env={"GITHUB_STEP_SUMMARY": str(tmp_path)}
    )
    assert ended.code == 8 and json.loads(ended.out)
    assert "no job summary was written" in ended.err


# The day after EKS 1.34's standard support ends.
ENDED = {"SOURCE_DATE_EPOCH": "1796256000"}
NOTE = "EKS 1.34 left standard support on 2 Dec 2026. EKS 1.35 is supported until 27 Mar 2027."


def test_ended_support_is_told_beside_the_verdicts_and_changes_none(tmp_path: Path) -> None:
    before = run_cli("validate", "--snapshot", SNAPSHOT, *RECIPE, env={"SOURCE_DATE_EPOCH": "1760000000"})
    summary = tmp_path / "summary.md"
    ended = run_cli(
        "validate", "--snapshot", SNAPSHOT, *RECIPE, env={**ENDED, "GITHUB_STEP_SUMMARY": str(summary)}
    )
    old, new = json.loads(before.out)["results"], json.loads(ended.out)["results"]
    assert new["environment"]["extra"].pop("lifecycle") == [NOTE]
    assert "lifecycle" not in old["environment"]["extra"]
    assert (ended.code, new["tests"]) == (0, old["tests"])
    assert json.loads(ended.out)["timestamp"] == "2026-12-03T00:00:00Z"
    assert f"- {NOTE}" in summary.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("form", ["ctrf", "junit", "sarif", "markdown", "html", "table"])
def test_every_form_carries_ended_support(form: str) -> None:
    arguments = ("validate", "--snapshot", SNAPSHOT, *RECIPE, "--format", form)
    ended = run_cli(*arguments, env=ENDED)
    assert (ended.code, ended.out.count(NOTE)) == (0, 1)
    assert run_cli(*arguments, env=ENDED).out == ended.out


def test_an_unknown_version_gives_no_note(tmp_path: Path) -> None:
    path = changed(tmp_path, "v1.34.1-eks-113cf36", "unknown")
    ended = run_cli("validate", "--snapshot", path, *RECIPE, "--format", "table", env=ENDED)
    assert "Support windows" not in ended.out
    assert (
        "standard support" not in run_cli("validate", "--snapshot", "-", *RECIPE, stdin=EMPTY, env=ENDED).out
    )


def test_a_service_stated_by_hand_is_the_one_whose_windows_count() -> None:
    text = 'kind: Snapshot\nmeasurements: [{type: K8s, subtypes: [{subtype: server, data: {version: "1.32.4"}}]}]\n'
    for flags, name in (((), "Kubernetes"), (("--service", "aks"), "AKS")):
        ended = run_cli("validate", "--snapshot", "-", *flags, stdin=text, env=ENDED)
        assert f"{name} 1.32 left" in ended.out
        assert "is not known" not in ended.out


def test_all_without_an_environment_for_this_cluster_is_not_green(tmp_path: Path) -> None:
    path = changed(tmp_path, "H100", "L40S")
    for fail_on in ("unknown", "fail"):
        ended = run_cli("validate", "--snapshot", path, "--all", "-t", "table", "--fail-on", fail_on)
        assert ended.code == 8
        assert "states no environment for this cluster" in ended.err


def test_live_collects_and_validates_in_one_go(tmp_path: Path) -> None:
    ended = run_cli(
        "validate", "--live", *RECIPE, cwd=tmp_path, env={"KUBECONFIG": "", "HOME": str(tmp_path)}
    )
    raw = {t["name"].split(" ")[0]: t["rawStatus"] for t in json.loads(ended.out)["results"]["tests"]}
    assert ended.code == 8
    assert raw["K8s.server.version"] == "unknown"


def test_live_runs_our_collector_whatever_the_folder_holds(tmp_path: Path) -> None:
    (tmp_path / "collector.py").write_text("raise SystemExit(77)\n", encoding="utf-8")
    env = {"KUBECONFIG": "", "HOME": str(tmp_path)}
    ended = run_cli("validate", "--live", *RECIPE, cwd=tmp_path, env=env)
    assert (ended.code, json.loads(ended.out)["results"]["summary"]["tests"] > 0) == (8, True)


def test_a_table_is_as_wide_as_the_terminal() -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "generator.cli", "validate", "-s", str(SNAPSHOT), *RECIPE, "-t", "table"]
    env = {**os.environ, **ENDED, "PYTHONPATH": str(ROOT), "COLUMNS": "80"}
    with subprocess.Popen(command, stdout=theirs, stderr=subprocess.DEVNULL, env=env) as running:
        os.close(theirs)
        said = b""
        with contextlib.suppress(OSError):  # how Linux tells that the other end was closed
            while more := os.read(ours, 4096):
                said += more
    os.close(ours)
    assert running.returncode == 0
    lines = said.decode().splitlines()
    assert max(map(len, lines)) <= 80 and "Support windows" in lines
    assert "\x1b" not in said.decode()


def test_what_detection_could_not_decide_is_said() -> None:
    mixed = ROOT / "tests" / "golden" / "core" / "snapshots" / "13-gke-mixed-gpu-nodes.yaml"
    ended = run_cli("validate", "--snapshot", mixed, "--all", "-t", "table")
    assert (
        "accelerator a100 was detected, but GPU.smi.gpu.model and NodeTopology.label.nvidia.com/gpu.product "
        "speak for h100"
    ) in ended.err
    ended = run_cli("validate", "--snapshot", "-", "--all", "-t", "table", stdin=EMPTY)
    assert ended.code == 8
    assert "no service and no accelerator was detected" in ended.err
    rows = ended.out.splitlines()[1:]
    assert {row.split()[0] for row in rows} == {"Unknown"}
    assert all(row.endswith("is not known.") for row in rows)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--recipe", "no-such"), 3, "neither a file nor the id"),
        (("--recipe", "h100-eks-ubunt-training"), 3, "did you mean h100-eks-ubuntu-training"),
        (("--kubeconfig", "config"), 2, "--kubeconfig goes with --live"),
        ((*RECIPE, "-o", "."), 2, ".: is a directory; name a file in it"),
        (("--all", "--service", "eks"), 2, "leave --recipe and the criteria out"),
        (("--live",), 2, "leave --snapshot out"),
        ((*RECIPE, "--service", "gke"), 2, "leave the other criteria options out"),
        (("--snapshot", "-", "--recipe", "-"), 2, "only one input can be read from -"),
    ],
)
def test_questions_that_make_no_sense_are_refused(arguments: tuple[str, ...], code: int, said: str) -> None:
    ended = run_cli("validate", "--snapshot", SNAPSHOT, *arguments)
    assert (ended.code, said in ended.err) == (code, True)


def test_no_snapshot_is_said(tmp_path: Path) -> None:
    assert run_cli("validate", *RECIPE).code == 2
    assert run_cli("validate", "--snapshot", tmp_path / "no.yaml").code == 3


@pytest.mark.parametrize(
    ("expression", "actual", "verdict"),
    [
        (">= 1.32.4", "v1.33.1-eks-3025e55", "pass"),
        (">= 1.32.4", "1.32", "unknown"),
        ("> 1.32", "1.32.4", "fail"),
        (">= 1.34", "v1.34.0-rc.1", "warn"),
        ("ubuntu", "ubuntu", "pass"),
        (">= latest", "1.0", "unknown"),
    ],
)
def test_validate_constraint_gives_a_verdict_and_a_reason(expression: str, actual: str, verdict: str) -> None:
    answer = json.loads(run_cli("validate-constraint", expression, actual).out)
    assert answer["verdict"] == verdict and answer["reason"]


def test_validate_constraint_names_the_line_that_is_no_row() -> None:
    ended = run_cli("validate-constraint", "-", stdin='{"expr": ">= 1", "actual": "2"}\nnothing\n')
    assert (ended.code, ended.out.count("\n")) == (2, 1)
    assert "-:2:" in ended.err
