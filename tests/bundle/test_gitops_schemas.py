"""Every object for Argo CD and Flux, against the schemas of the kubernetes-models packages where they are installed."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import yaml

from generator.bundle import BundleOptions, build_files, plan_bundle
from generator.engine.matrix import build_matrix
from generator.load.catalog import load_catalog, own_catalog_root
from tests.bundle.small import small_catalog, small_recipe

HERE = Path(__file__).resolve().parent
MODULES = HERE.parent.parent / "site_src" / "node_modules"
NODE = shutil.which("node")
OPTIONS = (
    BundleOptions(),
    BundleOptions(repo="https://git.example.com/org/clusters.git", repo_path="one"),
    BundleOptions(repo="oci://registry.example.com/bundles", revision="v1"),
)


def failures(objects: list[Any]) -> list[Any]:
    done = subprocess.run(
        [str(NODE), HERE / "check_objects.mjs", MODULES],
        input=json.dumps(objects),
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    assert isinstance(found, list)
    return found


if NODE and (MODULES / "@kubernetes-models" / "flux-cd").is_dir():

    def test_every_object_is_valid() -> None:
        small, own = small_catalog(), load_catalog(own_catalog_root(), own=True)
        recipes = [
            (small, small_recipe(small)),
            *((own, recipe) for recipe in build_matrix(own).recipes[::25]),
        ]
        found: dict[str, Any] = {}
        for catalog, recipe in recipes:
            for options in OPTIONS:
                plan = plan_bundle(catalog, recipe, options)
                for deployer in ("argocd", "flux"):
                    for path, content in build_files(plan, deployer).items():
                        if (
                            "application" in path
                            or path.endswith("release.yaml")
                            or path.startswith(("flux/", "app-"))
                        ):
                            for each in yaml.safe_load_all(content):
                                if each["apiVersion"] != "v1":
                                    found[json.dumps(each, sort_keys=True)] = each
        assert len(found) > 100
        assert failures(list(found.values())) == []

    def test_a_wrong_object_is_not() -> None:
        release = {
            "apiVersion": "helm.toolkit.fluxcd.io/v2",
            "kind": "HelmRelease",
            "metadata": {"name": "a"},
        }
        wrong = [
            {**release, "spec": {"timeout": 5}},
            {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application"},
        ]
        assert len(failures(wrong)) == 2
