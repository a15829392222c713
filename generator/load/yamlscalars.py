"""What an unquoted YAML scalar means in the dialect AICR's own parser reads (Go yaml.v3).

Called by `yamltext` for reading and by `yamlemit` to know which strings need quotes.
"""

from __future__ import annotations

import math
import re
from datetime import datetime

_WORDS: dict[str, object] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
    ".nan": math.nan, ".NaN": math.nan, ".NAN": math.nan,
}  # fmt: skip
for _word in (".inf", ".Inf", ".INF"):
    _WORDS[_word] = _WORDS["+" + _word] = math.inf
    _WORDS["-" + _word] = -math.inf

_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", re.ASCII)
_INTEGER = re.compile(
    r"(?P<sign>[-+]?)(?:0[xX](?P<hex>[0-9a-fA-F]+)|0[bB](?P<bin>[01]+)|0[oO]?(?P<oct>[0-7]+)|(?P<dec>0|[1-9][0-9]*))",
    re.ASCII,
)
_DATE = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{1,2}-[0-9]{1,2})"
    r"(?:(?P<t>[Tt ])(?P<time>[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2})"
    r"(?P<fraction>\.[0-9]+)?(?P<zone>Z|[-+][0-9]{2}:[0-9]{2})?)?",
    re.ASCII,
)
_LARGEST = 2**64
_STARTS = frozenset("0123456789+-.~nNtTfF")


def resolve_scalar(text: str) -> object:
    """The value of an unquoted scalar: null, a boolean, a number, or the text itself.

    `yes` and `on` stay text; `010` and `0o10` are 8; integers past 64 bits are floats; a date is
    the text of its RFC 3339 form, because that is what it becomes on emission.
    """
    if text and text[0] not in _STARTS:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if text[0] in "~nNtTfF":
        return text
    return _resolve_number(text)


def _resolve_number(text: str) -> object:
    stamp = _timestamp(text)
    if stamp:
        return stamp
    plain = text.replace("_", "") if text[0] != "." else text
    match = _INTEGER.fullmatch(plain)
    if match and len(plain) <= 70:
        integer = _integer(match)
        if -_LARGEST // 2 <= integer < _LARGEST:
            return integer
    if _FLOAT.fullmatch(plain):
        number = float(plain)
        if math.isfinite(number):
            return number
    return text


def _integer(match: re.Match[str]) -> int:
    sign = -1 if match["sign"] == "-" else 1
    for group, radix in (("hex", 16), ("bin", 2), ("oct", 8), ("dec", 10)):
        if match[group] is not None:
            return sign * int(match[group], radix)
    raise AssertionError(match)


def _timestamp(text: str) -> str:
    """RFC 3339 text of a date, or "" where *text* is none."""
    if len(text) < 8 or text[4] != "-":
        return ""
    match = _DATE.fullmatch(text)
    if match is None:
        return ""
    if match["t"] is not None and (match["zone"] is None) != (match["t"] == " "):
        return ""  # a zone goes with T, its absence with a blank: yaml.v3 knows no other form
    try:
        moment = datetime.strptime(f"{match['date']} {match['time'] or '0:0:0'}", "%Y-%m-%d %H:%M:%S")
    except ValueError:
        return ""
    zone = match["zone"] or "Z"
    if zone != "Z" and not (int(zone[1:3]) <= 23 and int(zone[4:6]) <= 59):
        return ""
    fraction = (match["fraction"] or "")[:10].rstrip("0").rstrip(".")
    return f"{moment.isoformat()}{fraction}{'Z' if zone in ('+00:00', '-00:00') else zone}"
