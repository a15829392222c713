"""A report that is exported from the browser says what the command line says of the same report."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import html5lib
import pytest

from generator.core.snapshot import Snapshot
from generator.core.validation import Report, context_from_rules, evaluate_recipe
from generator.report import to_ctrf, to_html, to_junit, to_markdown
from tests.report.test_reports import CHECKS, HOSTILE, MEASUREMENTS, READINGS, RULES
from tests.ts.bundle import build_program, run_program

MOMENT = 1_795_441_962_000
CONTEXT = {"measurements": MEASUREMENTS, "checks": CHECKS}
NOTES = ["EKS 1.30 is older than 1.32 & told <first>.", "GPU Operator 25.3 is past end of support."]


def _run(snapshot: str = "s.yaml", lifecycle: list[str] | None = None) -> dict[str, Any]:
    return {
        "snapshot": snapshot, "catalogVersion": "2026.11", "catalogDigest": "0e37500d260b",
        "lifecycle": lifecycle or [], "moment": MOMENT,
    }  # fmt: skip


def _hostile(text: str) -> dict[str, Any]:
    rules = {
        "id": "r",
        "criteria": {},
        "constraints": [
            {"name": "OS.release.ID", "value": text, "remediation": text, "command": text, "unit": text},
            {"name": text, "value": f">= {text}", "link": text, "origin": text},
        ],
    }
    return {
        "rules": rules, "readings": {"OS.release.ID": f"is {text}"}, "context": {}, "run": _run(text, [text]),
    }  # fmt: skip


# Half a surrogate cannot pass through the pipe to Node; each side's own tests have it.
CASES: dict[str, dict[str, Any]] = {
    "every verdict": {"rules": RULES, "readings": READINGS, "context": CONTEXT, "run": _run(lifecycle=NOTES)},
    "an empty snapshot": {"rules": RULES, "readings": {}, "context": CONTEXT, "run": _run()},
    "no rule": {"rules": {"id": "bare", "criteria": {}}, "readings": {}, "context": {}, "run": _run()},
    **{f"hostile {number}": _hostile(text) for number, text in enumerate(HOSTILE) if text.isprintable()},
    "hostile lines": _hostile("line one\nline two \"'` |"),
}  # fmt: skip


@dataclass(frozen=True)
class Pair:
    """One case, the report of it, and what the browser made of it."""

    run: dict[str, Any]
    report: Report
    browser: dict[str, str]


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Pair]:
    program = build_program("exports", tmp_path_factory.mktemp("exports"))
    answers = run_program(program, json.dumps(list(CASES.values())))
    return {
        name: Pair(
            case["run"],
            evaluate_recipe(
                case["rules"], Snapshot(case["readings"]), context_from_rules(case["context"], {})
            ),
            answer,
        )
        for (name, case), answer in zip(CASES.items(), answers, strict=True)
    }


@pytest.mark.parametrize("name", CASES)
def test_ctrf_is_alike(name: str, pairs: dict[str, Pair]) -> None:
    pair = pairs[name]
    ours = to_ctrf(
        [pair.report],
        snapshot=pair.run["snapshot"],
        catalog_digest=pair.run["catalogDigest"],
        lifecycle=pair.run["lifecycle"],
        moment=MOMENT,
    )
    assert json.loads(pair.browser["ctrf"]) == ours


@pytest.mark.parametrize("name", CASES)
def test_junit_is_alike(name: str, pairs: dict[str, Pair]) -> None:
    pair = pairs[name]
    ours = ElementTree.fromstring(to_junit([pair.report], lifecycle=pair.run["lifecycle"]))
    theirs = ElementTree.fromstring(pair.browser["junit"])
    assert [(e.tag, e.attrib, e.text) for e in theirs.iter()] == [
        (e.tag, e.attrib, e.text) for e in ours.iter()
    ]


@pytest.mark.parametrize("name", CASES)
def test_markdown_is_alike(name: str, pairs: dict[str, Pair]) -> None:
    pair = pairs[name]
    assert pair.browser["markdown"] == to_markdown(
        [pair.report],
        snapshot=pair.run["snapshot"],
        catalog=pair.run["catalogVersion"],
        lifecycle=pair.run["lifecycle"],
    )


def _said(text: str) -> list[tuple[str, str]]:
    """What the page says, block by block."""
    page = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
    blocks = [e for e in page.iter() if e.tag in ("title", "h1", "h2", "p", "li", "th", "td")]
    return [(b.tag, " ".join("".join(b.itertext()).split())) for b in blocks]


@pytest.mark.parametrize("name", CASES)
def test_html_is_alike(name: str, pairs: dict[str, Pair]) -> None:
    pair = pairs[name]
    ours = to_html(
        [pair.report],
        snapshot=pair.run["snapshot"],
        catalog=pair.run["catalogVersion"],
        digest=pair.run["catalogDigest"],
        lifecycle=pair.run["lifecycle"],
        moment="2026-11-23 13:52 UTC",
    )
    assert _said(pair.browser["html"]) == _said(ours)
