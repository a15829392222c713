"""Files an operator hands over, and the adapters sysfs shows: readings no API gives."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from collector.handed import NotThat, put_aks_pools, put_gke_pools, put_results
from collector.readings import Readings
from tests.collector.conftest import Collect


def values(readings: Readings) -> dict[str, object]:
    return {f"{kind}.{subtype}.{key}": value for kind, subtype, key, value in readings.each()}


def test_results_of_other_tools_are_taken_by_name(collect: Collect, tmp_path: Path) -> None:
    (tmp_path / "run.yaml").write_text(
        "Conformance.gang-scheduling.scheduled-together: true\n"
        "Performance.inference.throughput: 51234.5\n"
        "Performance.inference.model: Qwen/Qwen3-8B\n"
    )
    done = collect("--no-cluster", "--result", "run.yaml")
    assert done.data("Conformance", "gang-scheduling") == {"scheduled-together": True}
    assert done.data("Performance", "inference") == {"throughput": "51234.5", "model": "Qwen/Qwen3-8B"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("K8s.server.version: v9", "K8s.server.version is no reading that can be handed over"),
        ("Performance.x: 1", "Performance.x is no reading"),
        ("Conformance.a.b: [1]", "Conformance.a.b is not a single value"),
        ("- 1", "no mapping"),
    ],
)
def test_a_result_that_would_overrule_the_cluster_is_refused(text: str, said: str) -> None:
    readings = Readings()
    with pytest.raises(NotThat, match=said):
        put_results("x", text, readings)
    assert readings.count() == 0


def test_node_pools_of_aks() -> None:
    pools = [
        {"name": "gpu", "vmSize": "Standard_ND96isr_H100_v5", "gpuProfile": {"driver": "None"}},
        {"name": "sys", "vmSize": "Standard_D4s_v5"},
    ]
    readings = Readings()
    put_aks_pools("x", json.dumps(pools), readings)
    assert values(readings) == {
        "K8s.aks-gpu-pools.gpu-pool-count": 1,
        "K8s.aks-gpu-pools.gpu-pools": "gpu",
        "K8s.aks-gpu-pools.gpu-driver": "None",
    }


def test_node_pools_of_gke() -> None:
    def pool(name: str, *versions: str) -> dict[str, object]:
        chosen = [{"gpuDriverInstallationConfig": {"gpuDriverVersion": v}} if v else {} for v in versions]
        return {"name": name, "config": {"accelerators": chosen}}

    readings = Readings()
    put_gke_pools("x", json.dumps([pool("a", "LATEST"), pool("b", ""), pool("sys")]), readings)
    assert values(readings) == {
        "K8s.gke-gpu-pools.gpu-pool-count": 2,
        "K8s.gke-gpu-pools.gpu-pools": "a,b",
        "K8s.gke-gpu-pools.gpu-driver-installation": "mixed",
    }


@pytest.mark.parametrize("text", ["not json", "{}", "[1]"])
def test_what_is_no_list_of_pools_is_refused(text: str) -> None:
    with pytest.raises(NotThat):
        put_aks_pools("x", text, Readings())


def test_every_wrong_file_is_named_in_one_run(collect: Collect, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}")
    (tmp_path / "b.yaml").write_text("OS.release.ID: x")
    done = collect("--no-cluster", "--aks-pools", "a.json", "--result", "b.yaml")
    assert done.code == 2
    assert "a.json: no list of node pools" in done.err
    assert "b.yaml: OS.release.ID is no reading" in done.err


def test_pool_names_stay_behind(collect: Collect, tmp_path: Path) -> None:
    pools = [{"name": "acme-gpu", "vmSize": "Standard_NC40ads_H100_v5"}]
    (tmp_path / "pools.json").write_text(json.dumps(pools))
    done = collect("--no-cluster", "--aks-pools", "pools.json")
    assert done.data("K8s", "aks-gpu-pools") == {"gpu-pool-count": 1, "gpu-driver": "Install"}
    assert "acme" not in done.out


def test_adapters_are_counted_and_never_named(
    collect: Collect, host_tree: Callable[[dict[str, str]], str]
) -> None:
    files = {"/proc/cmdline": "quiet\n", "/sys/module/nvidia_peermem/version": "1\n"}
    for index, state in enumerate(("4: ACTIVE", "4: ACTIVE", "1: DOWN")):
        base = f"/sys/class/infiniband/mlx5_acme{index}"
        files |= {
            f"{base}/ports/1/state": f"{state}\n",
            f"{base}/ports/1/link_layer": "InfiniBand\n",
            f"{base}/ports/1/rate": "400 Gb/sec (4X NDR)\n",
            f"{base}/ports/1/gids/0": "fe80::1\n",
            f"{base}/device/sriov_totalvfs": "16\n",
        }
    root = host_tree(files)
    assert collect("--no-cluster", "--root", root).data("NetworkTopology", "adapters") == {}
    done = collect("--no-cluster", "--root", root, "--network")
    assert done.data("NetworkTopology", "adapters") == {
        "count": 3,
        "ports": 3,
        "ports-active": 2,
        "rates": "2 x 400 Gb/sec",
    }
    assert done.data("NetworkTopology", "capabilities") == {
        "rdma": True,
        "ib": True,
        "sriov": True,
        "gpudirect-module": True,
    }
    assert "acme" not in done.out
