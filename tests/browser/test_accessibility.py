"""axe-core on every type of page, in both schemes and both widths, in the states that scripts bring about."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.snapshots import EKS_H100, READY, snapshot_yaml
from tests.browser.test_validator import drop

pytestmark = pytest.mark.browser

AXE = Path(__file__).resolve().parents[2] / "site_src/node_modules/axe-core/axe.min.js"


def search(page: Page) -> None:
    """The state with matches listed."""
    page.locator("#q").fill("gb200 eks")
    expect(page.locator("#hits .all")).to_be_visible()


def judge(page: Page) -> None:
    """The state with two snapshots judged, and a reading edited."""
    drop(page, ("old.yaml", snapshot_yaml(EKS_H100)), ("new.yaml", snapshot_yaml(READY)))
    expect(page.locator("#after")).to_be_visible()
    page.locator("[data-reading='K8s.server.version']").fill("v1.33.1")
    page.locator("#report details").evaluate_all("all => { for (const each of all) each.open = true; }")


def refuse(page: Page) -> None:
    """The state with a file that is no snapshot."""
    drop(page, ("pod.yaml", "kind: Pod\n"))
    expect(page.locator("#problems [role=alert]")).to_be_visible()


STATES: dict[str, tuple[str, Callable[[Page], None] | None]] = {
    "home": ("", None),
    "home, exact": ("?service=eks&accelerator=gb200&os=ubuntu&intent=inference&platform=dynamo", None),
    "home, partial": ("?service=gke&accelerator=h100&intent=training", None),
    "home, unsupported": ("?os=talos&platform=slurm", None),
    "home, searching": ("", search),
    "matrix": ("matrix/", None),
    "matrix, table": ("matrix/?view=table", None),
    "validator": ("validate/", None),
    "validator, judged": ("validate/", judge),
    "validator, refused": ("validate/", refuse),
    "recipe": ("recipes/eks/gb200-ubuntu/inference-dynamo/", None),
    "combination": ("recipes/gke/h100-any/any/", None),
    "components": ("components/", None),
    "component": ("components/gpu-operator/", None),
    "guides": ("guides/", None),
    "api": ("api/", None),
    "style": ("style/", None),
    "collector": ("collector/", None),
    "lifecycle": ("lifecycle/", None),
    "not found": ("404.html", None),
}


@pytest.mark.parametrize("look", ["light", "dark", "phone"])
@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing(open_page: OpenPage, state: str, look: str) -> None:
    address, reach = STATES[state]
    page = open_page(address, dark=look == "dark", phone=look == "phone")
    if reach:
        reach(page)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    told = [
        f"{v['id']} ({v['impact']}): {node['target']} {node['failureSummary']}"
        for v in found["violations"]
        for node in v["nodes"][:4]
    ]
    assert not told, "\n".join(told)
