"""Checks a bundle, as a folder or an archive: every file is listed and unchanged, and nothing else is there.

Reads only; nothing is ever unpacked to disk.
"""

from __future__ import annotations

import hashlib
import os
import stat
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from generator.bundle.checksums import NAME, read_checksums, safe_path
from generator.bundle.pack import GZIP_HEADER, pack_gz, pack_tar

MAX_FILE = 64 * 1024 * 1024
MAX_TAR = 256 * 1024 * 1024
MAX_FILES = 10_000
_BLOCK = 512


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing that is wrong: `path` is inside the bundle ("" for the whole), `kind` one word, `text` a sentence."""

    path: str
    kind: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}: {self.text}" if self.path else self.text


@dataclass(frozen=True, slots=True)
class Verification:
    """The outcome: no findings means that every listed file is there, unchanged, and nothing else is."""

    findings: tuple[Finding, ...]
    files: int  # how many files were compared
    sha256: str  # of the archive as given, "" for a folder
    tar_sha256: str  # of the tar inside, "" for a folder or where there is none

    @property
    def ok(self) -> bool:
        """Whether the bundle verifies."""
        return not self.findings

    def as_dict(self) -> dict[str, object]:
        """The outcome as plain values."""
        return {
            "ok": self.ok,
            "files": self.files,
            "sha256": self.sha256,
            "tarSha256": self.tar_sha256,
            "findings": [{"path": f.path, "kind": f.kind, "text": f.text} for f in self.findings],
        }


def verify_directory(folder: Path) -> Verification:
    """Compare the folder with its checksums.txt. OSError where the folder itself cannot be read."""
    findings: list[Finding] = []
    digests: dict[str, str] = {}
    listing = b""
    for path, entry in _walk(folder, findings):
        kind = _kind_of(entry.stat(follow_symlinks=False).st_mode)
        if kind != "file":
            text = f"is a {kind}; a bundle holds plain files only"
            findings.append(Finding(path, "symlink" if kind == "symbolic link" else "special", text))
            continue
        if not safe_path(path):
            findings.append(Finding(ascii(path), "extra", "has a name that no bundle has"))
            continue
        try:
            content = _read(Path(entry.path))
        except OSError as error:
            findings.append(Finding(path, "unreadable", f"cannot be read ({error.strerror})"))
            digests[path] = ""
            continue
        if content is None:
            findings.append(Finding(path, "too-large", f"is larger than {MAX_FILE // 2**20} MiB"))
            digests[path] = ""
        elif path == NAME:
            listing = content
            digests[path] = ""
        else:
            digests[path] = hashlib.sha256(content).hexdigest()
    return _compare(digests, listing, findings, "", "")


def _walk(folder: Path, findings: list[Finding]) -> Iterator[tuple[str, os.DirEntry[str]]]:
    waiting = [(folder, "")]
    seen = 0
    while waiting:
        here, prefix = waiting.pop()
        with os.scandir(here) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
        if not found and prefix:
            findings.append(Finding(prefix.rstrip("/"), "extra", "is an empty folder; no bundle has one"))
        for entry in found:
            seen += 1
            if seen > MAX_FILES:
                findings.append(Finding("", "too-many", f"the folder holds more than {MAX_FILES} entries"))
                return
            path = prefix + entry.name
            if entry.is_dir(follow_symlinks=False):
                waiting.append((Path(entry.path), path + "/"))
            else:
                yield path, entry


def _kind_of(mode: int) -> str:
    if stat.S_ISREG(mode):
        return "file"
    if stat.S_ISLNK(mode):
        return "symbolic link"
    for test, word in ((stat.S_ISFIFO, "pipe"), (stat.S_ISSOCK, "socket")):
        if test(mode):
            return word
    return "device"


def _read(path: Path) -> bytes | None:
    """The file's bytes, None when it is too large; a link put there meanwhile is not followed."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        content = file.read(MAX_FILE + 1)
    return content if len(content) <= MAX_FILE else None


def verify_tarball(content: bytes) -> Verification:
    """Check a .tar.gz or .tar: its form byte by byte, then its files against its checksums.txt."""
    findings: list[Finding] = []
    digest = hashlib.sha256(content).hexdigest()
    tar = _unzip(content, findings) if content[:2] == GZIP_HEADER[:2] else content
    if tar is None:
        return Verification(tuple(findings), 0, digest, "")
    tar_digest = hashlib.sha256(tar).hexdigest()
    top, files = read_tar(tar, findings)
    if not files:
        if not findings:
            findings.append(Finding("", "empty", "the archive holds no file"))
        return Verification(tuple(findings), 0, digest, tar_digest)
    if not findings:
        _check_form(top, files, tar, findings)
    if not findings and tar is not content:
        # A flipped bit in deflate's padding changes nothing that is unpacked, and not the length either;
        # another version of the compressor changes both.
        again = pack_gz(tar)
        _form_finding(again == content or len(again) != len(content), findings)
    digests = {path: hashlib.sha256(data).hexdigest() for path, data in files.items() if path != NAME}
    if NAME in files:
        digests[NAME] = ""
    return _compare(digests, files.get(NAME, b""), findings, digest, tar_digest)


def read_archive(content: bytes) -> tuple[str, dict[str, bytes], bytes]:
    """The top folder, the files and the tar of an archive that verifies; ValueError for any other."""
    findings: list[Finding] = []
    tar = _unzip(content, findings) if content[:2] == GZIP_HEADER[:2] else content
    top, files = read_tar(tar or b"", findings)
    if findings:
        raise ValueError("; ".join(str(finding) for finding in findings))
    return top, files, tar or b""


def _unzip(content: bytes, findings: list[Finding]) -> bytes | None:
    """The tar inside, never more than MAX_TAR of it; None where it cannot be had."""
    if content[: len(GZIP_HEADER)] != GZIP_HEADER:
        text = "the gzip header is not the one this project writes; unpack the archive and verify the folder"
        findings.append(Finding("", "form", text))
    stream = zlib.decompressobj(wbits=31)
    try:
        tar = stream.decompress(content, MAX_TAR + 1)
    except zlib.error as error:
        findings.append(Finding("", "damaged", f"the archive is damaged: {error}"))
        return None
    if len(tar) > MAX_TAR:
        text = f"the archive unpacks to more than {MAX_TAR // 2**20} MiB"
        findings.append(Finding("", "too-large", text))
        return None
    if not stream.eof:
        findings.append(Finding("", "truncated", "the archive ends too early"))
        return None
    if stream.unused_data:
        text = f"{len(stream.unused_data)} bytes follow the end of the archive"
        findings.append(Finding("", "extra", text))
    return tar


def read_tar(tar: bytes, findings: list[Finding]) -> tuple[str, dict[str, bytes]]:
    """The top folder's name and the plain files below it; what else the archive holds is a finding."""
    files: dict[str, bytes] = {}
    top = ""
    at = 0
    while at + _BLOCK <= len(tar):
        header = tar[at : at + _BLOCK]
        if not any(header):
            return top, files
        member = _member(header, findings, at)
        if member is None:
            return top, files
        path, kind, size = member
        at += _BLOCK
        data = tar[at : at + size]
        if len(data) < size:
            findings.append(Finding(_shown(path), "truncated", "is cut off; the archive ends too early"))
            return top, files
        at += size + -size % _BLOCK
        if len(files) >= MAX_FILES:
            findings.append(Finding("", "too-many", f"the archive holds more than {MAX_FILES} files"))
            return top, files
        if kind == "5" and safe_path(path.rstrip("/")):
            continue
        if kind not in ("0", "\0"):
            word = {"1": "hard link", "2": "symbolic link"}.get(kind, "special file")
            kind = "symlink" if word.endswith("link") else "special"
            findings.append(Finding(_shown(path), kind, f"is a {word}; a bundle holds plain files only"))
            continue
        if not safe_path(path):
            findings.append(Finding(_shown(path), "traversal", "leads out of the bundle or is no plain path"))
            continue
        folder, _, inner = path.partition("/")
        if not inner or (top and folder != top):
            findings.append(Finding(_shown(path), "extra", "lies outside the bundle's top folder"))
            continue
        top = folder
        if inner in files:
            findings.append(Finding(inner, "twice", "stands in the archive twice"))
            continue
        files[inner] = data
    findings.append(Finding("", "truncated", "the archive ends without its end mark"))
    return top, files


def _member(header: bytes, findings: list[Finding], at: int) -> tuple[str, str, int] | None:
    """(path, type, size) of a member's header; None where it is damaged."""
    try:
        stated = int(header[148:156].strip(b"\0 ") or b"x", 8)
        size = int(header[124:136].strip(b"\0 ") or b"x", 8)
        name = header[:100].rstrip(b"\0").decode()
        prefix = header[345:500].rstrip(b"\0").decode()
    except (ValueError, UnicodeDecodeError):
        findings.append(Finding("", "damaged", f"the archive's member at byte {at} has no readable header"))
        return None
    if sum(header[:148]) + 8 * 32 + sum(header[156:]) != stated or size < 0:
        findings.append(Finding("", "damaged", f"the archive's member at byte {at} has a damaged header"))
        return None
    path = f"{prefix}/{name}" if prefix else name
    if size > MAX_FILE:
        text = f"is larger than {MAX_FILE // 2**20} MiB"
        findings.append(Finding(_shown(path), "too-large", text))
        return None
    return path, chr(header[156]), size


def _check_form(top: str, files: Mapping[str, bytes], tar: bytes, findings: list[Finding]) -> None:
    """The archive is exactly what this project writes for these files: order, modes, times, padding."""
    try:
        same = pack_tar(top, files) == tar
    except ValueError:
        same = False
    _form_finding(same, findings)


def _form_finding(same: bool, findings: list[Finding]) -> None:
    if not same:
        text = (
            "the archive's own bytes (order, modes, times or padding) differ from the form this project "
            "writes; unpack it and verify the folder"
        )
        findings.append(Finding("", "form", text))


def _compare(
    digests: Mapping[str, str], listing: bytes, findings: list[Finding], digest: str, tar_digest: str
) -> Verification:
    if NAME not in digests:
        findings.append(Finding(NAME, "missing", "is missing; without it nothing can be verified"))
        return Verification(tuple(findings), 0, digest, tar_digest)
    try:
        listed, wrong = read_checksums(listing.decode())
    except UnicodeDecodeError:
        listed, wrong = {}, ["is not text"]
    findings += [Finding(NAME, "list", text) for text in wrong]
    known = {finding.path for finding in findings}
    compared = 0
    for path, wanted in sorted(listed.items()):
        if path not in digests:
            if path not in known:
                findings.append(Finding(path, "missing", f"is listed in {NAME} and missing"))
        elif digests[path]:
            compared += 1
            if digests[path] != wanted:
                findings.append(Finding(path, "changed", f"was changed: its digest is {digests[path]}"))
    findings += [
        Finding(path, "extra", f"is not listed in {NAME}")
        for path in sorted(digests)
        if path != NAME and path not in listed
    ]
    return Verification(tuple(findings), compared, digest, tar_digest)


def _shown(path: str) -> str:
    return path if path.isprintable() and len(path) <= 200 else ascii(path[:200])
