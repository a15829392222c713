"""The deployment order as inline SVG: a column per tier, a box per component, an arrow per drawn dependency."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import chain

from generator.engine.model import Recipe
from generator.render.order import Order, shown_version
from generator.render.words import spell_count

_BOX_WIDTH, _BOX_HEIGHT = 220, 42
_COLUMN, _ROW, _TOP = 266, 56, 34


def draw_order(recipe: Recipe, order: Order) -> str:
    """Return the graph of *recipe*; boxes link to the rows of the component table (`#c-<name>`).

    A tier's heading comes right before its boxes, so that read aloud they are a list of tiers.
    An arrow names the boxes it joins by their number in the picture: `data-e="<needed> <dependent>"`.
    """
    if not order.tiers:
        return ""
    rows = _place(order)
    width = len(order.tiers) * _COLUMN - (_COLUMN - _BOX_WIDTH)
    height = _TOP + (max(rows.values()) + 1) * _ROW
    critical = set(zip(order.longest, order.longest[1:], strict=False))
    label = f"Deployment order in {spell_count(len(order.tiers), 'tier')}"
    parts = [f'<svg class="graph" viewBox="0 0 {width} {height}" role="group" aria-label="{label}">']
    number = {name: index for index, name in enumerate(chain.from_iterable(order.tiers))}
    # The longest path is drawn last, above the others.
    for needed, name in sorted(order.edges, key=lambda edge: edge in critical):
        joins = f'data-e="{number[needed]} {number[name]}"'
        kind = " class=crit" if (needed, name) in critical else ""
        parts.append(f'<path{kind} {joins} d="{_arrow(needed, name, order.tier_of, rows)}"/>')
    for index, tier in enumerate(order.tiers):
        note = f" · {len(tier)} in parallel" if len(tier) > 1 else ""
        parts.append(f'<g transform="translate({index * _COLUMN})">')
        parts.append(f'<text class="tier" y="14">Tier {index + 1}{note}</text>')
        parts.extend(_box(recipe, name, rows[name], name in order.longest) for name in tier)
        parts.append("</g>")
    parts.append("</svg>")
    return "".join(parts)


def _place(order: Order) -> dict[str, int]:
    """Give every component a row in its column such that a long arrow meets no box between its ends."""
    rows: dict[str, int] = {}
    parents: dict[str, list[str]] = {}
    reach: dict[str, int] = {}  # the last tier an arrow of the component arrives at
    for needed, name in order.edges:
        parents.setdefault(name, []).append(needed)
        reach[needed] = max(reach.get(needed, 0), order.tier_of[name])
    for number, tier in enumerate(order.tiers, start=1):
        passing = {rows[name] for name in rows if reach.get(name, 0) > number}
        taken = set(passing)
        for name in sorted(tier, key=lambda n: _rank(n, order, reach, parents, rows)):
            wish = 0 if name in order.longest and not parents.get(name) else _wish(name, parents, rows)
            row = min(
                (r for r in range(len(tier) + len(taken) + 1) if r not in taken), key=lambda r: _far(r, wish)
            )
            rows[name] = row
            taken.add(row)
    return rows


def _far(row: int, wish: float) -> tuple[float, int]:
    return (abs(row - wish), row)


def _wish(name: str, parents: Mapping[str, Sequence[str]], rows: Mapping[str, int]) -> float:
    above = [rows[p] for p in parents.get(name, ())]
    return sum(above) / len(above) if above else 0


def _rank(
    name: str,
    order: Order,
    reach: Mapping[str, int],
    parents: Mapping[str, Sequence[str]],
    rows: Mapping[str, int],
) -> tuple[bool, float, int, str]:
    """The longest path first, then what lies beside its parents, then what reaches furthest; loose ends last."""
    return (name not in order.longest, _wish(name, parents, rows), -reach.get(name, 0), name)


def _arrow(needed: str, name: str, tier_of: Mapping[str, int], rows: Mapping[str, int]) -> str:
    """A line that runs level past the tiers between, bends into the gap before its box, and ends in a head."""
    start = (tier_of[needed] - 1) * _COLUMN + _BOX_WIDTH
    passed = (tier_of[name] - tier_of[needed] - 1) * _COLUMN
    level = _TOP + rows[needed] * _ROW + _BOX_HEIGHT // 2
    fall = (rows[name] - rows[needed]) * _ROW
    straight = f"h{passed}" if passed else ""
    bend = f"c34 0 5 {fall} 39 {fall}" if fall else "h39"
    return f"M{start} {level}{straight}{bend}m-6-4 6 4-6 4"


def _box(recipe: Recipe, name: str, row: int, critical: bool) -> str:
    component = recipe.component(name)
    version = shown_version(component) or ("manifests only" if component.manifests else "version not stated")
    note = _fit(f"{version} · {component.namespace}" if component.namespace else version, 31)
    shown = _fit(name, 29)
    spoken = f' aria-label="{escape(name)} {escape(version)}"' if shown != name else ""
    return (
        f'<a href="#c-{escape(name)}"{spoken}{" class=crit" if critical else ""} '
        f'transform="translate(0 {_TOP + row * _ROW})">'
        f'<rect width="{_BOX_WIDTH}" height="{_BOX_HEIGHT}" rx="5"/><text x="11" y="18">{escape(shown)}</text>'
        f'<text class="ver" x="11" y="33">{escape(note)}</text></a>'
    )


def _fit(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def list_order(recipe: Recipe, order: Order) -> Iterable[tuple[int, str, str]]:
    """Yield (tier, component, version) in install order: the graph's text equivalent."""
    for name in recipe.order:
        yield order.tier_of[name], name, shown_version(recipe.component(name))
