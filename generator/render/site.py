"""What the renderer is given: catalog, matrix, packed bundles and the facts of this build, all ready and frozen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

from generator.bundle.provenance import fingerprint, load_public_key
from generator.core.criteria import Criteria
from generator.engine.model import Catalog, Cell, Coverage, Matrix, Recipe
from generator.render.lifecycle import Windows
from generator.render.words import Vocabulary

SCHEMA_VERSION = "1.0"
T = TypeVar("T")
_ABSENT: Any = object()


@dataclass(frozen=True, slots=True)
class Download:
    """A packed bundle: where it lies, both digests, and its bytes."""

    deployer: str
    url: str  # relative to the site's root
    sha256: str  # of the .tar.gz
    tar_sha256: str
    size: int
    files: int
    read: Callable[[], bytes] = field(repr=False)  # many bundles need not lie in memory at once
    provenance: bytes = field(default=b"", repr=False)  # a signed envelope; empty where no key was given

    @property
    def content(self) -> bytes:
        """The packed bundle."""
        return self.read()

    def as_dict(self) -> dict[str, object]:
        """The bundle as the JSON documents list it."""
        return {
            "deployer": self.deployer,
            "url": self.url,
            "sha256": self.sha256,
            "tarSha256": self.tar_sha256,
            "size": self.size,
            **({"provenance": f"{self.url}.intoto.jsonl"} if self.provenance else {}),
        }


@dataclass(frozen=True, slots=True)
class Asset:
    """A file published as it is, beside what is rendered: collector, vectors, schemas, SBOMs."""

    url: str
    sha256: str
    size: int
    read: Callable[[], bytes] = field(repr=False)

    @property
    def content(self) -> bytes:
        """The file's bytes."""
        return self.read()


@dataclass(frozen=True)
class Site:
    """Everything the pages and documents are made of. `recipes` and `cells` are keyed by recipe id."""

    catalog: Catalog
    matrix: Matrix
    recipes: Mapping[str, Recipe]
    cells: Mapping[str, Cell]  # the honest answer for each recipe's own criteria
    deployers: tuple[str, ...]
    downloads: Mapping[str, tuple[Download, ...]]
    images: Mapping[
        str, Mapping[str, tuple[str, ...]]
    ]  # recipe id -> component -> the images its values name
    sboms: Mapping[str, tuple[Asset, ...]]  # by recipe id
    collector: Asset | None
    assets: Mapping[str, tuple[Asset, ...]]  # by role: vectors, schemas, key
    built: date
    version: str  # of this program
    address: str  # where the site will live, with a closing slash

    @cached_property
    def words(self) -> Vocabulary:
        """Labels of the criteria's values."""
        return Vocabulary(self.catalog.criteria, self.matrix.values)

    @cached_property
    def windows(self) -> Windows:
        """Support windows against the build date."""
        return Windows(self.catalog.lifecycle, self.built)

    def supported(self, recipe: str) -> bool:
        """Whether the recipe is exact or composed for its own criteria, and so has a page and bundles."""
        return self.cells[recipe].coverage in (Coverage.EXACT, Coverage.COMPOSED)

    @cached_property
    def environments(self) -> Matrix:
        """The matrix with the starting points left out of its exact combinations: what may be proposed."""
        full = tuple(c for c in self.matrix.exact if "any" not in (c.service, c.accelerator))
        return replace(self.matrix, exact=full)

    @cached_property
    def signer(self) -> str:
        """The fingerprint of the key this site signs with and publishes; "" where nothing is signed."""
        keys = self.assets.get("key", ())
        return fingerprint(load_public_key(keys[0].content)) if keys else ""

    @cached_property
    def remembered(self) -> dict[tuple[str, object], Any]:
        """What pages share and is made once: by what it is and what it is of."""
        return {}

    def remember(self, what: str, key: object, make: Callable[[], T]) -> T:
        """Return what *make* makes, made once for each *what* and *key*."""
        found: T = self.remembered.get((what, key), _ABSENT)
        if found is _ABSENT:
            found = self.remembered[what, key] = make()
        return found

    @cached_property
    def counts(self) -> Mapping[Coverage, int]:
        """How many combinations have which coverage."""
        found = [self.matrix.coverage.count(code) for code in range(4)]
        return dict(zip(Coverage, found, strict=True))

    @property
    def combinations(self) -> int:
        """How many combinations of the criteria's values there are."""
        return len(self.matrix.coverage)

    def position(self, criteria: Criteria) -> int:
        """The combination's place in the matrix's flat arrays; ValueError for a value the matrix does not know."""
        place = 0
        for dimension, values in self.matrix.values.items():
            place = place * len(values) + values.index(criteria[dimension])
        return place

    def matrix_recipe(self, criteria: Criteria) -> str:
        """The id of what *criteria* resolve to."""
        return self.matrix.recipes[self.matrix.recipe[self.position(criteria)]].id

    @cached_property
    def shown_recipes(self) -> tuple[Recipe, ...]:
        """The recipes that are exact or composed for their own criteria, by id."""
        return tuple(r for r in self.matrix.recipes if self.supported(r.id))


def state(dimension: str, value: str, others: Criteria | None = None) -> Criteria:
    """Criteria with one more dimension stated."""
    stated = {**(others or Criteria()).as_dict(), dimension: value}
    return Criteria(
        stated["service"], stated["accelerator"], stated["intent"], stated["os"], stated["platform"]
    )


def recipe_address(criteria: Criteria) -> str:
    """Where the page of a combination lies, relative to the site's root: `recipes/eks/h100-ubuntu/training/`."""
    return f"recipes/{criteria.coordinate}/"


def component_address(name: str) -> str:
    """Where a component's page lies."""
    return f"components/{name}/"


def value_address(dimension: str, value: str) -> str:
    """Where the page of a criteria value lies."""
    return f"criteria/{dimension}/{value}/"


def finder_address(criteria: Criteria) -> str:
    """The finder's permalink of a combination, relative to the site's root."""
    from generator.render.words import SHOWN_ORDER

    query = "&".join(f"{d}={criteria[d]}" for d in SHOWN_ORDER if criteria[d] != "any")
    return f"?{query}" if query else ""
