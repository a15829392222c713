"""Collects the tests against the reference catalog only where it lies beside the checkout, and says so."""

from __future__ import annotations

import pytest

from tests.shared import HAS_SHARED, told_absent

collect_ignore_glob = [] if HAS_SHARED else ["test_reference*.py"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name what was not collected."""
    told_absent(terminalreporter)
