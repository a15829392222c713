"""The home page: five facets, an honest answer, the bundle in six interactions, search, keyboard, phone."""

from __future__ import annotations

import hashlib
import json
import re
import tarfile
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

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
    expect(page.locator("#result h2")).to_have_text("Needs OS: COS")
    assert page.locator("#result h3").all_inner_texts() == ["Add what is missing", "Or change a choice"]
    expect(page.locator("#result .btn.pri")).to_have_count(0)
    page.locator("#result .needs button").first.click()
    expect(page.locator("#result .badge")).to_have_text("Exact")
    assert "os=cos" in page.url


@pytest.mark.parametrize(
    ("query", "address"),
    [
        ("service=gke&accelerator=h100", "recipes/gke/h100-any/any"),
        ("service=aks&platform=dynamo", "recipes/aks/any-any/any-dynamo"),
        ("service=oke&os=ubuntu", "recipes/oke/any-ubuntu/any"),
        ("service=lke&accelerator=vr200", "recipes/lke/vr200-any/any"),
        ("os=rhel", "recipes/any/any-rhel/any"),
    ],
)
def test_the_finder_says_what_the_combinations_own_page_says(
    open_page: OpenPage, query: str, address: str
) -> None:
    page = open_page(f"?{query}")
    needs = page.locator("#result h2").inner_text()
    why = page.locator("#result .whys dd").all_inner_texts()
    shown = page.locator("#result .dims > *").all_inner_texts()
    generated = open_page(f"{address}/")
    said = generated.locator(".state b").all_inner_texts()
    assert said == ([f"{needs}."] if needs.startswith("Needs") else [])
    asked = generated.locator(".asked > div")
    lost = asked.filter(has_text="Not honoured").locator("p").all_inner_texts()
    assert why == lost
    assert sum("not honoured" in text for text in shown) == len(lost)


def test_what_h100_on_gke_needs_comes_first_and_is_true(open_page: OpenPage) -> None:
    page = open_page("?service=gke&accelerator=h100")
    expect(page.locator("#result h2")).to_have_text("Needs OS: COS and an intent")
    text = page.locator("#result").inner_text()
    assert "together with your other choices" not in text
    assert "which also states OS COS." in text
    assert "recipes/overlays/h100-gke.yaml" in text
    href = page.get_by_text("how to add an overlay").get_attribute("href") or ""
    assert href.endswith("guides/add-overlay/")


def test_an_address_in_other_words_is_read_and_put_right(open_page: OpenPage) -> None:
    page = open_page("?service=Amazon-EKS&accelerator=NVIDIA-H100&intent=train&os=any")
    page.wait_for_url("**/?service=eks&accelerator=h100&intent=training")
    expect(page.locator("#result .rname")).to_have_text("h100-eks-training")
    expect(page.locator("#result .unknown")).to_have_count(0)


def test_a_word_of_the_address_that_is_no_value_is_said_and_leaves_the_address(open_page: OpenPage) -> None:
    page = open_page("?service=nonsense&accelerator=h100")
    page.wait_for_url("**/?accelerator=h100")
    told = "“nonsense” is not a service of this catalog, so the service is left open."
    expect(page.locator("#result .unknown")).to_have_text(told)
    expect(page.locator("#say")).to_contain_text(told)
    choose(page, "service", "eks")
    expect(page.locator("#result .unknown")).to_have_count(0)


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


def search(page: Page, words: str) -> None:
    """Type into the field and wait for its answer."""
    page.locator("#q").fill(words)
    expect(page.locator("#hits")).to_be_visible()


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("driver 595", "driver.version"),
        ("driver.version 595", "driver.version"),
        ("busybox", "busybox"),
        ("grafana", "grafana."),
        ("H100 GKE", "h100-gke-cos-training"),
        ("what do I need for H100 on GKE", "h100-gke-cos-training"),
        ("gpu oprator", "gpu-operator"),
        ("kubflow h100", "h100-"),
        ("h100 eks ubunto", "h100-eks-ubuntu-"),
        ("kubernetes 1.34", "-"),
        ("kernel 6.8", "-ubuntu-"),
    ],
)
def test_search_answers_what_people_ask(open_page: OpenPage, words: str, first: str) -> None:
    page = open_page("")
    search(page, words)
    expect(page.locator("#hits [data-hit='0'] code")).to_contain_text(first)


def test_the_examples_under_the_field_find_something(open_page: OpenPage) -> None:
    page = open_page("")
    examples = page.locator("[data-try]")
    assert examples.count() == 3
    for example in examples.all():
        example.click()
        expect(page.locator("#q")).to_have_value(example.inner_text())
        expect(page.locator("#hits [data-hit='0']")).to_be_visible()
        page.keyboard.press("Escape")


def test_a_partial_hit_says_what_it_needs_and_no_count_of_components(open_page: OpenPage) -> None:
    page = open_page("")
    search(page, "H100 GKE")
    partial = page.locator("#hits li", has=page.locator(".c-partial"))
    assert partial.count() == 2
    expect(partial.first).to_contain_text("Needs OS: COS and an intent")
    assert "components" not in " ".join(partial.all_inner_texts())


def test_a_version_nobody_sets_is_not_found_and_the_nearest_is_a_press_away(open_page: OpenPage) -> None:
    page = open_page("")
    search(page, "driver 580")
    expect(page.locator("#hits")).to_contain_text("Nothing matches “driver 580”. Near it:")
    near = page.locator("#hits [data-query]").first
    expect(near).to_contain_text("driver 595.91.07")
    near.click()
    page.locator("#hits .all").click()
    page.wait_for_url("**/matrix/?view=table&q=driver+595.91.07*")


def test_the_table_lists_as_many_recipes_as_search_said(open_page: OpenPage) -> None:
    page = open_page("")
    search(page, "driver 595")
    said = re.search(r"All (\d+) recipes", page.locator("#hits .all").inner_text())
    assert said is not None
    page.locator("#hits .all").click()
    expect(page.locator("#listed")).to_have_text(f"{said[1]} recipes")


def test_words_that_no_recipe_has_together_are_answered_by_the_finder(open_page: OpenPage) -> None:
    page = open_page("")
    search(page, "L40 with COS on OKE for Slurm training")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?service=oke&accelerator=l40&os=cos&intent=training&platform=slurm")
    expect(page.locator("#result h2")).to_have_text("COS and Slurm are not honoured")


def test_search_without_its_data_says_so(browser: Browser, site_address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    uncaught: list[str] = []
    page.on("pageerror", lambda error: uncaught.append(str(error)))
    page.route("**/assets/data/search.js", lambda route: route.abort())
    page.goto(f"{site_address}/")
    page.locator("#q").fill("h100")
    expect(page.locator("#hits")).to_contain_text("The search data did not load.")
    page.unroute("**/assets/data/search.js")
    page.locator("#q").fill("h100 gke")
    expect(page.locator("#hits [data-hit='0']")).to_contain_text("h100-gke-cos-training")
    context.close()
    assert not uncaught


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


def test_every_label_of_a_facet_is_whole_on_a_phone_chosen_or_not(open_page: OpenPage) -> None:
    page = open_page("", phone=True)
    cut = """() => [...document.querySelectorAll('.opt b')]
      .filter(b => b.scrollWidth > b.clientWidth + 1 || b.scrollHeight > b.closest('.opt').clientHeight)
      .map(b => b.textContent)"""
    assert page.evaluate(cut) == []
    for dimension, value in (
        ("service", "generic"),
        ("accelerator", "rtx-pro-6000"),
        ("os", "ol"),
        ("intent", "inference"),
    ):
        choose(page, dimension, value)
    assert page.evaluate(cut) == []


def test_a_long_constraint_leaves_recipe_names_their_width(open_page: OpenPage) -> None:
    page = open_page("?service=gke&accelerator=gb300&os=cos&intent=training")
    heights = page.locator("#one tbody a").evaluate_all("links => links.map(a => a.getClientRects().length)")
    assert len(heights) > 3 and max(heights) <= 2
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


def test_nothing_moves_once_the_script_runs(open_page: OpenPage) -> None:
    page = open_page("", wait="domcontentloaded")
    shift = page.evaluate(
        """() => new Promise(done => { let sum = 0;
        new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) sum += e.value; })
          .observe({type: 'layout-shift', buffered: true});
        setTimeout(() => done(sum), 1200); })"""
    )
    assert shift < 0.02


def test_the_build_draws_what_the_script_would(open_page: OpenPage) -> None:
    page = open_page("", wait="load")
    drawn = "['answer', 'advice', 'peek'].map(id => document.getElementById(id).innerHTML)"
    options = """[...document.querySelectorAll('.opt')].map(o =>
      [o.querySelector('input').ariaLabel, o.querySelector('.m').className, o.querySelector('b').className,
       o.innerText])"""
    built = page.evaluate(f"[{drawn}, {options}]")
    choose(page, "service", "eks")
    expect(page.locator("#result h2")).not_to_have_text("Choose at least one")
    page.locator("[data-reset]").click()
    expect(page.locator("#advice h3")).to_have_text("Where to start")
    assert page.evaluate(f"[{drawn}, {options}]") == built


def test_where_to_start_is_one_environment_a_service_and_a_press_away(
    open_page: OpenPage, built_site: Path
) -> None:
    exact = {
        r["id"] for r in matrix(built_site)["recipes"] if r["coverage"] == "exact" and not r["startingPoint"]
    }
    page = open_page("")
    starts = [text.split()[-1] for text in page.locator("#advice .to").all_inner_texts()]
    assert len(starts) == 6 and set(starts) <= exact
    page.locator("#advice [data-use]").nth(2).click()
    expect(page.locator("#result .rname")).to_have_text(starts[2])


def test_the_home_page_says_what_there_is_without_script(
    browser: Browser, site_address: str, built_site: Path
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site_address}/")
    counts = page.locator("#f-service em").all_inner_texts()
    values = matrix(built_site)["dimensions"][0]["values"]
    stated = [r["criteria"]["service"] for r in matrix(built_site)["recipes"] if r["coverage"] == "exact"]
    assert counts == [str(len(stated))] + [str(stated.count(v["name"]) or "") for v in values[1:]]
    first = page.locator("#advice .near a").first
    name = first.get_attribute("aria-label")
    first.click()
    assert name == f"Use {page.locator('h1').inner_text()}"
    context.close()


def test_what_is_pressed_before_the_data_comes_is_answered_when_it_does(
    browser: Browser, site_address: str
) -> None:
    held: list[Route] = []
    context = browser.new_context()
    page = context.new_page()
    page.route("**/assets/data/matrix.js", lambda route: held.append(route))
    page.goto(f"{site_address}/", wait_until="commit")
    choose(page, "service", "eks")
    choose(page, "accelerator", "h100")
    choose(page, "intent", "training")
    held[0].continue_()
    expect(page.locator("#result .rname")).to_have_text("h100-eks-training")
    page.wait_for_url("**/?service=eks&accelerator=h100&intent=training")
    context.close()


def test_the_finder_answers_from_a_folder(open_page: OpenPage, built_site: Path) -> None:
    page = open_page(
        f"{(built_site / 'index.html').as_uri()}?service=eks&accelerator=gb200&os=ubuntu&intent=inference"
    )
    expect(page.locator("#result .badge")).to_have_text("Exact")
    page.locator("#result .rname a").click()
    expect(page.locator("h1")).to_be_visible()
    assert page.url.endswith("/index.html")


@pytest.mark.parametrize(
    "start", ["index.html", "guides/index.html", "matrix/index.html", "recipes/index.html"]
)
def test_links_lead_to_pages_from_a_folder_by_mouse_middle_click_and_keyboard(
    open_page: OpenPage, built_site: Path, start: str
) -> None:
    page = open_page((built_site / start).as_uri())
    link = ".md-tabs__link[href*=components]"
    with page.context.expect_page() as opened:
        page.locator(link).click(button="middle")
    expect(opened.value.locator("h1")).to_have_text("Components")
    page.locator(link).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/components/index.html")
    page.go_back()
    page.locator(link).click()
    page.wait_for_url("**/components/index.html")


def test_links_to_folders_stay_as_they_are_on_a_server(open_page: OpenPage) -> None:
    page = open_page("guides/")
    page.locator(".md-tabs__link[href*=components]").click()
    assert page.url.endswith("/components/")
