"""What the finder's search finds, and what it says when it finds nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.ts.bundle import build_program, run_program


def _recipe(
    name: str, title: str, *facts: str, coverage: str = "exact", start: bool = False
) -> dict[str, str]:
    entry = {
        "id": name,
        "page": f"recipes/{name}/",
        "title": title,
        "text": ", ".join(facts),
        "note": "9 components",
    }
    return {**entry, "coverage": coverage, **({"start": "yes"} if start else {})}


ENTRIES = [
    _recipe("H100 on GKE", "H100 on GKE", coverage="partial"),
    _recipe("h100-gke-cos-training-kubeflow", "Training with Kubeflow on H100 nodes, COS", "driver 595.91.07",
            "Kubernetes ≥ 1.34", "nvidia-dra-driver-gpu 0.5.0", coverage="composed"),
    _recipe("h100-gke-cos-training", "Training on H100 nodes, Google Kubernetes Engine, COS", "driver 595.91.07",
            "Kubernetes ≥ 1.34", "gpu-operator v26.7.0", "nvidia-dra-driver-gpu 0.5.0"),
    _recipe("a100-eks-training", "Training on A100 nodes, Amazon EKS", "driver 570.1", "Kubernetes ≥ 1.32.4",
            "gpu-operator v26.7.0", "kernel ≥ 6.8", "OS Ubuntu 24.04", "ubuntu-24.04", "aws-eks"),
    _recipe("gke", "Google Kubernetes Engine", "gpu-operator v26.7.0", start=True),
    {"id": "gpu-operator", "page": "components/gpu-operator/", "title": "NVIDIA GPU Operator",
     "text": "gpu-operator v26.7.0", "note": "component"},
    {"id": "driver.version 595.91.07", "page": "components/by-setting/#gpu-operator", "title": "gpu-operator",
     "text": "", "note": "set by 2 recipes"},
    {"id": "docker.io/library/busybox:1.37.0", "page": "components/by-image/", "title": "", "text": "image",
     "note": "run by 1 recipe"},
]  # fmt: skip

FIRST = {
    "H100 GKE": ["h100-gke-cos-training", "h100-gke-cos-training-kubeflow", "H100 on GKE"],
    "what do I need for H100 on GKE?": [
        "h100-gke-cos-training",
        "h100-gke-cos-training-kubeflow",
        "H100 on GKE",
    ],
    "driver 595": [
        "driver.version 595.91.07",
        "h100-gke-cos-training",
        "h100-gke-cos-training-kubeflow",
    ],
    "which recipes set driver.version 595?": [
        "driver.version 595.91.07",
        "h100-gke-cos-training",
        "h100-gke-cos-training-kubeflow",
    ],
    "kubernetes 1.34": ["h100-gke-cos-training", "h100-gke-cos-training-kubeflow"],
    "k8s 1.32": ["a100-eks-training"],
    "kernel 6.8": ["a100-eks-training"],
    "ubuntu 24.04": ["a100-eks-training"],
    "eks 1.32": ["a100-eks-training"],
    "busybox": ["docker.io/library/busybox:1.37.0"],
    "gpu-operator 26.7": ["gpu-operator", "a100-eks-training", "h100-gke-cos-training", "gke"],
}
READ = {
    "gpu oprator v26": "gpu operator v26",
    "kubflow h100": "kubeflow h100",
    "a100 eks ubunto": "a100 eks ubuntu",
    "trianinng a100": "trianinng a100",  # two letters away: not guessed at
}


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_program("search", tmp_path_factory.mktemp("search"))


def ask(program: Path, *queries: str, entries: list[dict[str, str]] = ENTRIES) -> list[dict[str, Any]]:
    return run_program(program, json.dumps({"entries": entries, "queries": queries}))


def test_exact_comes_before_composed_before_starting_points_before_partial(program: Path) -> None:
    answers = ask(program, *FIRST)
    found = {
        query: [name for name, _ in answer["hits"]] for query, answer in zip(FIRST, answers, strict=True)
    }
    assert found == FIRST


def test_the_version_that_was_asked_for_is_shown(program: Path) -> None:
    (answer,) = ask(program, "h100 kubernetes 1.34")
    assert answer["hits"][0] == ["h100-gke-cos-training", "Kubernetes ≥ 1.34"]


def test_one_letter_is_forgiven_where_nothing_matches_and_it_is_said(program: Path) -> None:
    answers = ask(program, *READ)
    for (query, read), answer in zip(READ.items(), answers, strict=True):
        assert (answer["read"] or query) == read
        assert bool(answer["total"]) == (read != query), query


def test_a_version_is_neither_guessed_at_nor_found_beside_another_name(program: Path) -> None:
    answers = ask(program, "driver 580", "driver 0.5.1", "kernel 26.7", "h100 driver 570", "gpu-operator v25")
    assert [answer["total"] for answer in answers] == [0] * 5
    near = [[(n["query"], n["count"]) for n in answer["near"]] for answer in answers]
    assert near == [
        [("driver 595.91.07", 2), ("driver 570.1", 1)],
        [("driver 595.91.07", 2), ("driver 570.1", 1)],
        [("kernel 6.8", 1)],
        [("h100 driver 595.91.07", 2)],
        [("gpu operator v26.7.0", 3)],
    ]


def test_a_word_too_many_is_named_by_what_is_found_without_it(program: Path) -> None:
    (answer,) = ask(program, "a100 nowhere")
    assert [(n["query"], n["count"]) for n in answer["near"]] == [("a100", 1)]


def test_thirty_thousand_entries_are_searched_while_one_types(program: Path) -> None:
    many = [{**entry, "id": f"{entry['id']}-n{i}"} for i in range(4000) for entry in ENTRIES]
    answers = ask(program, "driver 580", "gpu oprator v26", "h100 gke", entries=many)
    assert len(many) > 30_000
    assert [bool(answer["total"]) for answer in answers] == [False, True, True]
