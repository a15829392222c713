"""The Markdown twins of the navigation's pages say what the pages say."""

from __future__ import annotations

import re
from html import unescape

import pytest

from generator.core.criteria import ANY
from generator.render.navpages import NAV_PAGES, NavPage, render_nav_page
from tests.render.small_site import small_site

PAGES = {name: render_nav_page(small_site(), name) for name in NAV_PAGES}


def rows_of(markdown: str) -> list[list[str]]:
    """The cells of every row of every table, heads and rules too."""
    return [
        [cell.strip() for cell in re.split(r"(?<!\\\\)\|", line.strip()[1:-1])]
        for line in markdown.splitlines()
        if line.startswith("|")
    ]


# This catalog has no readings and no support windows to tell of; the built site's twins are looked at in tests/built.
EMPTY = {"collector/index.md", "lifecycle/index.md"}


@pytest.mark.parametrize("name", NAV_PAGES)
def test_a_twin_is_no_stub(name: str) -> None:
    assert len(PAGES[name].markdown) > 300 or name in EMPTY
    assert "<" not in re.sub(r"`[^`]*`|^    .*$", "", PAGES[name].markdown, flags=re.M).replace(
        "NVIDIA L40 <Ada>", ""
    )


@pytest.mark.parametrize("name", NAV_PAGES)
def test_every_table_of_a_twin_is_whole(name: str) -> None:
    """A row has as many cells as its head, and no line stands inside a table."""
    width = 0
    for line in PAGES[name].markdown.splitlines():
        cells = len(rows_of(line)[0]) if line.startswith("|") else 0
        assert width in (0, cells) or not cells, line
        width = cells


def test_every_section_of_a_page_is_in_its_twin() -> None:
    missing = {
        name: lost
        for name, page in PAGES.items()
        if name not in ("index.md", "validate/index.md", "style/index.md", "matrix/index.md")
        if (lost := sections(page) - set(re.findall(r"^## (.*)$", page.markdown, re.M)))
    }
    # Said in the lead or in a line of their own.
    told = {"Begin here", "Badges", "For readers of text", "What the words mean"}
    assert {name: lost - told for name, lost in missing.items() if lost - told} == {}


def sections(page: NavPage) -> set[str]:
    return {unescape(re.sub(r"<[^>]+>", "", h)) for h in re.findall(r"<h2[^>]*>(.*?)</h2>", page.html)}


def test_the_matrix_twin_lists_every_recipe_and_every_pair() -> None:
    site = small_site()
    text = PAGES["matrix/index.md"].markdown
    assert all(f"[{recipe.id}](" in text for recipe in site.shown_recipes)
    rows = {row[0]: row[1:] for row in rows_of(text)}
    assert rows["EKS"][1].startswith("1 exact")  # H100
    assert rows["EKS"][0].startswith("1 starting point")  # any accelerator


def test_the_criteria_twin_lists_every_value_with_its_counts() -> None:
    site = small_site()
    rows = {row[0].split("]")[0].lstrip("["): row for row in rows_of(PAGES["criteria/index.md"].markdown)}
    for values in site.matrix.values.values():
        assert {value for value in values if value != ANY} <= rows.keys()
    assert rows["eks"][2:5] == ["1", "0", "1"]
    assert rows["l40"][2:5] == ["0", "0", "0"]


def test_the_evidence_twin_labels_a_starting_point() -> None:
    rows = {row[0].split("]")[0].lstrip("["): row for row in rows_of(PAGES["evidence/index.md"].markdown)}
    assert rows["eks"][0].endswith("starting point") and rows["eks"][1] == "Starting point"
    assert rows["h100-eks-training"][1] == "Exact"
