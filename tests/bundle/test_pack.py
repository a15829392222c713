"""The archive's fixed form."""

from __future__ import annotations

import gzip
import io
import tarfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from generator.bundle import build_bundle, bundle_name, pack_gz, pack_tar
from generator.bundle.pack import MTIME
from tests.bundle.small import small_catalog, small_recipe

FILES = {
    "run.sh": b"#!/bin/sh\n",
    "a/b.txt": b"x" * 513,
    "empty": b"",
    "a/" + "long-name/" * 15 + "file.yaml": b"deep",
}


def reference_tar(name: str, files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path in sorted(files):
            member = tarfile.TarInfo(f"{name}/{path}")
            member.size = len(files[path])
            member.mtime = MTIME
            member.mode = 0o755 if path.endswith(".sh") else 0o644
            tar.addfile(member, io.BytesIO(files[path]))
    return out.getvalue()


def test_it_is_the_ustar_the_standard_library_writes() -> None:
    expected = reference_tar("top", FILES).rstrip(b"\0")
    made = pack_tar("top", FILES)
    assert made.rstrip(b"\0") == expected
    assert len(made) % 512 == 0
    assert made.endswith(bytes(1024))


def test_any_tool_reads_the_compressed_form() -> None:
    packed = pack_gz(pack_tar("top", FILES))
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        read = {m.name.partition("/")[2]: tar.extractfile(m).read() for m in tar}  # type: ignore[union-attr]
    assert read == FILES
    assert gzip.decompress(packed) == pack_tar("top", FILES)
    assert packed[3:8] == bytes(5)  # no name, no time


def test_the_order_of_files_does_not_matter() -> None:
    assert pack_tar("top", dict(reversed(FILES.items()))) == pack_tar("top", FILES)


@pytest.mark.parametrize("path", ["x" * 101, "a/" * 140 + "b"])
def test_a_path_that_does_not_fit_is_an_error(path: str) -> None:
    with pytest.raises(ValueError, match="too long"):
        pack_tar("top", {path: b""})


def packed_small() -> bytes:
    catalog = small_catalog()
    recipe = small_recipe(catalog)
    return pack_gz(pack_tar(bundle_name(recipe, "helm"), build_bundle(catalog, recipe)))


def test_processes_beside_each_other_pack_the_same_bytes() -> None:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        futures = [pool.submit(packed_small) for _ in range(4)]
        assert {future.result() for future in futures} == {packed_small()}
