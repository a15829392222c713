"""Parses the part of Go's text/template that `gotemplate` evaluates into nodes that know their line."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass


class TemplateError(ValueError):
    """The template cannot be read or evaluated; `line` counts from 1."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line = line


@dataclass(frozen=True, slots=True)
class Literal:
    """A quoted text, a number, true, false or nil."""

    value: object


@dataclass(frozen=True, slots=True)
class Field:
    """`.` or `.a.b`."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Variable:
    """`$`, `$x` or `$x.a`."""

    name: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """A pipeline in parentheses, perhaps with fields after it."""

    pipeline: Pipeline
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """A function named as an argument."""

    name: str


Operand = Literal | Field | Variable | Chain | Name


@dataclass(frozen=True, slots=True)
class Call:
    """A function and its operands; without a function, one operand."""

    function: str
    operands: tuple[Operand, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Calls joined by `|`, perhaps assigned to a variable (`range $key, $item :=` names two)."""

    calls: tuple[Call, ...]
    variable: str = ""
    key_variable: str = ""
    ranged: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """Text passed through."""

    text: str


@dataclass(frozen=True, slots=True)
class Output:
    """An action whose value is printed, or assigned."""

    pipeline: Pipeline


@dataclass(frozen=True, slots=True)
class Block:
    """if, with or range."""

    word: str
    pipeline: Pipeline
    body: tuple[Node, ...]
    otherwise: tuple[Node, ...]
    line: int


Node = Text | Output | Block

_ACTION = re.compile(
    r"\{\{(?P<left>- )?(?P<body>(?:\"(?:\\.|[^\"\\\n])*\"|`[^`]*`|/\*.*?\*/|(?!\}\}).)*?)(?P<right> -)?\}\}",
    re.DOTALL,
)
_TOKEN = re.compile(
    r"""\s*(?:
      (?P<text>"(?:\\.|[^"\\])*")
    | (?P<raw>`[^`]*`)
    | (?P<number>[+-]?[0-9][0-9.eE_xXa-fA-F]*)
    | (?P<variable>\$[A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)
    | (?P<field>\.(?:[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)?)
    | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<sign>:=|=|\||\(|\)|,)
    )""",
    re.VERBOSE,
)


def parse_template(text: str) -> tuple[Node, ...]:
    """The nodes of *text*; TemplateError where it is not a template this project reads."""
    parts = _Parts(list(_split(text)))
    nodes, end = parts.until(("",))
    assert end == ""
    return nodes


def _split(text: str) -> Iterator[tuple[str, str, int]]:
    """(kind, content, line) of each stretch of text and each action, trim markers applied."""
    at, line, trim = 0, 1, False
    for match in _ACTION.finditer(text):
        before = text[at : match.start()]
        shown = before.lstrip() if trim else before
        yield "text", shown.rstrip() if match["left"] else shown, line
        line += before.count("\n")
        yield "action", match["body"].strip(), line
        line += match[0].count("\n")
        at, trim = match.end(), bool(match["right"])
    rest = text[at:]
    if "{{" in rest:
        raise TemplateError(line + rest[: rest.index("{{")].count("\n"), "an action is not closed with }}")
    yield "text", rest.lstrip() if trim else rest, line


class _Parts:
    def __init__(self, parts: list[tuple[str, str, int]]) -> None:
        self.parts = parts
        self.at = 0

    def until(self, ends: tuple[str, ...]) -> tuple[tuple[Node, ...], str]:
        """The nodes up to one of *ends* (`""` is the end of the text), and which one it was."""
        nodes: list[Node] = []
        while self.at < len(self.parts):
            kind, content, line = self.parts[self.at]
            self.at += 1
            if kind == "text":
                if content:
                    nodes.append(Text(content))
                continue
            if content.startswith("/*"):
                continue
            word, _, rest = content.partition(" ")
            if word in ("end", "else"):
                if word not in ends:
                    raise TemplateError(line, f"{word} without if, with or range")
                if word == "else" and rest.strip():
                    self.parts.insert(self.at, ("action", rest.strip(), line))
                    return tuple(nodes), "else-if"
                return tuple(nodes), word
            if word in ("if", "with", "range"):
                nodes.append(self.block(word, rest, line))
            elif word in ("define", "template", "block", "break", "continue"):
                raise TemplateError(line, f"{word} is not supported")
            else:
                nodes.append(Output(parse_pipeline(content, line)))
        if "" not in ends:
            raise TemplateError(self.parts[-1][2], "an if, with or range has no end")
        return tuple(nodes), ""

    def block(self, word: str, rest: str, line: int) -> Block:
        pipeline = parse_pipeline(rest, line, ranged=word == "range")
        body, stop = self.until(("end", "else"))
        otherwise: tuple[Node, ...] = ()
        if stop == "else-if":
            _, content, at = self.parts[self.at]
            self.at += 1
            inner, _, condition = content.partition(" ")
            if inner not in ("if", "with"):
                raise TemplateError(at, f"else {inner} is not known")
            otherwise = (self.block(inner, condition, at),)  # its own end closes this one too
        elif stop == "else":
            otherwise, _ = self.until(("end",))
        return Block(word, pipeline, body, otherwise, line)


def parse_pipeline(text: str, line: int, *, ranged: bool = False) -> Pipeline:
    """The pipeline of an action's text."""
    tokens = _Tokens(text, line)
    pipeline = tokens.pipeline(ranged)
    if tokens.peek():
        raise TemplateError(line, f"cannot read {tokens.peek()!r} in {{{{ {text} }}}}")
    return pipeline


class _Tokens:
    def __init__(self, text: str, line: int) -> None:
        self.line = line
        self.tokens: list[tuple[str, str, bool]] = []  # kind, text, whether it follows without a blank
        at = 0
        text = text.rstrip()
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None:
                raise TemplateError(line, f"cannot read {text[at:].strip()!r}")
            kind = match.lastgroup or ""
            self.tokens.append((kind, match[kind], match.start(kind) == at and at > 0))
            at = match.end()
        self.at = 0

    def peek(self, ahead: int = 0) -> str:
        at = self.at + ahead
        return self.tokens[at][1] if at < len(self.tokens) else ""

    def pipeline(self, ranged: bool = False) -> Pipeline:
        variable = key = ""
        if self.peek().startswith("$") and self.peek(1) in (":=", "="):
            variable = self.peek()
            self.at += 2
        elif ranged and self.peek().startswith("$") and self.peek(1) == ",":
            key, variable = self.peek(), self.peek(2)
            if self.peek(3) != ":=":
                raise TemplateError(self.line, "range wants $key, $value := ...")
            self.at += 4
        calls = [self.call()]
        while self.peek() == "|":
            self.at += 1
            calls.append(self.call())
        return Pipeline(tuple(calls), variable, key, ranged)

    def call(self) -> Call:
        function = ""
        if self.at < len(self.tokens) and self.tokens[self.at][0] == "word":
            word = self.peek()
            if word not in ("true", "false", "nil"):
                function = word
                self.at += 1
        operands = []
        while self.at < len(self.tokens) and self.peek() not in ("|", ")"):
            operands.append(self.operand())
        if not function and not operands:
            raise TemplateError(self.line, "an empty action or argument")
        return Call(function, tuple(operands), self.line)

    def operand(self) -> Operand:
        kind, text, _ = self.tokens[self.at]
        self.at += 1
        if kind == "text":
            try:
                return Literal(str(ast.literal_eval(text)))
            except (SyntaxError, ValueError):
                raise TemplateError(self.line, f"cannot read the text {text}") from None
        if kind == "raw":
            return Literal(text[1:-1])
        if kind == "number":
            return Literal(self._number(text))
        if kind == "variable":
            name, *fields = text.split(".")
            return Variable(name, tuple(fields))
        if kind == "field":
            return Field(tuple(text[1:].split(".")) if text != "." else ())
        if kind == "word":
            words: dict[str, object] = {"true": True, "false": False, "nil": None}
            return Literal(words[text]) if text in words else Name(text)
        if text == "(":
            inner = self.pipeline()
            if self.peek() != ")":
                raise TemplateError(self.line, "a parenthesis is not closed")
            self.at += 1
            names: tuple[str, ...] = ()
            if self.at < len(self.tokens):
                kind, field, adjoins = self.tokens[self.at]
                if kind == "field" and adjoins and field != ".":
                    names = tuple(field[1:].split("."))
                    self.at += 1
            return Chain(inner, names)
        raise TemplateError(self.line, f"cannot read {text!r}")

    def _number(self, text: str) -> int | float:
        try:
            return int(text, 0)
        except ValueError:
            pass
        try:
            return float(text)
        except ValueError:
            raise TemplateError(self.line, f"{text} is no number") from None
