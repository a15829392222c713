"""A small catalog with every kind of component, and its recipe."""

from __future__ import annotations

from collections.abc import Mapping

from generator.core.criteria import Criteria
from generator.engine.model import Catalog, Recipe
from generator.engine.resolve import resolve_recipe
from generator.load.catalog import catalog_from_files
from tests.shared import CRITERIA

REGISTRY = """\
apiVersion: aicr.run/v1alpha2
kind: ComponentRegistry
components:
- name: operator
  displayName: The Operator
  valueOverrideKeys: [op]
  helm:
    defaultRepository: https://charts.example.com/stable
    defaultChart: stable/operator-chart
    defaultVersion: v1.2.3
    defaultNamespace: op-system
  nodeScheduling:
    nodeCountPaths: [estimate]
    system:
      nodeSelectorPaths: [controller.nodeSelector]
      tolerationPaths: [controller.tolerations]
    accelerated:
      nodeSelectorPaths: [daemon.nodeSelector]
      tolerationPaths: [daemon.tolerations]
      taintStrPaths: [daemon.taint]
  podScheduling:
    workload:
      workloadSelectorPaths: [workload]
  storageClassPaths: [store.storageClassName]
- name: kai-scheduler
  helm:
    defaultRepository: oci://registry.example.com/charts
    defaultChart: kai-scheduler
    defaultVersion: v0.13.0
    defaultNamespace: kai
- name: extras
  helm:
    defaultRepository: ''
    defaultNamespace: extra
- name: kustom
  kustomize:
    defaultSource: https://git.example.com/org/kustom.git
    defaultPath: config/default
    defaultTag: v2.0.0
- name: dra
  helm:
    defaultRepository: https://charts.example.com/stable
    defaultChart: stable/dra
    defaultVersion: 25.12.0
    defaultNamespace: dra
"""
BASE = """\
apiVersion: aicr.run/v1alpha2
kind: RecipeMetadata
metadata:
  name: base
spec:
  constraints:
  - {name: K8s.server.version, value: ">= 1.32.4"}
  componentRefs:
  - name: operator
    valuesFile: components/operator/values.yaml
    manifestFiles: [components/operator/manifests/config.yaml]
    preManifestFiles: [components/operator/manifests/quota.yaml]
  - name: kai-scheduler
    dependencyRefs: [operator]
  - name: extras
    manifestFiles: [components/extras/manifests/all.yaml, components/extras/manifests/definitions.yaml]
    dependencyRefs: [kai-scheduler]
    overrides: {flavour: sweet}
  - name: kustom
    namespace: kustom-system
    dependencyRefs: [extras]
  - name: dra
    dependencyRefs: [operator]
    overrides: {gone: null}
"""
VALUES = """\
controller:
  replicas: 2
  image: {repository: registry.example.com/op, tag: "1.10"}
store: {size: 10Gi}
list: [{name: a}, {name: b}]
"""
CONFIG = """\
{{- $op := index .Values "operator" }}
{{- if $op.controller }}
apiVersion: v1
kind: ConfigMap
metadata:
  name: config
  namespace: {{ .Release.Namespace }}
  labels:
    chart: {{ .Chart.Name }}-{{ .Chart.Version }}
data:
  replicas: "{{ $op.controller.replicas }}"
{{- end }}
"""
QUOTA = """\
apiVersion: v1
kind: ResourceQuota
metadata: {name: quota, namespace: op-system}
spec: {hard: {pods: '9'}}
"""
EXTRA = """\
apiVersion: v1
kind: Pod
metadata: {name: extra, namespace: extra}
spec:
  containers:
  - name: main
    image: registry.example.com/extra:{{ index .Values "extras" "flavour" }}
"""
DEFINITIONS = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.com}
"""
FILES: Mapping[str, str] = {
    "registry.yaml": REGISTRY,
    "criteria.yaml": CRITERIA,
    "overlays/base.yaml": BASE,
    "components/operator/values.yaml": VALUES,
    "components/operator/manifests/config.yaml": CONFIG,
    "components/operator/manifests/quota.yaml": QUOTA,
    "components/extras/manifests/all.yaml": EXTRA,
    "components/extras/manifests/definitions.yaml": DEFINITIONS,
}


def small_catalog(**replaced: str) -> Catalog:
    """The catalog, with texts replaced: `base` and `registry` by name, others by path."""
    names = {
        "base": "overlays/base.yaml",
        "registry": "registry.yaml",
        "config": "components/operator/manifests/config.yaml",
    }
    changes = {names.get(name, name): text for name, text in replaced.items()}
    return catalog_from_files({**FILES, **changes}, own=False)


def small_recipe(catalog: Catalog) -> Recipe:
    """The base recipe."""
    return resolve_recipe(catalog, Criteria())
