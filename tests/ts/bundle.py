"""Runs programs of this folder in Node, bundled with the browser code they call by the site's own esbuild."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from generator.toolchain import SOURCES, find_node, install_packages

HERE = Path(__file__).resolve().parent


def build_program(name: str, folder: Path) -> Path:
    """Bundle tests/ts/<name>.ts for Node into *folder*."""
    node, npm = find_node()
    install_packages(node, npm)
    bundle = folder / f"{name}.cjs"
    command = [
        str(node), str(SOURCES / "node_modules" / "esbuild" / "bin" / "esbuild"), str(HERE / f"{name}.ts"),
        "--bundle", "--platform=node", "--format=cjs", "--target=es2021", "--log-level=warning", f"--outfile={bundle}",
    ]  # fmt: skip
    done = subprocess.run(command, cwd=SOURCES, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return bundle


def run_functions(
    bundle: Path, calls: Sequence[tuple[str, list[Any]]], coverage: Path | None = None
) -> list[dict[str, Any]]:
    """Each call's `{"value": ...}` or `{"error": message}`, in order, from one process."""
    lines = "".join(json.dumps({"function": name, "args": args}) + "\n" for name, args in calls)
    answers = run_program(bundle, lines, coverage)
    assert len(answers) == len(calls)
    return answers


def run_program(bundle: Path, lines: str, coverage: Path | None = None) -> list[dict[str, Any]]:
    """The JSON lines that the bundled program answers to *lines* on its standard input.

    V8 writes what ran into the folder *coverage*, where one is given.
    """
    environment = {**os.environ, **({"NODE_V8_COVERAGE": str(coverage)} if coverage else {})}
    command = [str(find_node()[0]), str(bundle)]
    done = subprocess.run(
        command, input=lines, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return [json.loads(line) for line in done.stdout.split("\n") if line]
