"""How the site's build grows: CPU, peak memory and size, of our catalog and of made-up ones, beside the budgets.

    python -m benchmarks.site [RECIPES ...]

A made-up catalog has our components, mixins and criteria, and as many environments as asked for (60, 300 and 1,000
unless told). Each build is a whole `mkdocs build` in a process of its own; below it stands what this machine needs to
write as many files of the same sizes and nothing else. Then the preview is started, one overlay of our catalog is
edited, and the rebuild is timed. Timings on a shared machine vary by half.

No site is deleted before the last one is built: ext4 hands out no inode of a file deleted seconds ago and searches
past all of them for every new file, so that a build right after a deletion spends ten seconds there.
"""

from __future__ import annotations

import argparse
import gzip
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from generator.load.catalog import load_catalog, own_catalog_root
from generator.pipeline import build_site_model
from generator.render.pages import page_makers
from generator.render.site import recipe_address

ROOT = Path(__file__).resolve().parent.parent
CPU_BUDGET, PAGE_BUDGET, MEMORY_BUDGET, GZIP_BUDGET, REBUILD_BUDGET = 15.0, 15.0, 250, 15_000, 2.0
EPOCH = "1795420800"
PATIENCE = 120.0  # seconds for the preview to start or to rebuild
OVERLAY = """\
apiVersion: aicr.run/v1alpha2
kind: RecipeMetadata
metadata:
  name: {name}
  annotations:
    aicr-matrix/evidence: inferred
    aicr-matrix/sources: made up by a benchmark
spec:
  base: base
  criteria:
    service: {service}
    accelerator: {accelerator}
    intent: {intent}
    os: {os}
    platform: {platform}
  mixins: [platform-kubeflow]
  constraints:
  - name: K8s.server.version
    value: ">= 1.3{minor}"
  componentRefs:
  - name: gpu-operator
    type: Helm
    overrides:
      driver:
        version: "595.91.{number}"
        rdma:
          enabled: true
      toolkit:
        installDir: /opt/made-up/{number}
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds that something took."""

    user: float
    system: float
    wall: float


@dataclass(frozen=True, slots=True)
class Build:
    """What one build cost and made."""

    user: float
    system: float
    wall: float
    memory: float  # MB
    pages: int
    files: int
    largest: int  # bytes of the largest recipe page, compressed, without the shell
    writing: Cost  # of the same files alone

    @property
    def cpu(self) -> float:
        """Seconds of CPU, the system's included."""
        return self.user + self.system


def main() -> int:
    """Build and print a line per catalog; 1 when a budget is not kept."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument(
        "recipes", nargs="*", type=int, default=[60, 300, 1000], help="recipes per made-up catalog"
    )
    numbers: list[int] = parser.parse_args().recipes
    print(
        f"{'catalog':<14}{'user s':>8}{'sys s':>7}{'CPU s':>7}{'wall s':>8}"
        f"{'MB peak':>9}{'pages':>7}{'files':>8}{'page gz':>9}"
    )
    found: dict[int, Build] = {}
    with tempfile.TemporaryDirectory() as scratch:
        _line("ours", _build(own_catalog_root(), Path(scratch) / "ours"))
        for number in numbers:
            folder = Path(scratch) / str(number)
            found[number] = _build(make_catalog(folder, number), folder)
            _line(f"{number} recipes", found[number])
        rebuild = _rebuild(Path(scratch) / "edited")
        page = _page_cost(make_catalog(Path(scratch) / "pages", numbers[0]), Path(scratch) / "spool")
    return _judge(found, rebuild, page)


def _page_cost(catalog: Path, spool: Path) -> float:
    """Milliseconds of CPU for one recipe page, its templates compiled and its bundles packed before."""
    spool.mkdir()
    site = build_site_model(catalog, epoch=int(EPOCH), spool=spool)
    makers = page_makers(site)
    pages = [makers[recipe_address(recipe.criteria)] for recipe in site.shown_recipes]
    pages[0]()
    began = time.process_time()
    for make in pages:
        make()
    return 1000 * (time.process_time() - began) / len(pages)


def _judge(found: dict[int, Build], rebuild: Cost, page: float) -> int:
    print(
        f"rebuild after an edit: {rebuild.user:.1f} s user, {rebuild.system:.1f} s system, {rebuild.wall:.1f} s wall"
    )
    kept = _budget("rebuild in the preview after editing one overlay, CPU s", _cpu(rebuild), REBUILD_BUDGET)
    if 300 in found:
        kept &= _budget("whole site at 300 recipes, CPU s", found[300].cpu, CPU_BUDGET)
    if 1000 in found:
        kept &= _budget("peak memory at 1,000 recipes, MB", found[1000].memory, MEMORY_BUDGET)
    sizes = sorted(found)
    if len(sizes) > 1:
        few, many = sizes[0], sizes[-1]
        each = 1000 * (found[many].cpu - found[few].cpu) / (many - few)
        print(f"a further recipe with page, documents, four bundles and SBOMs, CPU ms: {each:.1f}")
    kept &= _budget("a further recipe page, CPU ms", page, PAGE_BUDGET)
    if found:
        largest = max(build.largest for build in found.values())
        kept &= _budget("largest recipe page, compressed bytes without the shell", largest, GZIP_BUDGET)
    return 0 if kept else 1


def _budget(what: str, measured: float, budget: float) -> bool:
    print(f"{what}: {measured:,.1f}, budget {budget:,.0f}{'' if measured <= budget else '  OVER'}")
    return measured <= budget


def _line(name: str, build: Build) -> None:
    print(
        f"{name:<14}{build.user:>8.1f}{build.system:>7.1f}{build.cpu:>7.1f}{build.wall:>8.1f}"
        f"{build.memory:>9.0f}{build.pages:>7}{build.files:>8}{build.largest:>9}"
    )
    alone = build.writing
    print(
        f"{'  files alone':<14}{alone.user:>8.1f}{alone.system:>7.1f}{_cpu(alone):>7.1f}{alone.wall:>8.1f}",
        flush=True,
    )


def _cpu(cost: Cost) -> float:
    return cost.user + cost.system


def make_catalog(folder: Path, number: int) -> Path:
    """Write a catalog of *number* environments, each with an overlay of its own, below *folder*."""
    root = folder / "catalog"
    shutil.copytree(own_catalog_root(), root)
    for path in (root / "overlays").glob("*.yaml"):
        if path.name != "base.yaml":
            path.unlink()
    for path in (root / "mixins").glob("*.yaml"):
        if path.name != "platform-kubeflow.yaml":
            path.unlink()
    for at, values in zip(range(number), _environments(), strict=False):
        name = "{accelerator}-{service}-{os}-{intent}-{platform}".format(**values)
        text = OVERLAY.format(name=name, minor=3 + at % 4, number=10 + at % 80, **values)
        (root / "overlays" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return root


def _environments() -> Iterator[dict[str, str]]:
    catalog = load_catalog(own_catalog_root(), own=True)
    listed = catalog.criteria["dimensions"]
    assert isinstance(listed, list)
    values = {str(d["name"]): [str(v["name"]) for v in d["values"]] for d in listed}
    names = ("service", "accelerator", "intent", "os", "platform")
    # The platform turns slowest, so that a small catalog already meets every service and accelerator.
    for platform, system, *rest in product(
        *(values[d] for d in ("platform", "os", "intent", "service", "accelerator"))
    ):
        intent, service, accelerator = rest
        yield dict(zip(names, (service, accelerator, intent, system, platform), strict=True))


def _build(catalog: Path, folder: Path) -> Build:
    """Run one build in a child, into *folder*, and read what it used."""
    site = folder / "site"
    command = [sys.executable, "-m", "mkdocs", "build", "-q", "-f", str(ROOT / "mkdocs.yml"), "-d", str(site)]
    started = time.monotonic()
    pid = os.posix_spawn(
        sys.executable,
        command,
        _environment(catalog),
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
    )
    _, status, usage = os.wait4(pid, 0)
    wall = time.monotonic() - started
    if status:
        raise SystemExit("the build failed")
    sizes = {str(p.relative_to(site)): p.stat().st_size for p in site.rglob("*") if p.is_file()}
    return Build(
        user=usage.ru_utime,
        system=usage.ru_stime,
        wall=wall,
        memory=usage.ru_maxrss / 1024,
        pages=sum(1 for path in sizes if path.endswith(".html")),
        files=len(sizes),
        largest=max(_compressed(path) for path in (site / "recipes").rglob("*.html")),
        writing=_write_alone(sizes, folder / "alone"),
    )


def _environment(catalog: Path) -> dict[str, str]:
    own = catalog == own_catalog_root()
    return {
        **os.environ,
        "SOURCE_DATE_EPOCH": EPOCH,
        "NO_MKDOCS_2_WARNING": "1",
        "AICR_MATRIX_CATALOG": "" if own else str(catalog),
    }


def _write_alone(sizes: dict[str, int], folder: Path) -> Cost:
    """The yardstick: folders and files of *sizes*, full of zeros."""
    zeros = bytes(max(sizes.values()))
    before = os.times()
    for below in sorted({path.rpartition("/")[0] for path in sizes}):
        (folder / below).mkdir(parents=True, exist_ok=True)
    for path, size in sizes.items():
        with open(f"{folder}/{path}", "wb", buffering=0) as file:  # noqa: PTH123 - as cheap as it gets
            file.write(zeros[:size])
    after = os.times()
    return Cost(after.user - before.user, after.system - before.system, after.elapsed - before.elapsed)


def _rebuild(folder: Path) -> Cost:
    """Start the preview of a copy of our catalog, edit one overlay, and read what the rebuild used."""
    catalog = folder / "catalog"
    shutil.copytree(own_catalog_root(), catalog)
    edited = min(catalog.glob("overlays/h100-eks*.yaml"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-u",
        "-m",
        "mkdocs",
        "serve",
        "-f",
        str(ROOT / "mkdocs.yml"),
        "-a",
        f"127.0.0.1:{port}",
    ]
    log = folder / "log"
    with (
        log.open("wb") as out,
        subprocess.Popen(
            [*command, "--livereload"], env=_environment(catalog), stdout=out, stderr=out
        ) as preview,
    ):
        try:
            _await(log, "Serving on", 1, preview)
            time.sleep(1.5)  # the watcher has seen the folder as it is
            before, started = _used(preview.pid), time.monotonic()
            edited.write_text(edited.read_text(encoding="utf-8") + "# edited\n", encoding="utf-8")
            _await(log, "Documentation built", 2, preview)
            wall, after = time.monotonic() - started, _used(preview.pid)
        finally:
            preview.send_signal(signal.SIGINT)
    return Cost(after[0] - before[0], after[1] - before[1], wall)


def _await(log: Path, text: str, times: int, preview: subprocess.Popen[bytes]) -> None:
    """Wait until *log* holds *text* so many times."""
    ends = time.monotonic() + PATIENCE
    while log.read_text(encoding="utf-8").count(text) < times:
        if time.monotonic() > ends or preview.poll() is not None:
            raise SystemExit(
                f"the preview did not come to {text!r}: {log.read_text(encoding='utf-8')[-2000:]}"
            )
        time.sleep(0.02)


def _used(pid: int) -> tuple[float, float]:
    """User and system seconds of a running process, as Linux counts them."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    tick = os.sysconf("SC_CLK_TCK")
    return int(fields[11]) / tick, int(fields[12]) / tick


def _compressed(path: Path) -> int:
    """The size of a page's own part, compressed as a server would."""
    text = path.read_text(encoding="utf-8")
    start, end = text.find('id="content">'), text.find("</main>")
    return len(gzip.compress(text[start:end].encode(), 6))


if __name__ == "__main__":
    sys.exit(main())
