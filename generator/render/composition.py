"""How a recipe is composed: a row per applied layer with what it states, its Kubernetes floor, what it contributes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from generator.core.criteria import ANY, ID_ORDER
from generator.engine.model import Catalog, Overlay, Recipe
from generator.render.facts import KUBERNETES
from generator.render.words import Vocabulary, spell_expression, spell_list

PIP_LETTERS = {"accelerator": "A", "service": "S", "os": "O", "intent": "I", "platform": "P"}
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Pip:
    """One dimension of a layer: `state` is new (stated here first), on (stated) or empty."""

    letter: str
    state: str


@dataclass(frozen=True, slots=True)
class Layer:
    """A row: `states` are the choices in words, `parts` pairs a kind of change (+N, values, ...) with words."""

    name: str
    kind: str  # overlay | mixin
    position: str  # "" | side | leaf
    pips: tuple[Pip, ...]
    states: str
    kubernetes: str
    overrode: str
    parts: tuple[tuple[str, str], ...]
    place: str


def compose_layers(recipe: Recipe, catalog: Catalog, words: Vocabulary) -> tuple[Layer, ...]:
    """Return the layers of *recipe* in the order they apply: overlays, then mixins."""
    known = [
        *((name, catalog.overlays) for name in recipe.layers),
        *((n, catalog.mixins) for n in recipe.mixins),
    ]
    overlays = [source[name] for name, source in known if name in source]
    chain = _chain(recipe, catalog.overlays)
    rows: list[Layer] = []
    stated: dict[str, str] = {}
    components: set[str] = set()
    floor = ""
    for overlay in overlays:
        pips, new = _pips(overlay, stated)
        stated.update(new)
        own = next((c.value for c in overlay.constraints if c.name == KUBERNETES), "")
        position = "leaf" if overlay.name == recipe.layers[-1] else "" if overlay.name in chain else "side"
        rows.append(
            Layer(
                name=overlay.name,
                kind=overlay.kind,
                position=position,
                pips=pips,
                states=_states(overlay, words),
                kubernetes=spell_expression(own).replace(" ", "") if own and own != floor else "",
                overrode=spell_expression(floor).replace(" ", "") if own and own != floor else "",
                parts=_parts(overlay, components),
                place=str(overlay.place),
            )
        )
        components.update(c.name for c in overlay.components)
        floor = own or floor
    return tuple(rows)


def _chain(recipe: Recipe, overlays: Mapping[str, Overlay]) -> set[str]:
    """The leaf applied last and its ancestors."""
    chain: set[str] = set()
    name = recipe.layers[-1] if recipe.layers else ""
    while name in overlays and name not in chain:
        chain.add(name)
        name = overlays[name].base
    return chain | {"base"}


def _criterion(overlay: Overlay, dimension: str) -> str:
    return overlay.criteria[dimension] if overlay.criteria is not None else ANY


def _states(overlay: Overlay, words: Vocabulary) -> str:
    """The choices a layer states: `GB300, EKS and Training`."""
    stated = [(d, _criterion(overlay, d)) for d in ID_ORDER]
    return spell_list([words.label(d, value) for d, value in stated if value != ANY]) or "nothing"


def _pips(overlay: Overlay, stated: Mapping[str, str]) -> tuple[tuple[Pip, ...], dict[str, str]]:
    """A mark per dimension, and the choices that no layer before has stated so."""
    own = {dimension: _criterion(overlay, dimension) for dimension in ID_ORDER}
    new = {d: value for d, value in own.items() if value not in (ANY, stated.get(d))}
    pips = tuple(
        Pip(PIP_LETTERS[d], "new" if d in new else "on" if value != ANY else "") for d, value in own.items()
    )
    return pips, new


def _parts(overlay: Overlay, components: set[str]) -> tuple[tuple[str, str], ...]:
    added = [c.name for c in overlay.components if c.name not in components]
    changed = [c.name for c in overlay.components if c.name in components]
    constraints = [c for c in overlay.constraints if c.name != KUBERNETES]
    checks = [name for name, phase in overlay.phases.items() if phase.checks or phase.constraints]
    parts: list[tuple[str, str]] = []
    if added:
        parts.append((f"+{len(added)}", _few(added)))
    if changed:
        parts.append(("values", _few(changed)))
    if constraints:
        parts.append(
            (
                "constraints",
                spell_list([f"{_short(c.name)} {spell_expression(c.value)}" for c in constraints]),
            )
        )
    if checks:
        parts.append(("checks", spell_list(checks)))
    if overlay.mixins:
        parts.append(("mixins", spell_list(overlay.mixins)))
    return tuple(parts)


def _few(names: list[str]) -> str:
    if len(names) <= _SHOWN + 1:
        return spell_list(names)
    return f"{', '.join(names[:_SHOWN])} and {len(names) - _SHOWN} more"


def _short(reading: str) -> str:
    return {"OS.release.ID": "OS", "OS.release.VERSION_ID": "OS version"}.get(
        reading, "kernel" if reading.endswith("/osrelease") else reading
    )
