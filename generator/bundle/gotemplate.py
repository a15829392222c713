"""Evaluates the part of Go's text/template that catalog manifests use, with AICR's four functions.

Actions: comments, pipelines, variables, if/else/end, range, with. What is not known is a TemplateError
naming the line, never text passed through.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from generator.bundle.gosyntax import (
    Block,
    Call,
    Chain,
    Field,
    Literal,
    Node,
    Operand,
    Output,
    Pipeline,
    TemplateError,
    Text,
    Variable,
    parse_template,
)
from generator.load.yamltext import dump_yaml

__all__ = ["TemplateError", "render_template"]

MAX_OUTPUT = 10 * 1024 * 1024


def render_template(text: str, data: Mapping[str, object]) -> str:
    """*text* with its actions evaluated over *data*; absent keys are `<no value>`, as Go prints them."""
    if "{{" not in text:
        return text
    scope = _Scope(data, data, {})
    parts: list[str] = []
    _run(_parsed(text), scope, parts)
    return "".join(parts)


_parsed = functools.lru_cache(maxsize=512)(parse_template)


@dataclass(slots=True)
class _Scope:
    root: object  # $
    dot: object
    variables: dict[str, object]


def _run(nodes: Sequence[Node], scope: _Scope, parts: list[str]) -> None:
    for node in nodes:
        if isinstance(node, Text):
            parts.append(node.text)
        elif isinstance(node, Output):
            value = _pipeline(node.pipeline, scope)
            if not node.pipeline.variable:
                parts.append(_print(value))
        else:
            _block(node, scope, parts)


def _block(node: Block, scope: _Scope, parts: list[str]) -> None:
    # Variables declared inside a block end with it.
    inner = _Scope(scope.root, scope.dot, dict(scope.variables))
    value = _pipeline(node.pipeline, inner)
    if node.word == "range":
        items = _items(value, node.line)
        for key, item in items:
            turn = _Scope(scope.root, item, dict(inner.variables))
            if node.pipeline.variable:
                turn.variables[node.pipeline.variable] = item
            if node.pipeline.key_variable:
                turn.variables[node.pipeline.key_variable] = key
            _run(node.body, turn, parts)
        if not items:
            _run(node.otherwise, inner, parts)
    elif _true(value):
        if node.word == "with":
            inner.dot = value
        _run(node.body, inner, parts)
    else:
        _run(node.otherwise, inner, parts)


def _items(value: object, line: int) -> list[tuple[object, object]]:
    if value is None:
        return []
    if isinstance(value, Mapping):
        return [(key, value[key]) for key in sorted(value)]
    if isinstance(value, (list, tuple)):
        return list(enumerate(value))
    raise TemplateError(line, f"range over {_kind(value)}")


def _pipeline(pipeline: Pipeline, scope: _Scope) -> object:
    value: object = None
    for index, call in enumerate(pipeline.calls):
        value = _call(call, scope, (value,) if index else ())
    if pipeline.variable and not pipeline.ranged:
        scope.variables[pipeline.variable] = value
    return value


def _call(call: Call, scope: _Scope, last: tuple[object, ...]) -> object:
    if call.function:
        if call.function in ("and", "or") and not last:
            return _and_or(call, scope)
        function = _FUNCTIONS.get(call.function)
        if function is None:
            known = ", ".join(sorted(_FUNCTIONS))
            raise TemplateError(call.line, f"the function {call.function} is not known; known: {known}")
        arguments = [*(_operand(operand, scope, call.line) for operand in call.operands), *last]
        try:
            return function(*arguments)
        except (TypeError, ValueError) as error:
            raise TemplateError(call.line, f"{call.function}: {error}") from None
    if len(call.operands) != 1 or last:
        raise TemplateError(call.line, "a value cannot be called")
    return _operand(call.operands[0], scope, call.line)


def _and_or(call: Call, scope: _Scope) -> object:
    """The first argument that decides; the rest is not evaluated, as in Go."""
    value: object = None
    for operand in call.operands:
        value = _operand(operand, scope, call.line)
        if _true(value) == (call.function == "or"):
            return value
    return value


def _operand(operand: Operand, scope: _Scope, line: int) -> object:
    if isinstance(operand, Literal):
        return operand.value
    if isinstance(operand, Field):
        return _walk(scope.dot, operand.names, line)
    if isinstance(operand, Variable):
        if operand.name == "$":
            return _walk(scope.root, operand.names, line)
        if operand.name not in scope.variables:
            raise TemplateError(line, f"{operand.name} is not declared")
        return _walk(scope.variables[operand.name], operand.names, line)
    if isinstance(operand, Chain):
        return _walk(_pipeline(operand.pipeline, scope), operand.names, line)
    return _call(Call(operand.name, (), line), scope, ())


def _walk(value: object, names: Sequence[str], line: int) -> object:
    for name in names:
        if value is None:
            return None
        if not isinstance(value, Mapping):
            raise TemplateError(line, f"{_kind(value)} has no field {name}")
        value = value.get(name)
    return value


def _true(value: object) -> bool:
    """Go's truth: nil, false, zero and what is empty are false."""
    return bool(value)


def _print(value: object) -> str:
    if value is None:
        return "<no value>"
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return "map[" + " ".join(f"{key}:{_nested(value[key])}" for key in sorted(value)) + "]"
    if isinstance(value, (list, tuple)):
        return "[" + " ".join(_nested(item) for item in value) + "]"
    if isinstance(value, float):
        text = f"{value:.17g}" if value != float(repr(value)) else repr(value)
        return text.removesuffix(".0")
    return str(value)


def _nested(value: object) -> str:
    return "<nil>" if value is None else _print(value)


def _kind(value: object) -> str:
    names = {str: "text", bool: "a boolean", int: "a number", float: "a number", list: "a list"}
    return names.get(type(value), "a value")


def _index(value: object, *keys: object) -> object:
    for key in keys:
        if value is None:
            return None
        if isinstance(value, Mapping):
            value = value.get(key) if isinstance(key, str) else None
        elif isinstance(value, (list, tuple)) and isinstance(key, int) and 0 <= key < len(value):
            value = value[key]
        else:
            raise ValueError(f"{_kind(value)} has no element {key!r}")
    return value


def _equal(first: object, *others: object) -> bool:
    return any(type(first) is type(other) and first == other for other in others)


def _less(first: object, second: object) -> bool:
    if isinstance(first, str) and isinstance(second, str):
        return first < second
    if isinstance(first, (int, float)) and isinstance(second, (int, float)):
        return first < second
    raise ValueError("compares values of different kinds")


def _length(value: object) -> int:
    if isinstance(value, (str, Mapping, list, tuple)):
        return len(value)
    raise ValueError(f"{_kind(value)} has no length")


def _default(fallback: object, value: object = None) -> object:
    """AICR's default: only nil and empty text are replaced; false and 0 are values."""
    return fallback if value is None or value == "" else value


def _indent(spaces: object, text: object) -> str:
    pad = " " * _small(spaces)
    return "\n".join(pad + line if line else line for line in _to_string(text).split("\n"))


def _small(number: object) -> int:
    if not isinstance(number, int) or not 0 <= number <= 200:
        raise ValueError(f"{number!r} is no number of spaces")
    return number


def _to_string(value: object) -> str:
    return "<nil>" if value is None else _print(value)


_VERB = re.compile(r"%[sdvq%]")


def _printf(form: object, *arguments: object) -> str:
    queue = list(arguments)

    def place(match: re.Match[str]) -> str:
        if match[0] == "%%":
            return "%"
        if not queue:
            raise ValueError("has fewer arguments than verbs")
        value = queue.pop(0)
        return _quote(value) if match[0] == "%q" else _nested(value)

    return _VERB.sub(place, str(form))


def _quote(value: object) -> str:
    text = _to_string(value)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


_FUNCTIONS: Mapping[str, Callable[..., object]] = {
    "and": lambda *values: next((value for value in values if not _true(value)), values[-1]),
    "or": lambda *values: next((value for value in values if _true(value)), values[-1]),
    "not": lambda value: not _true(value),
    "eq": _equal,
    "ne": lambda first, second: not _equal(first, second),
    "lt": _less,
    "le": lambda first, second: not _less(second, first),
    "gt": lambda first, second: _less(second, first),
    "ge": lambda first, second: not _less(first, second),
    "index": _index,
    "len": _length,
    "print": lambda *values: "".join(_nested(value) for value in values),
    "printf": _printf,
    "default": _default,
    "toYaml": lambda value: dump_yaml(value, indent=4).rstrip("\n"),
    "toString": _to_string,
    "nindent": lambda spaces, text: "\n" + _indent(spaces, text),
    "indent": _indent,
    "quote": _quote,
}
