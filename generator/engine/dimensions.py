"""The values a catalog knows per dimension, their order, and the other names they go by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.core.criteria import ANY, DIMENSIONS
from generator.engine.model import Catalog


def dimension_values(catalog: Catalog) -> Mapping[str, tuple[str, ...]]:
    """Per dimension, `any` first: the values of criteria.yaml in its order, then those only overlays state."""
    found: dict[str, dict[str, None]] = {d: {ANY: None} for d in DIMENSIONS}
    for dimension in _dimensions(catalog):
        for value in _items(dimension, "values"):
            found[str(dimension["name"])][str(value["name"])] = None
    stated = {
        d: {o.criteria[d] for o in catalog.overlays.values() if o.criteria is not None} for d in DIMENSIONS
    }
    for d in DIMENSIONS:
        found[d].update(dict.fromkeys(sorted(stated[d])))
    return {d: tuple(values) for d, values in found.items()}


def criteria_aliases(catalog: Catalog) -> Mapping[str, Mapping[str, str]]:
    """Per dimension: other names, in lower case -> the value they mean; names of `any` included."""
    found: dict[str, dict[str, str]] = {d: {} for d in DIMENSIONS}
    for dimension in _dimensions(catalog):
        table = found[str(dimension["name"])]
        any_words = dimension.get("anyAliases")
        table.update(
            (str(word).strip().lower(), ANY) for word in (any_words if isinstance(any_words, list) else ())
        )
        for value in _items(dimension, "values"):
            aliases = value.get("aliases")
            for alias in aliases if isinstance(aliases, list) else ():
                table[str(alias).strip().lower()] = str(value["name"])
    return found


def _dimensions(catalog: Catalog) -> Iterator[Mapping[str, object]]:
    for dimension in _items(catalog.criteria, "dimensions"):
        if dimension.get("name") in DIMENSIONS:
            yield dimension


def _items(holder: Mapping[str, object], key: str) -> Iterator[Mapping[str, object]]:
    value = holder.get(key)
    for item in value if isinstance(value, list) else ():
        if isinstance(item, Mapping) and item.get("name"):
            yield item
