"""Random inputs of every kind the core meets, from sound to mangled; the same seed gives the same inputs."""

from __future__ import annotations

import copy
from collections.abc import Callable
from random import Random
from typing import Any

from tests.core.vectors import load_rows

Json = Any

OPERATORS = (">=", "<=", ">", "<", "==", "!=", "", ">= ", "< ", "=", "~")
SUFFIXES = (
    "", "", "", "-eks-3025e55", "-gke.1337000", "-gke.5", "-1024-aws", "+k3s1", "-rc.1", "-beta.0", "+", "-", "-RC1",
    "~rc1", ".x", " LTS",
)  # fmt: skip
TEXTS = (
    "ubuntu", "Ubuntu", "", " ", "true", "null", "NVIDIA H100 80GB HBM3", "NVIDIA-A100-SXM4-40GB", "１.３２", "<nil>",
    "1e3", "\u0000", "🂡", "\ufeff1.32", "\u00a01.32\u2003", "a|b", "NaN", "-1", "x" * 90, "v", "..", "8", "0.5", "İ",
)  # fmt: skip
NAMES = (
    "K8s.server.version", "OS.release.ID", "OS.release.VERSION_ID", "OS.sysctl./proc/sys/kernel/osrelease",
    "GPU.smi.gpu.model", "Performance.nccl-all-reduce.busbw", "Deployment.gpu-operator.version",
    "Deployment.a.available",
)  # fmt: skip
MEASUREMENTS: dict[str, Json] = {
    "K8s.server.version": {"label": "Kubernetes", "kind": "version", "disruption": "control-plane"},
    "OS.release.ID": {"disruption": "rebuild"},
    "OS.release.*": {
        "disruption": "node-upgrade",
        "remediation": {"default": "Replace.", "eks": "Replace the node group."},
    },
    "OS.sysctl.*": {"disruption": "node-restart"},
    "Performance.*.busbw": {"kind": "number", "unit": "GB/s"},
    "nccl-all-reduce-bw": {"kind": "number", "reading": "Performance.nccl-all-reduce.busbw"},
}


def version(random: Random) -> str:
    """A version, or nearly one."""
    places = random.choice((1, 2, 2, 3, 3, 3, 4))
    numbers = ".".join(str(random.choice((0, 1, 2, 5, 9, 10, 24, 32, 33, 1337))) for _ in range(places))
    return random.choice(("", "", "v", "V", "+", " ")) + numbers + random.choice(SUFFIXES)


def text(random: Random) -> str:
    """A reading's text."""
    return version(random) if random.random() < 0.7 else random.choice(TEXTS)


def expression(random: Random) -> str:
    """A constraint's expression, compound now and then, malformed now and then."""
    one = random.choice(OPERATORS) + text(random)
    if random.random() < 0.25:
        one += random.choice((" ", " || ", ", ", "||")) + random.choice(OPERATORS) + version(random)
    if random.random() < 0.1:
        one += random.choice((" || ", " ")) + random.choice(OPERATORS) + version(random)
    return one


def number(random: Random) -> str:
    return random.choice(
        ("300", "299.99", "0.5", "-1", "1e2", "270", "330", "8.0", "+5", "1E400", *TEXTS[:8])
    )


def mangled(random: Random, value: Json, depth: int = 0) -> Json:
    """*value* with some of its parts replaced, dropped or nested."""
    if random.random() < 0.08 and depth:
        return random.choice(
            (None, [], {}, "", "null", True, 7, 1.5, [None], {"a": {"b": "c"}}, random.choice(TEXTS))
        )
    if isinstance(value, dict):
        return {k: mangled(random, v, depth + 1) for k, v in value.items() if random.random() > 0.05}
    if isinstance(value, list):
        items = [mangled(random, item, depth + 1) for item in value if random.random() > 0.05]
        return items + items[:1] if random.random() < 0.1 else items
    return value


def document(random: Random) -> Json:
    """A snapshot document, sound or mangled."""
    labels = {
        f"nvidia.com/gpu.product.{model}": f"{model}|n{index},n{index + 5}"
        for index, model in enumerate(
            random.sample(("NVIDIA-H100-80GB-HBM3", "NVIDIA-A100-SXM4-40GB", "NVIDIA-L40S"), 2)
        )
    }
    if random.random() < 0.5:
        labels["nvidia.com/gpu.count"] = random.choice(("8|n0,n1,n5,n6", "8|n0 (+3 more)", "many|n0"))
    data = {
        "K8s": {
            "server": {"version": text(random)},
            "node": {"provider": random.choice(("eks", "oke", "EKS ", ""))},
        },
        "OS": {
            "release": {
                "ID": random.choice(("ubuntu", "amzn", "al2023", "Ubuntu", "rhel")),
                "VERSION_ID": text(random),
            },
            "sysctl": {"/proc/sys/kernel/osrelease": text(random)},
        },
        "GPU": {
            random.choice(("smi", "device")): {random.choice(("gpu.model", "model")): random.choice(TEXTS)},
            "hardware": {"model": random.choice(("h100", "a100", "???"))},
        },
        "NodeTopology": {"label": labels, "taint": {"nvidia.com/gpu": "NoSchedule|present|n0"}},
        "Performance": {"nccl-all-reduce": {"busbw": number(random)}},
        "Deployment": {
            "gpu-operator": {"version": text(random)},
            "a": {"available": random.choice(("true", "false"))},
        },
    }
    whole: dict[str, Json] = {
        "kind": random.choice(("Snapshot", "Snapshot", "Snapshot", "Recipe", None)),
        "metadata": {"timestamp": "2026-11-23T13:30:00Z", "unread.GPU.smi": "No driver is loaded."},
        "measurements": [
            {
                "type": kind,
                "subtypes": [{"subtype": name, "data": readings} for name, readings in subtypes.items()],
            }
            for kind, subtypes in data.items()
        ],
    }
    if random.random() < 0.3:
        whole["measurements"].append(copy.deepcopy(random.choice(whole["measurements"])))
    return mangled(random, whole) if random.random() < 0.6 else whole


def sound(random: Random) -> Json:
    """A document that is a snapshot, whatever its readings."""
    made = document(random)
    return {**made, "kind": "Snapshot"}


def rules(random: Random, name: str = "r") -> Json:
    """A recipe's rules over the readings that documents hold."""

    def constraint() -> Json:
        made = {"name": random.choice(NAMES), "value": expression(random)}
        if random.random() < 0.2:
            made["severity"] = random.choice(("warning", "error", "info"))
        return made

    return {
        "id": name,
        "criteria": {
            "service": random.choice(("any", "eks", "gke")),
            "accelerator": random.choice(("any", "h100")),
        },
        "constraints": [constraint() for _ in range(random.randrange(5))],
        "phases": {
            "deployment": {"checks": ["available", "either"], "constraints": [constraint()]},
            "performance": {
                "checks": ["bw"],
                "constraints": [{"name": "bw", "value": ">= 300"}] * random.randrange(2),
            },
        },
        "components": ["a", "gpu-operator"],
    }


def context(random: Random) -> Json:
    """What rules are evaluated with."""
    checks: Json = {
        "available": {
            "rule": [{"eachComponent": True, "reading": "Deployment.{component}.available", "value": "true"}]
        },
        "bw": {"rule": [{"reading": "Performance.nccl-all-reduce.busbw", "threshold": "bw", "tolerance": "10%"}]},
        "either": {
            "requires": {"service": ["eks", "gke"]},
            "rule": [{"any": [
                {"reading": "OS.release.ID", "value": "rhel"},
                {"reading": random.choice(NAMES), "value": expression(random)},
            ]}],
        },
    }  # fmt: skip
    made: Json = {
        "measurements": MEASUREMENTS,
        "checks": checks,
        "criteria": {"service": random.choice(("any", "eks")), "accelerator": random.choice(("any", "h100"))},
    }
    if random.random() < 0.5:
        made["phases"] = ["readiness"]
    return made


def windows(random: Random) -> Json:
    """Support windows for the versions that documents hold, odd ones among them."""

    def window() -> Json:
        subject, scope = random.choice(
            (
                ("kubernetes", "eks"),
                ("kubernetes", "upstream"),
                ("os", "ubuntu"),
                ("component", "gpu-operator"),
            )
        )
        made = {
            "subject": subject,
            "scope": scope,
            "cycle": random.choice((version(random), "1.32", "24", 33)),
        }
        if random.random() < 0.8:
            made["end"] = (
                f"{random.randrange(2025, 2029)}-{random.randrange(1, 14):02}-{random.randrange(1, 29):02}"
            )
        if random.random() < 0.4:
            made["status"] = random.choice(("supported", "deprecated", "end-of-support", "?"))
        if random.random() < 0.8:
            made["label"] = random.choice(("support", "EKS standard support", "Kubernetes support", ""))
        return made

    return mangled(random, {"windows": [window() for _ in range(random.randrange(12))]})


def dated(random: Random) -> Json:
    """Readings that windows may speak of."""
    names = ("K8s.server.version", "OS.release.VERSION_ID", "Deployment.gpu-operator.version")
    made = {name: random.choice((text(random), "1.32", "v1.31.4", "24", "33.1")) for name in names}
    return {**made, "OS.release.ID": "ubuntu", "OS.release.NAME": random.choice(TEXTS)}


def _detection_rules() -> tuple[Json, Json]:
    row = next(row for row in load_rows() if row.function == "detect")
    return row.args[1], row.args[2]


def calls(seed: int, count: int) -> list[tuple[str, list[Json]]]:
    """*count* calls of the core's functions."""
    random = Random(seed)
    detection, dimensions = _detection_rules()
    makers: list[tuple[int, Callable[[], tuple[str, list[Json]]]]] = [
        (30, lambda: ("evaluate_expression", [expression(random), text(random)])),
        (6, lambda: ("evaluate_number", [random.choice(OPERATORS) + number(random), number(random), 0.1])),
        (6, lambda: ("parse_version", [text(random)])),
        (4, lambda: ("compare_versions", [version(random), version(random)])),
        (4, lambda: ("compare_places", [version(random), version(random)])),
        (5, lambda: ("parse_expression", [expression(random)])),
        (5, lambda: ("satisfying_value", [[expression(random) for _ in range(random.randrange(1, 4))], False])),
        (3, lambda: ("satisfying_value", [[random.choice(OPERATORS) + number(random) for _ in range(2)], True])),
        (2, lambda: ("normalise_value", [text(random), {"amzn": "amazonlinux"}])),
        (2, lambda: ("matches_words", [random.choice(TEXTS), random.choice(("h100", "a100", "8", ""))])),
        (12, lambda: ("parse_snapshot", [document(random)])),
        (7, lambda: ("detect", [document(random), random.sample(detection, 12), dimensions])),
        (8, lambda: ("evaluate_recipe", [rules(random), document(random), context(random)])),
        (2, lambda: ("compare_reports", [rules(random), sound(random), sound(random), context(random)])),
        (4, lambda: ("lifecycle_notes", [
            windows(random), dated(random), random.choice(("eks", "oke", "any")), {"service": {"eks": "EKS"}},
            random.choice(("2026-11-24", "2026-02-28", "2028-02-29")),
        ])),
        (3, lambda: ("plan_recipes", [[rules(random, n) for n in "abc"], document(random), context(random)])),
        (1, lambda: ("plan_together", [[rules(random, n) for n in "ab"], document(random), context(random)])),
    ]  # fmt: skip
    weights = [weight for weight, _ in makers]
    chosen = random.choices([maker for _, maker in makers], weights, k=count)
    return [maker() for maker in chosen]
