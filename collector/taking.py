"""Takes one snapshot: reads the cluster and the machine, redacts, writes or previews."""
# Plain system calls: pathlib alone would add a tenth to the start on a slow node.
# ruff: noqa: PTH112, PTH113, PTH123, PTH202

from __future__ import annotations

import argparse
import os
import sys
import time
from typing import Callable, List, Tuple

from collector import VERSION
from collector.cli import INVALID, OK, UNAVAILABLE, Stop
from collector.document import snapshot_document
from collector.gpu import read_gpus
from collector.handed import READERS, NotThat
from collector.host import open_host, reason_of
from collector.kube import Cluster
from collector.output import check_output, write_output
from collector.performance import MAX_LOG, read_nccl_logs
from collector.readings import Readings
from collector.redact import REDACTED, Redaction, redact
from collector.system import read_system
from collector.systemd import read_systemd

CLUSTER_BUDGET = 180.0  # seconds; a cluster that takes longer to answer is asked nothing more
# Why whole types are absent that no reader takes by itself.
HANDED_OVER = {
    "Performance": "not handed over; --nccl-log takes the output of nccl-tests, --result other results",
    "Conformance": "needs a test that creates objects; hand its result over with --result",
    "NetworkTopology": "not asked; --network counts the adapters",
}


def take_command(options: argparse.Namespace) -> int:
    """Take a snapshot as the options say; 0, or 6 where nothing at all could be read. Raises Stop."""
    check_output(options.output, options.format)
    logs = _read_files(options.nccl_log)
    handed = {name: _read_files(getattr(options, name)) for name, _ in READERS}
    if options.root != "/" and not os.path.isdir(options.root):
        raise Stop(INVALID, "--root is not a folder; name the folder that holds the host's proc, sys and etc")
    readings = take(options)
    problems = read_nccl_logs(logs, readings)
    for option, read in READERS:
        for name, text in handed[option]:
            try:
                read(name, text, readings)
            except NotThat as error:
                problems.append(str(error))
    if problems:
        raise Stop(INVALID, "; ".join(problems))
    count = readings.count()
    for kind, how in HANDED_OVER.items():
        # Some conformance readings are taken by looking; the reason stands for the others.
        if kind not in readings.types or kind == "Conformance":
            readings.miss(kind, how)
    if not count:
        reasons = "; ".join(f"{name}: {why}" for name, why in sorted(readings.unread.items()))
        raise Stop(UNAVAILABLE, f"nothing could be read ({reasons})")
    shown, report = redact(readings, options.redact)
    document = snapshot_document(shown, metadata(shown, report))
    if options.preview:
        write_output(document, "-", options.format, options)
        _print_report(report, shown)
        return OK
    write_output(document, options.output, options.format, options)
    if options.output != "-":
        print(
            f"collector: {shown.count()} readings written to {options.output}; {len(report.withheld)} withheld, "
            f"{len(report.replaced)} replaced ({report.policy} redaction), {len(shown.unread)} not taken",
            file=sys.stderr,
        )
    return OK


def take(options: argparse.Namespace) -> Readings:
    """Every reading that can be taken, and the reason for each that cannot."""
    readings = Readings()
    is_node = None if options.no_cluster else _read_cluster(options, readings)
    if options.no_cluster:
        readings.miss("K8s", "not asked (--no-cluster)")
        readings.miss("NodeTopology", "not asked (--no-cluster)")
        readings.miss("Deployment", "not asked (--no-cluster)")
    host = open_host(options.root, options.host_files)
    outside = is_node is False and not host.in_pod and host.root == "/"
    if options.host == "no" or (options.host == "auto" and outside):
        why = "not asked (--host no)"
        if options.host == "auto":
            why = "this machine is not a node of the cluster it asks; --host yes reads it all the same"
        for kind in ("OS", "GPU", "SystemD"):
            readings.miss(kind, why)
    else:
        read_system(host, readings)
        read_systemd(host, readings)
        read_gpus(host, readings)
        if options.network:
            from collector.network import read_network

            read_network(host, readings)
    if is_node is not None or host.in_pod:
        from collector.topology import put_release_of_node

        put_release_of_node(readings)
    if is_node:
        _fill_driver(readings)
    if options.service:
        readings.put("K8s", "server", "service", options.service)
    return readings


def _fill_driver(readings: Readings) -> None:
    """The driver read on this node stands for the cluster's where no node label tells it."""
    driver = readings.get("GPU", "smi", "driver")
    count = readings.get("Deployment", "gpu-nodes", "count")
    if driver and count and readings.get("Deployment", "gpu-driver", "version") is None:
        readings.put("Deployment", "gpu-driver", "version", driver)
        readings.describe("Deployment", "gpu-driver", "source", "the driver of the node the collector ran on")
        readings.unread.pop("Deployment.gpu-driver.version", None)


def _read_cluster(options: argparse.Namespace, readings: Readings) -> bool | None:
    """Take the cluster's readings; whether this machine is one of its nodes, None when that is not known."""
    from collector.kube_open import NoCluster, open_cluster

    try:
        cluster = open_cluster(options.kubeconfig, options.context)
    except NoCluster as error:
        if options.kubeconfig and not os.path.isfile(options.kubeconfig):
            raise Stop(INVALID, f"{error}; name a kubeconfig that is there") from None
        for kind in ("K8s", "NodeTopology", "Deployment"):
            readings.miss(kind, str(error))
        return None
    return read_cluster(cluster, options, readings)


def read_cluster(cluster: Cluster, options: argparse.Namespace, readings: Readings) -> bool | None:
    """Take every reading of *cluster*, as long as CLUSTER_BUDGET lasts; the same answer as above."""
    from collector.catalog import known_components
    from collector.cluster import read_apis, read_images, read_policy, read_server, read_storage_classes
    from collector.conformance import read_conformance
    from collector.deployment import read_deployment
    from collector.topology import node_name, read_nodes

    end = time.monotonic() + CLUSTER_BUDGET
    if not read_server(cluster, readings):
        why = readings.unread["K8s.server"]
        for kind in ("K8s", "NodeTopology", "Deployment"):
            readings.miss(kind, f"the cluster does not answer: {why}")
        return None
    is_node = read_nodes(cluster, readings, node_name(options.node), options.max_nodes_per_entry)
    components = known_components()
    crds = [crd for component in components for crd in component.crds]
    readers: List[Tuple[str, Callable[[], None]]] = [
        ("K8s.api-groups", lambda: read_apis(cluster, readings, crds)),
        ("K8s.policy", lambda: read_policy(cluster, readings)),
        ("K8s.default-storage-class", lambda: read_storage_classes(cluster, readings)),
        ("Conformance", lambda: read_conformance(cluster, readings)),
        ("Deployment", lambda: read_deployment(cluster, readings, components)),
    ]
    if options.images:
        readers.append(("K8s.image", lambda: read_images(cluster, readings)))
    else:
        readings.miss("K8s.image", "not asked; --images lists all pods for it")
    if not components:
        readings.miss("Deployment", "this copy of the collector carries no table of components")
    for name, read in readers:
        if time.monotonic() > end:
            readings.miss(
                name, f"the cluster took longer than {CLUSTER_BUDGET:.0f} s over the questions before"
            )
        else:
            read()
    return is_node


def metadata(shown: Readings, report: Redaction) -> dict[str, str]:
    """The snapshot's metadata; SOURCE_DATE_EPOCH fixes the time, so that two runs can be compared byte by byte."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    now = int(epoch) if epoch.isdigit() else time.time()
    found = {
        "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now)),
        "version": f"v{VERSION}",
        "collector": f"aicr-matrix collector {VERSION}",
        **report.metadata(),
    }
    node = shown.get("K8s", "node", "source-node")
    if isinstance(node, str) and node != REDACTED:
        found["source-node"] = node
    return found


def _read_files(paths: List[str]) -> List[Tuple[str, str]]:
    logs = []
    for path in paths:
        try:
            if os.path.getsize(path) > MAX_LOG:
                raise Stop(INVALID, f"{path}: larger than {MAX_LOG} bytes; hand over one run alone")
            with open(path, encoding="utf-8", errors="replace") as file:
                logs.append((path, file.read()))
        except OSError as error:
            raise Stop(INVALID, f"{path}: {reason_of(error)}") from None
    return logs


def _print_report(report: Redaction, shown: Readings) -> None:
    """What was withheld, replaced and not taken, to stderr, so that stdout stays a snapshot."""
    for title, entries in (("withheld", report.withheld), ("replaced", report.replaced)):
        print(f"\n{len(entries)} {title} by the {report.policy} redaction:", file=sys.stderr)
        for name, why in entries:
            print(f"  {name}: {why}", file=sys.stderr)
    print(f"\n{len(shown.unread)} not taken:", file=sys.stderr)
    for name, why in sorted(shown.unread.items()):
        print(f"  {name}: {why}", file=sys.stderr)
