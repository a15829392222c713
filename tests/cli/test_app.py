"""The command line as a whole: help, version, completion, unknown verbs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from generator.cli.app import VERBS
from tests.cli.run_cli import run_cli


@pytest.mark.parametrize("verb", list(VERBS))
def test_every_verb_has_help_with_examples(verb: str) -> None:
    ended = run_cli(verb, "--help")
    assert ended.code == 0
    assert "xample" in ended.out


def test_help_lists_every_verb_and_the_exit_codes() -> None:
    ended = run_cli("--help")
    assert all(f"  {verb} " in ended.out for verb in VERBS)
    assert "8 findings" in ended.out


def test_version_is_one_line() -> None:
    ended = run_cli("--version")
    assert ended.out.startswith("aicr-matrix ") and len(ended.out.splitlines()) == 1


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_script_is_printed(shell: str) -> None:
    assert "_AICR_MATRIX_COMPLETE" in run_cli("completion", shell).out


def test_completion_offers_the_values_of_the_catalog() -> None:
    ended = run_cli(
        env={
            "_AICR_MATRIX_COMPLETE": "bash_complete",
            "COMP_WORDS": "aicr-matrix recipe --service e",
            "COMP_CWORD": "3",
        }
    )
    assert "plain,eks" in ended.out


def test_an_unknown_verb_exits_2() -> None:
    ended = run_cli("recipes")
    assert ended.code == 2
    assert "recipes" in ended.err


def test_a_reader_that_goes_away_is_no_error() -> None:
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {sys.executable} -m generator.cli matrix --format jsonl | head -1"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith('{"criteria"')


def test_a_write_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "out.yaml").mkdir()
    ended = run_cli("recipe", "--service", "eks", "-o", str(tmp_path / "out.yaml"))
    assert ended.code == 2
    assert "is a folder; name a file in it" in ended.err
    assert [p.name for p in tmp_path.iterdir()] == ["out.yaml"]
