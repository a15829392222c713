"""A recipe's page: where values come from, the order as a picture, the downloads, and all of it without script."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import OpenPage
from tests.browser.test_finder import matrix

pytestmark = pytest.mark.browser

ADDRESS = "recipes/eks/gb200-ubuntu/inference-dynamo/"
RECIPE = "gb200-eks-ubuntu-inference-dynamo"


def test_a_value_shows_its_file_line_and_what_it_overrode(open_page: OpenPage) -> None:
    page = open_page(ADDRESS)
    page.locator("[data-comp='gpu-operator']").click()
    line = page.locator(".vset:not([hidden]) .vl[data-t]").first
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
    page.locator("[data-filter]").fill("")
    page.locator("[data-comp='gpu-operator']").click()
    page.locator(".vset:not([hidden]) .vl[tabindex='0']").focus()
    before = page.evaluate("document.activeElement.dataset.p")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.dataset.p") != before


def test_a_path_a_value_and_the_yaml_can_be_copied(open_page: OpenPage) -> None:
    page = open_page(ADDRESS)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("[data-comp='gpu-operator']").click()
    page.locator("[data-origin] .copy").first.click()
    assert page.evaluate("navigator.clipboard.readText()").startswith("gpu-operator.")
    page.locator("[data-copy-yaml]").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "\n" in copied and ":" in copied


def test_the_order_lights_the_edges_of_what_is_pointed_at(open_page: OpenPage) -> None:
    page = open_page(ADDRESS)
    page.locator("svg.graph a[data-n='gpu-operator']").focus()
    lit = page.locator("svg.graph path.lit")
    assert lit.count() > 0
    assert all(
        "gpu-operator" in (edge.get_attribute("data-a"), edge.get_attribute("data-b")) for edge in lit.all()
    )


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
    expect(page.locator(".vset:not([hidden]) .vl").first).to_be_visible()
    with page.expect_download() as started:
        page.locator("#downloads a[download]").first.click()
    assert started.value.suggested_filename.startswith(RECIPE)
    context.close()


def test_the_phone_lists_the_order_and_never_scrolls_sideways(open_page: OpenPage) -> None:
    page = open_page(ADDRESS, phone=True)
    expect(page.locator(".olist")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
