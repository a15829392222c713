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


def stub_tools(folder: Path, world: Path) -> None:
    """Put the tools that reach for a cluster, a bucket or a registry into *folder*: they keep what they are given."""
    for name in ("aws", "docker", "gsutil", "helm", "helmfile", "kubectl"):
        tool = folder / name
        tool.write_text(
            f"#!{sys.executable}\nWORLD = {str(world)!r}\nTOOL = {name!r}\n{STUB}", encoding="utf-8"
        )
        tool.chmod(0o755)


STUB = (Path(__file__).parent / "stub_tools.py").read_text(encoding="utf-8")


GUIDE_FILES = sorted(p for p in GUIDES.glob("*.md"))


@pytest.mark.parametrize("guide", GUIDE_FILES, ids=lambda p: p.stem)
def test_every_command_of_the_guide_runs(guide: Path, tmp_path: Path, site_address: str) -> None:
    found = list(blocks(guide.read_text(encoding="utf-8")))
    script = script_of(found).replace(f"SITE={EXAMPLE_ADDRESS}", f"SITE={site_address}")
    tools, work, world = tmp_path / "tools", tmp_path / "work", tmp_path / "world"
    for each in (tools, work, world):
        each.mkdir()
    stub_tools(tools, world)
    environment = {
        **os.environ,
        "PATH": os.pathsep.join([str(tools), str(Path(sys.executable).parent), os.environ["PATH"]]),
        "HOME": str(tmp_path),
    }
    # Nothing but what is installed: a reader does not stand in the repository.
    for name in ("KUBECONFIG", "PYTHONPATH"):
        environment.pop(name, None)
    # A file for the output: a pipe would be kept open by whatever a guide leaves in the background.
    log = tmp_path / "log"
    with log.open("w") as out:
        done = subprocess.run(
            ["bash", "-c", script], cwd=work, env=environment, stdout=out, stderr=out, check=False
        )
    said = log.read_text(encoding="utf-8")
    assert done.returncode == 0, f"{guide.name} stopped with {done.returncode}:\n{said[-4000:]}"
    assert "Traceback" not in said
    AFTERWARDS.get(guide.stem, _nothing_to_see)(work, world)


def _nothing_to_see(work: Path, world: Path) -> None:
    """Most guides show what they do in their exit code."""


def _published(work: Path, world: Path) -> None:
    """Both buckets hold the site and nothing else, the image what it is built from, the cluster what serves it."""
    site = _files(work / "site")
    assert "matrix/index.html" in site
    for bucket in ("s3/matrix.example.com", "gs/matrix.example.com"):
        assert _files(world / bucket) == site
    assert (world / "images/registry.example.com/aicr-matrix:1.pushed").exists()
    applied = _applied(world)
    assert {"Deployment/aicr-matrix", "Service/aicr-matrix"} <= applied
    workflow = yaml.safe_load((work / ".github/workflows/pages.yml").read_text(encoding="utf-8"))
    assert "workflow_dispatch" in workflow[True]  # YAML 1.1 reads the key `on` so


def _checked(work: Path, world: Path) -> None:
    """The agent was applied whole, its result was fetched, and nothing of it is left."""
    fetched = yaml.safe_load((work / "cluster.yaml").read_text(encoding="utf-8"))
    assert (
        fetched["kind"] == "ConfigMap"
        and yaml.safe_load(fetched["data"]["snapshot.yaml"])["kind"] == "Snapshot"
    )
    assert _applied(world) == set()


def _deployed(work: Path, world: Path) -> None:
    """Argo CD and Flux were handed their components, Helmfile was run."""
    kinds = {name.split("/")[0] for name in _applied(world)}
    assert {"Application", "HelmRelease"} <= kinds
    assert (world / "helmfile").read_text(encoding="utf-8").split() == ["diff", "apply"]


AFTERWARDS = {"publish": _published, "check": _checked, "deploy": _deployed}


def _files(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def _applied(world: Path) -> set[str]:
    """The objects in the cluster, as `Kind/name`."""
    kept = world / "cluster.json"
    return set(json.loads(kept.read_text(encoding="utf-8"))) if kept.exists() else set()


@pytest.mark.parametrize("guide", GUIDE_FILES, ids=lambda p: p.stem)
def test_every_sample_document_is_well_formed(guide: Path) -> None:
    for block in blocks(guide.read_text(encoding="utf-8")):
        if block.kind == "yaml":
            list(yaml.safe_load_all(block.body))
        elif block.kind == "json":
            json.loads(block.body)


def test_every_guide_is_listed_in_the_index() -> None:
    index = (GUIDES / "index.md").read_text(encoding="utf-8")
    missing = [p.name for p in GUIDE_FILES if p.name != "index.md" and f"({p.name})" not in index]
    assert missing == []
