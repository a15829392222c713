"""Plain `mkdocs build`: the same bytes from the same catalog, and a good site survives a broken catalog."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.render.small_site import FILES

ROOT = Path(__file__).resolve().parent.parent.parent


def write_catalog(folder: Path, seed: int) -> Path:
    """The small catalog as files, written in another order for every seed."""
    names = sorted(FILES)
    random.Random(seed).shuffle(names)
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(FILES[name], encoding="utf-8")
    return folder


def build(catalog: Path, site: Path, seed: int = 0) -> subprocess.CompletedProcess[str]:
    """Run mkdocs as a user would."""
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "-q", "-f", str(ROOT / "mkdocs.yml"), "-d", str(site)],
        env={
            **os.environ,
            "AICR_MATRIX_CATALOG": str(catalog),
            "SOURCE_DATE_EPOCH": "1795420800",
            "PYTHONHASHSEED": str(seed),
            "NO_MKDOCS_2_WARNING": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )


def digests(site: Path) -> dict[str, str]:
    """The digest of every file of a site."""
    return {
        path.relative_to(site).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(site.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of the small catalog."""
    folder = tmp_path_factory.mktemp("good")
    done = build(write_catalog(folder / "catalog", 1), folder / "site", 1)
    assert done.returncode == 0, done.stderr
    return folder


def test_another_folder_order_and_hash_seed_give_the_same_bytes(good: Path, tmp_path: Path) -> None:
    done = build(write_catalog(tmp_path / "elsewhere", 2), tmp_path / "site", 77)
    assert done.returncode == 0, done.stderr
    assert digests(tmp_path / "site") == digests(good / "site")


def test_a_broken_catalog_names_every_problem_and_touches_nothing(good: Path, tmp_path: Path) -> None:
    before = digests(good / "site")
    broken = write_catalog(tmp_path / "broken", 3)
    (broken / "overlays" / "a.yaml").write_text(
        FILES["overlays/eks.yaml"].replace("base: base", "base: nowhere")
    )
    (broken / "overlays" / "b.yaml").write_text("kind: RecipeMetadata\nspec: [\n")
    done = build(broken, good / "site")
    assert done.returncode == 2
    assert "overlays/a.yaml:" in done.stderr + done.stdout
    assert "overlays/b.yaml:" in done.stderr + done.stdout
    assert digests(good / "site") == before
