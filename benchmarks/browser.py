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
import random
import re
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Route, sync_playwright

from generator.render.browserdata import as_script
from tests.browser.snapshots import snapshot_yaml
from tests.find_browser import FLAGS, find_browser

ROOT = Path(__file__).resolve().parent.parent
CLICKS = 60
READING_TIME = 1000  # milliseconds that pass before somebody who opened the page drops a file
DROPS = 12
# A mid-range phone: a processor four times slower than here, 40 ms away at 9 Mbit/s.
PHONE_CPU = 4
PHONE_NETWORK = {"offline": False, "latency": 40, "downloadThroughput": 9e6 / 8, "uploadThroughput": 3e6 / 8}
# What the pages are asked to run. A frame is over when a message posted inside it arrives.
AFTER_PAINT = """
globalThis.afterPaint = () => new Promise(done => requestAnimationFrame(() => {
  const channel = new MessageChannel();
  channel.port1.onmessage = () => done(performance.now());
  channel.port2.postMessage(0);
}));
"""
FACETS = """() => Object.fromEntries([...document.querySelectorAll('.facet')]
  .map(facet => [facet.id.slice(2), [...facet.querySelectorAll('input')].map(input => input.value)]))"""
CLICK = """async clicks => {
  const inputs = [...document.querySelectorAll('.opt input')], empty = [], painted = [];
  const pause = () => new Promise(done => setTimeout(done, 20));
  for (let i = 0; i < clicks; i++) {
    await pause();
    let began = performance.now();
    empty.push(await afterPaint() - began);
    await pause();
    began = performance.now();
    inputs[(i * 7919) % inputs.length].click();
    painted.push(await afterPaint() - began);
  }
  return {empty, painted};
}"""
SEARCH = """async () => {
  const field = document.getElementById('q'), hits = document.getElementById('hits'), began = performance.now();
  field.focus();
  field.value = 'gpu-operator';
  field.dispatchEvent(new Event('input'));
  while (hits.hidden) await new Promise(done => setTimeout(done, 2));
  return await afterPaint() - began;
}"""
SHIFT = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => { for (const each of list.getEntries()) sum += each.value; })
    .observe({type: 'layout-shift', buffered: true});
  setTimeout(() => done(sum), 600);
})"""
DROP = """async text => {
  performance.clearMarks();
  performance.clearMeasures();
  const data = new DataTransfer();
  data.items.add(new File([text], 's.yaml'));
  // The page marks the moment its verdicts stand in the document; the frame that shows them is the next one.
  const mark = performance.mark.bind(performance);
  const shown = new Promise(done => {
    performance.mark = (name, ...rest) => {
      if (name === 'aicr-verdicts') done(afterPaint());
      return mark(name, ...rest);
    };
  });
  const began = performance.now();
  dispatchEvent(new DragEvent('drop', {dataTransfer: data}));
  const painted = await shown;
  performance.mark = mark;
  return {took: painted - began, evaluation: performance.getEntriesByName('aicr-evaluate')[0].duration};
}"""
EDIT = """async () => {
  const took = [], edit = document.querySelector('[data-reading="K8s.server.version"]');
  for (let i = 0; i < 10; i++) {
    await new Promise(done => setTimeout(done, 150));
    const began = performance.now();
    if (i % 2) document.querySelectorAll('.vc')[i * 20].click();
    else {
      edit.value = `v1.${25 + i}.0`;
      edit.dispatchEvent(new Event('input', {bubbles: true}));
    }
    took.push(await afterPaint() - began);
  }
  return took;
}"""


@dataclass(frozen=True)
class Figure:
    """One measured quantity: its values, the statistic that is held to the budget, and the budget."""

    name: str
    values: Sequence[float]
    budget: float
    unit: str
    percentile: float = 50

    @property
    def held(self) -> float:
        """The value that the budget is about."""
        return percentile(self.values, self.percentile)

    def __str__(self) -> str:
        shown = (
            [f"p{p} {percentile(self.values, p):.1f}" for p in (50, 75, 95)] if len(self.values) > 1 else []
        )
        told = "ok" if self.held <= self.budget else "EXCEEDED"
        which = f"p{self.percentile:.0f}" if shown else ""
        held = f"{self.name:<58}{self.held:>9.1f} {self.unit:<3} {which:<4} budget {self.budget:>6.1f}"
        return f"{held}  {told:<9}{', '.join(shown)}"


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which *share* percent of *values* lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share / 100 * (len(ordered) - 1)))]


def packed(content: bytes) -> float:
    """Size in kilobytes as a server would send it."""
    return len(gzip.compress(content, 9, mtime=0)) / 1000


SIZES = {
    "service": 12,
    "accelerator": 14,
    "intent": 3,
    "os": 10,
    "platform": 6,
}  # with `any`: 30,240 combinations


def synthetic_matrix(seed: int = 7) -> dict[str, Any]:
    """A matrix of 30,240 combinations and some 300 recipes, laid out as overlays lay one out."""
    chance = random.Random(seed)
    names = {d: ["any", *(f"{d[:2]}{i}" for i in range(1, n))] for d, n in SIZES.items()}
    stated: list[dict[str, str]] = [{}]
    for service, accelerator in product(names["service"][1:], names["accelerator"][1:]):
        if chance.random() < 0.35:
            for intent in names["intent"][1:]:
                system = chance.choice(names["os"][1:4])
                base = {"service": service, "accelerator": accelerator, "intent": intent}
                stated += [
                    base,
                    {**base, "os": system},
                    {**base, "os": system, "platform": chance.choice(names["platform"][1:])},
                ]
    known = {tuple(r.get(d, "any") for d in SIZES): i for i, r in enumerate(stated)}
    coverage, resolved, lost = [], [], []
    dimensions = list(SIZES)
    for combination in product(*names.values()):
        best = max(
            (
                known.get(tuple(v if keep >> i & 1 else "any" for i, v in enumerate(combination)), 0)
                for keep in range(32)
            ),
            key=lambda i: len(stated[i]),
        )
        honoured = stated[best]
        mask = sum(
            1 << i
            for i, (d, v) in enumerate(zip(dimensions, combination, strict=True))
            if v not in ("any", honoured.get(d))
        )
        exact = combination in known and any(v != "any" for v in combination)
        coverage.append("0" if exact else "2" if honoured else "3")
        resolved.append(best)
        lost.append(f"{mask:02x}")
    return {
        "schemaVersion": "1.0", "catalogDigest": "sha256:0", "catalogVersion": "synthetic",
        "dimensions": [
            {"name": d, "label": d, "values": [{"name": v, "label": v, "title": v} for v in names[d]]} for d in SIZES
        ],
        "recipes": [synthetic_recipe(r) for r in stated],
        "coverage": "".join(coverage), "recipe": resolved, "notHonoured": "".join(lost),
    }  # fmt: skip


def synthetic_recipe(stated: Mapping[str, str]) -> dict[str, Any]:
    """A recipe's entry in the matrix."""
    name = "-".join(stated.values()) or "base"
    return {
        "id": name, "page": f"recipes/{name}/", "criteria": {d: stated.get(d, "any") for d in SIZES},
        "coverage": "exact", "startingPoint": len(stated) < 2, "evidence": "stated", "kubernetes": "≥ 1.32.4",
        "os": "Ubuntu 24.04", "kernel": "≥ 6.8", "driver": "580.105.08", "operator": "v26.7.0", "components": 14,
        "tiers": 4, "layers": 6, "honouredBy": dict.fromkeys(stated, name), "lifecycle": [],
        "bundles": [{"deployer": "helm", "url": f"bundles/{name}.tar.gz", "sha256": "0", "tarSha256": "0", "size": 1}],
    }  # fmt: skip


def synthetic_rules(real: Mapping[str, Any]) -> dict[str, Any]:
    """Rules of 300 recipes with 10 constraints each, the catalog's own checks and readings kept."""
    readings = [f"OS.sysctl./proc/sys/bench/{i}" for i in range(6)]
    named = [
        ("K8s.server.version", ">= 1.30"),
        ("OS.release.ID", "ubuntu"),
        ("OS.release.VERSION_ID", "24.04"),
    ]
    named += [
        ("OS.sysctl./proc/sys/kernel/osrelease", ">= 6.5"),
        *((r, f">= {i}") for i, r in enumerate(readings)),
    ]
    recipes = [
        {
            **real["recipes"][i % len(real["recipes"])], "id": f"bench-{i}",
            "criteria": {"service": "eks", "accelerator": "h100", "intent": "any", "os": "ubuntu", "platform": "any"},
            "coverage": "exact", "startingPoint": False,
            "constraints": [{"name": name, "value": value, "severity": "error"} for name, value in named], "phases": {},
        }
        for i in range(300)
    ]  # fmt: skip
    return {**real, "recipes": recipes}


def synthetic_snapshot(size: int = 180_000) -> str:
    """A snapshot in YAML of *size* characters."""
    readings = {
        "K8s.server.version": "v1.34.1-eks-1", "K8s.node.provider": "eks", "GPU.smi.gpu.model": "NVIDIA H100 80GB HBM3",
        "OS.release.ID": "ubuntu", "OS.release.VERSION_ID": "24.04", "OS.sysctl./proc/sys/kernel/osrelease": "6.8.0",
        **{f"OS.sysctl./proc/sys/bench/{i}": str(i) for i in range(6)},
    }  # fmt: skip
    text = snapshot_yaml(readings)
    filler = "".join(f"      /proc/sys/filler/{i}: 'value {i} of the list'\n" for i in range(size // 45))
    return (text + filler)[:size].rsplit("\n", 1)[0] + "\n"


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

    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(site)))
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
    yield Figure("empty frame, for comparison", found["empty"], 1000, "ms")
    yield Figure(
        "facet click to paint (budget: twice the empty frame)",
        found["painted"],
        2 * percentile(found["empty"], 50),
        "ms",
    )
    yield Figure("facet click to paint", found["painted"], 50, "ms", 95)
    ready = []
    for _ in range(5):
        page.goto(f"{address}/", wait_until="load")
        page.evaluate(AFTER_PAINT)
        ready.append(page.evaluate(SEARCH))
    yield Figure("search from focus to matches", ready, 500, "ms", 95)
    context.close()
    interactive, shifts = [], []
    for _ in range(5):
        context = browser.new_context(viewport={"width": 390, "height": 844}, is_mobile=True)
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", PHONE_NETWORK)
        session.send("Emulation.setCPUThrottlingRate", {"rate": PHONE_CPU})
        page.goto(f"{address}/", wait_until="load", timeout=60_000)
        interactive.append(page.evaluate("performance.getEntriesByName('aicr-ready')[0].startTime"))
        shifts.append(1000 * page.evaluate(SHIFT))
        context.close()
    yield Figure("home page interactive on a mid-range phone", interactive, 1000, "ms")
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
    return int(any(figure.held > figure.budget for figure in figures))


if __name__ == "__main__":
    sys.exit(main())
