"""Packs the collector into one file, collector.pyz: the same bytes from the same sources, on any machine.

Runs where the project is built, never on the target; the packed file does not hold this module.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import json
import struct
import sys
import zlib
from pathlib import Path
from typing import Dict

from deflate import deflate_compress

from collector import VERSION
from collector.catalog import PACKED, catalog_health

HERE = Path(__file__).resolve().parent
LEFT_OUT = {"pack.py"}
SHEBANG = b"#!/usr/bin/env python3\n"
MAIN = '''"""collector.pyz: run it with python3, read it with --source."""

import sys

if sys.version_info < (3, 9):
    sys.exit("collector: Python 3.9 or later is needed; run it with a newer python3")

from collector import main

sys.exit(main())
'''
# PyYAML's binding to its C library has no place in a file that must run everywhere.
YAML_LEFT_OUT = {"cyaml.py"}


def bundle_files() -> Dict[str, bytes]:
    """Every file of collector.pyz by its path: ours, nvidia-ml-py, pure PyYAML, the component table, the licences."""
    files = {
        f"collector/{path.name}": path.read_bytes() for path in HERE.glob("*.py") if path.name not in LEFT_OUT
    }
    files["__main__.py"] = MAIN.encode()
    table = {"components": (catalog_health().get("components") or {})}
    files[f"collector/{PACKED}"] = json.dumps(table, indent=1, sort_keys=True).encode() + b"\n"
    pynvml = _module_file("pynvml").read_bytes()
    files["pynvml.py"] = pynvml
    files["LICENSES/nvidia-ml-py.txt"] = _leading_comment(pynvml)
    package = _module_file("yaml").parent
    for path in package.glob("*.py"):
        if path.name not in YAML_LEFT_OUT:
            files[f"yaml/{path.name}"] = path.read_bytes()
    files["LICENSES/PyYAML.txt"] = _license_of("PyYAML")
    files["LICENSES/bundled.json"] = json.dumps(bundled_versions(), indent=1, sort_keys=True).encode() + b"\n"
    ours = HERE.parent / "LICENSE"
    if ours.is_file():
        files["LICENSES/collector.txt"] = ours.read_bytes()
    return dict(sorted(files.items()))


def bundled_versions() -> Dict[str, str]:
    """The packages inside the file and their versions, for its bill of materials."""
    return {name: importlib.metadata.version(name) for name in ("nvidia-ml-py", "PyYAML")}


def build_pyz() -> bytes:
    """collector.pyz: an executable zip whose members are sorted, timeless and compressed by the locked compressor."""
    return SHEBANG + _zip(bundle_files(), len(SHEBANG))


def build_sbom(pyz: bytes) -> bytes:
    """CycloneDX 1.6 JSON of collector.pyz: its digest, what is bundled with licences, and every file's digest."""
    files = [
        {
            "type": "file",
            "name": path,
            "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(data).hexdigest()}],
        }
        for path, data in bundle_files().items()
    ]
    licences = {"nvidia-ml-py": "BSD-3-Clause", "PyYAML": "MIT"}
    libraries = [
        {
            "type": "library",
            "bom-ref": f"pkg:pypi/{name.lower()}@{version}",
            "name": name,
            "version": version,
            "purl": f"pkg:pypi/{name.lower()}@{version}",
            "licenses": [{"license": {"id": licences[name]}}],
        }
        for name, version in bundled_versions().items()
    ]
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": "collector",
                "name": "collector.pyz",
                "version": VERSION,
                "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(pyz).hexdigest()}],
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            }
        },
        "components": [*libraries, *files],
        "dependencies": [{"ref": "collector", "dependsOn": [library["bom-ref"] for library in libraries]}],
    }
    return json.dumps(document, indent=2, sort_keys=True).encode() + b"\n"


def _zip(files: Dict[str, bytes], offset: int) -> bytes:
    """A zip archive of *files* that stands *offset* bytes into its file.

    Written here because the standard library compresses with whatever zlib the machine has, which changes the bytes.
    """
    body, directory = b"", b""
    for path, content in sorted(files.items()):
        name = path.encode()
        packed = deflate_compress(content, 9)
        method, data = (8, bytes(packed)) if len(packed) < len(content) else (0, content)
        # 1 January 1980, the earliest time a zip can state.
        common = struct.pack(
            "<HHHHHIIIHH",
            20,
            0x0800,
            method,
            0,
            0x21,
            zlib.crc32(content),
            len(data),
            len(content),
            len(name),
            0,
        )
        # Made on Unix, mode 644.
        directory += b"PK\x01\x02" + struct.pack("<H", 0x0314) + common
        directory += struct.pack("<HHHII", 0, 0, 0, 0o100644 << 16, offset + len(body)) + name
        body += b"PK\x03\x04" + common + name + data
    count = len(files)
    end = struct.pack("<HHHHIIH", 0, 0, count, count, len(directory), offset + len(body), 0)
    return body + directory + b"PK\x05\x06" + end


def _module_file(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        raise FileNotFoundError(f"{name} is not installed; install the project's locked dependencies")
    return Path(found.origin)


def _leading_comment(source: bytes) -> bytes:
    """The licence nvidia-ml-py carries at the top of its only file."""
    lines = []
    for line in source.decode("utf-8").splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.lstrip("#").strip())
    return ("\n".join(lines).strip() + "\n").encode()


def _license_of(distribution: str) -> bytes:
    for file in importlib.metadata.files(distribution) or ():
        if file.name.upper().startswith("LICENSE"):
            return Path(str(file.locate())).read_bytes()
    raise FileNotFoundError(f"{distribution} carries no licence file; it cannot be bundled without one")


if __name__ == "__main__":
    Path(sys.argv[1] if len(sys.argv) > 1 else "collector.pyz").write_bytes(build_pyz())
