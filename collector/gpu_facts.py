"""What a driver says of itself and of each GPU, in the words `GPU.smi` uses, whoever was asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Dict, List

from collector.readings import Scalar


class NoDriver(Exception):
    """No GPU data can be had this way; the text says why."""


@dataclass
class Driver:
    """`system` holds driver-wide readings, `gpus` one mapping per GPU that answered, `count` how many there are.

    `absent` holds, by name below `GPU.smi`, why a reading is missing.
    """

    system: Dict[str, Scalar] = field(default_factory=dict)
    gpus: List[Dict[str, Scalar]] = field(default_factory=list)
    count: int = 0
    absent: Dict[str, str] = field(default_factory=dict)


ON_OFF = {0: "Disabled", 1: "Enabled"}
ARCHITECTURES = {
    2: "Kepler",
    3: "Maxwell",
    4: "Pascal",
    5: "Volta",
    6: "Turing",
    7: "Ampere",
    8: "Ada Lovelace",
    9: "Hopper",
    10: "Blackwell",
    13: "Rubin",
}
ADDRESSING = {0: "None", 1: "HMM", 2: "ATS"}
FABRIC_STATES = {0: "Not Supported", 1: "Not Started", 2: "In Progress", 3: "Completed"}
