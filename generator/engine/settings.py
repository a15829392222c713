"""What a layer says, value by value, with its line: made once when a catalog is loaded, shared by every recipe.

A leaf of a values tree is a scalar, a list or an empty map.
"""

from __future__ import annotations

from collections.abc import Mapping

from generator.engine.model import History, Origin, Path, Place, Setting, Tree


def leaf_settings(
    values: Mapping[str, object], tree: Tree, prefix: Path, origin: Origin
) -> dict[Path, History]:
    """The history of every leaf of *values*, which stand at *prefix* in *tree*; paths are relative to *values*."""
    found: dict[Path, History] = {}
    lines, file, kind, name = tree.lines, tree.file, origin.kind, origin.name
    depth = len(prefix)

    def walk(value: Mapping[str, object], path: Path) -> None:
        for key, child in value.items():
            here = (*path, key)
            if child and isinstance(child, Mapping):
                walk(child, here)
            else:
                line = lines.get(here) or tree.place(here).line
                setting = Setting(child, Origin(kind, name, Place(file, line)))
                found[here[depth:]] = (setting,)

    walk(values, prefix)
    return found


def field_history(
    fields: Mapping[str, object], tree: Tree, place: Place, origin: Origin
) -> dict[str, History]:
    """The history of every field of a componentRef that stands at *place*."""
    lines = tree.lines
    return {
        key: (
            Setting(
                value, Origin(origin.kind, origin.name, Place(place.file, lines.get((key,), place.line)))
            ),
        )
        for key, value in fields.items()
    }


def registry_defaults(
    name: str, fields: Mapping[str, object], places: Mapping[Path, Place], place: Place
) -> dict[str, tuple[tuple[str, Setting], ...]]:
    """What the registry fills in for a component of each type; "" holds the type itself."""
    helm, kustomize = _below(fields, "helm"), _below(fields, "kustomize")

    def settings(*wanted: tuple[str, object, Path]) -> tuple[tuple[str, Setting], ...]:
        return tuple(
            (key, Setting(value, Origin("registry", name, places.get(path, place))))
            for key, value, path in wanted
            if value
        )

    chart = str(helm.get("defaultChart") or "").rpartition("/")[2]
    kind = "Kustomize" if kustomize.get("defaultSource") else "Helm"
    return {
        "": settings(("type", kind, ("kustomize" if kind == "Kustomize" else "helm",))),
        "Helm": settings(
            ("source", helm.get("defaultRepository"), ("helm", "defaultRepository")),
            ("chart", chart, ("helm", "defaultChart")),
            ("version", helm.get("defaultVersion"), ("helm", "defaultVersion")),
            ("namespace", helm.get("defaultNamespace"), ("helm", "defaultNamespace")),
        ),
        "Kustomize": settings(
            ("source", kustomize.get("defaultSource"), ("kustomize", "defaultSource")),
            ("tag", kustomize.get("defaultTag"), ("kustomize", "defaultTag")),
            ("path", kustomize.get("defaultPath"), ("kustomize", "defaultPath")),
        ),
    }


def _below(fields: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = fields.get(key)
    return value if isinstance(value, Mapping) else {}
