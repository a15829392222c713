"""The matrix page: the heatmap over any two dimensions, its drill-down, the table of any length, and the exports."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.test_finder import matrix

pytestmark = pytest.mark.browser


def test_a_cell_counts_the_combinations_of_its_two_values(open_page: OpenPage, built_site: Path) -> None:
    document = matrix(built_site)
    names = [[v["name"] for v in d["values"]] for d in document["dimensions"]]
    counts = [0, 0, 0, 0]
    position = 0
    for service in names[0]:
        for accelerator in names[1]:
            for _ in range(len(names[2]) * len(names[3]) * len(names[4])):
                if (service, accelerator) == ("eks", "h100"):
                    counts[int(document["coverage"][position])] += 1
                position += 1
    page = open_page("matrix/")
    label = page.locator(".cell[aria-label^='EKS, H100:']").get_attribute("aria-label") or ""
    words = ("exact", "composed", "partial", "unsupported")
    assert label == "EKS, H100: " + ", ".join(f"{n} {w}" for n, w in zip(counts, words, strict=True) if n)


def test_a_cell_opens_its_recipes_and_lists_them_in_the_table(open_page: OpenPage) -> None:
    page = open_page("matrix/")
    page.locator(".cell[aria-label^='EKS, GB200:']").click()
    expect(page.locator("#drill h2")).to_have_text("EKS with GB200")
    recipes = page.locator("#drill a code").all_inner_texts()
    assert recipes and all("gb200" in name and "eks" in name for name in recipes)
    assert "cell=eks,gb200" in page.url
    page.locator("#drill [data-table]").click()
    expect(page.locator("#table")).to_be_visible()
    assert page.locator(".vt-body .vt-row").count() == len(recipes)


def test_arrows_move_between_cells(open_page: OpenPage) -> None:
    page = open_page("matrix/")
    page.locator(".cell[aria-pressed=true]").focus()
    before = page.evaluate("document.activeElement.dataset.column")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.dataset.column") != before
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.getAttribute('aria-pressed')") == "true"


def test_axes_and_filters_change_the_map_and_the_address(open_page: OpenPage) -> None:
    page = open_page("matrix/")
    page.select_option("select[data-axis=rows]", "os")
    page.select_option("select[data-axis=columns]", "intent")
    expect(page.locator(".heat caption")).to_have_text("Coverage by OS and Intent")
    page.select_option("select[data-filter=service]", "eks")
    assert "rows=os" in page.url and "columns=intent" in page.url and "service=eks" in page.url
    page.reload()
    expect(page.locator(".heat caption")).to_have_text("Coverage by OS and Intent")
    expect(page.locator("select[data-filter=service]")).to_have_value("eks")


def test_choosing_one_dimension_twice_swaps_the_axes(open_page: OpenPage) -> None:
    page = open_page("matrix/")
    page.select_option("select[data-axis=rows]", "accelerator")
    expect(page.locator("select[data-axis=columns]")).to_have_value("service")


def test_the_table_sorts_both_ways(open_page: OpenPage) -> None:
    page = open_page("matrix/?view=table")
    page.locator("[data-sort=kubernetes]").click()
    first = page.locator(".vt-body .vt-row").first.locator("[data-l=Kubernetes]").inner_text()
    page.locator("[data-sort=kubernetes]").click()
    expect(page.locator("[role=columnheader][aria-sort=descending]")).to_contain_text("Kubernetes")
    last = page.locator(".vt-body .vt-row").first.locator("[data-l=Kubernetes]").inner_text()
    assert first != last
    assert "sort=-kubernetes" in page.url


def test_all_combinations_are_listed_with_few_rows_in_the_page(open_page: OpenPage, built_site: Path) -> None:
    page = open_page("matrix/?view=table&list=all")
    size = len(matrix(built_site)["coverage"])
    expect(page.locator("#listed")).to_have_text(f"{size:,} combinations")
    assert page.locator(".vt-body .vt-row").count() < 120
    page.locator("#table-box").evaluate("box => { box.scrollTop = box.scrollHeight; }")
    expect(page.locator(f".vt-row[aria-rowindex='{size + 1}']")).to_be_visible()


def test_exports_hold_the_rows_and_columns_shown(open_page: OpenPage) -> None:
    page = open_page("matrix/?view=table&service=eks&show=recipe,coverage,kubernetes")
    shown = int(page.locator("#listed").inner_text().split()[0])
    with page.expect_download() as started:
        page.locator("[data-export=csv]").click()
    rows = list(csv.reader(io.StringIO(Path(started.value.path()).read_text(encoding="utf-8"))))
    assert rows[0] == ["recipe", "coverage", "kubernetes"]
    assert len(rows) == shown + 1
    with page.expect_download() as started:
        page.locator("[data-export=json]").click()
    listed = json.loads(Path(started.value.path()).read_text(encoding="utf-8"))
    assert [list(row.values()) for row in listed] == rows[1:]


def test_columns_can_be_chosen(open_page: OpenPage) -> None:
    page = open_page("matrix/?view=table")
    page.locator(".columns summary").click()
    page.locator("[data-column=driver]").check()
    expect(page.locator("[data-sort=driver]")).to_be_visible()
    assert "driver" in page.url


@pytest.mark.parametrize("address", ["matrix/", "matrix/?view=table"])
def test_the_phone_never_scrolls_sideways(open_page: OpenPage, address: str) -> None:
    page = open_page(address, phone=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
