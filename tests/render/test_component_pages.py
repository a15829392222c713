"""Component pages and the reverse indexes: support windows, values files, versions by pair, switched-off settings."""

from __future__ import annotations

import re
from html import unescape

import pytest

from generator.render.document import PageDocument
from generator.render.pages import page_documents
from generator.render.uses import switched_off
from tests.render.small_site import FILES, build_site, overlay

LIFECYCLE = """
apiVersion: aicr-matrix/v1
kind: LifecycleCatalog
asOf: "2026-08-22"
source: a dated copy
windows:
- {subject: component, scope: gpu-operator, cycle: "25.10", status: end-of-support, label: support, source: The vendor}
- {subject: component, scope: gpu-operator, cycle: "26.7", status: supported, label: support, source: The vendor}
"""
REGISTRY = FILES["registry.yaml"]
VALUES = "  componentRefs:\n  - {name: gpu-operator, valuesFile: components/gpu-operator/values-cos.yaml}\n"
PREINSTALLED = (
    "  componentRefs:\n  - name: gpu-operator\n    valuesFile: components/gpu-operator/values-cos.yaml\n"
    "    overrides: {driver: {enabled: false}}\n"
)


@pytest.fixture(scope="module")
def pages() -> dict[str, PageDocument]:
    """EKS with a driver of its own, GKE whose nodes bring one."""
    gke = overlay(
        "h100-gke-cos-training",
        "service: gke, accelerator: h100, os: cos, intent: training",
        spec=PREINSTALLED,
    )
    return page_documents(
        build_site(
            {
                **FILES,
                "lifecycle.yaml": LIFECYCLE,
                "overlays/h100-gke-cos-training.yaml": gke,
                "components/gpu-operator/values-cos.yaml": "gfd: {enabled: true}\n",
            }
        )
    )


def section(page: PageDocument, name: str) -> str:
    """The words of one section of a page."""
    found = re.search(rf'<section class="sec" id="{name}">(.*?)</section>', page.html, re.DOTALL)
    assert found is not None
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", found[1]))).strip()


def test_support_windows_name_what_is_shipped_here(pages: dict[str, PageDocument]) -> None:
    page = pages["components/gpu-operator/"]
    told = section(page, "life")
    assert "26.7 supported v26.7.0 The vendor" in told
    assert "25.10 past end of support no The vendor" in told
    assert "states no dates" in told
    assert "| 26.7 | supported | v26.7.0 | The vendor |" in page.markdown


def test_a_component_without_a_window_says_so(pages: dict[str, PageDocument]) -> None:
    assert "records none for cert-manager" in section(pages["components/cert-manager/"], "life")


def test_the_newest_known_version_is_told(pages: dict[str, PageDocument]) -> None:
    newest = re.search(r"<dt>Newest known</dt><dd><b>([^<]+)</b>", pages["components/gpu-operator/"].html)
    assert newest is not None and newest[1] == "v26.7.0"


def test_use_is_told_by_values_file(pages: dict[str, PageDocument]) -> None:
    told = section(pages["components/gpu-operator/"], "used")
    assert re.search(r"values-cos\.yaml 1 1 h100-gke-cos-training", told)
    assert "no values file" in told
    assert "starting point" in told  # the recipes that are none but a start say so


def test_the_version_matrix_counts_environments(pages: dict[str, PageDocument]) -> None:
    page = pages["components/gpu-operator/"]
    assert section(page, "vmatrix").endswith("Service H100 EKS v26.7.0 all 1 GKE v26.7.0 all 1")
    assert "| EKS | v26.7.0, all 1 |" in page.markdown


def test_a_version_that_is_switched_off_is_not_counted(pages: dict[str, PageDocument]) -> None:
    page = pages["components/by-setting/"]
    row = next(r for r in page.html.split("<tr>") if ">driver.version<" in r and ">580.105.08<" in r)
    counted, _, off = row.partition("does nothing there")
    assert "h100-gke-cos-training" not in counted and "h100-gke-cos-training" in off
    assert "<code>driver.enabled</code> is false" in counted
    assert "without effect, because `driver.enabled` is false, in h100-gke-cos-training" in page.markdown


@pytest.mark.parametrize(
    ("path", "switch"),
    [
        (("driver", "version"), "driver.enabled"),
        (("driver", "rdma", "enabled"), "driver.enabled"),
        (("driver", "enabled"), ""),
        (("gfd", "version"), ""),
        (("version",), ""),
        (("dcgm", "config", "name"), "dcgm.config.enabled"),
    ],
)
def test_a_switch_above_a_setting_is_found(path: tuple[str, ...], switch: str) -> None:
    values = {
        "enabled": False,  # the whole component's, and no switch of its settings
        "version": "1",
        "driver": {"enabled": False, "version": "595", "rdma": {"enabled": True}},
        "gfd": {"enabled": True, "version": "2"},
        "dcgm": {"enabled": True, "config": {"enabled": False, "name": "x"}},
    }
    assert switched_off(values, path) == switch


def test_settings_stand_in_a_list_of_contents(pages: dict[str, PageDocument]) -> None:
    html = pages["components/by-setting/"].html
    listed = re.findall(r'<a href="#([^"]+)">', html[html.index('class="toc"') :])
    assert listed and all(f'<div id="{name}">' in html for name in listed)
