"""nccl-tests output as readings: the highest bus bandwidth, the sizes it was taken over, the transport."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.performance import NotALog, nccl_readings
from tests.collector.conftest import Collect

HEAD = """# nThread 1 nGpus 1 minBytes 1024 maxBytes 17179869184 step: 2(factor) warmup iters: 5 iters: 20
# Using devices
#  Rank  0 Group  0 Pid 101 on gpu-node-1 device  0 [0000:53:00] NVIDIA H100 80GB HBM3
#  Rank  1 Group  0 Pid 102 on gpu-node-2 device  0 [0000:53:00] NVIDIA H100 80GB HBM3
{log}
#                                                              out-of-place                       in-place
#       size         count      type   redop    root     time   algbw   busbw #wrong     time   algbw   busbw #wrong
#        (B)    (elements)                               (us)  (GB/s)  (GB/s)            (us)  (GB/s)  (GB/s)
        1024           256     float     sum      -1    28.31    0.04    0.07      0    27.95    0.04    0.07      0
  8589934592    2147483648     float     sum      -1  33805.1  254.10  476.44      0  33790.2  254.21  476.65      0
 17179869184    4294967296     float     sum      -1  67203.5  255.64  479.32      0  67195.2  255.67  479.38    N/A
# Out of bounds values : 0 OK
# Avg bus bandwidth    : 318.7
"""


def log(*lines: str) -> str:
    return HEAD.replace("{log}", "\n".join(lines)) + "# all_reduce_perf\n"


def test_the_best_bandwidth_and_what_it_was_taken_over() -> None:
    subtype, data = nccl_readings(log())
    assert subtype == "nccl-all-reduce"
    assert data == {
        "busbw": "479.38",
        "min-bytes": 1024,
        "max-bytes": 17179869184,
        "sizes": 3,
        "wrong-results": 0,
        "gpus": 2,
    }


@pytest.mark.parametrize(
    ("line", "transport"),
    [
        ("node:1:1 [0] NCCL INFO NET/OFI Selected Provider is efa (found 32 nics)", "efa"),
        ("node:1:1 [0] NCCL INFO NET/IB : Using [0]mlx5_0:1/IB [1]mlx5_1:1/IB [RO]; OOB eth0", "infiniband"),
        ("node:1:1 [0] NCCL INFO NET/IB : Using [0]mlx5_0:1/RoCE [RO]; OOB eth0", "roce"),
        ("node:1:1 [0] NCCL INFO Using network Socket", "tcp"),
        ("node:1:1 [0] NCCL INFO Using network FasTrak", "tcpxo"),
        ("node:1:1 [0] NCCL INFO NVLS multicast support is available on dev 0", "nvls"),
    ],
)
def test_the_log_names_the_transport(line: str, transport: str) -> None:
    assert nccl_readings(log(line))[1]["transport"] == transport


def test_another_collective_is_another_subtype() -> None:
    assert nccl_readings(log().replace("all_reduce_perf", "reduce_scatter_perf"))[0] == "nccl-reduce-scatter"


@pytest.mark.parametrize("text", ["", "nothing here", HEAD.split("        1024")[0]])
def test_a_text_without_a_table_is_no_log(text: str) -> None:
    with pytest.raises(NotALog, match="no table of sizes"):
        nccl_readings(text)


def test_a_log_goes_into_the_snapshot_without_its_machines_names(collect: Collect, tmp_path: Path) -> None:
    (tmp_path / "run.txt").write_text(log("x NCCL INFO Using network AWS Libfabric"))
    done = collect("--no-cluster", "--nccl-log", "run.txt")
    assert done.data("Performance", "nccl-all-reduce") == done.data("Performance", "nccl-all-reduce-net")
    assert done.data("Performance", "nccl-all-reduce")["transport"] == "efa"
    assert "gpu-node" not in done.out


def test_a_log_that_is_none_is_2_with_the_reason(collect: Collect, tmp_path: Path) -> None:
    (tmp_path / "run.txt").write_text("nothing")
    done = collect("--no-cluster", "--nccl-log", "run.txt")
    assert done.code == 2
    assert "run.txt: it holds no table of sizes and bandwidths" in done.err
    assert collect("--no-cluster", "--nccl-log", "none.txt").code == 2
