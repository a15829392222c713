"""Reads the text of `--set` the way Helm does: `a.b=1,c[0].d=x,e={1,2},f\\.g=null`."""

from __future__ import annotations

import re

_INTEGER = re.compile(r"[+-]?[0-9]+", re.ASCII)
_MAX_INDEX = 65536  # Helm's own limit

Step = str | int


class SetSyntaxError(ValueError):
    """The text is not what `--set` takes; the message says where."""


def parse_set(text: str, *, strings: bool = False) -> list[tuple[tuple[Step, ...], object]]:
    """The (path, value) pairs of *text* in order; a path's numbers are list indexes.

    Values are typed as Helm types them: true, false and null are themselves, integers without a
    leading zero are numbers, everything else (`1.10` too) is text; with *strings* all is text.
    """
    reader = _Reader(text)
    pairs = []
    while not reader.done:
        path = reader.path()
        pairs.append((path, reader.value(strings)))
    if not pairs:
        raise SetSyntaxError("is empty")
    return pairs


def parse_path(text: str) -> tuple[Step, ...]:
    """The path of `a.b[0].c`, as `--set-file` names it."""
    return _Reader(text + "=").path()


def typed(text: str) -> object:
    """The value Helm gives an unquoted text."""
    if text in ("true", "false"):
        return text == "true"
    if text == "null":
        return None
    if _INTEGER.fullmatch(text) and (text == "0" or not text.lstrip("+-").startswith("0")):
        number = int(text)
        if -(2**63) <= number < 2**63:
            return number
    return text


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    @property
    def done(self) -> bool:
        return self.at >= len(self.text)

    def path(self) -> tuple[Step, ...]:
        steps: list[Step] = []
        word: list[str] = []
        ended = False  # whether an index closed the last step
        while not self.done:
            character = self._take()
            if character == "\\" and not self.done:
                word.append(self._take())
            elif character in ".=[":
                if word:
                    steps.append("".join(word))
                    word = []
                elif not ended:
                    raise SetSyntaxError(f"has an empty name before {character!r} at position {self.at}")
                ended = False
                if character == "=":
                    return tuple(steps)
                if character == "[":
                    steps.append(self._index())
                    ended = True
            elif character == ",":
                raise SetSyntaxError(f"names {''.join(word)!r} and gives it no value")
            else:
                if ended:
                    raise SetSyntaxError(f"has text right after ] at position {self.at}")
                word.append(character)
        raise SetSyntaxError("has no value; write path=value")

    def _index(self) -> int:
        end = self.text.find("]", self.at)
        digits = self.text[self.at : end] if end >= 0 else ""
        if not digits.isascii() or not digits.isdigit():
            raise SetSyntaxError(f"has no list index at position {self.at}")
        self.at = end + 1
        if int(digits) > _MAX_INDEX:
            raise SetSyntaxError(f"has the list index {digits}; the largest is {_MAX_INDEX}")
        return int(digits)

    def value(self, strings: bool) -> object:
        if not self.done and self.text[self.at] == "{":
            self.at += 1
            return self._list(strings)
        text, _ = self._until(",")
        return text if strings else typed(text)

    def _list(self, strings: bool) -> list[object]:
        items: list[object] = []
        while True:
            text, stop = self._until(",}")
            if not (stop == "}" and not items and not text):
                items.append(text if strings else typed(text))
            if stop == "}":
                if not self.done and self._take() != ",":
                    raise SetSyntaxError("has text after a list's }")
                return items
            if not stop:
                raise SetSyntaxError("has a list that is not closed with }")

    def _until(self, stops: str) -> tuple[str, str]:
        word: list[str] = []
        while not self.done:
            character = self._take()
            if character == "\\" and not self.done:
                word.append(self._take())
            elif character in stops:
                return "".join(word), character
            else:
                word.append(character)
        return "".join(word), ""

    def _take(self) -> str:
        self.at += 1
        return self.text[self.at - 1]
