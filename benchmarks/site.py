"""How the site's build grows: CPU, peak memory and size, of our catalog and of made-up ones, beside the budgets.

    python benchmarks/site.py [RECIPES ...]

A made-up catalog has our components, mixins and criteria, and as many environments as asked for (60, 300 and 1,000
unless told). Each build is a whole `mkdocs build` in a process of its own. Timings on a shared machine vary by half.
"""

from __future__ import annotations

import gzip
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from generator.load.catalog import load_catalog, own_catalog_root

ROOT = Path(__file__).resolve().parent.parent
CPU_BUDGET, PAGE_BUDGET, MEMORY_BUDGET, GZIP_BUDGET = 15.0, 15.0, 250, 15_000
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
class Build:
    """What one build cost and made."""

    cpu: float
    wall: float
    memory: float  # MB
    pages: int
    files: int
    largest: int  # bytes of the largest recipe page, compressed, without the shell


def main(arguments: list[str]) -> int:
    """Build and print a line per catalog; 1 when a budget is not kept."""
    numbers = [int(a) for a in arguments] or [60, 300, 1000]
    print(f"{'catalog':<14}{'CPU s':>8}{'wall s':>8}{'MB peak':>9}{'pages':>7}{'files':>8}{'page gz':>9}")
    found: dict[int, Build] = {}
    _line("ours", _build(own_catalog_root()))
    for number in numbers:
        with tempfile.TemporaryDirectory() as scratch:
            found[number] = _build(make_catalog(Path(scratch), number))
        _line(f"{number} recipes", found[number])
    return _judge(found)


def _judge(found: dict[int, Build]) -> int:
    kept = True
    if 300 in found:
        kept &= _budget("whole site at 300 recipes, CPU s", found[300].cpu, CPU_BUDGET)
    if 1000 in found:
        kept &= _budget("peak memory at 1,000 recipes, MB", found[1000].memory, MEMORY_BUDGET)
    sizes = sorted(found)
    if len(sizes) > 1:
        few, many = sizes[0], sizes[-1]
        each = 1000 * (found[many].cpu - found[few].cpu) / (many - few)
        kept &= _budget("a further recipe with page, documents and bundles, CPU ms", each, PAGE_BUDGET)
    if found:
        largest = max(build.largest for build in found.values())
        kept &= _budget("largest recipe page, compressed bytes without the shell", largest, GZIP_BUDGET)
    return 0 if kept else 1


def _budget(what: str, measured: float, budget: float) -> bool:
    print(f"{what}: {measured:,.1f}, budget {budget:,.0f}{'' if measured <= budget else '  OVER'}")
    return measured <= budget


def _line(name: str, build: Build) -> None:
    print(
        f"{name:<14}{build.cpu:>8.1f}{build.wall:>8.1f}{build.memory:>9.0f}{build.pages:>7}{build.files:>8}{build.largest:>9}"
    )


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


def _build(catalog: Path) -> Build:
    """Run one build in a child and read what it used."""
    with tempfile.TemporaryDirectory() as scratch:
        site = Path(scratch) / "site"
        command = [
            sys.executable,
            "-m",
            "mkdocs",
            "build",
            "-q",
            "-f",
            str(ROOT / "mkdocs.yml"),
            "-d",
            str(site),
        ]
        own = catalog == own_catalog_root()
        environment = {
            **os.environ,
            "SOURCE_DATE_EPOCH": "1795420800",
            "NO_MKDOCS_2_WARNING": "1",
            "AICR_MATRIX_CATALOG": "" if own else str(catalog),
        }
        started = os.times().elapsed
        pid = os.posix_spawn(
            sys.executable,
            command,
            environment,
            file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
        )
        _, status, usage = os.wait4(pid, 0)
        if status:
            raise SystemExit("the build failed")
        return Build(
            cpu=usage.ru_utime + usage.ru_stime,
            wall=os.times().elapsed - started,
            memory=usage.ru_maxrss / 1024,
            pages=sum(1 for _ in site.rglob("*.html")),
            files=sum(1 for path in site.rglob("*") if path.is_file()),
            largest=max(_compressed(path) for path in (site / "recipes").rglob("*.html")),
        )


def _compressed(path: Path) -> int:
    """The size of a page's own part, compressed as a server would."""
    text = path.read_text(encoding="utf-8")
    start, end = text.find('id="content">'), text.find("</main>")
    return len(gzip.compress(text[start:end].encode(), 6))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
