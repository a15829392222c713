"""The TypeScript core runs the same vectors as the Python one, and no function of it is without rows."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from generator.toolchain import SOURCES
from tests.core.vectors import MODULES, load_rows
from tests.ts.bundle import run_functions

ROWS = load_rows()


def test_every_row(functions: Path) -> None:
    answers = run_functions(functions, [(row.function, row.args) for row in ROWS])
    wrong = [
        f"{row}\n  expected {row.answer}\n  got      {answer}"
        for row, answer in zip(ROWS, answers, strict=True)
        if answer != row.answer
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("module", MODULES)
def test_every_exported_function_has_rows(module: str) -> None:
    source = (SOURCES / "ts" / "core" / f"{module}.ts").read_text(encoding="utf-8")
    exported = re.findall(r"^export (?:async )?function\*? (\w+)", source, re.MULTILINE)
    names = {re.sub(r"[A-Z]", lambda found: "_" + found[0].lower(), name) for name in exported}
    assert names - {row.function for row in ROWS} == set()


def test_no_function_is_left_uncalled(functions: Path, tmp_path: Path) -> None:
    run_functions(functions, [(row.function, row.args) for row in ROWS], coverage=tmp_path)
    source = functions.read_text(encoding="utf-8")
    (found,) = [
        script
        for file in tmp_path.glob("*.json")
        for script in json.loads(file.read_text(encoding="utf-8"))["result"]
        if script["url"].endswith(functions.name)
    ]
    uncalled = [
        f"{each['functionName']}: {source[span['startOffset'] : span['startOffset'] + 100]}"
        for each in found["functions"]
        for span in each["ranges"][:1]
        if span["count"] == 0
    ]
    assert uncalled == []


def test_both_sides_have_the_same_modules() -> None:
    here = {path.stem for path in (SOURCES / "ts" / "core").glob("*.ts")}
    assert here == set(MODULES)
