"""The bundled TypeScript core, built once a session."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ts.bundle import build_program


@pytest.fixture(scope="session")
def functions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_program("functions", tmp_path_factory.mktemp("core"))


@pytest.fixture(scope="session")
def readers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_program("readers", tmp_path_factory.mktemp("readers"))
