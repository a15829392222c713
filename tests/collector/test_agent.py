"""The agent: its manifests, its rights, and a whole run against an API server, also one that is broken off."""

from __future__ import annotations

import base64
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from collector.agent import RULES, Agent, agent_manifests, manifests_yaml, object_path, published_manifests
from collector.agent_run import clean_up
from collector.kube_open import HttpCluster
from tests.collector.conftest import ROOT, Collect
from tests.collector.fake_api import FakeApi, Fault, eks_cluster, node, running

SPACE = "/api/v1/namespaces/gpu-snapshot"
JOB = "/apis/batch/v1/namespaces/gpu-snapshot/jobs/snapshot-r1"
RESULT = f"{SPACE}/configmaps/snapshot-r1-result"


def of_kind(manifests: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    (found,) = [m for m in manifests if m["kind"] == kind]
    return found


def pod_of(agent: Agent) -> dict[str, Any]:
    job = agent_manifests(agent, b"pyz")[-1]
    spec = job["spec"]["jobTemplate"]["spec"] if job["kind"] == "CronJob" else job["spec"]
    pod: dict[str, Any] = spec["template"]["spec"]
    return pod


def test_the_restricted_tier_passes_podsecurity_restricted() -> None:
    pod = pod_of(Agent(run="r1"))
    (container,) = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert {key for volume in pod["volumes"] for key in volume} == {"name", "configMap"}
    assert not {"hostNetwork", "hostPID", "hostIPC", "runtimeClassName"} & set(pod)


def test_the_host_tier_adds_two_mounts_and_no_privilege() -> None:
    low, high = pod_of(Agent(run="r1")), pod_of(Agent(run="r1", tier="host"))
    added = [v["hostPath"]["path"] for v in high["volumes"] if "hostPath" in v]
    assert added == ["/etc/os-release", "/run/systemd"]
    assert all(mount["readOnly"] for mount in high["containers"][0]["volumeMounts"])
    assert high["containers"][0]["securityContext"] == low["containers"][0]["securityContext"]
    assert not {"hostNetwork", "hostPID", "hostIPC"} & set(high)
    assert high["runtimeClassName"] == "nvidia"
    assert "runtimeClassName" not in pod_of(Agent(run="r1", tier="host", runtime_class=""))


def test_the_rights_are_to_look_and_to_write_one_result() -> None:
    manifests = agent_manifests(Agent(run="r1"), b"")
    rules = of_kind(manifests, "ClusterRole")["rules"]
    assert {verb for rule in rules for verb in rule["verbs"]} == {"get", "list"}
    asked = {resource for rule in rules for resource in rule["resources"]}
    assert not {"secrets", "pods", "configmaps", "*"} & asked
    assert of_kind(manifests, "Role")["rules"] == [
        {
            "apiGroups": [""],
            "resources": ["configmaps"],
            "resourceNames": ["snapshot-r1-result"],
            "verbs": ["get", "patch"],
        }
    ]
    with_images = agent_manifests(Agent(run="r1", images=True), b"")
    assert of_kind(with_images, "ClusterRole")["rules"][len(RULES) :] == [
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["list"]}
    ]


def test_two_runs_share_no_object_but_the_namespace() -> None:
    first = {object_path(m) for m in agent_manifests(Agent(run="r1"), b"")}
    second = {object_path(m) for m in agent_manifests(Agent(run="r2"), b"")}
    assert first & second == {SPACE}


def test_every_object_but_the_namespace_carries_its_run_and_the_result_no_owner() -> None:
    for manifest in agent_manifests(Agent(run="r1"), b""):
        if manifest["kind"] != "Namespace":
            assert manifest["metadata"]["labels"]["aicr-matrix/run"] == "r1"
        assert "ownerReferences" not in manifest["metadata"]


def test_a_schedule_makes_a_cron_job_of_the_same_pod() -> None:
    agent = Agent(run="drift", schedule="17 4 * * *")
    cron = agent_manifests(agent, b"")[-1]
    assert (cron["kind"], cron["spec"]["schedule"]) == ("CronJob", "17 4 * * *")
    assert cron["spec"]["concurrencyPolicy"] == "Forbid"
    assert pod_of(agent) == pod_of(Agent(run="drift"))


def test_the_manifests_are_yaml_that_says_the_same(pyz: Path) -> None:
    manifests = agent_manifests(Agent(run="r1", tier="host"), pyz.read_bytes())
    assert list(yaml.safe_load_all(manifests_yaml(manifests))) == manifests
    code = next(m for m in manifests if m["metadata"]["name"] == "snapshot-r1-code")
    assert code["immutable"] is True
    assert len(base64.b64decode(code["binaryData"]["collector.pyz"])) < 1024 * 1024


def test_the_published_manifests_are_the_same_for_the_same_file() -> None:
    first, second = published_manifests(b"pyz"), published_manifests(b"pyz")
    assert first == second
    assert {name: len(list(yaml.safe_load_all(text))) for name, text in first.items()} == {
        "agent-restricted.yaml": 9,
        "agent-host.yaml": 9,
        "agent-drift.yaml": 9,
    }


def test_the_packed_collector_deploys_itself(collect: Collect, pyz: Path) -> None:
    done = collect("--agent", "--run", "r1", python=(sys.executable, "-I", str(pyz)))
    code = next(m for m in yaml.safe_load_all(done.out) if "binaryData" in m)
    assert base64.b64decode(code["binaryData"]["collector.pyz"]) == pyz.read_bytes()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--agent", "--run", "Not A Name"],
        ["--agent", "--namespace", "../x"],
        ["--agent", "--node-selector", "nonsense"],
        ["--deploy"],
        ["--agent", "--deploy", "--schedule", "* * * * *", "--kubeconfig", "http://127.0.0.1:9"],
    ],
)
def test_wrong_options_are_2(collect: Collect, arguments: list[str]) -> None:
    assert collect(*arguments).code == 2


@pytest.fixture
def kubelet(tmp_path: Path) -> Iterator[FakeApi]:
    """An API server with a kubelet of sorts: an applied Job's command is run, and its end recorded."""
    api = eks_cluster()

    def run(job: dict[str, Any]) -> None:
        (container,) = job["spec"]["template"]["spec"]["containers"]
        api.jobs.append(job)
        code = api.objects[f"{SPACE}/configmaps/{job['metadata']['name']}-code"]["binaryData"][
            "collector.pyz"
        ]
        path = tmp_path / "opt.pyz"
        path.write_bytes(base64.b64decode(code))
        done = subprocess.run(
            [sys.executable, "-I", str(path), *container["args"], "--kubeconfig", api.address],
            env={
                "NODE_NAME": "ip-10-0-12-34.ec2.internal",
                "KUBERNETES_SERVICE_HOST": "127.0.0.1",
                "PATH": os.environ["PATH"],
            },
            capture_output=True,
            check=False,
        )
        ended = "Complete" if done.returncode == 0 else "Failed"
        job["status"] = {"conditions": [{"type": ended, "status": "True"}]}

    def on_apply(path: str, value: dict[str, Any]) -> None:
        if path.startswith(JOB):
            threading.Thread(target=run, args=(value,)).start()

    api.on_apply = on_apply
    with running(api):
        yield api


DEPLOY = ("--agent", "--deploy", "--run", "r1", "--kubeconfig")


def left_behind(api: FakeApi) -> list[str]:
    return [path for path in api.objects if "snapshot" in path]


def test_a_run_brings_its_snapshot_and_leaves_nothing(
    kubelet: FakeApi, collect: Collect, tmp_path: Path
) -> None:
    done = collect(*DEPLOY, kubelet.address, "-o", "fetched.yaml")
    assert done.code == 0, done.err
    snapshot = yaml.safe_load((tmp_path / "fetched.yaml").read_text())
    assert snapshot["metadata"]["source-node"] == "node-002"
    assert {m["type"] for m in snapshot["measurements"]} >= {"K8s", "NodeTopology", "Deployment", "OS"}
    (system,) = [m["subtypes"] for m in snapshot["measurements"] if m["type"] == "OS"]
    release = next(entry for entry in system if entry["subtype"] == "release")
    # The image's own os-release says nothing of the host; the node's status does, and that is recorded.
    assert release["data"]["ID"] == "ubuntu"
    assert release["context"] == {"source": "derived from the node's status.nodeInfo.osImage"}
    assert left_behind(kubelet) == []
    assert "8 objects applied in gpu-snapshot" in done.err


def test_one_run_per_group_of_gpu_nodes_gives_one_snapshot(
    kubelet: FakeApi, collect: Collect, tmp_path: Path
) -> None:
    kubelet.lists["/api/v1/nodes"].append(node("l40s-1", "NVIDIA-L40S", 4))
    done = collect(*DEPLOY, kubelet.address, "--each-group", "-o", "all.yaml")
    assert done.code == 0, done.err
    assert yaml.safe_load((tmp_path / "all.yaml").read_text())["metadata"]["merged"] == "2"
    bound = [s["spec"]["template"]["spec"]["nodeSelector"]["nvidia.com/gpu.product"] for s in kubelet.jobs]
    assert bound == ["NVIDIA-H100-80GB-HBM3", "NVIDIA-L40S"]
    # A namespace on its way out takes no second run: it is made once and removed last.
    assert kubelet.paths("PATCH").count(SPACE) == 1
    assert kubelet.paths("DELETE")[-1] == SPACE
    assert left_behind(kubelet) == []


def test_a_namespace_that_was_there_stays_as_it_was(kubelet: FakeApi, collect: Collect) -> None:
    kubelet.objects[SPACE] = {"metadata": {"name": "gpu-snapshot", "labels": {"theirs": "yes"}}}
    assert collect(*DEPLOY, kubelet.address).code == 0
    assert left_behind(kubelet) == [SPACE]
    assert kubelet.objects[SPACE]["metadata"]["labels"] == {"theirs": "yes"}


def test_a_run_that_fails_says_why_and_leaves_nothing(eks: FakeApi, collect: Collect) -> None:
    def fail(path: str, value: dict[str, Any]) -> None:
        if path == JOB:
            value["status"] = {"conditions": [{"type": "Failed", "status": "True"}]}
            eks.objects[f"{SPACE}/pods/p"] = {
                "metadata": {"name": "p", "labels": {"aicr-matrix/run": "r1"}},
                "status": {
                    "phase": "Failed",
                    "containerStatuses": [{"state": {"waiting": {"reason": "ImagePullBackOff"}}}],
                },
            }

    eks.on_apply = fail
    done = collect(*DEPLOY, eks.address)
    assert done.code == 6
    assert "the agent failed: pod Failed: ImagePullBackOff" in done.err
    del eks.objects[f"{SPACE}/pods/p"]
    assert left_behind(eks) == []


def test_a_run_that_takes_too_long_is_5_and_leaves_nothing(eks: FakeApi, collect: Collect) -> None:
    done = collect(*DEPLOY, eks.address, "--timeout", "0.5")
    assert done.code == 5
    assert "did not end in 0 s: no pod yet" in done.err
    assert left_behind(eks) == []


def test_a_right_that_is_missing_is_4_and_leaves_nothing(eks: FakeApi, collect: Collect) -> None:
    eks.fault("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/snapshot-r1", Fault(403))
    assert collect(*DEPLOY, eks.address).code == 4
    assert left_behind(eks) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_broken_off_leaves_nothing(eks: FakeApi, number: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "collector", *DEPLOY, eks.address],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    )
    for _ in range(600):
        if JOB in eks.paths():
            break
        time.sleep(0.05)
    process.send_signal(number)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err.decode().endswith("collector: stopped\n")
    assert left_behind(eks) == []


def test_what_a_killed_run_left_is_cleaned_up_but_for_results_and_others(
    eks: FakeApi, collect: Collect
) -> None:
    for run in ("r1", "r2"):
        for manifest in agent_manifests(Agent(run=run), b""):
            eks.objects[object_path(manifest)] = manifest
    eks.objects[f"{SPACE}/configmaps/theirs"] = {"metadata": {"name": "theirs", "labels": {}}}
    done = collect("--cleanup", "--run", "r1", "--kubeconfig", eks.address)
    assert (done.code, done.err) == (0, "collector: 7 objects removed\n")
    cluster = HttpCluster("test", eks.address)
    assert clean_up(cluster, "gpu-snapshot") == 7
    cluster.close()
    assert sorted(left_behind(eks)) == [
        SPACE,
        f"{SPACE}/configmaps/snapshot-r1-result",
        f"{SPACE}/configmaps/snapshot-r2-result",
        f"{SPACE}/configmaps/theirs",
    ]


def test_a_snapshot_goes_into_a_config_map_and_comes_back(eks: FakeApi, collect: Collect) -> None:
    address = ("--kubeconfig", eks.address)
    done = collect("--no-cluster", "-o", "cm://ns/one", *address)
    assert done.code == 0, done.err
    kept = eks.objects["/api/v1/namespaces/ns/configmaps/one"]
    assert set(kept["data"]) == {"snapshot.yaml", "format", "timestamp"}
    assert kept["metadata"]["labels"]["app.kubernetes.io/component"] == "Snapshot"
    (query,) = [q for method, _, q in eks.log if method == "PATCH"]
    assert query == {"fieldManager": "aicr-matrix", "force": "true"}
    assert collect("--no-cluster", "-o", "two.yaml").code == 0
    merged = collect("merge", "cm://ns/one", "two.yaml", *address)
    assert merged.code == 0, merged.err
    assert merged.metadata["merged"] == "2"


def test_a_snapshot_too_large_for_a_config_map_is_refused_with_advice(eks: FakeApi, collect: Collect) -> None:
    eks.lists["/api/v1/nodes"] = [
        node(f"node-with-a-long-name-{i:05}", "NVIDIA-H100-80GB-HBM3", 8) for i in range(12000)
    ]
    done = collect("-o", "cm://ns/large", "--kubeconfig", eks.address, "--redact", "none", "--host", "no")
    assert done.code == 2
    assert (
        "a ConfigMap holds 1048576; write a file, or use --redact minimal or --max-nodes-per-entry 10"
        in done.err
    )
    assert "PATCH" not in [method for method, _, _ in eks.log]


@pytest.mark.parametrize(("code", "expected"), [(403, 4), (404, 3), (422, 2), (500, 6)])
def test_a_config_map_that_cannot_be_written_has_its_exit_code(
    eks: FakeApi, collect: Collect, code: int, expected: int
) -> None:
    eks.fault("/api/v1/namespaces/ns/configmaps/one", Fault(code, times=-1))
    done = collect("--no-cluster", "-o", "cm://ns/one", "--kubeconfig", eks.address)
    assert done.code == expected
    assert "cm://ns/one: " in done.err
