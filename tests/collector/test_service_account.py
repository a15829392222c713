"""In a pod: the service account's token and certificate, over TLS, by the standard library alone."""

from __future__ import annotations

import datetime
import importlib.util
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from collector import kube_open
from collector.kube import KubeError, get_object
from collector.kube_open import ClientCluster, HttpCluster, KubectlCluster, NoCluster, open_cluster
from tests.collector.fake_api import FakeApi, eks_cluster, handler_of


def self_signed(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 and its key, as files."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    cert_path, key_path = folder / f"{name}.crt", folder / f"{name}.key"
    cert_path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return cert_path, key_path


@dataclass(frozen=True)
class Pod:
    """A pod's view: the folder of its service account, and the server it talks to."""

    account: Path
    api: FakeApi


@pytest.fixture
def pod(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pod]:
    """This process as a pod: variables, service account and an API server with TLS."""
    api = eks_cluster()
    certificate, key = self_signed(tmp_path, "cluster")
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(api))
    server.daemon_threads = True
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    account = tmp_path / "account"
    account.mkdir()
    (account / "token").write_text("pod-token")
    (account / "ca.crt").write_bytes(certificate.read_bytes())
    monkeypatch.setattr(kube_open, "ACCOUNT", str(account))
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "127.0.0.1")
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT", str(server.server_port))
    yield Pod(account, api)
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def no_client(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Python without the official client."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)


@pytest.mark.usefixtures("no_client")
def test_a_pod_talks_to_its_cluster_with_its_account(pod: Pod) -> None:
    cluster = open_cluster()
    assert isinstance(cluster, HttpCluster)
    assert get_object(cluster, "/version")["gitVersion"] == "v1.33.5-eks-3025e55"
    assert pod.api.headers[0]["Authorization"] == "Bearer pod-token"
    cluster.close()


@pytest.mark.usefixtures("no_client")
def test_a_server_with_another_certificate_is_not_talked_to(pod: Pod, tmp_path: Path) -> None:
    other, _ = self_signed(tmp_path, "other")
    (pod.account / "ca.crt").write_bytes(other.read_bytes())
    cluster = open_cluster()
    assert isinstance(cluster, HttpCluster)
    with pytest.raises(KubeError, match="certificate is not the one expected"):
        cluster.read("/version", {})
    assert pod.api.log == []
    cluster.close()


@pytest.mark.usefixtures("no_client")
def test_a_certificate_that_is_none_falls_to_the_next_way(
    pod: Pod, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (pod.account / "ca.crt").write_text("no certificate")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(
        NoCluster, match="service account's certificate cannot be read; kubectl is not installed"
    ):
        open_cluster()
    (tmp_path / "kubectl").write_text("#!/bin/sh\n")
    (tmp_path / "kubectl").chmod(0o755)
    assert isinstance(open_cluster(), KubectlCluster)


def test_the_official_client_takes_the_same_account_where_it_is_installed(
    pod: Pod, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kubernetes.config import incluster_config

    monkeypatch.setattr(incluster_config, "SERVICE_TOKEN_FILENAME", str(pod.account / "token"))
    monkeypatch.setattr(incluster_config, "SERVICE_CERT_FILENAME", str(pod.account / "ca.crt"))
    cluster = open_cluster()
    assert isinstance(cluster, ClientCluster)
    assert get_object(cluster, "/version")["platform"] == "linux/amd64"
    assert "pod-token" in str(pod.api.headers[0])
    cluster.client.close()
