"""Every lint rule on a small catalog of our own: silent while it is sound, and the only one to speak when it is not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from generator.lint import RULES, Finding, format_findings, lint_catalog
from generator.load.catalog import catalog_from_files

OVERLAY = """\
apiVersion: aicr.run/v1alpha2
kind: RecipeMetadata
metadata:
  name: {name}
  annotations:
    aicr-matrix/evidence: stated
    aicr-matrix/sources: upstream overlay {name}
spec:
{spec}
"""


def overlay(name: str, spec: str) -> str:
    return OVERLAY.format(name=name, spec="\n".join(f"  {line}" for line in spec.strip("\n").splitlines()))


SOUND: Mapping[str, str] = {
    "criteria.yaml": """\
apiVersion: aicr-matrix/v1
kind: CriteriaCatalog
dimensions:
- {name: service, label: Service, values: [{name: eks, label: EKS}, {name: gke, label: GKE}]}
- {name: accelerator, label: Accelerator, values: [{name: h100, label: H100}]}
- {name: intent, label: Intent, values: [{name: training, label: Training}]}
- {name: os, label: OS, values: [{name: ubuntu, label: Ubuntu}, {name: cos, label: COS}]}
- {name: platform, label: Platform, values: []}
""",
    "measurements.yaml": """\
apiVersion: aicr-matrix/v1
kind: MeasurementCatalog
measurements:
- {name: K8s.server.version, label: Server, meaning: m, kind: version, remediation: {default: Upgrade.}}
- {name: "Deployment.*.version", label: Version, meaning: m, kind: version, remediation: {default: Upgrade it.}}
- {name: "Deployment.*.available", label: Available, meaning: m, kind: flag, remediation: {default: Look at its pods.}}
- {name: nccl-all-reduce-bw, label: Bandwidth, meaning: m, kind: number, remediation: {default: Look at the transport.}}
""",
    "checks/operator-health.yaml": """\
apiVersion: aicr-matrix/v1
kind: Check
metadata: {name: operator-health}
spec:
  title: The driver is up
  severity: error
  phase: deployment
  rule: [{reading: Deployment.driver.available, value: "true"}]
  remediation: {default: Look at its pods.}
  sources: [upstream checks]
""",
    "checks/health.yaml": """\
apiVersion: aicr-matrix/v1
kind: ComponentHealth
components:
  driver: {namespace: driver, workloads: [Deployment driver]}
""",
    "registry.yaml": """\
apiVersion: aicr.run/v1alpha2
kind: ComponentRegistry
components:
- name: driver
  helm: {defaultRepository: https://charts.example.org, defaultChart: driver, defaultVersion: 1.2.3}
- name: trust
  helm: {defaultRepository: https://charts.example.org, defaultChart: trust, defaultVersion: v1.0.0}
""",
    "mixins/os-ubuntu.yaml": """\
apiVersion: aicr.run/v1alpha2
kind: RecipeMixin
metadata:
  name: os-ubuntu
  annotations: {aicr-matrix/sources: upstream mixin os-ubuntu}
spec:
  componentRefs:
  - {name: trust, manifestFiles: [components/trust/manifests/ubuntu.yaml]}
""",
    "components/driver/values.yaml": "replicas: 1\nlog: info\n",
    "components/trust/manifests/ubuntu.yaml": """\
apiVersion: v1
kind: ConfigMap
metadata: {name: roots}
{{- if .Values.debug }}
data: {debug: "{{ .Values.debug }}"}
{{- end }}
""",
    "overlays/base.yaml": overlay(
        "base",
        """
constraints:
- {name: K8s.server.version, value: ">= 1.32"}
componentRefs:
- {name: driver, type: Helm, valuesFile: components/driver/values.yaml, dependencyRefs: [trust]}
- {name: trust, type: Helm}
""",
    ),
    "overlays/eks.yaml": overlay(
        "eks",
        """
base: base
criteria: {service: eks}
constraints:
- {name: K8s.server.version, value: ">= 1.34"}
componentRefs:
- {name: driver, overrides: {log: debug}}
""",
    ),
    "overlays/h100-eks-training.yaml": overlay(
        "h100-eks-training",
        """
base: eks
criteria: {service: eks, accelerator: h100, intent: training, os: ubuntu}
mixins: [os-ubuntu]
validation:
  deployment:
    checks: [operator-health]
    constraints:
    - {name: Deployment.driver.version, value: ">= 1.2"}
  performance:
    constraints:
    - {name: nccl-all-reduce-bw, value: ">= 300"}
""",
    ),
}


def lint(files: Mapping[str, str], *, own: bool = True) -> tuple[Finding, ...]:
    return lint_catalog(catalog_from_files(files, own=own), own=own)


def changed(**changes: str) -> dict[str, str]:
    return {**SOUND, **changes}


def test_sound_catalog_has_no_findings() -> None:
    assert lint(SOUND) == ()


@dataclass(frozen=True)
class Case:
    """A change to one file of the sound catalog, and what is then said, by whom and in which line."""

    description: str
    rule: str
    file: str
    old: str
    new: str
    place: str
    says: str


LEAF = "overlays/h100-eks-training.yaml"
CASES = (
    Case(
        "an old floor restated by a child", "weakened-constraint", LEAF,
        "mixins: [os-ubuntu]\n",
        'mixins: [os-ubuntu]\n  constraints:\n  - {name: K8s.server.version, value: ">= 1.32.4"}\n',
        f"{LEAF}:13", "weakens >= 1.34 of eks (overlays/eks.yaml:12): it lets 1.32.4 through",
    ),
    Case(
        "a child that makes its parent's error a warning", "weakened-constraint", LEAF,
        "mixins: [os-ubuntu]\n",
        'mixins: [os-ubuntu]\n  constraints:\n'
        '  - {name: K8s.server.version, value: ">= 1.34", severity: warning}\n',
        f"{LEAF}:13", "is a warning, where >= 1.34 of eks (overlays/eks.yaml:12) is an error",
    ),
    Case(
        "a ceiling below the parent's floor", "unsatisfiable", LEAF,
        "mixins: [os-ubuntu]\n",
        'mixins: [os-ubuntu]\n  constraints:\n  - {name: K8s.server.version, value: "< 1.33"}\n',
        f"{LEAF}:13", "K8s.server.version < 1.33 contradicts >= 1.34 of eks",
    ),
    Case(
        "bounds that cross", "unsatisfiable", LEAF,
        '">= 1.2"', '">= 1.2 < 1.1"', f"{LEAF}:16", "no value satisfies Deployment.driver.version >= 1.2 < 1.1",
    ),
    Case(
        "a reading with a typing error", "unknown-reading", LEAF,
        "nccl-all-reduce-bw", "nccl-allreduce-bw", f"{LEAF}:19", "nccl-allreduce-bw is not a reading",
    ),
    Case(
        "a check on a reading nobody takes", "unknown-reading", "checks/operator-health.yaml",
        "Deployment.driver.available", "Deployment.driver.up", "checks/operator-health.yaml:1",
        "needs Deployment.driver.up",
    ),
    Case(
        "a check without a next step", "missing-remediation", "checks/operator-health.yaml",
        "  remediation: {default: Look at its pods.}\n", "", "checks/operator-health.yaml:1", "has no remediation",
    ),
    Case(
        "a reading without a next step", "missing-remediation", "measurements.yaml",
        ", remediation: {default: Look at the transport.}", "", f"{LEAF}:19",
        "nccl-all-reduce-bw >= 300 has no remediation in h100-eks-ubuntu-training",
    ),
    Case(
        "a check in the wrong phase", "unknown-check", "checks/operator-health.yaml",
        "phase: deployment", "phase: conformance", f"{LEAF}:13", "in deployment; it is one of conformance",
    ),
    Case(
        "health of a component that is gone", "unknown-check", "checks/health.yaml",
        "  driver:", "  drivers: {namespace: driver}\n  driver:", "checks/health.yaml:4",
        "health is stated for drivers",
    ),
    Case(
        "a file called otherwise", "file-name", LEAF, "name: h100-eks-training", "name: h100-training",
        f"{LEAF}:4", "the file h100-eks-training holds the overlay h100-training",
    ),
    Case(
        "a number of nodes", "nodes-stated", LEAF, "os: ubuntu}", "os: ubuntu, nodes: 4}", f"{LEAF}:10",
        "states nodes: 4",
    ),
    Case(
        "a parent for another service", "never-applies", LEAF, "service: eks", "service: gke", f"{LEAF}:10",
        "is for service gke, its parent eks for eks",
    ),
    Case(
        "a version that moves", "unpinned-chart", "registry.yaml", "defaultVersion: 1.2.3", "defaultVersion: latest",
        "registry.yaml:4", "driver has the floating version latest",
    ),
    Case(
        "no version at all", "unpinned-chart", "registry.yaml", ", defaultVersion: v1.0.0", "", "registry.yaml:6",
        "trust has a chart without a version",
    ),
    Case(
        "a component nobody uses", "unused-component", "registry.yaml", "- name: trust",
        "- name: spare\n  helm: {defaultChart: spare, defaultVersion: 1.0.0}\n- name: trust", "registry.yaml:6",
        "the component spare is used by no overlay",
    ),
    Case(
        "a value that always loses", "shadowed-value", "overlays/base.yaml",
        "dependencyRefs: [trust]", "dependencyRefs: [trust], overrides: {log: warn}",
        "components/driver/values.yaml:2", "log is replaced in every recipe it reaches",
    ),
    Case(
        "sources forgotten", "missing-sources", LEAF, "    aicr-matrix/sources: upstream overlay h100-eks-training\n",
        "", f"{LEAF}:4", "names no sources",
    ),
    Case(
        "evidence of a kind of its own", "missing-sources", LEAF, "evidence: stated", "evidence: hearsay",
        f"{LEAF}:4", "the evidence of h100-eks-training is hearsay",
    ),
    Case(
        "a manifest that is not YAML", "manifest-yaml", "components/trust/manifests/ubuntu.yaml",
        "kind: ConfigMap", "kind: [ConfigMap", "components/trust/manifests/ubuntu.yaml:3", "the manifest is not YAML",
    ),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.description)
def test_rule_speaks_when_broken(case: Case) -> None:
    assert case.old in SOUND[case.file]
    findings = lint(changed(**{case.file: SOUND[case.file].replace(case.old, case.new, 1)}))
    assert [(f.rule, str(f.place)) for f in findings] == [(case.rule, case.place)]
    assert case.says in findings[0].what
    assert findings[0].severity == "error" and findings[0].do


def test_overlay_without_criteria_and_children_never_applies() -> None:
    extra = overlay("fragment", "base: base\nconstraints: []")
    findings = lint(changed(**{"overlays/fragment.yaml": extra}))
    assert [(f.rule, str(f.place)) for f in findings] == [("never-applies", "overlays/fragment.yaml:4")]


def test_equal_criteria_are_told_at_the_later_name() -> None:
    findings = lint(
        changed(**{"overlays/eks-too.yaml": overlay("eks-too", "base: base\ncriteria: {service: eks}")})
    )
    assert [(f.rule, str(f.place)) for f in findings] == [("duplicate-criteria", "overlays/eks-too.yaml:10")]
    assert "the same criteria as eks" in findings[0].what


def test_later_sibling_weakens_an_earlier_one() -> None:
    """Neither is the other's parent; they meet only where both match, and then the later name wins."""
    sibling = overlay(
        "h100-any",
        'criteria: {accelerator: h100}\nconstraints:\n- {name: K8s.server.version, value: ">= 1.33"}',
    )
    findings = lint(changed(**{"overlays/h100-any.yaml": sibling}))
    assert [(f.rule, str(f.place)) for f in findings] == [
        ("weakened-constraint", "overlays/h100-any.yaml:11")
    ]
    assert "weakens >= 1.34 of eks" in findings[0].what


def test_reason_excuses_a_weaker_constraint() -> None:
    weaker = SOUND[LEAF].replace(
        "mixins: [os-ubuntu]\n",
        'mixins: [os-ubuntu]\n  constraints:\n  - {name: K8s.server.version, value: ">= 1.32.4"}\n',
    )
    excused = weaker.replace(
        "    aicr-matrix/evidence",
        "    aicr-matrix/reason: the vendor states K8s.server.version so\n    aicr-matrix/evidence",
    )
    assert [f.rule for f in lint(changed(**{LEAF: weaker}))] == ["weakened-constraint"]
    assert lint(changed(**{LEAF: excused})) == ()
    elsewhere = excused.replace("K8s.server.version so", "OS.release.ID so")
    assert [f.rule for f in lint(changed(**{LEAF: elsewhere}))] == ["weakened-constraint"]


def test_mixin_that_contradicts_is_told_beside_the_rest() -> None:
    """Resolving refuses it; lint still tells everything else in the same run."""
    mixin = SOUND["mixins/os-ubuntu.yaml"].replace(
        "spec:\n", 'spec:\n  constraints: [{name: K8s.server.version, value: ">= 1.35"}]\n'
    )
    findings = lint(
        changed(**{"mixins/os-ubuntu.yaml": mixin, "components/driver/values-old.yaml": "replicas: 2\n"})
    )
    assert {(f.rule, f.place.file) for f in findings} >= {
        ("missing-file", "components/driver/values-old.yaml"),
        ("not-honoured", "mixins/os-ubuntu.yaml"),
    }


def test_unused_mixin_and_files_are_told() -> None:
    unmixed = SOUND[LEAF].replace("  mixins: [os-ubuntu]\n", "")
    extra = {"components/driver/values-old.yaml": "replicas: 2\n"}
    findings = lint(changed(**{LEAF: unmixed, **extra}))
    assert [(f.rule, str(f.place)) for f in findings] == [
        ("missing-file", "components/driver/values-old.yaml:1"),
        ("unused-mixin", "mixins/os-ubuntu.yaml:4"),
    ]


FOREIGN = {
    "registry.yaml": SOUND["registry.yaml"],
    "overlays/base.yaml": SOUND["overlays/base.yaml"].replace(
        "valuesFile: components/driver/values.yaml, ", ""
    ),
    "overlays/eks.yaml": SOUND["overlays/eks.yaml"].replace("base: base", "base: bass"),
    "overlays/a.yaml": overlay("a", "base: b\nmixins: [os-none]\ncriteria: {service: aks}"),
    "overlays/b.yaml": overlay("b", "base: a\ncriteria: {service: oke}"),
    "overlays/c.yaml": overlay(
        "c",
        "criteria: {service: lke}\ncomponentRefs:\n- {name: drivers}\n"
        "- {name: trust, dependencyRefs: [driver, trusty]}",
    ),
}


def test_foreign_catalog_gets_warnings_only() -> None:
    """What loading refuses in our own catalog, lint tells of a foreign one, and nothing about sources."""
    findings = lint(FOREIGN, own=False)
    assert {f.severity for f in findings} == {"warning"}
    rules = {f.rule for f in findings}
    assert rules >= {"unknown-parent", "unknown-mixin", "unknown-component", "unknown-dependency", "cycle"}
    assert "missing-sources" not in rules
    parent = next(f for f in findings if f.rule == "unknown-parent")
    assert str(parent) == (
        "overlays/eks.yaml:4: warning: eks has the parent bass, which is no overlay; did you mean base?"
        " [unknown-parent]"
    )


def test_cycles_are_told_once_each() -> None:
    cycles = [f.what for f in lint(FOREIGN, own=False) if f.rule == "cycle"]
    assert "the parents run in a circle: a -> b -> a" in cycles
    assert sum("dependencies" in what for what in cycles) == 1


def test_every_rule_explains_itself() -> None:
    names = [rule.name for rule in RULES]
    assert len(set(names)) == len(names) >= 16
    for rule in RULES:
        assert rule.scope in ("any", "own")
        assert rule.description.endswith(".") and rule.documentation.endswith(".")
        assert rule.description != rule.documentation


def test_every_rule_is_tried() -> None:
    tried = {case.rule for case in CASES} | {
        "never-applies", "duplicate-criteria", "missing-file", "unused-mixin", "unknown-parent", "unknown-mixin",
        "unknown-component", "unknown-dependency", "cycle", "not-honoured",
    }  # fmt: skip
    assert {rule.name for rule in RULES} == tried


def test_unknown_fields_of_a_foreign_catalog_are_told() -> None:
    files = {**FOREIGN, "overlays/d.yaml": overlay("d", "criteria: {service: kind}\nprofile: {name: fast}")}
    told = [
        f for f in lint(files, own=False) if f.rule == "not-honoured" and f.place.file == "overlays/d.yaml"
    ]
    assert len(told) == 1 and "profile" in told[0].what and told[0].do


def test_findings_are_formatted_for_people_programs_and_pull_requests() -> None:
    broken = changed(**{LEAF: SOUND[LEAF].replace("nccl-all-reduce-bw", "'nccl,all:reduce%'")})
    findings = lint(broken)
    assert format_findings((), "text") == "" == format_findings((), "github")
    assert json.loads(format_findings((), "json")) == {"findings": []}
    assert format_findings(findings, "text").startswith(
        f"{LEAF}:19: error: nccl,all:reduce% is not a reading"
    )
    first = json.loads(format_findings(findings, "json"))["findings"][0]
    assert first["file"] == LEAF and first["line"] == 19 and first["rule"] == "unknown-reading"
    assert format_findings(findings, "github").startswith(
        f"::error file={LEAF},line=19,title=unknown-reading::nccl,all:reduce%25 is not a reading"
    )
    assert format_findings(findings, "github", "recipes/").startswith(f"::error file=recipes/{LEAF},line=19,")
