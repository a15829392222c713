"""The Zarf package and the Hauler manifest: the fields are those of their documentation.

Zarf: ZarfPackageConfig of the v1alpha1 schema (zarf.schema.json of zarf-dev/zarf).
Hauler: content.hauler.cattle.io/v1 Images and Charts.
"""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from generator.bundle import BundleOptions, build_files, find_supplies, plan_bundle
from generator.bundle.model import BundlePlan
from generator.engine.matrix import build_matrix
from generator.load.catalog import load_catalog, own_catalog_root
from tests.bundle.small import small_catalog, small_recipe

CHART_FIELDS = {"name", "version", "url", "repoName", "namespace", "releaseName", "valuesFiles", "noWait"}
MANIFEST_FIELDS = {"name", "namespace", "files", "kustomizations"}


def plans() -> Iterator[BundlePlan]:
    catalog = small_catalog()
    yield plan_bundle(catalog, small_recipe(catalog), BundleOptions())
    catalog = load_catalog(own_catalog_root(), own=True)
    for recipe in build_matrix(catalog).recipes[::40]:
        yield plan_bundle(catalog, recipe, BundleOptions())


def test_zarf_names_every_chart_manifest_and_image_in_order() -> None:
    for plan in plans():
        files = build_files(plan, "helm")
        package = yaml.safe_load(files["zarf.yaml"])
        assert set(package) == {"kind", "metadata", "components"}
        order, images = [], set()
        manifests = []
        for component in package["components"]:
            assert set(component) <= {"name", "required", "charts", "manifests", "images"}
            images.update(component.get("images", []))
            for chart in component.get("charts", []):
                assert set(chart) <= CHART_FIELDS
                assert chart["valuesFiles"][0] in files
                order.append(chart["releaseName"])
            for manifest in component.get("manifests", []):
                assert set(manifest) <= MANIFEST_FIELDS
                manifests += manifest.get("files", [])
        assert order == [c.name for c in plan.components if c.has_chart]
        assert sorted(manifests) == sorted(p for p in files if "manifests/" in p)
        assert images == set(find_supplies(plan).images)
        assert len({c["name"] for c in package["components"]}) == len(package["components"])


def test_hauler_names_every_chart_and_image() -> None:
    for plan in plans():
        found = {o["kind"]: o["spec"] for o in yaml.safe_load_all(build_files(plan, "helm")["hauler.yaml"])}
        supplies = find_supplies(plan)
        assert [i["name"] for i in found.get("Images", {"images": []})["images"]] == list(supplies.images)
        assert [(c["name"], c["version"]) for c in found["Charts"]["charts"]] == [
            (c.name, c.version) for c in supplies.charts
        ]


def test_what_is_not_known_is_said() -> None:
    plan = next(plans())
    files = build_files(plan, "helm")
    for name in ("zarf.yaml", "hauler.yaml"):
        assert b"are not listed; images.txt says whose" in files[name]
