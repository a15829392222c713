"""The collector: takes a snapshot of a machine and its cluster, as one file without installation.

It shares the snapshot's format with the rest of the project and no code. It runs on Python 3.9 and later with the
standard library alone; NVIDIA's nvidia-ml-py and the Kubernetes client are used where they are at hand.
"""

from __future__ import annotations

from typing import List, Optional

VERSION = "0.1.0"


def main(argv: Optional[List[str]] = None) -> int:
    """Run the collector with command-line arguments and return its exit code."""
    from collector.cli import main as run

    return run(argv)


__all__ = ["VERSION", "main"]
