"""Every key of our values files against the facts: stated by a source, or listed in upstream.yaml as our own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

import pytest
import yaml

from generator.engine.model import Catalog
from tests.shared import shared


def leaves(values: Mapping[str, object], above: str = "") -> Iterator[str]:
    for key, value in values.items():
        path = f"{above}.{key}" if above else str(key)
        if isinstance(value, Mapping) and value:
            yield from leaves(value, path)
        else:
            yield path


@pytest.fixture(scope="module")
def facts() -> Mapping[str, frozenset[str]]:
    """Component -> the flattened keys any source states, in values files or in environments."""
    values, *environments = (
        yaml.safe_load(shared("facts", name).read_text(encoding="utf-8"))
        for name in ("values.yaml", "environments.yaml", "environments-more.yaml")
    )
    found: dict[str, set[str]] = {}
    for component, variants in values["components"].items():
        for eras in variants.values():
            for era in eras.values() if isinstance(eras, Mapping) else ():
                # An older era lists the keys themselves, a newer one lists them beside its commit.
                keys = era.get("values", era) if isinstance(era, Mapping) else {}
                found.setdefault(component, set()).update(map(str, keys))
    for component, variants in environments[-1]["values_more"].items():
        for variant in variants.values() if isinstance(variants, Mapping) else ():
            stated = variant.get("values", ()) if isinstance(variant, Mapping) else ()
            found.setdefault(component, set()).update(map(str, stated))
    for document in environments:
        collect_set(document, found)
    for old, new in (
        ("skyhook-operator", "nodewright-operator"),
        ("skyhook-customizations", "nodewright-customizations"),
    ):
        found.setdefault(new, set()).update(found.get(old, ()))
    return {component: frozenset(keys) for component, keys in found.items()}


def collect_set(node: object, found: dict[str, set[str]]) -> None:
    """Add the keys that environments set on components: `components: {name: {set: {key: value}}}`."""
    if isinstance(node, Mapping):
        components = node.get("components")
        if isinstance(components, Mapping):
            for component, entry in components.items():
                if isinstance(entry, Mapping) and isinstance(entry.get("set"), Mapping):
                    found.setdefault(str(component), set()).update(map(str, entry["set"]))
        for value in node.values():
            collect_set(value, found)
    elif isinstance(node, list):
        for value in node:
            collect_set(value, found)


def our_own(catalog: Catalog) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    rows = catalog.upstream["valuesOfOurOwn"]
    assert isinstance(rows, list)
    for row in rows:
        assert row["reason"]
        for component in str(row["component"]).split(","):
            found.setdefault(component.strip(), set()).update(spelled(str(row["keys"])))
    return {component: frozenset(keys) for component, keys in found.items()}


def spelled(keys: str) -> Iterator[str]:
    """The keys of a comma-separated list: `all`, patterns with `*`, and `a.b and c` for `a.b, a.c`."""
    for key in (key.strip() for key in keys.split(",")):
        first, both, second = key.partition(" and ")
        yield "*" if first == "all" else first
        if both:
            yield f"{first.rpartition('.')[0]}.{second}"


def covers(known: str, path: str) -> bool:
    """Whether a known key is the path, a part of it, or a pattern for it."""
    known = known.replace('"', "")  # keys with dots in them are quoted there
    return (
        fnmatchcase(path, known)
        or known.startswith((f"{path}.", f"{path}["))
        or path.startswith((f"{known}.", f"{known}["))
    )


def test_every_values_key_is_accounted_for(catalog: Catalog, facts: Mapping[str, frozenset[str]]) -> None:
    ours = our_own(catalog)
    strangers = []
    for file, tree in catalog.values.items():
        component = file.split("/")[1]
        known = facts.get(component, frozenset()) | ours.get(component, frozenset())
        strangers += [
            f"{file}: {path}" for path in leaves(tree.value) if not any(covers(k, path) for k in known)
        ]
    assert strangers == []
