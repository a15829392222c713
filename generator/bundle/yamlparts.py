"""YAML texts remembered by their content: the recipes of a catalog share most of what their bundles hold."""

from __future__ import annotations

import functools
import marshal
from collections.abc import Iterable, Mapping
from typing import Any

from generator.load.yamltext import dump_yaml


def dumped(value: Any, *, indent: int = 2, sort_keys: bool = False) -> str:
    """*value* as `dump_yaml` writes it."""
    # Version 2 knows no references, so equal values are equal bytes; it costs a fraction of JSON.
    return _dumped(marshal.dumps(value, 2), indent, sort_keys)


def dumped_parts(parts: Iterable[Mapping[str, object]], *, indent: int = 2) -> str:
    """One mapping given in parts; parts under the same key are one list or one mapping, in order."""
    texts: list[str] = []
    seen: set[str] = set()
    for part in parts:
        text = dumped(part, indent=indent)
        key, _, rest = text.partition("\n")
        # Items of one list, or entries of one mapping, follow their key once.
        texts.append(rest if key in seen else text)
        seen.add(key)
    return "".join(texts)


@functools.lru_cache(maxsize=16384)
def _dumped(value: bytes, indent: int, sort_keys: bool) -> str:
    return dump_yaml(marshal.loads(value), sort_keys=sort_keys, indent=indent)
