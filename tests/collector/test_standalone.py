"""The one file on machines that give it little: no packages, no HOME, no rights, nothing to write or to read."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from collector import VERSION, main
from collector.pack import build_pyz, build_sbom, bundle_files
from tests.collector.conftest import Collect
from tests.collector.fake_api import FakeApi

BARE = ("-I", "-S")


def other_pythons() -> list[str]:
    """This Python and every other one on the path that starts (a version manager's stand-ins may not)."""
    found = [shutil.which(f"python3.{minor}") for minor in range(9, 16)]
    works = [
        p
        for p in found
        if p and subprocess.run([p, "-c", ""], capture_output=True, check=False).returncode == 0
    ]
    return [sys.executable, *works]


def run(
    pyz: Path, *arguments: str, env: dict[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *BARE, str(pyz), *arguments],
        env=env or {},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=cwd,
    )


def test_without_packages_environment_or_home_there_is_a_snapshot(pyz: Path, tmp_path: Path) -> None:
    done = run(pyz, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    document = yaml.safe_load(done.stdout)
    assert (document["kind"], document["apiVersion"]) == ("Snapshot", "aicr.nvidia.com/v1alpha1")
    assert all(isinstance(value, str) for value in document["metadata"].values())
    assert document["metadata"]["version"] == f"v{VERSION}"
    assert list(tmp_path.iterdir()) == []


def test_the_file_itself_is_executable_as_a_program(pyz: Path, tmp_path: Path) -> None:
    path = tmp_path / "collector.pyz"
    path.write_bytes(pyz.read_bytes())
    path.chmod(0o755)
    done = subprocess.run([str(path), "--version"], capture_output=True, text=True, check=False)
    assert done.stdout == f"collector {VERSION}\n"


def test_a_user_without_rights_gets_a_snapshot_with_reasons(pyz: Path) -> None:
    handle, readable = tempfile.mkstemp(suffix=".pyz")  # pytest's own folders are closed to other users
    os.close(handle)
    Path(readable).write_bytes(pyz.read_bytes())
    Path(readable).chmod(0o644)
    nobody = 65534 if os.geteuid() == 0 else None
    # The test's own Python may lie in root's home, where nobody else comes.
    python = shutil.which("python3", path="/usr/bin:/usr/local/bin") or sys.executable
    done = subprocess.run(
        [python, *BARE, readable],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        user=nobody,
        group=nobody,
    )
    Path(readable).unlink()
    assert done.returncode == 0, done.stderr
    assert "unread.SystemD" in yaml.safe_load(done.stdout)["metadata"]


def test_where_nothing_can_be_read_it_says_why_with_6(pyz: Path, tmp_path: Path) -> None:
    done = run(pyz, "--root", str(tmp_path), "--no-cluster")
    assert (done.returncode, done.stdout) == (6, "")
    assert "nothing could be read (" in done.stderr
    assert "OS.grub: /proc/cmdline: not there" in done.stderr


def test_a_place_that_cannot_be_written_is_said_and_left_alone(pyz: Path, tmp_path: Path) -> None:
    done = run(pyz, "-o", "/proc/snapshot.yaml", "--no-cluster")
    assert done.returncode == 6
    assert "/proc/snapshot.yaml: could not be written" in done.stderr
    done = run(pyz, "-o", str(tmp_path / "no" / "s.yaml"))
    assert done.returncode == 2
    assert "its folder is not there" in done.stderr


def test_a_file_is_replaced_whole_or_not_at_all(pyz: Path, tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text("old")
    assert run(pyz, "-o", str(path), "--root", str(tmp_path), "--no-cluster").returncode == 6
    assert path.read_text() == "old"
    assert run(pyz, "-o", str(path), "--no-cluster").returncode == 0
    assert yaml.safe_load(path.read_text())["kind"] == "Snapshot"
    assert [p.name for p in tmp_path.iterdir()] == ["s.yaml"]


@pytest.mark.parametrize("python", other_pythons())
def test_every_python_at_hand_runs_it(pyz: Path, python: str) -> None:
    command = [python, *BARE, str(pyz), "--no-cluster"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_nothing_newer_than_python_3_9_is_written_in_it() -> None:
    import ast

    for path, content in bundle_files().items():
        if path.endswith(".py"):
            ast.parse(content, path, feature_version=(3, 9))


def test_the_file_shows_what_is_inside(pyz: Path) -> None:
    listed = run(pyz, "--source").stdout.splitlines()
    names = {line.split()[1] for line in listed}
    with zipfile.ZipFile(pyz) as packed:
        assert names == set(packed.namelist())
        assert packed.testzip() is None
    assert {"pynvml.py", "yaml/__init__.py", "collector/cli.py", "LICENSES/PyYAML.txt"} <= names
    assert "collector/pack.py" not in names
    shown = run(pyz, "--source", "collector/redact.py").stdout
    assert shown.startswith('"""Withholds what could name an organisation')
    assert run(pyz, "--source", "nope").returncode == 3


def test_the_same_sources_give_the_same_bytes(pyz: Path) -> None:
    again = build_pyz()
    assert hashlib.sha256(again).digest() == hashlib.sha256(pyz.read_bytes()).digest()
    assert again.startswith(b"#!/usr/bin/env python3\nPK")
    assert len(again) < 1024 * 1024  # what a ConfigMap holds
    with zipfile.ZipFile(pyz) as packed:
        assert {item.date_time for item in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert packed.namelist() == sorted(packed.namelist())


def test_the_licences_of_what_is_bundled_are_in_it() -> None:
    files = bundle_files()
    assert b"NVIDIA" in files["LICENSES/nvidia-ml-py.txt"]
    assert b"Redistribution and use" in files["LICENSES/nvidia-ml-py.txt"]
    assert b"Kirill Simonov" in files["LICENSES/PyYAML.txt"]
    assert b"gpu-operator" in files["collector/components.json"]


def test_the_packed_file_knows_the_components(eks: FakeApi, collect: Collect, pyz: Path) -> None:
    done = collect(
        "--kubeconfig", eks.address, "--host", "no", python=(sys.executable, "-I", str(pyz))
    )  # fmt: skip
    assert done.data("Deployment", "gpu-operator")["installed"] is True


def test_the_help_has_examples_and_exit_codes(pyz: Path) -> None:
    done = run(pyz, "--help")
    assert done.returncode == 0
    for word in ("examples:", "exit codes:", "--preview", "--agent", "merge", "--nccl-log"):
        assert word in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [["--nonsense"], ["--redact", "some"], ["-t", "xml"], ["--root", "/nowhere"], ["-o", "cm://one"]],
)
def test_wrong_options_are_2_and_nothing_is_printed(pyz: Path, arguments: list[str]) -> None:
    done = run(pyz, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr


def test_it_runs_inside_another_program_without_ending_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--nonsense"]) == 2
    assert main(["--version"]) == 0
    assert main(["--no-cluster", "-t", "json"]) == 0
    assert capsys.readouterr().out.startswith("collector ")


def test_a_closed_pipe_is_no_error(pyz: Path) -> None:
    command = f"{sys.executable} -I -S {pyz} --no-cluster --redact none; echo $? >&2"
    done = subprocess.run(
        ["bash", "-c", f"({command}) | head -1"], capture_output=True, text=True, check=False
    )
    assert done.stdout == "kind: Snapshot\n"
    assert "Traceback" not in done.stderr


def test_a_stdout_that_knows_only_ascii_still_gets_the_document(
    pyz: Path, host_tree: Callable[[dict[str, str]], str]
) -> None:
    root = host_tree({"/etc/os-release": "ID=ubuntu\nPRETTY_NAME=Ubüntu\n"})
    done = run(
        pyz,
        "--root",
        root,
        "--no-cluster",
        "--redact",
        "none",
        env={"PYTHONIOENCODING": "ascii", "LC_ALL": "C"},
    )
    assert done.returncode == 0, done.stderr
    assert "Ub" in done.stdout


def test_the_bill_of_materials_is_cyclonedx_and_names_what_is_bundled(pyz: Path) -> None:
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    text = build_sbom(pyz.read_bytes()).decode()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    document = json.loads(text)
    assert (
        document["metadata"]["component"]["hashes"][0]["content"]
        == hashlib.sha256(pyz.read_bytes()).hexdigest()
    )
    assert {c["name"] for c in document["components"] if c["type"] == "library"} == {"nvidia-ml-py", "PyYAML"}
