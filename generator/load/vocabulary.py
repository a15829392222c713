"""Reads our own kinds of file: criteria, readings, checks, components' health and summaries, lifecycle, upstream."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from generator.core.criteria import ANY, DIMENSIONS, normalise_value
from generator.engine.model import Tree
from generator.load.fileshapes import OURS as SHAPES
from generator.load.reading import Findings, Reader
from generator.load.shapes import check_shape

OURS = "aicr-matrix/"  # what the apiVersion of our own kinds begins with
KINDS = (
    "CriteriaCatalog", "MeasurementCatalog", "Check", "ComponentHealth", "ComponentSummaries",
    "LifecycleCatalog", "UpstreamEnvironments",
)  # fmt: skip


@dataclass(slots=True)
class Vocabulary:
    """What our own files say, as the catalog carries it."""

    criteria: Mapping[str, object] = field(default_factory=dict)
    measurements: dict[str, Mapping[str, object]] = field(default_factory=dict)
    checks: dict[str, Mapping[str, object]] = field(default_factory=dict)
    health: dict[str, Mapping[str, object]] = field(default_factory=dict)
    summaries: dict[str, str] = field(default_factory=dict)
    lifecycle: Mapping[str, object] = field(default_factory=dict)
    upstream: Mapping[str, object] = field(default_factory=dict)


def read_vocabulary(
    documents: Mapping[str, Tree], *, strict: Callable[[str], bool], found: Findings
) -> Vocabulary:
    """Put the documents of our own kinds together, by path; *strict* says which files are held to our rules."""
    vocabulary = Vocabulary()
    for path in sorted(documents):
        _VocabularyReader(documents[path], strict(path), found).read(vocabulary)
    return vocabulary


class _VocabularyReader(Reader):
    def read(self, into: Vocabulary) -> None:
        value = self.tree.value
        kind = value.get("kind")
        if kind in SHAPES:
            check_shape(self, value, (), SHAPES[str(kind)])
        if kind == "CriteriaCatalog":
            self._criteria()
            into.criteria = value
        elif kind == "MeasurementCatalog":
            self._named("measurements", "reading", into.measurements)
        elif kind == "Check":
            self._check(into)
        elif kind == "ComponentHealth":
            for name, spec in self.mapping(value, ("components",)).items():
                if isinstance(spec, Mapping):
                    into.health[name] = spec
                else:
                    self.problem(("components", name), "is not a mapping")
        elif kind == "ComponentSummaries":
            summaries = self.mapping(value, ("components",))
            into.summaries.update((name, text) for name, text in summaries.items() if isinstance(text, str))
        elif kind == "LifecycleCatalog":
            into.lifecycle = value
        elif kind == "UpstreamEnvironments":
            into.upstream = value

    def _criteria(self) -> None:
        names = []
        for here, dimension in self.mappings(self.tree.value, ("dimensions",)):
            names.append(self.text(dimension, (*here, "name")))
            taken: dict[str, str] = {ANY: ANY, "": ANY}
            for at, value in self.mappings(dimension, (*here, "values")):
                name = self.text(value, (*at, "name"), "value")
                aliases = self.texts(value, (*at, "aliases")) or ()
                for index, word in enumerate((name, *aliases)):
                    where = (*at, "name") if index == 0 else (*at, "aliases", str(index - 1))
                    if word.strip().lower() in taken:
                        other = taken[word.strip().lower()]
                        self.problem(where, f"is {word!r}, which already names {other}", "choose another")
                    taken[word.strip().lower()] = name
        if names != list(DIMENSIONS):
            self.problem(
                ("dimensions",), f"are {', '.join(names)}", f"name {', '.join(DIMENSIONS)}, in this order"
            )

    def _named(self, key: str, form: str, into: dict[str, Mapping[str, object]]) -> None:
        for here, item in self.mappings(self.tree.value, (key,)):
            name = self.text(item, (*here, "name"), form)
            if not name:
                self.problem(here, "has no usable name", "add `name:`")
            elif name in into:
                self.problem(here, f"names {name} again", "keep one of the two")
            else:
                into[name] = item

    def _check(self, into: Vocabulary) -> None:
        metadata = self.mapping(self.tree.value, ("metadata",))
        name = self.text(metadata, ("metadata", "name"), "check")
        if not name:
            self.problem(("metadata",), "has no usable name", "add `name:`")
        elif name in into.checks:
            self.problem(
                ("metadata", "name"), f"is {name}, which another file already names", "choose another"
            )
        else:
            into.checks[name] = self.mapping(self.tree.value, ("spec",))


def alias_table(criteria: Mapping[str, object]) -> dict[str, dict[str, str]]:
    """Per dimension: every other name of a value, and of `any`, in lower case -> the value."""
    tables: dict[str, dict[str, str]] = {d: {} for d in DIMENSIONS}
    dimensions = criteria.get("dimensions")
    for dimension in dimensions if isinstance(dimensions, list) else ():
        if not isinstance(dimension, Mapping) or dimension.get("name") not in tables:
            continue
        table = tables[str(dimension["name"])]
        for word in dimension.get("anyAliases") or ():
            table[str(word).strip().lower()] = ANY
        for value in dimension.get("values") or ():
            if isinstance(value, Mapping):
                for alias in value.get("aliases") or ():
                    table[str(alias).strip().lower()] = str(value.get("name"))
    return tables


def value_reader(criteria: Mapping[str, object]) -> Callable[[str, str], str]:
    """A function (dimension, text) -> criteria value under *criteria*'s aliases."""
    tables = alias_table(criteria)
    return lambda dimension, text: normalise_value(text, tables[dimension])
