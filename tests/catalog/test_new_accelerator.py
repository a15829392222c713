"""One accelerator more, as data alone: cells, detection, pages, documents and bundles follow without a line of code."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from generator.core.criteria import Criteria
from generator.core.detection import detect
from generator.core.snapshot import parse_snapshot
from generator.engine.matrix import cell_at
from generator.engine.model import Coverage
from generator.engine.rules import detection_rules, dimensions_document, recipe_rules
from generator.lint import lint_catalog
from generator.load.catalog import own_catalog_root
from generator.pipeline import build_site_model
from generator.render.api import iterate_documents
from generator.render.pages import iterate_pages
from generator.render.site import Site

# Every line there is to write.
VALUE = """\
  - name: x900
    label: X900
    title: Example X900
    aliases: [example-x900]
    note: Stated on EKS with Ubuntu for training.
    sources: [the vendor's reference]
"""
RULES = """\
- {dimension: accelerator, value: x900, reading: GPU.smi.gpu.model, match: words, text: x900, strength: strong}
"""
OVERLAY = """\
apiVersion: aicr.run/v1alpha2
kind: RecipeMetadata
metadata:
  name: x900-eks-ubuntu-training
  annotations:
    aicr-matrix/evidence: stated
    aicr-matrix/sources: the vendor's reference
spec:
  base: eks-training
  criteria:
    service: eks
    accelerator: x900
    intent: training
    os: ubuntu
  mixins:
    - os-ubuntu
  componentRefs:
    - name: gpu-operator
      overrides:
        driver:
          version: 999.1.1
"""
EPOCH = 1_795_392_000  # 2026-11-23
ID = "x900-eks-ubuntu-training"
COORDINATE = "eks/x900-ubuntu/training"


@dataclass(frozen=True)
class Built:
    """The site of the catalog with the accelerator more; of its pages and documents those about it."""

    site: Site
    pages: dict[str, str]
    documents: dict[str, bytes]
    addresses: frozenset[str]  # of all pages


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    root = tmp_path_factory.mktemp("catalog") / "recipes"
    shutil.copytree(own_catalog_root(), root)
    add_lines(root / "criteria.yaml")
    (root / "overlays" / f"{ID}.yaml").write_text(OVERLAY, encoding="utf-8")
    site = build_site_model(root, epoch=EPOCH)
    everything = {page.address: page.html for page in iterate_pages(site)}
    pages = {address: html for address, html in everything.items() if "x900" in address}
    documents = {
        name: body for name, body in iterate_documents(site) if "x900" in name or name.count("/") < 3
    }
    return Built(site, pages, documents, frozenset(everything))


def add_lines(criteria: Path) -> None:
    """Put the value at the end of its dimension and the rule at the end of the rules."""
    text = criteria.read_text(encoding="utf-8")
    before, intent, after = text.partition("- name: intent\n")
    assert intent
    criteria.write_text(before + VALUE + intent + after.rstrip("\n") + "\n" + RULES, encoding="utf-8")


def test_lint_is_content(built: Built) -> None:
    assert [str(f) for f in lint_catalog(built.site.catalog, own=True)] == []


def test_it_has_cells(built: Built) -> None:
    site = built.site
    query = Criteria("eks", "x900", "training", "ubuntu")
    assert cell_at(site.matrix, site.catalog, query).coverage is Coverage.EXACT
    open_query = cell_at(site.matrix, site.catalog, Criteria("eks", "x900", "training"))
    assert open_query.coverage is Coverage.PARTIAL and open_query.needs == (("os", "ubuntu"),)
    assert cell_at(site.matrix, site.catalog, Criteria("lke", "x900")).coverage is Coverage.PARTIAL


def test_it_is_detected_as_a_whole_word(built: Built) -> None:
    catalog = built.site.catalog
    for model, wanted in (("Example X900 96GB", "x900"), ("Example X9000", "any")):
        document = {
            "kind": "Snapshot",
            "measurements": [{"type": "GPU", "subtypes": [{"subtype": "smi", "data": {"gpu.model": model}}]}],
        }
        found = detect(parse_snapshot(document), detection_rules(catalog), dimensions_document(catalog))
        assert found.criteria.accelerator == wanted


def test_it_has_rules(built: Built) -> None:
    site = built.site
    rules = recipe_rules(site.recipes[ID], site.cells[ID], site.catalog)
    assert rules["criteria"]["accelerator"] == "x900"
    assert {c["name"] for c in rules["constraints"]} >= {"K8s.server.version", "OS.release.ID"}


def test_it_has_pages(built: Built) -> None:
    assert f"recipes/{COORDINATE}/" in built.pages
    assert "criteria/accelerator/x900/" in built.pages
    page = built.pages[f"recipes/{COORDINATE}/"]
    assert "X900" in page and "999.1.1" in page and "Exact" in page.title() + page
    other = [address for address in built.pages if address.startswith("recipes/gke/x900")]
    assert other, "a combination nobody states answers too"


def test_every_value_and_every_component_has_a_page(built: Built) -> None:
    for dimension, values in built.site.matrix.values.items():
        for value in values[1:]:
            assert f"criteria/{dimension}/{value}/" in built.addresses
    for component in built.site.catalog.registry:
        assert f"components/{component}/" in built.addresses
    for recipe in built.site.shown_recipes:
        assert f"recipes/{recipe.criteria.coordinate}/" in built.addresses


def test_it_has_documents_and_bundles(built: Built) -> None:
    recipe = json.loads(built.documents[f"api/v1/recipes/{ID}.json"])
    assert recipe["criteria"]["accelerator"] == "x900" and recipe["coverage"] == "exact"
    assert f"api/v1/recipes/{ID}.yaml" in built.documents
    criteria = json.loads(built.documents["api/v1/criteria.json"])
    accelerators = next(d for d in criteria["dimensions"] if d["name"] == "accelerator")["values"]
    assert [v["label"] for v in accelerators if v["name"] == "x900"] == ["X900"]
    matrix = json.loads(built.documents["api/v1/matrix.json"])
    assert ID in {r["id"] for r in matrix["recipes"]}
    assert {d.url for d in built.site.downloads[ID]} == {
        f"bundles/{ID}-{deployer}.tar.gz" for deployer in (d["deployer"] for d in recipe["bundles"])
    }
    cells = [name for name in built.documents if name.startswith("api/v1/criteria/eks/x900/training/")]
    assert f"api/v1/criteria/{'/'.join(('eks', 'x900', 'training', 'ubuntu', 'any'))}.json" in cells
