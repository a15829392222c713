"""A D-Bus client as small as reading unit properties allows: connect, authenticate, call, decode."""

from __future__ import annotations

import os
import socket
import struct
from typing import Any, Dict, List, Tuple

from collector.readings import Scalar

TIMEOUT = 5.0  # seconds per answer
MAX_MESSAGE = 4 * 1024 * 1024  # bytes; the protocol allows 128 MiB, a unit's properties take some 20 KiB
MAX_DEPTH = 32  # the protocol's own limit of nested arrays
SIZES = {"y": 1, "b": 4, "n": 2, "q": 2, "i": 4, "u": 4, "h": 4, "x": 8, "t": 8, "d": 8}
FORMATS = {"y": "B", "b": "I", "n": "h", "q": "H", "i": "i", "u": "I", "h": "I", "x": "q", "t": "Q", "d": "d"}
ALIGNMENT = {"s": 4, "o": 4, "g": 1, "v": 1, "a": 4, "(": 8, "{": 8, **SIZES}
METHOD_CALL, METHOD_RETURN, ERROR = 1, 2, 3


class BusError(Exception):
    """systemd could not be asked; the text says why."""


def unit_path(unit: str) -> str:
    """The object path of a unit: every byte that is no ASCII letter or digit becomes `_xx`."""
    escaped = "".join(c if c.isascii() and c.isalnum() else f"_{ord(c):02x}" for c in unit)
    return f"/org/freedesktop/systemd1/unit/{escaped}"


class Bus:
    """An authenticated connection: to systemd itself (*peer*), or through the system bus, which wants a Hello."""

    def __init__(self, connection: socket.socket, peer: bool) -> None:
        self.connection = connection
        self.peer = peer
        self.serial = 0

    def close(self) -> None:
        self.connection.close()

    def unit_properties(self, unit: str) -> Dict[str, Scalar]:
        """Every property of *unit* in AICR's text forms; {} where systemd refuses the unit."""
        signature, body = self.call(
            unit_path(unit),
            "org.freedesktop.DBus.Properties",
            "GetAll",
            "s",
            [""],
            "org.freedesktop.systemd1",
        )
        if signature != "a{sv}":
            return {}
        return {name: property_text(kind, value) for name, (kind, value) in body[0].items()}

    def hello(self) -> None:
        self.call("/org/freedesktop/DBus", "org.freedesktop.DBus", "Hello", "", [], "org.freedesktop.DBus")

    def call(
        self,
        path: str,
        interface: str,
        member: str,
        signature: str,
        arguments: List[str],
        destination: str,
    ) -> Tuple[str, List[Any]]:
        """The signature and values of the reply; ("", []) for an error reply."""
        self.serial += 1
        message = _method_call(
            self.serial, path, interface, member, signature, arguments, "" if self.peer else destination
        )
        try:
            self.connection.sendall(message)
            while True:
                kind, reply_to, reply_signature, body = self._receive()
                if reply_to == self.serial and kind in (METHOD_RETURN, ERROR):
                    return (reply_signature, body) if kind == METHOD_RETURN else ("", [])
        except socket.timeout:
            raise BusError(f"no answer in {TIMEOUT:.0f} s") from None
        except OSError as error:
            raise BusError((error.strerror or "connection lost").lower()) from None
        except (struct.error, ValueError, IndexError, KeyError):
            raise BusError("the answer is not D-Bus") from None

    def _receive(self) -> Tuple[int, int, str, List[Any]]:
        start = self._exactly(16)
        order = {ord("l"): "<", ord("B"): ">"}[start[0]]
        body_length, _, fields_length = struct.unpack(order + "III", start[4:16])
        if body_length + fields_length > MAX_MESSAGE:
            raise ValueError("oversized message")
        rest = self._exactly((fields_length + 7) // 8 * 8 + body_length)
        header = _Reader(start + rest[: (fields_length + 7) // 8 * 8], order, 12)
        fields = {code: value for code, (_, value) in header.value("a(yv)")}
        signature = str(fields.get(8, ""))
        body = _Reader(rest[(fields_length + 7) // 8 * 8 :], order, 0)
        values = [body.value(part) for part in split_signature(signature)] if body_length else []
        return start[1], int(fields.get(5, 0)), signature, values

    def _exactly(self, count: int) -> bytes:
        content = b""
        while len(content) < count:
            piece = self.connection.recv(min(65536, count - len(content)))
            if not piece:
                raise OSError(0, "connection closed")
            content += piece
        return content


def open_bus(path: str, peer: bool) -> Bus:
    """Connect to the socket and authenticate as this process's user; raises BusError with the reason."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(TIMEOUT)
    try:
        connection.connect(path)
        user = str(os.geteuid()).encode().hex()
        connection.sendall(b"\0AUTH EXTERNAL " + user.encode() + b"\r\n")
        answer = _line(connection)
        if not answer.startswith(b"OK "):
            raise BusError("authentication refused; run as root to see it")
        connection.sendall(b"BEGIN\r\n")
        bus = Bus(connection, peer)
        if not peer:
            bus.hello()
        return bus
    except BusError:
        connection.close()
        raise
    except socket.timeout:
        connection.close()
        raise BusError(f"no answer in {TIMEOUT:.0f} s") from None
    except OSError as error:
        connection.close()
        words = {2: "not there", 13: "permission denied; run as root to see it", 111: "nobody listens"}
        raise BusError(words.get(error.errno or 0, (error.strerror or "not reachable").lower())) from None


def _line(connection: socket.socket) -> bytes:
    text = b""
    while not text.endswith(b"\r\n"):
        piece = connection.recv(1)
        if not piece or len(text) > 1024:
            raise BusError("authentication broken off; run as root to see it")
        text += piece
    return text


def split_signature(signature: str) -> List[str]:
    """The complete types of a signature: `sa{sv}` is `s` and `a{sv}`; raises ValueError where it is none."""
    parts: List[str] = []
    index = 0
    while index < len(signature):
        end = _type_end(signature, index, 0)
        parts.append(signature[index:end])
        index = end
    return parts


def _type_end(signature: str, index: int, depth: int) -> int:
    if depth > MAX_DEPTH:
        raise ValueError("a signature nested too deep")
    code = signature[index]
    if code == "a":
        return _type_end(signature, index + 1, depth + 1)
    if code in "({":
        close = {"(": ")", "{": "}"}[code]
        index += 1
        while signature[index] != close:
            index = _type_end(signature, index, depth + 1)
        return index + 1
    if code not in ALIGNMENT:
        raise ValueError("an unknown type in a signature")
    return index + 1


class _Reader:
    """Decodes D-Bus values from *content*, starting at *at*; alignment counts from the content's start."""

    def __init__(self, content: bytes, order: str, at: int) -> None:
        self.content, self.order, self.at = content, order, at

    def value(self, signature: str, depth: int = 0) -> Any:
        if depth > 2 * MAX_DEPTH:
            raise ValueError("values nested too deep")
        code = signature[0]
        self.at = -(-self.at // ALIGNMENT[code]) * ALIGNMENT[code]
        if code in SIZES:
            (found,) = struct.unpack_from(self.order + FORMATS[code], self.content, self.at)
            self.at += SIZES[code]
            return bool(found) if code == "b" else found
        if code in "so":
            return self._text(self.value("u"))
        if code == "g":
            return self._text(self.value("y"))
        if code == "v":
            kind = self.value("g")
            (only,) = split_signature(kind)
            return kind, self.value(only, depth + 1)
        if code == "a":
            return self._array(signature[1:], depth)
        return [self.value(part, depth + 1) for part in split_signature(signature[1:-1])]

    def _text(self, length: int) -> str:
        text = self.content[self.at : self.at + length]
        if len(text) != length:
            raise ValueError("a text longer than its message")
        self.at += length + 1
        return text.decode("utf-8", "replace")

    def _array(self, item: str, depth: int) -> Any:
        length = self.value("u")
        self.at = -(-self.at // ALIGNMENT[item[0]]) * ALIGNMENT[item[0]]
        end = self.at + length
        if end > len(self.content):
            raise ValueError("an array longer than its message")
        values = []
        while self.at < end:
            values.append(self.value(item, depth + 1))
        return dict(values) if item[0] == "{" else values


def _method_call(
    serial: int,
    path: str,
    interface: str,
    member: str,
    signature: str,
    arguments: List[str],
    destination: str,
) -> bytes:
    """A little-endian method call whose arguments are all strings."""

    def text(value: str) -> bytes:
        content = value.encode()
        return struct.pack("<I", len(content)) + content + b"\0"

    def header_field(code: int, kind: str, value: str) -> bytes:
        short = struct.pack("<B", len(value)) + value.encode() + b"\0"
        return bytes([code, 1]) + kind.encode() + b"\0" + (short if kind == "g" else text(value))

    entries: List[Tuple[int, str, str]] = [(1, "o", path), (2, "s", interface), (3, "s", member)]
    if destination:
        entries.append((6, "s", destination))
    if signature:
        entries.append((8, "g", signature))
    fields = b""
    for entry in entries:
        fields += b"\0" * (-len(fields) % 8) + header_field(*entry)
    body = b""
    for argument in arguments:
        body += b"\0" * (-len(body) % 4) + text(argument)
    start = struct.pack("<BBBBIII", ord("l"), METHOD_CALL, 0, 1, len(body), serial, len(fields))
    return start + fields + b"\0" * (-len(fields) % 8) + body


def property_text(signature: str, value: Any) -> Scalar:
    """A property as AICR writes it: strings, booleans, 64-bit integers and floats as they are, the rest as Go text."""
    if signature in ("s", "b", "x", "t", "d"):
        return value  # type: ignore[no-any-return]  # decoded by this very signature
    return _go_text(value)


def _go_text(value: Any) -> str:
    """A value in the form Go's %v prints: `[a b]` for lists and structs, `map[k:v]` for maps."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):  # a variant: its value alone
        return _go_text(value[1])
    if isinstance(value, list):
        return "[" + " ".join(_go_text(item) for item in value) + "]"
    if isinstance(value, dict):
        return "map[" + " ".join(f"{_go_text(k)}:{_go_text(value[k])}" for k in sorted(value)) + "]"
    return str(value)
