"""Packs files into one fixed form of tar and gzip: equal files are equal bytes, on any machine.

The tar is ustar, members sorted by path below one top folder, owner 0, one time; the gzip header is ours.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping

import deflate

# 1980-01-01, the earliest time zip and careful unpackers take.
MTIME = 315532800
LEVEL = 6
# No name, no time, no flags; 255 is "unknown system".
GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_BLOCK = 512
_ZEROS = bytes(_BLOCK)
_EXECUTABLE = ".sh"


def pack_tar(name: str, files: Mapping[str, bytes]) -> bytes:
    """The tar of *files* below the folder *name*; ValueError where a path does not fit ustar."""
    parts = []
    for path in sorted(files):
        content = files[path]
        parts.append(_header(f"{name}/{path}", len(content)))
        parts.append(content)
        parts.append(_ZEROS[: -len(content) % _BLOCK])
    parts.append(bytes(2 * _BLOCK))
    return b"".join(parts)


def pack_gz(tar: bytes) -> bytes:
    """The gzip of *tar*; the same bytes wherever the locked compressor runs."""
    tail = zlib.crc32(tar).to_bytes(4, "little") + (len(tar) & 0xFFFFFFFF).to_bytes(4, "little")
    return b"".join((GZIP_HEADER, bytes(deflate.deflate_compress(tar, LEVEL)), tail))


# The parts of a header that never vary, and what each part with the checksum's own blanks adds to the checksum.
_OWNER = b"0000000\0" * 2
_TIME = b"%011o\0" % MTIME
_KIND = b"0" + bytes(100) + b"ustar\x0000" + bytes(64 + 16)
_PLAIN, _SCRIPT = b"0000644\0", b"0000755\0"
_FIXED_SUM = sum(_OWNER + _TIME + b" " * 8 + _KIND)


def _header(path: str, size: int) -> bytes:
    name, prefix = _split(path)
    mode = _SCRIPT if path.endswith(_EXECUTABLE) else _PLAIN
    length = b"%011o\0" % size
    # Summing the parts that vary is an order of magnitude cheaper than summing the block.
    checksum = b"%06o\0 " % (_FIXED_SUM + sum(name) + sum(mode) + sum(length) + sum(prefix))
    parts = (name.ljust(100, b"\0"), mode, _OWNER, length, _TIME, checksum, _KIND, prefix.ljust(167, b"\0"))
    return b"".join(parts)


def _split(path: str) -> tuple[bytes, bytes]:
    """A path as ustar's name and prefix, split at the first slash that leaves a name."""
    raw = path.encode()
    if len(raw) <= 100:
        return raw, b""
    at = raw.find(b"/", len(raw) - 101)
    if 0 < at <= 155 and at < len(raw) - 1:
        return raw[at + 1 :], raw[:at]
    raise ValueError(f"the path is too long for a tar archive: {path[:80]}...")
