"""Versions as clusters write them: their leading dotted integers, with what follows kept as detail.

Twin of `site_src/ts/core/versions.ts`; both run `tests/vectors/versions.json`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = [
    "Version",
    "VersionError",
    "compare_places",
    "compare_versions",
    "parse_version",
    "plain_text",
    "trim",
]

# Written out because the languages' own trimming differ: this is what AICR's parser trims.
SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
LARGEST = 2**63 - 1
MAX_PLACES = 3

_CUT = re.compile(r"[0-9]([-+])")
_INTEGER = re.compile(r"[-+]?[0-9]+")
_PRE_RELEASE = re.compile(
    r"-(alpha|beta|rc|pre|preview|dev|snapshot|nightly)(?![a-z])", re.IGNORECASE | re.ASCII
)
_GKE = re.compile(r"-gke\.([0-9]{1,18})(?![0-9])")


class VersionError(ValueError):
    """The text is not a version; the message says why, after the text itself."""


@dataclass(frozen=True, slots=True)
class Version:
    """`places` are one to three integers; `suffix` is everything after them, its `-` or `+` included."""

    places: tuple[int, ...]
    suffix: str = ""

    @property
    def pre_release(self) -> bool:
        """Whether the suffix names a version that comes before the release (`-rc.1`, `-beta`)."""
        return _PRE_RELEASE.match(self.suffix) is not None

    @property
    def gke_build(self) -> int | None:
        """The number of a `-gke.N` suffix, None without one."""
        found = _GKE.match(self.suffix)
        return int(found.group(1)) if found else None


def trim(text: str) -> str:
    """*text* without the white space around it, the same in both languages."""
    return text.strip(SPACE)


def plain_text(value: object) -> str:
    """A parsed scalar as the text both languages give it: absent is empty, `true` is lower case, 300.0 is 300."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, (str, int, float)) else ""


def parse_version(text: str) -> Version:
    """Read `v1.32.4-eks-3025e55` and the like; raises VersionError.

    One lower-case `v` may stand in front. The suffix begins at the first `-` or `+` after a digit.
    One to three places, each an integer that fits 64 bits and is not negative.
    """
    whole = trim(text)
    if not whole:
        raise VersionError("is empty")
    rest = whole.removeprefix("v")
    cut = _CUT.search(rest)
    numbers, suffix = (rest[: cut.start(1)], rest[cut.start(1) :]) if cut else (rest, "")
    parts = numbers.split(".")
    if len(parts) > MAX_PLACES:
        raise VersionError("has more than three places")
    return Version(tuple(_place(part) for part in parts), suffix)


def _place(part: str) -> int:
    if not part:
        raise VersionError("has an empty place")
    # Length first: a thousand digits are refused without making a number of them.
    if not _INTEGER.fullmatch(part) or len(part.lstrip("+-0")) > 19:
        raise VersionError("has a place that is not a number")
    value = int(part)
    if value < 0:
        raise VersionError("has a negative place")
    if value > LARGEST:
        raise VersionError("has a place that is not a number")
    return value


def compare_versions(left: Version, right: Version) -> int:
    """-1, 0 or 1 over all three places; a missing place is 0 and suffixes are ignored."""
    ours, theirs = _padded(left), _padded(right)
    return (ours > theirs) - (ours < theirs)


def compare_places(actual: Version, expected: Version) -> int | None:
    """-1, 0 or 1 over the places *expected* states; None where *actual* states too few to decide.

    `1.32` against `1.32.4` is None, against `1.33.1` it is -1. An actual that stops early may stand for
    any value of its missing places, so against expected zeros it is 0 or above: that is None too.
    """
    for index, wanted in enumerate(expected.places):
        if index >= len(actual.places):
            return None
        have = actual.places[index]
        if have != wanted:
            return 1 if have > wanted else -1
    return 0


def _padded(version: Version) -> tuple[int, ...]:
    return version.places + (0,) * (MAX_PLACES - len(version.places))
