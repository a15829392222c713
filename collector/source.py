"""Shows what the collector is made of, so that an operator can read it before running it."""
# Plain system calls: pathlib alone would add a tenth to the start on a slow node.
# ruff: noqa: PTH100, PTH118, PTH120, PTH123, PTH208

from __future__ import annotations

import os
import sys
import zipfile
from typing import Dict

from collector.cli import NOT_FOUND, OK, Stop


def print_source(name: str) -> int:
    """List the files inside the collector with their sizes, or print the one called *name*. Raises Stop."""
    files = source_files()
    if not name:
        for path in sorted(files):
            print(f"{len(files[path]):8}  {path}")
        return OK
    if name not in files:
        raise Stop(NOT_FOUND, f"{name}: not inside this collector; --source without a name lists what is")
    sys.stdout.write(files[name].decode("utf-8"))
    return OK


def source_files() -> Dict[str, bytes]:
    """Every file of this copy of the collector by its path inside it."""
    folder = os.path.dirname(os.path.abspath(__file__))
    archive = os.path.dirname(folder)
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as opened:
            return {item.filename: opened.read(item) for item in opened.infolist() if not item.is_dir()}
    found = {}
    for name in sorted(os.listdir(folder)):
        if name.endswith((".py", ".json")):
            with open(os.path.join(folder, name), "rb") as file:
                found[f"collector/{name}"] = file.read()
    return found
