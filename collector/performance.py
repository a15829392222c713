"""Performance readings out of files that standard tools wrote: the output of nccl-tests."""

from __future__ import annotations

import re
from typing import Dict, List, Tuple

from collector.readings import Readings, Scalar

MAX_LOG = 64 * 1024 * 1024  # bytes; NCCL_DEBUG=INFO over many ranks writes megabytes
_ROW = re.compile(r"^\s*(\d+)\s+(\d+)\s+(\S+)\s+(\S+)\s+(-?\d+)\s+(.*)$")
_RANK = re.compile(r"^#\s+Rank\s+(\d+)\b")
_TEST = re.compile(r"(all_reduce|all_gather|reduce_scatter|alltoall|broadcast|sendrecv|reduce)_perf")
# NCCL's words in its log -> the transport; the first that is found is what traffic between nodes went over.
TRANSPORTS = (
    (
        "nvls",
        re.compile(r"NVLS multicast|via NVLS|Connected NVLS|NVLS tree|nvlsChannels [1-9]", re.IGNORECASE),
    ),
    ("efa", re.compile(r"Using network (AWS Libfabric|Libfabric|OFI)|NET/OFI", re.IGNORECASE)),
    (
        "tcpxo",
        re.compile(r"Using network (FasTrak|GPUDirectTCPX)|NET/FasTrak|NET/GPUDirectTCPX", re.IGNORECASE),
    ),
    ("roce", re.compile(r"NET/IB : Using \S*/RoCE", re.IGNORECASE)),
    (
        "infiniband",
        re.compile(r"Using network (IB|IBext\S*)\b|via NET/IB|NET/IB : Using \S*/IB", re.IGNORECASE),
    ),
    ("tcp", re.compile(r"Using network Socket|via NET/Socket", re.IGNORECASE)),
)


class NotALog(Exception):
    """The text is no result of nccl-tests; the message says what is missing."""


def nccl_readings(text: str) -> Tuple[str, Dict[str, Scalar]]:
    """(subtype, readings) of one nccl-tests output; the subtype names the collective: `nccl-all-reduce`.

    `busbw` is the highest bus bandwidth over the sizes in GB/s, the better of in place and out of place per size;
    `min-bytes`, `max-bytes` the sizes it was taken over; raises NotALog.
    """
    best, sizes, ranks, wrong = 0.0, [], set(), 0
    for line in text.splitlines():
        rank = _RANK.match(line.strip())
        if rank:
            ranks.add(int(rank.group(1)))
        row = _ROW.match(line)
        if not row:
            continue
        cells = row.group(6).split()
        widths = _bandwidths(cells)
        if not widths:
            continue
        sizes.append(int(row.group(1)))
        best = max([best, *widths])
        wrong += sum(1 for index in (3, 7) if index < len(cells) and cells[index] not in ("0", "N/A"))
    if not sizes:
        raise NotALog("it holds no table of sizes and bandwidths; save the whole output of all_reduce_perf")
    if best <= 0:
        raise NotALog("its bandwidths are all zero")
    test = _TEST.search(text)
    subtype = f"nccl-{(test.group(1) if test else 'all_reduce').replace('_', '-')}"
    data: Dict[str, Scalar] = {
        "busbw": f"{best:.2f}",
        "min-bytes": min(sizes),
        "max-bytes": max(sizes),
        "sizes": len(sizes),
        "wrong-results": wrong,
    }
    if ranks:
        data["gpus"] = len(ranks)
    used = [name for name, pattern in TRANSPORTS if pattern.search(text)]
    if used:
        data["transport"] = used[0]
    return subtype, data


def _bandwidths(cells: List[str]) -> List[float]:
    """The bus bandwidths of a row's cells (time algbw busbw #wrong, twice); [] where it is no such row."""
    found = []
    for index in (2, 6):
        if index < len(cells):
            try:
                found.append(float(cells[index]))
            except ValueError:
                return []
    return found


def read_nccl_logs(logs: List[Tuple[str, str]], readings: Readings) -> List[str]:
    """Take the readings of every (name, text); the problems found, one text each."""
    problems = []
    for name, text in logs:
        try:
            subtype, data = nccl_readings(text)
        except NotALog as error:
            problems.append(f"{name}: {error}")
            continue
        for target in [subtype, *_narrower(subtype, data)]:
            readings.put_all("Performance", target, data)
            readings.describe("Performance", target, "source", "nccl-tests output given with --nccl-log")
            for key in ("gpus", "transport"):
                if key not in data:
                    why = (
                        "the output lists no ranks"
                        if key == "gpus"
                        else "run with NCCL_DEBUG=INFO to have it named"
                    )
                    readings.miss(f"Performance.{target}.{key}", why)
    return problems


def _narrower(subtype: str, data: Dict[str, Scalar]) -> List[str]:
    """The further name a run goes by: over NVLink (`-nvls`) or kept on the network fabric (`-net`)."""
    transport = data.get("transport")
    if transport == "nvls":
        return [f"{subtype}-nvls"]
    return [f"{subtype}-net"] if transport in ("efa", "infiniband", "roce", "tcpxo") else []
