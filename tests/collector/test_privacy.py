"""What must not leave: names, addresses, tokens and serials planted in every source, and random secrets anywhere."""

from __future__ import annotations

import copy
import json
import string
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from collector.allowlist import LABELS, ROWS, compiled, first_match
from collector.document import snapshot_document, to_yaml
from collector.readings import Readings
from collector.redact import redact
from collector.taking import metadata
from tests.collector.conftest import Collect
from tests.collector.fake_api import FakeApi, eks_cluster, node, running
from tests.collector.fake_bus import FakeBus, listening

PLANTED = {
    "host": "db7.corp.acme-internal.example",
    "ip": "10.20.30.40",
    "public-ip": "203.0.113.77",
    "ipv6": "fd00:1234:5678:9abc:def0:1234:5678:9abc",
    "token": "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJwbGFudGVkIn0.c2lnbmF0dXJl",
    "key": "AKIAIOSFODNN7EXAMPLE",
    "proxy": "http://user:hunter2@proxy.acme:3128",
    "uuid": "5d8e0c62-1a2b-4c3d-8e9f-0123456789ab",
    "serial": "1652822034567",
    "mac": "0c:42:a1:9f:3e:77",
    "mail": "ops@acme-internal.example",
    "team": "team-skunkworks",
    "pem": "-----BEGIN RSA PRIVATE KEY-----",
}
# What recipes are matched by; everything else may be withheld, these never.
NEEDED = {
    ("K8s", "server", "version"): "v1.33.5-eks-3025e55",
    ("K8s", "node", "provider"): "eks",
    ("OS", "release", "ID"): "ubuntu",
    ("OS", "release", "VERSION_ID"): "24.04",
    ("OS", "sysctl", "/proc/sys/kernel/osrelease"): "6.8.0-1024-aws",
    ("GPU", "smi", "gpu.model"): "NVIDIA H100 80GB HBM3",
    ("GPU", "hardware", "model"): "h100",
}


def planted_files(secret: str) -> dict[str, str]:
    """A host whose every file holds the secret, as a value and as a name."""
    word = "".join(c for c in secret if c.isalnum()) or "x"
    return {
        "/etc/os-release": 'ID=ubuntu\nVERSION_ID="24.04"\n'
        f'PRETTY_NAME="{secret}"\nHOME_URL={secret}\n{word}={secret}\n',
        "/proc/cmdline": f"BOOT_IMAGE={secret} ip={secret} console={secret} {word} "
        f"nvidia.NVreg_X={secret} -- {secret}\n",
        "/proc/modules": f"nvidia 1 0\n{word} 1 0\n",
        "/proc/sys/kernel/osrelease": "6.8.0-1024-aws\n",
        "/proc/sys/kernel/hostname": f"{secret}\n",
        "/proc/sys/kernel/core_pattern": f"|/opt/{secret} %p\n",
        "/proc/sys/vm/nr_hugepages": f"{secret}\n",
        f"/proc/sys/vm/{word}": "1\n",
        "/sys/bus/pci/devices/0000:0f:00.0/vendor": "0x10de\n",
        "/sys/bus/pci/devices/0000:0f:00.0/class": "0x030200\n",
        "/sys/bus/pci/devices/0000:0f:00.0/device": "0x2330\n",
    }


def planted_api(secret: str) -> FakeApi:
    """A cluster whose every free text holds the secret."""
    api = eks_cluster()
    api.objects["/version"]["platform"] = secret
    api.objects["/version"]["goVersion"] = secret
    first = api.lists["/api/v1/nodes"][0]
    first["metadata"]["name"] = secret
    first["metadata"]["labels"] |= {
        "kubernetes.io/hostname": secret,
        "acme.example/team": secret,
        secret: "true",
        "nvidia.com/gpu.family": secret,
        "nvidia.com/gpu.clique": secret,
        "nvidia.com/cuda.driver-version.full": secret,
        "node.kubernetes.io/instance-type": secret,
        "topology.kubernetes.io/region": secret,
        "eks.amazonaws.com/nodegroup": secret,
    }
    first["spec"]["providerID"] = f"aws:///{secret}/{secret}"
    first["spec"]["taints"] = [
        {"key": secret, "value": secret, "effect": "NoSchedule"},
        {"key": "nvidia.com/gpu", "value": secret, "effect": "NoExecute"},
    ]
    info = first["status"]["nodeInfo"]
    info["osImage"] = info["kubeletVersion"] = info["containerRuntimeVersion"] = secret
    mystery = node(f"{secret}-2", "x", 8)
    mystery["metadata"]["labels"]["nvidia.com/gpu.product"] = secret
    api.lists["/api/v1/nodes"].append(mystery)
    policy = api.lists["/apis/nvidia.com/v1/clusterpolicies"][0]
    policy["spec"]["driver"] |= {
        "repository": secret,
        "version": secret,
        "env": [{"name": "A", "value": secret}],
    }
    policy["spec"]["daemonsets"] = {
        "labels": {secret: secret},
        "tolerations": [secret],
        secret: {"enabled": True},
    }
    api.lists["/apis/storage.k8s.io/v1/storageclasses"][0]["metadata"]["name"] = secret
    operator = api.lists["/apis/apps/v1/deployments"][0]
    operator["metadata"]["labels"] = {
        "app.kubernetes.io/version": secret,
        "helm.sh/chart": f"gpu-operator-{secret}",
    }
    api.lists["/api/v1/pods"][0]["spec"]["containers"].append({"image": f"{secret}/{secret}:{secret}"})
    api.objects["/apis"]["items"].append(
        {"metadata": {"name": secret}, "versions": [{"version": secret, "resources": [{"resource": secret}]}]}
    )
    return api


@pytest.mark.parametrize("policy", ["default", "minimal"])
@pytest.mark.parametrize("kind", PLANTED)
def test_what_is_planted_in_every_source_does_not_leave(
    collect: Collect,
    host_tree: Callable[[dict[str, str]], str],
    tmp_path_factory: pytest.TempPathFactory,
    kind: str,
    policy: str,
) -> None:
    secret = PLANTED[kind]
    root = host_tree(planted_files(secret))
    unit = {
        "LoadState": ("s", "loaded"),
        "ActiveState": ("s", secret),
        "Environment": ("as", [secret]),
        "ExecStart": ("s", secret),
        "Slice": ("s", secret),
        "FragmentPath": ("s", f"/etc/{secret}"),
        "Description": ("s", secret),
    }
    bus = FakeBus(units={"/org/freedesktop/systemd1/unit/containerd_2eservice": unit})
    with running(planted_api(secret)) as api, listening(bus, Path(root) / "run/systemd/private"):
        done = collect(
            "--kubeconfig", api.address, "--root", root, "--images", "--redact", policy,
            env={"NODE_NAME": secret},
        )  # fmt: skip
    assert done.code == 0, done.err
    assert secret not in done.out + done.err
    bare = "".join(c for c in secret if c.isalnum())
    assert bare not in done.out
    assert int(done.metadata["redaction.withheld"]) > 20
    assert done.metadata["redaction"] == policy
    assert done.data("K8s", "server")["version"] == NEEDED["K8s", "server", "version"]
    assert done.data("OS", "release")["VERSION_ID"] == "24.04"
    assert done.data("GPU", "hardware")["model"] == "h100"


SECRETS = st.one_of(
    st.text(alphabet=string.ascii_letters + string.digits + "-._:/@+= ", min_size=9, max_size=40),
    st.from_regex(r"\A[a-z]{3,8}-[a-z0-9]{4,8}\.[a-z]{4,9}\.(com|local|internal)\Z"),
    st.ip_addresses(v=6).map(str),
    st.uuids().map(str),
    st.binary(min_size=16, max_size=20).map(bytes.hex),
    st.from_regex(r"\Aeyj[A-Za-z0-9_-]{20,30}\.[A-Za-z0-9_-]{10,20}\Z"),
).filter(lambda s: len(s.strip()) > 8 and any(c.isalpha() for c in s))
NAMES = st.sampled_from(
    [
        ("K8s", "node", "os-image"),
        ("K8s", "node", "kubelet-version"),
        ("K8s", "policy", "driver.version"),
        ("K8s", "policy", "toolkit.env"),
        ("K8s", "api-groups", "apps"),
        ("K8s", "default-storage-class", "default-classes"),
        ("GPU", "smi", "driver"),
        ("GPU", "smi", "gpu.vbios-version"),
        ("GPU", "smi", "gpu.product-architecture"),
        ("OS", "release", "PRETTY_NAME"),
        ("OS", "release", "VERSION"),
        ("OS", "release", "VERSION_CODENAME"),
        ("OS", "sysctl", "/proc/sys/vm/nr_hugepages"),
        ("OS", "sysctl", "/proc/sys/kernel/hostname"),
        ("OS", "grub", "console"),
        ("OS", "grub", "isolcpus"),
        ("SystemD", "kubelet.service", "Slice"),
        ("SystemD", "kubelet.service", "FragmentPath"),
        ("NodeTopology", "label", "node.kubernetes.io/instance-type"),
        ("NodeTopology", "label", "topology.kubernetes.io/region"),
        ("NodeTopology", "label", "nvidia.com/gpu.product"),
        ("NodeTopology", "gpu-groups", "nvidia-h100.os-image"),
        ("Deployment", "gpu-operator", "version"),
        ("Performance", "nccl-all-reduce", "transport"),
        ("Surprise", "of", "another-collector"),
    ]
)


def document_of(readings: Readings, policy: str = "default") -> str:
    shown, report = redact(readings, policy)
    return to_yaml(snapshot_document(shown, metadata(shown, report)))


@given(name=NAMES, secret=SECRETS, as_key=st.booleans())
@settings(max_examples=400, deadline=None)
@example(name=("OS", "grub", "console"), secret="abcdefgh1234567890", as_key=False)
@example(name=("K8s", "node", "os-image"), secret="Ubuntu 24.04 on db7.acme.example", as_key=False)
def test_a_random_secret_never_passes_the_allowlist(
    name: tuple[str, str, str], secret: str, as_key: bool
) -> None:
    kind, subtype, key = name
    readings = Readings()
    for (k, s, needed), value in NEEDED.items():
        readings.put(k, s, needed, value)
    readings.put("K8s", "node", "source-node", "worker-1")
    readings.put(
        kind,
        subtype,
        f"{key}.{secret}" if as_key else key,
        f"{secret}|worker-1" if subtype == "label" else secret,
    )
    text = document_of(readings)
    assert secret.strip() not in text
    for (_, _, _), value in NEEDED.items():
        assert value in text


@given(secret=SECRETS)
@settings(max_examples=200, deadline=None)
def test_node_names_are_numbered_everywhere(secret: str) -> None:
    name = secret.replace(",", "").replace("|", "").replace(" ", "")
    readings = Readings()
    readings.put("K8s", "node", "source-node", name)
    readings.put("NodeTopology", "label", "kubernetes.io/arch", f"amd64|{name},zz-other")
    readings.put("NodeTopology", "taint", "nvidia.com/gpu", f"NoSchedule|present|{name}")
    text = document_of(readings)
    assert name not in text
    assert "node-00" in text


def test_the_needed_readings_survive_the_narrowest_policy() -> None:
    readings = Readings()
    for (kind, subtype, key), value in NEEDED.items():
        readings.put(kind, subtype, key, value)
    for policy in ("default", "minimal", "none"):
        shown, report = redact(readings, policy)
        assert {(k, s, n): v for k, s, n, v in shown.each()} == NEEDED
        assert report.withheld == []


def test_groups_of_nodes_stay_groups_under_other_names() -> None:
    readings = Readings()
    key = "eks.amazonaws.com/nodegroup"
    readings.put("NodeTopology", "label", f"{key}.acme-gpu", "acme-gpu|n1,n2")
    readings.put("NodeTopology", "label", f"{key}.acme-cpu", "acme-cpu|n3")
    shown, _ = redact(readings, "default")
    assert {k: v for _, _, k, v in shown.each()} == {
        f"{key}.group-001": "group-001|node-003",
        f"{key}.group-002": "group-002|node-001,node-002",
    }


def test_a_cut_list_of_nodes_keeps_its_count() -> None:
    readings = Readings()
    readings.put("NodeTopology", "label", "kubernetes.io/arch", "amd64|b,a (+7 more)")
    shown, _ = redact(readings, "default")
    assert shown.get("NodeTopology", "label", "kubernetes.io/arch") == "amd64|node-001,node-002 (+7 more)"


def test_numbering_does_not_change_with_the_order_of_reading() -> None:
    def shown(order: list[str]) -> Any:
        readings = Readings()
        readings.put("NodeTopology", "label", "kubernetes.io/os", "linux|" + ",".join(order))
        readings.put("K8s", "node", "source-node", "b")
        return document_of(readings).partition("measurements:")[2]

    assert shown(["a", "b", "c"]) == shown(["c", "b", "a"])


@pytest.mark.parametrize(
    "value",
    [
        "-----BEGIN CERTIFICATE-----",
        "AKIAIOSFODNN7EXAMPLE",
        "http://u:p@h",
        "eyJhbGciOiJI.eyJzdWIi.x",
        "ghp_" + "a" * 36,
    ],
)
def test_credentials_never_leave_even_unredacted(value: str) -> None:
    readings = Readings()
    readings.put("OS", "grub", "token", f"x{value}" if value.startswith("http") else value)
    readings.put("OS", "grub", "other", "kept")
    shown, report = redact(readings, "none")
    assert {k: v for _, _, k, v in shown.each()} == {"other": "kept"}
    assert len(report.withheld) == 1


def test_a_reason_that_holds_an_identity_is_withheld_too() -> None:
    readings = Readings()
    readings.miss("OS.grub", "refused by 10.1.2.3")
    readings.miss("OS.kmod", "not there")
    shown, report = redact(readings, "default")
    assert shown.unread == {"OS.kmod": "not there"}
    assert report.withheld == [("unread.OS.grub", "it looks like an internet address")]


def test_the_preview_names_what_is_withheld_and_writes_nothing(
    collect: Collect, host_tree: Callable[[dict[str, str]], str]
) -> None:
    root = host_tree(planted_files("db7.acme.example"))
    done = collect("--no-cluster", "--root", root, "--preview", "-o", "out.yaml")
    assert done.code == 0
    assert (
        "OS.sysctl./proc/sys/kernel/hostname: it is not on the list of readings that may be shared"
        in done.err
    )
    assert "withheld by the default redaction" in done.err
    assert "not taken:" in done.err
    assert done.document["kind"] == "Snapshot"
    again = collect("-o", "out.json", "--no-cluster", "--root", root)
    assert again.code == 0
    assert "out.json" in again.err


def test_two_snapshots_of_one_machine_are_the_same_bytes(collect: Collect, eks: FakeApi) -> None:
    arguments = ("--kubeconfig", eks.address, "--host", "no")
    first, second = (collect(*arguments, env={"SOURCE_DATE_EPOCH": "1700000000"}) for _ in range(2))
    assert first.out == second.out
    assert first.metadata["timestamp"] == "2023-11-14T22:13:20Z"


def test_no_row_takes_any_word() -> None:
    """A pattern that takes these takes a host's name too; the six needed readings are bound to a version's form."""
    rows = compiled(ROWS)
    loose = {("K8s", "server", "service"), ("K8s", "node", "provider"), ("GPU", "smi", "gpus-differ-in")}
    names = [("K8s", "server", "version"), ("K8s", "node", "provider"), *((k, s, n) for k, s, n in NEEDED)]
    for word in ("db7.corp.acme", "acmecluster01x", "planted value", "ip-10-0-1-2"):
        for kind, subtype, key in names:
            row = first_match(rows, (kind, subtype, key))
            assert row is not None
            if (kind, subtype, key) not in loose:
                assert not row[3].match(word), (kind, subtype, key, word)
    assert LABELS


def test_the_input_is_not_changed() -> None:
    readings = Readings()
    readings.put("OS", "grub", "x", "secret")
    before = copy.deepcopy(readings)
    redact(readings, "default")
    assert readings == before
    assert json.dumps(redact(readings, "default")[1].metadata()).count("secret") == 0
