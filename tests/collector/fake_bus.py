"""systemd's private socket, spoken by a server of the tests: authentication, one call, one reply of properties."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Variant = tuple[str, Any]
ALIGNMENT = {
    "y": 1,
    "b": 4,
    "n": 2,
    "q": 2,
    "i": 4,
    "u": 4,
    "x": 8,
    "t": 8,
    "d": 8,
    "s": 4,
    "o": 4,
    "g": 1,
    "v": 1,
}
FORMATS = {"y": "B", "b": "I", "n": "h", "q": "H", "i": "i", "u": "I", "x": "q", "t": "Q", "d": "d"}


def encode(signature: str, value: Any, at: int) -> bytes:
    """*value* in D-Bus' little-endian form, padded for standing *at* bytes into its message."""
    code = signature[0]
    pad = b"\0" * (-at % (ALIGNMENT.get(code) or {"a": 4}.get(code, 8)))
    at += len(pad)
    if code in FORMATS:
        return pad + struct.pack("<" + FORMATS[code], value)
    if code in "so":
        content = str(value).encode()
        return pad + struct.pack("<I", len(content)) + content + b"\0"
    if code == "g":
        return pad + bytes([len(value)]) + str(value).encode() + b"\0"
    if code == "v":
        kind, inner = value
        head = encode("g", kind, at)
        return pad + head + encode(kind, inner, at + len(head))
    if code == "a":
        item = signature[1:]
        body_at = at + 4
        gap = -body_at % (8 if item[0] in "({" else ALIGNMENT.get(item[0]) or 4)
        body = b""
        for one in value.items() if item[0] == "{" else value:
            body += encode(item, one, body_at + gap + len(body))
        return pad + struct.pack("<I", len(body)) + b"\0" * gap + body
    found = b""
    parts = list(signature[1:-1]) if signature != "{sv}" else ["s", "v"]
    for part, one in zip(parts, value, strict=True):
        found += encode(part, one, at + len(found))
    return pad + found


@dataclass
class FakeBus:
    """Units by object path; `refuse` ends authentication, `garbage` answers with bytes that are no D-Bus."""

    units: Mapping[str, Mapping[str, Variant]] = field(default_factory=dict)
    refuse: bool = False
    garbage: bytes = b""
    calls: list[str] = field(default_factory=list)

    def serve(self, connection: socket.socket) -> None:
        file = connection.makefile("rwb")
        file.readline()
        file.write(b"REJECTED EXTERNAL\r\n" if self.refuse else b"OK 0123456789abcdef0123456789abcdef\r\n")
        file.flush()
        if self.refuse:
            return
        file.readline()  # BEGIN
        while True:
            start = file.read(16)
            if len(start) < 16:
                return
            length, serial, fields = struct.unpack("<III", start[4:])
            rest = file.read((fields + 7) // 8 * 8 + length)
            path = next(
                p for p in [*self.units, "", "/org/freedesktop/DBus"] if p.encode() + b"\0" in rest or not p
            )
            self.calls.append(path)
            file.write(self.garbage or self._reply(serial, path))
            file.flush()

    def _reply(self, serial: int, path: str) -> bytes:
        body = encode("a{sv}", self.units.get(path, {"LoadState": ("s", "not-found")}), 0)
        header = [(5, ("u", serial)), (8, ("g", "a{sv}"))]
        # A signal in between: a client must not take it for its answer.
        signal = struct.pack("<BBBBIII", ord("l"), 4, 0, 1, 0, 7, 0)
        fields = b""
        for code, variant in header:
            fields += b"\0" * (-len(fields) % 8) + bytes([code]) + encode("v", variant, len(fields) % 8 + 1)
        start = struct.pack("<BBBBIII", ord("l"), 2, 0, 1, len(body), 900 + serial, len(fields))
        return signal + start + fields + b"\0" * (-len(fields) % 8) + body


@contextmanager
def listening(bus: FakeBus, path: Path) -> Iterator[FakeBus]:
    """The bus behind a Unix socket at *path*."""
    path.parent.mkdir(parents=True, exist_ok=True)
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind(str(path))
    server.listen()

    def accept() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                try:
                    bus.serve(connection)
                except OSError:
                    continue

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield bus
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(timeout=5)
