"""Everything wrong with a catalog or a document, collected and raised once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from generator.engine.model import Place


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong, where, and what to do about it."""

    place: Place
    what: str
    do: str = ""

    def __str__(self) -> str:
        return f"{self.place}: {self.what}; {self.do}" if self.do else f"{self.place}: {self.what}"


class ProblemsFound(Exception):
    """Raised once per load with every problem, in the order of file and line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(set(problems)))
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


def suggest(word: str, known: Iterable[str]) -> str:
    """Advice naming the nearest known word, or all of them where they are few."""
    names = sorted(known)
    near = get_close_matches(word, names, n=1, cutoff=0.6)
    if near:
        return f"did you mean {near[0]}?"
    return f"known: {', '.join(names)}" if 0 < len(names) <= 12 else ""
