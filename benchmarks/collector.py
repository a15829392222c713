"""The collector against a large cluster: wall time and memory over real HTTP, 5,000 nodes and 50,000 pods.

Run with `python benchmarks/collector.py`; prints one line per run. The fake server runs in a process of its own, so
that its memory and time are not the collector's.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from collector.pack import build_pyz  # noqa: E402  -- the path is set above
from tests.collector.fake_api import eks_cluster, node, running  # noqa: E402


def serve(nodes: int, pods: int, channel: Connection) -> None:
    """Serve a cluster of that size until the channel closes."""
    api = eks_cluster()
    labels = {f"feature.node.kubernetes.io/cpu-{i}": "true" for i in range(60)}
    api.lists["/api/v1/nodes"] = [
        node(
            f"ip-10-{i // 256}-{i % 256}-7.ec2.internal",
            "NVIDIA-H100-80GB-HBM3" if i % 2 else "",
            8,
            **labels,
        )
        for i in range(nodes)
    ]
    # A pod object is some 8 KiB in a real cluster; the filler stands for what the collector skips.
    api.lists["/api/v1/pods"] = [
        {
            "metadata": {"name": f"p{i}", "annotations": {"filler": "x" * 6000}},
            "spec": {"containers": [{"image": f"registry.example/app-{i % 300}:v1.{i % 7}"}]},
        }
        for i in range(pods)
    ]
    with running(api):
        channel.send(api.address)
        channel.recv()


def measure(name: str, command: list[str], runs: int) -> None:
    """Print the least and greatest wall time and the greatest memory of *command* over *runs*."""
    seconds, memory = [], 0
    for _ in range(runs):
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        assert process.stderr is not None
        said = process.stderr.read().decode()
        process.stderr.close()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds.append(time.perf_counter() - start)
        memory = max(memory, usage.ru_maxrss)
        if process.returncode:
            sys.exit(f"{name}: exit status {process.returncode}: {said}")
    print(f"{name:46} {min(seconds):6.2f} to {max(seconds):6.2f} s   {memory / 1024:6.1f} MiB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--python", default=sys.executable, help="the Python the collector runs on")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        pyz = Path(folder) / "collector.pyz"
        pyz.write_bytes(build_pyz())
        base = [options.python, "-I", "-S", str(pyz)]
        measure("this machine alone", [*base, "--no-cluster"], options.runs)
        for nodes, pods in ((50, 500), (500, 5_000), (5_000, 5_000), (5_000, 50_000)):
            ours, theirs = multiprocessing.Pipe()
            server = multiprocessing.Process(target=serve, args=(nodes, pods, theirs), daemon=True)
            server.start()
            address = ours.recv()
            command = [*base, "--host", "no", "--kubeconfig", address]
            measure(f"{nodes} nodes", command, options.runs)
            measure(f"{nodes} nodes, {pods} pods (--images)", [*command, "--images"], options.runs)
            ours.send("stop")
            server.join()
    print(f"the benchmark itself: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
