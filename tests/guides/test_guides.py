"""Every command of every guide runs, in order, as written; only the site's address is replaced by a local one."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
GUIDES = ROOT / "site_src" / "docs" / "guides"
EXAMPLE_ADDRESS = "https://aicr-matrix.example"
FENCE = re.compile(r"^```(?P<kind>[a-z]+)(?: title=\"(?P<title>[^\"]+)\")?\n(?P<body>.*?)^```$", re.M | re.S)


@dataclass(frozen=True)
class Block:
    kind: str
    title: str
    body: str


def blocks(text: str) -> Iterator[Block]:
    for found in FENCE.finditer(text):
        yield Block(found["kind"], found["title"] or "", found["body"])


def script_of(blocks_of_guide: list[Block]) -> str:
    """The guide as one shell script: files are written where they stand, commands follow in order."""
    parts = ["set -euo pipefail"]
    for number, block in enumerate(blocks_of_guide):
        if block.title:
            folder = Path(block.title).parent.as_posix()
            parts.append(
                f"mkdir -p '{folder}'\ncat > '{block.title}' <<'FILE_{number}'\n{block.body}FILE_{number}"
            )
        elif block.kind == "sh":
            parts.append(f"echo '# {number}' >&2\n{block.body}")
    return "\n".join(parts)


def stub_tools(folder: Path) -> None:
    """helm and kubectl that say they are new enough and that nothing is installed yet."""
    (folder / "helm").write_text(
        "#!/bin/sh\n"
        'case "$1" in\n'
        "  version) echo v3.19.0;;\n"
        "  status) echo 'Error: release: not found' >&2; exit 1;;\n"
        "  list) echo '[]';;\n"
        "esac\n"
    )
    (folder / "kubectl").write_text(
        "#!/bin/sh\n"
        'case "$1" in\n'
        '  version) echo \'{"clientVersion":{"gitVersion":"v1.34.1"},"serverVersion":{"major":"1","minor":"34",'
        '"gitVersion":"v1.34.1"}}\';;\n'
        '  get) case "$*" in *json*) echo \'{"items":[]}\';; esac;;\n'
        "esac\n"
    )
    for name in ("helm", "kubectl"):
        (folder / name).chmod(0o755)


GUIDE_FILES = sorted(p for p in GUIDES.glob("*.md"))


@pytest.mark.parametrize("guide", GUIDE_FILES, ids=lambda p: p.stem)
def test_every_command_of_the_guide_runs(guide: Path, tmp_path: Path, site_address: str) -> None:
    found = list(blocks(guide.read_text(encoding="utf-8")))
    script = script_of(found).replace(f"SITE={EXAMPLE_ADDRESS}", f"SITE={site_address}")
    tools, work = tmp_path / "tools", tmp_path / "work"
    tools.mkdir()
    work.mkdir()
    stub_tools(tools)
    environment = {
        **os.environ,
        "PATH": os.pathsep.join([str(tools), str(Path(sys.executable).parent), os.environ["PATH"]]),
        "HOME": str(tmp_path),
        "PYTHONPATH": str(ROOT),
    }
    environment.pop("KUBECONFIG", None)
    # A file for the output: a pipe would be kept open by whatever a guide leaves in the background.
    log = tmp_path / "log"
    with log.open("w") as out:
        done = subprocess.run(
            ["bash", "-c", script], cwd=work, env=environment, stdout=out, stderr=out, check=False
        )
    said = log.read_text(encoding="utf-8")
    assert done.returncode == 0, f"{guide.name} stopped with {done.returncode}:\n{said[-4000:]}"
    assert "Traceback" not in said


@pytest.mark.parametrize("guide", GUIDE_FILES, ids=lambda p: p.stem)
def test_every_sample_document_is_well_formed(guide: Path) -> None:
    for block in blocks(guide.read_text(encoding="utf-8")):
        if block.kind == "yaml":
            yaml.safe_load(block.body)
        elif block.kind == "json":
            json.loads(block.body)


def test_every_guide_is_listed_in_the_index() -> None:
    index = (GUIDES / "index.md").read_text(encoding="utf-8")
    missing = [p.name for p in GUIDE_FILES if p.name != "index.md" and f"({p.name})" not in index]
    assert missing == []
