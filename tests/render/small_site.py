"""A small catalog told in the test, as the renderer's Site."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache

from generator.bundle.deployers import DEPLOYERS
from generator.engine.matrix import build_matrix, cell_at
from generator.engine.model import Coverage
from generator.load.catalog import catalog_from_files
from generator.pipeline import pack_bundles, schema_assets
from generator.render.site import Site

REGISTRY = """
apiVersion: aicr.run/v1alpha2
kind: ComponentRegistry
components:
- name: cert-manager
  displayName: cert-manager
  helm:
    defaultRepository: https://charts.example
    defaultChart: cert-manager
    defaultVersion: v1.17.2
    defaultNamespace: cert-manager
- name: gpu-operator
  displayName: NVIDIA GPU Operator
  helm:
    defaultRepository: https://charts.example
    defaultChart: gpu-operator
    defaultVersion: v26.7.0
    defaultNamespace: gpu-operator
"""

CRITERIA = """
apiVersion: aicr-matrix/v1
kind: CriteriaCatalog
dimensions:
- name: service
  label: Service
  values:
  - {name: eks, label: EKS, title: Amazon EKS, aliases: [the-eks], note: None., sources: [ours]}
  - {name: gke, label: GKE, title: Google Kubernetes Engine, aliases: [the-gke], note: Needs COS., sources: [ours]}
- name: accelerator
  label: Accelerator
  values:
  - {name: h100, label: H100, title: NVIDIA H100, aliases: [the-h100], note: None., sources: [ours]}
  - {name: l40, label: L40, title: "NVIDIA L40 <Ada>", aliases: [the-l40], note: None., sources: [ours]}
- name: intent
  label: Intent
  values:
  - {name: training, label: Training, title: Training, aliases: [the-training], note: None., sources: [ours]}
- name: os
  label: OS
  values:
  - {name: cos, label: COS, title: Container-Optimized OS, aliases: [the-cos], note: None., sources: [ours]}
- name: platform
  label: Platform
  values:
  - {name: kubeflow, label: Kubeflow, title: Kubeflow, aliases: [the-kubeflow], note: None., sources: [ours]}
detection: []
"""

BASE = """
apiVersion: aicr.run/v1alpha2
kind: RecipeMetadata
metadata: {name: base}
spec:
  constraints:
  - {name: K8s.server.version, value: ">= 1.28"}
  componentRefs:
  - {name: cert-manager, type: Helm}
  - name: gpu-operator
    type: Helm
    dependencyRefs: [cert-manager]
    overrides: {driver: {enabled: true, version: "580.105.08"}, note: "<b>not markup</b> & 'quoted'", ports: [80, 443]}
"""


def overlay(name: str, criteria: str, base: str = "base", spec: str = "") -> str:
    """An overlay file with flow-style criteria and further lines of its spec."""
    return (
        "apiVersion: aicr.run/v1alpha2\nkind: RecipeMetadata\n"
        f"metadata:\n  name: {name}\n  annotations: {{aicr-matrix/evidence: stated, aicr-matrix/sources: ours}}\n"
        f"spec:\n  base: {base}\n  criteria: {{{criteria}}}\n{spec}"
    )


FILES: Mapping[str, str] = {
    "registry.yaml": REGISTRY,
    "criteria.yaml": CRITERIA,
    "overlays/base.yaml": BASE,
    "overlays/eks.yaml": overlay("eks", "service: eks"),
    "overlays/h100-eks-training.yaml": overlay(
        "h100-eks-training",
        "service: eks, accelerator: h100, intent: training",
        "eks",
        '  constraints:\n  - {name: K8s.server.version, value: ">= 1.32.4"}\n'
        '  componentRefs:\n  - {name: gpu-operator, overrides: {driver: {version: "595.91.07"}}}\n',
    ),
    "overlays/h100-gke-cos-training.yaml": overlay(
        "h100-gke-cos-training", "service: gke, accelerator: h100, os: cos, intent: training"
    ),
}


def build_site(files: Mapping[str, str] = FILES, built: date = date(2026, 11, 23)) -> Site:
    """The Site of a catalog given as texts."""
    catalog = catalog_from_files(dict(files), own=False)
    matrix = build_matrix(catalog)
    cells = {r.id: cell_at(matrix, catalog, r.criteria) for r in matrix.recipes}
    supported = [r for r in matrix.recipes if cells[r.id].coverage in (Coverage.EXACT, Coverage.COMPOSED)]
    packed = pack_bundles(catalog, supported)
    return Site(
        catalog=catalog,
        matrix=matrix,
        recipes={r.id: r for r in matrix.recipes},
        cells=cells,
        deployers=tuple(DEPLOYERS),
        downloads=packed.downloads,
        images=packed.images,
        sboms=packed.sboms,
        collector=None,
        assets={"schemas": schema_assets()},
        built=built,
        version="0.0.0",
        address="https://matrix.example/",
    )


@cache
def small_site() -> Site:
    """The Site of FILES, built once."""
    return build_site()
