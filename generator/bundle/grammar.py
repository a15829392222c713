"""What a recipe's fields may look like before they reach a script, a file name or an object."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.engine.model import Component, Place, Recipe
from generator.load.problems import Problem

# Helm refuses release names longer than 53; component names become release names.
NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,51}[a-z0-9])?", re.ASCII)
NAMESPACE = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", re.ASCII)
VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+_~-]{0,127}", re.ASCII)
CHART = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}(/[A-Za-z0-9][A-Za-z0-9._-]{0,127}){0,8}", re.ASCII)
_HOST = r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?(:[0-9]{1,5})?"
_PATH = r"(/[A-Za-z0-9._~%+@=-]*){0,32}"
CHART_SOURCE = re.compile(rf"(https?|oci)://{_HOST}{_PATH}", re.ASCII)
GIT_SOURCE = re.compile(
    rf"((https?|ssh|git|oci)://([A-Za-z0-9._-]+@)?{_HOST}{_PATH}|([A-Za-z0-9._-]+@)?{_HOST}(:[A-Za-z0-9._~/-]+)?{_PATH})",
    re.ASCII,
)
TAG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/+-]{0,249}", re.ASCII)
_STEP = r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}"
RELATIVE = re.compile(rf"{_STEP}(/{_STEP}){{0,16}}", re.ASCII)

_WANTED = {
    "name": "lower-case letters, digits and dashes, at most 53",
    "namespace": "lower-case letters, digits and dashes, at most 63",
    "version": "letters, digits and . + _ ~ -",
    "chart": "a chart name",
    "source": "an https:// or oci:// address without user, query or blank",
    "tag": "a Git tag, branch or commit",
    "path": "a relative path of plain names",
}


def check_fields(recipe: Recipe) -> list[Problem]:
    """Every field of an enabled component that does not follow its grammar, at the place that set it."""
    problems = []
    for component in recipe.components:
        for field, text, pattern in _fields(component):
            if len(text) > 1000 or not pattern.fullmatch(text):
                what = f"componentRefs[{shown(component.name)}].{field} is {shown(text)}"
                problems.append(Problem(place_of(component, field), what, f"write {_WANTED[field]}"))
        for field, paths in (
            ("manifestFiles", component.manifests),
            ("preManifestFiles", component.pre_manifests),
        ):
            for path in paths:
                if len(path) > 1000 or not RELATIVE.fullmatch(path) or not path.endswith((".yaml", ".yml")):
                    what = f"componentRefs[{shown(component.name)}].{field} names {shown(path)}"
                    do = "write a relative path of plain names that ends in .yaml"
                    problems.append(Problem(place_of(component, field), what, do))
    return problems


def _fields(component: Component) -> Iterator[tuple[str, str, re.Pattern[str]]]:
    yield "name", component.name, NAME
    if component.namespace:
        yield "namespace", component.namespace, NAMESPACE
    if component.version:
        yield "version", component.version, VERSION
    if component.chart:
        yield "chart", component.chart, CHART
    if component.source:
        yield "source", component.source, GIT_SOURCE if component.type == "Kustomize" else CHART_SOURCE
    if component.tag:
        yield "tag", component.tag, TAG
    if component.path:
        yield "path", component.path, RELATIVE


def place_of(component: Component, field: str) -> Place:
    """The file and line that set *field*, or the component where no line is known."""
    for name in (field, "name"):
        history = component.field_origins.get(name)
        if history:
            return history[-1].origin.place
    return Place(component.name if NAME.fullmatch(component.name) else "recipe", 1)


def shown(text: str) -> str:
    """*text* quoted and cut for a message; control characters cannot reach a terminal."""
    return ascii(text if len(text) <= 60 else text[:57] + "...")
