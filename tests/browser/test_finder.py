"""The home page: five facets, an honest answer, the bundle in six interactions, search, keyboard, phone."""

from __future__ import annotations

import hashlib
import json
import re
import tarfile
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage

pytestmark = pytest.mark.browser

WANTED = {
    "service": "eks", "accelerator": "gb200", "intent": "inference", "os": "ubuntu", "platform": "dynamo",
}  # fmt: skip


def matrix(site: Path) -> dict[str, Any]:
    """The finder's index, as the JSON API publishes it."""
    document: dict[str, Any] = json.loads((site / "api/v1/matrix.json").read_text(encoding="utf-8"))
    return document


def choose(page: Page, dimension: str, value: str) -> None:
    """Press one option, as a reader does: on its label."""
    page.locator(f"#f-{dimension} .opt", has=page.locator(f"input[value={value}]")).click()


def test_the_bundle_is_six_interactions_away(open_page: OpenPage, built_site: Path) -> None:
    page = open_page("")
    for dimension, value in WANTED.items():
        choose(page, dimension, value)
    expect(page.locator("#result .rname")).to_have_text("gb200-eks-ubuntu-inference-dynamo")
    expect(page.locator("#result .badge")).to_have_text("Exact")
    with page.expect_download() as started:
        page.locator("#result .btn.pri").click()
    got = Path(started.value.path()).read_bytes()
    recipe = next(r for r in matrix(built_site)["recipes"] if r["id"] == "gb200-eks-ubuntu-inference-dynamo")
    assert hashlib.sha256(got).hexdigest() in {bundle["sha256"] for bundle in recipe["bundles"]}


def test_the_address_always_matches_what_is_shown(open_page: OpenPage) -> None:
    page = open_page("")
    choose(page, "accelerator", "h100")
    choose(page, "service", "gke")
    assert page.url.endswith("/?service=gke&accelerator=h100")
    choose(page, "service", "any")
    assert page.url.endswith("/?accelerator=h100")
    page.goto(
        page.url.split("?")[0] + "?service=eks&accelerator=gb200&os=ubuntu&intent=inference&platform=dynamo"
    )
    for dimension, value in WANTED.items():
        expect(page.locator(f"#f-{dimension} input[value={value}]")).to_be_checked()


def test_what_is_needed_stands_before_swaps(open_page: OpenPage) -> None:
    page = open_page("?service=gke&accelerator=h100&intent=training")
    expect(page.locator("#result .badge")).to_have_text("Partial")
    headings = page.locator("#result h3").all_inner_texts()
    assert headings[0] == "Needs OS: COS"
    expect(page.locator("#result .btn.pri")).to_have_count(0)
    page.locator("#result .needs button").first.click()
    expect(page.locator("#result .badge")).to_have_text("Exact")
    assert "os=cos" in page.url


def test_nothing_partial_or_unsupported_offers_a_bundle(open_page: OpenPage) -> None:
    page = open_page("?service=eks&accelerator=h100&os=cos&platform=slurm")
    expect(page.locator("#result .badge")).to_have_text("Partial")
    assert "No bundle is offered" in page.locator("#result").inner_text()
    assert page.locator("#result a[download]").count() == 0


def test_every_mark_is_the_coverage_its_choice_gives(open_page: OpenPage, built_site: Path) -> None:
    document = matrix(built_site)
    sizes = [len(d["values"]) for d in document["dimensions"]]
    page = open_page("?service=eks&accelerator=h100&os=ubuntu&intent=training")
    chosen = {
        "service": "eks",
        "accelerator": "h100",
        "os": "ubuntu",
        "intent": "training",
        "platform": "any",
    }
    words = ("exact", "composed", "partial", "unsupported")
    for dimension in document["dimensions"]:
        for value in dimension["values"]:
            position = 0
            for size, each in zip(sizes, document["dimensions"], strict=True):
                wanted = value["name"] if each is dimension else chosen[each["name"]]
                position = position * size + [v["name"] for v in each["values"]].index(wanted)
            option = page.locator(
                f"#f-{dimension['name']} .opt", has=page.locator(f"input[value='{value['name']}']")
            )
            word = words[int(document["coverage"][position])]
            mark = option.locator(".m").get_attribute("class") or ""
            assert mark.split() == ["m", f"c-{word}"], (dimension["name"], value["name"])


def test_a_facet_is_worked_by_keyboard_alone(open_page: OpenPage) -> None:
    page = open_page("")
    page.locator("#f-service input[value=any]").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#f-service input:checked")).not_to_have_value("any")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "accelerator"


def test_slash_focuses_search_and_enter_takes_a_recipe(open_page: OpenPage) -> None:
    page = open_page("")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("gb200 eks dynamo")
    expect(page.locator("#hits [role=option]").first).to_contain_text("gb200-eks-ubuntu-inference-dynamo")
    page.keyboard.press("Enter")
    expect(page.locator("#result .rname")).to_have_text("gb200-eks-ubuntu-inference-dynamo")


def test_the_recipes_that_ship_a_version_are_three_interactions_away(open_page: OpenPage) -> None:
    page = open_page("")
    page.locator("#q").click()
    page.keyboard.type("gpu-operator v26.7.0")
    page.locator("#hits .all").click()
    expect(page.locator("#listed")).to_contain_text("recipes")
    assert page.locator(".vt-body .vt-row").count() > 5


def test_a_search_without_a_match_says_what_to_do(open_page: OpenPage) -> None:
    page = open_page("")
    page.locator("#q").fill("b200 nowhere")
    expect(page.locator("#hits")).to_contain_text("Nothing matches “b200 nowhere”")
    page.keyboard.press("Escape")
    expect(page.locator("#hits")).to_be_hidden()


def test_commands_follow_the_way_and_the_choice_and_are_copied_without_prompts(open_page: OpenPage) -> None:
    page = open_page("?service=eks&accelerator=gb200&os=ubuntu&intent=inference&platform=dynamo")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("[data-way=ours]").click()
    expect(page.locator("#result pre")).to_contain_text(
        "aicr-matrix bundle --service eks --accelerator gb200"
    )
    page.locator("[data-way=aicr]").click()
    page.locator("#result .bar-h .copy").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("aicr recipe --service eks")
    assert "$" not in copied


@pytest.mark.parametrize("deployer", ["helm", "helmfile", "argocd", "flux"])
def test_the_commands_are_what_the_bundle_says_and_name_what_it_holds(
    open_page: OpenPage, built_site: Path, deployer: str
) -> None:
    page = open_page("?service=eks&accelerator=gb200&os=ubuntu&intent=inference&platform=dynamo")
    assert page.locator("[data-dep]").count() == 4
    page.locator(f"[data-dep={deployer}]").click()
    page.locator("[data-way=bundle]").click()
    lines = [line.removeprefix("$ ") for line in page.locator("#result pre").inner_text().split("\n")]
    archive = Path(lines[0].rsplit("/", 1)[1]).name
    with tarfile.open(built_site / "bundles" / archive) as packed:
        names = set(packed.getnames())
        (folder,) = {name.split("/")[0] for name in names}
        readme = packed.extractfile(f"{folder}/README.md")
        assert readme is not None
        told = re.findall(r"```\n(.*?)```", readme.read().decode(), re.DOTALL)
    assert lines[1] == f"tar xzf {archive} && cd {folder}"
    said = {line for block in told for line in block.splitlines()}
    assert len(lines) == 4 and set(lines[2:]) <= said
    named = [word.removeprefix("./") for line in lines[2:] for word in line.split() if "." in word]
    assert {f"{folder}/{name}" for name in named} <= names


def test_the_phone_keeps_the_verdict_in_view_and_never_scrolls_sideways(open_page: OpenPage) -> None:
    page = open_page("?service=eks&accelerator=h100", phone=True)
    expect(page.locator("#peek")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("#peek").click()
    expect(page.locator("#result")).to_be_in_viewport()


def test_nothing_moves_once_the_script_runs(open_page: OpenPage) -> None:
    page = open_page("", wait="domcontentloaded")
    shift = page.evaluate(
        """() => new Promise(done => { let sum = 0;
        new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) sum += e.value; })
          .observe({type: 'layout-shift', buffered: true});
        setTimeout(() => done(sum), 1200); })"""
    )
    assert shift < 0.02


def test_the_finder_answers_from_a_folder(open_page: OpenPage, built_site: Path) -> None:
    page = open_page(
        f"{(built_site / 'index.html').as_uri()}?service=eks&accelerator=gb200&os=ubuntu&intent=inference"
    )
    expect(page.locator("#result .badge")).to_have_text("Exact")
    page.locator("#result .rname a").click()
    expect(page.locator("h1")).to_be_visible()
    assert page.url.endswith("/index.html")
