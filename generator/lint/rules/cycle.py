"""Parents or dependencies that lead back to themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from generator.lint.examined import Examined, Rule, Told, strings


def check(examined: Examined) -> Iterator[Told]:
    """Yield each cycle of parents, then each cycle of dependencies any file or recipe can bring about."""
    overlays = examined.catalog.overlays
    parents = {o.name: (o.base,) if o.base in overlays else () for o in overlays.values()}
    for cycle in _cycles(parents):
        yield Told(
            overlays[cycle[0]].place,
            f"the parents run in a circle: {' -> '.join((*cycle, cycle[0]))}",
            "give one of them another parent",
        )
    told: set[tuple[str, ...]] = set()
    for recipe in examined.recipes:
        needs = {c.name: c.dependencies for c in recipe.components}
        for cycle in _cycles(needs):
            if cycle not in told:
                told.add(cycle)
                places = [
                    component.place
                    for overlay in examined.files
                    for component in overlay.components
                    if component.name == cycle[0] and strings(component.fields.get("dependencyRefs"))
                ]
                yield Told(
                    places[0] if places else overlays[recipe.layers[-1]].place,
                    f"the dependencies run in a circle in {recipe.id}: {' -> '.join((*cycle, cycle[0]))}",
                    "drop one of them",
                )


def _cycles(edges: Mapping[str, Sequence[str]]) -> list[tuple[str, ...]]:
    """Each cycle once, beginning with its least name; nodes without an entry end a path."""
    found: dict[tuple[str, ...], None] = {}
    done: set[str] = set()

    def walk(start: str, follow: Callable[[str], Sequence[str]]) -> None:
        path: list[str] = []
        stack = [(start, iter(follow(start)))]
        path.append(start)
        while stack:
            node, rest = stack[-1]
            step = next(rest, None)
            if step is None:
                stack.pop()
                path.pop()
                done.add(node)
            elif step in path:
                cycle = path[path.index(step) :]
                least = cycle.index(min(cycle))
                found[tuple(cycle[least:] + cycle[:least])] = None
            elif step not in done:
                path.append(step)
                stack.append((step, iter(follow(step))))

    for name in sorted(edges):
        if name not in done:
            walk(name, lambda node: sorted(edges.get(node, ())))
    return sorted(found)


RULE = Rule(
    "cycle",
    "any",
    "Neither parents nor dependencies lead back to where they began.",
    "A circle has no first element: no chain can be walked and no deployment order exists.",
    check,
)
