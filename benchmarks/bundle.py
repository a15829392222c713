"""Measures bundling: CPU per bundle against its floor, which is compressing and hashing the same bytes.

    python -m benchmarks.bundle [--catalog DIR] [--synthetic 1200]

Prints a line per measurement and ends with 1 when a budget is exceeded: all distinct recipes at most three
times the floor, 1,200 synthetic bundles of common size in less than 5 seconds of CPU in one process, bills of
materials and signed provenance at most 5 ms of CPU a recipe.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from generator.bundle import (
    DEPLOYERS,
    BundleOptions,
    BundlePlan,
    build_bundle,
    bundle_name,
    pack_gz,
    pack_tar,
    plan_bundle,
)
from generator.bundle.provenance import bundle_statement, sign
from generator.bundle.sbom import cyclonedx, spdx
from generator.engine.matrix import build_matrix
from generator.engine.model import Catalog, Recipe
from generator.load.catalog import load_catalog, own_catalog_root

FLOOR_FACTOR = 3.0
SYNTHETIC_BUDGET = 5.0  # CPU seconds for 1,200
PAPERS_BUDGET = 5.0  # CPU milliseconds a recipe
EPOCH = 1_790_000_000
COMMON_SIZE = 200_000  # bytes of tar; bundles that carry whole API definitions are several times that


@dataclass(frozen=True)
class Timed:
    """What a piece of work gave and what it cost."""

    result: list[bytes]
    cpu: float
    wall: float


def timed(work: Callable[[], list[bytes]]) -> Timed:
    """Run *work* once."""
    cpu, wall = time.process_time(), time.perf_counter()
    result = work()
    return Timed(result, time.process_time() - cpu, time.perf_counter() - wall)


def bundle(catalog: Catalog, recipe: Recipe, deployer: str, options: BundleOptions) -> bytes:
    """One bundle: rendered, packed, hashed. Returns the tar."""
    tar = pack_tar(bundle_name(recipe, deployer), build_bundle(catalog, recipe, deployer, options))
    hashlib.sha256(tar).hexdigest()
    hashlib.sha256(pack_gz(tar)).hexdigest()
    return tar


def floor(tars: Sequence[bytes]) -> list[bytes]:
    """gzip and sha256 of the same bytes, by the standard library."""
    return [hashlib.sha256(gzip.compress(tar, 6, mtime=0)).digest() for tar in tars]


def everything(root: str) -> list[bytes]:
    """All distinct recipes of the catalog, from loading on."""
    catalog = load_catalog(Path(root))
    return [bundle(catalog, recipe, "helm", BundleOptions()) for recipe in build_matrix(catalog).recipes]


def half(root: str, part: int) -> tuple[int, float]:
    """Every second recipe; the number of bundles and the CPU they took in this process."""
    start = time.process_time()
    catalog = load_catalog(Path(root))
    recipes = build_matrix(catalog).recipes[part::2]
    return len(
        [bundle(catalog, recipe, "helm", BundleOptions()) for recipe in recipes]
    ), time.process_time() - start


def described(plan: BundlePlan, key: Ed25519PrivateKey) -> bytes:
    """Both bills of materials, and the signed provenance of every deployer's bundle."""
    made = [cyclonedx(plan, EPOCH), spdx(plan, EPOCH)]
    subject = {f"{plan.recipe.id}.tar.gz": "0" * 64}
    made += [sign(bundle_statement(plan, deployer, subject, EPOCH), key) for deployer in DEPLOYERS]
    return b"".join(made)


def synthetic(catalog: Catalog, recipes: Sequence[Recipe], number: int) -> list[bytes]:
    """*number* bundles, no two alike: other node counts, selectors and tolerations for the same recipes."""
    made = []
    for k in range(number):
        options = BundleOptions(
            accelerated_node_selector={"pool": f"gpu-{k // len(recipes) % 6}"},
            system_node_selector={"pool": f"system-{k // len(recipes) % 3}"},
            nodes=k + 1,
        )
        made.append(bundle(catalog, recipes[k % len(recipes)], "helm", options))
    return made


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--catalog", default=str(own_catalog_root()))
    parser.add_argument("--synthetic", type=int, default=1200)
    arguments = parser.parse_args()
    within = True

    whole = timed(lambda: everything(arguments.catalog))
    count = len(whole.result)
    least = timed(lambda: floor(whole.result))
    factor = whole.cpu / least.cpu
    within &= factor <= FLOOR_FACTOR
    size = sum(map(len, whole.result)) / 1e6
    print(f"catalog {Path(arguments.catalog).name}: {count} distinct recipes, {size:.1f} MB of tar")
    print(
        f"loaded, resolved, rendered, packed, hashed: {whole.cpu:.2f} s CPU, {whole.cpu / count * 1e3:.1f} ms each"
    )
    print(
        f"floor (gzip 6 and sha256 of the same): {least.cpu:.2f} s CPU; factor {factor:.2f} (at most {FLOOR_FACTOR})"
    )

    start = time.perf_counter()
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        halves = list(pool.map(half, [arguments.catalog] * 2, range(2)))
    cpu = sum(spent for _, spent in halves)
    print(f"two processes: {cpu:.2f} s CPU, {time.perf_counter() - start:.2f} s wall with their start")

    catalog = load_catalog(Path(arguments.catalog))
    distinct = build_matrix(catalog).recipes
    key = Ed25519PrivateKey.generate()
    planned = [plan_bundle(catalog, recipe, BundleOptions()) for recipe in distinct]
    papers = timed(lambda: [described(plan, key) for plan in planned])
    each = papers.cpu / count * 1e3
    within &= each <= PAPERS_BUDGET
    print(
        f"both bills of materials and {len(DEPLOYERS)} signed statements: {each:.2f} ms CPU a recipe "
        f"(at most {PAPERS_BUDGET:.0f})"
    )

    small = [len(tar) < COMMON_SIZE for tar in whole.result]
    recipes = [recipe for recipe, fits in zip(distinct, small, strict=True) if fits]
    for deployer in DEPLOYERS:
        spent = timed(lambda d=deployer: [bundle(catalog, r, d, BundleOptions()) for r in recipes])  # type: ignore[misc]
        print(f"{deployer}: {spent.cpu / len(recipes) * 1e3:.2f} ms CPU each, over {len(recipes)} recipes")
    many = timed(lambda: synthetic(catalog, recipes, arguments.synthetic))
    budget = SYNTHETIC_BUDGET * arguments.synthetic / 1200
    within &= many.cpu < budget
    size = sum(map(len, many.result)) / len(many.result) / 1e3
    print(
        f"{len(set(many.result))} synthetic bundles of {size:.0f} kB: {many.cpu:.2f} s CPU in one process "
        f"(less than {budget:.1f})"
    )
    print("within budget" if within else "OVER BUDGET")
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())
