"""The checks as data: each can be told passed, failed and unknown, and rests on readings that exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import pytest

from collector.deployment import components_of
from generator.core.checks import Measurements, applies, evaluate_check
from generator.core.constraints import satisfying_value
from generator.core.snapshot import Snapshot
from generator.core.verdicts import FAIL, NOT_APPLICABLE, PASS, UNKNOWN
from generator.engine.model import Catalog, Matrix
from generator.load.catalog import load_catalog, own_catalog_root
from generator.render.lifecycle import Windows

CHECKS = sorted(load_catalog(own_catalog_root(), own=True).checks)
FIELDS = {
    "phase", "title", "description", "severity", "requires", "rule", "measure", "command", "remediation", "link",
    "sources", "doubt",
}  # fmt: skip
# Thresholds as recipes state them, so that every rule has something to be held against.
THRESHOLDS = {
    "Deployment.gpu-operator.version": ">= v25.10.0",
    "Deployment.gpu-driver.version": ">= 575.57.08",
    "nccl-all-reduce-bw": ">= 300",
    "nccl-all-reduce-bw-net": ">= 40",
    "nccl-all-reduce-bw-nvls": ">= 500",
    "nccl-cre-all-reduce-bw": ">= 400",
    "cre-training-goodput": ">= 0.5",
    "inference-throughput": ">= 50000",
    "inference-ttft-p99": "<= 2000",
    "inference-model": "Qwen/Qwen3-8B",
    "inference-concurrency-per-gpu": "256",
}
COMPONENTS = ("gpu-operator", "kai-scheduler")

Clause = Mapping[str, object]


def clauses(rule: object) -> Iterator[Clause]:
    """Every condition of a rule, the alternatives of `any` included."""
    assert isinstance(rule, Sequence) and not isinstance(rule, str)
    for clause in rule:
        assert isinstance(clause, Mapping)
        if "any" in clause:
            yield from clauses(clause["any"])
        else:
            yield clause


def passing_readings(rule: object, measurements: Measurements) -> dict[str, str]:
    """Readings under which every condition of the rule holds."""
    found = {}
    for clause in clauses(rule):
        wanted = THRESHOLDS[str(clause["threshold"])] if "threshold" in clause else str(clause["value"])
        number = measurements.find(str(clause["reading"])).get("kind") == "number"
        # A floor or ceiling of a number is met by the number itself.
        value = wanted.lstrip("<>= ") if number else satisfying_value((wanted,))
        assert value is not None, wanted
        names = [str(clause["reading"])]
        if clause.get("eachComponent"):
            names = [names[0].replace("{component}", name) for name in COMPONENTS]
        found.update({measurements.reading(name): value for name in names})
    return found


def outcome(catalog: Catalog, name: str, readings: Mapping[str, str]) -> str:
    measurements = Measurements(catalog.measurements)
    done = evaluate_check(catalog.checks[name], Snapshot(readings), measurements, COMPONENTS, THRESHOLDS)
    return done.outcome.verdict


@pytest.mark.parametrize("name", CHECKS)
def test_check_is_complete(catalog: Catalog, name: str) -> None:
    check = catalog.checks[name]
    assert set(check) <= FIELDS
    assert check["phase"] in ("deployment", "performance", "conformance")
    assert check["severity"] in ("error", "warning")
    for field in ("title", "description", "measure", "command"):
        assert str(check[field]).strip()
    assert str(check["link"]).startswith("https://")
    remediation = check["remediation"]
    assert isinstance(remediation, Mapping) and remediation["default"]
    assert all(clause.get("means") for clause in clauses(check["rule"]))


@pytest.mark.parametrize("name", CHECKS)
def test_check_passes_fails_and_stays_unknown(catalog: Catalog, name: str) -> None:
    """Nothing read is unknown, never passed; everything as wanted passes; any one reading wrong does not."""
    check = catalog.checks[name]
    assert outcome(catalog, name, {}) == UNKNOWN
    readings = passing_readings(check["rule"], Measurements(catalog.measurements))
    assert outcome(catalog, name, readings) == PASS
    alternatives = any("any" in clause for clause in check["rule"])  # type: ignore[attr-defined]
    for reading, value in readings.items():
        missing = {key: text for key, text in readings.items() if key != reading}
        # One of several alternatives may be missing; nothing else may.
        assert outcome(catalog, name, missing) in ((UNKNOWN, PASS) if alternatives else (UNKNOWN,))
        if not alternatives and value == "true":
            assert outcome(catalog, name, {**readings, reading: "false"}) == FAIL


def test_checks_are_for_the_recipes_that_name_them(catalog: Catalog, matrix: Matrix) -> None:
    """A recipe names no check that never applies to it, but for three that upstream names and then skips: node
    scaling where nothing tells who adds nodes, and two with NIM, which has neither of the operators they look at."""
    wrong = set()
    for recipe in matrix.recipes:
        if recipe.starting_point:
            continue
        names = [c.name for c in recipe.components]
        for phase in recipe.phases.values():
            for name in phase.checks:
                elsewhere = applies(catalog.checks[name], names, recipe.criteria.as_dict())
                if elsewhere is not None and elsewhere.verdict == NOT_APPLICABLE:
                    wrong.add(name)
    assert wrong <= {"cluster-autoscaling", "inference-gateway", "robust-controller"}


def test_every_reading_is_described(catalog: Catalog) -> None:
    for name, entry in catalog.measurements.items():
        assert entry["kind"] in ("version", "text", "number", "flag"), name
        assert entry["disruption"] in (
            "none", "settings", "node-restart", "node-upgrade", "control-plane", "rebuild",
        ), name  # fmt: skip
        for field in ("label", "meaning", "source", "measure"):
            assert str(entry[field]).strip(), (name, field)
        assert isinstance(entry["sensitive"], bool) and isinstance(entry["required"], bool), name
        assert entry["sources"], name
        for field in ("remediation", "link"):
            words = entry[field]
            assert isinstance(words, Mapping) and words["default"], (name, field)
        assert all(str(link).startswith("https://") for link in entry["link"].values()), name  # type: ignore[attr-defined]


def test_health_names_components_and_workloads_the_collector_reads(catalog: Catalog) -> None:
    assert set(catalog.health) <= set(catalog.registry)
    read = {component.name: component for component in components_of({"components": catalog.health})}
    for name, entry in catalog.health.items():
        workloads = entry["workloads"]
        assert isinstance(workloads, list) and workloads, name
        assert [f"{kind} {workload}" for kind, workload in read[name].workloads] == workloads
        assert entry["sources"], name


def test_lifecycle_windows_are_dated_and_sourced(catalog: Catalog, matrix: Matrix) -> None:
    windows = catalog.lifecycle["windows"]
    assert isinstance(windows, list)
    seen = set()
    for window in windows:
        key = (window["subject"], window["scope"], window["cycle"])
        assert key not in seen
        seen.add(key)
        assert window["source"] and window["label"]
        assert ("end" in window) != ("status" in window)
        if "end" in window:
            assert date.fromisoformat(window["end"]) > date(2025, 1, 1)
        if window["subject"] == "os":
            assert window["scope"] in matrix.values["os"]
        if window["subject"] == "kubernetes":
            assert window["scope"] in (*matrix.values["service"], "upstream")
        if window["subject"] == "component":
            assert window["scope"] in catalog.registry
    assert date.fromisoformat(str(catalog.lifecycle["asOf"]))


def test_pages_can_say_when_a_version_leaves_support(catalog: Catalog) -> None:
    windows = Windows(catalog.lifecycle, date(2026, 11, 23))
    leaving = windows.hint("kubernetes", "eks", "1.34.2", "EKS")
    assert leaving is not None and leaving.state == "soon" and "2 Dec 2026" in leaving.short
    past = windows.hint("kubernetes", "gke", "1.34", "GKE")
    assert past is not None and past.state == "past"
    driver = windows.hint("driver", "nvidia", "595.91.07", "R")
    assert driver is not None and driver.state == "ok"
