"""The collector's documents in the hands of those who read them: detection, and the catalog of readings."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

import collector
import generator
from collector.allowlist import ROWS, compiled, first_match
from generator.core.detection import detect
from generator.core.snapshot import absent_reason
from generator.load.documents import load_snapshot
from tests.collector.conftest import ROOT, Collect
from tests.collector.fake_api import FakeApi, node


@pytest.mark.parametrize("policy", ["default", "minimal", "none"])
def test_the_criteria_of_a_cluster_are_detected_from_its_redacted_snapshot(
    eks: FakeApi, collect: Collect, policy: str
) -> None:
    done = collect("--kubeconfig", eks.address, "--redact", policy)
    snapshot = load_snapshot(done.out, "snapshot.yaml")
    assert snapshot.notes == ()
    criteria = yaml.safe_load((ROOT / "recipes" / "criteria.yaml").read_text(encoding="utf-8"))
    found = detect(snapshot, criteria["detection"], criteria["dimensions"]).criteria.as_dict()
    expected = {"service": "eks", "os": "ubuntu"} | ({"accelerator": "h100"} if policy != "minimal" else {})
    assert {
        k: v for k, v in found.items() if k in ("service", "os", "accelerator") and v != "any"
    } == expected


def test_a_reading_that_was_withheld_or_not_taken_says_so(eks: FakeApi, collect: Collect) -> None:
    snapshot = load_snapshot(collect("--kubeconfig", eks.address).out, "snapshot.yaml")
    assert "withheld by the default redaction" in absent_reason(snapshot, "K8s.policy.toolkit.env")
    assert "not a node of the cluster" in absent_reason(snapshot, "GPU.smi.driver")
    assert "--images" in absent_reason(snapshot, "K8s.image.coredns")


def test_every_reading_is_in_the_catalog_of_measurements(
    eks: FakeApi, collect: Collect, fake_nvml: Path
) -> None:
    """A reading a constraint may name has a meaning, a source and a remediation there."""
    measurements = yaml.safe_load((ROOT / "recipes" / "measurements.yaml").read_text(encoding="utf-8"))
    names = [m.get("name", "") for m in measurements["measurements"]]
    patterns = [re.compile("[^ ]+".join(re.escape(p) for p in n.split("*")) + r"\Z") for n in names]
    env = {"LD_LIBRARY_PATH": str(fake_nvml), "FAKE_NVML": "gpus=8;ecc=1;mig=1"}
    done = collect("--kubeconfig", eks.address, "--images", "--host", "yes", "--redact", "none", env=env)
    own = {"K8s.api-groups", "K8s.crd", "NodeTopology.gpu-groups", "NodeTopology.gpu-nodes"}
    unknown = set()
    for measurement in done.document["measurements"]:
        for entry in measurement["subtypes"]:
            prefix = f"{measurement['type']}.{entry['subtype']}"
            for key in entry["data"]:
                if (
                    prefix not in own
                    and key != "goVersion"
                    and not any(p.match(f"{prefix}.{key}") for p in patterns)
                ):
                    unknown.add(f"{prefix}.{key}")
    assert not {name for name in unknown if not name.startswith("GPU.smi.")}


def test_what_checks_ask_for_is_let_out_by_the_allowlist() -> None:
    """A check whose reading the default redaction withholds would stay unknown for good."""
    rows = compiled(ROWS)
    asked: set[str] = set()
    for path in sorted((ROOT / "recipes" / "checks").glob("*.yaml")):
        asked |= set(re.findall(r"reading: \"?([A-Za-z0-9./_-]+)", path.read_text(encoding="utf-8")))
    assert len(asked) > 30
    withheld = set()
    for name in asked:
        if name.startswith("NodeTopology.") or name.endswith("."):
            continue  # labels have a list of their own; `Deployment.{component}` stands for every component
        kind, subtype, key = name.split(".", 2)
        if first_match(rows, (kind, subtype, key)) is None:
            withheld.add(name)
    assert withheld == set()


def test_the_collector_carries_the_projects_version() -> None:
    assert generator.__version__ == collector.VERSION


@pytest.mark.parametrize(
    ("version", "provider", "labels", "service"),
    [
        ("v1.33.5-gke.1337000", "gce://p/z/n", {"cloud.google.com/gke-nodepool": "acme-pool"}, "gke"),
        ("v1.33.5", "azure:///subscriptions/1/x", {"kubernetes.azure.com/agentpool": "acme"}, "aks"),
        ("v1.33.5", "ocid1.instance.oc1.iad.planted", {}, "oke"),
        ("v1.33.5", "linode://12345", {"lke.linode.com/pool-id": "4711"}, "lke"),
        ("v1.31.5", "", {"node.openshift.io/os_id": "rhcos"}, "ocp"),
        ("v1.33.5+rke2r1", "rke2://planted", {}, "rke2"),
        ("v1.33.5+k0s", "", {}, "k0s"),
        ("v1.33.5", "kind://docker/kind/kind-worker", {}, "kind"),
    ],
)
def test_every_service_is_detected_from_a_redacted_snapshot(
    eks: FakeApi, collect: Collect, version: str, provider: str, labels: dict[str, str], service: str
) -> None:
    eks.objects["/version"]["gitVersion"] = version
    eks.lists["/api/v1/nodes"] = [node("planted-1", "NVIDIA-H100-80GB-HBM3", 8, **labels)]
    eks.lists["/api/v1/nodes"][0]["spec"]["providerID"] = provider
    done = collect("--kubeconfig", eks.address)
    criteria = yaml.safe_load((ROOT / "recipes" / "criteria.yaml").read_text(encoding="utf-8"))
    found = detect(load_snapshot(done.out, "s.yaml"), criteria["detection"], criteria["dimensions"])
    assert found.criteria.as_dict()["service"] == service
    for secret in ("planted", "acme", "4711", "12345"):
        assert secret not in done.out
