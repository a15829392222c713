"""What tests share: the reference material beside the checkout, and small catalogs told as stories.

The reference catalog and its golden outputs are not ours to carry; the tests that need them are collected only
where they lie in ../shared, and the summary says so where they do not.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from generator.engine.model import Catalog
from generator.load.catalog import catalog_from_files, load_catalog

TESTS = Path(__file__).resolve().parent
SHARED = TESTS.parent.parent / "shared"
HAS_SHARED = SHARED.is_dir()
STORIES = TESTS / "catalogs"


def shared(*parts: str) -> Path:
    """A path in ../shared; where there is none the test is skipped, loudly, and in CI it fails."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        text = f"{path} is not here"
        if os.environ.get("CI") == "true":
            pytest.fail(text)
        pytest.skip(text)
    return path


def told_absent(terminal: pytest.TerminalReporter) -> None:
    """Say in the summary which tests were not collected for want of ../shared."""
    if not HAS_SHARED:
        terminal.write_line(
            "NOT RUN: the tests against the reference catalog (tests/engine/test_reference*.py); "
            f"they need {SHARED}, which is not here",
            yellow=True,
        )


def story(name: str, *, own: bool = False) -> Catalog:
    """The small catalog tests/catalogs/<name>."""
    return load_catalog(STORIES / name, own=own)


REGISTRY = "apiVersion: aicr.run/v1alpha2\nkind: ComponentRegistry\ncomponents:\n"
CRITERIA = """\
apiVersion: aicr-matrix/v1
kind: CriteriaCatalog
dimensions:
- {name: service, label: Service, values: [{name: eks, label: EKS}, {name: gke, label: GKE}, {name: kind, label: kind}]}
- {name: accelerator, label: Accelerator, values: [{name: h100, label: H100}, {name: gb200, label: GB200}]}
- {name: intent, label: Intent, values: [{name: training, label: Training}, {name: inference, label: Inference}]}
- {name: os, label: OS, values: [{name: ubuntu, label: Ubuntu}, {name: cos, label: COS}]}
- {name: platform, label: Platform, values: [{name: kubeflow, label: Kubeflow}]}
"""


def overlay(name: str, spec: str = "", *, kind: str = "RecipeMetadata", base: str = "") -> str:
    """The text of an overlay or mixin; *spec* holds the lines below `spec:`, two spaces in."""
    lines = [f"apiVersion: aicr.run/v1alpha2\nkind: {kind}\nmetadata:\n  name: {name}\nspec:"]
    if base:
        lines.append(f"  base: {base}")
    return "\n".join([*lines, spec.strip("\n") or "  constraints: []"]) + "\n"


def tiny(
    files: Mapping[str, str], *, own: bool = False, components: tuple[str, ...] = ("a", "b", "c", "d")
) -> Catalog:
    """A catalog of *files* over an empty base and a registry of *components*, with a small criteria.yaml."""
    registry = REGISTRY + "".join(
        f"- name: {c}\n  displayName: {c.upper()}\n  helm:\n    defaultRepository: https://charts.example.com/{c}\n"
        f"    defaultChart: org/{c}\n    defaultVersion: '1.0'\n    defaultNamespace: ns-{c}\n"
        for c in components
    )
    own_files = {"registry.yaml": registry, "overlays/base.yaml": overlay("base"), "criteria.yaml": CRITERIA}
    return catalog_from_files({**own_files, **files}, own=own)
