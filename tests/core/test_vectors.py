"""The Python core runs every shared vector, and no function of it is without rows."""

from __future__ import annotations

import importlib
import inspect
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.core.functions import FUNCTIONS, call
from tests.core.vectors import MODULES, VECTORS, Row, load_rows

ROWS = load_rows()


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_row(row: Row) -> None:
    assert call(row.function, json.loads(json.dumps(row.args))) == row.answer


def test_every_file_is_a_module_of_the_core() -> None:
    assert {path.stem for path in VECTORS.glob("*.json")} == set(MODULES)


def test_descriptions_name_a_row() -> None:
    names = [str(row) for row in ROWS]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("module", MODULES)
def test_every_public_function_has_rows(module: str) -> None:
    core = importlib.import_module(f"generator.core.{module}")
    public = {name for name in core.__all__ if inspect.isfunction(getattr(core, name))}
    assert public - {row.function for row in ROWS} == set()


def test_every_function_of_the_vectors_is_called() -> None:
    assert set(FUNCTIONS) == {row.function for row in ROWS}


def test_no_line_of_the_core_is_without_rows() -> None:
    root = Path(__file__).resolve().parent.parent.parent
    command = [sys.executable, "-m", "tests.core.unrun"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
