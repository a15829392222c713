"""Reads the documents users hand in: snapshots, recipes and criteria, as YAML or JSON, in a ConfigMap or bare."""

from __future__ import annotations

from collections.abc import Mapping

from generator.core.criteria import ANY, DIMENSIONS, Criteria
from generator.core.snapshot import NotASnapshot, Snapshot, parse_snapshot, wrapped_snapshot
from generator.engine.model import Path, Place, Tree
from generator.engine.problems import Problem, ProblemsFound
from generator.load.overlays import FORM_OF, LIST_FORM
from generator.load.reading import Findings, Reader, shown
from generator.load.yamltext import parse_yaml

_WRAPPED = ("recipe.yaml", "recipe.yml", "recipe.json", "criteria.yaml")


def document_kind(text: str, name: str) -> str:
    """The `kind` of a document, that of a snapshot or recipe inside a ConfigMap included; "" where it has none."""
    tree = parse_yaml(text, name, source_text=True)
    if wrapped_snapshot(tree.value) is not None:
        return "Snapshot"
    inner = _inner(tree)
    if inner is not None:
        tree = parse_yaml(inner, name, source_text=True)
    kind = tree.value.get("kind")
    if kind is None and "measurements" in tree.value:
        return "Snapshot"
    return kind if isinstance(kind, str) else ""


def load_snapshot(text: str, name: str) -> Snapshot:
    """The snapshot of a document whose scalars keep their source text, inside a ConfigMap too."""
    tree = parse_yaml(text, name, source_text=True)
    wrapped = wrapped_snapshot(tree.value)
    if wrapped is not None:
        tree = parse_yaml(wrapped[1], f"{name}({wrapped[0]})", source_text=True)
    try:
        return parse_snapshot(tree.value)
    except NotASnapshot as wrong:
        do = "take one with `aicr-matrix snapshot`"
        raise ProblemsFound([Problem(tree.place(("kind",)), _sentence(str(wrong)), do)]) from None


def _sentence(text: str) -> str:
    """The core's sentence as the middle of a problem's."""
    return (text[:1].lower() + text[1:]).rstrip(".")


def load_recipe(text: str, name: str) -> Mapping[str, object]:
    """A RecipeResult as AICR or we write it, inside a ConfigMap too.

    What ends up in scripts and paths (names, versions, namespaces, addresses) is held to the catalog's grammar.
    """
    tree = parse_yaml(text, name)
    inner = _inner(tree)
    if inner is not None:
        tree = parse_yaml(inner, name)
    found = Findings()
    reader = Reader(tree, False, found)
    kind = tree.value.get("kind")
    if kind != "RecipeResult":
        do = "make one with `aicr-matrix recipe`"
        found.problem(tree.place(("kind",)), f"kind is {shown(str(kind))}, not RecipeResult", do)
        raise ProblemsFound(found.problems)
    document = dict(tree.value)
    components = []
    for here, item in reader.mappings(tree.value, ("componentRefs",)):
        component = dict(item)
        for key, form in FORM_OF.items():
            if key in item:
                component[key] = reader.text(item, (*here, key), form)
        for key, form in LIST_FORM.items():
            if key in item:
                component[key] = list(reader.texts(item, (*here, key), form) or ())
        if "overrides" in item:
            component["overrides"] = reader.mapping(item, (*here, "overrides"))
        if not item.get("name"):
            reader.problem(here, "has no name", "name the component")
        components.append(component)
    document["componentRefs"] = components
    document["deploymentOrder"] = list(reader.texts(tree.value, ("deploymentOrder",), "name") or ())
    constraints = []
    for here, item in reader.mappings(tree.value, ("constraints",)):
        constraint = dict(item)
        for key, form in (("name", "reading"), ("value", "")):
            constraint[key] = reader.text(item, (*here, key), form)
        constraints.append(constraint)
    document["constraints"] = constraints
    if found.problems:
        raise ProblemsFound(found.problems)
    return document


def load_criteria(text: str, name: str) -> Criteria:
    """The criteria of a RecipeCriteria document, under `spec` or bare; values as written, lower case.

    Aliases are not resolved, that takes a catalog; unknown fields are problems, so that a slip is no wildcard.
    """
    tree = parse_yaml(text, name)
    found = Findings()
    reader = Reader(tree, True, found)
    kind = tree.value.get("kind")
    if kind not in (None, "", "RecipeCriteria"):
        found.problem(tree.place(("kind",)), f"kind is {shown(str(kind))}", "write RecipeCriteria")
    at: Path = ()
    if "spec" in tree.value:
        reader.known(tree.value, (), ("kind", "apiVersion", "metadata", "spec"))
        holder, at = reader.mapping(tree.value, ("spec",)), ("spec",)
        reader.known(holder, at, (*DIMENSIONS, "nodes"))
    else:
        holder = tree.value
        reader.known(holder, at, ("kind", "apiVersion", "metadata", *DIMENSIONS, "nodes"))
    values = {d: reader.text(holder, (*at, d)).strip().lower() or ANY for d in DIMENSIONS}
    nodes = holder.get("nodes") or 0
    if isinstance(nodes, bool) or not isinstance(nodes, int) or nodes < 0:
        reader.problem(
            (*at, "nodes"), f"is {shown(str(nodes))}, not a number of nodes", "write a number, 0 for any"
        )
        nodes = 0
    if found.problems:
        raise ProblemsFound(found.problems)
    return Criteria(
        values["service"], values["accelerator"], values["intent"], values["os"], values["platform"], nodes
    )


def _inner(tree: Tree) -> str | None:
    """The text of a recipe or criteria inside a ConfigMap."""
    if tree.value.get("kind") != "ConfigMap":
        return None
    data = tree.value.get("data")
    for key in _WRAPPED if isinstance(data, Mapping) else ():
        assert isinstance(data, Mapping)
        if isinstance(data.get(key), str):
            return str(data[key])
    raise ProblemsFound(
        [
            Problem(
                Place(tree.file, 1), f"is a ConfigMap without {' or '.join(_WRAPPED[:3])}", "name another one"
            )
        ]
    )
