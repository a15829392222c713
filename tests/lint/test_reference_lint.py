"""Lint of catalogs that are not ours: warnings that are worth reading, and nothing that is noise."""

from __future__ import annotations

from collections import Counter

import pytest

from generator.lint import Finding, lint_catalog
from generator.load.catalog import load_catalog
from tests.shared import shared


def lint(name: str) -> tuple[Finding, ...]:
    catalog = load_catalog(shared("reference", name), own=None)
    assert not catalog.own
    return lint_catalog(catalog, own=False)


@pytest.mark.parametrize("name", ["aicr-v0.11.1", "aicr-newer"])
def test_foreign_catalog_gets_warnings_only(name: str) -> None:
    findings = lint(name)
    assert {f.severity for f in findings} == {"warning"}
    assert all(f.what and f.do and f.place.line > 0 for f in findings)
    assert "missing-sources" not in {f.rule for f in findings}


def test_the_lowered_aks_floor_of_the_old_catalog_is_found() -> None:
    """Its service overlay asks for 1.34, seven overlays above it lower that without anyone having meant it."""
    findings = lint("aicr-v0.11.1")
    assert Counter(f.rule for f in findings) == {
        "weakened-constraint": 7,
        "not-honoured": 2,
        "missing-file": 1,
    }
    weakened = [f for f in findings if f.rule == "weakened-constraint"]
    assert all("aks" in f.place.file and "weakens >= 1.34 of aks" in f.what for f in weakened)


def test_what_is_odd_about_the_mixed_catalog_is_found() -> None:
    """Two overlays for OKE of different eras, a profile, parents of another system, files that were not stored."""
    findings = lint("aicr-newer")
    told = {(f.rule, f.place.file) for f in findings}
    assert told >= {
        ("duplicate-criteria", "overlays/oke-ol.yaml"),
        ("not-honoured", "overlays/gke-cos.yaml"),
        ("never-applies", "overlays/l40s-oke-ubuntu-training.yaml"),
        ("weakened-constraint", "overlays/lke.yaml"),
        ("missing-file", "mixins/os-talos.yaml"),
    }
