"""Reads snapshot documents back: YAML or JSON, from a file, stdin or a ConfigMap; wrapped ones are unwrapped."""
# Plain system calls: pathlib alone would add a tenth to the start on a slow node.
# ruff: noqa: PTH123

from __future__ import annotations

import json
import re
import sys
from typing import Any, Dict, Mapping

from collector.cli import INVALID, NOT_FOUND, Stop
from collector.host import reason_of
from collector.kube import KubeError, get_object
from collector.output import config_map_of, kube_stop

MAX_DOCUMENT = 16 * 1024 * 1024  # bytes


def load_snapshot(where: str, kubeconfig: str = "", context: str = "") -> Dict[str, Any]:
    """The snapshot at *where* (file, -, cm://namespace/name); raises Stop."""
    if where.startswith("cm://"):
        return parse_snapshot(where, read_config_map(where, kubeconfig, context))
    try:
        if where == "-":
            text = sys.stdin.read(MAX_DOCUMENT + 1)
        else:
            with open(where, encoding="utf-8") as file:
                text = file.read(MAX_DOCUMENT + 1)
    except FileNotFoundError:
        raise Stop(NOT_FOUND, f"{where}: not there") from None
    except UnicodeDecodeError:
        raise Stop(INVALID, f"{where}: not UTF-8 text") from None
    except OSError as error:
        raise Stop(INVALID, f"{where}: {reason_of(error)}") from None
    if len(text) > MAX_DOCUMENT:
        raise Stop(INVALID, f"{where}: larger than {MAX_DOCUMENT} bytes")
    return parse_snapshot(where, text)


def read_config_map(where: str, kubeconfig: str = "", context: str = "") -> str:
    """The snapshot text in the ConfigMap `cm://namespace/name`; raises Stop."""
    from collector.kube_open import NoCluster, open_cluster

    namespace, name = config_map_of(where)
    try:
        cluster = open_cluster(kubeconfig, context)
        found = get_object(cluster, f"/api/v1/namespaces/{namespace}/configmaps/{name}")
    except NoCluster as error:
        raise Stop(INVALID, f"{where}: {error}") from None
    except KubeError as error:
        raise kube_stop(where, error) from None
    text = snapshot_text(found)
    if text is None:
        raise Stop(NOT_FOUND, f"{where}: holds no snapshot")
    return text


def snapshot_text(config_map: Mapping[str, Any]) -> str | None:
    """The snapshot inside a ConfigMap, None where it holds none."""
    data = config_map.get("data") or {}
    return next(
        (data[key] for key in ("snapshot.yaml", "snapshot.json") if isinstance(data.get(key), str)), None
    )


def parse_snapshot(where: str, text: str) -> Dict[str, Any]:
    """A snapshot document whose text values keep their text (`24.10` is no number); raises Stop."""
    document = parse_text(where, text)
    if isinstance(document, Mapping) and document.get("kind") == "ConfigMap":
        inner = snapshot_text(document)
        if inner is None:
            raise Stop(INVALID, f"{where}: a ConfigMap that holds no snapshot")
        document = parse_text(where, inner)
    if not isinstance(document, dict) or not isinstance(document.get("measurements"), list):
        raise Stop(INVALID, f"{where}: no snapshot; it has no list of measurements")
    return document


def parse_text(where: str, text: str) -> Any:
    if text.lstrip().startswith("{"):
        try:
            return json.loads(text)
        except ValueError as error:
            raise Stop(INVALID, f"{where}: not JSON: {error}") from None
    try:
        import yaml
    except ImportError:
        raise Stop(
            INVALID, f"{where}: YAML needs PyYAML, which collector.pyz carries; or hand over JSON"
        ) from None

    class Loader(yaml.SafeLoader):  # type: ignore[misc,unused-ignore]
        """Only true, false and plain integers are other than text: a version never becomes a number."""

        yaml_implicit_resolvers: Dict[str, Any] = {}  # noqa: RUF012  -- PyYAML's own form

    Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(?:true|false)\Z"), list("tf"))
    Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"(?:null|~|)\Z"), ["n", "~", ""])
    Loader.add_implicit_resolver(
        "tag:yaml.org,2002:int", re.compile(r"(?:0|-?[1-9][0-9]{0,17})\Z"), list("-0123456789")
    )
    try:
        return yaml.load(text, Loader=Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark is not None else ""
        raise Stop(INVALID, f"{where}{line}: not YAML") from None
