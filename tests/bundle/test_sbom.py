"""The bills of materials, read back by the maintained libraries."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from cyclonedx.model.bom import Bom
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from spdx_tools.spdx.parser.parse_anything import parse_file
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

from generator.bundle import BundleOptions, BundlePlan, plan_bundle
from generator.bundle.sbom import cyclonedx, find_parts, spdx
from generator.engine.matrix import build_matrix
from generator.load.catalog import load_catalog, own_catalog_root
from tests.bundle.small import EXTRA, small_catalog, small_recipe

EPOCH = 1_790_000_000
DIGEST = "a" * 64


def small_plan() -> BundlePlan:
    digested = EXTRA.replace("extra:{{", f"extra:1.0@sha256:{DIGEST} # {{{{")
    catalog = small_catalog(**{"components/extras/manifests/all.yaml": digested})
    return plan_bundle(catalog, small_recipe(catalog), BundleOptions())


def own_plans() -> Iterator[BundlePlan]:
    """A spread of our own recipes: the parsers take longer than the documents."""
    catalog = load_catalog(own_catalog_root(), own=True)
    for recipe in build_matrix(catalog).recipes[::40]:
        yield plan_bundle(catalog, recipe, BundleOptions())


def expected_purls(plan: BundlePlan) -> set[str]:
    return {PackageURL.from_string(part.purl).to_string() for part in find_parts(plan) if part.purl}


@pytest.fixture(scope="module")
def plans() -> list[BundlePlan]:
    return [small_plan(), *own_plans()]


def test_parts_name_charts_images_and_what_they_need() -> None:
    parts = {part.ref: part for part in find_parts(small_plan())}
    assert set(parts) == {
        *(
            "component:operator",
            "component:dra",
            "component:kai-scheduler",
            "component:extras",
            "component:kustom",
        ),
        *("image:registry.example.com/op:1.10", f"image:registry.example.com/extra:1.0@sha256:{DIGEST}"),
    }
    assert parts["component:operator"].purl == (
        "pkg:helm/operator-chart@v1.2.3?repository_url=https%3A%2F%2Fcharts.example.com%2Fstable"
    )
    assert parts["component:kai-scheduler"].purl == (
        "pkg:oci/kai-scheduler?repository_url=registry.example.com%2Fcharts%2Fkai-scheduler&tag=v0.13.0"
    )
    assert parts["component:extras"].needs == (
        "component:kai-scheduler",
        f"image:registry.example.com/extra:1.0@sha256:{DIGEST}",
    )
    assert parts[f"image:registry.example.com/extra:1.0@sha256:{DIGEST}"].sha256 == DIGEST


def test_cyclonedx_is_valid_and_says_the_same(plans: list[BundlePlan]) -> None:
    validator = JsonStrictValidator(SchemaVersion.V1_6)
    for plan in plans:
        text = cyclonedx(plan, EPOCH).decode()
        assert validator.validate_str(text) is None
        bom = Bom.from_json(json.loads(text))  # type: ignore[attr-defined]
        assert {c.purl.to_string() for c in bom.components if c.purl} == expected_purls(plan)
        assert {c.bom_ref.value for c in bom.components} == {part.ref for part in find_parts(plan)}
        assert bom.metadata.component.name == plan.recipe.id
        needs = {d.ref.value: sorted(n.ref.value for n in d.dependencies) for d in bom.dependencies}
        for part in find_parts(plan):
            assert needs[part.ref] == list(part.needs)


def test_spdx_is_valid_and_says_the_same(plans: list[BundlePlan], tmp_path: Path) -> None:
    for plan in plans:
        file = tmp_path / "sbom.spdx.json"
        file.write_bytes(spdx(plan, EPOCH))
        document = parse_file(str(file))
        assert validate_full_spdx_document(document) == []
        purls = {
            PackageURL.from_string(r.locator).to_string()
            for p in document.packages
            for r in p.external_references
        }
        assert purls == expected_purls(plan)
        assert len(document.packages) == len(find_parts(plan)) + 1


def test_the_same_plan_gives_the_same_bytes() -> None:
    first, second = small_plan(), small_plan()
    assert cyclonedx(first, EPOCH) == cyclonedx(second, EPOCH)
    assert spdx(first, EPOCH) == spdx(second, EPOCH)
    assert (
        json.loads(cyclonedx(first, EPOCH))["serialNumber"]
        != json.loads(cyclonedx(first, EPOCH + 1))["serialNumber"]
    )


def test_what_is_not_known_is_said() -> None:
    document = json.loads(cyclonedx(small_plan(), EPOCH))
    assert document["compositions"] == [{"aggregate": "incomplete", "assemblies": ["recipe"]}]
    assert "Not complete" in json.loads(spdx(small_plan(), EPOCH))["packages"][0]["comment"]
