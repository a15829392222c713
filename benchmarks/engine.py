"""How fast the engine is: our figures beside the reference program's and the aims, in one run on this machine.

    python -m benchmarks.engine [REFERENCE_CATALOG]

The reference catalog is AICR v0.11.1's recipe directory; without it our own catalog is measured alone.
"""

from __future__ import annotations

import argparse
import gc
import random
import resource
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from generator.core.criteria import DIMENSIONS, Criteria
from generator.engine.combinations import index_catalog, support_of
from generator.engine.match import select_among
from generator.engine.matrix import _grade_all, _group, build_matrix, dimension_values
from generator.engine.model import Catalog
from generator.engine.resolve import resolve_recipe
from generator.load.catalog import catalog_from_files, load_catalog, own_catalog_root

BESIDE = Path(__file__).resolve().parent.parent.parent / "shared" / "reference" / "aicr-v0.11.1"


def main() -> None:
    """Measure and print one line per figure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("catalog", nargs="?", type=Path, default=BESIDE, help="a folder with AICR's catalog")
    given: Path = parser.parse_args().catalog
    print(f"{'what (CPU time)':<68}{'ours':>12}   yardstick")
    measure_enumeration(200, 30_000)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    line("peak memory of the process so far", f"{peak:.0f} MB", "aim: 150 MB")
    for combinations in (60_000, 120_000, 240_000):
        measure_enumeration(200, combinations)
    for name, root in (("AICR v0.11.1", given), ("our catalog", own_catalog_root())):
        if root.is_dir():
            measure_catalog(name, root)


def measure_catalog(name: str, root: Path) -> None:
    """Load, resolve every distinct recipe, resolve one on a warm catalog."""
    load = best(lambda: load_catalog(root, own=None), 7)
    catalog = load_catalog(root, own=None)
    built = build_matrix(catalog)
    queries = [recipe.criteria for recipe in built.recipes]
    everything = best(lambda: [resolve_recipe(catalog, query) for query in queries], 15)
    one_by_one = best(lambda: resolve_each(catalog, queries), 15)
    matrix = best(lambda: build_matrix(catalog), 5)
    one, both = "", ""
    if name.startswith("AICR"):
        one, both = "reference program: 12 ms", "reference program: 20 ms"
    line(f"{name}: load", ms(load), one)
    line(f"{name}: load + {len(queries)} distinct recipes", ms(load + everything), both)
    yardstick = "aim: 0.5 ms; reference program: 0.22 ms"
    line(f"{name}: one recipe, warm catalog, origins included", ms(one_by_one / len(queries)), yardstick)
    line(f"{name}: matrix of {len(built.recipe)} combinations", ms(matrix), "")


def resolve_each(catalog: Catalog, queries: list[Criteria]) -> None:
    """Resolve one after the other and keep none, as a server or a command would."""
    for query in queries:
        resolve_recipe(catalog, query)


def measure_enumeration(overlays: int, combinations: int) -> None:
    """Match and group every combination of a made-up catalog, and grade the coverage of each."""
    catalog = made_up(overlays, combinations)
    values = dimension_values(catalog)
    count = 1
    for dimension in DIMENSIONS:
        count *= len(values[dimension])
    grouped = best(lambda: _group(values, index_catalog(catalog)), 7)
    index = index_catalog(catalog)
    masks, groups = _group(values, index)
    supports = [support_of(index, select_among(catalog, index.matches(mask))) for mask in masks]
    graded = best(lambda: _grade_all(values, groups, supports), 5)
    what = f"{count} combinations over {overlays} overlays"
    aim = "aim: 150 ms; a prototype: 53 ms" if combinations == 30_000 else ""
    line(f"{what}: matched and grouped into {len(masks)}", ms(grouped), aim)
    line(f"{what}: coverage of each", ms(graded), "")


def made_up(overlays: int, combinations: int) -> Catalog:
    """A catalog of overlays with random criteria over about that many combinations."""
    chance = random.Random(20_261_123)
    sizes = {"service": 10, "accelerator": 12, "intent": 5, "os": 10, "platform": round(combinations / 6_000)}
    words = {d: [f"{d[0]}{n}" for n in range(1, size)] for d, size in sizes.items()}
    listed = "\n".join(
        f"- {{name: {d}, label: {d}, values: [{', '.join(f'{{name: {w}, label: {w}}}' for w in words[d])}]}}"
        for d in DIMENSIONS
    )
    head = "apiVersion: aicr.run/v1alpha2\nkind: RecipeMetadata\nmetadata:\n  name: "
    files = {
        "registry.yaml": "kind: ComponentRegistry\ncomponents: []\n",
        "criteria.yaml": f"apiVersion: aicr-matrix/v1\nkind: CriteriaCatalog\ndimensions:\n{listed}\n",
        "overlays/base.yaml": f"{head}base\nspec:\n  componentRefs: []\n",
    }
    for number in range(overlays):
        stated = [d for d in DIMENSIONS if chance.random() < 0.6]
        criteria = ", ".join(f"{d}: {chance.choice(words[d])}" for d in stated)
        name = f"o{number:04d}"
        files[f"overlays/{name}.yaml"] = f"{head}{name}\nspec:\n  criteria: {{{criteria}}}\n"
    return catalog_from_files(files, own=False)


def best(run: Callable[[], object], times: int) -> float:
    """The median of the quicker half, in seconds of CPU: other work on the machine counts for little."""
    taken = []
    for _ in range(times):
        gc.collect()
        start = time.process_time()
        run()
        taken.append(time.process_time() - start)
    return statistics.median(sorted(taken)[: (times + 1) // 2])


def ms(seconds: float) -> str:
    return f"{seconds * 1000:.2f} ms"


def line(what: str, ours: str, yardstick: str) -> None:
    print(f"{what:<68}{ours:>12}   {yardstick}")


if __name__ == "__main__":
    main()
