"""What several test packages share: the built site, and that site on a real HTTP server."""

from __future__ import annotations

import fcntl
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.shared import told_absent

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def built_site() -> Path:
    """The site in site/, as `make test` built it; built here when it is not there yet."""
    site = ROOT / "site"
    # Two workers may come here at once: the second waits for the first one's build.
    with (ROOT / ".venv" / ".site.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (site / "api" / "v1" / "index.json").exists():
            subprocess.run([sys.executable, "-m", "generator.cli", "build"], cwd=ROOT, check=True)
    return site


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly which tests could not be collected."""
    told_absent(terminalreporter)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: a test's output is its failures."""


@pytest.fixture(scope="session")
def site_address(built_site: Path) -> Iterator[str]:
    """`http://127.0.0.1:<port>`, the built site behind a real server, without a slash at the end."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(built_site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
