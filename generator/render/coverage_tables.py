"""Coverage as tables and counts: how many combinations are what, service by accelerator, and what comes nearest.

The heatmap and its opened cell are the matrix page's first view, drawn as its script draws them (views/heatmap.ts).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from generator.core.criteria import ANY, DIMENSIONS, Criteria
from generator.engine.matrix import cell_at
from generator.engine.model import Coverage, Recipe
from generator.render.near import NearRow, find_near
from generator.render.site import Site, finder_address, recipe_address
from generator.render.words import KINDS, SHOWN_ORDER, START, spell_count

GRADES = list(Coverage)


@dataclass(frozen=True, slots=True)
class TableCell:
    """The best any combination of a service, an accelerator and an intent reaches, and the recipes that reach it."""

    coverage: Coverage
    recipes: tuple[Recipe, ...]
    address: str
    counts: Counts  # of the recipes, by coverage


@dataclass(frozen=True, slots=True)
class CoverageTable:
    """Rows are services, columns accelerators; a cell holds one entry per intent."""

    accelerators: tuple[str, ...]
    intents: tuple[str, ...]
    rows: tuple[tuple[str, tuple[tuple[TableCell, ...], ...]], ...]


def coverage_table(site: Site) -> CoverageTable:
    """Return service by accelerator by intent; an environment counts with whatever OS and platform it states."""
    values = site.matrix.values
    recipes: dict[tuple[str, str, str], list[Recipe]] = {}
    for recipe in site.shown_recipes:
        c = recipe.criteria
        if not recipe.starting_point:
            recipes.setdefault((c.service, c.accelerator, c.intent), []).append(recipe)
    rows = tuple(
        (
            service,
            tuple(
                tuple(_cell(site, service, accelerator, intent, recipes) for intent in values["intent"][1:])
                for accelerator in values["accelerator"][1:]
            ),
        )
        for service in values["service"][1:]
    )
    return CoverageTable(values["accelerator"][1:], values["intent"][1:], rows)


def _cell(
    site: Site,
    service: str,
    accelerator: str,
    intent: str,
    recipes: dict[tuple[str, str, str], list[Recipe]],
) -> TableCell:
    found = recipes.get((service, accelerator, intent), [])
    criteria = Criteria(service=service, accelerator=accelerator, intent=intent)
    if found:
        best = min((site.cells[r.id].coverage for r in found), key=GRADES.index)
        widest = min(found, key=lambda r: (r.criteria.specificity, r.id))
        kinds = [kind_of(site, r) for r in found]
        counts = Counts(*(kinds.count(kind) for kind in KINDS))
        return TableCell(best, tuple(found), recipe_address(widest.criteria), counts)
    pair = Criteria(service=service, accelerator=accelerator)
    return TableCell(
        cell_at(site.matrix, site.catalog, criteria).coverage, (), recipe_address(pair), Counts()
    )


def gaps_by_value(site: Site) -> Iterator[tuple[str, str, str, NearRow | None, str]]:
    """Yield (service, accelerator, label, nearest, address) for every pair no recipe supports."""
    words = site.words
    supported = {
        (r.criteria.service, r.criteria.accelerator) for r in site.shown_recipes if not r.starting_point
    }
    for service in site.matrix.values["service"]:
        for accelerator in site.matrix.values["accelerator"]:
            if ANY in (service, accelerator) or (service, accelerator) in supported:
                continue
            criteria = Criteria(service=service, accelerator=accelerator)
            near = first(find_near(site, criteria, 1))
            yield (
                words.label("service", service),
                words.label("accelerator", accelerator),
                cell_at(site.matrix, site.catalog, criteria).coverage.value,
                near,
                recipe_address(criteria),
            )


@dataclass(frozen=True, slots=True)
class Counts:
    """How many combinations, or recipes, are what."""

    exact: int = 0
    composed: int = 0
    start: int = 0
    partial: int = 0
    unsupported: int = 0

    @property
    def environments(self) -> int:
        """The supported environments among them: starting points are none."""
        return self.exact + self.composed

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.of(kind) for kind in KINDS)

    @property
    def best(self) -> str:
        """The best kind there is one of."""
        return next((kind for kind in KINDS if self.of(kind)), "unsupported")

    def of(self, kind: str) -> int:
        """How many are of *kind*, one of KINDS."""
        number: int = getattr(self, kind)
        return number

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(self.of(kind) + other.of(kind) for kind in KINDS))

    def __str__(self) -> str:
        """`6 exact, 2 starting points, 39 partial`, what there is none of left out."""
        return ", ".join(
            spell_count(n, "starting point") if kind == START else f"{n:,} {kind}"
            for kind in KINDS
            if (n := self.of(kind))
        )


def count_all(site: Site) -> Counts:
    """How many combinations of the whole matrix are what; every one that is exact or composed is a recipe."""
    return sum((c for row in _pair_counts(site) for c in row), Counts())


def count_recipes(site: Site, dimension: str, value: str) -> Counts:
    """The recipes that state *value*: environments by coverage, and starting points."""
    found = [kind_of(site, r) for r in site.shown_recipes if r.criteria[dimension] == value]
    return Counts(*(found.count(kind) for kind in KINDS))


def kind_of(site: Site, recipe: Recipe) -> str:
    """What *recipe* is shown as: its coverage, or a starting point."""
    return START if recipe.starting_point else site.cells[recipe.id].coverage.value


def _pair_counts(site: Site) -> list[list[Counts]]:
    """Counts per service and accelerator, `any` among them: blocks of the matrix, the first two dimensions' values."""
    values = site.matrix.values
    services, accelerators = values[DIMENSIONS[0]], values[DIMENSIONS[1]]
    size = site.combinations // (len(services) * len(accelerators))
    table = []
    for s in range(len(services)):
        row = []
        for a in range(len(accelerators)):
            start = (s * len(accelerators) + a) * size
            block = site.matrix.coverage[start : start + size]
            exact, composed, partial, unsupported = (block.count(code) for code in range(4))
            stated = bool(s and a)
            row.append(
                Counts(exact, composed, 0, partial, unsupported)
                if stated
                else Counts(0, 0, exact + composed, partial, unsupported)
            )
        table.append(row)
    return table


MAX_HUE = 8  # darker with more environments, up to what leaves the words 4.5:1
MAX_LISTED = 24


@dataclass(frozen=True, slots=True)
class HeatCell:
    """A cell as it is shown: the number that reaches the best kind, its word, and who is told what it is."""

    column: int
    counts: Counts
    label: str
    number: str
    word: str

    @property
    def hue(self) -> int:
        """How dark it is."""
        return min(MAX_HUE, self.counts.environments)


@dataclass(frozen=True, slots=True)
class HeatRow:
    """A service, what it has, and a cell per accelerator."""

    row: int
    label: str
    note: str
    cells: tuple[HeatCell, ...]


@dataclass(frozen=True, slots=True)
class OpenedCell:
    """What the card beside the map says of a cell; `recipes` are at most MAX_LISTED with their kinds."""

    row: int
    column: int
    title: str
    counts: Counts
    recipes: tuple[tuple[Recipe, str], ...]
    more: int
    never: str  # values no overlay states here
    elsewhere: str  # values stated in other company only
    unpaired: int
    finder: str


@dataclass(frozen=True, slots=True)
class Heatmap:
    """Service by accelerator: services with environments first, `any` last."""

    columns: tuple[tuple[str, str], ...]  # label, title
    rows: tuple[HeatRow, ...]
    opened: OpenedCell


def draw_heatmap(site: Site) -> Heatmap:
    """Return the matrix page's first view, opened at the cell with the most environments."""
    words, values = site.words, site.matrix.values
    services, accelerators = values["service"], values["accelerator"]
    table = _pair_counts(site)
    sums = [sum(row, Counts()) for row in table]
    order = sorted(range(len(services)), key=lambda r: (r == 0, sums[r].environments == 0, r))
    rows = tuple(
        HeatRow(
            row=r,
            label=words.label("service", services[r]),
            note=_row_note(sums[r]),
            cells=tuple(
                _heat_cell(
                    c,
                    counts,
                    words.label("service", services[r]),
                    words.label("accelerator", accelerators[c]),
                )
                for c, counts in enumerate(table[r])
            ),
        )
        for r in order
    )
    columns = tuple((words.label("accelerator", a), words.title("accelerator", a)) for a in accelerators)
    most = max(
        ((r, c) for r in range(1, len(services)) for c in range(1, len(accelerators))),
        key=lambda at: table[at[0]][at[1]].environments,
        default=(0, 0),
    )
    return Heatmap(columns, rows, _open_cell(site, *most, table[most[0]][most[1]]))


def _row_note(counts: Counts) -> str:
    if counts.environments:
        return f"{counts.environments:,} supported"
    return spell_count(counts.start, "starting point") if counts.start else "none"


def _heat_cell(column: int, counts: Counts, row_label: str, column_label: str) -> HeatCell:
    kind = counts.best
    word = kind
    if counts.exact and counts.composed:
        word = f"{counts.exact:,} exact, {counts.composed:,} composed"
    elif kind == START:
        word = "starting point" if counts.start == 1 else "starting points"
    elif kind == "unsupported":
        word = "unsup\u00adported"  # a narrow cell breaks it there
    number = "" if kind == "unsupported" else f"{counts.environments or counts.of(kind):,}"
    return HeatCell(column, counts, f"{row_label}, {column_label}: {counts}", number, word)


def _open_cell(site: Site, row: int, column: int, counts: Counts) -> OpenedCell:
    words, values = site.words, site.matrix.values
    service, accelerator = values["service"][row], values["accelerator"][column]
    size = site.combinations // (len(values["service"]) * len(values["accelerator"]))
    start = (row * len(values["accelerator"]) + column) * size
    listed: list[Recipe] = []
    stated: dict[str, set[int]] = {d: set() for d in DIMENSIONS}
    lost: dict[str, set[int]] = {d: set() for d in DIMENSIONS}
    unpaired = 0
    for position in range(start, start + size):
        at = _values_at(site, position)
        if site.matrix.coverage[position] < GRADES.index(Coverage.PARTIAL):
            listed.append(site.matrix.recipes[site.matrix.recipe[position]])
            for dimension, value in at.items():
                stated[dimension].add(value)
        elif site.matrix.coverage[position] == GRADES.index(Coverage.PARTIAL):
            mask = site.matrix.not_honoured[position]
            unpaired += mask >> len(DIMENSIONS) & 1
            for bit, dimension in enumerate(DIMENSIONS):
                if mask >> bit & 1:
                    lost[dimension].add(at[dimension])

    def named(where_stated: bool) -> str:
        return ", ".join(
            words.label(d, values[d][v])
            for d in SHOWN_ORDER
            for v in sorted(lost[d])
            if v and (v in stated[d]) == where_stated
        )

    return OpenedCell(
        row=row,
        column=column,
        title=f"{words.label('service', service)} with {words.label('accelerator', accelerator)}",
        counts=counts,
        recipes=tuple((recipe, kind_of(site, recipe)) for recipe in listed[:MAX_LISTED]),
        more=max(0, len(listed) - MAX_LISTED),
        never=named(False),
        elsewhere=named(True),
        unpaired=unpaired,
        finder=finder_address(Criteria(service=service, accelerator=accelerator)),
    )


def _values_at(site: Site, position: int) -> dict[str, int]:
    """The index of each dimension's value at *position* of the flat arrays."""
    found = {}
    for dimension in reversed(DIMENSIONS):
        position, found[dimension] = divmod(position, len(site.matrix.values[dimension]))
    return found


def first(found: Iterable[NearRow]) -> NearRow | None:
    """The first of *found*, None when there is none."""
    return next(iter(found), None)
