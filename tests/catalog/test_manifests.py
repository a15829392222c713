"""Every manifest, as the bundles carry it: real Kubernetes objects by Kubernetes' own schemas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import kubernetes_validate  # type: ignore[import-untyped]  # it ships no types
import pytest
import yaml

from generator.bundle.build import build_files
from generator.engine.matrix import own_coverage
from generator.engine.model import Catalog, Coverage, Matrix, Recipe
from generator.pipeline import plan_recipe

# The oldest and the newest minor a bundle may meet: the floor of the DRA driver chart, and the newest supported.
VERSIONS = ("1.32", "1.36")
# Objects of operators' own definitions; Kubernetes ships no schema for them.
CUSTOM = {
    ("gateway.networking.k8s.io/v1", "Gateway"),
    ("kueue.x-k8s.io/v1beta2", "ClusterQueue"),
    ("kueue.x-k8s.io/v1beta2", "LocalQueue"),
    ("kueue.x-k8s.io/v1beta2", "ResourceFlavor"),
    ("kueue.x-k8s.io/v1beta2", "Topology"),
    ("mellanox.com/v1alpha1", "NicClusterPolicy"),
    ("nfd.openshift.io/v1", "NodeFeatureDiscovery"),
    ("nvidia.com/v1", "ClusterPolicy"),
    ("operator.openshift.io/v1alpha1", "CertManager"),
    ("operators.coreos.com/v1", "OperatorGroup"),
    ("operators.coreos.com/v1alpha1", "Subscription"),
    ("resource.nvidia.com/v1beta1", "ComputeDomain"),
    ("skyhook.nvidia.com/v1alpha1", "Skyhook"),
    ("trainer.kubeflow.org/v1alpha1", "ClusterTrainingRuntime"),
}

Rendered = Mapping[tuple[str, bytes], str]  # (path below the bundle, content) -> the first recipe that has it


@pytest.fixture(scope="module")
def rendered(catalog: Catalog, matrix: Matrix) -> Rendered:
    """The distinct manifests of every supported recipe's bundle, with what recipes leave off switched on too."""
    found: dict[tuple[str, bytes], str] = {}
    for recipe in matrix.recipes:
        if own_coverage(matrix, recipe) not in (Coverage.EXACT, Coverage.COMPOSED):
            continue
        shapes = [recipe] if all(c.enabled for c in recipe.components) else [recipe, everything_on(recipe)]
        for shape in shapes:
            for path, content in build_files(plan_recipe(catalog, shape), "helm").items():
                if "manifests/" in path and path.endswith(".yaml"):
                    found.setdefault((path, content), recipe.id)
    return found


def everything_on(recipe: Recipe) -> Recipe:
    """The recipe as its reader has it who switches every component on, Google's driver installer itself included."""
    components = []
    for component in recipe.components:
        installer = component.values.get("installer")
        values = dict(component.values)
        if isinstance(installer, Mapping):
            values["installer"] = {**installer, "enabled": True}
        components.append(replace(component, enabled=True, values=values))
    return replace(recipe, components=tuple(components), order=recipe.full_order)


def objects_of(content: bytes) -> list[dict[str, object]]:
    return [document for document in yaml.safe_load_all(content) if document is not None]


@pytest.mark.parametrize("version", VERSIONS)
def test_every_manifest_fits_kubernetes_own_schema(rendered: Rendered, version: str) -> None:
    wrong = []
    for (path, content), recipe in rendered.items():
        for item in objects_of(content):
            if (item["apiVersion"], item["kind"]) in CUSTOM:
                continue
            try:
                kubernetes_validate.validate(item, version, strict=True)
            except (kubernetes_validate.ValidationError, kubernetes_validate.SchemaNotFoundError) as error:
                wrong.append(f"{path} of {recipe}: {item['kind']}: {error.message}")
    assert wrong == []


def test_custom_kinds_are_listed_and_the_list_holds_no_more(rendered: Rendered) -> None:
    kinds = {(item["apiVersion"], item["kind"]) for _, content in rendered for item in objects_of(content)}
    builtin = set()
    for item in (item for _, content in rendered for item in objects_of(content)):
        try:
            kubernetes_validate.validate(item, VERSIONS[-1], strict=True)
        except kubernetes_validate.SchemaNotFoundError:
            continue
        builtin.add((item["apiVersion"], item["kind"]))
    assert kinds - builtin == CUSTOM


def test_every_object_has_a_name_and_metadata_of_text(rendered: Rendered) -> None:
    """Custom kinds too: their labels and annotations are text, as the API server wants them."""
    for (path, content), recipe in rendered.items():
        for item in objects_of(content):
            metadata = item["metadata"]
            assert isinstance(metadata, Mapping) and metadata["name"], (path, recipe)
            for field in ("labels", "annotations"):
                for key, value in (metadata.get(field) or {}).items():
                    assert isinstance(value, str), (path, recipe, key)


def test_every_manifest_of_the_catalog_reaches_a_bundle(catalog: Catalog, rendered: Rendered) -> None:
    """But for those of mixins that are kept for reference."""
    reached = {f"{path.split('/')[0]}/{path.rsplit('/', 1)[-1]}" for path, _ in rendered}
    kept = {
        str(file)
        for mixin in catalog.mixins.values()
        if mixin.annotations.get("aicr-matrix/reason")
        for component in mixin.components
        for key in ("manifestFiles", "preManifestFiles")
        for file in component.fields.get(key) or ()  # type: ignore[attr-defined]
    }
    wanted = {
        path: f"{path.split('/')[1]}/{path.rsplit('/', 1)[-1]}"
        for path in catalog.manifests
        if path not in kept
    }
    assert [path for path, short in wanted.items() if short not in reached] == []
