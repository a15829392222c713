"""What a name, version, address or path in a catalog may look like.

They end up in file names, scripts and commands, so that anything a shell or a path could read otherwise is refused
where it is written, in foreign catalogs too.
"""

from __future__ import annotations

import re

_LETTERS = r"[A-Za-z0-9]"
NAME = re.compile(rf"{_LETTERS}(?:[A-Za-z0-9._-]{{0,251}}{_LETTERS})?", re.ASCII)
NAMESPACE = re.compile(r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?", re.ASCII)
VERSION = re.compile(rf"{_LETTERS}[A-Za-z0-9._+-]{{0,127}}", re.ASCII)
CHART = re.compile(rf"{_LETTERS}[A-Za-z0-9._/-]{{0,252}}", re.ASCII)
SOURCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~:/?=@%+,-]{0,1023}", re.ASCII)
PATH = re.compile(r"[A-Za-z0-9._][A-Za-z0-9._/@+-]{0,511}", re.ASCII)
CRITERIA_VALUE = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?", re.ASCII)
READING = re.compile(r"[!-~]{1,512}", re.ASCII)

_LINE = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]{0,1024}")

# Component fields that hold one line of text -> what each may look like and how to say so.
FORMS: dict[str, tuple[re.Pattern[str], str]] = {
    "name": (NAME, "use letters, digits, `-`, `.` and `_` only"),
    "namespace": (NAMESPACE, "use lower case letters, digits and `-`, at most 63"),
    "version": (VERSION, "use letters, digits, `.`, `-`, `+` and `_` only"),
    "tag": (VERSION, "use letters, digits, `.`, `-`, `+` and `_` only"),
    "chart": (CHART, "use letters, digits, `-`, `.`, `_` and `/` only"),
    "source": (SOURCE, "write an address such as https://... or oci://... without spaces or quotes"),
    "path": (PATH, "write a relative path without `..`"),
    "valuesFile": (PATH, "write a path below the catalog's root without `..`"),
    "file": (PATH, "write a path below the catalog's root without `..`"),
    "check": (NAME, "use letters, digits, `-`, `.` and `_` only"),
    "value": (CRITERIA_VALUE, "use lower case letters, digits, `-`, `.` and `_` only"),
    "reading": (READING, "write Type.Subtype.Key without spaces"),
}


def fits(form: str, text: str) -> bool:
    """Whether *text* may stand where *form* (a key of FORMS) is expected; `..` and absolute paths never fit."""
    if not FORMS[form][0].fullmatch(text):
        return False
    if form in ("path", "valuesFile", "file", "chart", "source"):
        return ".." not in text.split("/")
    return True


def one_line(text: str) -> bool:
    """Whether *text* is a single line without control characters."""
    return _LINE.fullmatch(text) is not None
