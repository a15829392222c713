"""Starting points and inferred evidence: told apart from environments, and said wherever a recipe is named."""

from __future__ import annotations

import re
from html import unescape

import pytest

from generator.render.badges import badge_documents
from generator.render.coverage_tables import Counts, count_all, count_recipes, draw_heatmap
from generator.render.navpages import render_nav_page
from generator.render.pages import page_documents
from generator.render.site import Site
from generator.render.text import llms_text
from tests.render.small_site import FILES, build_site, overlay

INFERRED = overlay(
    "h100-gke-cos-training", "service: gke, accelerator: h100, os: cos, intent: training"
).replace("evidence: stated", "evidence: inferred")


@pytest.fixture(scope="module")
def site() -> Site:
    """EKS with an environment and a starting point, GKE inferred, LKE with a starting point only."""
    criteria = FILES["criteria.yaml"].replace(
        "- name: accelerator",
        "  - {name: lke, label: LKE, title: Linode, aliases: [], note: '', sources: [ours]}\n- name: accelerator",
        1,
    )
    more = {
        "overlays/lke.yaml": overlay("lke", "service: lke"),
        "overlays/h100-gke-cos-training.yaml": INFERRED,
    }
    return build_site({**FILES, "criteria.yaml": criteria, **more})


def row_of(html: str, name: str) -> str:
    """The words and marks of a value's row on the criteria page."""
    found = next(row for row in html.split("<tr>") if f">{name}</a>" in row)
    return found.split("</tr>")[0]


def test_the_criteria_page_counts_a_starting_point_apart_and_never_green(site: Site) -> None:
    html = render_nav_page(site, "criteria/index.md").html
    only = row_of(html, "lke")
    assert "Starting point only" in only and "c-exact" not in only and "c-composed" not in only
    both = row_of(html, "eks")
    assert "1 exact" in both and re.search(r'data-l="Starting points"[^>]*>1<', both)
    none = row_of(html, "l40")
    assert "Unsupported" in none and "c-start" not in none


def test_composed_recipes_are_not_called_exact() -> None:
    spread = {
        "overlays/any-kubeflow.yaml": overlay("any-kubeflow", "platform: kubeflow"),
        "overlays/kubeflow-eks.yaml": overlay("kubeflow-eks", "service: eks, platform: kubeflow", "eks"),
    }
    site = build_site({**FILES, **spread})
    counts = count_recipes(site, "service", "eks")
    assert counts.exact and counts.composed
    html = row_of(render_nav_page(site, "criteria/index.md").html, "eks")
    assert f"{counts.exact} exact" in html and f"{counts.composed} composed" in html
    badge = dict(badge_documents(site))["service-eks"]["message"]
    assert badge == f"{counts.exact} exact, {counts.composed} composed"


def test_every_count_is_of_the_same_things(site: Site) -> None:
    counts = count_all(site)
    full = [r for r in site.shown_recipes if not r.starting_point]
    assert counts.environments == len(full)
    assert counts.start == len(site.shown_recipes) - len(full)
    assert counts.total == site.combinations
    said = f"{counts.environments} supported environments"
    texts = {
        "matrix": render_nav_page(site, "matrix/index.md").html,
        "criteria": render_nav_page(site, "criteria/index.md").html,
        "home": render_nav_page(site, "index.md").description,
        "llms": llms_text(site, ()),
    }
    assert [name for name, text in texts.items() if said not in text] == []
    assert f"{counts.start} starting points" in texts["llms"]
    assert f"{counts.start} more recipes are starting points" in texts["matrix"]


def test_the_heatmap_shows_a_starting_point_with_a_mark_of_its_own(site: Site) -> None:
    heat = draw_heatmap(site)
    lke = next(row for row in heat.rows if row.label == "LKE")
    assert lke.note == "1 starting point"
    any_accelerator = lke.cells[0]
    assert any_accelerator.counts.best == "start" and any_accelerator.hue == 0
    assert any_accelerator.counts.environments == 0
    assert heat.opened.title == "EKS with H100"
    total = sum((cell.counts for row in heat.rows for cell in row.cells), Counts())
    assert total == count_all(site)


def test_a_badge_says_that_its_recipe_is_inferred(site: Site) -> None:
    badges = dict(badge_documents(site))
    assert badges["h100-gke-cos-training"]["message"] == "exact, inferred"
    assert badges["h100-eks-training"]["message"] == "exact"
    assert badges["lke"]["message"] == "starting point"
    assert badges["service-lke"]["message"] == "starting point only"
    assert badges["service-lke"]["color"] == badges["lke"]["color"]


def test_what_comes_nearest_is_named_with_its_evidence(site: Site) -> None:
    page = page_documents(site)["recipes/gke/h100-any/any/"]
    named = next(li for li in page.html.split("<li>") if "h100-gke-cos-training" in li and "Open" in li)
    assert ">inferred</span>" in named
    assert "h100-gke-cos-training, inferred (" in page.markdown
    stated = next(li for li in page.html.split("<li>") if "h100-eks-training" in li and "Open" in li)
    assert "inferred" not in stated


def test_the_list_for_language_models_says_what_is_inferred(site: Site) -> None:
    text = llms_text(site, page_documents(site).values())
    assert "- [h100-gke-cos-training, inferred](" in text
    assert "- [lke, starting point](" in text


def test_the_list_without_script_labels_its_recipes(site: Site) -> None:
    html = unescape(render_nav_page(site, "matrix/index.md").html)
    listed = html[html.index("<noscript>") : html.index("</noscript>")]
    rows = {
        name: next(r for r in listed.split("</tr>") if f">{name}</a>" in r) for name in ("lke", INFERRED_NAME)
    }
    assert "<td>Starting point</td>" in rows["lke"] and ">starting point</span>" in rows["lke"]
    assert ">inferred</span>" in rows[INFERRED_NAME]


INFERRED_NAME = "h100-gke-cos-training"
