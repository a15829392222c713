"""The recipe and the build record a bundle carries: recipe.yaml for people and AICR, build.json for a rebuild."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from typing import Any

from generator.bundle.model import Assignment, BundleOptions, BundlePlan, Toleration
from generator.bundle.yamlparts import dumped_parts
from generator.engine.model import Component

SCHEMA_VERSION = 1
_DEFAULT = BundleOptions()


def recipe_yaml(plan: BundlePlan) -> bytes:
    """The RecipeResult of what is deployed: components that are left out are gone, references to them too."""
    recipe = plan.recipe
    present = {component.name for component in plan.components}
    stated = {name: value for name, value in recipe.criteria.items() if value != "any"}
    head: dict[str, object] = {
        "kind": "RecipeResult",
        "apiVersion": "aicr.nvidia.com/v1alpha1",
        "metadata": {"version": plan.tool_version, "appliedOverlays": list(recipe.layers)},
        "criteria": stated,
    }
    parts: list[dict[str, object]] = [head, {"constraints": [dict(c.fields) for c in recipe.constraints]}]
    for component in recipe.components:
        if component.name in present:
            parts.append({"componentRefs": [_reference(component, present)]})
    parts.append({"deploymentOrder": [component.name for component in plan.components]})
    for name, phase in recipe.phases.items():
        parts.append({"validation": {name: dict(phase.fields)}})
    return dumped_parts(parts, indent=4).encode()


def _reference(component: Component, present: set[str]) -> dict[str, object]:
    emitted = dict(component.fields)
    needs = emitted.get("dependencyRefs")
    if isinstance(needs, (list, tuple)):
        kept = [need for need in needs if need in present]
        if kept:
            emitted["dependencyRefs"] = kept
        else:
            del emitted["dependencyRefs"]
    return emitted


def build_record(plan: BundlePlan, deployer: str) -> bytes:
    """What the bundle was made from, so that anyone with the catalog can make it again."""
    record = {
        "schemaVersion": SCHEMA_VERSION,
        "tool": {"name": "aicr-matrix", "version": plan.tool_version},
        "catalog": {"digest": plan.catalog_digest, "version": plan.catalog_version},
        "recipe": plan.recipe.id,
        "criteria": {**plan.recipe.criteria.as_dict(), "nodes": plan.recipe.criteria.nodes},
        "deployer": deployer,
        "options": options_record(plan.options),
    }
    return (json.dumps(record, sort_keys=True, ensure_ascii=False) + "\n").encode()


def options_record(options: BundleOptions) -> dict[str, object]:
    """The options that differ from the defaults, as plain values."""
    changed = {f.name for f in fields(options) if getattr(options, f.name) != getattr(_DEFAULT, f.name)}
    return {name: value for name, value in asdict(options).items() if name in changed} if changed else {}


def read_options_record(record: Mapping[str, object]) -> BundleOptions:
    """The options a record names; ValueError where it is not one of ours."""
    try:
        changes = {name: _READERS[name](value) for name, value in record.items()}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(f"the options cannot be read ({error})") from None
    return BundleOptions().with_changes(**changes)


def _tolerations(value: object) -> tuple[Toleration, ...]:
    assert isinstance(value, list)
    return tuple(Toleration(**{k: str(v) for k, v in item.items()}) for item in value)


def _texts(value: object) -> dict[str, str]:
    assert isinstance(value, dict)
    return {str(k): str(v) for k, v in value.items()}


_READERS: Mapping[str, Callable[[Any], object]] = {
    "assignments": lambda value: tuple(Assignment(**item) for item in value),
    "values": lambda value: tuple((str(name), dict(values)) for name, values in value),
    "system_node_selector": _texts,
    "system_tolerations": _tolerations,
    "accelerated_node_selector": _texts,
    "accelerated_tolerations": _tolerations,
    "workload_selector": _texts,
    "workload_gate": lambda value: _tolerations([value])[0] if value else None,
    "nodes": int,
    "storage_class": str,
    "repo": str,
    "revision": str,
    "repo_path": str,
}
