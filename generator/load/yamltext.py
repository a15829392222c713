"""Reads one YAML document into plain values with the line of everything, in the dialect AICR's parser reads.

Bounded in size, depth and alias expansion; whatever is wrong with the text is a `Problem` with its line.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import yaml
from yaml._yaml import CParser

from generator.engine.model import Path, Place, Tree
from generator.load.problems import Problem, ProblemsFound
from generator.load.yamlemit import dump_yaml
from generator.load.yamlscalars import resolve_scalar

__all__ = ["MAX_BYTES", "dump_yaml", "parse_yaml", "parse_yaml_bytes"]

MAX_BYTES = 10 * 1024 * 1024
MAX_DEPTH = 100
MAX_ALIASED = 100_000  # values that aliases may add to a document

_TAG = "tag:yaml.org,2002:"


@dataclass(slots=True)
class _Scalar:
    text: str
    plain: bool
    tag: str | None
    line: int


@dataclass(slots=True)
class _Sequence:
    items: list[_Node]
    line: int
    size: int = 1


@dataclass(slots=True)
class _Mapping:
    pairs: list[tuple[_Node, _Node]]
    line: int
    size: int = 1


_Node = _Scalar | _Sequence | _Mapping


def parse_yaml_bytes(
    content: bytes, file: str, *, source_text: bool = False, notes: list[Problem] | None = None
) -> Tree:
    """Like `parse_yaml`, for bytes: they must be UTF-8, with or without a byte order mark."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ProblemsFound([Problem(Place(file, line), "is not UTF-8 text", "save it as UTF-8")]) from None
    return parse_yaml(text, file, source_text=source_text, notes=notes)


def parse_yaml(
    text: str, file: str, *, source_text: bool = False, notes: list[Problem] | None = None
) -> Tree:
    """The first document of *text*, which must be a mapping (an empty document is an empty one).

    With *source_text* every scalar stays the text it was written as, `null` included. A further
    document is a problem, or is told in *notes* and passed over where that is given.
    """
    root, more = _read(text, file)
    if more:
        problem = Problem(Place(file, more), "a second document starts here", "keep one document per file")
        if notes is None:
            raise ProblemsFound([problem])
        notes.append(problem)
    if root is None or (isinstance(root, _Scalar) and root.plain and root.text in ("", "~", "null")):
        return Tree({}, {(): 1}, file)
    if not isinstance(root, _Mapping):
        do = "begin with `key: value` lines"
        raise ProblemsFound([Problem(Place(file, root.line), "is not a mapping", do)])
    builder = _Builder(file, source_text)
    value = builder.build(root, ())
    if builder.problems:
        raise ProblemsFound(builder.problems)
    assert isinstance(value, dict)
    return Tree(value, builder.lines, file, builder.texts)


def _read(text: str, file: str) -> tuple[_Node | None, int]:
    """The first document's nodes, and the line of a second document or 0."""
    text = text.removeprefix("\ufeff")
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        raise ProblemsFound([Problem(Place(file, line), "holds half of a surrogate pair")]) from None
    if size > MAX_BYTES:
        raise ProblemsFound([Problem(Place(file, 1), "is larger than 10 MiB", "split it")])
    try:
        return _compose(CParser(text), file)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        what = f"is not YAML: {error.problem or error.context}"
    except yaml.YAMLError as error:
        position = getattr(error, "position", 0)
        line = text.encode().count(b"\n", 0, position) + 1
        what = f"is not YAML: {getattr(error, 'reason', 'it cannot be read')}"
    raise ProblemsFound([Problem(Place(file, line), what)])


def _compose(parser: CParser, file: str) -> tuple[_Node | None, int]:
    """Nodes from the parser's events; half of a load is spent here, so that kinds are told by identity."""
    # Any: an event's class says which fields it has, and asking isinstance for each costs too much.
    next_event: Callable[[], Any] = parser.get_event
    anchors: dict[str, _Node] = {}
    stack: list[tuple[_Sequence | _Mapping, str | None, list[Any]]] = []
    root: _Node | None = None
    documents = 0
    aliased = 0
    while (event := next_event()) is not None:
        kind = type(event)
        if kind is yaml.ScalarEvent:
            node: _Node = _Scalar(event.value, event.implicit[0], event.tag, event.start_mark.line + 1)
            if event.anchor is not None:
                anchors[event.anchor] = node
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            line = event.start_mark.line + 1
            if len(stack) >= MAX_DEPTH:
                what = f"is nested deeper than {MAX_DEPTH} levels"
                raise ProblemsFound([Problem(Place(file, line), what)])
            opened = _Mapping([], line) if kind is yaml.MappingStartEvent else _Sequence([], line)
            stack.append((opened, event.anchor, []))
            continue
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            closed, anchor, children = stack.pop()
            if isinstance(closed, _Mapping):
                closed.pairs = list(zip(children[::2], children[1::2], strict=True))
            else:
                closed.items = children
            size = 1 + len(children)
            for child in children:
                if type(child) is not _Scalar:
                    size += child.size - 1
            closed.size = size
            node = closed
            if anchor is not None:
                anchors[anchor] = node
        elif kind is yaml.AliasEvent:
            line = event.start_mark.line + 1
            known = anchors.get(event.anchor or "")
            if known is None:
                what = f"*{event.anchor} names no finished anchor before it"
                raise ProblemsFound([Problem(Place(file, line), what)])
            node = known
            aliased += _size(node)
            if aliased > MAX_ALIASED:
                what = f"aliases add more than {MAX_ALIASED} values"
                raise ProblemsFound([Problem(Place(file, line), what, "write the values out")])
        elif kind is yaml.DocumentStartEvent:
            documents += 1
            if documents == 2:
                return root, event.start_mark.line + 1
            continue
        else:
            continue
        if stack:
            stack[-1][2].append(node)
        else:
            root = node
    return root, 0


def _size(node: _Node) -> int:
    return 1 if isinstance(node, _Scalar) else node.size


class _Builder:
    """Turns nodes into values; collects the line of every path and every problem on the way."""

    def __init__(self, file: str, source_text: bool) -> None:
        self.file = file
        self.source_text = source_text
        self.lines: dict[Path, int] = {}
        self.texts: dict[Path, str] = {}
        self.problems: list[Problem] = []

    def build(self, node: _Node, path: Path) -> object:
        if isinstance(node, _Scalar):
            if node.plain and node.tag is None:
                if self.source_text:
                    return node.text
                value = resolve_scalar(node.text)
                if value is not node.text:
                    self.texts[path] = node.text
                    if isinstance(value, float) and not math.isfinite(value):
                        what = f"{_dotted(path)} is not a finite number"
                        self._problem(node.line, what, "write it in quotes")
                return value
            return node.text if node.tag is None or self.source_text else self._tagged(node, path)
        if isinstance(node, _Sequence):
            items = []
            for index, item in enumerate(node.items):
                here = (*path, str(index))
                self.lines[here] = item.line
                items.append(self.build(item, here))
            return items
        return self._mapping(node, path)

    def _mapping(self, node: _Mapping, path: Path) -> dict[str, object]:
        if not path:
            self.lines[path] = node.line
        built: dict[str, object] = {}
        seen: dict[str, int] = {}
        merged: list[_Node] = []
        for key, child in node.pairs:
            if not isinstance(key, _Scalar):
                self._problem(key.line, f"{_dotted(path)} has a key that is not text")
                continue
            if key.text == "<<" and key.plain and key.tag is None and not self.source_text:
                merged.append(child)
                continue
            name = key.text
            if name in seen:
                what = f"{_dotted((*path, name))} stands twice, first in line {seen[name]}"
                self._problem(key.line, what, "keep one of the two")
                continue
            seen[name] = key.line
            here = (*path, name)
            self.lines[here] = key.line
            built[name] = self.build(child, here)
        for child in merged:
            self._merge(child, path, built)
        return built

    def _merge(self, node: _Node, path: Path, built: dict[str, object]) -> None:
        """Fill *built* from a `<<` value; keys that stand already win, and earlier maps of a list."""
        sources = node.items if isinstance(node, _Sequence) else [node]
        for source in sources:
            if not isinstance(source, _Mapping):
                self._problem(source.line, f"{_dotted(path)}: << names something that is not a mapping")
                continue
            for key, child in source.pairs:
                if isinstance(key, _Scalar) and key.text == "<<" and key.plain:
                    self._merge(child, path, built)
                elif isinstance(key, _Scalar) and key.text not in built:
                    here = (*path, key.text)
                    self.lines[here] = key.line
                    built[key.text] = self.build(child, here)

    def _tagged(self, node: _Scalar, path: Path) -> object:
        tag = (node.tag or "").removeprefix(_TAG)
        value = node.text if tag in ("!", "str") else resolve_scalar(node.text)
        self.texts[path] = node.text
        if tag == "float" and isinstance(value, int) and not isinstance(value, bool):
            return float(value)
        if tag not in _TAGS:
            self._problem(node.line, f"{_dotted(path)} has the unknown tag {node.tag}", "leave it out")
        elif type(value) is not _TAGS[tag]:
            self._problem(node.line, f"{_dotted(path)} is not the {tag} its tag says")
        return value

    def _problem(self, line: int, what: str, do: str = "") -> None:
        self.problems.append(Problem(Place(self.file, line), what, do))


_TAGS = {
    "!": str, "str": str, "timestamp": str, "int": int, "float": float, "bool": bool, "null": type(None),
}  # fmt: skip


def _dotted(path: Path) -> str:
    return ".".join(path) or "the document"
