"""Ways to the API server: the official client, a pod's service account, kubectl; the first that is at hand is taken."""
# Plain system calls: pathlib alone would add a tenth to the start on a slow node.
# ruff: noqa: PTH110, PTH113, PTH118, PTH123

from __future__ import annotations

import http.client
import importlib.util
import os
import shutil
import ssl
import subprocess
from typing import Any, Dict, List, Mapping, Optional
from urllib.parse import urlsplit

from collector.kube import JSON, MAX_RESPONSE, NO_ANSWER, TIMEOUT, Cluster, KubeError, failure, target

PIECE = 256 * 1024  # bytes
ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"


class NoCluster(Exception):
    """No way to a cluster is configured; the text says what was looked for."""


class HttpCluster:
    """An API server over HTTP(S) with a bearer token, by the standard library alone; one kept connection."""

    def __init__(
        self, name: str, address: str, token_file: str = "", ca_file: str = "", timeout: float = TIMEOUT
    ) -> None:
        self.name = name
        parts = urlsplit(address)
        self.host, self.port = parts.hostname or "", parts.port
        self.prefix = parts.path.rstrip("/")
        self.tls = ssl.create_default_context(cafile=ca_file or None) if parts.scheme == "https" else None
        self.token_file = token_file
        self.timeout = timeout
        self.connection: Optional[http.client.HTTPConnection] = None

    def read(self, path: str, query: Mapping[str, str], accept: str = JSON) -> bytes:
        return self._send("GET", target(path, query), b"", {"Accept": accept})

    def write(
        self, method: str, path: str, query: Mapping[str, str], body: bytes, content_type: str
    ) -> bytes:
        return self._send(method, target(path, query), body, {"Accept": JSON, "Content-Type": content_type})

    def _send(self, method: str, where: str, body: bytes, headers: Dict[str, str]) -> bytes:
        if self.token_file:
            try:
                # Read each time: kubelet renews the token while we run.
                with open(self.token_file, encoding="ascii") as file:
                    headers["Authorization"] = f"Bearer {file.read().strip()}"
            except (OSError, UnicodeDecodeError):
                raise KubeError("the service account's token cannot be read") from None
        try:
            connection = self._connected()
            connection.request(method, self.prefix + where, body=body or None, headers=headers)
            answer = connection.getresponse()
            content = _content(answer)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise KubeError(_broken(error)) from None
        if len(content) > MAX_RESPONSE or answer.will_close or answer.length:
            self.close()
        if len(content) > MAX_RESPONSE:
            raise KubeError(f"the answer is larger than {MAX_RESPONSE} bytes")
        if answer.length:
            raise KubeError("the answer is cut off")
        if not 200 <= answer.status < 300:
            raise failure(answer.status, content, dict(answer.getheaders()))
        return content

    def _connected(self) -> http.client.HTTPConnection:
        if self.connection is None:
            if self.tls is not None:
                self.connection = http.client.HTTPSConnection(
                    self.host, self.port, timeout=self.timeout, context=self.tls
                )
            else:
                self.connection = http.client.HTTPConnection(self.host, self.port, timeout=self.timeout)
        return self.connection

    def close(self) -> None:
        """Give the kept connection up; the next request opens another."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def _content(answer: http.client.HTTPResponse) -> bytes:
    """The body, at most one piece over MAX_RESPONSE; in pieces, because Python 3.9 reserves what it is asked for."""
    pieces: List[bytes] = []
    size = 0
    while size <= MAX_RESPONSE:
        piece = answer.read(PIECE)
        if not piece:
            break
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces)


def _broken(error: Exception) -> str:
    """Why a request got no whole answer, without addresses."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return "the server's certificate is not the one expected"
    if isinstance(error, TimeoutError) or "timed out" in str(error):
        return NO_ANSWER
    if isinstance(error, http.client.IncompleteRead):
        return "the answer is cut off"
    if isinstance(error, ConnectionRefusedError):
        return "connection refused"
    return "the connection failed"


class ClientCluster:
    """The official client: it finds the way, authenticates and keeps the connections; we name the paths."""

    name = "kubernetes client"

    def __init__(self, kubeconfig: str = "", context: str = "") -> None:
        from kubernetes import client
        from kubernetes import config as kubernetes_config

        config: Any = kubernetes_config  # its functions carry no types
        configuration = client.Configuration()
        try:
            if not kubeconfig and in_pod():
                config.load_incluster_config(client_configuration=configuration)
            else:
                config.load_kube_config(
                    config_file=kubeconfig or None,
                    context=context or None,
                    client_configuration=configuration,
                    persist_config=False,
                )
        except (config.ConfigException, OSError, ValueError, TypeError, KeyError):
            raise NoCluster("the kubeconfig cannot be used") from None
        self.client: Any = client.ApiClient(configuration)

    def read(self, path: str, query: Mapping[str, str], accept: str = JSON) -> bytes:
        return self._send("GET", target(path, query), None, {"Accept": accept})

    def write(
        self, method: str, path: str, query: Mapping[str, str], body: bytes, content_type: str
    ) -> bytes:
        return self._send(method, target(path, query), body, {"Accept": JSON, "Content-Type": content_type})

    def _send(self, method: str, where: str, body: Optional[bytes], headers: Dict[str, str]) -> bytes:
        from urllib3.exceptions import HTTPError

        configuration = self.client.configuration
        for setting in configuration.auth_settings().values():
            if setting.get("in") == "header" and setting.get("value"):
                headers[setting["key"]] = setting["value"]
        try:
            answer = self.client.rest_client.pool_manager.request(
                method,
                configuration.host.rstrip("/") + where,
                body=body,
                headers=headers,
                timeout=TIMEOUT,
                retries=False,
                redirect=False,
            )
            content = bytes(answer.data)
        except (HTTPError, OSError) as error:
            raise KubeError(_broken_pool(error)) from None
        if not 200 <= answer.status < 300:
            raise failure(answer.status, content, dict(answer.headers))
        return content


def _broken_pool(error: Exception) -> str:
    kind = type(error).__name__
    if "Timeout" in kind:
        return NO_ANSWER
    if "SSL" in kind:
        return "the server's certificate is not the one expected"
    if "Protocol" in kind or "IncompleteRead" in kind:
        return "the answer is cut off"
    return "the connection failed"


class KubectlCluster:
    """kubectl as the way in: whatever it is configured for (plugins, proxies) works here too."""

    name = "kubectl"

    def __init__(self, tool: str, kubeconfig: str = "", context: str = "") -> None:
        self.command: List[str] = [tool]
        if kubeconfig:
            self.command += ["--kubeconfig", kubeconfig]
        if context:
            self.command += ["--context", context]

    def read(self, path: str, query: Mapping[str, str], accept: str = JSON) -> bytes:
        return self._run(["get", "--raw", target(path, query)], b"")

    def write(
        self, method: str, path: str, query: Mapping[str, str], body: bytes, content_type: str
    ) -> bytes:
        if method == "PATCH":
            options = [
                "--server-side",
                "--force-conflicts",
                f"--field-manager={query.get('fieldManager', '')}",
            ]
            return self._run(["apply", *options, "--output", "json", "--filename", "-"], body)
        if method == "DELETE":
            return self._run(["delete", "--raw", target(path, query), "--filename", "-"], body)
        return self._run(["create", "--raw", target(path, query), "--filename", "-"], body)

    def _run(self, arguments: List[str], stdin: bytes) -> bytes:
        try:
            done = subprocess.run(
                [*self.command, f"--request-timeout={TIMEOUT:.0f}s", *arguments],
                input=stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                timeout=3 * TIMEOUT,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise KubeError(NO_ANSWER) from None
        except OSError:
            raise KubeError("kubectl could not be started") from None
        if done.returncode == 0:
            return done.stdout
        raise kubectl_failure(done.stderr.decode("utf-8", "replace"))


def kubectl_failure(said: str) -> KubeError:
    """kubectl's message as the status it stands for; the message itself may name servers and is not kept."""
    known = (
        ("(Unauthorized)", 401),
        ("must be logged in", 401),
        ("(Forbidden)", 403),
        ("(NotFound)", 404),
        ("could not find the requested resource", 404),
        ("(Conflict)", 409),
        ("(Expired)", 410),
        ("(RequestEntityTooLarge)", 413),
        ("(Invalid)", 422),
        ("(TooManyRequests)", 429),
        ("(InternalError)", 500),
        ("(ServiceUnavailable)", 503),
    )
    for text, status in known:
        if text in said:
            return failure(status, b"", {})
    if "refused" in said:
        return KubeError("connection refused")
    if "Client.Timeout" in said or "i/o timeout" in said or "deadline exceeded" in said:
        return KubeError(NO_ANSWER)
    return KubeError("kubectl failed")


def in_pod() -> bool:
    """Whether this process runs in a pod with a service account."""
    return bool(os.environ.get("KUBERNETES_SERVICE_HOST")) and os.path.exists(f"{ACCOUNT}/token")


def open_cluster(kubeconfig: str = "", context: str = "") -> Cluster:
    """The cluster by the first way at hand; raises NoCluster where none is configured.

    *kubeconfig* is a file, or an http(s) address of a proxy that needs no credentials (`kubectl proxy`).
    """
    if kubeconfig.startswith(("http://", "https://")):
        return HttpCluster("proxy", kubeconfig)
    if kubeconfig and not all(os.path.isfile(part) for part in kubeconfig.split(os.pathsep) if part):
        raise NoCluster("the kubeconfig is not a file")
    if not kubeconfig and not in_pod() and not _has_kubeconfig():
        raise NoCluster("no kubeconfig and no service account; name one with --kubeconfig")
    reasons: List[str] = []
    if importlib.util.find_spec("kubernetes") is not None:
        try:
            return ClientCluster(kubeconfig, context)
        except NoCluster as error:
            reasons.append(str(error))
        except ImportError:
            reasons.append("the official client cannot be imported")
    if not kubeconfig and in_pod():
        host = os.environ["KUBERNETES_SERVICE_HOST"]
        port = os.environ.get("KUBERNETES_SERVICE_PORT", "443")
        address = f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}"
        try:
            return HttpCluster("service account", address, f"{ACCOUNT}/token", f"{ACCOUNT}/ca.crt")
        except (OSError, ssl.SSLError):
            reasons.append("the service account's certificate cannot be read")
    tool = shutil.which("kubectl")
    if tool is not None:
        return KubectlCluster(tool, kubeconfig, context)
    reasons.append("kubectl is not installed")
    raise NoCluster("; ".join(reasons))


def _has_kubeconfig() -> bool:
    named = os.environ.get("KUBECONFIG", "")
    if named:
        return any(os.path.isfile(part) for part in named.split(os.pathsep) if part)
    home = os.environ.get("HOME", "")
    return bool(home) and os.path.isfile(os.path.join(home, ".kube", "config"))
