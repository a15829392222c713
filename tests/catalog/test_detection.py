"""What our rules propose for clusters as they really name themselves, and what they leave open."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from generator.core.criteria import ANY
from generator.core.detection import Detection, detect
from generator.core.snapshot import parse_snapshot
from generator.engine.model import Catalog
from generator.engine.rules import detection_rules, dimensions_document

PRODUCTS = [
    ("NVIDIA H100 80GB HBM3", "h100"),
    ("NVIDIA H100 NVL", "h100"),
    ("NVIDIA H200", "h200"),
    ("NVIDIA GH200 480GB", ANY),
    ("NVIDIA H20", ANY),
    ("NVIDIA A100-SXM4-80GB", "a100"),
    ("NVIDIA RTX A1000", ANY),
    ("NVIDIA A10", ANY),
    ("NVIDIA L40", "l40"),
    ("NVIDIA L40S", "l40s"),
    ("NVIDIA L4", ANY),
    ("NVIDIA B200", "b200"),
    ("NVIDIA B300 SXM6 AC", ANY),
    ("NVIDIA GB200", "gb200"),
    ("NVIDIA GB300", "gb300"),
    ("NVIDIA RTX PRO 6000 Blackwell Server Edition", "rtx-pro-6000"),
    ("NVIDIA RTX 6000 Ada Generation", ANY),
    ("Tesla T4", ANY),
]


def propose(catalog: Catalog, data: Mapping[str, Mapping[str, Mapping[str, str]]]) -> Detection:
    """What is detected in a snapshot of *data*: type -> subtype -> readings."""
    document = {
        "kind": "Snapshot",
        "measurements": [
            {
                "type": kind,
                "subtypes": [{"subtype": name, "data": values} for name, values in subtypes.items()],
            }
            for kind, subtypes in data.items()
        ],
    }
    return detect(parse_snapshot(document), detection_rules(catalog), dimensions_document(catalog))


@pytest.mark.parametrize(("product", "accelerator"), PRODUCTS)
def test_product_names_are_matched_as_whole_words(catalog: Catalog, product: str, accelerator: str) -> None:
    """By the driver's name, and by the label feature discovery makes of it."""
    driver = propose(catalog, {"GPU": {"smi": {"gpu.model": product}}})
    assert driver.criteria.accelerator == accelerator
    label = {"nvidia.com/gpu.product": f"{product.replace(' ', '-')}|node-1"}
    assert propose(catalog, {"NodeTopology": {"label": label}}).criteria.accelerator == accelerator


@pytest.mark.parametrize(
    ("version", "service"),
    [
        ("v1.33.5-eks-3025e55", "eks"),
        ("v1.34.1-gke.1829001", "gke"),
        ("v1.33.4+rke2r1", "rke2"),
        ("v1.34.1+k0s.0", "k0s"),
        ("v1.34.1+k3s1", ANY),
        ("v1.33.5", ANY),
    ],
)
def test_version_suffix_names_the_service(catalog: Catalog, version: str, service: str) -> None:
    found = propose(catalog, {"K8s": {"server": {"version": version}}})
    assert found.criteria.service == service
    assert all(e.strength == "strong" for e in found.evidence if e.dimension == "service")


@pytest.mark.parametrize(
    ("provider", "service"), [("eks", "eks"), ("gke", "gke"), ("aks", "aks"), ("oke", "oke")]
)
def test_machines_alone_are_a_weak_sign_of_the_service(catalog: Catalog, provider: str, service: str) -> None:
    """aws:// is EC2, on which anybody may run Kubernetes: proposed, and marked so."""
    found = propose(catalog, {"K8s": {"server": {"version": "v1.33.5"}, "node": {"provider": provider}}})
    assert found.criteria.service == service
    assert [e.strength for e in found.evidence if e.dimension == "service"] == ["weak"]


def test_what_the_cluster_says_outweighs_its_machines(catalog: Catalog) -> None:
    found = propose(catalog, {"K8s": {"server": {"version": "v1.33.4+rke2r1"}, "node": {"provider": "eks"}}})
    assert found.criteria.service == "rke2"


@pytest.mark.parametrize(
    ("label", "service"),
    [
        ("eks.amazonaws.com/nodegroup", "eks"),
        ("cloud.google.com/gke-nodepool", "gke"),
        ("kubernetes.azure.com/cluster", "aks"),
        ("lke.linode.com/pool-id", "lke"),
        ("node.openshift.io/os_id", "ocp"),
    ],
)
def test_node_labels_name_the_service(catalog: Catalog, label: str, service: str) -> None:
    assert propose(catalog, {"NodeTopology": {"label": {label: "x|node-1"}}}).criteria.service == service


@pytest.mark.parametrize(
    ("os_id", "os"),
    [("ubuntu", "ubuntu"), ("amzn", "amazonlinux"), ("cos", "cos"), ("rhel", "rhel"), ("ol", "ol"), ("sles", "sles"),
     ("talos", "talos"), ("debian", ANY), ("rocky", ANY)],
)  # fmt: skip
def test_os_release_names_the_system(catalog: Catalog, os_id: str, os: str) -> None:
    assert propose(catalog, {"OS": {"release": {"ID": os_id}}}).criteria.os == os


def test_core_os_is_not_taken_for_rhel(catalog: Catalog) -> None:
    image = "Red Hat Enterprise Linux CoreOS 419.96.202505061234-0"
    found = propose(catalog, {"K8s": {"node": {"os-image": image}}})
    assert (found.criteria.service, found.criteria.os) == ("ocp", ANY)


def test_intent_and_platform_are_never_guessed(catalog: Catalog) -> None:
    found = propose(
        catalog,
        {
            "K8s": {"server": {"version": "v1.33.5-eks-3025e55"}},
            "GPU": {"smi": {"gpu.model": "NVIDIA H100 80GB HBM3"}},
            "OS": {"release": {"ID": "ubuntu"}},
        },
    )
    assert found.criteria.as_dict() == {
        "service": "eks", "accelerator": "h100", "intent": ANY, "os": "ubuntu", "platform": ANY,
    }  # fmt: skip


def test_every_rule_names_a_value_and_a_reading_that_exist(catalog: Catalog) -> None:
    values = {d["name"]: {v["name"] for v in d["values"]} for d in dimensions_document(catalog)}
    for rule in detection_rules(catalog):
        assert rule["value"] in values[rule["dimension"]], rule
        assert rule["match"] in ("equals", "contains", "words", "prefix")
        assert rule["strength"] in ("strong", "weak")
