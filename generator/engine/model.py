"""The values the stages hand to each other: Catalog in, Recipe and Matrix out. All frozen; none reads anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from generator.core.criteria import Criteria

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line of a catalog file; `file` is relative to the catalog's root, `line` counts from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Origin:
    """What set a value: `kind` is overlay, mixin, values, registry, measurements or option."""

    kind: str
    name: str
    place: Place


@dataclass(frozen=True, slots=True)
class Setting:
    """One layer's word on one value. A history lists the earliest first; the last one wins."""

    value: object
    origin: Origin


History = tuple[Setting, ...]


@dataclass(frozen=True, slots=True)
class Tree:
    """A parsed mapping and the line of each of its paths (list items included as decimal strings).

    `texts` holds the source text of every scalar that was not read as text (`1.10`, `true`, ...).
    """

    value: Mapping[str, object]
    lines: Mapping[Path, int]
    file: str
    texts: Mapping[Path, str] = field(default_factory=dict)

    def place(self, path: Path) -> Place:
        """Where *path*, or the nearest ancestor with a known line, stands."""
        while path and path not in self.lines:
            path = path[:-1]
        return Place(self.file, self.lines.get(path, 1))


@dataclass(frozen=True, slots=True)
class Constraint:
    """A rule on one reading: `name` is Type.Subtype.Key, `value` the expression as written."""

    name: str
    value: str
    severity: str = ""  # "" means error
    remediation: str = ""
    unit: str = ""
    extra: Mapping[str, object] = field(default_factory=dict)  # fields we do not know, kept for emission
    place: Place = Place("", 0)


@dataclass(frozen=True, slots=True)
class ComponentRef:
    """A componentRef as an overlay or mixin writes it: only the fields it states, plus their lines."""

    name: str
    fields: Mapping[
        str, object
    ]  # AICR's field names; overrides, dependencyRefs, manifestFiles, ... as parsed
    tree: Tree  # the same mapping with lines
    place: Place
    origin: Origin = Origin("", "", Place("", 0))  # the file as a whole; a field's line is in `tree`
    settings: Mapping[Path, History] = field(default_factory=dict)  # every leaf of `overrides`
    history: Mapping[str, History] = field(default_factory=dict)  # every field


@dataclass(frozen=True, slots=True)
class Phase:
    """One validation phase of an overlay; None means the field is not stated, () that it is stated empty."""

    checks: tuple[str, ...] | None
    constraints: tuple[Constraint, ...] | None
    extra: Mapping[str, object]
    place: Place


@dataclass(frozen=True, slots=True)
class Overlay:
    """A RecipeMetadata or RecipeMixin file. `criteria` is None where the file states none (never matched itself)."""

    name: str
    kind: str  # overlay | mixin
    base: str  # parent's name, "" for the root
    criteria: Criteria | None
    mixins: tuple[str, ...]
    constraints: tuple[Constraint, ...]
    components: tuple[ComponentRef, ...]
    phases: Mapping[str, Phase]
    annotations: Mapping[str, str]
    extra: Mapping[str, object]
    place: Place
    criteria_place: Place
    api_version: str = ""
    places: Mapping[Path, Place] = field(
        default_factory=dict
    )  # below `spec`, components and constraints apart


@dataclass(frozen=True, slots=True)
class RegistryEntry:
    """A component's defaults and the paths other tools write to, as the registry states them."""

    name: str
    fields: Mapping[str, object]
    tree: Tree
    place: Place
    # of its fields and of the defaults below helm etc.
    places: Mapping[Path, Place] = field(default_factory=dict)
    # type ("" for the type itself) -> what fills a component's empty fields
    defaults: Mapping[str, tuple[tuple[str, Setting], ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Note:
    """Something a catalog says that we cannot honour, or a field we do not know: told, never hidden."""

    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class Catalog:
    """Everything under recipes/, parsed. Keys are names; files are paths relative to the root."""

    overlays: Mapping[str, Overlay]
    mixins: Mapping[str, Overlay]
    registry: Mapping[str, RegistryEntry]
    values: Mapping[str, Tree]  # components/<name>/values*.yaml by path
    manifests: Mapping[str, str]  # manifest text by path
    criteria: Mapping[str, object]  # criteria.yaml, parsed
    measurements: Mapping[str, Mapping[str, object]]  # by reading name
    checks: Mapping[str, Mapping[str, object]]  # check name -> spec (phase, title, rule, ...)
    health: Mapping[str, Mapping[str, object]]  # component -> expected workloads
    lifecycle: Mapping[str, object]
    notes: tuple[Note, ...]
    digest: str  # sha256 over the catalog's files, paths and contents
    version: str
    own: bool = False  # held to our rules throughout: what cannot be honoured is an error, not a note
    chains: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # overlay -> root ... itself
    value_settings: Mapping[str, Mapping[Path, History]] = field(
        default_factory=dict
    )  # leaves by values file
    documents: Mapping[str, Tree] = field(default_factory=dict)  # our own kinds of file, with lines, by path
    upstream: Mapping[str, object] = field(default_factory=dict)
    summaries: Mapping[str, str] = field(default_factory=dict)  # component -> what it is, a sentence
    borrowed: frozenset[str] = frozenset()  # files a foreign catalog lacks and has from ours


class Coverage(Enum):
    """How far a combination is stated by the catalog, best first."""

    EXACT = "exact"
    COMPOSED = "composed"
    PARTIAL = "partial"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class Component:
    """A component of a resolved recipe: AICR's fields with defaults filled in, and its hydrated Helm values."""

    name: str
    type: str  # Helm | Kustomize | "" (not in the registry)
    source: str
    chart: str
    version: str
    namespace: str
    tag: str
    path: str
    dependencies: tuple[str, ...]
    manifests: tuple[str, ...]  # post-install manifest files
    pre_manifests: tuple[str, ...]
    enabled: bool
    fields: Mapping[str, object]  # the componentRef as emitted in the RecipeResult, unknown fields included
    values: Mapping[str, object]  # hydrated: base values file <- valuesFile <- overrides
    field_origins: Mapping[str, History]  # by field name
    value_origins: Mapping[Path, History]  # by path of each leaf (scalar, list or empty map)


@dataclass(frozen=True, slots=True)
class RecipeConstraint:
    """A constraint of a resolved recipe with its remediation filled in and every layer's word on it."""

    name: str
    value: str
    severity: str
    unit: str
    remediation: str
    command: str
    link: str
    origin: Origin
    history: tuple[Setting, ...]  # Setting.value is the expression
    fields: Mapping[str, object]  # as emitted


@dataclass(frozen=True, slots=True)
class RecipePhase:
    """A validation phase of a resolved recipe."""

    name: str
    checks: tuple[str, ...]
    constraints: tuple[RecipeConstraint, ...]
    check_origins: Mapping[str, Origin]
    fields: Mapping[str, object]  # as emitted


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a set of overlays resolves to. `id` names the union of the criteria of its directly matching overlays."""

    id: str
    criteria: Criteria
    layers: tuple[str, ...]  # applied overlays, base first; mixins follow in `mixins`
    mixins: tuple[str, ...]
    leaves: tuple[str, ...]  # matching overlays that are no other match's ancestor
    constraints: tuple[RecipeConstraint, ...]
    components: tuple[Component, ...]  # sorted by name, disabled ones included and marked
    order: tuple[str, ...]  # deployment order of the enabled ones
    full_order: tuple[str, ...]  # with the disabled ones, as AICR emits it
    phases: Mapping[str, RecipePhase]
    evidence: str  # stated | inferred | "" (undeclared)
    sources: tuple[str, ...]
    doubts: tuple[str, ...]
    problems: tuple[Note, ...]  # what could not be honoured (profile, refused mixin, ...)
    api_version: str = ""  # as the catalog's base states it
    broken: bool = False  # it cannot be put together (unknown dependency, broken chain); `problems` says why

    def component(self, name: str) -> Component:
        """The component called *name*; KeyError when the recipe has none."""
        for component in self.components:
            if component.name == name:
                return component
        raise KeyError(name)

    @property
    def starting_point(self) -> bool:
        """Whether the recipe states no full environment: service and accelerator are not both stated."""
        return "any" in (self.criteria.service, self.criteria.accelerator)


@dataclass(frozen=True, slots=True)
class Cell:
    """The honest answer for one combination."""

    criteria: Criteria
    coverage: Coverage
    recipe: str  # id of what the query resolves to, whatever the coverage
    not_honoured: tuple[str, ...]  # dimensions
    unpaired: bool  # service and accelerator are honoured but no overlay states them together
    needs: tuple[
        tuple[str, str], ...
    ]  # further (dimension, value) pairs under which it becomes exact; () if none
    honoured_by: Mapping[str, str]  # dimension -> name of the applied overlay that states it


@dataclass(frozen=True, slots=True)
class Matrix:
    """Every combination of the catalog's criteria and the distinct recipes they resolve to.

    `coverage`, `recipe` and `not_honoured` are flat mixed-radix arrays over `values` (dimension order, `any` first,
    the last dimension varying fastest): coverage 0 exact 1 composed 2 partial 3 unsupported, recipe an index into
    `recipes`, not_honoured a bit mask by dimension index (bit 5: unpaired).
    """

    values: Mapping[str, tuple[str, ...]]  # dimension -> values, "any" first
    recipes: tuple[Recipe, ...]  # sorted by id
    coverage: bytes
    recipe: tuple[int, ...]
    not_honoured: bytes
    exact: tuple[Criteria, ...] = ()  # the combinations that are exact, in the arrays' order
    # criteria values -> the fewest further (dimension, value) pairs that make it exact; absent where none do
    needs: Mapping[tuple[str, ...], tuple[tuple[str, str], ...]] = field(default_factory=dict)
