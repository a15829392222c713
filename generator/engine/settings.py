"""Where each leaf of a values tree was set: one layer's word on it, with its line.

A leaf is a scalar, a list or an empty map.
"""

from __future__ import annotations

from collections.abc import Mapping

from generator.engine.model import History, Origin, Path, Place, Setting, Tree


def leaf_settings(
    values: Mapping[str, object], tree: Tree, prefix: Path, origin: Origin
) -> dict[Path, History]:
    """The history of every leaf of *values*, which stand at *prefix* in *tree*; paths are relative to *values*."""
    found: dict[Path, History] = {}
    lines, file, kind, name = tree.lines, tree.file, origin.kind, origin.name
    depth = len(prefix)

    def walk(value: Mapping[str, object], path: Path) -> None:
        for key, child in value.items():
            here = (*path, key)
            if child and isinstance(child, Mapping):
                walk(child, here)
            else:
                line = lines.get(here) or tree.place(here).line
                setting = Setting(child, Origin(kind, name, Place(file, line)))
                found[here[depth:]] = (setting,)

    walk(values, prefix)
    return found
