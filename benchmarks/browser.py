"""Measures the site in Chromium: what a page transfers, when it answers, how fast a click or a snapshot is on screen.

    python -m benchmarks.browser [--site DIR]

Reads a built site (`make site`), puts a synthetic catalog of 30,000 combinations and rules of 300 recipes in place of
its data, prints each figure's percentiles beside its budget and ends with 1 when a budget is exceeded.
"""

from __future__ import annotations

import argparse
import functools
import gzip
import json
import re
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Route, sync_playwright

from benchmarks.browser_pages import (
    AFTER_PAINT,
    CLICK,
    DROP,
    EDIT,
    FACETS,
    INTERACTIVE,
    SEARCH,
    SHIFT,
    SPEED,
    synthetic_matrix,
    synthetic_rules,
    synthetic_snapshot,
)
from generator.render.browserdata import as_script
from tests.find_browser import FLAGS, find_browser

ROOT = Path(__file__).resolve().parent.parent
CLICKS = 200  # a click falls anywhere between two frames: fewer leave the median of an empty frame to chance
READING_TIME = 1000  # milliseconds that pass before somebody who opened the page drops a file
DROPS = 12
# Scores in Lighthouse's BenchmarkIndex by which Chrome DevTools calibrates its CPU presets (CalibrationController.ts):
# a mid-tier phone is one like the Pixel 5, a low-tier one like the Moto G4 Power of 2022.
PHONES = {"mid-range": 1000, "low-end": 264}
SLOWDOWN = 4  # the factor DevTools gave a mid-tier phone before it measured the machine
# 40 ms away at 9 Mbit/s.
PHONE_NETWORK = {"offline": False, "latency": 40, "downloadThroughput": 9e6 / 8, "uploadThroughput": 3e6 / 8}


@dataclass(frozen=True)
class Figure:
    """One measured quantity: its values, the statistic that is held to the budget, and the budget."""

    name: str
    values: Sequence[float]
    budget: float | None  # None where the figure stands for comparison
    unit: str
    percentile: float = 50

    @property
    def held(self) -> float:
        """The value that the budget is about."""
        return percentile(self.values, self.percentile)

    @property
    def exceeded(self) -> bool:
        """Whether the value is over its budget."""
        return self.budget is not None and self.held > self.budget

    def __str__(self) -> str:
        shown = (
            [f"p{p} {percentile(self.values, p):.1f}" for p in (50, 75, 95)] if len(self.values) > 1 else []
        )
        told = "" if self.budget is None else "EXCEEDED" if self.exceeded else "ok"
        which = f"p{self.percentile:.0f}" if shown else ""
        budget = "" if self.budget is None else f"budget {self.budget:>6.1f}"
        held = f"{self.name:<58}{self.held:>9.1f} {self.unit:<3} {which:<4} {budget:<13}"
        return f"{held}  {told:<9}{', '.join(shown)}"


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which *share* percent of *values* lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share / 100 * (len(ordered) - 1)))]


def packed(content: bytes) -> float:
    """Size in kilobytes as a server would send it."""
    return len(gzip.compress(content, 9, mtime=0)) / 1000


@contextmanager
def served(site: Path) -> Iterator[str]:
    """The site behind a server that compresses, as any host of static files does."""

    sent = functools.cache(lambda path: gzip.compress(path.read_bytes(), 6, mtime=0))

    class Handler(SimpleHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = Path(self.translate_path(self.path))
            path = path / "index.html" if path.is_dir() else path
            if not path.is_file():
                self.send_error(404)
                return
            content = sent(path)  # a host keeps what it has compressed
            self.send_response(200)
            self.send_header("Content-Type", self.guess_type(str(path)))
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Cache-Control", "max-age=600")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Figures only."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A browser that closes a page drops its connections; anything else is told."""
            if not isinstance(sys.exception(), ConnectionError):
                super().handle_error(request, client_address)

    server = Server(("127.0.0.1", 0), functools.partial(Handler, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def sizes(site: Path, matrix: Mapping[str, Any]) -> Iterator[Figure]:
    """What the pages weigh, compressed, without the theme's own files."""
    assets = site / "assets"
    home = [
        site / "index.html",
        assets / "stylesheets/aicr-matrix.css",
        assets / "home.js",
        assets / "data/matrix.js",
        assets / "data/search.js",
    ]
    yield Figure(
        "home page beyond the theme, search included", [sum(packed(p.read_bytes()) for p in home)], 150, "KB"
    )
    arrays = {key: matrix[key] for key in ("dimensions", "coverage", "recipe", "notHonoured")}
    yield Figure(
        f"finder index at {len(matrix['coverage']):,} combinations",
        [packed(json.dumps(arrays, separators=(",", ":")).encode())],
        10,
        "KB",
    )
    validator = [assets / "validator.js", assets / "validator-worker.js"]
    yield Figure(
        "validator's scripts with the YAML parser", [sum(packed(p.read_bytes()) for p in validator)], 40, "KB"
    )
    pages = sorted((site / "recipes").rglob("index.html"))
    bodies = [re.search(r"<main.*</main>", p.read_text(encoding="utf-8"), re.DOTALL) for p in pages]
    yield Figure("recipe page without the theme", [packed(b[0].encode()) for b in bodies if b], 15, "KB", 95)


def with_data(page: Page, name: str, value: object) -> None:
    """Give the page a synthetic document in place of the site's."""
    body = as_script(name, value)

    def fulfil(route: Route) -> None:
        route.fulfill(body=body, content_type="text/javascript")

    page.route(f"**/assets/data/{name}.js", fulfil)


def finder(browser: Browser, address: str, matrix: Mapping[str, Any]) -> Iterator[Figure]:
    """Facet clicks and search on 30,000 combinations, and the first answer on a phone."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"{address}/")
    # The page's own facets go with its own data: the synthetic matrix takes the real values' places by number.
    names = page.evaluate(FACETS)
    page.close()
    renamed = rename(matrix, names)
    page = context.new_page()
    with_data(page, "matrix", renamed)
    page.goto(f"{address}/", wait_until="load")
    page.evaluate(AFTER_PAINT)
    found = page.evaluate(CLICK, CLICKS)
    yield Figure("empty frame, for comparison", found["empty"], None, "ms")
    yield Figure(
        "facet click to paint (budget: twice the empty frame)",
        found["painted"],
        2 * percentile(found["empty"], 50),
        "ms",
    )
    yield Figure("facet click to paint", found["painted"], 50, "ms", 95)
    yield Figure("facet click to counts, advice and neighbours painted", found["settled"], 100, "ms", 95)
    ready = []
    for _ in range(5):
        page.goto(f"{address}/", wait_until="load")
        page.evaluate(AFTER_PAINT)
        ready.append(page.evaluate(SEARCH))
    yield Figure("search from focus to matches", ready, 500, "ms", 95)
    context.close()
    yield from phones(browser, address)


def phones(browser: Browser, address: str) -> Iterator[Figure]:
    """When the facets are on screen and answer, on phones of known speed, whatever the speed of this machine."""
    page = browser.new_page()
    score = percentile([page.evaluate(SPEED) for _ in range(5)], 50)
    page.close()
    rates = {f"a {name} phone": max(1, score / wanted) for name, wanted in PHONES.items()}
    budgets = {"a mid-range phone": 1000, "a slower machine": 1000}
    shifts = []
    for name, rate in {**rates, "a slower machine": SLOWDOWN}.items():
        interactive = []
        for _ in range(5):
            context = browser.new_context(viewport={"width": 390, "height": 844}, is_mobile=True)
            page = context.new_page()
            session = context.new_cdp_session(page)
            session.send("Network.enable")
            session.send("Network.emulateNetworkConditions", PHONE_NETWORK)
            session.send("Emulation.setCPUThrottlingRate", {"rate": rate})
            page.goto(f"{address}/", wait_until="load", timeout=60_000)
            interactive.append(page.evaluate(INTERACTIVE))
            shifts.append(1000 * page.evaluate(SHIFT))
            context.close()
        yield Figure(
            f"home interactive on {name}, {rate:.1f} times slower", interactive, budgets.get(name), "ms"
        )
    yield Figure("layout shift of the home page (thousandths)", shifts, 10, "", 95)


def rename(matrix: Mapping[str, Any], names: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The synthetic matrix with the page's facet values, more where it has more; the page shows the ones it knows."""
    made = json.loads(json.dumps(matrix))
    for dimension in made["dimensions"]:
        for value, name in zip(dimension["values"], names[dimension["name"]], strict=False):
            value["name"] = value["label"] = value["title"] = name
    result: dict[str, Any] = made
    return result


def validator(browser: Browser, address: str, rules: Mapping[str, Any]) -> Iterator[Figure]:
    """A 180 KB snapshot against 300 recipes of 10 constraints: cold, warm, evaluation alone, later interactions."""
    text = synthetic_snapshot()
    cold, warm, evaluation, later = [], [], [], []
    for _ in range(DROPS // 3):
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        page = context.new_page()
        with_data(page, "rules", rules)
        page.goto(f"{address}/validate/", wait_until="load")
        page.evaluate(AFTER_PAINT)
        page.wait_for_timeout(READING_TIME)
        cold.append(page.evaluate(DROP, text)["took"])
        for _ in range(DROPS // 3):
            page.locator("[data-remove]").click()
            found = page.evaluate(DROP, text)
            warm.append(found["took"])
            evaluation.append(found["evaluation"])
        later += page.evaluate(EDIT)
        context.close()
    yield Figure("180 KB snapshot, 300 recipes: drop to verdicts, cold", cold, 250, "ms")
    yield Figure("180 KB snapshot, 300 recipes: drop to verdicts, warm", warm, 60, "ms")
    yield Figure("evaluation of 300 recipes alone", evaluation, 15, "ms")
    yield Figure("every later interaction to paint", later, 50, "ms", 95)


def main() -> int:
    """Measure, print, and say by the exit code whether every budget is held."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--site", type=Path, default=ROOT / "site", help="a built site")
    site: Path = parser.parse_args().site
    executable = find_browser()
    if executable is None or not (site / "index.html").exists():
        print("a browser and a built site are needed: run make site", file=sys.stderr)
        return 2
    matrix = synthetic_matrix()
    rules = synthetic_rules(json.loads((site / "api/v1/rules.json").read_text(encoding="utf-8")))
    figures: list[Figure] = []
    with served(site) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(executable), args=list(FLAGS))
        for group in (
            sizes(site, matrix),
            finder(browser, address, matrix),
            validator(browser, address, rules),
        ):
            for figure in group:
                print(figure, flush=True)
                figures.append(figure)
        browser.close()
    return int(any(figure.exceeded for figure in figures))


if __name__ == "__main__":
    sys.exit(main())
