"""Nothing moves while a page loads, and none scrolls sideways on a phone: one page of every kind."""

from __future__ import annotations

import pytest

from tests.browser.conftest import PHONE, OpenPage

pytestmark = pytest.mark.browser

PAGES = (
    "",
    "matrix/",
    "recipes/eks/gb200-ubuntu/inference-dynamo/",
    "recipes/eks/gb300-ubuntu/training-slurm/",
    "recipes/aks/b200-any/any/",
    "components/",
    "components/gpu-operator/",
    "components/kube-prometheus-stack/",
    "criteria/accelerator/h100/",
    "criteria/service/eks/",
    "lifecycle/",
    "evidence/",
    "bundles/",
    "validate/",
    "guides/",
    "api/",
    "style/",
    "collector/",
    "404.html",
    "matrix/?view=table",
    "criteria/",
    "components/by-setting/",
)

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

# How far the page reaches, and the elements that reach beyond the window without a box that scrolls around them.
WIDE = """() => {
  const wide = document.documentElement.clientWidth;
  const held = (e) => { for (let p = e.parentElement; p; p = p.parentElement)
    if (getComputedStyle(p).overflowX !== "visible") return true; return false; };
  const over = [...document.querySelectorAll("#content *")]
    .filter((e) => e.getBoundingClientRect().right > wide + 1 && !held(e))
    .slice(0, 5).map((e) => `${e.tagName}.${e.getAttribute("class")} ${(e.textContent || "").slice(0, 40)}`);
  return [document.documentElement.scrollWidth, over];
}"""


@pytest.mark.parametrize("address", PAGES)
def test_nothing_moves_at_load(open_page: OpenPage, address: str) -> None:
    shifted, moved = open_page(address).evaluate(SHIFT)
    assert shifted <= MOST, moved


@pytest.mark.parametrize("address", PAGES)
def test_nothing_moves_at_load_on_a_phone_nor_scrolls_sideways(open_page: OpenPage, address: str) -> None:
    page = open_page(address, phone=True)
    shifted, moved = page.evaluate(SHIFT)
    assert shifted <= MOST, moved
    width, over = page.evaluate(WIDE)
    assert width <= PHONE["width"], over


@pytest.mark.parametrize("address", PAGES)
def test_a_dark_phone_never_scrolls_sideways(open_page: OpenPage, address: str) -> None:
    width, over = open_page(address, phone=True, dark=True).evaluate(WIDE)
    assert width <= PHONE["width"], over
