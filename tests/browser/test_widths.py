"""No page scrolls sideways on a phone: one of every kind, in light and in dark."""

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
)

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


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("address", PAGES)
def test_a_phone_never_scrolls_sideways(open_page: OpenPage, address: str, dark: bool) -> None:
    page = open_page(address, phone=True, dark=dark)
    width, over = page.evaluate(WIDE)
    assert width <= PHONE["width"], over
