"""The exit codes of the command line and the one exception that carries one with its message."""

from __future__ import annotations

OK = 0
UNEXPECTED = 1
INVALID = 2
NOT_FOUND = 3
NOT_AUTHORISED = 4
TIMEOUT = 5
UNAVAILABLE = 6
FINDINGS = 8


class Stop(Exception):
    """Ends the command with *code*; *text* (may be several lines, or empty) goes to stderr."""

    def __init__(self, code: int, text: str = "") -> None:
        super().__init__(text)
        self.code = code
        self.text = text
