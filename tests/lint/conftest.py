"""Collects the tests against the reference catalogs only where they lie beside the checkout."""

from __future__ import annotations

from tests.shared import HAS_SHARED

collect_ignore_glob = [] if HAS_SHARED else ["test_reference*.py"]
