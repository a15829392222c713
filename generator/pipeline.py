"""The stages in order, from a catalog directory to everything the site is made of. Called by the MkDocs adapter."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from generator import __version__
from generator.bundle.build import build_files, bundle_name, common_files
from generator.bundle.deployers import DEPLOYERS
from generator.bundle.model import BundleOptions, BundlePlan, Files, Toleration
from generator.bundle.pack import pack_gz, pack_tar
from generator.bundle.plan import plan_bundle
from generator.bundle.provenance import bundle_statement, load_private_key, public_pem, sign
from generator.bundle.sbom import cyclonedx, spdx
from generator.engine.matrix import build_matrix, cell_at
from generator.engine.model import Catalog, Coverage, Recipe
from generator.engine.problems import ProblemsFound
from generator.load.catalog import load_catalog, own_catalog_root
from generator.load.schemas import schemas
from generator.render.browserdata import as_json
from generator.render.site import Asset, Download, Site

V = TypeVar("V", covariant=True)
Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many are done and how many there are."""


GPU_TAINT = (Toleration(key="nvidia.com/gpu", effect="NoSchedule"),)


def _silent(what: str, done: int, total: int) -> None:
    pass


def build_site_model(
    catalog_root: Path | None = None,
    data: Sequence[Path] = (),
    *,
    epoch: int,
    address: str = "https://aicr-matrix.example/",
    vectors: Path | None = None,
    signing_key: bytes = b"",
    spool: Path | None = None,
    preview: bool = False,
    progress: Progress = _silent,
) -> Site:
    """Load the catalog, resolve every combination, build and pack every bundle.

    *catalog_root* None means our own catalog, held to our own rules. *epoch* is the build's time in seconds: only
    its date is shown. *signing_key* is an Ed25519 private key as PEM: with it
    every bundle has a signed provenance. Raises ProblemsFound with every problem of the catalog, and KeyRefused.
    """
    key = load_private_key(signing_key) if signing_key else None
    progress("Reading the catalog", 0, 1)
    own = True if catalog_root is None else None
    catalog = load_catalog(catalog_root or own_catalog_root(), data=tuple(data), own=own)
    progress("Resolving every combination", 0, 1)
    matrix = build_matrix(catalog)
    cells = {recipe.id: cell_at(matrix, catalog, recipe.criteria) for recipe in matrix.recipes}
    supported = [r for r in matrix.recipes if cells[r.id].coverage in (Coverage.EXACT, Coverage.COMPOSED)]
    packed = pack_bundles(
        catalog, supported, epoch=epoch, key=key, spool=spool, preview=preview, progress=progress
    )
    return Site(
        catalog=catalog,
        matrix=matrix,
        recipes={recipe.id: recipe for recipe in matrix.recipes},
        cells=cells,
        deployers=tuple(DEPLOYERS),
        downloads=packed.downloads,
        images=packed.images,
        sboms=packed.sboms,
        collector=pack_collector(),
        assets={"vectors": read_vectors(vectors), "schemas": schema_assets(), **_public(key)},
        built=datetime.fromtimestamp(epoch, UTC).date(),
        version=__version__,
        address=address,
    )


@dataclass(frozen=True, slots=True)
class Packed:
    """What packing makes, by recipe id: bundles, the images each component names, and the bills of materials."""

    downloads: Mapping[str, tuple[Download, ...]]
    images: Mapping[str, Mapping[str, tuple[str, ...]]]
    sboms: Mapping[str, tuple[Asset, ...]]


@dataclass(frozen=True, slots=True)
class Papers:
    """What is made of one recipe."""

    downloads: tuple[Download, ...]
    images: Mapping[str, tuple[str, ...]]
    sboms: tuple[Asset, ...]


class _Packing(Mapping[str, Papers]):
    """Packs a recipe when it is first asked for, and remembers it."""

    def __init__(self, recipes: Sequence[Recipe], pack: Callable[[Recipe], Papers]) -> None:
        self._recipes = {recipe.id: recipe for recipe in recipes}
        self._pack = pack
        self._done: dict[str, Papers] = {}

    def __getitem__(self, name: str) -> Papers:
        if name not in self._done:
            self._done[name] = self._pack(self._recipes[name])
        return self._done[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._recipes)

    def __len__(self) -> int:
        return len(self._recipes)


class _View(Mapping[str, V]):
    """One part of what is packed, by recipe id."""

    def __init__(self, packing: Mapping[str, Papers], part: Callable[[Papers], V]) -> None:
        self._packing = packing
        self._part = part

    def __getitem__(self, name: str) -> V:
        return self._part(self._packing[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._packing)

    def __len__(self) -> int:
        return len(self._packing)


def pack_bundles(
    catalog: Catalog,
    recipes: Sequence[Recipe],
    *,
    epoch: int = 0,
    key: Ed25519PrivateKey | None = None,
    spool: Path | None = None,
    preview: bool = False,
    progress: Progress = _silent,
) -> Packed:
    """Build and pack every deployer's bundle of every recipe; one plan serves all that is made of a recipe.

    With *spool* the packed files wait in that folder, at their addresses, instead of in memory. With *preview* a
    recipe is packed only when it is asked for.
    """
    store = _Store(None if spool is None else Folder(spool))
    packing = _Packing(recipes, lambda recipe: _papers(catalog, recipe, epoch, key, store))
    if not preview:
        for number, recipe in enumerate(recipes):
            progress("Packing bundles", number, len(recipes))
            _ = packing[recipe.id]
    return Packed(
        _View(packing, lambda papers: papers.downloads),
        _View(packing, lambda papers: papers.images),
        _View(packing, lambda papers: papers.sboms),
    )


class Folder:
    """A folder as it is filled: makes the folders that files need, each once.

    A site is some twenty thousand small documents, so there is no Path and no buffer for each.
    """

    def __init__(self, root: Path) -> None:
        self._root = f"{root}/"
        self._made: set[str] = set()

    def write(self, address: str, content: bytes) -> Callable[[], bytes]:
        """Write *content* at *address*, whole or not without an OSError; return how it is read again."""
        path = self._place(address)
        with open(path, "wb", buffering=0) as file:  # noqa: PTH123 - twenty thousand times
            written = file.write(content)
            while written < len(content):  # a disk that is nearly full takes a part and refuses the rest
                written += file.write(content[written:])
        return lambda: Path(path).read_bytes()

    def take(self, source: Path) -> None:
        """Move every file below *source* here, to the same address."""
        for folder, _, names in os.walk(source):
            for name in names:
                path = f"{folder}/{name}"
                shutil.move(path, self._place(path.removeprefix(f"{source}/")))

    def _place(self, address: str) -> str:
        path = self._root + address
        folder = path.rpartition("/")[0]
        if folder not in self._made:
            Path(folder).mkdir(parents=True, exist_ok=True)
            self._made.add(folder)
        return path


class _Store:
    """Where packed files wait for the site to be written: a folder, or memory."""

    def __init__(self, folder: Folder | None) -> None:
        self._folder = folder

    def put(self, address: str, content: bytes) -> Callable[[], bytes]:
        """Keep *content* and return how it is read again."""
        if self._folder is None:
            return lambda: content
        return self._folder.write(address, content)


def _papers(
    catalog: Catalog, recipe: Recipe, epoch: int, key: Ed25519PrivateKey | None, store: _Store
) -> Papers:
    plan = plan_recipe(catalog, recipe)
    common = common_files(plan)
    return Papers(
        downloads=tuple(_pack(plan, common, deployer, epoch, key, store) for deployer in DEPLOYERS),
        images={c.name: tuple(found) for c in plan.components if (found := c.images)},
        sboms=(
            _asset(f"api/v1/recipes/{recipe.id}.cdx.json", cyclonedx(plan, epoch), store),
            _asset(f"api/v1/recipes/{recipe.id}.spdx.json", spdx(plan, epoch), store),
        ),
    )


def _pack(
    plan: BundlePlan,
    common: Files,
    deployer: str,
    epoch: int,
    key: Ed25519PrivateKey | None,
    store: _Store,
) -> Download:
    name = bundle_name(plan.recipe, deployer)
    files = build_files(plan, deployer, common)
    tar = pack_tar(name, files)
    packed = pack_gz(tar)
    digest, tar_digest = hashlib.sha256(packed).hexdigest(), hashlib.sha256(tar).hexdigest()
    proof = b""
    if key is not None:
        subjects = {f"{name}.tar.gz": digest, f"{name}.tar": tar_digest}
        proof = sign(bundle_statement(plan, deployer, subjects, epoch), key)
    url = f"bundles/{name}.tar.gz"
    return Download(
        deployer=deployer,
        url=url,
        sha256=digest,
        tar_sha256=tar_digest,
        size=len(packed),
        files=len(files),
        read=store.put(url, packed),
        provenance=proof,
    )


def plan_recipe(catalog: Catalog, recipe: Recipe) -> BundlePlan:
    """The plan with AICR's defaults; where a registry rule refuses those, with keyed tolerations for the GPU taint.

    ProblemsFound when neither can be deployed.
    """
    try:
        return plan_bundle(catalog, recipe, BundleOptions())
    except ProblemsFound:
        return plan_bundle(catalog, recipe, BundleOptions(accelerated_tolerations=GPU_TAINT))


def pack_collector() -> Asset | None:
    """The collector as one file to download; None where this build does not carry its sources."""
    try:
        from collector.pack import build_pyz
    except ModuleNotFoundError:
        return None
    content = build_pyz()
    return _asset("downloads/collector.pyz", content)


def read_vectors(folder: Path | None) -> tuple[Asset, ...]:
    """The published test vectors: the JSON files of *folder*, by name."""
    if folder is None or not folder.is_dir():
        return ()
    files = sorted(folder.glob("*.json"))
    return tuple(_asset(f"api/v1/vectors/{path.name}", path.read_bytes()) for path in files)


def schema_assets() -> tuple[Asset, ...]:
    """The JSON Schemas of the published documents, by name."""
    return tuple(_asset(f"api/v1/schemas/{name}", as_json(schema)) for name, schema in schemas().items())


def _public(key: Ed25519PrivateKey | None) -> Mapping[str, tuple[Asset, ...]]:
    """The public key beside the collector, so that provenance can be checked."""
    return {"key": (_asset("downloads/signing-key.pem", public_pem(key)),)} if key is not None else {}


def _asset(url: str, content: bytes, store: _Store | None = None) -> Asset:
    read = (store or _Store(None)).put(url, content)
    return Asset(url, hashlib.sha256(content).hexdigest(), len(content), read)
