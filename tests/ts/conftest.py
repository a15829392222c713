"""The bundled TypeScript core, built once a session."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ts.bundle import build_functions


@pytest.fixture(scope="session")
def functions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_functions(tmp_path_factory.mktemp("core"))
