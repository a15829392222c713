"""What every committed file must and must not hold."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def tracked(*patterns: str) -> list[Path]:
    out = subprocess.run(
        ["git", "ls-files", "-z", "--", *patterns], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in out.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_lock_files_name_no_host() -> None:
    locks = tracked("*.lock", "*package-lock.json")
    assert {p.name for p in locks} >= {"requirements.lock", "requirements-node.lock"}
    wrong = [
        f"{p.name}: {line.strip()}"
        for p in locks
        for line in p.read_text().splitlines()
        if re.search(r"https?://", line)
    ]
    # package-lock.json records where to sponsor an author; that is no registry.
    assert [w for w in wrong if '"url": ' not in w] == []


def test_every_locked_requirement_has_a_hash() -> None:
    for name in ("requirements.lock", "requirements-node.lock"):
        text = (ROOT / name).read_text()
        pins = re.findall(r"^[a-zA-Z0-9_.\[\]-]+==.*\\$", text, re.M)
        blocks = re.findall(
            r"^[a-zA-Z0-9_.\[\]-]+==[^\n]*\\\n(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+", text, re.M
        )
        assert pins and len(pins) == len(blocks)


def test_no_file_names_a_path_of_one_machine() -> None:
    path = re.compile(r"(?<![\w.])/(?:work|farm|root(?!/\.kube)|home/(?!kubernetes)[a-z]+)/")
    wrong = [
        f"{p.relative_to(ROOT)}:{n}"
        for p in tracked(
            "*.py",
            "*.ts",
            "*.yaml",
            "*.md",
            "*.toml",
            "*.html",
            "*.css",
            "Makefile",
            ".ci/run",
            "*.j2",
            "*.sh",
        )
        if p.name != Path(__file__).name
        for n, line in enumerate(p.read_text(encoding="utf-8").splitlines(), 1)
        if path.search(line)
    ]
    assert wrong == []
