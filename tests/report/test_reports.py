"""Every form of a report says the same: names, verdicts, reasons, and nothing that a reading could inject."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree

import html5lib
import pytest

from generator.core.snapshot import Snapshot
from generator.core.validation import Report, context_from_rules, evaluate_all, evaluate_recipe
from generator.report import to_ctrf, to_html, to_junit, to_markdown, to_sarif, to_table

MEASUREMENTS = {
    "K8s.server.version": {
        "label": "Kubernetes server",
        "remediation": {"default": "Upgrade.", "eks": "Upgrade the EKS control plane."},
        "command": {"eks": "aws eks update-cluster-version --name CLUSTER"},
        "link": {"default": "https://kubernetes.io/"},
        "measure": "Collect a snapshot with access to the API server.",
    },
    "OS.release.VERSION_ID": {
        "label": "OS release",
        "measure": "Collect a snapshot on a GPU node.",
        "command": {"default": "upgrade-the-node"},
    },
}
CHECKS = {
    "cluster-autoscaling": {
        "title": "GPU nodes can be added",
        "requires": {"service": ["gke"]},
        "rule": [{"reading": "Conformance.x.y", "value": "true"}],
    }
}
RULES: dict[str, Any] = {
    "id": "h100-eks-ubuntu-training",
    "criteria": {"service": "eks", "accelerator": "h100"},
    "constraints": [
        {
            "name": "K8s.server.version",
            "value": ">= 1.32.4",
            "origin": {"kind": "overlay", "name": "h100-eks", "file": "overlays/h100-eks.yaml", "line": 14},
        },
        {"name": "OS.release.ID", "value": "ubuntu"},
        {"name": "OS.release.VERSION_ID", "value": "24.04"},
        {"name": "OS.sysctl./proc/sys/kernel/osrelease", "value": ">= 6.8", "severity": "warning"},
    ],
    "phases": {"conformance": {"checks": ["cluster-autoscaling"]}},
}
READINGS = {
    "K8s.server.version": "v1.30.14-eks-931bdca",
    "OS.release.ID": "ubuntu",
    "OS.sysctl./proc/sys/kernel/osrelease": "6.5.0-1024-aws",
}
CONTEXT = context_from_rules({"measurements": MEASUREMENTS, "checks": CHECKS}, RULES["criteria"])
HOSTILE = (
    "</td><script>alert(1)</script>",
    "\" onload='x' `code` |cell| \\",
    "]]> <!-- & &amp; \x00\x1b[31m\x07",
    "line one\nline two\r\n\tthree",
    "[link](javascript:alert(1)) ![i](https://example.com/x) **b** <b>",
    "\ud800 \ufffe é 🂡",
)  # fmt: skip


def _report(readings: dict[str, str] | None = None) -> Report:
    return evaluate_recipe(RULES, Snapshot(READINGS if readings is None else readings), CONTEXT)


def _hostile(text: str) -> Report:
    rules = {
        "id": text,
        "criteria": {},
        "constraints": [
            {"name": "OS.release.ID", "value": text, "remediation": text, "command": text, "origin": text},
            {"name": text, "value": f">= {text}", "link": text},
        ],
    }
    return evaluate_recipe(rules, Snapshot({"OS.release.ID": f"is {text}"}), CONTEXT)


def _tests(document: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = document["results"]["tests"]
    return found


def test_ctrf_names_begin_with_the_reading_and_statuses_tell_the_truth() -> None:
    tests = _tests(to_ctrf([_report()], version="1.2.3"))
    assert [(t["name"], t["status"], t["rawStatus"], t["suite"]) for t in tests] == [
        ("K8s.server.version >= 1.32.4", "failed", "fail", ["readiness"]),
        ("OS.release.ID ubuntu", "passed", "pass", ["readiness"]),
        ("OS.release.VERSION_ID 24.04", "other", "unknown", ["readiness"]),
        ("OS.sysctl./proc/sys/kernel/osrelease >= 6.8", "other", "warn", ["readiness"]),
        ("cluster-autoscaling", "skipped", "not-applicable", ["conformance"]),
    ]


def test_ctrf_is_as_its_schema_wants_it() -> None:
    document: dict[str, Any] = to_ctrf(
        [_report()], version="1.2.3", snapshot="s.yaml", moment=1_795_441_962_588
    )
    assert document["reportFormat"] == "CTRF"
    assert re.fullmatch(r"\d+\.\d+\.\d+", document["specVersion"])
    assert document["timestamp"] == "2026-11-23T13:52:42Z"
    summary = document["results"]["summary"]
    assert summary == {
        "tests": 5, "passed": 1, "failed": 1, "skipped": 1, "pending": 0, "other": 2,
        "start": 1_795_441_962_588, "stop": 1_795_441_962_588,
    }  # fmt: skip
    assert summary["tests"] == sum(summary[k] for k in ("passed", "failed", "skipped", "pending", "other"))
    assert document["results"]["tool"] == {"name": "aicr-matrix", "version": "1.2.3"}
    allowed = {"name", "status", "duration", "suite", "message", "rawStatus", "extra"}
    assert all(set(test) <= allowed and isinstance(test["duration"], int) for test in _tests(document))
    assert json.loads(json.dumps(document)) == document


def test_ctrf_carries_what_to_do() -> None:
    first, _, third, *_ = _tests(to_ctrf([_report()]))
    assert first["extra"]["remediation"] == "Upgrade the EKS control plane."
    assert first["extra"]["command"] == "aws eks update-cluster-version --name CLUSTER"
    assert first["extra"]["origin"] == "overlays/h100-eks.yaml:14"
    assert third["message"] == "OS.release.VERSION_ID is not in the snapshot."
    assert "command" not in third["extra"]
    assert third["extra"]["remediation"] == "Collect a snapshot on a GPU node."


def test_ctrf_of_an_empty_snapshot_passes_nothing() -> None:
    document: dict[str, Any] = to_ctrf([_report({})])
    assert document["results"]["summary"]["passed"] == 0
    assert {t["rawStatus"] for t in _tests(document)} == {"unknown", "not-applicable"}


def test_ctrf_of_several_recipes_names_each() -> None:
    tests = _tests(to_ctrf(evaluate_all([RULES, {**RULES, "id": "other"}], Snapshot(READINGS), CONTEXT)))
    assert [t["suite"] for t in tests[::5]] == [
        ["readiness", "h100-eks-ubuntu-training"],
        ["readiness", "other"],
    ]


def test_junit_counts_unknown_as_an_error() -> None:
    root = ElementTree.fromstring(to_junit([_report()]))
    assert root.attrib == {
        "name": "aicr-matrix", "tests": "5", "failures": "1", "errors": "1", "skipped": "1", "time": "0",
    }  # fmt: skip
    suites = root.findall("testsuite")
    assert [s.get("name") for s in suites] == [
        f"h100-eks-ubuntu-training.{p}" for p in ("readiness", "deployment", "performance", "conformance")
    ]
    cases = {c.get("name"): [child.tag for child in c] for c in root.iter("testcase")}
    assert cases == {
        "K8s.server.version >= 1.32.4": ["failure"],
        "OS.release.ID ubuntu": [],
        "OS.release.VERSION_ID 24.04": ["error"],
        "OS.sysctl./proc/sys/kernel/osrelease >= 6.8": ["system-out"],
        "cluster-autoscaling": ["skipped"],
    }


def test_markdown_of_one_recipe() -> None:
    lines = to_markdown([_report()]).splitlines()
    assert lines[0] == "## ✕ Fail: h100-eks-ubuntu-training"
    assert lines[2] == "1 fail, 1 unknown, 1 warn, 1 pass, 1 not applicable."
    assert (
        "| ✕ Fail | Kubernetes server `K8s.server.version` | v1.30.14-eks-931bdca | ≥ 1.32.4 | "
        "Upgrade the EKS control plane. `aws eks update-cluster-version --name CLUSTER` |"
    ) in lines
    assert (
        "| ◇ Unknown | OS release `OS.release.VERSION_ID` | not in the snapshot | 24.04 | "
        "OS.release.VERSION\\_ID is not in the snapshot. Collect a snapshot on a GPU node. |"
    ) in lines


def test_markdown_of_several_recipes_begins_with_a_table() -> None:
    text = to_markdown(evaluate_all([RULES, {**RULES, "id": "other"}], Snapshot(READINGS), CONTEXT))
    assert text.startswith(
        "## Recipes\n\n| Verdict | Recipe | Results |\n|---|---|---|\n| ✕ Fail | h100-eks-ubuntu-training |"
    )
    assert text.count("<details>") == text.count("</details>") == 2
    many = to_markdown([_report()] * 31)
    assert many.count("<details>") == 0


def test_sarif_holds_what_does_not_hold() -> None:
    document: dict[str, Any] = to_sarif([_report()], version="1.2.3", snapshot="my snapshot.yaml")
    (run,) = document["runs"]
    assert document["version"] == "2.1.0"
    assert [(r["ruleId"], r["kind"], r["level"]) for r in run["results"]] == [
        ("K8s.server.version", "fail", "error"),
        ("OS.release.VERSION_ID", "open", "none"),
        ("OS.sysctl./proc/sys/kernel/osrelease", "fail", "warning"),
    ]
    rules = run["tool"]["driver"]["rules"]
    assert [rules[r["ruleIndex"]]["id"] for r in run["results"]] == [r["ruleId"] for r in run["results"]]
    places = [r["locations"][0]["physicalLocation"] for r in run["results"]]
    assert places[0] == {"artifactLocation": {"uri": "overlays/h100-eks.yaml"}, "region": {"startLine": 14}}
    assert places[1] == {"artifactLocation": {"uri": "my%20snapshot.yaml"}, "region": {"startLine": 1}}
    prints = [r["partialFingerprints"]["aicrMatrixRule/v1"] for r in run["results"]]
    assert len(set(prints)) == 3


def test_table_of_one_recipe_is_aligned_and_advises() -> None:
    lines = to_table([_report()]).splitlines()
    assert lines[0] == "h100-eks-ubuntu-training: Fail"
    head = next(line for line in lines if line.startswith("  VERDICT"))
    row = next(line for line in lines if line.startswith("  Fail"))
    assert row.index("v1.30.14-eks-931bdca") == head.index("ON THIS CLUSTER")
    assert row.endswith("overlays/h100-eks.yaml:14")
    assert "    $ aws eks update-cluster-version --name CLUSTER" in lines
    assert "  The recipe states no rule for this phase." in lines


def test_table_of_several_recipes_is_a_line_each() -> None:
    lines = to_table(evaluate_all([RULES, {**RULES, "id": "b"}], Snapshot(READINGS), CONTEXT)).splitlines()
    assert [line.split()[:2] for line in lines] == [
        ["VERDICT", "RECIPE"], ["Fail", "h100-eks-ubuntu-training"], ["Fail", "b"],
    ]  # fmt: skip


def _page(reports: list[Report], lifecycle: Sequence[str] = ()) -> Any:
    text = to_html(
        reports,
        snapshot="s.yaml",
        catalog="2026.11",
        digest="sha256:1",
        lifecycle=lifecycle,
        moment="2026-11-23",
    )
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)


def test_html_stands_alone() -> None:
    text = to_html([_report(), _report()])
    assert not re.findall(r"<(?:script|link|img|iframe|object|form)\b", text)
    assert not re.search(r"""(?:src|href)=["'](?!#)""", text)
    assert "default-src 'none'" in text
    page = _page([_report(), _report()])
    ids = {element.get("id") for element in page.iter() if element.get("id")}
    links = {str(a.get("href")).removeprefix("#") for a in page.iter("a")}
    assert links == ids == {"recipe-1", "recipe-2"}


def test_html_says_verdict_actual_and_need_of_every_rule() -> None:
    rows = [["".join(cell.itertext()) for cell in row] for row in _page([_report()]).iter("tr")]
    assert ["◇ Unknown", "OS releaseOS.release.VERSION_ID", "not in the snapshot", "24.04"] in [
        r[:4] for r in rows
    ]
    assert sum(row[0] != "Verdict" for row in rows) == 5


@pytest.mark.parametrize("text", HOSTILE)
def test_no_form_lets_a_reading_inject(text: str) -> None:
    reports = [_hostile(text), _report()]
    page = _page(reports)
    assert not list(page.iter("script"))
    assert not [e for e in page.iter() if any(str(name).startswith("on") for name in e.attrib)]
    ElementTree.fromstring(to_junit(reports))
    for document in (to_ctrf(reports), to_sarif(reports)):
        assert json.loads(json.dumps(document, ensure_ascii=False).encode("utf-8")) == document
    for form in (to_table(reports[:1]), to_table(reports), to_markdown(reports)):
        form.encode("utf-8")
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f]", form)
    for line in to_markdown(reports[:1]).splitlines():
        if line.startswith("|"):
            assert len(re.findall(r"(?<!\\)\|", line)) == 6, line
            assert not re.search(r"(?<!\\)<", re.sub(r"`[^`]*`", "", line)), line


NOTES = ("EKS 1.30 is older than 1.32, which left standard support on 23 Mar 2026.", "<b>|two\x00\n")


def test_ctrf_carries_support_windows_beside_the_tests() -> None:
    with_notes: dict[str, Any] = to_ctrf([_report()], lifecycle=NOTES)
    extra = with_notes["results"]["environment"]["extra"]
    assert extra.pop("lifecycle") == [NOTES[0], "<b>|two\ufffd\n"]
    assert with_notes == to_ctrf([_report()])


def test_junit_carries_support_windows_as_output_of_the_first_suite() -> None:
    with_notes = ElementTree.fromstring(to_junit([_report(), _report()], lifecycle=NOTES))
    first = with_notes[0].find("system-out")
    assert first is not None and (first.text or "").splitlines()[0] == NOTES[0]
    with_notes[0].remove(first)
    without = ElementTree.fromstring(to_junit([_report(), _report()]))
    assert [(e.tag, e.attrib) for e in with_notes.iter()] == [(e.tag, e.attrib) for e in without.iter()]


def test_sarif_carries_support_windows_as_a_property_of_the_run() -> None:
    with_notes: dict[str, Any] = to_sarif([_report()], lifecycle=NOTES)
    assert with_notes["runs"][0].pop("properties") == {"lifecycle": [NOTES[0], "<b>|two\ufffd"]}
    assert with_notes == to_sarif([_report()])


@pytest.mark.parametrize("count", [1, 2])
def test_markdown_carries_support_windows_before_the_verdicts(count: int) -> None:
    text = to_markdown([_report()] * count, snapshot="S.yaml", catalog="2026.11", lifecycle=NOTES)
    lines = text.splitlines()
    at = lines.index(f"- {NOTES[0]}")
    assert lines[at - 2 : at + 3] == [
        "Snapshot S.yaml, catalog 2026.11.", "", f"- {NOTES[0]}", "- \\<b\\>\\|two\ufffd", "",
    ]  # fmt: skip
    assert at < next(n for n, line in enumerate(lines) if line.startswith("| Verdict"))


@pytest.mark.parametrize("count", [1, 2])
def test_table_and_page_carry_support_windows(count: int) -> None:
    assert to_table([_report()] * count, lifecycle=NOTES).endswith(
        f"\n\nSupport windows\n  {NOTES[0]}\n  <b>|two\ufffd\n"
    )
    page = _page([_report()] * count, lifecycle=NOTES)
    assert [item.text for item in page.iter("li")] == [NOTES[0], "<b>|two\ufffd\n"]


@pytest.mark.parametrize("count", [1, 2])
def test_html_headings_skip_no_level(count: int) -> None:
    levels = [int(e.tag[1]) for e in _page([_report()] * count).iter() if e.tag in ("h1", "h2", "h3")]
    assert levels[0] == 1 and all(b <= a + 1 for a, b in itertools.pairwise(levels))


@pytest.mark.parametrize("width", [80, 120])
def test_a_table_fits_the_terminal_and_keeps_commands_whole(width: int) -> None:
    for reports in ([_report()], [_report(), _report({})]):
        lines = to_table(reports, lifecycle=NOTES[:1] * 2, width=width).splitlines()
        assert max(len(line) for line in lines if not line.startswith("    $ ")) <= width
    text = to_table([_report()], width=80)
    assert "    $ aws eks update-cluster-version --name CLUSTER\n" in text
    assert "  Fail     K8s.server.version                    v1.30.14-eks-931bdca" in text
    readiness, *_, conformance = text.split("VERDICT")[1:]
    assert "SET BY" not in readiness and "SET BY" in conformance


def test_a_table_of_recipes_says_which_rule_decides() -> None:
    lines = to_table([_report(), _report({})]).splitlines()
    assert lines[1].endswith("  K8s.server.version >= 1.32.4")
    assert lines[2].endswith("  K8s.server.version >= 1.32.4 and 3 more")


def test_why_a_recipe_is_not_judged_stands_beside_the_counts() -> None:
    unknown = context_from_rules({"measurements": MEASUREMENTS, "checks": CHECKS}, {"accelerator": "h100"})
    reports = list(evaluate_all([RULES, {**RULES, "constraints": []}], Snapshot(READINGS), unknown))
    reason = "For service eks; this cluster's service is not known."
    told = f"1 fail, 1 unknown, 1 warn, 1 pass, 1 not applicable. {reason}"
    assert told in to_markdown(reports[:1]).splitlines()
    assert f"| {told} |" in to_markdown(reports)
    assert [r[2] for r in _rows(to_html(reports))[:2]] == [told, f"1 not applicable. {reason}"]
    failed, open_one = to_table(reports).splitlines()[1:]
    assert failed.endswith("  K8s.server.version >= 1.32.4") and open_one.endswith(f"  {reason}")


def _rows(text: str) -> list[list[str]]:
    page = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
    rows = [["".join(cell.itertext()) for cell in row.iter("td")] for row in page.iter("tr")]
    return [row for row in rows if row]


def test_a_reason_without_a_full_stop_gets_one_before_the_advice() -> None:
    taken = Snapshot(READINGS, {"OS.release.VERSION_ID": "it was not there"})
    report = evaluate_recipe(RULES, taken, CONTEXT)
    told = "OS.release.VERSION_ID was not read: it was not there. Collect a snapshot on a GPU node."
    assert f"  {told}\n" in to_table([report])
    document: dict[str, Any] = to_sarif([report])
    assert document["runs"][0]["results"][1]["message"]["text"].endswith(told)
