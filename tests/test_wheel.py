"""The wheel carries all that an installed `aicr-matrix` needs: no file of the checkout is used."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def run(command: list[str | Path], cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return done


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `aicr-matrix` of an environment that holds the wheel, and beside it the locked dependencies only."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    # Built from a copy: what lies about in the checkout and is not part of the project must not matter.
    files = run(["git", "ls-files", "-z"], ROOT).stdout.split("\0")
    for name in filter(None, files):
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, source / name)
    shutil.copytree(ROOT / "generator" / "render" / "assets", source / "generator" / "render" / "assets")
    run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder / "dist"], source)
    shutil.rmtree(source)
    (wheel,) = (folder / "dist").glob("*.whl")
    run([sys.executable, "-m", "venv", folder / "env"], folder)
    python = folder / "env" / "bin" / "python"
    run([python, "-m", "pip", "install", "-q", "--no-deps", "--no-index", wheel], folder)
    packages = run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], folder
    ).stdout.strip()
    # A path in a .pth file adds that folder and does not read the .pth files in it: the editable install stays out.
    Path(packages, "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return folder / "env" / "bin" / "aicr-matrix"


def test_installed_command_resolves_bundles_and_verifies(installed: Path, tmp_path: Path) -> None:
    where = run([installed, "list", "--where"], tmp_path).stdout
    assert str(ROOT) not in where
    criteria = ["--service", "eks", "--accelerator", "h100", "--intent", "training", "--os", "ubuntu"]
    result = json.loads(run([installed, "recipe", *criteria, "-t", "json"], tmp_path).stdout)
    assert result["metadata"]["coverage"] == "exact"
    run([installed, "bundle", *criteria, "-o", "out"], tmp_path)
    run([installed, "verify", "out"], tmp_path)


def test_installed_command_takes_a_snapshot(installed: Path, tmp_path: Path) -> None:
    run([installed, "snapshot", "-o", "snapshot.json"], tmp_path)
    assert json.loads((tmp_path / "snapshot.json").read_text(encoding="utf-8"))["kind"] == "Snapshot"


def test_installed_command_builds_the_site(installed: Path, tmp_path: Path) -> None:
    run([installed, "build", "--site-dir", "out"], tmp_path)
    index = json.loads((tmp_path / "out" / "api" / "v1" / "index.json").read_text(encoding="utf-8"))
    assert index["schemaVersion"]
    assert (tmp_path / "out" / "index.html").exists()
    assert list((tmp_path / "out" / "api" / "v1" / "vectors").glob("*.json"))
