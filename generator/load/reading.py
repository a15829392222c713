"""Typed reading of parsed mappings: every wrong type and unknown field becomes a problem or a note with its line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from generator.engine.model import Note, Path, Place, Tree
from generator.engine.problems import Problem, suggest
from generator.load.grammar import FORMS, fits, one_line


@dataclass(slots=True)
class Findings:
    """What loading found so far: problems end it, notes are told."""

    problems: list[Problem] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def problem(self, place: Place, what: str, do: str = "") -> None:
        """Remember something that is wrong."""
        self.problems.append(Problem(place, what, do))

    def remark(self, strict: bool, place: Place, what: str, do: str = "") -> None:
        """Remember something our own catalog must not say and a foreign one may."""
        if strict:
            self.problem(place, what, do)
        else:
            self.notes.append(Note(place, f"{what}; {do}" if do else what))


class Reader:
    """Reads the fields of one file; *strict* files are held to our own rules."""

    def __init__(self, tree: Tree, strict: bool, found: Findings) -> None:
        self.tree = tree
        self.strict = strict
        self.found = found

    def place(self, path: Path) -> Place:
        """Where *path* stands."""
        return self.tree.place(path)

    def problem(self, path: Path, what: str, do: str = "") -> None:
        """Remember that the value at *path* is wrong."""
        self.found.problem(self.place(path), f"{dotted(path)} {what}", do)

    def remark(self, path: Path, what: str, do: str = "") -> None:
        """Remember something that is an error in our catalog and a note in a foreign one."""
        self.found.remark(self.strict, self.place(path), f"{dotted(path)} {what}", do)

    def mapping(self, holder: Mapping[str, object], path: Path) -> Mapping[str, object]:
        """The mapping at *path*, whose last segment is a key of *holder*; empty where absent or null."""
        value = holder.get(path[-1])
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            self.problem(path, f"is {kind_of(value)}, not a mapping", "write `key: value` lines below it")
            return {}
        return value

    def items(self, holder: Mapping[str, object], path: Path) -> list[object]:
        """The list at *path*; empty where absent or null."""
        value = holder.get(path[-1])
        if value is None:
            return []
        if not isinstance(value, list):
            self.problem(path, f"is {kind_of(value)}, not a list", "write `- item` lines below it")
            return []
        return value

    def mappings(self, holder: Mapping[str, object], path: Path) -> list[tuple[Path, Mapping[str, object]]]:
        """The list of mappings at *path*, each with its own path."""
        found = []
        for index, item in enumerate(self.items(holder, path)):
            here = (*path, str(index))
            if isinstance(item, Mapping):
                found.append((here, item))
            else:
                self.problem(here, f"is {kind_of(item)}, not a mapping")
        return found

    def text(self, holder: Mapping[str, object], path: Path, form: str = "") -> str:
        """The scalar at *path* as it is written in the file; "" where absent or null.

        A number or boolean keeps its source text (`1.10`, `24.04`). *form* names its grammar; without one it
        may be any single line.
        """
        value = holder.get(path[-1])
        if value is None:
            return ""
        text = self._source(value, path)
        if text is None:
            return ""
        return self.checked(text, path, form)

    def prose(self, holder: Mapping[str, object], path: Path) -> str:
        """Like `text`, for text people read: it may have several lines."""
        value = holder.get(path[-1])
        return "" if value is None else self._source(value, path) or ""

    def checked(self, text: str, path: Path, form: str) -> str:
        """*text* when it fits *form*, else "" and a problem."""
        if form and text and not fits(form, text):
            self.problem(path, f"is {shown(text)}, which is no {_NOUNS.get(form, form)}", FORMS[form][1])
            return ""
        if not form and not one_line(text):
            self.problem(path, "holds a line break or a control character", "write it on one line")
            return ""
        return text

    def texts(self, holder: Mapping[str, object], path: Path, form: str = "") -> tuple[str, ...] | None:
        """The list of text at *path*; None where it is not stated."""
        if path[-1] not in holder or holder[path[-1]] is None:
            return None
        found = []
        for index, item in enumerate(self.items(holder, path)):
            here = (*path, str(index))
            text = None if item is None else self._source(item, here)
            if item is None:
                self.problem(here, "is null, not text")
            elif text is not None and (text := self.checked(text, here, form)):
                found.append(text)
        return tuple(found)

    def _source(self, value: object, path: Path) -> str | None:
        if isinstance(value, str):
            return value
        if isinstance(value, (Mapping, list)):
            self.problem(path, f"is {kind_of(value)}, not text", "write one value")
            return None
        text = self.tree.texts.get(path, str(value))
        if self.strict:
            self.problem(path, f"is {text}, {kind_of(value)}", f'write it in quotes, "{text}"')
        return text

    def known(self, holder: Mapping[str, object], path: Path, names: Iterable[str]) -> dict[str, object]:
        """The fields of *holder* that are not in *names*: told, with the nearest known name, and returned."""
        names = frozenset(names)
        unknown = {key: value for key, value in holder.items() if key not in names}
        for key in unknown:
            self.remark((*path, key), "is not a field we know", suggest(key, names))
        return unknown


_NOUNS = {"value": "criteria value", "file": "path below the catalog's root", "valuesFile": "path"}


def dotted(path: Path) -> str:
    """A path as people read it: `spec.componentRefs[2].version`."""
    text = ""
    for segment in path:
        text += f"[{segment}]" if segment.isdecimal() else f".{segment}" if text else segment
    return text or "the document"


def shown(text: str) -> str:
    """*text* in quotes, cut to a readable length, control characters escaped."""
    return repr(text if len(text) <= 80 else text[:77] + "...")


def kind_of(value: object) -> str:
    """The kind of a parsed value in the words of YAML."""
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return "null" if value is None else "text"
