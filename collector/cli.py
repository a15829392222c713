"""The collector's command line: options, exit codes, and the order in which things happen."""

from __future__ import annotations

import argparse
import os
import sys
from typing import List, Optional

from collector import VERSION
from collector.redact import POLICIES

OK, UNEXPECTED, INVALID, NOT_FOUND, NOT_AUTHORISED, TIMEOUT, UNAVAILABLE = 0, 1, 2, 3, 4, 5, 6

EXAMPLES = """\
examples:
  collector.pyz                                     what this machine and its cluster say, to the terminal
  collector.pyz -o snapshot.yaml                    to a file, written whole or not at all
  collector.pyz --preview                           what would be written, what is withheld and why
  collector.pyz --no-cluster -o node.json           this machine alone, as JSON
  collector.pyz --nccl-log all_reduce.txt -o s.yaml with the result of an nccl-tests run
  collector.pyz -o cm://gpu-snapshot/result         into a ConfigMap
  collector.pyz --agent > agent.yaml                manifests of the in-cluster agent, to read and apply
  collector.pyz --agent --deploy -o snapshot.yaml   run the agent, fetch its snapshot, remove it
  collector.pyz --agent --deploy --each-group --tier host -o cluster.yaml
  collector.pyz merge node1.yaml node2.yaml -o all.yaml
  collector.pyz --source                            what is inside this file

exit codes: 0 a snapshot was written; 2 wrong options or input; 3 not found; 4 not allowed; 5 no answer in time;
6 nothing could be read, or the cluster cannot be reached
"""


class Stop(Exception):
    """Ends the program with `code`; the text goes to stderr."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code


def parser() -> argparse.ArgumentParser:
    """The command line of taking a snapshot and of the agent; `merge` has its own."""
    found = argparse.ArgumentParser(
        prog="collector.pyz",
        description="Takes a snapshot of a GPU machine and its Kubernetes cluster in AICR's format. "
        "It reads, changes nothing, needs no installation and no root, and withholds names and identities by default.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = found.add_argument
    add(
        "-o",
        "--output",
        default="-",
        metavar="WHERE",
        help="a file, - for the terminal, or cm://namespace/name",
    )
    add("-t", "--format", choices=("yaml", "json"), help="by default what the output's name says, else yaml")
    add("--redact", choices=POLICIES, default="default", help="what to withhold: default keeps an allowlist of "
        "readings, minimal keeps the least that recipes need, none withholds credentials alone")  # fmt: skip
    add(
        "--preview",
        action="store_true",
        help="print the snapshot, what was withheld and what was not read; write nothing",
    )
    add(
        "--source",
        nargs="?",
        const="",
        metavar="FILE",
        help="list the files inside the collector, or print one of them",
    )
    add("--version", action="version", version=f"collector {VERSION}")
    host = found.add_argument_group("this machine")
    host.add_argument("--host", choices=("auto", "yes", "no"), default="auto", help="whether to read this machine; "
                      "auto leaves it out when it is outside the cluster it asks")  # fmt: skip
    host.add_argument("--root", default="/", metavar="DIR", help="read /proc, /sys, /etc and /run below DIR")
    host.add_argument("--host-files", default="", metavar="DIR", help="read /etc and /run alone below DIR "
                      "(a pod's mounts of its host)")  # fmt: skip
    host.add_argument(
        "--network", action="store_true", help="also count the network adapters and their links"
    )
    handed = found.add_argument_group("files handed over")
    handed.add_argument("--nccl-log", action="append", default=[], metavar="FILE", help="output of nccl-tests; may be "
                        "repeated")  # fmt: skip
    handed.add_argument("--result", action="append", default=[], metavar="FILE", help="YAML or JSON of Performance.* "
                        "and Conformance.* readings by name; may be repeated")  # fmt: skip
    handed.add_argument("--aks-pools", action="append", default=[], metavar="FILE", help="what `az aks nodepool list "
                        "--output json` prints")  # fmt: skip
    handed.add_argument("--gke-pools", action="append", default=[], metavar="FILE", help="what `gcloud container "
                        "node-pools list --format json` prints")  # fmt: skip
    cluster = found.add_argument_group("the cluster")
    cluster.add_argument("--no-cluster", action="store_true", help="do not ask a cluster")
    cluster.add_argument(
        "--kubeconfig", default="", metavar="FILE", help="a kubeconfig, or the address of `kubectl proxy`"
    )
    cluster.add_argument("--context", default="", metavar="NAME", help="a context of the kubeconfig")
    cluster.add_argument(
        "--node", default="", metavar="NAME", help="the node this is; by default NODE_NAME or the host's name"
    )
    cluster.add_argument(
        "--service",
        default="",
        metavar="NAME",
        help="the Kubernetes service, where you know it (eks, gke, ...)",
    )
    cluster.add_argument("--images", action="store_true", help="also list all pods for the images they run")
    cluster.add_argument(
        "--max-nodes-per-entry", type=int, default=0, metavar="N", help="name at most N nodes per label"
    )
    agent = found.add_argument_group("the agent")
    agent.add_argument("--agent", action="store_true", help="print the manifests of the in-cluster agent")
    agent.add_argument(
        "--deploy", action="store_true", help="with --agent: apply, wait, fetch the snapshot, remove"
    )
    agent.add_argument("--cleanup", action="store_true", help="remove everything agents left in the cluster")
    agent.add_argument("--tier", choices=("restricted", "host"), default="restricted", help="restricted passes "
                       "PodSecurity restricted; host also reads the host's files and GPUs")  # fmt: skip
    agent.add_argument("--namespace", default="gpu-snapshot", metavar="NAME", help="where the agent runs")
    agent.add_argument("--run", default="", metavar="ID", help="name of the run; by default a new one")
    agent.add_argument(
        "--node-selector", default="", metavar="K=V,...", help="which nodes the agent may run on"
    )
    agent.add_argument("--runtime-class", default="nvidia", metavar="NAME", help="host tier: the runtime class that "
                       "brings the GPUs; empty for none")  # fmt: skip
    agent.add_argument(
        "--image", default="", metavar="IMAGE", help="a python image to run the collector with"
    )
    agent.add_argument(
        "--schedule", default="", metavar="CRON", help="a CronJob on this schedule instead of one Job"
    )
    agent.add_argument("--each-group", action="store_true", help="with --deploy: one run per kind of GPU node, "
                       "merged into one snapshot")  # fmt: skip
    agent.add_argument(
        "--timeout", type=float, default=300.0, metavar="SECONDS", help="how long to wait for the agent"
    )
    return found


def main(argv: Optional[List[str]] = None) -> int:
    """Run and return the exit code; messages go to stderr, the snapshot to where it was asked."""
    arguments = sys.argv[1:] if argv is None else argv
    try:
        return _run(arguments)
    except Stop as stop:
        print(f"collector: {stop}", file=sys.stderr)
        return stop.code
    except SystemExit as error:  # argparse ends the process itself, with 2 for wrong options and 0 for --help
        return error.code if isinstance(error.code, int) else INVALID
    except BrokenPipeError:
        # The reader of our output went away; nothing more can be said to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except KeyboardInterrupt:
        print("collector: stopped", file=sys.stderr)
        return 130


def _run(arguments: List[str]) -> int:
    if arguments[:1] == ["merge"]:
        from collector.merging import merge_command

        return merge_command(arguments[1:])
    options = parser().parse_args(arguments)
    if options.source is not None:
        from collector.source import print_source

        return print_source(options.source)
    if options.deploy and not options.agent:
        raise Stop(INVALID, "--deploy needs --agent")
    if options.agent or options.cleanup:
        from collector.agent_run import agent_command

        return agent_command(options)
    from collector.taking import take_command

    return take_command(options)
