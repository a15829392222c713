"""Verification: what is tampered with is named, nothing is written, and a rebuild proves the rest."""

from __future__ import annotations

import gzip
import io
import os
import random
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.bundle import (
    Assignment,
    BundleOptions,
    Toleration,
    build_bundle,
    bundle_name,
    pack_gz,
    pack_tar,
    rebuild_check,
    verify_directory,
    verify_tarball,
)
from generator.bundle import verify as verifying
from generator.bundle.checksums import checksums
from generator.engine.resolve import resolve_recipe
from tests.bundle.small import BASE, small_catalog, small_recipe
from tests.bundle.stubs import write_bundle

CATALOG = small_catalog()
RECIPE = small_recipe(CATALOG)
FILES = build_bundle(CATALOG, RECIPE)
NAME = bundle_name(RECIPE, "helm")
TAR = pack_tar(NAME, FILES)


def kinds(content: bytes) -> set[tuple[str, str]]:
    return {(finding.kind, finding.path) for finding in verify_tarball(content).findings}


def test_a_bundle_verifies_as_archive_tar_and_folder(tmp_path: Path) -> None:
    whole = verify_tarball(pack_gz(TAR))
    assert (whole.ok, whole.files) == (True, len(FILES) - 1)
    assert whole.tar_sha256 == verify_tarball(TAR).sha256
    assert verify_directory(write_bundle(tmp_path, FILES)).ok


def change(path: Path) -> None:
    target = path / "operator/values.yaml"
    target.write_bytes(target.read_bytes() + b"#")


def edit_list(edit: Callable[[str], str]) -> Callable[[Path], None]:
    def apply(path: Path) -> None:
        target = path / "checksums.txt"
        target.write_text(edit(target.read_text()))

    return apply


def link(path: Path) -> None:
    target = path / "README.md"
    (path.parent / "outside").write_bytes(target.read_bytes())
    target.unlink()
    target.symlink_to(path.parent / "outside")


def link_folder(path: Path) -> None:
    (path / "dra").rename(path.parent / "dra")
    (path / "dra").symlink_to(path.parent / "dra")


TAMPERED: dict[str, tuple[Callable[[Path], object], set[tuple[str, str]]]] = {
    "a changed file": (change, {("changed", "operator/values.yaml")}),
    "an added file": (lambda p: (p / "dra/new.yaml").write_text("a"), {("extra", "dra/new.yaml")}),
    "a hidden file": (lambda p: (p / ".hidden").write_text("a"), {("extra", ".hidden")}),
    "an empty folder": (lambda p: (p / "void").mkdir(), {("extra", "void")}),
    "a removed file": (lambda p: (p / "recipe.yaml").unlink(), {("missing", "recipe.yaml")}),
    "a renamed file": (
        lambda p: (p / "recipe.yaml").rename(p / "other.yaml"),
        {("missing", "recipe.yaml"), ("extra", "other.yaml")},
    ),
    "a symbolic link": (link, {("symlink", "README.md")}),
    "a linked folder": (
        link_folder,
        {("symlink", "dra"), ("missing", "dra/values.yaml"), ("missing", "dra/README.md")},
    ),
    "a pipe": (lambda p: os.mkfifo(p / "pipe"), {("special", "pipe")}),
    "no list": (lambda p: (p / "checksums.txt").unlink(), {("missing", "checksums.txt")}),
    "a list cut off": (edit_list(lambda text: text[:-1]), {("list", "checksums.txt")}),
    "a reordered list": (
        edit_list(lambda text: "".join(reversed(text.splitlines(keepends=True)))),
        {("list", "checksums.txt")},
    ),
    "a doubled line": (
        edit_list(lambda text: text + text.splitlines()[-1] + "\n"),
        {("list", "checksums.txt")},
    ),
    "a path that leads out": (
        edit_list(lambda text: f"{'0' * 64}  ../../etc/passwd\n" + text),
        {("list", "checksums.txt")},
    ),
}


@pytest.mark.parametrize("case", TAMPERED)
def test_tampering_with_a_folder_is_named(tmp_path: Path, case: str) -> None:
    tamper, expected = TAMPERED[case]
    folder = write_bundle(tmp_path / "bundle", FILES)
    tamper(folder)
    outcome = verify_directory(folder)
    assert {(finding.kind, finding.path) for finding in outcome.findings} == expected


def test_an_empty_list_verifies_nothing(tmp_path: Path) -> None:
    folder = write_bundle(tmp_path, FILES)
    (folder / "checksums.txt").write_text("")
    found = verify_directory(folder).findings
    assert any("is empty" in finding.text for finding in found)
    assert len([finding for finding in found if finding.kind == "extra"]) == len(FILES) - 1


def test_any_flipped_byte_of_an_archive_is_found() -> None:
    packed = pack_gz(TAR)
    chooser = random.Random(7)
    for content, places in (
        (
            packed,
            [*range(40), *chooser.sample(range(len(packed)), 200), *range(len(packed) - 12, len(packed))],
        ),
        (TAR, [*range(600), *chooser.sample(range(len(TAR)), 300), len(TAR) - 1]),
    ):
        for place in places:
            flipped = bytearray(content)
            flipped[place] ^= 1 << chooser.randrange(8)
            assert not verify_tarball(bytes(flipped)).ok, place


@pytest.mark.parametrize("kept", [0, 1, 9, 500, -1, -700, -2000])
def test_a_truncated_archive_is_found(kept: int) -> None:
    assert not verify_tarball(TAR[:kept]).ok
    assert not verify_tarball(pack_gz(TAR)[:kept]).ok


def other_tar(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for member, content in members:
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return out.getvalue()


def member(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = target
    return info


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ([(member("top/../../evil"), b"x")], ("traversal", "top/../../evil")),
        ([(member("/etc/evil"), b"x")], ("traversal", "/etc/evil")),
        ([(member("top/a\\b"), b"x")], ("traversal", "top/a\\b")),
        ([(member("top/link", tarfile.SYMTYPE, "/etc/passwd"), b"")], ("symlink", "top/link")),
        ([(member("top/hard", tarfile.LNKTYPE, "top/a"), b"")], ("symlink", "top/hard")),
        ([(member("top/pipe", tarfile.FIFOTYPE), b"")], ("special", "top/pipe")),
        ([(member("top/a"), b"x"), (member("else/b"), b"y")], ("extra", "else/b")),
        ([(member("top/a"), b"x"), (member("top/a"), b"y")], ("twice", "a")),
    ],
)
def test_an_archive_that_reaches_out_is_refused(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    members: list[tuple[tarfile.TarInfo, bytes]],
    expected: tuple[str, str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert expected in kinds(gzip.compress(other_tar(*members)))
    assert list(tmp_path.iterdir()) == []


def test_a_reordered_archive_is_found() -> None:
    assert TAR[: 512 * 3] in TAR
    files = dict(FILES)
    members = [(member(f"{NAME}/{path}"), files[path]) for path in sorted(files, reverse=True)]
    assert ("form", "") in kinds(other_tar(*members))


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "MAX_TAR", 2**20)
    assert ("too-large", "") in kinds(pack_gz(bytes(2**21)))
    huge = bytearray(TAR[:512])
    huge[124:136] = b"77777777777\0"
    huge[148:156] = b" " * 8
    huge[148:156] = b"%06o\0 " % sum(huge)
    assert {kind for kind, _ in kinds(bytes(huge) + TAR[512:])} >= {"too-large"}


def test_too_many_members_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "MAX_FILES", 5)
    assert ("too-many", "") in kinds(TAR)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", os.urandom(5000), bytes(4096)])
def test_what_is_no_archive_is_said_so(content: bytes) -> None:
    assert not verify_tarball(content).ok


OPTIONS = BundleOptions(
    assignments=(Assignment("op", "a=1"), Assignment("op", "b", "set-file", "text\n")),
    values=(("dra", {"x": [1, {"y": None}]}),),
    accelerated_tolerations=(Toleration("gpu", "", "NoSchedule"),),
    workload_gate=Toleration("g", "v", "NoSchedule"),
    nodes=4,
)


@pytest.mark.parametrize("options", [BundleOptions(), OPTIONS], ids=["defaults", "every kind of option"])
def test_a_bundle_can_be_made_again(options: BundleOptions) -> None:
    packed = pack_gz(pack_tar(NAME, build_bundle(CATALOG, RECIPE, "helm", options)))
    outcome = rebuild_check(CATALOG, packed, resolve_recipe)
    assert (outcome.same, outcome.same_gz, outcome.differences) == (True, True, ())


def test_a_rebuild_from_another_catalog_says_what_differs() -> None:
    other = small_catalog(base=BASE.replace("flavour: sweet", "flavour: sour"))
    outcome = rebuild_check(other, pack_gz(TAR), resolve_recipe)
    assert not outcome.same
    assert "the bundle was made from another catalog; its digest differs" in outcome.differences
    assert "extras/values.yaml differs" in outcome.differences


def test_a_consistent_forgery_does_not_survive_a_rebuild() -> None:
    forged = {**FILES, "operator/values.yaml": b"evil: true\n"}
    forged["checksums.txt"] = checksums(forged)
    packed = pack_gz(pack_tar(NAME, forged))
    assert verify_tarball(packed).ok
    outcome = rebuild_check(CATALOG, packed, resolve_recipe)
    assert not outcome.same
    assert "operator/values.yaml differs" in outcome.differences


@pytest.mark.parametrize(
    "record",
    [b"", b"{", b"[]", b'{"schemaVersion": 1}', b'{"schemaVersion": 99}'],
)
def test_a_record_that_cannot_be_read_is_said_so(record: bytes) -> None:
    files = {**FILES, "build.json": record}
    files["checksums.txt"] = checksums(files)
    outcome = rebuild_check(CATALOG, pack_gz(pack_tar(NAME, files)), resolve_recipe)
    assert not outcome.same
    assert "build.json" in outcome.differences[0]
