"""Something a catalog says that no recipe can honour."""

from __future__ import annotations

from collections.abc import Iterator

from generator.lint.examined import Examined, Rule, Told


def check(examined: Examined) -> Iterator[Told]:
    """Yield what loading and resolving noted, each once."""
    notes = dict.fromkeys(examined.catalog.notes)
    for recipe in examined.recipes:
        notes.update(dict.fromkeys(recipe.problems))
    for note in notes:
        what, _, do = note.text.rpartition("; ")
        yield Told(note.place, what or note.text, do if what else "it is passed over")


RULE = Rule(
    "not-honoured",
    "any",
    "Everything the catalog says is known and can be honoured.",
    "Unknown fields, profiles and mixins that break their rules are passed over when a recipe is resolved; here they "
    "are named.",
    check,
)
