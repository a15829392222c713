"""The house's own rules: who may import whom, and no reading or writing in the core."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
GENERATOR = ROOT / "generator"

# layer -> what it may import of ours; a layer not named here is an edge and may import anything.
ALLOWED = {
    "core": {"core"},
    "engine": {"engine", "core"},
    "load": {"load", "engine", "core"},
    "lint": {"lint", "load.problems", "engine", "core"},
    "bundle": {"bundle", "load.yamltext", "load.problems", "engine", "core"},
    "report": {"report", "core"},
    "render": {"render", "report", "bundle", "load.yamltext", "load.yamlscalars", "engine", "core"},
}
PURE = ("core", "engine", "lint", "report")
# What reads the world: files, the clock, the environment, the network, processes.
IMPURE_MODULES = {
    "os",
    "pathlib",
    "subprocess",
    "socket",
    "urllib",
    "http",
    "requests",
    "time",
    "tempfile",
    "shutil",
    "random",
    "secrets",
}
IMPURE_CALLS = {"open", "print", "input"}


def modules(folder: Path) -> Iterator[Path]:
    return iter(sorted(folder.rglob("*.py")))


def imports_of(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import; write the whole name"
            yield node.module or "", node.lineno


@pytest.mark.parametrize("layer", sorted(ALLOWED))
def test_layer_imports_only_what_it_may(layer: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in modules(GENERATOR / layer)
        for name, line in imports_of(path)
        if name.startswith("generator.")
        and not any(name == f"generator.{a}" or name.startswith(f"generator.{a}.") for a in ALLOWED[layer])
    ]
    assert wrong == []


@pytest.mark.parametrize("layer", PURE)
def test_pure_layer_reads_nothing(layer: str) -> None:
    wrong = []
    for path in modules(GENERATOR / layer):
        wrong += [
            f"{path.relative_to(ROOT)}:{line}: imports {name}"
            for name, line in imports_of(path)
            if name.split(".")[0] in IMPURE_MODULES
        ]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in IMPURE_CALLS
            ):
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}: calls {node.func.id}()")
    assert wrong == []


def test_core_needs_only_the_standard_library() -> None:
    import sys

    names = {n.split(".")[0] for p in modules(GENERATOR / "core") for n, _ in imports_of(p)}
    assert names - set(sys.stdlib_module_names) <= {"generator"}


def test_mkdocs_is_imported_by_the_adapter_alone() -> None:
    users = {
        str(p.relative_to(GENERATOR))
        for p in modules(GENERATOR)
        for n, _ in imports_of(p)
        if n.split(".")[0] in {"mkdocs", "material"}
    }
    assert users <= {"mkdocs_plugin.py", "cli/site.py"}


def test_collector_and_generator_share_no_code() -> None:
    collector = {n for p in modules(ROOT / "collector") for n, _ in imports_of(p)}
    assert not [n for n in collector if n.split(".")[0] == "generator"]
    users = {
        str(p.relative_to(GENERATOR))
        for p in modules(GENERATOR)
        for n, _ in imports_of(p)
        if n.split(".")[0] == "collector"
    }
    # The command line runs it and the site publishes it; nobody reads its internals.
    assert users <= {"cli/collecting.py", "cli/validating.py", "pipeline.py"}


def test_no_module_is_named_like_one_of_the_standard_library() -> None:
    import sys

    names = {p.stem for p in GENERATOR.glob("*.py")} | {p.name for p in GENERATOR.iterdir() if p.is_dir()}
    assert not (names - {"__init__", "__pycache__"}) & set(sys.stdlib_module_names)
