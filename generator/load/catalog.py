"""Turns a directory of recipes into a Catalog, or into every problem in it, each with file and line."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from generator.engine.model import Catalog, Note, Origin, Overlay, Place, RegistryEntry, Tree
from generator.engine.problems import Problem, ProblemsFound
from generator.engine.settings import leaf_settings
from generator.load.crossing import check_references, find_chains
from generator.load.grammar import fits
from generator.load.overlays import parse_overlay
from generator.load.reading import Findings
from generator.load.registry import parse_registry
from generator.load.vocabulary import KINDS, OURS, Vocabulary, read_vocabulary, value_reader
from generator.load.yamltext import MAX_BYTES, parse_yaml_bytes

Content = str | bytes
OUR_FILES = ("criteria.yaml", "measurements.yaml", "summaries.yaml", "lifecycle.yaml", "checks/")
_BASE = "overlays/base.yaml"
_MAX_FILES = 20_000


def own_catalog_root() -> Path:
    """The catalog shipped here: recipes/ of the checkout, or its copy in the installed package."""
    package = Path(__file__).resolve().parent.parent
    checkout = package.parent / "recipes"
    return checkout if checkout.is_dir() else package / "recipes"


def load_catalog(
    root: Path | str, *, data: Path | str | Sequence[Path | str] | None = (), own: bool | None = False
) -> Catalog:
    """Load the catalog at *root*, with the directories of *data* laid over it in order.

    *own* holds the files of *root* to our own rules; None decides by whether it carries a criteria.yaml of ours.
    Registries merge by component name; any other file of a later layer replaces the one at the same path.
    Raises ProblemsFound with everything that is wrong.
    """
    root = Path(root)
    layers = (data,) if isinstance(data, (str, Path)) else tuple(data or ())
    found = Findings()
    files = [_read_directory(root, found), *(_read_directory(Path(layer), found) for layer in layers)]
    if own is None:
        own = _is_ours(files[0])
    fallback: Mapping[str, Content] = {}
    if not own:
        home = own_catalog_root()
        fallback = _read_ours(home) if home.is_dir() else {}
    return _build(files, [own, *map(_is_ours, files[1:])], fallback, found)


def catalog_from_files(
    files: Mapping[str, Content],
    *,
    own: bool,
    data: Sequence[Mapping[str, Content]] = (),
    fallback: Mapping[str, Content] | None = None,
) -> Catalog:
    """The same from texts by path relative to the catalog's root; reads nothing.

    *fallback* holds our own criteria.yaml, measurements.yaml and checks, used where a foreign catalog has none.
    """
    layers = [files, *data]
    return _build(layers, [own, *map(_is_ours, data)], fallback or {}, Findings())


def _read_directory(root: Path, found: Findings) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for path in _walk(root, root, found):
        name = path.relative_to(root).as_posix()
        size = path.stat().st_size
        if size > MAX_BYTES:
            found.problem(Place(name, 1), f"is {size} bytes, more than 10 MiB", "split it")
        elif len(files) >= _MAX_FILES:
            found.problem(
                Place(".", 1), f"holds more than {_MAX_FILES} files", "name the catalog's own directory"
            )
            break
        else:
            files[name] = path.read_bytes()
    return files


def _walk(folder: Path, root: Path, found: Findings) -> Iterator[Path]:
    """Every file a catalog may hold, in the order of names; symbolic links are refused."""
    for path in sorted(folder.iterdir(), key=lambda p: p.name):
        name = path.relative_to(root).as_posix()
        if path.name.startswith("."):
            continue
        if path.is_symlink():
            found.problem(Place(name, 1), "is a symbolic link", "put the file itself there")
        elif path.is_dir():
            yield from _walk(path, root, found)
        elif path.is_file() and (path.suffix in (".yaml", ".yml") or name.startswith("components/")):
            if fits("file", name):
                yield path
            else:
                # An editor's backup beside a manifest harms nobody; a catalog file nobody could name does.
                strict = path.suffix in (".yaml", ".yml")
                do = "use letters, digits, `-`, `.`, `_`"
                found.remark(strict, Place(name, 1), "has an unusual file name", do)


def _read_ours(home: Path) -> dict[str, Content]:
    return {
        name: path.read_bytes()
        for path in sorted(home.rglob("*.yaml"))
        if (name := path.relative_to(home).as_posix()).startswith(OUR_FILES)
    }


def _is_ours(files: Mapping[str, Content]) -> bool:
    content = files.get("criteria.yaml", b"")
    head = content if isinstance(content, bytes) else content.encode("utf-8", "replace")
    return OURS.encode() in head


@dataclass(slots=True)
class _Parts:
    """What the files of all layers come to, before they are checked against each other."""

    overlays: dict[str, Overlay] = field(default_factory=dict)
    mixins: dict[str, Overlay] = field(default_factory=dict)
    registry: dict[str, RegistryEntry] = field(default_factory=dict)
    trees: dict[str, Tree] = field(default_factory=dict)  # overlays and mixins
    documents: dict[str, Tree] = field(default_factory=dict)  # our own kinds


def _build(
    layers: Sequence[Mapping[str, Content]],
    strict: Sequence[bool],
    fallback: Mapping[str, Content],
    found: Findings,
) -> Catalog:
    merged: dict[str, bytes] = {}
    rules: dict[str, bool] = {}  # path -> held to our rules
    layer_of: dict[str, int] = {}
    parts = _Parts()
    for number, (files, own) in enumerate(zip(layers, strict, strict=True)):
        for name in sorted(files):
            content = files[name]
            merged[name] = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
            rules[name] = own
            layer_of[name] = number
            if name == "registry.yaml":
                tree = _parsed(merged[name], name, found, strict=own)
                if tree is not None:
                    parts.registry.update(parse_registry(tree, strict=own, found=found))
    if "registry.yaml" not in merged:
        found.problem(Place("registry.yaml", 1), "is missing", "a catalog needs a component registry")
    borrowed = {name: _bytes(content) for name, content in fallback.items() if not _has(merged, name)}
    _sort_out(merged, rules, parts, found)
    documents = dict(parts.documents)
    for name, content in borrowed.items():
        tree = _parsed(content, name, found, strict=True)
        if tree is not None:
            documents[name] = tree
    vocabulary = read_vocabulary(documents, strict=lambda name: rules.get(name, True), found=found)
    _read_overlays(parts, rules, layer_of, vocabulary, found)
    values, manifests = _read_components(merged, rules, parts, found)
    own = all(strict)
    check_references(
        overlays=parts.overlays,
        mixins=parts.mixins,
        registry=parts.registry,
        files=frozenset(merged),
        checks=vocabulary.checks,
        criteria=vocabulary.criteria,
        strict=rules,
        found=found,
    )
    chains = find_chains(parts.overlays)
    if found.problems:
        raise ProblemsFound(found.problems)
    digest = _digest(merged)
    version = vocabulary.criteria.get("version") if "criteria.yaml" in merged else None
    return Catalog(
        overlays=dict(sorted(parts.overlays.items())),
        mixins=dict(sorted(parts.mixins.items())),
        registry=dict(sorted(parts.registry.items())),
        values=values,
        manifests=manifests,
        criteria=vocabulary.criteria,
        measurements=vocabulary.measurements,
        checks=vocabulary.checks,
        health=vocabulary.health,
        summaries=vocabulary.summaries,
        lifecycle=vocabulary.lifecycle,
        notes=tuple(sorted(set(found.notes), key=lambda n: (n.place, n.text))),
        digest=digest,
        version=str(version) if version else digest[:12],
        own=own,
        chains=chains,
        value_settings={
            path: leaf_settings(tree.value, tree, (), Origin("values", path, Place(path, 1)))
            for path, tree in values.items()
        },
        documents=documents,
        upstream=vocabulary.upstream,
        borrowed=frozenset(borrowed),
    )


def _bytes(content: Content) -> bytes:
    return content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")


def _has(files: Mapping[str, bytes], name: str) -> bool:
    """Whether the catalog has this file of ours, or any of its own kind of checks."""
    if name.startswith("checks/"):
        return any(n.startswith("checks/") and OURS.encode() in files[n] for n in files)
    return name in files


def _parsed(content: bytes, name: str, found: Findings, *, strict: bool) -> Tree | None:
    """The file's document; a second one is a problem in ours and passed over in a foreign catalog, as AICR does."""
    more: list[Problem] = []
    try:
        tree = parse_yaml_bytes(content, name, notes=None if strict else more)
    except ProblemsFound as wrong:
        found.problems.extend(wrong.problems)
        return None
    found.notes.extend(Note(problem.place, f"{problem.what}; only the first is read") for problem in more)
    return tree


def _sort_out(files: Mapping[str, bytes], rules: Mapping[str, bool], parts: _Parts, found: Findings) -> None:
    """Parse what is no component's file and put it where its kind belongs."""
    for name in sorted(files):
        if name.startswith("components/") or name == "registry.yaml":
            continue
        if name.startswith("checks/") and not rules[name] and OURS.encode() not in files[name]:
            continue  # the tests of another tool; AICR's loader passes over them too
        if name.endswith(".yml"):
            do = "name it .yaml: AICR reads no .yml"
            found.remark(rules[name], Place(name, 1), "ends in .yml and is left out", do)
            continue
        tree = _parsed(files[name], name, found, strict=rules[name])
        if tree is None:
            continue
        if "kind" not in tree.value and "metadata" not in tree.value:
            found.remark(rules[name], Place(name, 1), "has no kind and is left out", "add `kind:`")
            continue
        kind, version = str(tree.value.get("kind", "")), str(tree.value.get("apiVersion", ""))
        if version.startswith(OURS):
            if kind in KINDS:
                parts.documents[name] = tree
            else:
                found.problem(tree.place(("kind",)), f"kind is {kind}", f"write one of {', '.join(KINDS)}")
        elif kind in ("", "RecipeMetadata", "RecipeMixin"):
            _check_version(version, tree, rules[name], found)
            parts.trees[name] = tree
        elif kind != "ComponentRegistry":
            found.remark(
                rules[name], tree.place(("kind",)), f"kind is {kind}, which we do not know", "it is left out"
            )


def _check_version(version: str, tree: Tree, strict: bool, found: Findings) -> None:
    if not version.startswith(("aicr.nvidia.com/", "aicr.run/")):
        what = f"apiVersion is {version}" if version else "has no apiVersion"
        found.remark(strict, tree.place(("apiVersion",)), what, "write aicr.run/v1alpha2")


def _read_overlays(
    parts: _Parts,
    rules: Mapping[str, bool],
    layer_of: Mapping[str, int],
    vocabulary: Vocabulary,
    found: Findings,
) -> None:
    value_of = value_reader(vocabulary.criteria)
    for path in sorted(parts.trees, key=lambda p: (layer_of[p], p)):
        tree = parts.trees[path]
        kind = "mixin" if tree.value.get("kind") == "RecipeMixin" else "overlay"
        overlay = parse_overlay(tree, kind=kind, value_of=value_of, strict=rules[path], found=found)
        if overlay is None:
            continue
        named = parts.mixins if kind == "mixin" else parts.overlays
        first = named.get(overlay.name)
        if first is not None:
            what = f"{kind} {overlay.name} is already defined in {first.place}"
            if rules[path] and rules[first.place.file]:
                found.problem(overlay.place, what, "give one of them another name")
            else:
                found.notes.append(Note(overlay.place, f"{what}; this one takes its place"))
        named[overlay.name] = overlay
    if "base" not in parts.overlays and not any(p.file == _BASE for p in (x.place for x in found.problems)):
        found.problem(Place(_BASE, 1), "no overlay is called base", "a catalog needs overlays/base.yaml")


def _read_components(
    files: Mapping[str, bytes], rules: Mapping[str, bool], parts: _Parts, found: Findings
) -> tuple[dict[str, Tree], dict[str, str]]:
    referenced = {
        str(component.fields.get("valuesFile", ""))
        for overlay in (*parts.overlays.values(), *parts.mixins.values())
        for component in overlay.components
    }
    values: dict[str, Tree] = {}
    manifests: dict[str, str] = {}
    for name in sorted(files):
        segments = name.split("/")
        is_values = len(segments) == 3 and segments[2].startswith("values") and segments[2].endswith(".yaml")
        if name in referenced or (segments[0] == "components" and is_values):
            tree = _parsed(files[name], name, found, strict=rules[name])
            if tree is not None:
                values[name] = tree
        elif segments[0] == "components":
            try:
                manifests[name] = files[name].decode("utf-8-sig")
            except UnicodeDecodeError as error:
                line = files[name].count(b"\n", 0, error.start) + 1
                found.problems.append(Problem(Place(name, line), "is not UTF-8 text", "save it as UTF-8"))
    return values, manifests


def _digest(files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(name.encode() + b"\0" + hashlib.sha256(files[name]).digest())
    return digest.hexdigest()
