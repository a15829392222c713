"""Cluster readings over real HTTP: what a small EKS cluster gives, and how every refusal degrades to a reason."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from collector import taking
from collector.cli import parser
from collector.deployment import chart_version
from collector.kube import KubeError, failure, fold_items, get_object, retried
from collector.kube_open import HttpCluster, KubectlCluster, kubectl_failure
from collector.readings import Readings
from collector.topology import driver_version, group_name
from tests.collector.conftest import Collect
from tests.collector.fake_api import FakeApi, Fault, eks_cluster, node, running, status, workload

RAW = ("--host", "no", "--redact", "none")


def test_an_eks_cluster_is_read(eks: FakeApi, collect: Collect) -> None:
    done = collect(*RAW, "--kubeconfig", eks.address)
    assert done.code == 0, done.err
    assert done.data("K8s", "server") == {
        "version": "v1.33.5-eks-3025e55",
        "platform": "linux/amd64",
        "goVersion": "go1.24.6",
    }
    assert done.data("K8s", "node") == {
        "source-node": "ip-10-0-12-34.ec2.internal",
        "provider": "eks",
        "provider-id": "aws:///us-east-1a/i-ip-10-0-12-34.ec2.internal",
        "container-runtime-id": "containerd://2.1.4",
        "container-runtime-name": "containerd",
        "container-runtime-version": "2.1.4",
        "kubelet-version": "v1.33.5-eks-3025e55",
        "kernel-version": "6.8.0-1024-aws",
        "operating-system": "linux",
        "os-image": "Ubuntu 24.04.2 LTS",
    }
    assert done.data("K8s", "policy")["driver.version"] == "580.95.05"
    assert done.data("K8s", "policy")["status.state"] == "ready"
    assert done.data("K8s", "default-storage-class") == {
        "collection-state": "present",
        "default-count": 1,
        "default-classes": "gp3",
    }
    assert done.data("K8s", "crd")["clusterpolicies.nvidia.com"] == "v1"
    assert done.data("K8s", "crd")["queues.scheduling.run.ai"] == "none"
    assert done.data("K8s", "api-groups")["resource.k8s.io"] == "v1"
    assert done.data("K8s", "api-groups")["custom.metrics.k8s.io"] == "none"
    assert done.data("Conformance", "dra-support") == {"resource-slices": 1}


def test_the_nodes_give_topology_and_capacity_per_group(eks: FakeApi, collect: Collect) -> None:
    eks.lists["/api/v1/nodes"] += [node("l40s-1", "NVIDIA-L40S", 4), node("l40s-2", "NVIDIA-L40S", 4)]
    eks.lists["/api/v1/nodes"][-1]["status"]["nodeInfo"]["kernelVersion"] = "6.8.0-1030-aws"
    done = collect(*RAW, "--kubeconfig", eks.address)
    assert done.data("NodeTopology", "summary")["node-count"] == 5
    assert (
        done.data("NodeTopology", "label")["nvidia.com/gpu.product.NVIDIA-L40S"]
        == "NVIDIA-L40S|l40s-1,l40s-2"
    )
    assert done.data("NodeTopology", "taint")["nvidia.com/gpu"].startswith("NoSchedule|present|ip-10-0-12-34")
    assert done.data("Deployment", "gpu-capacity") == {"nvidia-h100-80gb-hbm3": 16, "nvidia-l40s": 8}
    assert done.data("Deployment", "gpu-nodes") == {"count": 4}
    assert done.data("Deployment", "gpu-driver") == {"version": "580.95.05"}
    groups = done.data("NodeTopology", "gpu-groups")
    assert groups["nvidia-l40s.kernel"] == "6.8.0-1024-aws, 6.8.0-1030-aws"
    assert (groups["nvidia-l40s.nodes"], groups["nvidia-h100-80gb-hbm3.gpus"]) == (2, 16)
    assert "nvidia.com/gpu.present=true" in done.data("NodeTopology", "gpu-nodes")["label"]


def test_components_are_found_by_their_workloads(eks: FakeApi, collect: Collect) -> None:
    done = collect(*RAW, "--kubeconfig", eks.address)
    assert done.data("Deployment", "gpu-operator") == {
        "installed": True,
        "available": True,
        "wanted": 3,
        "ready": 3,
        "version": "v25.10.1",
    }
    assert done.data("Deployment", "cert-manager") == {"installed": False}
    assert "none of its expected workloads" in done.metadata["unread.Deployment.cert-manager"]


def test_a_workload_short_of_replicas_is_not_available(eks: FakeApi, collect: Collect) -> None:
    labels = {"helm__sh": "x"}
    eks.lists["/apis/apps/v1/deployments"] = [workload("gpu-operator", "gpu-operator", 0, 1, **labels)]
    eks.lists["/apis/apps/v1/deployments"][0]["metadata"]["labels"] = {
        "app.kubernetes.io/version": "v25.10.0",
        "helm.sh/chart": "gpu-operator-v25.10.0",
    }
    found = collect(*RAW, "--kubeconfig", eks.address).data("Deployment", "gpu-operator")
    assert (found["available"], found["ready"], found["wanted"]) == (False, 2, 3)
    assert (found["version"], found["chart-version"]) == ("v25.10.0", "v25.10.0")


def test_outside_the_cluster_its_node_speaks_for_the_system(eks: FakeApi, collect: Collect) -> None:
    done = collect("--kubeconfig", eks.address)
    assert done.data("OS", "release") == {
        "ID": "ubuntu",
        "PRETTY_NAME": "Ubuntu 24.04.2 LTS",
        "VERSION_ID": "24.04",
    }
    assert done.data("OS", "sysctl") == {"/proc/sys/kernel/osrelease": "6.8.0-1024-aws"}
    assert "not a node of the cluster" in done.metadata["unread.GPU"]


def test_on_a_node_of_the_cluster_the_host_speaks_for_itself(eks: FakeApi, collect: Collect) -> None:
    done = collect("--kubeconfig", eks.address, env={"NODE_NAME": "ip-10-0-12-35.ec2.internal"})
    assert "unread.GPU" not in done.metadata
    assert "/proc/sys/vm/swappiness" in done.data("OS", "sysctl")
    assert done.metadata["source-node"] == "node-003"  # the third of the three by name


def test_lists_are_read_page_by_page(eks: FakeApi, collect: Collect) -> None:
    eks.lists["/api/v1/nodes"] = [node(f"n{i:04}", "NVIDIA-H100-80GB-HBM3", 8) for i in range(1203)]
    done = collect(*RAW, "--kubeconfig", eks.address, "--max-nodes-per-entry", "2")
    assert done.data("NodeTopology", "summary")["node-count"] == 1203
    assert eks.paths().count("/api/v1/nodes") == 3
    assert done.data("NodeTopology", "label")["kubernetes.io/arch"] == "amd64|n0000,n0001 (+1201 more)"


@pytest.mark.parametrize("token", ["", "500"], ids=["from-the-beginning", "from-the-new-token"])
def test_a_list_that_expires_is_read_on(collect: Collect, token: str) -> None:
    api = eks_cluster()
    api.lists["/api/v1/nodes"] = [node(f"n{i:04}") for i in range(700)]
    body = json.dumps(status(410, **({"continue": token} if token else {}))).encode()
    with running(api):
        api.fault("/api/v1/nodes", Fault(), Fault(410, body=body))
        done = collect(*RAW, "--kubeconfig", api.address)
    assert done.data("NodeTopology", "summary")["node-count"] == 700


EVERY_READER = {
    "/version": "K8s.server",
    "/api/v1/nodes": "NodeTopology",
    "/apis": "K8s.api-groups",
    "/apis/nvidia.com/v1/clusterpolicies": "K8s.policy",
    "/apis/storage.k8s.io/v1/storageclasses": "K8s.default-storage-class",
    "/apis/apps/v1/deployments": "Deployment.gpu-operator",
    "/apis/resource.k8s.io/v1/resourceslices": "Conformance.dra-support.resource-slices",
    "/api/v1/pods": "K8s.image",
}


@pytest.mark.parametrize(("path", "reading"), EVERY_READER.items())
def test_a_refused_reader_leaves_its_reason_and_the_others_go_on(
    eks: FakeApi, collect: Collect, path: str, reading: str
) -> None:
    eks.refused = (path, path.replace("/v1/", "/v1/namespaces/*/"))
    done = collect(*RAW, "--images", "--kubeconfig", eks.address)
    assert done.code == 0, done.err
    assert done.metadata[f"unread.{reading}"].startswith("not allowed; grant the permission")
    others = [r for p, r in EVERY_READER.items() if p != path and p != "/apis"]
    assert not [r for r in others if f"unread.{r}" in done.metadata and path != "/apis"]
    assert "planted-server-name" not in done.out + done.err


def test_an_account_without_any_right_still_gives_a_snapshot(eks: FakeApi, collect: Collect) -> None:
    for path in (*EVERY_READER, "/apis/apps/v1/daemonsets"):
        eks.fault(path, Fault(401, times=-1))
    done = collect("--kubeconfig", eks.address)
    assert done.code == 0
    assert done.metadata["unread.K8s.server"].startswith("not authenticated")


def test_components_namespaces_are_tried_when_the_cluster_is_closed(eks: FakeApi, collect: Collect) -> None:
    for kind in ("deployments", "daemonsets", "statefulsets"):
        eks.fault(f"/apis/apps/v1/{kind}", Fault(403, times=-1))
        items = eks.lists[f"/apis/apps/v1/{kind}"]
        eks.lists[f"/apis/apps/v1/namespaces/gpu-operator/{kind}"] = items
    done = collect(*RAW, "--kubeconfig", eks.address)
    # Every other namespace answers with an empty list, so that the question is answered whole.
    assert done.data("Deployment", "gpu-operator")["installed"] is True


@pytest.mark.parametrize(
    "faults",
    [
        [Fault(429, {"Retry-After": "0"})],
        [Fault(500), Fault(503)],
        [Fault(truncated=True)],
        [Fault(delay=0.3)],
    ],
    ids=["429-with-retry-after", "500-then-503", "truncated", "slow"],
)
def test_passing_faults_are_waited_out(eks: FakeApi, collect: Collect, faults: list[Fault]) -> None:
    eks.fault("/api/v1/nodes", *faults)
    done = collect(*RAW, "--kubeconfig", eks.address)
    assert done.data("NodeTopology", "summary")["node-count"] == 3


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault(429, {"Retry-After": "3600"}, times=-1), "too many requests (HTTP 429)"),
        (Fault(500, times=-1), "the server failed (HTTP 500)"),
        (Fault(truncated=True, times=-1), "the answer is cut off"),
        (Fault(410, times=-1), "the list expired while it was read (HTTP 410)"),
    ],
    ids=["429-for-an-hour", "500", "truncated", "410"],
)
def test_lasting_faults_become_reasons(eks: FakeApi, collect: Collect, fault: Fault, reason: str) -> None:
    eks.fault("/api/v1/nodes", fault)
    assert collect(*RAW, "--kubeconfig", eks.address).metadata["unread.NodeTopology"] == reason


def test_a_server_that_is_not_there_is_asked_once(collect: Collect) -> None:
    with running(FakeApi()) as api:
        address = api.address
    done = collect("--kubeconfig", address)
    assert done.code == 0  # this machine could still be read
    assert done.metadata["unread.K8s"] == "the cluster does not answer: connection refused"


def test_images_are_listed_on_request_only(eks: FakeApi, collect: Collect) -> None:
    assert collect(*RAW, "--kubeconfig", eks.address).data("K8s", "image") == {}
    assert "/api/v1/pods" not in eks.paths()
    done = collect("--host", "no", "--images", "--kubeconfig", eks.address)
    assert done.data("K8s", "image") == {"coredns": "v1.11.4"}
    assert "secret-product" not in done.out


@pytest.fixture
def cluster(eks: FakeApi) -> Iterator[HttpCluster]:
    found = HttpCluster("test", eks.address, timeout=0.5)
    yield found
    found.close()


def test_a_slow_server_is_given_up_on_at_once(eks: FakeApi, cluster: HttpCluster) -> None:
    eks.fault("/version", Fault(delay=1.0, times=-1))
    with pytest.raises(KubeError, match="no answer in time"):
        get_object(cluster, "/version")
    assert eks.paths() == ["/version"]


def test_a_cluster_that_takes_too_long_is_asked_nothing_more(
    cluster: HttpCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "CLUSTER_BUDGET", -1.0)
    readings = Readings()
    assert taking.read_cluster(cluster, parser().parse_args(["--images"]), readings) is False
    assert readings.get("K8s", "server", "version") == "v1.33.5-eks-3025e55"
    assert readings.get("K8s", "policy", "driver.version") is None
    assert "took longer" in readings.unread["K8s.policy"]
    assert "took longer" in readings.unread["K8s.image"]


def test_a_kubeconfig_nothing_here_can_use_leaves_a_reason_and_this_machine(
    collect: Collect, tmp_path: Path
) -> None:
    (tmp_path / "config").write_text("not a kubeconfig")
    done = collect("--kubeconfig", "config", env={"PATH": str(tmp_path)})
    assert done.code == 0, done.err
    assert "the kubeconfig cannot be used" in done.metadata["unread.K8s"]
    assert done.data("OS", "release")


def test_the_service_accounts_token_is_read_for_each_request(eks: FakeApi, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("first\n")
    account = HttpCluster("service account", eks.address, str(token))
    account.read("/version", {})
    token.write_text("second\n")
    account.read("/version", {})
    assert [h["Authorization"] for h in eks.headers] == ["Bearer first", "Bearer second"]
    token.unlink()
    with pytest.raises(KubeError, match="token cannot be read"):
        account.read("/version", {})
    account.close()


def test_a_list_is_folded_without_keeping_its_items(eks: FakeApi, cluster: HttpCluster) -> None:
    eks.lists["/things"] = [{"n": i} for i in range(1200)]

    def add(total: list[int], item: Any) -> None:
        total[0] += item["n"]

    assert fold_items(cluster, "/things", lambda: [0], add) == [sum(range(1200))]
    assert [q.get("continue") for _, p, q in eks.log if p == "/things"] == [None, "500", "1000"]


def test_an_answer_that_is_no_object_is_refused(eks: FakeApi, cluster: HttpCluster) -> None:
    eks.objects["/odd"] = []  # type: ignore[assignment]  # what a broken proxy may send
    with pytest.raises(KubeError, match="not an object"):
        get_object(cluster, "/odd")


def test_retries_wait_as_the_server_asks() -> None:
    waits: list[float] = []
    answers = [failure(429, b"", {"Retry-After": "2"}), failure(503, b"", {}), None]

    def request() -> bytes:
        answer = answers.pop(0)
        if answer is not None:
            raise answer
        return b"fine"

    assert retried(request, waits.append) == b"fine"
    assert waits == [2.0, 0.4]


def test_no_failure_text_holds_what_the_server_said() -> None:
    for code in (400, 401, 403, 404, 409, 410, 413, 418, 422, 429, 500, 503):
        assert "planted" not in str(failure(code, json.dumps(status(code)).encode(), {}))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("error: You must be logged in to the server (Unauthorized)", 401),
        ('Error from server (Forbidden): nodes is forbidden: User "planted"', 403),
        ("Error from server (NotFound): the server could not find the requested resource", 404),
        ("The connection to the server planted:6443 was refused", 0),
        ("Unable to connect to the server: dial tcp: i/o timeout", 0),
    ],
)
def test_kubectls_words_become_a_status(said: str, expected: int) -> None:
    error = kubectl_failure(said)
    assert error.status == expected
    assert "planted" not in str(error)


def test_kubectl_is_the_last_way_in(eks: FakeApi, tmp_path: Path) -> None:
    import shutil

    tool = shutil.which("kubectl")
    if tool is None:
        # Without kubectl a stand-in that does what `kubectl get --raw` does keeps the reader under test.
        path = tmp_path / "kubectl"
        path.write_text(f'#!/bin/sh\nfor a; do last="$a"; done\nexec curl -fsS "{eks.address}$last"\n')
        path.chmod(0o755)
        tool = str(path)
    kubeconfig = tmp_path / "config"
    kubeconfig.write_text(json.dumps(kubeconfig_for(eks.address)))
    found = KubectlCluster(tool, str(kubeconfig))
    assert json.loads(found.read("/version", {}))["gitVersion"] == "v1.33.5-eks-3025e55"


def kubeconfig_for(address: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "c", "cluster": {"server": address}}],
        "users": [{"name": "u", "user": {"token": "planted-token"}}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "x",
    }


def test_the_official_client_is_used_with_a_kubeconfig(
    eks: FakeApi, collect: Collect, tmp_path: Path
) -> None:
    kubeconfig = tmp_path / "config"
    kubeconfig.write_text(json.dumps(kubeconfig_for(eks.address)))
    done = collect(*RAW, "--kubeconfig", str(kubeconfig))
    assert done.data("NodeTopology", "summary")["node-count"] == 3
    assert {h.get("authorization") or h.get("Authorization") for h in eks.headers} == {"Bearer planted-token"}
    assert "planted" not in done.out
    assert "kubernetes client" in done.out


@pytest.mark.parametrize("arguments", [["--kubeconfig", "/nowhere/config"]])
def test_a_kubeconfig_that_is_not_there_is_said_so(collect: Collect, arguments: list[str]) -> None:
    done = collect(*arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err == "collector: the kubeconfig is not a file; name a kubeconfig that is there\n"


def test_versions_in_labels() -> None:
    assert chart_version("gpu-operator-v25.10.1") == "v25.10.1"
    assert chart_version("kube-prometheus-stack-81.6.0_build.1") == "81.6.0+build.1"
    assert chart_version("no-version") == ""
    assert (
        driver_version({"nvidia.com/cuda.driver.major": "580", "nvidia.com/cuda.driver.minor": "95"})
        == "580.95"
    )
    assert driver_version({}) == ""
    assert group_name("NVIDIA-H100-80GB-HBM3") == "nvidia-h100-80gb-hbm3"
