"""Ways to damage a snapshot's text, as files get damaged on their way and as mischief would."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import Any

GOLDEN = Path(__file__).resolve().parent.parent / "golden" / "core" / "snapshots"
# Rules that nothing in the snapshots at hand meets: a pass could only come from the damage.
HOPELESS: dict[str, Any] = {
    "id": "strict",
    "criteria": {},
    "constraints": [
        {"name": "K8s.server.version", "value": ">= 99999.1"},
        {"name": "OS.release.ID", "value": "plan9"},
        {"name": "OS.release.VERSION_ID", "value": "== 99.04"},
        {"name": "OS.sysctl./proc/sys/kernel/osrelease", "value": "> 99999"},
        {"name": "GPU.smi.driver", "value": ">= 99999.1"},
    ],
}

_BITS = (
    "{", "}", "[", "]", ":", ": ", "- ", "&a ", "*a", "|", ">", "'", '"', "#", "%", "\t", "\n", "\n\n", "---\n",
    "...\n",
    "!!binary ", "? ", "<<: ", "null", "~", "true", "0x1F", "1e999", "\\u0000", "\u2028", "\ufeff", "é", "🂡", "\u0085",
)  # fmt: skip


def _cut(random: Random, text: str) -> str:
    return text[: random.randrange(len(text))]


def _splice(random: Random, text: str) -> str:
    at, length = random.randrange(len(text)), random.randrange(200)
    return text[:at] + text[at + length :]


def _insert(random: Random, text: str) -> str:
    for _ in range(random.randrange(1, 6)):
        at = random.randrange(len(text))
        text = text[:at] + random.choice(_BITS) + text[at:]
    return text


def _swap_lines(random: Random, text: str) -> str:
    lines = text.splitlines(keepends=True)
    for _ in range(5):
        a, b = random.randrange(len(lines)), random.randrange(len(lines))
        lines[a], lines[b] = lines[b], lines[a]
    return "".join(lines)


def _repeat(random: Random, text: str) -> str:
    lines = text.splitlines(keepends=True)
    at = random.randrange(len(lines))
    return "".join(lines[:at] + lines[at : at + 3] * random.randrange(2, 2000) + lines[at:])


def _nest(random: Random, text: str) -> str:
    depth = random.choice((50, 500, 20_000))
    opening, closing = random.choice((("[", "]"), ("{a: ", "}"), ('{"a": ', "}"), ("- ", "")))
    return text + "\nextra: " + opening * depth + "x" + closing * depth + "\n"


def _alias_bomb(random: Random, text: str) -> str:
    width = random.randrange(5, 10)
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * width)}]" for n in range(1, 20)]
    return "\n".join(lines) + "\n" + text


def _long_scalar(random: Random, text: str) -> str:
    return text.replace(
        "version:", f"version: {random.choice(('9', 'a', '-', '1.'))}" * random.randrange(1, 4000), 1
    )


def _replace_values(random: Random, text: str) -> str:
    lines = []
    for line in text.splitlines():
        head, colon, value = line.partition(": ")
        if colon and value and random.random() < 0.2:
            line = f"{head}: {random.choice((*_BITS, '[1, 2]', '{a: b}', '!!float 1', '2026-01-02', '010'))}"
        lines.append(line)
    return "\n".join(lines) + "\n"


DAMAGED: Mapping[str, Callable[[Random, str], str]] = {
    "alias bomb": _alias_bomb,
    "cut": _cut,
    "insert": _insert,
    "long scalar": _long_scalar,
    "nest": _nest,
    "repeat": _repeat,
    "replace values": _replace_values,
    "splice": _splice,
    "swap lines": _swap_lines,
}


def damage(random: Random, kind: str, text: str) -> str:
    """*text* damaged in the way *kind* names."""
    return DAMAGED[kind](random, text)
