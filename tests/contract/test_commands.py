"""Every command's output has at least the fields of its sample, with values of the same kind.

The samples in commands/ are the contract: fields may be added, never taken away, renamed or given another type.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.cli.app import VERBS
from tests.cli.run_cli import run_cli

HERE = Path(__file__).resolve().parent
SAMPLES = sorted((HERE / "commands").glob("*.yaml"))
NO_DOCUMENT = {"build", "serve", "completion", "bundle", "snapshot"}  # they write files or go on running


def differences(sample: Any, actual: Any, path: str = "") -> Iterator[str]:
    """Where *actual* lacks a field of *sample* or holds another kind of value."""
    if isinstance(sample, Mapping):
        if not isinstance(actual, Mapping):
            yield f"{path}: is no mapping"
            return
        for key, value in sample.items():
            if key not in actual:
                yield f"{path}.{key}: is missing"
            else:
                yield from differences(value, actual[key], f"{path}.{key}")
    elif isinstance(sample, list):
        if not isinstance(actual, list):
            yield f"{path}: is no list"
        elif sample and not actual:
            yield f"{path}: is empty"
        elif sample:
            # Every entry has the fields that all entries of the sample have.
            for number, entry in enumerate(actual):
                yield from differences(sample[0], entry, f"{path}[{number}]")
    elif type(sample) is not type(actual):
        yield f"{path}: is {actual!r}, the sample has {sample!r}"


@pytest.mark.parametrize("path", SAMPLES, ids=lambda p: p.stem)
def test_output_keeps_its_contract(path: Path, tmp_path: Path) -> None:
    contract = yaml.safe_load(path.read_text(encoding="utf-8"))
    for before in contract.get("setup", []):
        assert run_cli(*before, cwd=tmp_path).code == 0
    arguments = [str(a).replace("CONTRACT", str(HERE)) for a in contract["command"]]
    ended = run_cli(*arguments, cwd=tmp_path, stdin=contract.get("stdin", ""))
    assert ended.code == contract["exit"], ended.err
    output = contract["output"]
    if output == "text":
        assert set(contract["sample"].split()) <= set(ended.out.split())
        return
    if output == "jsonl":
        lines = [json.loads(line) for line in ended.out.splitlines()]
        found = [d for line in lines for d in differences(contract["sample"], line)]
    else:
        document = yaml.safe_load(ended.out) if output == "yaml" else json.loads(ended.out)
        found = list(differences(contract["sample"], document))
    assert found == []


def test_every_verb_that_prints_a_document_has_a_sample() -> None:
    sampled = {yaml.safe_load(p.read_text(encoding="utf-8"))["command"][0] for p in SAMPLES}
    assert set(VERBS) - NO_DOCUMENT - sampled == set()
