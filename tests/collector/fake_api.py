"""A Kubernetes API server as small as the collector's questions: pages, objects, faults, server-side apply."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatch
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

MIB = 1024 * 1024


@dataclass
class Fault:
    """One answer that is not the right one; `times` < 0 means always."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b"{}"
    times: int = 1
    delay: float = 0.0
    truncated: bool = False


@dataclass
class FakeApi:
    """`lists` holds items by path, `objects` single objects; `faults` go first, then `refused` patterns of paths.

    `log` records every request.
    """

    lists: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    faults: dict[str, list[Fault]] = field(default_factory=dict)
    log: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    on_apply: Callable[[str, dict[str, Any]], None] = lambda path, value: None
    page_size: int = 500
    jobs: list[dict[str, Any]] = field(default_factory=list)
    refused: tuple[str, ...] = ()
    address: str = ""

    def fault(self, path: str, *faults: Fault) -> None:
        self.faults.setdefault(path, []).extend(faults)

    def paths(self, method: str = "GET") -> list[str]:
        return [path for verb, path, _ in self.log if verb == method]

    def answer(self, path: str, query: Mapping[str, str]) -> tuple[int, Any]:
        if any(fnmatch(path, pattern) for pattern in self.refused):
            return 403, status(403)
        if path in self.objects:
            return 200, self.objects[path]
        if path in self.lists:
            return self._page(path, query)
        made = self._made_below(path, query)
        return (200, {"kind": "List", "items": made}) if made is not None else (404, status(404))

    def _page(self, path: str, query: Mapping[str, str]) -> tuple[int, Any]:
        items = self.lists[path]
        start = int(query.get("continue", "0").removeprefix("fresh-"))
        size = min(int(query.get("limit", self.page_size)), self.page_size)
        rest = start + size < len(items)
        metadata = {"continue": str(start + size)} if rest else {}
        return 200, {"kind": "List", "metadata": metadata, "items": items[start : start + size]}

    def _made_below(self, path: str, query: Mapping[str, str]) -> list[dict[str, Any]] | None:
        """What was applied directly below a collection's path, filtered by the label selector."""
        wanted = dict(pair.split("=", 1) for pair in query.get("labelSelector", "").split(",") if pair)
        below = [p for p in self.objects if p.rsplit("/", 1)[0] == path]
        if not below and not path.endswith("s"):
            return None
        found = [self.objects[p] for p in below]
        return [o for o in found if wanted.items() <= o.get("metadata", {}).get("labels", {}).items()]


def status(code: int, **metadata: str) -> dict[str, Any]:
    return {"kind": "Status", "code": code, "message": "planted-server-name.example", "metadata": metadata}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    api: FakeApi

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: a test's output is its failures."""

    def _begin(self) -> tuple[str, dict[str, str], bytes]:
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query))
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.api.log.append((self.command, parts.path, query))
        self.api.headers.append(dict(self.headers.items()))
        return parts.path, query, body

    def _send(
        self, code: int, content: bytes, headers: Mapping[str, str] | None = None, cut: bool = False
    ) -> None:
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        for key, value in (headers or {}).items():
            self.send_header(key, value)
        self.end_headers()
        if cut:
            self.wfile.write(content[: len(content) // 2])
            self.wfile.flush()
            self.close_connection = True
            self.connection.shutdown(2)
        else:
            self.wfile.write(content)

    def _faulty(self, path: str, query: Mapping[str, str]) -> bool:
        waiting = self.api.faults.get(path) or []
        if not waiting:
            return False
        fault = waiting[0]
        if fault.times > 0:
            fault.times -= 1
            if not fault.times:
                waiting.pop(0)
        time.sleep(fault.delay)
        if fault.truncated:
            _, right = self.api.answer(path, query)
            self._send(200, json.dumps(right).encode(), cut=True)
        elif fault.status != 200:
            self._send(fault.status, fault.body, fault.headers)
        else:
            return False
        return True

    def do_GET(self) -> None:
        path, query, _ = self._begin()
        if not self._faulty(path, query):
            code, found = self.api.answer(path, query)
            self._send(code, json.dumps(found).encode())

    def do_PATCH(self) -> None:
        path, query, body = self._begin()
        if self._faulty(path, query):
            return
        value = json.loads(body)
        if sum(len(str(v)) for v in (value.get("data") or {}).values()) > MIB:
            self._send(422, json.dumps(status(422)).encode())
            return
        self.api.objects[path] = value
        self.api.on_apply(path, value)
        self._send(200, json.dumps(value).encode())

    def do_DELETE(self) -> None:
        path, query, _ = self._begin()
        if self._faulty(path, query):
            return
        there = self.api.objects.pop(path, None) is not None
        self._send(200 if there else 404, json.dumps(status(200 if there else 404)).encode())


def handler_of(api: FakeApi) -> type[BaseHTTPRequestHandler]:
    """A request handler that answers from *api*."""
    return type("Handler", (_Handler,), {"api": api})


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that gave up is what some tests are about."""


@contextmanager
def running(api: FakeApi) -> Iterator[FakeApi]:
    """The server on a free port; `api.address` names it."""
    server = _Server(("127.0.0.1", 0), handler_of(api))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    api.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def node(name: str, product: str = "", gpus: int = 0, **labels: str) -> dict[str, Any]:
    """A node of an EKS cluster with Ubuntu 24.04; with a product it is a GPU node."""
    found = {"kubernetes.io/arch": "amd64", "kubernetes.io/hostname": name, **labels}
    if product:
        found |= {
            "nvidia.com/gpu.present": "true",
            "nvidia.com/gpu.product": product,
            "nvidia.com/cuda.driver-version.full": "580.95.05",
        }
    return {
        "metadata": {"name": name, "labels": found},
        "spec": {
            "providerID": f"aws:///us-east-1a/i-{name}",
            "taints": [{"key": "nvidia.com/gpu", "value": "present", "effect": "NoSchedule"}]
            if product
            else [],
        },
        "status": {
            "allocatable": {"cpu": "96", "nvidia.com/gpu": str(gpus)} if product else {"cpu": "4"},
            "nodeInfo": {
                "containerRuntimeVersion": "containerd://2.1.4",
                "kubeletVersion": "v1.33.5-eks-3025e55",
                "kernelVersion": "6.8.0-1024-aws",
                "operatingSystem": "linux",
                "osImage": "Ubuntu 24.04.2 LTS",
            },
        },
    }


def workload(name: str, namespace: str, ready: int, wanted: int, **labels: str) -> dict[str, Any]:
    """A Deployment or DaemonSet with a version in its labels where *labels* give one."""
    return {
        "metadata": {
            "name": name,
            "namespace": namespace,
            "labels": {k.replace("__", "/"): v for k, v in labels.items()},
        },
        "spec": {
            "replicas": wanted,
            "template": {"spec": {"containers": [{"image": f"registry.example/{name}:v25.10.1"}]}},
        },
        "status": {
            "readyReplicas": ready,
            "availableReplicas": ready,
            "desiredNumberScheduled": wanted,
            "numberReady": ready,
            "numberAvailable": ready,
        },
    }


def eks_cluster() -> FakeApi:
    """Two GPU nodes, one other, the GPU Operator, and an API discovery that names its CRDs."""
    return FakeApi(
        objects={
            "/version": {"gitVersion": "v1.33.5-eks-3025e55", "platform": "linux/amd64", "goVersion": "go1.24.6"},
            "/apis": {
                "kind": "APIGroupDiscoveryList",
                "items": [
                    {
                        "metadata": {"name": "nvidia.com"},
                        "versions": [{"version": "v1", "resources": [{"resource": "clusterpolicies"}]}],
                    },
                    {"metadata": {"name": "apps"}, "versions": [{"version": "v1", "resources": []}]},
                    {
                        "metadata": {"name": "widgets.acme-internal.example"},
                        "versions": [{"version": "v1", "resources": [{"resource": "widgets"}]}],
                    },
                    {
                        "metadata": {"name": "resource.k8s.io"},
                        "versions": [{"version": "v1", "resources": [{"resource": "resourceslices"}]}],
                    },
                ],
            },
        },
        lists={
            "/api/v1/nodes": [
                node("ip-10-0-12-34.ec2.internal", "NVIDIA-H100-80GB-HBM3", 8),
                node("ip-10-0-12-35.ec2.internal", "NVIDIA-H100-80GB-HBM3", 8),
                node("ip-10-0-1-10.ec2.internal"),
            ],
            "/apis/apps/v1/deployments": [
                workload(
                    "gpu-operator",
                    "gpu-operator",
                    1,
                    1,
                    app__kubernetes_io__version="ignored",
                )
            ],
            "/apis/apps/v1/daemonsets": [workload("nvidia-dcgm-exporter", "gpu-operator", 2, 2)],
            "/apis/apps/v1/statefulsets": [],
            "/apis/nvidia.com/v1/clusterpolicies": [
                {
                    "metadata": {"name": "cluster-policy"},
                    "spec": {
                        "driver": {"enabled": True, "version": "580.95.05", "env": [], "repository": "nvcr.io/nvidia"},
                        "mig": {"strategy": "single"},
                        "toolkit": {"env": [{"name": "HTTP_PROXY", "value": "http://user:hunter2@proxy.acme:3128"}]},
                    },
                    "status": {"state": "ready"},
                }
            ],
            "/apis/storage.k8s.io/v1/storageclasses": [
                {
                    "metadata": {
                        "name": "gp3",
                        "annotations": {"storageclass.kubernetes.io/is-default-class": "true"},
                    }
                },
                {"metadata": {"name": "acme-fast"}},
            ],
            "/apis/resource.k8s.io/v1/resourceslices": [{"metadata": {"name": "one"}}],
            "/api/v1/pods": [
                {
                    "spec": {
                        "containers": [{"image": "registry.k8s.io/coredns/coredns:v1.11.4"}],
                        "initContainers": [{"image": "registry.acme.example/secret-product:v9.9.9"}],
                    }
                }
            ],
        },
    )  # fmt: skip
