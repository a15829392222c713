"""The matrix page: the heatmap over any two dimensions, its drill-down, the table of any length, and the exports."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

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
    words = ("exact", "composed", "partial", "unsupported")  # both are stated: none is a starting point
    assert label == "EKS, H100: " + ", ".join(f"{n} {w}" for n, w in zip(counts, words, strict=True) if n)


def test_a_cell_of_starting_points_is_neither_green_nor_counted(open_page: OpenPage) -> None:
    page = open_page("matrix/")
    cell = page.locator(".cell[aria-label^='OpenShift, Any:']")
    assert "c-start" in (cell.get_attribute("class") or "").split()
    assert "starting points" in (cell.get_attribute("aria-label") or "")
    grey = page.evaluate("getComputedStyle(document.querySelector('.legend .c-unsupported')).color")
    assert cell.evaluate("cell => getComputedStyle(cell).color") == grey
    assert "supported" not in (
        page.locator(".heat tbody tr", has=cell).locator("th small").text_content() or ""
    ).replace("unsupported", "")
    cell.click()
    marks = (
        page.locator("#drill ul")
        .first.locator("span[class^=c-]")
        .evaluate_all("all => all.map((m) => m.className)")
    )
    assert set(marks) == {"c-start"}


def test_the_build_draws_what_the_script_draws(
    open_page: OpenPage, browser: Browser, site_address: str
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    built = context.new_page()
    built.goto(f"{site_address}/matrix/")
    page = open_page("matrix/")
    for box in ("#heat-table", "#drill"):
        assert built.locator(box).inner_html().strip() == page.locator(box).inner_html().strip()
    context.close()


@pytest.mark.parametrize("media", ["screen", "print"])
def test_every_column_of_the_map_is_in_view(open_page: OpenPage, media: str) -> None:
    page = open_page("matrix/")
    page.emulate_media(media=media)  # type: ignore[arg-type]
    if media == "print":
        page.set_viewport_size({"width": 720, "height": 1000})  # the width of a sheet between its margins
    box = page.locator("#heat-table")
    assert box.evaluate("box => box.scrollWidth <= box.clientWidth + 1")
    assert not page.locator(".heat-frame[data-more]").count() or media == "print"
    cut = page.locator(".cell").evaluate_all(
        "all => all.filter((c) => c.scrollWidth > c.clientWidth + 1 || c.scrollHeight > c.clientHeight + 1)"
        ".map((c) => c.ariaLabel)"
    )
    assert cut == []


def test_the_map_says_that_it_goes_on(open_page: OpenPage) -> None:
    page = open_page("matrix/", phone=True)
    expect(page.locator(".heat-frame[data-more]")).to_have_count(1)
    page.locator("#heat-table").evaluate("box => { box.scrollLeft = box.scrollWidth; }")
    expect(page.locator(".heat-frame[data-more]")).to_have_count(0)


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
    assert rows[0] == ["recipe", "coverage", "startingPoint", "kubernetes"]
    assert len(rows) == shown + 1
    with page.expect_download() as started:
        page.locator("[data-export=json]").click()
    listed = json.loads(Path(started.value.path()).read_text(encoding="utf-8"))
    assert [[str(v).lower() if v in (True, False) else v for v in row.values()] for row in listed] == rows[1:]


def test_exports_spell_as_the_api_does(open_page: OpenPage, built_site: Path) -> None:
    page = open_page("matrix/?view=table&show=recipe,evidence,kubernetes,image")
    with page.expect_download() as started:
        page.locator("[data-export=json]").click()
    listed = json.loads(Path(started.value.path()).read_text(encoding="utf-8"))
    known = {r["id"]: r for r in matrix(built_site)["recipes"]}
    assert {row["recipe"]: (row["startingPoint"], row["evidence"]) for row in listed} == {
        name: (r["startingPoint"], r["evidence"])
        for name, r in known.items()
        if r["coverage"] in ("exact", "composed")
    }
    results = built_site / "api/v1/recipes"
    for row in listed:
        constraints = json.loads((results / f"{row['recipe']}.json").read_text())["result"]["constraints"]
        assert row["kubernetes"] in [c["value"] for c in constraints if c["name"] == "K8s.server.version"]
    assert not any(sign in json.dumps(listed, ensure_ascii=False) for sign in "≥≤")


def test_columns_can_be_chosen(open_page: OpenPage) -> None:
    page = open_page("matrix/?view=table")
    page.locator(".columns summary").click()
    page.locator("[data-column=driver]").check()
    expect(page.locator("[data-sort=driver]")).to_be_visible()
    assert "driver" in page.url


def test_the_columns_menu_closes_on_escape_and_outside(open_page: OpenPage) -> None:
    page = open_page("matrix/?view=table")
    menu = page.locator("details.columns")
    menu.locator("summary").click()
    page.locator("[data-column=driver]").focus()
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(menu.locator("summary")).to_be_focused()
    menu.locator("summary").click()
    page.locator("[data-column=driver]").check()
    expect(menu).to_have_attribute("open", "")
    page.locator("h1").click()
    expect(menu).not_to_have_attribute("open", "")


def test_the_table_fits_a_desktop_and_cuts_no_label(open_page: OpenPage) -> None:
    page = open_page("matrix/?view=table")
    assert page.locator("#table-box").evaluate("box => box.scrollWidth <= box.clientWidth + 1")
    cut = page.locator(".vt-row > :is([role=columnheader], [data-l]:not([data-l=Kubernetes]))").evaluate_all(
        "all => all.filter((c) => c.scrollWidth > c.clientWidth + 1).map((c) => c.textContent)"
    )
    assert cut == []


def test_the_recipe_stays_in_view_while_the_table_scrolls_sideways(open_page: OpenPage) -> None:
    every = "recipe,coverage,evidence,service,accelerator,os,intent,platform,kubernetes,image,kernel,driver,operator"
    page = open_page(f"matrix/?view=table&show={every}")
    page.locator("#table-box").evaluate("box => { box.scrollLeft = box.scrollWidth; }")
    assert page.locator("#table-box").evaluate("box => box.scrollLeft") > 0
    left = page.locator("#table-box").evaluate("box => box.getBoundingClientRect().left")
    name = page.locator(".vt-body .vt-row").first.locator("[data-l=Recipe]").bounding_box()
    assert name is not None and abs(name["x"] - left) <= 2


def test_folded_rows_label_every_value(open_page: OpenPage) -> None:
    page = open_page("matrix/?view=table", phone=True)
    row = page.locator(".vt-body .vt-row").first
    told = row.locator("[data-l]:not(.wide)").evaluate_all(
        "all => all.map((c) => [getComputedStyle(c, '::before').content.replaceAll('\"', ''), c.dataset.l])"
    )
    assert told and all(shown == label for shown, label in told)
    mark = row.locator("[data-l=Coverage] .mark")
    assert "Starting point" in mark.inner_text()
    assert mark.evaluate("mark => mark.scrollWidth <= mark.clientWidth + 1")
    heights = page.locator(".vt-body .vt-row").evaluate_all(
        "all => all.slice(0, 2).map((r) => r.getBoundingClientRect())"
        ".map((r, i, both) => [r.top, r.height, both[0].top])"
    )
    assert heights[1][0] == pytest.approx(heights[0][0] + heights[0][1], abs=1)  # rows neither lap nor part
    inside = row.evaluate(
        "row => { const end = row.getBoundingClientRect().bottom;"
        " return [...row.children].every((c) => c.getBoundingClientRect().bottom <= end + 1); }"
    )
    assert inside


@pytest.mark.parametrize("address", ["matrix/", "matrix/?view=table"])
def test_the_phone_never_scrolls_sideways(open_page: OpenPage, address: str) -> None:
    page = open_page(address, phone=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_address_is_read_in_other_words_and_what_is_none_is_told(open_page: OpenPage) -> None:
    page = open_page("matrix/?view=table&service=EKS&intent=train&os=nonsense")
    expect(page.locator("[data-filter=intent]")).to_have_value("training")
    expect(page.locator("[data-filter=os]")).to_have_value("*")
    expect(page.locator("#matrix .hint")).to_have_text(
        "“nonsense” is not an OS of this catalog, so the OS is left open."
    )
    page.wait_for_url("**/matrix/?view=table&service=eks&intent=training")


def test_a_search_of_the_table_says_when_its_data_is_not_there(open_page: OpenPage) -> None:
    page = open_page("matrix/?view=table")
    page.route("**/assets/data/search.js", lambda route: route.abort())
    page.locator("#q").fill("gpu-operator")
    expect(page.locator("#listed")).to_contain_text("The search did not load")
    page.unroute("**/assets/data/search.js")
    page.locator("#q").fill("gpu-operator v")
    expect(page.locator("#listed")).to_have_text(re.compile(r"^\d+ recipes$"))
    page.watch.complaints.clear()  # type: ignore[attr-defined]  # the console tells of the script that was withheld
