"""Catalogs made up by Hypothesis: overlays that inherit, mixins, values files, overrides of every kind."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from generator.core.criteria import DIMENSIONS, Criteria
from generator.engine.model import Catalog
from generator.load.yamltext import dump_yaml
from tests.shared import CRITERIA, REGISTRY, tiny

VALUES = {
    "service": ("any", "eks", "gke", "kind"),
    "accelerator": ("any", "h100", "gb200"),
    "intent": ("any", "training", "inference"),
    "os": ("any", "ubuntu", "cos"),
    "platform": ("any", "kubeflow"),
}
COMPONENTS = ("a", "b", "c", "d")
READINGS = ("K8s.server.version", "OS.release.ID", "GPU.smi.driver")
CHECKS = ("operator-health", "gang-scheduling", "dra-support")

criteria = st.fixed_dictionaries({d: st.sampled_from(VALUES[d]) for d in DIMENSIONS})
queries = st.builds(lambda values: Criteria(**values), criteria)
_keys = st.sampled_from(("driver", "enabled", "b", "list", "x.y"))
_scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-9, 9), st.sampled_from(("", "1.10", "on", "text"))
)
trees = st.recursive(
    st.one_of(_scalars, st.lists(_scalars, max_size=2)),
    lambda inner: st.dictionaries(_keys, inner, max_size=3),
    max_leaves=6,
)
maps = st.dictionaries(_keys, trees, max_size=3)
_constraints = st.lists(
    st.fixed_dictionaries(
        {"name": st.sampled_from(READINGS), "value": st.sampled_from((">= 1.28", "ubuntu", ">= 1.30"))}
    ),
    max_size=2,
    unique_by=lambda c: str(c["name"]),
)


@st.composite
def component_refs(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Some components; each may depend on ones of smaller names, so that there are no circles."""
    refs = []
    for index, name in enumerate(COMPONENTS):
        if not draw(st.booleans()):
            continue
        ref: dict[str, Any] = {"name": name}
        if draw(st.booleans()):
            ref["version"] = draw(st.sampled_from(("1.0", "2.0", "v3")))
        if draw(st.booleans()):
            ref["overrides"] = draw(maps)
        if draw(st.booleans()):
            ref["valuesFile"] = (
                f"components/{name}/{draw(st.sampled_from(('values.yaml', 'values-more.yaml')))}"
            )
        depends: bool = draw(st.booleans())
        if index and depends:
            ref["dependencyRefs"] = draw(
                st.lists(st.sampled_from(COMPONENTS[:index]), max_size=2, unique=True)
            )
        refs.append(ref)
    return refs


@st.composite
def phases(draw: st.DrawFn) -> dict[str, Any]:
    """Validation phases, empty lists and all."""
    found: dict[str, Any] = {}
    for name in draw(st.lists(st.sampled_from(("deployment", "conformance")), max_size=2, unique=True)):
        found[name] = {}
        if draw(st.booleans()):
            found[name]["checks"] = draw(st.lists(st.sampled_from(CHECKS), max_size=2, unique=True))
        if draw(st.booleans()):
            found[name]["constraints"] = draw(_constraints)
    return found


@st.composite
def catalog_files(draw: st.DrawFn) -> dict[str, str]:
    """The files of a catalog by path; every dependency is met, because base carries all components."""
    files = {
        f"components/{name}/{file}": dump_yaml(draw(maps))
        for name in COMPONENTS
        for file in ("values.yaml", "values-more.yaml")
    }
    base = [{"name": name} for name in COMPONENTS]
    files["overlays/base.yaml"] = document("base", {"constraints": draw(_constraints), "componentRefs": base})
    names: list[str] = []
    for index in range(draw(st.integers(0, 5))):
        name = f"o{index}"
        spec: dict[str, Any] = {
            "criteria": draw(criteria),
            "constraints": draw(_constraints),
            "componentRefs": draw(component_refs()),
            "validation": draw(phases()),
        }
        inherits: bool = draw(st.booleans())
        if names and inherits:
            spec["base"] = draw(st.sampled_from(names))
        if draw(st.booleans()):
            spec["mixins"] = ["m"]
        files[f"overlays/{name}.yaml"] = document(name, spec)
        names.append(name)
    mixin = {"constraints": draw(_constraints), "componentRefs": draw(component_refs())}
    files["mixins/m.yaml"] = document("m", mixin, kind="RecipeMixin")
    return files


def document(name: str, spec: dict[str, Any], *, kind: str = "RecipeMetadata") -> str:
    """The text of an overlay or mixin."""
    value = {"apiVersion": "aicr.run/v1alpha2", "kind": kind, "metadata": {"name": name}, "spec": spec}
    return dump_yaml(value, sort_keys=False)


def load(files: dict[str, str]) -> Catalog:
    """The catalog of generated files."""
    return tiny(files, components=COMPONENTS)


__all__ = [
    "COMPONENTS",
    "CRITERIA",
    "REGISTRY",
    "catalog_files",
    "document",
    "load",
    "maps",
    "queries",
    "trees",
]
