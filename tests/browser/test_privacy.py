"""Nothing leaves the validator: a snapshot full of canaries is judged while every request is watched."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.snapshots import EKS_H100, snapshot_yaml
from tests.browser.test_validator import drop

pytestmark = pytest.mark.browser

CANARIES = ("canary-cluster-7f3a", "canary-node-19", "10.99.98.97", "canary-token-zz")


def test_no_request_carries_a_canary(open_page: OpenPage) -> None:
    page = open_page("validate/")
    page.wait_for_load_state("networkidle")
    watch = page.watch  # type: ignore[attr-defined]
    watch.requests.clear()
    readings = {
        **EKS_H100,
        "K8s.node.source-node": CANARIES[1],
        "K8s.node.provider-id": f"aws:///{CANARIES[0]}",
        "OS.release.HOME_URL": f"https://{CANARIES[2]}/{CANARIES[3]}",
        "OS.release.PRETTY_NAME": f'<img src="https://{CANARIES[2]}/x.png">',
    }
    drop(page, (f"{CANARIES[0]}.yaml", snapshot_yaml(readings)))
    expect(page.locator("#after")).to_be_visible()
    for summary in page.locator("#report summary").all():
        summary.click()
    page.locator("[data-reading='K8s.server.version']").fill(CANARIES[3])
    with page.expect_download():
        page.locator("[data-export=html]").click()
    page.locator("[data-share]").click()
    page.wait_for_timeout(500)
    seen = "\n".join(f"{method} {url} {body}" for method, url, body in watch.requests)
    for canary in CANARIES:
        assert canary not in seen
    assert all(method == "GET" for method, _, _ in watch.requests)
    assert (
        page.evaluate(
            "JSON.stringify({...localStorage}) + JSON.stringify({...sessionStorage}) + document.cookie"
        ).count("canary")
        == 0
    )


def test_the_policy_refuses_every_other_connection(open_page: OpenPage) -> None:
    page = open_page("validate/")
    policy = page.locator("meta[http-equiv='Content-Security-Policy']").get_attribute("content") or ""
    directives = {part.split()[0]: part.split()[1:] for part in policy.split(";") if part.strip()}
    assert directives["default-src"] == ["'none'"]
    assert directives["connect-src"] == ["'self'"]
    assert directives["form-action"] == ["'none'"]
    assert (
        "'unsafe-inline'" not in directives["script-src"] and "'unsafe-eval'" not in directives["script-src"]
    )
    refused = page.evaluate("fetch('https://example.invalid/').then(() => 'sent', () => 'refused')")
    assert refused == "refused"
    # What was tried is in the console by design.
    page.watch.complaints.clear()  # type: ignore[attr-defined]
