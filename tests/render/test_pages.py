"""The generated pages: what a reader of each must find on it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from generator.bundle.provenance import fingerprint, public_pem
from generator.engine.matrix import combinations_of, nearest
from generator.render.document import PageDocument
from generator.render.near import nearest_of_all
from generator.render.pages import page_documents
from generator.render.site import Asset
from tests.render.small_site import FILES, build_site, overlay, small_site

PAGES = page_documents(small_site())


def text_of(page: PageDocument) -> str:
    """The words of a page, tags left out."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page.html)))


def test_every_supported_recipe_has_a_page_at_its_coordinate() -> None:
    assert "recipes/eks/h100-any/training/" in PAGES
    assert "recipes/gke/h100-cos/training/" in PAGES


def test_recipe_page_names_coverage_evidence_and_where_a_constraint_was_set() -> None:
    text = text_of(PAGES["recipes/eks/h100-any/training/"])
    assert "Exact" in text
    assert "Evidence: stated" in text
    assert "≥ 1.32.4" in text
    assert "over ≥ 1.28 by base" in text
    assert re.search(r"h100-eks-training\.yaml:\d+", text)


def values_of(page: PageDocument, component: str) -> str:
    """The YAML that a recipe's page shows of a component."""
    found = re.search(rf"<h3>{component} <span>\d+</span></h3><pre>(.*?)</pre>", page.html, re.DOTALL)
    assert found is not None
    return unescape(found[1])


def test_value_line_carries_its_whole_trail() -> None:
    shown = values_of(PAGES["recipes/eks/h100-any/training/"], "gpu-operator")
    line = next(line for line in shown.splitlines() if line.startswith("  version:"))
    assert re.fullmatch(
        r"  version: 595\.91\.07  # overlays/h100-eks-training\.yaml:\d+\tover 580\.105\.08\toverlays/base\.yaml:\d+",
        line,
    )


def test_a_value_that_is_restated_is_not_spelled_twice() -> None:
    again = "  componentRefs:\n  - {name: gpu-operator, overrides: {driver: {enabled: true}}}\n"
    site = build_site({**FILES, "overlays/eks.yaml": overlay("eks", "service: eks", spec=again)})
    shown = values_of(page_documents(site)["recipes/eks/any-any/any/"], "gpu-operator")
    line = next(line for line in shown.splitlines() if line.startswith("  enabled:"))
    assert re.fullmatch(
        r"  enabled: true  # overlays/eks\.yaml:\d+\tover the same\toverlays/base\.yaml:\d+", line
    )


def test_values_read_back_as_they_are() -> None:
    odd = {
        "a key: odd": {"it's": "a # b", '"': 'c: "d"'},
        "lines": "first\n\n  second\n",
        "tab": "a\tb",
        "list": ["yes", {"x": "one\ntwo"}],
        "empty": {},
        "nothing": None,
    }
    spec = f"  componentRefs:\n  - {{name: gpu-operator, overrides: {json.dumps(odd)}}}\n"
    site = build_site({**FILES, "overlays/eks.yaml": overlay("eks", "service: eks", spec=spec)})
    shown = values_of(page_documents(site)["recipes/eks/any-any/any/"], "gpu-operator")
    assert yaml.safe_load(shown) == site.recipes["eks"].component("gpu-operator").values


def test_a_kustomization_is_named_with_its_tag() -> None:
    registry = FILES["registry.yaml"] + (
        "- name: some-crds\n  displayName: Some CRDs\n"
        "  kustomize: {defaultSource: https://git.example/crds, defaultPath: config, defaultTag: v1.5.1}\n"
    )
    spec = "  componentRefs:\n  - {name: some-crds, type: Kustomize}\n"
    files = {
        **FILES,
        "registry.yaml": registry,
        "overlays/eks.yaml": overlay("eks", "service: eks", spec=spec),
    }
    text = text_of(page_documents(build_site(files))["recipes/eks/any-any/any/"])
    assert text.count("some-crds v1.5.1") == 3  # the picture, the list and the table


def test_values_are_escaped() -> None:
    html = PAGES["recipes/eks/h100-any/training/"].html
    assert "<b>not markup</b>" not in html
    assert "&lt;b&gt;not markup&lt;/b&gt;" in html


def test_a_related_recipe_is_named_with_what_it_is() -> None:
    inferred = FILES["overlays/h100-eks-training.yaml"].replace("evidence: stated", "evidence: inferred")
    more = overlay("eks-training", "service: eks, intent: training", "eks")
    site = build_site(
        {**FILES, "overlays/h100-eks-training.yaml": inferred, "overlays/eks-training.yaml": more}
    )
    html = page_documents(site)["recipes/eks/any-any/training/"].html
    cards = dict(re.findall(r'class="card" href="[^"]*">.*?<code>([^<]+)</code>(.*?)</a>', html))
    assert ">inferred</span>" in cards["h100-eks-training"]
    assert ">starting point</span>" not in cards["h100-eks-training"]
    assert ">starting point</span>" in cards["eks"]


def test_starting_point_says_so() -> None:
    page = PAGES["recipes/eks/any-any/any/"]
    assert "Starting point" in text_of(page)
    assert "not a supported environment" in text_of(page)


def test_partial_page_says_what_it_needs_first_and_offers_no_bundle() -> None:
    page = PAGES["recipes/gke/h100-any/any/"]
    text = text_of(page)
    assert "Partial" in text or "Unsupported" in text
    assert text.index("Needs OS: COS and intent: Training.") < text.index("Why")
    assert "No bundle" in text
    assert ".tar.gz" not in page.html
    assert "badge c-exact" not in page.html


def test_unsupported_choice_says_why() -> None:
    text = text_of(PAGES["recipes/gke/l40-any/any/"])
    assert "No overlay of this catalog states L40." in text
    assert "which also states" in text


def test_value_without_recipe_shows_no_green_and_names_the_nearest() -> None:
    page = PAGES["criteria/accelerator/l40/"]
    head = page.html.split("<section")[0]
    assert "badge c-exact" not in head
    assert "h100-" in text_of(page)


def test_title_of_a_value_is_escaped() -> None:
    assert "<Ada>" not in PAGES["criteria/accelerator/l40/"].html


def test_component_page_lists_recipes_by_version_and_what_differs() -> None:
    text = text_of(PAGES["components/gpu-operator/"])
    assert "v26.7.0" in text
    assert "driver.version" in text
    assert "595.91.07" in text


def test_setting_index_finds_the_recipe_that_sets_a_value() -> None:
    page = PAGES["components/by-setting/"]
    row = next(row for row in page.html.split("<tr>") if "595.91.07" in row)
    assert "h100-eks-training" in row
    assert "h100-gke" not in row


@pytest.mark.parametrize("address", sorted(PAGES))
def test_page_is_whole(address: str) -> None:
    page = PAGES[address]
    assert page.html.count("<h1") == 1
    ids = re.findall(r'\sid="([^"]+)"', page.html)
    assert len(ids) == len(set(ids))
    assert page.markdown.startswith("# ")
    assert page.description
    for target in re.findall(r'<use href="#(i-[^"]+)"', page.html):
        assert f'id="{target}"' in page.html


@pytest.mark.parametrize("address", sorted(PAGES))
def test_links_between_pages_lead_somewhere(address: str) -> None:
    page = PAGES[address]
    local = re.findall(r'href="((?:\.\./)+recipes/[^"#?]*/)"', page.html)
    for href in local:
        assert href.removeprefix(page.root) in PAGES, f"{address} -> {href}"


def test_nearest_of_all_gives_the_engines_answer() -> None:
    matrix = small_site().matrix
    for criteria, found in zip(combinations_of(matrix), nearest_of_all(matrix, 3), strict=True):
        expected = [n.criteria for n in nearest(matrix, criteria, 3)]
        assert [matrix.exact[n] for n in found] == expected, criteria


def test_one_more_accelerator_is_data_alone() -> None:
    criteria = FILES["criteria.yaml"].replace(
        "- name: intent",
        "  - {name: x900, label: X900, title: NVIDIA X900, aliases: [], note: '', sources: [ours]}\n- name: intent",
    )
    more = overlay("x900-eks-training", "service: eks, accelerator: x900, intent: training", "eks")
    site = build_site({**FILES, "criteria.yaml": criteria, "overlays/x900-eks-training.yaml": more})
    pages = page_documents(site)
    assert "recipes/eks/x900-any/training/" in pages
    assert "criteria/accelerator/x900/" in pages
    assert site.downloads["x900-eks-training"]


def test_a_page_says_who_signed_its_bundles_or_that_nobody_did() -> None:
    unsigned = small_site()
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    pem = public_pem(key)
    asset = Asset("downloads/signing-key.pem", "", len(pem), lambda: pem)
    signed = replace(unsigned, assets={**unsigned.assets, "key": (asset,)})
    address = "recipes/eks/h100-any/training/"
    said = {s.signer: page_documents(s)[address].html for s in (unsigned, signed)}
    assert "Not signed" in said[""]
    assert f"Signed by the key this site publishes, <code>{fingerprint(key)}" in said[fingerprint(key)]
