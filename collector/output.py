"""Where a snapshot goes and comes from: a file, the terminal, or a ConfigMap."""
# Plain system calls: pathlib alone would add a tenth to the start on a slow node.
# ruff: noqa: PTH100, PTH101, PTH105, PTH108, PTH110, PTH112, PTH120

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import tempfile
from typing import Any, Dict, Mapping, Tuple

from collector.cli import INVALID, NOT_AUTHORISED, NOT_FOUND, UNAVAILABLE, Stop
from collector.document import to_json, to_yaml
from collector.host import reason_of
from collector.kube import KubeError

CONFIG_MAP_LIMIT = 1024 * 1024  # bytes of data; the API server refuses more with 422
_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\Z")


def check_output(where: str, form: str | None) -> None:
    """Refuse a place that cannot be written before anything is read; raises Stop."""
    if where.startswith("cm://"):
        config_map_of(where)
    elif where != "-":
        folder = os.path.dirname(os.path.abspath(where))
        if not os.path.isdir(folder):
            raise Stop(INVALID, f"{where}: its folder is not there; create it first")
        if os.path.isdir(where):
            raise Stop(INVALID, f"{where}: is a folder; name a file in it")


def config_map_of(where: str) -> Tuple[str, str]:
    """(namespace, name) of `cm://namespace/name`; raises Stop."""
    namespace, _, name = where[len("cm://") :].partition("/")
    if not _NAME.match(namespace) or not _NAME.match(name):
        raise Stop(INVALID, f"{where}: is no cm://namespace/name")
    return namespace, name


def text_of(document: Mapping[str, Any], where: str, form: str | None) -> Tuple[str, str]:
    """(format, text): as asked, else as the name's ending says, else YAML."""
    chosen = form or ("json" if where.endswith(".json") else "yaml")
    return chosen, to_json(document) if chosen == "json" else to_yaml(document)


def write_output(
    document: Mapping[str, Any], where: str, form: str | None, options: argparse.Namespace
) -> None:
    """Write the document where it was asked; a file is replaced whole or not touched. Raises Stop."""
    chosen, text = text_of(document, where, form)
    if where == "-":
        try:
            sys.stdout.write(text)
        except UnicodeEncodeError:
            # A terminal that cannot show it all still gets a document that says the same.
            sys.stdout.write(json.dumps(document, indent=2) + "\n")
        sys.stdout.flush()
    elif where.startswith("cm://"):
        _write_config_map(document, where, chosen, text, options)
    else:
        _write_file(where, text)


def _write_file(where: str, text: str) -> None:
    folder = os.path.dirname(os.path.abspath(where))
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=".snapshot-")
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        # mkstemp makes it private; the result is an ordinary file of this user.
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(temporary, 0o666 & ~mask)
        os.replace(temporary, where)
    except OSError as error:
        if temporary and os.path.exists(temporary):
            os.unlink(temporary)
        why = reason_of(error).replace("; run as root to see it", "")
        raise Stop(UNAVAILABLE, f"{where}: could not be written: {why}; write elsewhere or to -") from None


def config_map(
    document: Mapping[str, Any], namespace: str, name: str, form: str, text: str
) -> Dict[str, Any]:
    """The ConfigMap AICR keeps a snapshot in; its data are the text, its format and its time."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": name,
            "namespace": namespace,
            "labels": {
                "app.kubernetes.io/name": "aicr",
                "app.kubernetes.io/component": "Snapshot",
                "app.kubernetes.io/managed-by": "aicr-matrix",
            },
        },
        "data": {
            f"snapshot.{form}": text,
            "format": form,
            "timestamp": str(document.get("metadata", {}).get("timestamp", "")),
        },
    }


def _write_config_map(
    document: Mapping[str, Any], where: str, form: str, text: str, options: argparse.Namespace
) -> None:
    from collector.kube import apply_object
    from collector.kube_open import NoCluster, open_cluster

    namespace, name = config_map_of(where)
    size = len(text.encode())
    if size > CONFIG_MAP_LIMIT - 1024:
        raise Stop(
            INVALID,
            f"{where}: the snapshot is {size} bytes and a ConfigMap holds {CONFIG_MAP_LIMIT}; write a file, or use "
            "--redact minimal or --max-nodes-per-entry 10",
        )
    try:
        cluster = open_cluster(options.kubeconfig, options.context)
        path = f"/api/v1/namespaces/{namespace}/configmaps/{name}"
        apply_object(cluster, path, config_map(document, namespace, name, form, text))
    except NoCluster as error:
        raise Stop(UNAVAILABLE, f"{where}: {error}") from None
    except KubeError as error:
        raise kube_stop(where, error) from None


def kube_stop(where: str, error: KubeError) -> Stop:
    """A failed request as the end of the program, with the exit code its status stands for."""
    if error.status in (401, 403):
        return Stop(NOT_AUTHORISED, f"{where}: {error}")
    if error.status == 404:
        return Stop(NOT_FOUND, f"{where}: {error}; is the namespace there?")
    if error.status in (413, 422):
        return Stop(
            INVALID, f"{where}: {error}; write a file, or use --redact minimal or --max-nodes-per-entry 10"
        )
    return Stop(UNAVAILABLE, f"{where}: {error}")
