"""Runs the agent: apply its objects, wait with progress, fetch the snapshot, remove everything, also on Ctrl-C."""
# Plain system calls: pathlib alone would add a tenth to the start on a slow node.
# ruff: noqa: PTH100, PTH120, PTH123

from __future__ import annotations

import argparse
import contextlib
import os
import re
import secrets
import signal
import sys
import time
import zipfile
from dataclasses import replace
from typing import Any, Dict, Iterator, List, Mapping, Set

from collector.agent import (
    APP,
    GPU_NODES,
    IMAGE,
    RUN_LABEL,
    Agent,
    agent_manifests,
    manifests_yaml,
    object_path,
)
from collector.cli import INVALID, OK, TIMEOUT, UNAVAILABLE, Stop
from collector.documents import parse_snapshot, snapshot_text
from collector.kube import Cluster, KubeError, apply_object, delete_object, fold_items, get_object, list_pages
from collector.kube_open import NoCluster, open_cluster
from collector.merging import merge_snapshots
from collector.output import check_output, config_map_of, kube_stop, write_output

PRODUCT_LABEL = "nvidia.com/gpu.product"
POLL = 1.0  # seconds between looks at the Job
# What may be left behind by a run, as (path with {ns}, whether it lies in a namespace); the result is not in it.
LEFT_BEHIND = (
    ("/apis/batch/v1{ns}/cronjobs", True),
    ("/apis/batch/v1{ns}/jobs", True),
    ("/apis/rbac.authorization.k8s.io/v1{ns}/rolebindings", True),
    ("/apis/rbac.authorization.k8s.io/v1{ns}/roles", True),
    ("/api/v1{ns}/configmaps", True),
    ("/api/v1{ns}/serviceaccounts", True),
    ("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", False),
    ("/apis/rbac.authorization.k8s.io/v1/clusterroles", False),
)
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?\Z")


def agent_command(options: argparse.Namespace) -> int:
    """Print the manifests, deploy, or clean up, as the options say. Raises Stop."""
    if options.cleanup:
        return _clean_up_command(options)
    agent = agent_of(options)
    if not options.deploy:
        if options.each_group:
            raise Stop(INVALID, "--each-group needs --deploy")
        sys.stdout.write(manifests_yaml(agent_manifests(agent, own_pyz())))
        return OK
    if agent.schedule:
        raise Stop(INVALID, "--deploy waits for one Job; apply the manifests of a schedule yourself")
    check_output(options.output, options.format)
    cluster, pyz = _cluster(options), own_pyz()
    agents = _per_group(cluster, agent) if options.each_group else [agent]
    kept = options.output.startswith("cm://") and config_map_of(options.output)[0] == agent.namespace
    before = signal.signal(signal.SIGTERM, _terminate)
    try:
        with _namespace(cluster, agent, kept):
            documents = [run_agent(cluster, each, pyz, options.timeout) for each in agents]
    finally:
        signal.signal(signal.SIGTERM, before)
    write_output(
        documents[0] if len(documents) == 1 else merge_snapshots(documents),
        options.output,
        options.format,
        options,
    )
    return OK


def _clean_up_command(options: argparse.Namespace) -> int:
    cluster = _cluster(options)
    if options.run and not _LABEL.match(options.run):
        raise Stop(INVALID, "--run: small letters, digits and dashes, 32 at most")
    try:
        removed = clean_up(cluster, options.namespace, options.run)
    except KubeError as error:
        raise kube_stop(options.namespace, error) from None
    _say(f"{removed} objects removed")
    return OK


def _per_group(cluster: Cluster, agent: Agent) -> List[Agent]:
    """The agent once per GPU product that some node is labelled with, bound to such nodes. Raises Stop."""

    def add(total: Set[str], node: Mapping[str, Any]) -> None:
        total.add(str(((node.get("metadata") or {}).get("labels") or {}).get(PRODUCT_LABEL) or ""))

    try:
        products: Set[str] = fold_items(cluster, "/api/v1/nodes", set, add)
    except KubeError as error:
        raise kube_stop("nodes", error) from None
    named = sorted(products - {""})
    if not named:
        raise Stop(UNAVAILABLE, f"no node carries the label {PRODUCT_LABEL}; GPU feature discovery writes it")
    return [
        replace(
            agent, run=f"{agent.run[:28]}-{n}", node_selector={**agent.node_selector, PRODUCT_LABEL: product}
        )
        for n, product in enumerate(named, 1)
    ]


def agent_of(options: argparse.Namespace) -> Agent:
    """The run the options describe; raises Stop."""
    run = options.run or secrets.token_hex(4)
    if not _LABEL.match(run):
        raise Stop(INVALID, "--run: small letters, digits and dashes, 32 at most")
    if not re.match(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\Z", options.namespace):
        raise Stop(INVALID, "--namespace: small letters, digits and dashes, 63 at most")
    # The host tier is there for the GPUs; naming any label puts it elsewhere.
    selector: Dict[str, str] = {}
    if options.tier == "host" and not options.node_selector:
        selector[GPU_NODES] = "true"
    for pair in filter(None, options.node_selector.split(",")):
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise Stop(INVALID, f"--node-selector: {pair} is no key=value")
        selector[key] = value
    return Agent(
        run=run,
        namespace=options.namespace,
        tier=options.tier,
        image=options.image or IMAGE,
        redact=options.redact,
        images=options.images,
        schedule=options.schedule,
        runtime_class=options.runtime_class,
        node_selector=selector,
        timeout=max(int(options.timeout), 30),
    )


def own_pyz() -> bytes:
    """collector.pyz: this very file where the collector runs packed, else built from the sources. Raises Stop."""
    archive = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    if zipfile.is_zipfile(archive):
        with open(archive, "rb") as file:
            return file.read()
    try:
        from collector.pack import build_pyz
    except ImportError:
        raise Stop(UNAVAILABLE, "this copy cannot pack itself; use collector.pyz") from None
    return build_pyz()


def run_agent(cluster: Cluster, agent: Agent, pyz: bytes, timeout: float) -> Dict[str, Any]:
    """Apply, wait, fetch, remove: the snapshot the agent took, in a namespace that is there.

    Whatever ends it, nothing of the run stays behind. Raises Stop.
    """
    applied: List[Dict[str, Any]] = []
    try:
        for manifest in agent_manifests(agent, pyz):
            if manifest["kind"] == "Namespace":
                continue
            applied.append(
                manifest
            )  # before the request: an answer that is lost may still have made the object
            apply_object(cluster, object_path(manifest), manifest)
        _say(
            f"run {agent.run}: {len(applied)} objects applied in {agent.namespace}; waiting for {agent.name}"
        )
        _wait(cluster, agent, timeout)
        text = snapshot_text(get_object(cluster, _result_path(agent)))
        if text is None:
            raise Stop(UNAVAILABLE, f"the agent ended without writing {agent.result}")
        return parse_snapshot(f"cm://{agent.namespace}/{agent.result}", text)
    except KubeError as error:
        raise kube_stop(agent.namespace, error) from None
    finally:
        _remove(cluster, applied, agent)


@contextlib.contextmanager
def _namespace(cluster: Cluster, agent: Agent, kept: bool) -> Iterator[None]:
    """The agent's namespace, made where it is missing and then removed again unless *kept*; else not touched."""
    (manifest,) = (m for m in agent_manifests(agent, b"") if m["kind"] == "Namespace")
    path, made = object_path(manifest), False
    try:
        try:
            get_object(cluster, path)
        except KubeError as error:
            if error.status != 404:
                raise
            made = True
            apply_object(cluster, path, manifest)
        yield
    except KubeError as error:
        raise kube_stop(agent.namespace, error) from None
    finally:
        if made and not kept:
            with contextlib.suppress(KubeError):
                delete_object(cluster, path)


def clean_up(cluster: Cluster, namespace: str, run: str = "") -> int:
    """Remove what runs (or one *run*) left in *namespace* and in the cluster; how many objects. Results stay."""
    selector = f"app.kubernetes.io/name={APP}" + (f",{RUN_LABEL}={run}" if run else "")
    removed = 0
    for path, scoped in LEFT_BEHIND:
        where = path.format(ns=f"/namespaces/{namespace}" if scoped else "")
        for name in list(_names(cluster, where, selector)):
            if not name.endswith("-result"):
                removed += delete_object(cluster, f"{where}/{name}")
    return removed


def _names(cluster: Cluster, path: str, selector: str) -> Iterator[str]:
    try:
        for page in list_pages(cluster, path, {"labelSelector": selector}):
            for item in page.get("items") or ():
                yield str(item["metadata"]["name"])
    except KubeError as error:
        if error.status != 404:
            raise


def _cluster(options: argparse.Namespace) -> Cluster:
    try:
        return open_cluster(options.kubeconfig, options.context)
    except NoCluster as error:
        raise Stop(UNAVAILABLE, str(error)) from None


def _wait(cluster: Cluster, agent: Agent, timeout: float) -> None:
    """Until the Job is complete; raises Stop with what its pod says where it fails or takes too long."""
    path = f"/apis/batch/v1/namespaces/{agent.namespace}/jobs/{agent.name}"
    end, said = time.monotonic() + timeout, ""
    while True:
        status = get_object(cluster, path).get("status") or {}
        states = {c.get("type"): c.get("status") for c in status.get("conditions") or ()}
        if states.get("Complete") == "True" or status.get("succeeded"):
            return
        now = _progress(cluster, agent)
        if states.get("Failed") == "True" or status.get("failed"):
            raise Stop(UNAVAILABLE, f"the agent failed: {now}{_log(cluster, agent)}")
        if time.monotonic() > end:
            raise Stop(TIMEOUT, f"the agent did not end in {timeout:.0f} s: {now}")
        if now != said:
            _say(now)
            said = now
        time.sleep(POLL)


def _pods(cluster: Cluster, agent: Agent) -> List[Mapping[str, Any]]:
    query = {"labelSelector": f"{RUN_LABEL}={agent.run}"}
    try:
        return list(
            get_object(cluster, f"/api/v1/namespaces/{agent.namespace}/pods", query).get("items") or ()
        )
    except KubeError:
        return []  # progress is a courtesy; the account may not list pods


def _progress(cluster: Cluster, agent: Agent) -> str:
    for pod in _pods(cluster, agent):
        status = pod.get("status") or {}
        for container in status.get("containerStatuses") or ():
            for state in (container.get("state") or {}).values():
                if state and state.get("reason"):
                    return f"pod {status.get('phase', '')}: {state['reason']}"
        for condition in status.get("conditions") or ():
            if condition.get("type") == "PodScheduled" and condition.get("status") == "False":
                return f"pod not scheduled: {condition.get('message', '')}"
        return f"pod {status.get('phase', 'unknown')}"
    return "no pod yet"


def _log(cluster: Cluster, agent: Agent) -> str:
    for pod in _pods(cluster, agent):
        name = pod["metadata"]["name"]
        try:
            path = f"/api/v1/namespaces/{agent.namespace}/pods/{name}/log"
            return "\n" + cluster.read(path, {"tailLines": "10"}, "text/plain").decode("utf-8", "replace")
        except KubeError:
            return ""
    return ""


def _result_path(agent: Agent) -> str:
    return f"/api/v1/namespaces/{agent.namespace}/configmaps/{agent.result}"


def _remove(cluster: Cluster, applied: List[Dict[str, Any]], agent: Agent) -> None:
    """Remove the run's objects, last made first; a second Ctrl-C or a failure leaves the rest to --cleanup."""
    left = 0
    for manifest in reversed(applied):
        try:
            delete_object(cluster, object_path(manifest))
        except KubeError:
            left += 1
    if left:
        _say(
            f"{left} objects could not be removed; run --cleanup --run {agent.run} --namespace {agent.namespace}"
        )


def _terminate(number: int, frame: Any) -> None:
    raise KeyboardInterrupt


def _say(text: str) -> None:
    print(f"collector: {text}", file=sys.stderr)
