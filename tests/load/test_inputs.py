"""Where inputs come from: real files, a real HTTP server, and a server that speaks enough of the Kubernetes API."""

from __future__ import annotations

import gzip
import io
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from generator.load.inputs import InputError, read_input, write_config_map
from generator.load.yamltext import MAX_BYTES

MAPS: dict[str, dict[str, object]] = {}


class _Server(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path in ("/404", "/401", "/403", "/500", "/410"):
            self.answer(int(self.path[1:]), b"{}")
        elif self.path == "/torn":
            self.send_response(200)
            self.send_header("Content-Length", "100")
            self.end_headers()
            self.wfile.write(b"short")
        elif self.path.startswith("/api/v1/namespaces/"):
            found = MAPS.get(self.path)
            if "/denied/" in self.path:
                self.answer(403, b"{}")
            else:
                self.answer(200 if found else 404, json.dumps(found or {}).encode())
        else:
            self.answer(200, b"kind: Snapshot\n")

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        path = f"{self.path}/{body['metadata']['name']}"
        if path in MAPS:
            self.answer(409, b"{}")
        else:
            MAPS[path] = body
            self.answer(201, json.dumps(body).encode())

    def do_PUT(self) -> None:
        MAPS[self.path] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.answer(200, json.dumps(MAPS[self.path]).encode())

    def answer(self, code: int, content: bytes) -> None:
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    running = ThreadingHTTPServer(("127.0.0.1", 0), _Server)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()
    running.server_close()


@pytest.fixture
def cluster(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kubeconfig that leads to the server."""
    MAPS.clear()
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "x",
        "contexts": [{"name": "x", "context": {"cluster": "x", "user": "x"}}],
        "clusters": [{"name": "x", "cluster": {"server": server}}],
        "users": [{"name": "x", "user": {"token": "none"}}],
    }
    path = tmp_path / "kubeconfig"
    path.write_text(json.dumps(config))
    monkeypatch.setenv("KUBECONFIG", str(path))


def failure(where: str) -> tuple[int, str]:
    with pytest.raises(InputError) as found:
        read_input(where)
    return found.value.exit_code, str(found.value)


def test_a_file_is_read_and_its_name_kept(tmp_path: Path) -> None:
    path = tmp_path / "snapshot.yaml"
    path.write_bytes(b"kind: Snapshot\n")
    assert read_input(str(path)) == (str(path), b"kind: Snapshot\n")


def test_standard_input_and_gzip_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = gzip.compress(b"kind: Snapshot\n")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(packed)))
    assert read_input("-") == ("stdin", b"kind: Snapshot\n")
    torn = tmp_path / "torn.gz"
    torn.write_bytes(packed[:-6])
    assert failure(str(torn))[0] == 2


def test_what_cannot_be_read_has_its_own_code(tmp_path: Path) -> None:
    assert failure(str(tmp_path / "none")) == (3, f"{tmp_path / 'none'}: no such file")
    assert failure(str(tmp_path)) == (2, f"{tmp_path}: is a directory; name a file in it")
    assert failure("ftp://example.com/x")[0] == 2
    assert failure("cm://Name_Space/x")[0] == 2
    assert failure("cm://only")[0] == 2
    assert failure("with\0nul")[0] == 6


def test_more_than_ten_megabytes_are_refused_packed_ones_too(tmp_path: Path) -> None:
    large = tmp_path / "large"
    large.write_bytes(b" " * (MAX_BYTES + 1))
    bomb = tmp_path / "bomb.gz"
    bomb.write_bytes(gzip.compress(b" " * (MAX_BYTES * 4)))
    assert failure(str(large)) == (2, f"{large}: is larger than 10 MiB")
    assert failure(str(bomb)) == (2, f"{bomb}: is larger than 10 MiB")


def test_an_address_is_read_and_its_failures_are_told_apart(server: str) -> None:
    assert read_input(f"{server}/snapshot.yaml") == (f"{server}/snapshot.yaml", b"kind: Snapshot\n")
    assert [failure(f"{server}/{code}")[0] for code in (404, 410, 401, 403, 500)] == [3, 3, 4, 4, 6]
    assert failure(f"{server}/torn")[0] == 6
    assert failure("http://127.0.0.1:1/x")[0] == 6
    assert failure("http://[broken/x")[0] == 6


@pytest.mark.usefixtures("cluster")
def test_a_config_map_is_written_read_back_and_replaced() -> None:
    write_config_map("cm://gpu/snap", "kind: Snapshot\nmeasurements: []\n")
    assert read_input("cm://gpu/snap") == ("cm://gpu/snap", b"kind: Snapshot\nmeasurements: []\n")
    assert MAPS["/api/v1/namespaces/gpu/configmaps/snap"]["data"] == {
        "snapshot.yaml": "kind: Snapshot\nmeasurements: []\n",
        "format": "yaml",
    }
    write_config_map("cm://gpu/snap", '{\n  "kind": "Snapshot"\n}\n')
    assert set(MAPS["/api/v1/namespaces/gpu/configmaps/snap"]["data"]) == {"snapshot.yaml", "format"}
    write_config_map("cm://gpu/snap", '{"kind": "RecipeResult"}\n')
    assert read_input("cm://gpu/snap")[1] == b'{"kind": "RecipeResult"}\n'


@pytest.mark.usefixtures("cluster")
def test_failures_of_a_cluster_are_told_apart() -> None:
    assert failure("cm://gpu/none") == (3, "cm://gpu/none: the cluster answers 404 Not Found")
    assert failure("cm://denied/x")[0] == 4
    MAPS["/api/v1/namespaces/gpu/configmaps/other"] = {"data": {"a": "1", "b": "2"}}
    assert failure("cm://gpu/other")[0] == 3
    with pytest.raises(InputError) as found:
        write_config_map("cm://gpu/large", "x" * 1_000_001)
    assert found.value.exit_code == 2


def test_no_cluster_configured_is_unavailable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for content in ("", "{ torn", "- a list\n", "kind: Config\n"):
        path = tmp_path / "kubeconfig"
        path.write_text(content)
        monkeypatch.setenv("KUBECONFIG", str(path))
        code, text = failure("cm://gpu/x")
        assert (code, text.split(":")[0:2]) == (6, ["cm", "//gpu/x"]), content
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "none"))
    assert failure("cm://gpu/x")[0] == 6
