"""A Helm value that is replaced in every recipe it takes part in."""

from __future__ import annotations

from collections.abc import Iterator

from generator.engine.model import Origin, Path
from generator.lint.examined import Examined, Rule, Told


def check(examined: Examined) -> Iterator[Told]:
    """Yield each value set in a file that wins in no recipe at all."""
    # By line, not by path: histories hold a map that is replaced whole under its own path, its leaves under theirs.
    seen: dict[Origin, tuple[Path, str]] = {}
    winning: set[Origin] = set()
    for recipe in examined.recipes:
        for component in recipe.components:
            for path, history in component.value_origins.items():
                winning.add(history[-1].origin)
                for setting in history[:-1]:
                    seen.setdefault(setting.origin, (path, f"{component.name} in {recipe.id}"))
    for origin in sorted(seen.keys() - winning, key=lambda o: (o.place, o.name)):
        path, where = seen[origin]
        if origin.place.file:
            yield Told(
                origin.place,
                f"{'.'.join(path)} is replaced in every recipe it reaches (as in {where})",
                "delete it here, or where it is replaced",
            )


RULE = Rule(
    "shadowed-value",
    "any",
    "Every Helm value set in the catalog wins in at least one recipe.",
    "A value that always loses says something no cluster ever sees.",
    check,
)
