"""The reverse index of settings: filtered by words, opened at an address, whole without script."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import OpenPage

pytestmark = pytest.mark.browser


def test_words_find_the_rows_that_hold_all_of_them(open_page: OpenPage) -> None:
    page = open_page("components/by-setting/")
    expect(page.locator("tbody tr:visible")).to_have_count(0)
    page.locator("#rows-filter").fill("driver.version 595")
    rows = page.locator("tbody tr:visible")
    expect(rows.first).to_be_visible()
    for text in rows.all_inner_texts():
        assert "driver.version" in text and "595" in text
    expect(page.locator("#rows-said")).to_have_text(f"{rows.count()} row{'s' if rows.count() > 1 else ''}")
    page.locator("#rows-filter").fill("no such setting")
    expect(page.locator("#rows-said")).to_contain_text("Try one word fewer")
    page.locator("#rows-filter").fill("")
    expect(page.locator("[data-group]:visible")).to_have_count(page.locator("[data-group]").count())


def test_recipes_whose_node_image_brings_the_driver_are_not_counted_by_its_version(
    open_page: OpenPage,
) -> None:
    page = open_page("components/by-setting/")
    page.locator("#rows-filter").fill("gpu-operator driver.version")
    for row in page.locator("tbody tr:visible").all():
        counted, _, off = (row.locator("[data-l='Set so in']").text_content() or "").partition(
            "where driver.enabled"
        )
        assert "gke-cos" not in counted
        assert "gke-cos" in off or "h100-gke-cos" not in off


def test_an_address_opens_its_component(open_page: OpenPage) -> None:
    page = open_page("components/by-setting/")
    page.locator(".toc a[href='#nfd']").click()
    expect(page.locator("#nfd table")).to_be_visible()


def test_without_script_there_is_no_field_that_does_nothing(browser: Browser, site_address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site_address}/components/by-setting/")
    expect(page.locator("#rows-filter")).to_be_hidden()
    page.locator("summary").first.click()
    expect(page.locator("tbody tr").first).to_be_visible()
    context.close()
