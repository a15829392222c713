"""What the rules look at: a catalog together with every distinct recipe it resolves to, worked out once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from generator.engine.model import Catalog, Constraint, Overlay, Place, Recipe

REASON = "aicr-matrix/reason"


@dataclass(frozen=True, slots=True)
class Told:
    """What a rule yields: a place, what is wrong there, and what to do."""

    place: Place
    what: str
    do: str


@dataclass(frozen=True, slots=True)
class Examined:
    """A catalog under examination; `recipes` are its distinct recipes."""

    catalog: Catalog
    recipes: tuple[Recipe, ...]

    @property
    def files(self) -> tuple[Overlay, ...]:
        """Every overlay and mixin, by name."""
        both = (*self.catalog.overlays.values(), *self.catalog.mixins.values())
        return tuple(sorted(both, key=lambda o: (o.name, o.kind)))

    @property
    def checks_are_own(self) -> bool:
        """Whether the checks are the catalog's; a foreign one without any is given ours, which are not its fault."""
        return not any(file.startswith("checks/") for file in self.catalog.borrowed)

    def chain(self, name: str) -> tuple[Overlay, ...]:
        """The overlay called *name* with its ancestors, root first; it ends where a parent is unknown or returns."""
        found: list[Overlay] = []
        overlay = self.catalog.overlays.get(name)
        while overlay is not None and overlay not in found:
            found.append(overlay)
            overlay = self.catalog.overlays.get(overlay.base) if overlay.base else self._root(overlay)
        return tuple(reversed(found))

    def _root(self, overlay: Overlay) -> Overlay | None:
        """Every chain starts at base, whether the file says so or not."""
        return self.catalog.overlays.get("base") if overlay.name != "base" else None

    def sequences(self) -> Iterator[tuple[Overlay, ...]]:
        """Overlays in the order in which they are laid on each other: of every recipe, then of every chain."""
        seen: set[tuple[str, ...]] = set()
        layers = [recipe.layers for recipe in self.recipes]
        layers += [tuple(o.name for o in self.chain(name)) for name in sorted(self.catalog.overlays)]
        for names in layers:
            if names not in seen:
                seen.add(names)
                yield tuple(self.catalog.overlays[n] for n in names if n in self.catalog.overlays)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its check yields what it finds. `scope` is `own` where only our own catalog can satisfy it."""

    name: str
    scope: str  # any | own
    description: str
    documentation: str
    check: Callable[[Examined], Iterable[Told]]


def excused(overlay: Overlay, subject: str) -> bool:
    """Whether the file gives its reason for being at odds with others about *subject*, a reading or dimension."""
    return subject in overlay.annotations.get(REASON, "")


def constraints_of(overlay: Overlay) -> Iterator[tuple[str, Constraint]]:
    """(phase, constraint) for each constraint a file states; the phase is "" for those outside `validation`."""
    for constraint in overlay.constraints:
        yield "", constraint
    for phase in sorted(overlay.phases):
        for constraint in overlay.phases[phase].constraints or ():
            yield phase, constraint


def strings(value: object) -> tuple[str, ...]:
    """The items of a parsed list as text; empty for anything else."""
    return (
        tuple(str(item) for item in value)
        if isinstance(value, Sequence) and not isinstance(value, str)
        else ()
    )


def mapping(value: object) -> Mapping[str, object]:
    """A parsed mapping; empty for anything else."""
    return value if isinstance(value, Mapping) else {}
