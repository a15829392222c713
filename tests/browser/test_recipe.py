"""A recipe's page: where values come from, the order as a picture, the downloads, and all of it without script."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import Browser, expect

from tests.browser.conftest import OpenPage
from tests.browser.test_finder import matrix

pytestmark = pytest.mark.browser

ADDRESS = "recipes/eks/gb200-ubuntu/inference-dynamo/"
RECIPE = "gb200-eks-ubuntu-inference-dynamo"


def test_a_value_shows_its_file_line_and_what_it_overrode(open_page: OpenPage) -> None:
    page = open_page(ADDRESS)
    page.locator("[data-comp='gpu-operator']").click()
    line = page.locator(".vset:not([hidden]) .vl.over").first
    line.focus()
    origin = page.locator("[data-origin]")
    expect(origin.locator("h3")).to_have_text(line.get_attribute("data-p") or "")
    expect(origin).to_contain_text("Set by")
    expect(origin).to_contain_text("Overrode")
    assert ".yaml:" in origin.inner_text()


def test_values_are_filtered_over_every_component_and_walked_by_arrows(open_page: OpenPage) -> None:
    page = open_page(ADDRESS)
    page.locator("[data-filter]").fill("driver.version")
    lines = page.locator(".vset:not([hidden]) .vl[data-p]:not([hidden])")
    assert lines.count() >= 1
    assert "driver.version" in (lines.first.get_attribute("data-p") or "")
    assert page.locator(".vset:not([hidden]) .vl:not([data-p]):not([hidden])").all_inner_texts() == [
        "driver:"
    ]
    page.locator("[data-filter]").fill("")
    page.locator("[data-comp='gpu-operator']").click()
    page.locator(".vset:not([hidden]) .vl[tabindex='0']").focus()
    before = page.evaluate("document.activeElement.dataset.p")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.dataset.p") != before


def test_a_filter_without_a_match_says_so_and_shows_no_origin(open_page: OpenPage) -> None:
    page = open_page(ADDRESS)
    page.locator("[data-filter]").fill("no such setting")
    expect(page.locator(".vpane [role=status]")).to_have_text(
        'No value matches "no such setting". Try one word fewer.'
    )
    expect(page.locator("[data-origin] .trail")).to_have_count(0)
    page.locator("[data-filter]").fill("")
    expect(page.locator(".vpane [role=status]")).to_be_hidden()
    expect(page.locator("[data-origin] .trail")).to_be_visible()


def test_a_component_without_values_shows_no_other_ones_origin(open_page: OpenPage) -> None:
    page = open_page(ADDRESS)
    page.locator("[data-comp='grove']").click()
    expect(page.locator(".vset:not([hidden])")).to_contain_text("Nothing is set; the defaults hold.")
    expect(page.locator("[data-origin] .trail")).to_have_count(0)


def test_tabs_and_lines_are_walked_by_keyboard(open_page: OpenPage) -> None:
    page = open_page(ADDRESS)
    tabs = page.locator("[role=tab]")
    tabs.first.focus()
    page.keyboard.press("End")
    expect(tabs.last).to_be_focused()
    expect(tabs.last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(tabs.first).to_be_focused()
    lines = page.locator(".vset:not([hidden]) .vl[data-p]")
    lines.first.focus()
    page.keyboard.press("End")
    expect(lines.last).to_be_focused()
    expect(page.locator("[data-origin] h3")).to_have_text(lines.last.get_attribute("data-p") or "")
    page.keyboard.press("Home")
    expect(lines.first).to_be_focused()


def test_a_path_a_value_and_the_yaml_can_be_copied(open_page: OpenPage, built_site: Path) -> None:
    page = open_page(ADDRESS)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("[data-comp='gpu-operator']").click()
    page.locator("[data-origin] .copy").first.click()
    assert page.evaluate("navigator.clipboard.readText()").startswith("gpu-operator.")
    page.locator("[data-origin] .copy").last.click()
    assert (
        page.evaluate("navigator.clipboard.readText()")
        == page.locator(".trail code:last-child").first.inner_text()
    )
    page.locator("[data-copy-yaml]").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    document = json.loads((built_site / f"api/v1/recipes/{RECIPE}.json").read_text(encoding="utf-8"))
    assert yaml.safe_load(copied) == document["values"]["gpu-operator"]


def test_every_line_shows_what_the_recipes_document_says_of_it(open_page: OpenPage, built_site: Path) -> None:
    """The page spells origins as comments, the document as data: read back, they are the same."""
    document = json.loads((built_site / f"api/v1/recipes/{RECIPE}.json").read_text(encoding="utf-8"))
    said = {
        f"{component}.{path}": [(step["file"], step["line"]) for step in history]
        for component, origins in document["origins"]["components"].items()
        if component in document["values"]
        for path, history in origins["values"].items()
    }
    page = open_page(ADDRESS)
    page.locator("[data-filter]").fill("a")  # a filter draws the lines of every component
    page.locator("[data-filter]").fill("")
    shown = page.evaluate("""() => [...document.querySelectorAll('.vl[data-p]')].map(line => {
      line.click();
      const places = document.querySelectorAll('.trail li > code:not(:last-child)');
      return [line.dataset.p, [...places].map(place => place.textContent)];
    })""")
    assert len(shown) == len(said)
    assert dict(shown) == {
        path: [f"{file}:{line}" for file, line in history] for path, history in said.items()
    }


def test_choosing_a_line_or_a_component_moves_nothing(open_page: OpenPage) -> None:
    # Measured from the values' own heading: the theme's header changes its height as a page scrolls.
    where = """() => ['#values', '[data-origin]', '.vpane', '#checks']
      .map(part => document.querySelector(part).getBoundingClientRect().top)
      .map((top, _, [first]) => top - first)"""
    for phone in (False, True):
        page = open_page(ADDRESS, phone=phone)
        before = page.evaluate(where)
        for component in ("kube-prometheus-stack", "grove", "gpu-operator"):
            page.locator(f"[data-comp='{component}']").click()
            lines = page.locator(".vset:not([hidden]) .vl[data-p]")
            if lines.count():
                lines.last.click()
            assert page.evaluate(where) == before


def test_the_order_lights_the_edges_of_what_is_pointed_at(open_page: OpenPage) -> None:
    page = open_page(ADDRESS)
    boxes = [box.get_attribute("href") for box in page.locator("svg.graph a").all()]
    number = boxes.index("#c-gpu-operator")
    page.locator("svg.graph a[href='#c-gpu-operator']").focus()
    edges = [
        ((edge.get_attribute("data-e") or "").split(), "lit" in (edge.get_attribute("class") or ""))
        for edge in page.locator("svg.graph path").all()
    ]
    assert any(lit for _, lit in edges)
    assert all(lit == (str(number) in joined) for joined, lit in edges)


def test_a_box_of_the_order_leads_to_its_row(open_page: OpenPage) -> None:
    page = open_page(ADDRESS)
    page.locator("svg.graph a[href='#c-kai-scheduler']").click()
    expect(page.locator("tr:target th")).to_have_text("kai-scheduler")
    expect(page.locator("tr:target")).to_be_in_viewport()
    covered = page.evaluate("""() => {
      const row = document.querySelector('tr:target').getBoundingClientRect();
      return !document.elementFromPoint(row.left + 40, row.top + 8).closest('tr:target');
    }""")
    assert not covered


def test_every_bundle_downloads_with_its_digest(open_page: OpenPage, built_site: Path) -> None:
    bundles = next(r for r in matrix(built_site)["recipes"] if r["id"] == RECIPE)["bundles"]
    page = open_page(ADDRESS)
    links = page.locator("#downloads a[download]")
    names = [link.get_attribute("href") or "" for link in links.all()]
    for bundle in bundles:
        index = next(i for i, name in enumerate(names) if name.endswith(bundle["url"]))
        with page.expect_download() as started:
            links.nth(index).click()
        assert hashlib.sha256(Path(started.value.path()).read_bytes()).hexdigest() == bundle["sha256"]


def test_it_reads_and_downloads_without_script(browser: Browser, site_address: str) -> None:
    context = browser.new_context(java_script_enabled=False, accept_downloads=True)
    page = context.new_page()
    page.goto(f"{site_address}/{ADDRESS}")
    assert RECIPE in page.locator("h1").inner_text()
    for values in page.locator(".vset").all():
        expect(values.locator("h3")).to_be_visible()
        expect(values.locator("pre, p")).to_be_visible()
    assert all("# " in text for text in page.locator(".vset pre").all_inner_texts())
    for digest in page.locator(".digest code").all_inner_texts():
        assert re.fullmatch("[0-9a-f]{64}", digest)
    assert not page.locator("button:visible").count()
    with page.expect_download() as started:
        page.locator("#downloads a[download]").first.click()
    assert started.value.suggested_filename.startswith(RECIPE)
    context.close()


def test_the_phone_lists_the_order_and_never_scrolls_sideways(open_page: OpenPage) -> None:
    page = open_page(ADDRESS, phone=True)
    expect(page.locator(".olist")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_every_recipes_page_is_light(built_site: Path) -> None:
    """Below 15 KB as a server sends it, the theme's frame left out; benchmarks/site.py measures the same part."""
    heavy = {}
    for path in (built_site / "recipes").rglob("index.html"):
        text = path.read_text(encoding="utf-8")
        part = text[text.index('id="content">') : text.index("</main>")]
        size = len(gzip.compress(part.encode(), 6))
        if size >= 15_000:
            heavy[path] = size
    assert heavy == {}
