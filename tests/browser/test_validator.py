"""The validator: snapshots in every wrapping, the matrix, plan, what-if, drift, fleet, exports, links, bundles."""

from __future__ import annotations

import gzip
import io
import json
import re
import tarfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from generator.core.detection import detect
from generator.core.snapshot import parse_snapshot
from generator.core.validation import context_from_rules, evaluate_recipe
from generator.load.yamltext import parse_yaml
from generator.report import to_ctrf
from tests.browser.conftest import OpenPage
from tests.browser.snapshots import EKS_H100, READY, config_map, snapshot_yaml
from tests.browser.test_finder import matrix

pytestmark = pytest.mark.browser


def drop(page: Page, *files: tuple[str, bytes | str]) -> None:
    """Hand files to the page through its picker; dropping takes the same way in."""
    payload: list[FilePayload] = [
        {"name": name, "mimeType": "", "buffer": content.encode() if isinstance(content, str) else content}
        for name, content in files
    ]
    page.locator("#files").set_input_files(payload, timeout=60_000)


def settled(page: Page, recipe: str, wanted: str) -> str:
    """The recipe's verdict, given the page's next frames to become *wanted*: it evaluates after the key is up."""
    found = verdicts(page)[recipe]
    for _ in range(50):
        if found == wanted:
            break
        page.wait_for_timeout(100)
        found = verdicts(page)[recipe]
    return found


def verdicts(page: Page) -> dict[str, str]:
    """Every recipe's verdict as the grid says it."""
    page.locator(".vc[data-pick]").first.wait_for()
    labels = page.locator(".vc[data-pick]").evaluate_all(
        "cells => cells.map(c => c.getAttribute('aria-label'))"
    )
    return dict(label.rsplit(", ", 1) for label in labels)


WORDS = {
    "pass": "Pass",
    "fail": "Fail",
    "warn": "Warn",
    "unknown": "Unknown",
    "not-applicable": "Not applicable",
}


@pytest.mark.parametrize("readings", [EKS_H100, READY, {}], ids=["old", "ready", "empty"])
def test_the_grid_says_what_the_command_line_says(
    open_page: OpenPage, built_site: Path, readings: dict[str, str]
) -> None:
    """The whole matrix, held against the Python twin on the same published rules."""
    rules = json.loads((built_site / "api/v1/rules.json").read_text(encoding="utf-8"))
    text = snapshot_yaml(readings) if readings else "kind: Snapshot\nmeasurements: []\n"
    snapshot = parse_snapshot(parse_yaml(text, "s.yaml", source_text=True).value)
    criteria = detect(snapshot, rules["detection"], rules["dimensions"]).criteria.as_dict()
    context = context_from_rules(rules, criteria, ("readiness",))
    expected = {r["id"]: WORDS[evaluate_recipe(r, snapshot, context).verdict] for r in rules["recipes"]}
    page = open_page("validate/")
    drop(page, ("s.yaml", text))
    expect(page.locator("#after")).to_be_visible()
    assert verdicts(page) == expected
    assert readings or "Pass" not in expected.values()


@pytest.mark.parametrize("form", ["yaml", "json", "configmap", "gzip", "pasted"])
def test_a_snapshot_is_read_in_every_wrapping(open_page: OpenPage, form: str) -> None:
    text = snapshot_yaml(EKS_H100)
    page = open_page("validate/")
    if form == "pasted":
        page.evaluate(
            """text => { const data = new DataTransfer(); data.setData('text/plain', text);
            document.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true})); }""",
            text,
        )
    else:
        document = parse_yaml(text, "s.yaml", source_text=True).value
        forms: dict[str, bytes | str] = {
            "yaml": text,
            "json": json.dumps(document),
            "configmap": config_map(text),
            "gzip": gzip.compress(text.encode()),
        }
        content = forms[form]
        drop(page, ("s.yaml.gz" if form == "gzip" else f"s.{form}", content))
    expect(page.locator("[data-criterion=service]")).to_have_value("eks")
    expect(page.locator("[data-criterion=accelerator]")).to_have_value("h100")
    expect(page.locator("#vh")).to_have_text("No H100 recipe fits yet")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("broken.yaml", "kind: Snapshot\nmeasurements:\n- type: [\n", r"broken\.yaml:4 is not valid YAML"),
        ("twice.yaml", "kind: Snapshot\nkind: Snapshot\n", r"twice\.yaml:2 is not valid YAML: duplicated"),
        ("list.yaml", "- a\n- b\n", r"list\.yaml is not a mapping"),
        ("pod.yaml", "apiVersion: v1\nkind: Pod\n", r"its kind is Pod; it must be Snapshot"),
        ("cut.json", '{"kind": "Snapshot",\n "measurements": [', r"cut\.json:2 ends before it is complete"),
        ("empty.yaml", " \n", r"is empty"),
        ("picture.png", b"\x89PNG\r\n\x1a\n\x00\x00", r"is not text"),
        ("half.gz", gzip.compress(b"kind: Snapshot" * 100, mtime=0)[:30], r"damaged gzip"),
        ("deep.yaml", "[" * 20000, r"deep\.yaml"),
    ],
)  # fmt: skip
def test_what_is_no_snapshot_is_told_with_its_line(
    open_page: OpenPage, name: str, content: bytes | str, message: str
) -> None:
    page = open_page("validate/")
    drop(page, (name, content))
    told = page.locator("#problems [role=alert]")
    expect(told).to_contain_text("Nothing of it was checked")
    assert re.search(message, told.inner_text())
    expect(page.locator("#before")).to_be_visible()


def test_a_file_that_is_too_large_is_refused(open_page: OpenPage, tmp_path: Path) -> None:
    huge = tmp_path / "huge.yaml"
    huge.write_bytes(b"#" * (20 * 1048576 + 1))
    page = open_page("validate/")
    page.locator("#files").set_input_files(huge)
    told = page.locator("#problems [role=alert]")
    expect(told).to_contain_text("Nothing of it was checked")
    expect(told).to_contain_text("larger than 20 MB")
    expect(page.locator("#before")).to_be_visible()


def test_a_large_snapshot_is_read_while_the_page_answers(open_page: OpenPage, tmp_path: Path) -> None:
    lines = "".join(f"      key-{i}: value number {i} of many\n" for i in range(330_000))
    text = snapshot_yaml(READY) + f"- type: NodeTopology\n  subtypes:\n  - subtype: other\n    data:\n{lines}"
    assert 12_000_000 < len(text) < 20_000_000
    large = tmp_path / "large.yaml"
    large.write_text(text, encoding="utf-8")
    page = open_page("validate/")
    page.locator("#files").set_input_files(large)
    expect(page.locator("#after")).to_be_visible(timeout=20_000)
    expect(page.locator("[data-criterion=accelerator]")).to_have_value("h100")


def test_criteria_can_be_changed(open_page: OpenPage) -> None:
    page = open_page("validate/")
    drop(page, ("s.yaml", snapshot_yaml(EKS_H100)))
    assert settled(page, "gb200-eks-training", "Not applicable") == "Not applicable"
    page.select_option("[data-criterion=accelerator]", "gb200")
    assert settled(page, "gb200-eks-training", "Fail") == "Fail"
    assert settled(page, "h100-eks-training", "Not applicable") == "Not applicable"


def test_a_recipe_shows_four_phases_with_what_to_do(open_page: OpenPage) -> None:
    page = open_page("validate/?recipe=h100-eks-ubuntu-training-kubeflow")
    drop(page, ("s.yaml", snapshot_yaml(EKS_H100)))
    expect(page.locator("#picked-head h2")).to_have_text("h100-eks-ubuntu-training-kubeflow")
    expect(page.locator("#report h3")).to_have_text(
        [
            "Readiness",
            "Deployment",
            "Performance",
            "Conformance",
        ]
    )
    rule = page.locator("#report .rule", has_text="K8s.server.version")
    expect(rule).to_contain_text("v1.30.14-eks-931bdca")
    expect(rule).to_contain_text("aws eks update-cluster-version")
    expect(rule).to_contain_text("overlays/")
    expect(page.locator("#report .rule", has_text="lifecycle")).to_contain_text(
        "EKS 1.35 is supported until 27 Mar 2027"
    )
    page.locator("#report summary", has_text="Deployment").click()
    expect(page.locator("[data-phase=deployment]")).to_contain_text("not in the snapshot")


def test_the_plan_makes_its_recipe_pass(open_page: OpenPage) -> None:
    page = open_page("validate/?recipe=h100-eks-ubuntu-training")
    drop(page, ("s.yaml", snapshot_yaml(EKS_H100)))
    row = page.locator("#plan > li.sel")
    expect(row.locator(".n")).to_contain_text("3 changes")
    row.locator("[data-try]").click()
    expect(page.locator("#vh")).to_contain_text("What if:")
    assert settled(page, "h100-eks-ubuntu-training", "Pass") == "Pass"
    page.locator("[data-reset-edits]").click()
    assert settled(page, "h100-eks-ubuntu-training", "Fail") == "Fail"


def test_an_edited_reading_moves_the_verdicts_and_says_so(open_page: OpenPage) -> None:
    page = open_page("validate/")
    drop(page, ("s.yaml", snapshot_yaml(EKS_H100)))
    page.locator("[data-reading='K8s.server.version']").fill("v1.35.2")
    expect(page.locator("#vh")).to_contain_text("What if: ")
    expect(page.locator(".wi.ed .was")).to_have_text("was v1.30.14-eks-931bdca")
    assert settled(page, "h100-eks-training", "Pass") == "Pass"
    page.locator("[data-reading='K8s.server.version']").fill("")
    expect(page.locator("#vh")).to_contain_text("What if: ")
    assert settled(page, "h100-eks-training", "Unknown") == "Unknown"


def test_two_snapshots_show_what_drifted_and_what_it_flips(open_page: OpenPage) -> None:
    page = open_page("validate/")
    drop(page, ("before.yaml", snapshot_yaml(EKS_H100)), ("after.yaml", snapshot_yaml(READY)))
    expect(page.locator("#fleet tbody tr")).to_have_count(2)
    page.locator("[data-case='1']").click()
    drift = page.locator("#drift")
    expect(drift).to_contain_text("3 readings differ")
    turned = drift.locator(".flips > li").evaluate_all(
        "rows => rows.filter(r => new Set([...r.querySelectorAll('.mark')].map(m => m.textContent)).size > 1).length"
    )
    expect(drift).to_contain_text(f"the verdict of {turned} recipes changes")
    flip = drift.locator(".flips > li", has_text="h100-eks-ubuntu-training-kubeflow")
    assert re.search(r"Fail\s+Pass", flip.inner_text())
    drift.locator("summary").click()
    expect(drift.locator("tbody tr")).to_have_count(3)


def expected_tests(site: Path, readings: dict[str, str]) -> object:
    """The tests of the command line's CTRF report for one recipe."""
    rules = json.loads((site / "api/v1/rules.json").read_text(encoding="utf-8"))
    snapshot = parse_snapshot(parse_yaml(snapshot_yaml(readings), "s.yaml", source_text=True).value)
    criteria = detect(snapshot, rules["detection"], rules["dimensions"]).criteria.as_dict()
    recipe = next(r for r in rules["recipes"] if r["id"] == "h100-eks-ubuntu-training")
    report = evaluate_recipe(recipe, snapshot, context_from_rules(rules, criteria))
    results = to_ctrf([report])["results"]
    assert isinstance(results, dict)
    return results["tests"]


def test_a_report_is_exported_in_four_forms(open_page: OpenPage, built_site: Path) -> None:
    page = open_page("validate/?recipe=h100-eks-ubuntu-training")
    readings = {**EKS_H100, "OS.release.VERSION_ID": "<b>22|04</b>"}
    drop(page, ("s.yaml", snapshot_yaml(readings)))
    texts = {}
    for form in ("html", "ctrf", "junit", "markdown"):
        with page.expect_download() as started:
            page.locator(f"#picked-head [data-export={form}]").click()
        texts[form] = Path(started.value.path()).read_text(encoding="utf-8")
    assert json.loads(texts["ctrf"])["results"]["tests"] == expected_tests(built_site, readings)
    suites = ElementTree.fromstring(texts["junit"])
    assert suites.find("testsuite/testcase/failure") is not None
    assert "<b>22" not in texts["html"] and "&lt;b&gt;22" in texts["html"]
    assert "\\<b\\>22\\|04" in texts["markdown"]


def test_a_link_carries_verdicts_and_no_reading(open_page: OpenPage) -> None:
    page = open_page("validate/")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    drop(
        page, ("secret-name.yaml", snapshot_yaml({**EKS_H100, "K8s.node.provider-id": "aws:///canary-zone"}))
    )
    expected = verdicts(page)
    page.locator("[data-share]").click()
    expect(page.locator("[data-share] span")).to_have_text("Copied")
    link = page.evaluate("navigator.clipboard.readText()")
    assert len(link) < 1000
    for hidden in ("1.30", "22.04", "canary", "secret", "550"):
        assert hidden not in link
    other = open_page(link.split("/", 3)[3])
    expect(other.locator("#shared")).to_contain_text("carries no reading")
    assert verdicts(other) == expected


def test_a_shared_mark_leads_to_its_recipe(open_page: OpenPage) -> None:
    page = open_page("validate/")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    drop(page, ("s.yaml", snapshot_yaml(READY)))
    expect(page.locator("#vh")).to_contain_text("meet readiness")
    title = page.locator("#vh").inner_text()
    page.locator("[data-share]").click()
    expect(page.locator("[data-share] span")).to_have_text("Copied")
    link = page.evaluate("navigator.clipboard.readText()").split("/", 3)[3]
    shared = open_page(link)
    expect(shared.locator("#shared h1")).to_have_text(title)
    mark = shared.locator("#shared [data-pick='h100-eks-training']")
    mark.hover()
    expect(shared.locator("#shared .vcap")).to_contain_text("h100-eks-training")
    mark.click()
    shared.wait_for_url("**/recipes/eks/h100-any/training/")


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda link: link[:-6], "cut short or altered"),
        (lambda link: link + "3p", "cut short or altered"),
        (
            lambda link: re.sub(r"1\.[0-9a-f]{12}\.", "1.0123456789ab.", link),
            "made with catalog 0123456789ab",
        ),
        (lambda link: link.split("#")[0] + "#verdicts=%E0%A4%A", "cut short or altered"),
    ],
)
def test_a_link_that_cannot_be_trusted_shows_no_verdict(
    open_page: OpenPage, spoil: Callable[[str], str], told: str
) -> None:
    page = open_page("validate/")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    drop(page, ("s.yaml", snapshot_yaml(READY)))
    page.locator("[data-share]").click()
    expect(page.locator("[data-share] span")).to_have_text("Copied")
    link = page.evaluate("navigator.clipboard.readText()").split("/", 3)[3]
    other = open_page(spoil(link))
    expect(other.locator("#shared")).to_contain_text("This link cannot be shown")
    expect(other.locator("#shared")).to_contain_text(told)
    expect(other.locator("#shared .vc")).to_have_count(0)
    other.locator("[data-leave]").click()
    expect(other.locator("#before")).to_be_visible()


@pytest.mark.parametrize(
    ("missing", "title"),
    [
        ("GPU.smi.gpu.model", "The accelerator is not known"),
        ("K8s.node.provider", "The service is not known"),
    ],
)
def test_no_recipe_passes_that_the_cluster_may_not_be_for(
    open_page: OpenPage, built_site: Path, missing: str, title: str
) -> None:
    readings = {name: text for name, text in READY.items() if name != missing}
    readings["K8s.server.version"] = "v1.35.2"  # without the vendor's suffix, which names the service too
    page = open_page("validate/")
    drop(page, ("s.yaml", snapshot_yaml(readings)))
    expect(page.locator("#vh")).to_have_text(title)
    dimension = "accelerator" if "accelerator" in title else "service"
    told = verdicts(page)
    stated = [
        r["id"]
        for r in matrix(built_site)["recipes"]
        if r["criteria"][dimension] != "any" and r["id"] in told
    ]
    assert stated and not {told[name] for name in stated} & {"Pass", "Warn"}
    page.select_option(f"[data-criterion={dimension}]", "h100" if dimension == "accelerator" else "eks")
    assert settled(page, "h100-eks-training", "Pass") == "Pass"


def test_criteria_set_by_hand_say_what_the_snapshot_says(open_page: OpenPage) -> None:
    page = open_page("validate/?recipe=gb200-eks-training")
    drop(page, ("s.yaml", snapshot_yaml(EKS_H100)))
    select = page.locator("[data-criterion=accelerator]")
    select.focus()
    select.select_option("gb200")
    expect(page.locator("#groups")).to_contain_text("Accelerator is set by hand; the snapshot says H100.")
    expect(select).to_be_focused()
    with page.expect_download() as started:
        page.locator("[data-export=markdown]").click()
    assert "accelerator h100 → gb200" in Path(started.value.path()).read_text(encoding="utf-8")


def test_a_bundle_packed_anew_by_gnu_tar_is_read_whole(
    open_page: OpenPage, built_site: Path, tmp_path: Path
) -> None:
    published = next(built_site.glob("bundles/*-helm.tar.gz"))
    folder = published.name.removesuffix(".tar.gz")
    made: dict[str, bytes] = {}
    for form, name in ((tarfile.GNU_FORMAT, "by gnu"), (tarfile.PAX_FORMAT, "by pax")):
        packed = io.BytesIO()
        with tarfile.open(published) as old, tarfile.open(fileobj=packed, mode="w:gz", format=form) as new:
            for member in old:
                member.mtime, member.uname = 1.5 if form == tarfile.PAX_FORMAT else 1, "somebody"
                new.addfile(member, old.extractfile(member))
            deep = tarfile.TarInfo(f"{folder}/{'deep/' * 30}planted.txt")
            new.addfile(deep, io.BytesIO(b""))
        made[f"{name}.tar.gz"] = packed.getvalue()
    for name, content in made.items():
        page = open_page("validate/")
        drop(page, (name, content))
        told = page.locator("#problems")
        expect(told).to_contain_text("Bundle does not verify: 2 problems")
        expect(told).to_contain_text(f"{'deep/' * 30}planted.txt is not listed in checksums.txt")
        expect(told).to_contain_text(f"cd {folder} && sha256sum -c checksums.txt")


def test_what_is_folded_is_printed_too(open_page: OpenPage) -> None:
    page = open_page("validate/")
    page.locator("[data-sample]").click()
    expect(page.locator("#report .ph")).to_have_count(4)
    before = page.locator("#report .ph[open]").count()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.locator("#report .ph[open]")).to_have_count(4)
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(page.locator("#report .ph[open]")).to_have_count(before)


def test_fields_hold_the_snapshots_readings_however_soon_its_criteria_change(open_page: OpenPage) -> None:
    page = open_page("validate/")
    page.evaluate(
        """() => new MutationObserver((_, observer) => {
          observer.disconnect();
          document.querySelector("[data-criterion=intent]").dispatchEvent(new Event("change", {bubbles: true}));
        }).observe(document.getElementById("after"), {attributeFilter: ["data-state"]})"""
    )
    drop(page, ("s.yaml", snapshot_yaml({**EKS_H100, "K8s.server.version": "v1.29.7"})))
    expect(page.locator("#whatif")).to_be_visible()
    expect(page.locator("[data-reading='K8s.server.version']")).to_have_value("v1.29.7")


def test_a_field_offers_what_recipes_ask_for(open_page: OpenPage) -> None:
    page = open_page("validate/")
    page.locator("[data-sample]").click()
    expect(page.locator("#whatif")).to_be_visible()
    page.locator("[data-reading='K8s.server.version']").focus()
    offered = page.locator("[data-reading='K8s.server.version'] + datalist option")
    expect(offered.first).to_have_attribute("value", re.compile(r"^1\.\d+"))


def test_a_bundle_is_checked_against_the_catalog_and_itself(open_page: OpenPage, built_site: Path) -> None:
    bundle = next(b for r in matrix(built_site)["recipes"] for b in r["bundles"])
    content = (built_site / bundle["url"]).read_bytes()
    page = open_page("validate/")
    drop(page, (Path(bundle["url"]).name, content))
    expect(page.locator("#problems")).to_contain_text("Bundle verifies")
    drop(page, (Path(bundle["url"]).name, altered(content)))
    expect(page.locator("#problems")).to_contain_text("does not verify")
    expect(page.locator("#problems")).to_contain_text("differs from its checksum")
    expect(page.locator("#problems")).to_contain_text("planted.sh is not listed in checksums.txt")


def altered(archive: bytes) -> bytes:
    """The bundle with its README changed and a file planted."""
    made = io.BytesIO()
    with (
        tarfile.open(fileobj=io.BytesIO(archive)) as old,
        tarfile.open(fileobj=made, mode="w:gz", format=tarfile.USTAR_FORMAT) as new,
    ):
        for member in old:
            content = old.extractfile(member).read() if member.isfile() else b""  # type: ignore[union-attr]
            if member.name.endswith("README.md"):
                content += b"\nmore\n"
            member.size = len(content)
            new.addfile(member, io.BytesIO(content))
        top = member.name.split("/")[0]
        planted = tarfile.TarInfo(f"{top}/planted.sh")
        planted.size = 3
        new.addfile(planted, io.BytesIO(b"ls\n"))
    return made.getvalue()


def test_it_works_from_a_folder_where_there_are_no_workers(open_page: OpenPage, built_site: Path) -> None:
    page = open_page((built_site / "validate/index.html").as_uri())
    lines = "".join(f"      key-{i}: value number {i} of many\n" for i in range(20_000))
    text = (
        snapshot_yaml(EKS_H100)
        + f"- type: SystemD\n  subtypes:\n  - subtype: other.service\n    data:\n{lines}"
    )
    drop(page, ("s.yaml", text))
    expect(page.locator("#vh")).to_have_text("No H100 recipe fits yet")


def test_everything_is_within_reach_of_a_phone(open_page: OpenPage) -> None:
    page = open_page("validate/", phone=True)
    page.locator("[data-sample]").click()
    expect(page.locator("#after")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


IMAGES = """() => [...document.styleSheets].flatMap(s => [...s.cssRules])
  .filter(r => /\\.vc\\.v-/.test(r.selectorText ?? '')).map(r => r.style.backgroundImage).filter(Boolean)"""


def wait_until(page: Page, condition: str) -> None:
    """Give the page ten seconds of frames for *condition*; the page's policy forbids what wait_for_function does."""
    assert page.evaluate(
        f"async () => {{ for (let i = 0; i < 600 && !({condition}); i++) "
        f"await new Promise(requestAnimationFrame); return {condition}; }}"
    )


def test_marks_are_drawn_once_as_pixels(open_page: OpenPage) -> None:
    page = open_page("validate/")
    wait_until(page, f"({IMAGES})().every(image => image.includes('image/png'))")
    assert len(set(page.evaluate(IMAGES))) == 10  # five verdicts in two colour schemes


def test_marks_stay_vectors_where_a_canvas_gives_back_noise(browser: Browser, site_address: str) -> None:
    page = browser.new_page()
    page.add_init_script(
        """const read = CanvasRenderingContext2D.prototype.getImageData;
        CanvasRenderingContext2D.prototype.getImageData = function (...asked) {
          const image = read.apply(this, asked);
          image.data[5] ^= 1;
          globalThis.noisy = true;
          return image;
        };"""
    )
    page.goto(f"{site_address}/validate/")
    wait_until(page, "globalThis.noisy === true")
    assert all(image.startswith('url("data:image/svg') for image in page.evaluate(IMAGES))
    page.close()
