"""Our recipes against the facts of upstream's overlays: the same components and checks, constraints at least as strict.

What differs is listed here with its reason; recipes/upstream.yaml says the same to the reader.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
import yaml

from generator.core.criteria import DIMENSIONS, Criteria, normalise_value
from generator.engine.matrix import criteria_aliases
from generator.engine.model import Catalog, Recipe
from generator.engine.resolve import resolve_recipe
from generator.lint.expressions import contradicts, newly_admitted
from tests.shared import HAS_SHARED, shared

# component of a stored overlay -> why it is not in our recipe
NOT_HERE = {
    "kgateway": "older copies; newer environments have agentgateway, and so do ours",
    "kgateway-crds": "older copies; newer environments have agentgateway-crds, and so do ours",
    "gke-roce": "an old branch's copy; newer ones have gke-gb200-rdma",
    "aws-net-dra": "its manifests are not in the sources, and the newest EKS overlays left it",
    "network-operator-ocp": "its NicClusterPolicy is not in the sources",
    "dranet": "its manifests are not in the sources",
    "rdma-netns-exclusive": "its manifests are not in the sources",
}
# check -> components without which upstream skips it; older copies name it everywhere
NEEDS = {"robust-controller": {"dynamo-platform", "kubeflow-trainer"}}

# Parents that later copies call otherwise.
RENAMED = {"oke-training": "oke-ol-training", "oke-inference": "oke-ol-inference"}


@dataclass
class Stated:
    """What an upstream environment states with its ancestors."""

    requires: dict[str, str] = field(default_factory=dict)
    components: set[str] = field(default_factory=set)
    checks: dict[str, list[str]] = field(default_factory=dict)
    thresholds: dict[tuple[str, str], str] = field(default_factory=dict)


def environments() -> dict[str, Mapping[str, Any]]:
    """Name -> facts; the later file supersedes the earlier one."""
    found: dict[str, Mapping[str, Any]] = {}
    for name, section in (("environments.yaml", "newer"), ("environments-more.yaml", "newer_more")):
        for key, entry in yaml.safe_load(shared("facts", name).read_text(encoding="utf-8"))[section].items():
            if isinstance(entry, Mapping):
                found[key] = entry
    return found


ENVIRONMENTS = environments() if HAS_SHARED else {}


def ancestry(name: str) -> Iterator[Mapping[str, Any]]:
    """The facts of an environment and its known ancestors, root first."""
    chain: list[str] = []
    while name in ENVIRONMENTS and name not in chain:
        chain.append(name)
        parent = str(ENVIRONMENTS[name].get("parent"))
        name = RENAMED.get(parent, parent)
    return (ENVIRONMENTS[each] for each in reversed(chain))


def stated_by(name: str) -> Stated:
    stated = Stated()
    for entry in ancestry(name):
        for reading, rule in (entry.get("requires") or {}).items():
            # A note in brackets after the rule is the collector's of the facts, not upstream's.
            stated.requires[reading] = re.sub(r"\s*\(.*\)$", "", str(rule))
        stated.components.update(entry.get("components") or ())
        for phase, validation in (entry.get("validate") or {}).items():
            if not isinstance(validation, Mapping):
                continue
            checks = validation.get("checks")
            if checks == []:  # an explicit empty list clears what the parents said
                stated.checks[phase] = []
                stated.thresholds = {k: v for k, v in stated.thresholds.items() if k[0] != phase}
            stated.checks.setdefault(phase, []).extend(checks or ())
            for threshold, value in (validation.get("thresholds") or {}).items():
                stated.thresholds[phase, threshold] = str(value)
    return stated


def recipe_of(catalog: Catalog, name: str) -> Recipe:
    aliases = criteria_aliases(catalog)
    match: dict[str, object] = {}
    for entry in ancestry(
        name
    ):  # an environment is also for what its ancestors are for, as OKE's for Oracle Linux
        match.update({d: v for d, v in (entry.get("match") or {}).items() if v not in (None, "", "any")})
    values = [normalise_value(str(match.get(d) or ""), aliases[d]) for d in DIMENSIONS]
    service, accelerator, intent, os, platform = values
    return resolve_recipe(catalog, Criteria(service, accelerator, intent, os, platform))


@pytest.mark.parametrize(
    "name", sorted(n for n, e in ENVIRONMENTS.items() if isinstance(e.get("match"), Mapping))
)
def test_recipe_is_at_least_what_upstream_states(catalog: Catalog, name: str) -> None:
    stated, recipe = stated_by(name), recipe_of(catalog, name)
    assert stated.components - {c.name for c in recipe.components} <= set(NOT_HERE)
    floors = {c.name: c.value for c in recipe.constraints}
    for reading, rule in stated.requires.items():
        assert reading in floors, f"{reading} {rule} is not asked for"
        assert not contradicts(rule, floors[reading])
        assert newly_admitted(rule, floors[reading], "version") is None, (reading, rule, floors[reading])
    thresholds = {(phase, c.name): c.value for phase, p in recipe.phases.items() for c in p.constraints}
    for (phase, threshold), rule in stated.thresholds.items():
        ours = thresholds[phase, threshold]
        assert newly_admitted(rule, ours, "number") is None, (threshold, rule, ours)
    have = {c.name for c in recipe.components}
    for phase, checks in stated.checks.items():
        wanted = {check for check in checks if check not in NEEDS or NEEDS[check] & have}
        ours_too = set(recipe.phases[phase].checks) if phase in recipe.phases else set()
        assert wanted - ours_too == set(), phase


def test_every_listed_difference_is_still_one(catalog: Catalog) -> None:
    missing: set[str] = set()
    for name, entry in ENVIRONMENTS.items():
        if isinstance(entry.get("match"), Mapping):
            missing |= stated_by(name).components - {c.name for c in recipe_of(catalog, name).components}
    assert missing == set(NOT_HERE)
