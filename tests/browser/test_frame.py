"""What stands around every page: the way past the header, the search field, the footer."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.conftest import OpenPage

pytestmark = pytest.mark.browser

KINDS = (
    "", "matrix/", "validate/", "components/", "components/gpu-operator/", "criteria/",
    "recipes/eks/gb200-ubuntu/inference-dynamo/", "guides/", "404.html",
)  # fmt: skip


@pytest.mark.parametrize("address", KINDS)
def test_the_first_stop_of_the_keyboard_skips_to_the_content(open_page: OpenPage, address: str) -> None:
    page = open_page(address)
    page.keyboard.press("Tab")
    skip = page.locator(".md-skip")
    expect(skip).to_have_count(1)
    expect(skip).to_be_focused()
    expect(skip).to_have_css("opacity", "1")
    page.keyboard.press("Enter")
    target = page.url.partition("#")[2]
    assert target
    page.keyboard.press("Tab")
    # What is focused next lies in the content, behind everything of the header.
    assert page.evaluate(
        "id => { const from = document.getElementById(id); const now = document.activeElement;"
        " return from.contains(now) || !!(from.compareDocumentPosition(now) & Node.DOCUMENT_POSITION_FOLLOWING); }",
        target,
    )


def test_the_search_field_shows_what_it_asks_for(open_page: OpenPage) -> None:
    room, text = open_page("matrix/").evaluate(
        """() => {
          const field = document.querySelector(".md-search__input");
          const style = getComputedStyle(field);
          const pen = document.createElement("canvas").getContext("2d");
          pen.font = `${style.fontSize} ${style.fontFamily}`;
          const room = field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
          return [room, pen.measureText(field.placeholder).width];
        }"""
    )
    assert text <= room


@pytest.mark.parametrize("address", ["matrix/", "guides/choose/", "recipes/eks/h100-ubuntu/training/"])
def test_nothing_moves_when_somebody_begins_to_scroll(open_page: OpenPage, address: str) -> None:
    page = open_page(address)
    height = "document.documentElement.scrollHeight"
    before = page.evaluate(height)
    page.mouse.move(640, 600)
    page.mouse.wheel(0, 23)
    expect(page.locator(".md-tabs[hidden]")).to_have_count(1)
    assert page.evaluate(f"[scrollY, {height}]") == [23, before]


def test_the_footer_names_the_catalog_once_and_leads_to_the_changes(open_page: OpenPage) -> None:
    page = open_page("matrix/")
    line = page.locator(".md-footer__line")
    digest = line.locator("code").inner_text()
    assert line.inner_text().count(digest) == 1
    line.get_by_role("link", name="Changelog").click()
    expect(page.locator("#changes")).to_be_in_viewport()


@pytest.mark.parametrize(
    ("address", "data", "place"),
    [("", "matrix", "#result"), ("matrix/", "matrix", "#heat-table"), ("validate/", "rules", "#problems")],
)
def test_a_page_whose_data_does_not_load_says_so(
    browser: Browser, site_address: str, address: str, data: str, place: str
) -> None:
    page = browser.new_page()
    uncaught: list[str] = []
    page.on("pageerror", lambda error: uncaught.append(str(error)))
    page.route(f"**/assets/data/{data}.js", lambda route: route.abort())
    page.goto(f"{site_address}/{address}")
    expect(page.locator(place)).to_contain_text("The site's data did not load.")
    page.close()
    assert not uncaught


def test_a_page_starts_whenever_its_data_comes(browser: Browser, site_address: str) -> None:
    def late(route: Route) -> None:
        time.sleep(1)
        route.continue_()

    page = browser.new_page()
    page.route("**/assets/data/matrix.js", late)
    page.goto(f"{site_address}/?service=eks&accelerator=h100&intent=training&os=ubuntu")
    expect(page.locator("#result h2")).to_have_text("h100-eks-ubuntu-training")
    page.close()
