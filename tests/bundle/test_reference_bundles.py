"""Bundles of the reference catalog, held against what the reference itself made of it.

Intended differences, each tested elsewhere:
- files of ours beside its own: build.json, images.txt, charts.txt, zarf.yaml, hauler.yaml, site-values.example/;
- deploy.sh looks before it acts: `helm version`, `kubectl version`, and `helm status` before each release;
- undeploy.sh keeps namespaces, volumes and definitions, where the reference deletes them;
- Argo CD's Applications carry their values as text, keep the chart's version verbatim, name OCI registries without
  oci://, and exist only for what has a source; waves follow tiers, three to each;
- `--set` reads as Helm reads it (`1.10` and `007` are text, `null` is null), names and aliases count together,
  unknown components and paths through scalars are errors;
- `--set COMPONENT:enabled=false` also takes the component out of others' dependencyRefs in recipe.yaml.
"""

from __future__ import annotations

import functools
import json
import shlex
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.bundle import (
    Assignment,
    BundleOptions,
    Toleration,
    build_bundle,
    pack_gz,
    pack_tar,
    verify_tarball,
)
from generator.bundle.model import TOLERATE_ALL
from generator.core.criteria import DIMENSIONS, Criteria
from generator.engine.model import Catalog, Recipe
from generator.engine.resolve import resolve_recipe
from generator.load.catalog import load_catalog
from generator.load.problems import ProblemsFound
from tests.bundle.stubs import run_script, write_bundle
from tests.shared import shared

QUERIES = {
    "eks": Criteria(service="eks"),
    "eks-h100-training-kubeflow": Criteria("eks", "h100", "training", "ubuntu", "kubeflow"),
    "gke-h100-training": Criteria("gke", "h100", "training", "cos"),
    "kind-h100-inference": Criteria("kind", "h100", "inference"),
}


@functools.cache
def catalog() -> Catalog:
    return load_catalog(shared("reference", "aicr-v0.11.1"), own=False)


def recipe(name: str) -> Recipe:
    return resolve_recipe(catalog(), QUERIES[name])


def goldens(*, calls: bool = False, deployer: str = "helm") -> Iterator[Any]:
    with shared("reference", "goldens", "bundles.jsonl").open() as file:
        for line in file:
            golden = json.loads(line)
            if golden["variant"].startswith(deployer) and (not calls or golden.get("deploy_calls")):
                yield pytest.param(golden, id=f"{golden['recipe']}-{golden['variant']}")


def toleration(text: str) -> Toleration:
    head, _, effect = text.partition(":")
    key, _, value = head.partition("=")
    return Toleration(key, value, effect)


def options_of(command: str) -> BundleOptions:
    words = shlex.split(command)
    given: dict[str, list[str]] = {}
    for word, value in pairwise(words):
        if word.startswith("--"):
            given.setdefault(word, []).append(value)
    pairs = {
        name: dict(text.split("=", 1) for text in texts)
        for name, texts in given.items()
        if "selector" in name
    }

    def tolerations(side: str) -> tuple[Toleration, ...]:
        return tuple(toleration(text) for text in given.get(f"--{side}-node-toleration", ())) or TOLERATE_ALL

    return BundleOptions(
        assignments=tuple(Assignment(*text.split(":", 1)) for text in given.get("--set", ())),
        system_node_selector=pairs.get("--system-node-selector", {}),
        accelerated_node_selector=pairs.get("--accelerated-node-selector", {}),
        workload_selector=pairs.get("--workload-selector", {}),
        workload_gate=toleration(given["--workload-gate"][0]) if "--workload-gate" in given else None,
        nodes=int(given.get("--nodes", ["0"])[0]),
        repo=given.get("--repo", [""])[0],
        system_tolerations=tolerations("system"),
        accelerated_tolerations=tolerations("accelerated"),
    )


OURS = ("build.json", "images.txt", "charts.txt", "zarf.yaml", "hauler.yaml", "site-values.example/")


@pytest.mark.parametrize("golden", [g for g in goldens() if "helm-set" not in str(g.id)])
def test_the_tree_is_the_reference_s(golden: dict[str, Any]) -> None:
    files = build_bundle(catalog(), recipe(golden["recipe"]), "helm", options_of(golden["command"]))
    assert sorted(path for path in files if not path.startswith(OURS)) == sorted(golden["files"])
    values = {name: yaml.safe_load(files[f"{name}/values.yaml"]) or {} for name in golden["values"]}
    assert values == {name: tree or {} for name, tree in golden["values"].items()}
    for path, objects in golden["manifests"].items():
        assert [o for o in yaml.safe_load_all(files[path]) if o is not None] == objects
    assert verify_tarball(pack_gz(pack_tar("bundle", files))).ok


def test_set_gives_the_reference_s_values_but_for_what_it_gets_wrong() -> None:
    golden = next(g.values[0] for g in goldens() if str(g.id).endswith("helm-set"))
    assert isinstance(golden, dict)
    options = options_of(golden["command"])
    with pytest.raises(ProblemsFound, match="'nosuch' is no component"):
        build_bundle(catalog(), recipe(golden["recipe"]), "helm", options)
    known = options.with_changes(assignments=tuple(a for a in options.assignments if a.component != "nosuch"))
    files = build_bundle(catalog(), recipe(golden["recipe"]), "helm", known)
    values = {name: yaml.safe_load(files[f"{name}/values.yaml"]) or {} for name in golden["values"]}
    wanted = {name: dict(tree or {}) for name, tree in golden["values"].items()}
    # The alias and the name count together, and 1.10 is a version, not the number 1.1.
    assert values["gpu-operator"]["driver"]["version"] == "570.86.16"
    assert values["gpu-operator"]["toolkit"]["version"] == "1.10"
    assert values["gpu-operator"]["gds"]["enabled"] is True
    assert values["kube-prometheus-stack"]["a"] == {"b": {"c": "007"}}
    assert values["cert-manager"]["x"] is None
    for name, keys in {
        "gpu-operator": ("driver", "toolkit", "gds"),
        "kube-prometheus-stack": ("a",),
        "cert-manager": ("x",),
    }.items():
        for key in keys:
            values[name].pop(key, None)
            wanted[name].pop(key, None)
    assert values == wanted
    assert "aws-ebs-csi-driver/values.yaml" not in files


def test_a_path_through_a_scalar_is_refused_where_the_reference_warns() -> None:
    golden = next(g.values[0] for g in goldens() if str(g.id).endswith("helm-set-bad"))
    assert isinstance(golden, dict)
    with pytest.raises(ProblemsFound, match="inside something that is no mapping"):
        build_bundle(catalog(), recipe(golden["recipe"]), "helm", options_of(golden["command"]))


def settled(calls: list[str]) -> list[str]:
    """The two ends of `create | apply` run at once and are logged in either order: always create first."""
    ordered = list(calls)
    for at, call in enumerate(ordered[:-1]):
        if call == "kubectl apply -f -" and ordered[at + 1].startswith("kubectl create namespace"):
            ordered[at], ordered[at + 1] = ordered[at + 1], ordered[at]
    return ordered


@pytest.mark.parametrize("golden", list(goldens(calls=True)))
def test_deploy_makes_the_reference_s_calls(golden: dict[str, Any], tmp_path: Path) -> None:
    files = build_bundle(catalog(), recipe(golden["recipe"]))
    ran = run_script(write_bundle(tmp_path / "bundle", files) / "deploy.sh", state=tmp_path / "state")
    assert ran.code == 0, ran.err
    looks = ("helm version ", "kubectl version ", "helm status ")
    assert settled([c for c in ran.calls if not c.startswith(looks)]) == settled(golden["deploy_calls"])


@pytest.mark.parametrize("golden", list(goldens(calls=True)))
def test_undeploy_removes_what_the_reference_removes(golden: dict[str, Any], tmp_path: Path) -> None:
    files = build_bundle(catalog(), recipe(golden["recipe"]))
    script = write_bundle(tmp_path / "bundle", files) / "undeploy.sh"
    ran = run_script(script, ["--delete-crds"], state=tmp_path / "state")
    assert ran.code == 0, ran.err
    removals = ("helm uninstall", "kubectl delete -f")
    wanted = [call for call in golden["undeploy_calls"] if call.startswith(removals)]
    assert ran.calls_of(*removals) == wanted


@pytest.mark.parametrize("golden", list(goldens(deployer="argocd")))
def test_applications_name_the_reference_s_charts_and_values(golden: dict[str, Any]) -> None:
    options = options_of(golden["command"])
    files = build_bundle(catalog(), recipe(golden["recipe"]), "argocd", options)
    expected = {
        path: objects[0]
        for path, objects in golden["applications"].items()
        if path != "app-of-apps.yaml" and objects[0]["spec"].get("sources", [{}])[0].get("repoURL")
    }
    made = {path: yaml.safe_load(files[path]) for path in files if path.endswith("/application.yaml")}
    assert sorted(made) == sorted(expected)
    for path, wanted in expected.items():
        name = path.partition("/")[0]
        source, theirs = made[path]["spec"]["source"], wanted["spec"]["sources"][0]
        assert made[path]["spec"]["destination"] == wanted["spec"]["destination"]
        assert source["chart"] == theirs["chart"]
        assert source["repoURL"] == theirs["repoURL"].removeprefix("oci://")
        assert source["targetRevision"].removeprefix("v") == theirs["targetRevision"]
        assert (yaml.safe_load(source["helm"].get("values", "")) or {}) == (golden["values"][name] or {})
    assert ("app-of-apps.yaml" in files) == bool(options.repo)


def test_every_query_of_the_goldens_makes_a_bundle_that_verifies() -> None:
    with shared("reference", "goldens", "combinations.jsonl").open() as file:
        queries = {json.dumps(json.loads(line)["criteria"], sort_keys=True) for line in file}
    seen = set()
    for text in sorted(queries):
        stated = json.loads(text)
        resolved = resolve_recipe(catalog(), Criteria(*(stated.get(d, "any") for d in DIMENSIONS)))
        if resolved.id in seen:
            continue
        seen.add(resolved.id)
        files = build_bundle(catalog(), resolved)
        assert verify_tarball(pack_gz(pack_tar(resolved.id, files))).ok
    assert len(seen) >= 20
