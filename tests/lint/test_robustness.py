"""Lint of what is damaged: whatever loads is linted, whatever does not load says why, and nothing else is raised."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from generator.engine.problems import ProblemsFound
from generator.lint import Finding, lint_catalog
from generator.load.catalog import catalog_from_files
from tests.lint.test_rules import SOUND


def lint_or_problems(files: Mapping[str, str], own: bool) -> tuple[Finding, ...]:
    try:
        catalog = catalog_from_files(files, own=own)
    except ProblemsFound as found:
        assert found.problems
        return ()
    return lint_catalog(catalog, own=own)


@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize("gone", sorted(SOUND))
def test_any_file_may_be_missing(gone: str, own: bool) -> None:
    lint_or_problems({path: text for path, text in SOUND.items() if path != gone}, own)


@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize("path", sorted(SOUND))
def test_any_line_may_be_missing_or_twice(path: str, own: bool) -> None:
    lines = SOUND[path].splitlines(keepends=True)
    for number in range(len(lines)):
        lint_or_problems({**SOUND, path: "".join(lines[:number] + lines[number + 1 :])}, own)
        lint_or_problems({**SOUND, path: "".join([*lines[:number], lines[number], *lines[number:]])}, own)


def test_findings_do_not_depend_on_the_order_of_files() -> None:
    broken = {**SOUND, "overlays/eks.yaml": SOUND["overlays/eks.yaml"].replace(">= 1.34", ">= 1.30")}
    backwards = dict(reversed(list(broken.items())))
    assert lint_or_problems(broken, True) == lint_or_problems(backwards, True) != ()
