"""Conformance readings that looking alone gives: only of APIs that are served, and with the reason where refused."""

from __future__ import annotations

from typing import Any

import pytest

from collector.conformance import read_conformance
from collector.kube_open import HttpCluster
from collector.readings import Readings
from tests.collector.fake_api import FakeApi


def taken(api: FakeApi, **groups: str) -> Readings:
    """The readings of a server that serves the groups (`__` stands for a dot)."""
    readings = Readings()
    for group, versions in groups.items():
        readings.put("K8s", "api-groups", group.replace("__", "."), versions)
    cluster = HttpCluster("test", api.address)
    read_conformance(cluster, readings)
    cluster.close()
    return readings


def conformance(readings: Readings) -> dict[str, Any]:
    return {
        f"{subtype}.{key}": value for kind, subtype, key, value in readings.each() if kind == "Conformance"
    }


def test_apis_that_are_not_served_are_not_asked_for(eks: FakeApi) -> None:
    readings = taken(eks, resource__k8s__io="none")
    assert conformance(readings) == {}
    assert eks.log == []


def test_networks_of_gke_are_counted_without_its_own(eks: FakeApi) -> None:
    names = ["default", "pod-network", *(f"vpc{i}" for i in range(8))]
    for plural in ("networks", "gkenetworkparamsets"):
        eks.lists[f"/apis/networking.gke.io/v1/{plural}"] = [{"metadata": {"name": name}} for name in names]
    assert conformance(taken(eks, networking__gke__io="v1,v1beta1")) == {
        "gke-gpu-nic-networks.networks": 8,
        "gke-gpu-nic-networks.param-sets": 8,
    }


@pytest.mark.parametrize(("there", "expected"), [(True, True), (False, False)])
def test_the_schedulers_queue(eks: FakeApi, there: bool, expected: bool) -> None:
    if there:
        eks.objects["/apis/scheduling.run.ai/v2/queues/default-queue"] = {
            "metadata": {"name": "default-queue"}
        }
    else:
        eks.objects["/apis/scheduling.run.ai/v2/queues/other"] = {}
    assert conformance(taken(eks, scheduling__run__ai="v2")) == {"gang-scheduling.default-queue": expected}


@pytest.mark.parametrize(
    ("gateways", "programmed"),
    [
        ([], False),
        ([("inference-gateway", "True")], True),
        ([("inference-gateway", "False")], False),
        ([("another", "True")], False),
    ],
)
def test_the_gateway_and_its_class(eks: FakeApi, gateways: list[tuple[str, str]], programmed: bool) -> None:
    base = "/apis/gateway.networking.k8s.io/v1"
    accepted = {"conditions": [{"type": "Accepted", "status": "True"}]}
    eks.objects[f"{base}/gatewayclasses/agentgateway"] = {"status": accepted}
    eks.lists[f"{base}/gateways"] = [
        {"metadata": {"name": name}, "status": {"conditions": [{"type": "Programmed", "status": state}]}}
        for name, state in gateways
    ]
    assert conformance(taken(eks, gateway__networking__k8s__io="v1")) == {
        "inference-gateway.class-accepted": True,
        "inference-gateway.gateway-programmed": programmed,
    }


def test_a_refusal_is_recorded(eks: FakeApi) -> None:
    eks.refused = ("/apis/*",)
    readings = taken(eks, resource__k8s__io="v1", scheduling__run__ai="v2", gateway__networking__k8s__io="v1")
    assert conformance(readings) == {}
    assert set(readings.unread) == {
        "Conformance.dra-support.resource-slices",
        "Conformance.gang-scheduling.default-queue",
        "Conformance.inference-gateway.class-accepted",
        "Conformance.inference-gateway.gateway-programmed",
    }
