"""Where inputs come from and results go: files, standard input, http(s) addresses and ConfigMaps.

Every failure is an OSError that carries the command line's exit code.
"""

from __future__ import annotations

import gzip
import http.client
import io
import os
import re
import sys
import urllib.error
import urllib.request
import zlib
from pathlib import Path
from typing import Any

import yaml

from generator.load.yamltext import MAX_BYTES

TIMEOUT = 30  # seconds, for a connection or an answer
_CONFIG_MAP = re.compile(
    r"cm://([a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?)/([a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?)"
)
_SNAPSHOT = re.compile(r"^[\s{]*\"?kind\"?:\s*\"?Snapshot\b", re.MULTILINE)
_DATA_KEYS = (
    "snapshot.yaml", "snapshot.yml", "snapshot.json", "recipe.yaml", "recipe.yml", "recipe.json", "criteria.yaml",
)  # fmt: skip


class InputError(OSError):
    """An input that cannot be had; the message is whole, `exit_code` is what the command ends with."""

    exit_code = 6

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


class InvalidInput(InputError):
    """The address is malformed, or the content larger than we read."""

    exit_code = 2


class InputNotFound(InputError):
    """There is no such file, page or ConfigMap."""

    exit_code = 3


class NotAuthorised(InputError):
    """We may not read or write it."""

    exit_code = 4


class InputTimeout(InputError):
    """No answer in time."""

    exit_code = 5


class Unavailable(InputError):
    """The other side cannot be reached or failed."""

    exit_code = 6


def read_input(where: str) -> tuple[str, bytes]:
    """The name (for messages) and content of a file, `-`, an http(s) address or `cm://namespace/name`.

    Content compressed with gzip is unpacked; more than 10 MiB is refused.
    """
    name, content = read_packed(where)
    return name, _bounded(_unpacked(content, name), name)


def read_packed(where: str) -> tuple[str, bytes]:
    """Like `read_input`, the content as it lies there: an archive whose very bytes matter."""
    if where == "-":
        return "stdin", _bounded(sys.stdin.buffer.read(MAX_BYTES + 1), "stdin")
    if where.startswith("cm://"):
        return where, _read_config_map(where)
    if where.startswith(("http://", "https://")):
        return where, _bounded(_read_address(where), where)
    if "://" in where:
        raise InvalidInput(
            f"{where}: cannot be read from; name a file, -, http(s)://... or cm://namespace/name"
        )
    return where, _bounded(_read_file(where), where)


def _read_file(where: str) -> bytes:
    try:
        with Path(where).open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise InputNotFound(f"{where}: no such file") from None
    except IsADirectoryError:
        raise InvalidInput(f"{where}: is a directory; name a file in it") from None
    except PermissionError as error:
        raise NotAuthorised(f"{where}: {error.strerror}") from None
    except (OSError, ValueError) as error:
        raise Unavailable(f"{where}: cannot be read: {error}") from None


def _unpacked(content: bytes, name: str) -> bytes:
    if not content.startswith(b"\x1f\x8b"):
        return content
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
            return packed.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise InvalidInput(f"{name}: is not whole gzip: {error}") from None


def _bounded(content: bytes, name: str) -> bytes:
    if len(content) > MAX_BYTES:
        raise InvalidInput(f"{name}: is larger than 10 MiB")
    return content


def _read_address(where: str) -> bytes:
    try:
        request = urllib.request.Request(where, headers={"User-Agent": "aicr-matrix"})
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
            content = bytes(answer.read(MAX_BYTES + 1))
            promised = answer.headers.get("Content-Length") or ""
            if promised.isdecimal() and len(content) < min(int(promised), MAX_BYTES + 1):
                raise Unavailable(f"{where}: the answer broke off after {len(content)} of {promised} bytes")
            return content
    except InputError:
        raise
    except urllib.error.HTTPError as error:
        text = f"{where}: the server answers {error.code} {error.reason}"
        error.close()
        if error.code in (404, 410):
            raise InputNotFound(text) from None
        if error.code in (401, 403):
            raise NotAuthorised(text) from None
        raise Unavailable(text) from None
    except TimeoutError:
        raise InputTimeout(f"{where}: no answer within {TIMEOUT} s") from None
    except urllib.error.URLError as error:
        if isinstance(error.reason, TimeoutError):
            raise InputTimeout(f"{where}: no answer within {TIMEOUT} s") from None
        raise Unavailable(f"{where}: {error.reason}") from None
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise Unavailable(f"{where}: {_first_line(error)}") from None


def _config_map_name(where: str) -> tuple[str, str]:
    match = _CONFIG_MAP.fullmatch(where)
    if match is None:
        raise InvalidInput(f"{where}: write cm://namespace/name, both lower case letters, digits, - and .")
    return match[1], match[2]


def _read_config_map(where: str) -> bytes:
    namespace, name = _config_map_name(where)
    data = _call(
        where, lambda api: api.read_namespaced_config_map(name, namespace, _request_timeout=TIMEOUT)
    ).data
    for key in _DATA_KEYS:
        if data and key in data:
            return _bounded(str(data[key]).encode(), where)
    if data and len(data) == 1:
        return _bounded(str(next(iter(data.values()))).encode(), where)
    raise InputNotFound(f"{where}: holds no {', '.join(_DATA_KEYS[:1])} and no recipe.yaml")


def write_config_map(where: str, content: str) -> None:
    """Write *content* to `cm://namespace/name`, created or replaced, under the key its kind has in AICR."""
    namespace, name = _config_map_name(where)
    if len(content.encode()) > 1_000_000:
        raise InvalidInput(
            f"{where}: the result is larger than a ConfigMap can hold (1 MB); write it to a file"
        )
    key = "snapshot.yaml" if _SNAPSHOT.search(content[:2000]) else "recipe.yaml"
    body = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": name,
            "namespace": namespace,
            "labels": {"app.kubernetes.io/managed-by": "aicr-matrix"},
        },
        "data": {key: content, "format": "json" if content.lstrip().startswith(("{", "[")) else "yaml"},
    }

    def write(api: Any) -> Any:
        from kubernetes.client.exceptions import ApiException

        try:
            return api.create_namespaced_config_map(namespace, body, _request_timeout=TIMEOUT)
        except ApiException as error:
            if error.status != 409:
                raise
            return api.replace_namespaced_config_map(name, namespace, body, _request_timeout=TIMEOUT)

    _call(where, write)


def _call(where: str, request: Any) -> Any:
    """The answer of the cluster the kubeconfig (or the pod's service account) leads to."""
    import kubernetes
    import urllib3
    from kubernetes.client.exceptions import ApiException
    from kubernetes.config import ConfigException

    config: Any = kubernetes.config
    try:
        try:
            # Named here, because the client reads the environment once, when it is imported.
            config.load_kube_config(config_file=os.environ.get("KUBECONFIG") or None)
        except ConfigException:
            config.load_incluster_config()
    except (ConfigException, yaml.YAMLError, TypeError) as error:
        raise Unavailable(f"{where}: no cluster is configured: {_first_line(error)}") from None
    configuration = kubernetes.client.Configuration.get_default_copy()
    configuration.retries = False
    try:
        with kubernetes.client.ApiClient(configuration) as client:
            return request(kubernetes.client.CoreV1Api(client))
    except ApiException as error:
        text = f"{where}: the cluster answers {error.status} {error.reason}"
        if error.status == 404:
            raise InputNotFound(text) from None
        if error.status in (401, 403):
            raise NotAuthorised(text) from None
        raise Unavailable(text) from None
    except urllib3.exceptions.TimeoutError:
        raise InputTimeout(f"{where}: no answer within {TIMEOUT} s") from None
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise Unavailable(f"{where}: the cluster cannot be reached: {error}") from None


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
