"""The built site as a whole: every page is valid, every link leads somewhere, everything is ours."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import html5lib
import pytest

from tests.built.html_check import PageFacts, read_page

# What html5lib's strict reading finds in the theme's own markup.
OF_EVERY_KIND = (
    "index.html",
    "404.html",
    "matrix/index.html",
    "validate/index.html",
    "components/index.html",
    "components/gpu-operator/index.html",
    "recipes/eks/h100-ubuntu/training-kubeflow/index.html",
    "recipes/gke/l40-any/any/index.html",
    "criteria/index.html",
    "criteria/os/rhel/index.html",
    "lifecycle/index.html",
    "collector/index.html",
    "api/index.html",
    "style/index.html",
    "evidence/index.html",
    "components/by-setting/index.html",
    "components/by-image/index.html",
    "bundles/index.html",
    "bundles/helm/index.html",
    "guides/index.html",
)


@pytest.fixture(scope="module")
def pages(built_site: Path) -> dict[str, PageFacts]:
    """Every page of the site, read."""
    return {
        path.relative_to(built_site).as_posix(): read_page(path.read_text(encoding="utf-8"))
        for path in sorted(built_site.rglob("*.html"))
    }


def test_every_page_is_well_formed(pages: dict[str, PageFacts]) -> None:
    wrong = [f"{name}:{problem}" for name, facts in pages.items() for problem in facts.problems]
    assert wrong == []


@pytest.mark.parametrize("name", OF_EVERY_KIND)
def test_a_strict_html5_reader_takes_every_kind_of_page(built_site: Path, name: str) -> None:
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    parser.parse((built_site / name).read_text(encoding="utf-8"))
    assert [(at, code) for at, code, _ in parser.errors] == []


def test_every_link_leads_to_a_file(built_site: Path, pages: dict[str, PageFacts]) -> None:
    files = {path.relative_to(built_site).as_posix() for path in built_site.rglob("*") if path.is_file()}
    config_url = urlsplit(json.loads((built_site / "api/v1/openapi.json").read_text())["servers"][0]["url"])
    broken = []
    for name, facts in pages.items():
        folder = name.rsplit("/", 1)[0] + "/" if "/" in name else ""
        for _, address in facts.links:
            parts = urlsplit(address)
            if parts.scheme in ("http", "https", "mailto", "data") or parts.netloc:
                if parts.netloc == config_url.netloc:
                    target = unquote(parts.path.removeprefix("/"))
                else:
                    continue
            elif parts.path.startswith("/"):
                target = unquote(parts.path[1:]).removesuffix(".")  # 404.html speaks from the root
            else:
                target = _resolve(folder, unquote(urldefrag(parts.path)[0]))
            if target.endswith("/") or target == "":
                target += "index.html"
            if target not in files:
                broken.append(f"{name} -> {address}")
    assert broken == []


def test_every_fragment_of_another_page_exists(pages: dict[str, PageFacts]) -> None:
    broken = []
    for name, facts in pages.items():
        folder = name.rsplit("/", 1)[0] + "/" if "/" in name else ""
        for _, address in facts.links:
            parts = urlsplit(address)
            if not parts.fragment or parts.scheme or parts.netloc:
                continue
            target = _resolve(folder, unquote(parts.path)) if parts.path else name
            target += "index.html" if target.endswith("/") or not target else ""
            if target in pages and parts.fragment not in pages[target].ids:
                broken.append(f"{name} -> {address}")
    assert broken == []


def test_every_page_names_its_own_address(built_site: Path, pages: dict[str, PageFacts]) -> None:
    wrong = [
        f"{name}: {facts.canonical}"
        for name, facts in pages.items()
        if name != "404.html" and urlsplit(facts.canonical).path != "/" + name.removesuffix("index.html")
    ]
    assert wrong == []


def test_titles_differ(pages: dict[str, PageFacts]) -> None:
    seen: dict[str, str] = {}
    same = []
    for name, facts in pages.items():
        if facts.title in seen:
            same.append(f"{name} and {seen[facts.title]}: {facts.title.strip()}")
        seen[facts.title] = name
    assert same == []


def test_sitemap_lists_every_page(built_site: Path, pages: dict[str, PageFacts]) -> None:
    listed = set(re.findall(r"<loc>([^<]+)</loc>", (built_site / "sitemap.xml").read_text()))
    assert listed == {facts.canonical for name, facts in pages.items() if name != "404.html"}


def test_every_page_has_its_markdown_twin(built_site: Path, pages: dict[str, PageFacts]) -> None:
    missing = [
        name
        for name in pages
        if name != "404.html" and not (built_site / name).with_name("index.md").exists()
    ]
    assert missing == []


@pytest.mark.parametrize(
    "name", ["matrix", "components", "criteria", "evidence", "lifecycle", "api", "collector"]
)
def test_a_twin_tells_what_the_tables_of_its_page_tell(built_site: Path, name: str) -> None:
    page = html5lib.parse(
        (built_site / name / "index.html").read_text(encoding="utf-8"), namespaceHTMLElements=False
    )
    twin = re.sub(r"[\\\\\[\]`]", "", (built_site / name / "index.md").read_text(encoding="utf-8"))
    # What is first in a head is its name; counts and labels follow it.
    heads = {next(iter(th.itertext()), "").split(",")[0].strip() for th in page.iterfind(".//tbody/tr/th")}
    missing = [head for head in heads if head and head.split()[0] not in twin]
    assert missing == []
    assert len(twin) > 1000


def test_prose_search_does_not_hold_the_recipes_text(built_site: Path) -> None:
    index = json.loads((built_site / "search" / "search_index.json").read_text())
    recipes = [d for d in index["docs"] if d["location"].startswith("recipes/")]
    assert recipes
    assert len(recipes) == len({d["location"] for d in recipes})
    assert max(len(d["text"]) for d in recipes) < 2000


def test_nothing_is_fetched_from_elsewhere(built_site: Path, pages: dict[str, PageFacts]) -> None:
    elsewhere = [
        f"{name}: {address}"
        for name, facts in pages.items()
        for attribute, address in facts.links
        if attribute == "src" and urlsplit(address).netloc
    ]
    assert elsewhere == []
    for sheet in built_site.rglob("*.css"):
        assert not re.search(r"url\(\s*[\"']?https?:", sheet.read_text(encoding="utf-8")), sheet


def _resolve(folder: str, path: str) -> str:
    parts = [p for p in folder.split("/") if p]
    for step in path.split("/"):
        if step == "..":
            parts = parts[:-1]
        elif step not in (".", ""):
            parts.append(step)
    return "/".join(parts) + ("/" if path.endswith(("/", "..", ".")) and parts else "")
