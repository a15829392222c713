"""Writes and reads checksums.txt: sha256sum's format, over every file of a bundle but itself."""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Mapping

NAME = "checksums.txt"
_LINE = re.compile(r"([0-9a-f]{64})  (.+)")


def checksums(files: Mapping[str, bytes]) -> bytes:
    """The text of checksums.txt for *files*, by path."""
    lines = (f"{sha256(files[path])}  {path}\n" for path in sorted(files) if path != NAME)
    return "".join(lines).encode()


@functools.lru_cache(maxsize=8192)
def sha256(content: bytes) -> str:
    """The digest in hexadecimal; remembered, since bundles share most of their files."""
    return hashlib.sha256(content).hexdigest()


def read_checksums(text: str) -> tuple[dict[str, str], list[str]]:
    """The digests by path, and what is wrong with the list."""
    digests: dict[str, str] = {}
    wrong = []
    if not text.strip():
        wrong.append("is empty; a bundle lists every file")
    elif not text.endswith("\n"):
        wrong.append("ends without a newline; it may be cut off")
    paths = []
    for number, line in enumerate(text.splitlines(), 1):
        match = _LINE.fullmatch(line)
        if match is None:
            wrong.append(f"line {number} is not a digest, two blanks and a path")
            continue
        digest, path = match.groups()
        if not safe_path(path):
            wrong.append(
                f"line {number} names {path[:100]!r}, which leads out of the bundle or is no plain path"
            )
        elif path in digests:
            wrong.append(f"line {number} names {path} a second time")
        elif path == NAME:
            wrong.append(f"line {number} names {NAME} itself")
        else:
            digests[path] = digest
            paths.append(path)
    if paths != sorted(paths):
        wrong.append("is not sorted by path")
    return digests, wrong


def safe_path(path: str) -> bool:
    """Whether *path* is relative, stays below its top and is printable, with / alone between names."""
    return (
        0 < len(path) <= 1000
        and path.isprintable()
        and "\\" not in path
        and all(step not in ("", ".", "..") for step in path.split("/"))
    )
