"""Our own catalog and its matrix, loaded once for the tests that hold it to its promises."""

from __future__ import annotations

import pytest

from generator.engine.matrix import build_matrix
from generator.engine.model import Catalog, Matrix
from generator.load.catalog import load_catalog, own_catalog_root
from tests.shared import HAS_SHARED

collect_ignore_glob = [] if HAS_SHARED else ["test_reference*.py"]


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """The catalog under recipes/, held to our own rules."""
    return load_catalog(own_catalog_root(), own=True)


@pytest.fixture(scope="session")
def matrix(catalog: Catalog) -> Matrix:
    """Every combination of it."""
    return build_matrix(catalog)
