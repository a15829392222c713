"""Writes plain values as YAML: one fixed form, so that equal values are equal bytes.

The C dumper of PyYAML goes through Python for every node and is several times slower than this.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from generator.load.yamlscalars import resolve_scalar

# Text that reads as itself without quotes: no indicator at the start, no `: ` and no ` #` inside.
_SAFE = r"[A-Za-z0-9_/.$()+@%*=<>;^|&!?~-]"
_PLAIN = re.compile(rf"[A-Za-z0-9_/.$(]{_SAFE}*(?:[ :,]{_SAFE}+)*")
# YAML 1.1 parsers (Helm's, PyYAML's) read these words as booleans.
_OLD_WORDS = frozenset(
    form for word in ("y", "n", "yes", "no", "on", "off", "true", "false", "null")
    for form in (word, word.capitalize(), word.upper())
)  # fmt: skip
_OLD_NUMBER = re.compile(
    r"[-+]?[0-9][0-9_,]*(:[0-5]?[0-9])+(\.[0-9_]*)?|[-+.]?[0-9][0-9_.eE+-]*|[-+]?0[xXbBoO][0-9a-fA-F_]+|="
)
_PRINTABLE = re.compile("[\t\n -~\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]*")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0"}


def dump_yaml(value: object, *, sort_keys: bool = True, indent: int = 2) -> str:
    """*value* as one YAML document that ends with a newline; reading it back gives an equal value.

    Mappings, lists, tuples, text, numbers, booleans and null only; anything else is a TypeError.
    """
    lines: list[str] = []
    if isinstance(value, Mapping) and value:
        _mapping(value, "", lines, sort_keys, " " * indent)
    elif isinstance(value, (list, tuple)) and value:
        _sequence(value, "", lines, sort_keys, " " * indent)
    else:
        lines.append(_scalar(value, "", " " * indent))
    lines.append("")
    return "\n".join(lines)


def _mapping(value: Mapping[str, object], pad: str, lines: list[str], sort_keys: bool, step: str) -> None:
    for key in sorted(value) if sort_keys else value:
        _entry(f"{pad}{_key(key)}:", value[key], pad, lines, sort_keys, step)


def _entry(head: str, child: object, pad: str, lines: list[str], sort_keys: bool, step: str) -> None:
    if isinstance(child, str):
        lines.append(f"{head} {_text(child, pad, step)}")
    elif isinstance(child, Mapping) and child:
        lines.append(head)
        _mapping(child, pad + step, lines, sort_keys, step)
    elif isinstance(child, (list, tuple)) and child:
        lines.append(head)
        _sequence(child, pad + step, lines, sort_keys, step)
    else:
        lines.append(f"{head} {_scalar(child, pad, step)}")


def _sequence(value: Sequence[object], pad: str, lines: list[str], sort_keys: bool, step: str) -> None:
    inner = pad + "  "
    for item in value:
        if isinstance(item, (Mapping, list, tuple)) and item:
            first = len(lines)
            if isinstance(item, Mapping):
                _mapping(item, inner, lines, sort_keys, step)
            else:
                _sequence(item, inner, lines, sort_keys, step)
            lines[first] = f"{pad}- {lines[first][len(inner) :]}"
        else:
            lines.append(f"{pad}- {_scalar(item, pad, step)}")


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"a key must be text, not {type(key).__name__}")
    # Keys are always read as text; old parsers still take `on:` for a boolean.
    return key if _is_plain(key) and len(key) <= 120 else _quoted(key)


def _scalar(value: object, pad: str, step: str) -> str:
    if isinstance(value, str):
        return _text(value, pad, step)
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return format_float(value)
    if isinstance(value, Mapping):
        return "{}"
    if isinstance(value, (list, tuple)):
        return "[]"
    raise TypeError(f"{type(value).__name__} has no YAML form here")


def format_float(value: float) -> str:
    """The shortest form that reads back equal, as Go writes it: an exponent below 1e-04 and from 1e+06."""
    if not math.isfinite(value):
        return ".nan" if math.isnan(value) else ".inf" if value > 0 else "-.inf"
    sign, digits, exponent = Decimal(repr(value)).as_tuple()
    assert isinstance(exponent, int)
    text = "".join(map(str, digits)).rstrip("0") or "0"
    point = len(digits) + exponent - 1 if value else 0
    if -4 <= point < 6:
        return _fixed(sign, text, point)
    mantissa = text[0] + (f".{text[1:]}" if len(text) > 1 else "")
    return f"{'-' if sign else ''}{mantissa}e{'-' if point < 0 else '+'}{abs(point):02d}"


def _fixed(sign: int, text: str, point: int) -> str:
    if point < 0:
        body = "0." + "0" * (-point - 1) + text
    elif len(text) <= point + 1:
        body = text + "0" * (point + 1 - len(text))
    else:
        body = f"{text[: point + 1]}.{text[point + 1 :]}"
    return f"-{body}" if sign else body


def _text(text: str, pad: str, step: str) -> str:
    if "\n" in text and _fits_block(text):
        body = text.rstrip("\n")
        chomp = {0: "-", 1: ""}.get(len(text) - len(body), "+")
        lines = (text if chomp == "-" else text[:-1]).split("\n")
        return f"|{chomp}\n" + "\n".join(f"{pad}{step}{line}" if line else "" for line in lines)
    return text if _is_plain(text) and type(resolve_scalar(text)) is str else _quoted(text)


def _fits_block(text: str) -> bool:
    """Whether a literal block holds *text* without an indentation indicator."""
    return (
        _PRINTABLE.fullmatch(text) is not None
        and "\t" not in text
        and not text.startswith((" ", "\n"))
        and text.strip("\n ") != ""
        and " \n" not in text
        and not text.endswith(" ")
    )


def _is_plain(text: str) -> bool:
    return (
        _PLAIN.fullmatch(text) is not None and text not in _OLD_WORDS and _OLD_NUMBER.fullmatch(text) is None
    )


def _quoted(text: str) -> str:
    if _PRINTABLE.fullmatch(text) and "\n" not in text and "\t" not in text:
        special = type(resolve_scalar(text)) is not str or text in _OLD_WORDS or _OLD_NUMBER.fullmatch(text)
        if text and not special:
            return "'" + text.replace("'", "''") + "'"
    return '"' + "".join(_escape(character) for character in text) + '"'


def _escape(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if _PRINTABLE.fullmatch(character):
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
