"""The static API: the fixed addresses, and that each document tells the truth about its combination."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jsonschema import Draft202012Validator

from generator.bundle.provenance import check
from generator.engine.matrix import cell_at, combinations_of
from generator.load.schemas import schemas
from generator.pipeline import pack_bundles
from generator.render.api import api_documents, iterate_documents
from generator.render.badges import badge_documents
from generator.render.openapi import openapi_document
from generator.render.pages import page_documents
from generator.render.slim import bundles_document, slim_matrix
from generator.render.text import llms_text
from tests.contract.test_commands import differences
from tests.render.small_site import build_site, small_site

DOCUMENTS = api_documents(small_site(), page_documents(small_site()).values())
SAMPLES = Path(__file__).resolve().parent.parent / "contract" / "samples"


def document(name: str) -> Any:
    return json.loads(DOCUMENTS[f"api/v1/{name}"])


def test_every_json_document_begins_with_schema_version_and_digest() -> None:
    digest = small_site().catalog.digest
    for address, content in DOCUMENTS.items():
        other = ("openapi.json", ".cdx.json", ".spdx.json")
        if (
            address.endswith(".json")
            and not re.search("/(badges|schemas)/", address)
            and not address.endswith(other)
        ):
            loaded = json.loads(content)
            assert loaded["schemaVersion"] == "1.0", address
            assert loaded["catalogDigest"] == digest, address


def test_every_combination_is_at_its_address() -> None:
    site = small_site()
    for criteria in combinations_of(site.matrix):
        cell = cell_at(site.matrix, site.catalog, criteria)
        address = "/".join(
            [criteria.service, criteria.accelerator, criteria.intent, criteria.os, criteria.platform]
        )
        found = document(f"criteria/{address}.json")
        assert found["criteria"] == criteria.as_dict()
        assert found["coverage"] == cell.coverage.value
        assert found["recipe"] == cell.recipe
        assert found["notHonoured"] == list(cell.not_honoured)
        assert found["unpaired"] == cell.unpaired
        assert found["needs"] == dict(cell.needs)


def test_matrix_arrays_agree_with_the_combinations() -> None:
    matrix = document("matrix.json")
    sizes = [len(d["values"]) for d in matrix["dimensions"]]
    total = 1
    for size in sizes:
        total *= size
    assert len(matrix["coverage"]) == len(matrix["recipe"]) == len(matrix["notHonoured"]) // 2 == total
    assert set(matrix["coverage"]) <= set("0123")


def test_recipe_yaml_is_the_result_of_the_json() -> None:
    loaded = yaml.safe_load(DOCUMENTS["api/v1/recipes/h100-eks-training.yaml"])
    result = document("recipes/h100-eks-training.json")["result"]
    assert loaded == result
    assert loaded["kind"] == "RecipeResult"


def test_bundle_lies_where_the_documents_say_with_the_digest_they_say() -> None:
    for recipe in document("recipes.json")["recipes"]:
        for bundle in document(f"recipes/{recipe['id']}.json")["bundles"]:
            content = DOCUMENTS[bundle["url"]]
            assert hashlib.sha256(content).hexdigest() == bundle["sha256"]
            assert len(content) == bundle["size"]
            name = bundle["url"].rsplit("/", 1)[-1]
            assert DOCUMENTS[bundle["url"] + ".sha256"].decode() == f"{bundle['sha256']}  {name}\n"


def test_partial_recipe_has_no_bundle() -> None:
    for recipe in document("recipes.json")["recipes"]:
        if recipe["coverage"] in ("partial", "unsupported"):
            assert recipe["bundles"] == 0


@pytest.mark.parametrize(("name", "derive"), [("matrix", slim_matrix), ("bundles", bundles_document)])
def test_script_twins_hold_the_index_in_two_parts(name: str, derive: Callable[[Any], object]) -> None:
    assert published(name) == derive(document("matrix.json"))


def published(name: str) -> Any:
    """What the data script called *name* hands to its page."""
    script = DOCUMENTS[f"assets/data/{name}.js"].decode()
    found = re.fullmatch(
        r"""\(globalThis\.aicrData\?\?=\{\}\)\["(\w+)"\]=\(\)=>JSON\.parse\('(.*)'\);"""
        r"""globalThis\.dispatchEvent\?\.\(new Event\("aicr-\1"\)\);\n""",
        script,
        re.DOTALL,
    )
    assert found is not None and found[1] == name
    return json.loads(re.sub(r"\\(.)", r"\1", found[2]))


def test_search_has_one_entry_per_page_and_per_setting() -> None:
    entries = published("search")
    pages = [e["page"] for e in entries if "#" not in e["page"]]
    assert len(pages) == len(set(pages)) == sum(p.indexed for p in page_documents(small_site()).values())
    settings = [(e["id"], e["note"]) for e in entries if e["page"] == "components/by-setting/#gpu-operator"]
    assert settings == [
        ("driver.version 580.105.08", "set by 2 recipes"),
        ("driver.version 595.91.07", "set by 1 recipe"),
    ]


def test_search_finds_a_recipe_by_its_facts_and_a_combination_by_what_it_needs() -> None:
    entries = {e["page"]: e for e in published("search")}
    recipe = entries["recipes/eks/h100-any/training/"]
    said = recipe["text"].split(", ")
    assert {"Kubernetes ≥ 1.32.4", "driver 595.91.07", "gpu-operator v26.7.0", "the-h100"} <= set(said)
    assert (recipe["coverage"], recipe["note"]) == ("exact", "2 components")
    assert entries["recipes/eks/any-any/any/"]["start"] == "yes"
    needing = entries["recipes/gke/h100-any/any/"]
    assert (needing["coverage"], needing["note"]) == ("unsupported", "Needs OS: COS and intent: Training")
    assert entries["recipes/gke/l40-any/any/"]["note"] == "GKE and L40 not honoured"


def test_matrix_has_the_other_spellings_of_its_values() -> None:
    service = published("matrix")["dimensions"][0]
    assert {v["name"]: v["aliases"] for v in service["values"]} == {
        "any": [],
        "eks": ["the-eks"],
        "gke": ["the-gke"],
    }


def test_openapi_names_every_document() -> None:
    paths = openapi_document(small_site())["paths"]
    assert isinstance(paths, dict)
    plain = {p for p in paths if "{" not in p} | {"/openapi.json"}
    found = {f"/{a.removeprefix('api/v1/')}" for a in DOCUMENTS if a.count("/") == 2 and a.startswith("api")}
    assert found == plain


def test_badge_of_a_partial_recipe_is_never_green() -> None:
    badges = dict(badge_documents(small_site()))
    assert badges["h100-eks-training"]["message"] == "exact"
    assert badges["eks"]["message"] == "starting point"
    assert badges["eks"]["color"] != badges["h100-eks-training"]["color"]
    assert badges["accelerator-l40"]["message"] == "no recipe"


def test_llms_text_lists_every_page() -> None:
    pages = page_documents(small_site())
    text = llms_text(small_site(), pages.values())
    assert "https://matrix.example/recipes/eks/h100-any/training/index.md" in text


def test_two_builds_are_the_same_bytes() -> None:
    again = build_site()
    assert api_documents(again, page_documents(again).values()) == DOCUMENTS


@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("*.json")), ids=lambda p: p.stem)
def test_document_keeps_its_contract(sample: Path) -> None:
    """Fields may be added to a document, never taken away, renamed or given another type."""
    loaded = json.loads(sample.read_text(encoding="utf-8"))
    assert list(differences(loaded["sample"], document(loaded["address"]))) == []


@pytest.mark.parametrize(
    "address", sorted(a for a in DOCUMENTS if a.startswith("api/v1/") and a.count("/") < 7)
)
def test_document_follows_its_schema(address: str) -> None:
    by_folder = {"recipes": "recipe", "criteria": "combination", "badges": "badge"}
    parts = address.removeprefix("api/v1/").removesuffix(".json").split("/")
    name = parts[0] if len(parts) == 1 else by_folder.get(parts[0], "")
    if (
        name not in schemas()
        or not address.endswith(".json")
        or address.endswith((".cdx.json", ".spdx.json"))
    ):
        return
    Draft202012Validator(schemas()[name]).validate(json.loads(DOCUMENTS[address]))


def test_every_schema_is_a_schema() -> None:
    for schema in schemas().values():
        Draft202012Validator.check_schema(schema)


def test_a_signing_key_gives_every_bundle_a_provenance_that_verifies() -> None:
    key = Ed25519PrivateKey.generate()
    catalog = small_site().catalog
    recipes = small_site().shown_recipes
    for downloads in pack_bundles(catalog, recipes, key=key).downloads.values():
        for item in downloads:
            name = item.url.rsplit("/", 1)[-1]
            assert check(item.provenance, name, item.sha256, key.public_key()).level == "verified"
            assert item.as_dict()["provenance"] == f"{item.url}.intoto.jsonl"


def test_documents_without_packed_lack_what_waits_to_be_moved_alone() -> None:
    waiting = {d.url for items in small_site().downloads.values() for d in items}
    waiting |= {a.url for items in small_site().sboms.values() for a in items}
    left = dict(iterate_documents(small_site(), packed=False))
    assert left.keys() == dict(iterate_documents(small_site())).keys() - waiting
    assert waiting
