"""The options several verbs share: which catalog, which criteria, where the result goes."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from generator.cli.exits import INVALID, NOT_FOUND, Stop
from generator.cli.output import warn
from generator.core.criteria import DIMENSIONS, Criteria, normalise_value

if TYPE_CHECKING:
    from generator.core.snapshot import Snapshot
    from generator.engine.model import Catalog

Command = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class CatalogChoice:
    """Which catalog the user named: a directory instead of ours, and one laid over it."""

    catalog: Path | None
    data: Path | None

    @property
    def root(self) -> Path:
        """The directory to load."""
        from generator.load.catalog import own_catalog_root

        root = self.catalog or own_catalog_root()
        if not root.is_dir():
            raise Stop(NOT_FOUND, f"{root}: no such catalog directory")
        return root

    @property
    def own(self) -> bool:
        """Whether the catalog is the one shipped here, which is held to our own rules."""
        return self.catalog is None

    def load(self, *, quiet: bool = False) -> Catalog:
        """Load the catalog; every problem in it is raised at once, what we cannot honour is told unless *quiet*."""
        from generator.load.catalog import load_catalog

        if self.data is not None and not self.data.is_dir():
            raise Stop(NOT_FOUND, f"{self.data}: no such directory")
        loaded = load_catalog(self.root, data=self.data, own=True if self.own else None)
        for told in () if quiet else loaded.notes:
            warn(f"{told.place}: {told.text}")
        return loaded


def catalog_options(command: Command) -> Command:
    """Add `--catalog` and `--data`; the command receives `catalog: CatalogChoice`."""

    @click.option(
        "--catalog", "catalog_dir", type=click.Path(path_type=Path), help="Catalog directory instead of ours."
    )
    @click.option(
        "--data", "data_dir", type=click.Path(path_type=Path), help="Catalog directory laid over it."
    )
    @functools.wraps(command)
    def with_catalog(*args: Any, catalog_dir: Path | None, data_dir: Path | None, **kwargs: Any) -> Any:
        return command(*args, catalog=CatalogChoice(catalog_dir, data_dir), **kwargs)

    return with_catalog


@dataclass(frozen=True, slots=True)
class CriteriaChoice:
    """The criteria as the user gave them, not yet checked against a catalog."""

    flags: tuple[tuple[str, str], ...]
    nodes: int | None
    file: str | None
    snapshot: str | None

    @property
    def given(self) -> bool:
        """Whether anything was asked for."""
        return bool(self.flags or self.nodes or self.file or self.snapshot)

    def query(self, catalog: Catalog) -> tuple[Criteria, Snapshot | None]:
        """Return the criteria asked for; a snapshot proposes, a criteria file states, flags override both."""
        snapshot = load_snapshot_input(self.snapshot) if self.snapshot else None
        values: dict[str, str] = {}
        nodes = self.nodes or 0
        if self.file:
            from generator.load.documents import load_criteria
            from generator.load.inputs import read_input

            name, content = read_input(self.file)
            stated = load_criteria(content.decode("utf-8", "replace"), name)
            values, nodes = stated.as_dict(), nodes or stated.nodes
        elif snapshot is not None:
            values = detected_values(catalog, snapshot)
        problems = []
        for dimension, text in (*values.items(), *self.flags):
            try:
                values[dimension] = checked_value(catalog, dimension, text)
            except ValueError as error:
                problems.append(str(error))
        if problems:
            raise Stop(INVALID, "\n".join(problems))
        return Criteria(**values, nodes=nodes), snapshot


def detected_values(catalog: Catalog, snapshot: Snapshot) -> dict[str, str]:
    """The criteria a snapshot proposes, by the catalog's detection rules."""
    from generator.core.detection import detect
    from generator.engine.rules import detection_rules, dimensions_document

    return detect(snapshot, detection_rules(catalog), dimensions_document(catalog)).criteria.as_dict()


def load_snapshot_input(where: str) -> Snapshot:
    """Read a snapshot from a file, `-`, an address or `cm://namespace/name`."""
    from generator.load.documents import load_snapshot
    from generator.load.inputs import read_input

    name, content = read_input(where)
    return load_snapshot(content.decode("utf-8", "replace"), name)


def checked_value(catalog: Catalog, dimension: str, text: str) -> str:
    """Return the criteria value *text* names, alias resolved; ValueError lists the accepted ones."""
    from generator.engine.matrix import dimension_values

    accepted, aliases = dimension_values(catalog)[dimension], dimension_aliases(catalog, dimension)
    value = normalise_value(text, aliases)
    if value in accepted:
        return value
    near = difflib.get_close_matches(value, [*accepted, *aliases], n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    raise ValueError(
        f"--{dimension} {text!r} is not a value of this catalog{hint}; accepted: {', '.join(accepted)}"
    )


def dimension_aliases(catalog: Catalog, dimension: str) -> dict[str, str]:
    """Other names for the values of *dimension*, from criteria.yaml."""
    from generator.engine.matrix import criteria_aliases

    return dict(criteria_aliases(catalog)[dimension])


def criteria_options(command: Command) -> Command:
    """Add the criteria flags, `--criteria` and `--snapshot`; the command receives `criteria: CriteriaChoice`."""

    @functools.wraps(command)
    def with_criteria(*args: Any, **kwargs: Any) -> Any:
        flags = tuple((d, v) for d in DIMENSIONS if (v := kwargs.pop(d)) is not None)
        choice = CriteriaChoice(
            flags, kwargs.pop("nodes"), kwargs.pop("criteria_file"), kwargs.pop("snapshot")
        )
        return command(*args, criteria=choice, **kwargs)

    wrapped: Command = with_criteria
    wrapped = click.option(
        "-s", "--snapshot", help="Detect the criteria from this snapshot (file, -, URL, cm://ns/name)."
    )(wrapped)
    wrapped = click.option("--criteria", "criteria_file", help="Criteria document (file, -, URL).")(wrapped)
    wrapped = click.option("--nodes", type=click.IntRange(min=0), help="Number of nodes; advisory.")(wrapped)
    for dimension in reversed(DIMENSIONS):
        names = [f"--{dimension}", "--gpu"] if dimension == "accelerator" else [f"--{dimension}"]
        wrapped = click.option(
            *names, dimension, shell_complete=_complete(dimension), help=f"{dimension}, see `list`."
        )(wrapped)
    return wrapped


def _complete(dimension: str) -> Callable[[click.Context, click.Parameter, str], list[CompletionItem]]:
    def complete(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from generator.engine.matrix import dimension_values

        values = dimension_values(CatalogChoice(None, None).load(quiet=True))[dimension]
        return [CompletionItem(v) for v in values if v.startswith(incomplete)]

    return complete


output_option = click.option(
    "-o", "--output", default="-", help="File, - for stdout, or cm://namespace/name."
)


def format_option(*forms: str, default: str) -> Callable[[Command], Command]:
    """`-t/--format`, one of *forms*."""
    return click.option(
        "-t", "--format", "form", type=click.Choice(forms), default=default, show_default=True
    )
