"""Prints the lines of generator/core that no shared vector runs; a program of its own, so that nothing is warm."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

CORE = Path(__file__).resolve().parent.parent.parent / "generator" / "core"


def main() -> None:
    """Run every row under a tracer and print `<module>.py:<line>: <text>` for what was never reached."""
    ran: set[tuple[str, int]] = set()

    def local(frame: FrameType, event: str, arg: Any) -> Any:
        ran.add((frame.f_code.co_filename, frame.f_lineno))
        return local

    def entered(frame: FrameType, event: str, arg: Any) -> Any:
        if not frame.f_code.co_filename.startswith(str(CORE)):
            return None
        return local(frame, event, arg)

    sys.settrace(entered)
    call = importlib.import_module("tests.core.functions").call
    rows = importlib.import_module("tests.core.vectors").load_rows()
    for row in rows:
        call(row.function, json.loads(json.dumps(row.args)))
    sys.settrace(None)
    for path in sorted(CORE.glob("*.py")):
        text = path.read_text(encoding="utf-8").splitlines()
        for line in sorted(set(_lines(compile("\n".join(text), str(path), "exec")))):
            if (str(path), line) not in ran and not text[line - 1].lstrip().startswith(('"""', "#")):
                print(f"{path.name}:{line}: {text[line - 1].strip()}")


def _lines(code: CodeType) -> Iterator[int]:
    yield from (line for _, _, line in code.co_lines() if line)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _lines(constant)


if __name__ == "__main__":
    main()
