"""Service by accelerator by intent, as a table that a change to the catalog changes in plain sight."""

from __future__ import annotations

from pathlib import Path

from generator.core.criteria import ANY
from generator.engine.matrix import matrix_cells
from generator.engine.model import Catalog, Coverage, Matrix

TABLE = Path(__file__).parent / "coverage.txt"
GRADES = list(Coverage)


def draw_table(catalog: Catalog, matrix: Matrix) -> str:
    """Rows are services, columns accelerators; a cell is the best any OS and platform reach, training / inference."""
    best: dict[tuple[str, str, str], Coverage] = {}
    for cell in matrix_cells(matrix, catalog):
        key = (cell.criteria.service, cell.criteria.accelerator, cell.criteria.intent)
        if ANY not in key:
            best[key] = min(best.get(key, Coverage.UNSUPPORTED), cell.coverage, key=GRADES.index)
    accelerators, intents = matrix.values["accelerator"][1:], matrix.values["intent"][1:]
    lines = [["", *accelerators]]
    for service in matrix.values["service"][1:]:
        cells = (" / ".join(best[service, a, i].value for i in intents) for a in accelerators)
        lines.append([service, *cells])
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "".join(
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() + "\n"
        for line in lines
    )


def test_coverage_is_what_the_table_says(catalog: Catalog, matrix: Matrix) -> None:
    """Where a change is meant, put the new table into coverage.txt: it shows the reviewer what the change is worth."""
    assert draw_table(catalog, matrix) == TABLE.read_text(encoding="utf-8")
