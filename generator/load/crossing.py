"""Checks the files of a catalog against each other: parents, mixins, dependencies, criteria and named files exist."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from generator.core.criteria import ANY, DIMENSIONS
from generator.engine.model import ComponentRef, Overlay, Place, RegistryEntry
from generator.engine.problems import suggest
from generator.load.reading import Findings


def find_chains(overlays: Mapping[str, Overlay]) -> dict[str, tuple[str, ...]]:
    """Overlay -> the names from the root down to itself; an overlay whose chain is broken has none."""
    chains: dict[str, tuple[str, ...]] = {}
    for name in sorted(overlays):
        chain: list[str] = []
        current = name
        while current and current not in chain and current in overlays:
            chain.append(current)
            current = parent_of(overlays[current])
        if not current:
            chains[name] = tuple(reversed(chain))
    return chains


def parent_of(overlay: Overlay) -> str:
    """The overlay's parent; base where it names none, "" for base itself."""
    return "" if overlay.name == "base" else overlay.base or "base"


def check_references(
    *,
    overlays: Mapping[str, Overlay],
    mixins: Mapping[str, Overlay],
    registry: Mapping[str, RegistryEntry],
    files: Collection[str],
    checks: Mapping[str, object],
    criteria: Mapping[str, object],
    strict: Mapping[str, bool],
    found: Findings,
) -> None:
    """Find every name that leads nowhere; *strict* says per file whether that is an error or a note."""

    def remark(place: Place, what: str, do: str = "") -> None:
        found.remark(strict.get(place.file, False), place, what, do)

    _check_parents(overlays, found, strict)
    accepted = _accepted_values(criteria)
    declared = {c.name for o in (*overlays.values(), *mixins.values()) for c in o.components}
    for overlay in (*overlays.values(), *mixins.values()):
        for index, mixin in enumerate(overlay.mixins):
            if mixin not in mixins:
                at = overlay.places.get(("mixins", str(index)), overlay.place)
                remark(at, f"mixin {mixin} does not exist", suggest(mixin, mixins) or "add it to mixins/")
        stated = overlay.criteria
        for dimension in stated.stated if stated and strict.get(overlay.place.file) else ():
            assert stated is not None
            value = stated[dimension]
            if value not in accepted[dimension]:
                at = overlay.places.get(("criteria", dimension), overlay.criteria_place)
                do = suggest(value, accepted[dimension]) or "add it to criteria.yaml"
                remark(at, f"criteria.{dimension} is {value}, which criteria.yaml lacks", do)
        for component in overlay.components:
            _check_component(component, declared, registry, files, remark_at=remark)
    _check_equal_criteria(overlays, strict, found)


def _check_component(
    component: ComponentRef,
    declared: Collection[str],
    registry: Mapping[str, RegistryEntry],
    files: Collection[str],
    remark_at: object,
) -> None:
    assert callable(remark_at)
    fields, place = component.fields, component.tree.place
    for index, name in enumerate(_texts(fields.get("dependencyRefs"))):
        if name not in declared:
            do = suggest(name, declared) or "name a component that an overlay carries"
            at = place(("dependencyRefs", str(index)))
            remark_at(at, f"{component.name} depends on {name}, which no overlay or mixin carries", do)
    values = fields.get("valuesFile")
    if isinstance(values, str) and values and values not in files:
        near = suggest(values, [f for f in files if f.startswith(f"components/{component.name}/")])
        remark_at(
            place(("valuesFile",)), f"{component.name}: values file {values} does not exist", near or "add it"
        )
    for key in ("manifestFiles", "preManifestFiles"):
        for index, name in enumerate(_texts(fields.get(key))):
            if name not in files:
                near = _near(name, files, f"components/{component.name}/manifests/")
                what = f"{component.name}: manifest {name} does not exist"
                remark_at(place((key, str(index))), what, near)
    if component.name not in registry:
        do = suggest(component.name, registry) or "add it to registry.yaml"
        remark_at(component.place, f"component {component.name} is not in registry.yaml", do)


def _near(wanted: str, files: Collection[str], prefix: str) -> str:
    """Advice for a file that does not exist: the ones of its kind that do."""
    return suggest(wanted, [f for f in files if f.startswith(prefix)]) or "add it"


def _texts(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def _check_parents(overlays: Mapping[str, Overlay], found: Findings, strict: Mapping[str, bool]) -> None:
    told: set[frozenset[str]] = set()
    for overlay in overlays.values():
        if overlay.base and overlay.base not in overlays:
            do = suggest(overlay.base, overlays) or "name an overlay"
            at = overlay.places.get(("base",), overlay.place)
            found.remark(strict.get(overlay.place.file, False), at, f"base {overlay.base} does not exist", do)
        walked: list[str] = []
        current = overlay.name
        while current and current in overlays and current not in walked:
            walked.append(current)
            current = parent_of(overlays[current])
        if current and current in overlays:
            cycle = walked[walked.index(current) :]
            if frozenset(cycle) not in told:
                told.add(frozenset(cycle))
                start = cycle.index(min(cycle))
                names = [*cycle[start:], *cycle[:start]]
                first = overlays[names[0]]
                what = f"base goes in a circle: {' -> '.join([*names, names[0]])}"
                at = first.places.get(("base",), first.place)
                found.remark(strict.get(at.file, False), at, what, "break it at one of them")


def _check_equal_criteria(
    overlays: Mapping[str, Overlay], strict: Mapping[str, bool], found: Findings
) -> None:
    """Two overlays for the same criteria: lint tells it of our own, a note of a foreign catalog."""
    by_criteria: dict[object, Overlay] = {}
    for name in sorted(overlays):
        overlay = overlays[name]
        if overlay.criteria is None:
            continue
        first = by_criteria.setdefault(overlay.criteria, overlay)
        if first is not overlay and not strict.get(overlay.place.file, False):
            what = f"has the same criteria as {first.name} ({first.criteria_place})"
            found.remark(False, overlay.criteria_place, what, "both apply, in the order of their names")


def _accepted_values(criteria: Mapping[str, object]) -> dict[str, set[str]]:
    accepted: dict[str, set[str]] = {d: {ANY} for d in DIMENSIONS}
    dimensions = criteria.get("dimensions")
    for dimension in dimensions if isinstance(dimensions, list) else ():
        if isinstance(dimension, Mapping) and dimension.get("name") in accepted:
            for value in dimension.get("values") or ():
                if isinstance(value, Mapping):
                    accepted[str(dimension["name"])].add(str(value.get("name")))
    return accepted
