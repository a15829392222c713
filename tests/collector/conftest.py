"""Fixtures of the collector's tests: a fake API server, a compiled fake NVML, a host's files, the packed collector."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.collector.fake_api import FakeApi, eks_cluster, running

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent


@pytest.fixture
def eks() -> Iterator[FakeApi]:
    """A small EKS cluster behind a real HTTP server."""
    with running(eks_cluster()) as api:
        yield api


@pytest.fixture(scope="session")
def pyz(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """collector.pyz, packed from the sources."""
    from collector.pack import build_pyz

    path = tmp_path_factory.mktemp("pyz") / "collector.pyz"
    path.write_bytes(build_pyz())
    return path


@pytest.fixture(scope="session")
def fake_nvml(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a libnvidia-ml.so.1 that answers what FAKE_NVML says."""
    folder = tmp_path_factory.mktemp("nvml")
    compiler = [found] if (found := shutil.which("cc")) else [sys.executable, "-m", "ziglang", "cc"]
    library = folder / "libnvidia-ml.so.1"
    options = ["-O1", "-shared", "-fPIC", "-Wl,-soname,libnvidia-ml.so.1"]
    subprocess.run([*compiler, *options, "-o", str(library), str(HERE / "fake_nvml.c")], check=True)
    return folder


@dataclass(frozen=True)
class Done:
    """How one run of the collector ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return yaml.safe_load(self.out)

    @property
    def metadata(self) -> dict[str, str]:
        found: dict[str, str] = self.document["metadata"]
        return found

    def data(self, kind: str, subtype: str) -> dict[str, Any]:
        """The readings of one subtype, {} where there are none."""
        for measurement in self.document["measurements"]:
            for entry in measurement["subtypes"]:
                if measurement["type"] == kind and entry["subtype"] == subtype:
                    found: dict[str, Any] = entry["data"]
                    return found
        return {}


Collect = Callable[..., Done]


@pytest.fixture
def collect(tmp_path: Path) -> Collect:
    """Runs the collector in a process of its own, without any cluster configured but the one named."""

    def run(*arguments: str, env: dict[str, str] | None = None, python: tuple[str, ...] = ()) -> Done:
        command = python or (sys.executable, "-m", "collector")
        clean = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(tmp_path / "nobody")}
        done = subprocess.run(
            [*command, *arguments],
            env={**clean, **(env or {})},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def host_tree(tmp_path: Path) -> Callable[[dict[str, str]], str]:
    """Writes a host's files below a folder and names it, for --root."""

    def write(files: dict[str, str]) -> str:
        for name, text in files.items():
            path = tmp_path / "host" / name.lstrip("/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return str(tmp_path / "host")

    return write
