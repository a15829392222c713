"""The order in which components are deployed: what a component depends on first, ties by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from heapq import heapify, heappop, heappush

from generator.engine.merge import Draft
from generator.engine.model import Component, Place
from generator.engine.problems import Problem, suggest


def deployment_order(components: Sequence[Component]) -> tuple[str, ...]:
    """The names of all components, dependencies first; what is left of a circle comes last, by name."""
    names = {c.name for c in components}
    waiting = {c.name: {d for d in c.dependencies if d in names} for c in components}
    dependents: dict[str, list[str]] = {}
    for name, needed in waiting.items():
        for dependency in needed:
            dependents.setdefault(dependency, []).append(name)
    ready = [name for name, needed in waiting.items() if not needed]
    heapify(ready)
    order = []
    while ready:
        name = heappop(ready)
        order.append(name)
        for dependent in dependents.get(name, ()):
            needed = waiting[dependent]
            needed.discard(name)
            if not needed:
                heappush(ready, dependent)
    if len(order) < len(waiting):
        order += sorted(waiting.keys() - set(order))
    return tuple(order)


def check_dependencies(drafts: Mapping[str, Draft]) -> list[Problem]:
    """Dependencies on components the recipe does not have, and circles of them."""
    problems = []
    graph: dict[str, list[str]] = {}
    for name, draft in drafts.items():
        known = []
        needed = draft.fields.get("dependencyRefs")
        for dependency in needed if isinstance(needed, list) else ():
            if dependency in drafts:
                known.append(dependency)
            else:
                what = f"component {name} depends on {dependency}, which the recipe does not have"
                problems.append(
                    Problem(_place(draft), what, suggest(dependency, drafts) or "add it to an overlay")
                )
        graph[name] = known
    circle = _find_circle(graph)
    if circle:
        what = f"components depend on each other in a circle: {' -> '.join(circle)}"
        problems.append(Problem(_place(drafts[circle[0]]), what, "remove one of the dependencies"))
    return problems


def _place(draft: Draft) -> Place:
    history = draft.history.get("dependencyRefs")
    return history[-1].origin.place if history else draft.place


def _find_circle(graph: Mapping[str, Sequence[str]]) -> list[str]:
    """One circle, from its smallest name round to it again; [] where there is none."""
    # Peel off whatever depends on nothing left: the rest lies on circles or leads into one.
    left = {name: set(needed) for name, needed in graph.items()}
    while free := [name for name, needed in left.items() if not needed]:
        for name in free:
            del left[name]
        for needed in left.values():
            needed.difference_update(free)
    if not left:
        return []
    walked: list[str] = []
    name = min(left)
    while name not in walked:
        walked.append(name)
        name = min(left[name])
    circle = walked[walked.index(name) :]
    start = circle.index(min(circle))
    circle = circle[start:] + circle[:start]
    return [*circle, circle[0]]
