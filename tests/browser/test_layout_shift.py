"""Nothing moves while a page loads: one of every kind, on a desktop and on a phone."""

from __future__ import annotations

import pytest

from tests.browser.conftest import OpenPage
from tests.browser.test_widths import PAGES

pytestmark = pytest.mark.browser

# The sum of all layout shifts so far and for a while after the page has loaded, and what moved.
SHIFT = """() => new Promise((done) => {
  let sum = 0;
  const moved = [];
  new PerformanceObserver((list) => {
    for (const each of list.getEntries()) {
      sum += each.value;
      for (const source of each.sources) moved.push(`${source.node?.nodeName}.${source.node?.className ?? ""}`);
    }
  }).observe({type: "layout-shift", buffered: true});
  setTimeout(() => done([sum, moved]), 400);
})"""
MOST = 0.01


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
@pytest.mark.parametrize("address", [*PAGES, "matrix/?view=table", "criteria/", "components/by-setting/"])
def test_nothing_moves_at_load(open_page: OpenPage, address: str, phone: bool) -> None:
    page = open_page(address, phone=phone)
    shifted, moved = page.evaluate(SHIFT)
    assert shifted <= MOST, moved
