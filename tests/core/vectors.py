"""The shared vectors: what both languages' cores are held against, and what is published for others."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

VECTORS = Path(__file__).resolve().parent.parent / "vectors"
MODULES = (
    "versions", "verdicts", "constraints", "criteria", "snapshot", "detection", "checks", "validation", "plan",
    "lifecycle",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One call and what it must give: `answer` is `{"value": ...}` or `{"error": message}`."""

    module: str
    function: str
    description: str
    args: list[Any]
    answer: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.module}: {self.function}: {self.description}"


def load_rows() -> list[Row]:
    """Every row of every file, in order."""
    return [
        Row(
            module, row["function"], row["description"], row["args"],
            {"error": row["error"]} if "error" in row else {"value": row["expected"]},
        )
        for module in MODULES
        for row in json.loads((VECTORS / f"{module}.json").read_text(encoding="utf-8"))["rows"]
    ]  # fmt: skip
