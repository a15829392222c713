"""A folder as it is filled: what is written and what is moved lies at its address."""

from __future__ import annotations

from pathlib import Path

from generator.pipeline import Folder


def test_written_file_lies_at_its_address_and_is_read_again(tmp_path: Path) -> None:
    read = Folder(tmp_path / "site").write("api/v1/index.json", b"{}\n")
    assert (tmp_path / "site" / "api" / "v1" / "index.json").read_bytes() == read() == b"{}\n"


def test_file_written_twice_is_the_later_one(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.write("a.txt", b"a longer text")
    folder.write("a.txt", b"short")
    assert (tmp_path / "a.txt").read_bytes() == b"short"


def test_taken_files_keep_their_addresses_and_join_what_is_there(tmp_path: Path) -> None:
    waiting, site = tmp_path / "waiting", tmp_path / "site"
    Folder(waiting).write("bundles/a.tar.gz", b"a")
    Folder(waiting).write("top.txt", b"t")
    folder = Folder(site)
    folder.write("bundles/a.tar.gz.sha256", b"s")
    folder.take(waiting)
    found = {p.relative_to(site).as_posix(): p.read_bytes() for p in site.rglob("*") if p.is_file()}
    assert found == {"bundles/a.tar.gz": b"a", "bundles/a.tar.gz.sha256": b"s", "top.txt": b"t"}
    assert [p for p in waiting.rglob("*") if p.is_file()] == []
