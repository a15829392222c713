"""The loader under fire: whatever it is handed, it answers with a catalog or with our problems, in bounded time."""

from __future__ import annotations

import random
import time
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.core.criteria import Criteria
from generator.engine.matrix import build_matrix
from generator.engine.model import Catalog
from generator.engine.problems import ProblemsFound
from generator.engine.resolve import resolve_recipe
from generator.load.catalog import catalog_from_files
from generator.load.documents import document_kind, load_criteria, load_recipe, load_snapshot
from generator.load.yamltext import dump_yaml
from tests.shared import STORIES

FIRE = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SEED = {
    path.relative_to(STORIES / "mixins").as_posix(): path.read_bytes()
    for path in sorted((STORIES / "mixins").rglob("*.yaml"))
}
LONGEST = 20.0  # seconds of CPU: bounded, not fast; a runaway would take minutes


def load(files: dict[str, bytes], *, own: bool) -> Catalog | None:
    """The catalog, or None where it has problems, every one of them with a place."""
    started = time.process_time()
    try:
        catalog = catalog_from_files(files, own=own)
        for recipe in build_matrix(catalog).recipes:
            assert recipe.id
    except ProblemsFound as found:
        assert found.problems
        assert all(
            problem.place.file and problem.place.line >= 1 and problem.what for problem in found.problems
        )
        catalog = None
    assert time.process_time() - started < LONGEST
    return catalog


@FIRE
@given(st.sampled_from(sorted(SEED)), st.randoms(use_true_random=False), st.booleans())
def test_files_with_bytes_cut_turned_and_put_in(name: str, chance: random.Random, own: bool) -> None:
    content = bytearray(SEED[name])
    for _ in range(chance.randrange(1, 6)):
        at = chance.randrange(len(content) + 1)
        what = chance.randrange(4)
        if what == 0:
            del content[at:]
        elif what == 1 and at < len(content):
            content[at] = chance.randrange(256)
        elif what == 2:
            content[at:at] = chance.choice(
                [b"{", b"]", b"&a *a", b"\n- ", b": ", b"\x00", b"\xff", b"'", b"<<: ", b"%"]
            )
        else:
            content[at:at] = content[: chance.randrange(40)]
    load({**SEED, name: bytes(content)}, own=own)


_anything = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=10)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                ["name", "value", "criteria", "service", "base", "spec", "overrides", "componentRefs", "constraints",
                 "validation", "checks", "mixins", "helm", "components", "dimensions", "values", "aliases", "rule",
                 "measurements", "dependencyRefs", "valuesFile", "nodes", "profile", "metadata", "annotations"]
            ),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=12,
)  # fmt: skip
_kinds = st.sampled_from(
    ["RecipeMetadata", "RecipeMixin", "ComponentRegistry", "CriteriaCatalog", "MeasurementCatalog", "Check",
     "ComponentHealth", "ComponentSummaries", "LifecycleCatalog", "UpstreamEnvironments", ""]
)  # fmt: skip
_top = st.sampled_from(
    ["spec", "metadata", "components", "dimensions", "measurements", "windows", "environments", "detection"]
)
_versions = st.sampled_from(["aicr.run/v1alpha2", "aicr-matrix/v1", "x", ""])


@st.composite
def wrong_types(draw: st.DrawFn) -> dict[str, Any]:
    """A document of a known kind with anything at all in its known places."""
    body = draw(st.dictionaries(_top, _anything, max_size=4))
    return {"apiVersion": draw(_versions), "kind": draw(_kinds), **body}


@FIRE
@given(
    st.sampled_from(["overlays/eks.yaml", "overlays/base.yaml", "registry.yaml", "criteria.yaml", "mixins/good.yaml",
                     "measurements.yaml", "checks/x.yaml", "components/a/values.yaml", "lifecycle.yaml"]),
    wrong_types(),
    st.booleans(),
)  # fmt: skip
def test_wrong_types_everywhere(name: str, document: dict[str, Any], own: bool) -> None:
    load({**SEED, name: dump_yaml(document).encode()}, own=own)


_HANDED_IN = (("RecipeResult", "componentRefs"), ("ConfigMap", "data"), ("Snapshot", "measurements"))


@FIRE
@given(wrong_types(), _anything)
def test_documents_handed_in(document: dict[str, Any], more: object) -> None:
    given_in = [document, *({"kind": kind, key: more} for kind, key in _HANDED_IN)]
    for text in map(dump_yaml, given_in):
        for read in (document_kind, load_criteria, load_recipe, load_snapshot):
            try:
                read(text, "given")
            except ProblemsFound as found:
                assert found.problems


@FIRE
@given(st.binary(max_size=200))
def test_any_bytes_as_a_file(content: bytes) -> None:
    load({**SEED, "overlays/x.yaml": content}, own=True)
    load({**SEED, "components/gpu-operator/values.yaml": content}, own=False)


def test_large_and_deep_files_end_in_a_problem_or_a_catalog_soon() -> None:
    bombs = {
        "deep": b"a: " + b"{b: " * 50_000,
        "long key": b"x" * 2_000_000 + b": 1\n",
        "many keys": b"".join(b"k%d: 1\n" % n for n in range(60_000)),
        "many items": b"a:\n" + b"- 1\n" * 200_000,
        "long string": b"a: '" + b"x" * (10 * 1024 * 1024 - 100) + b"'\n",
        "aliases": b"a: &a [x]\nb: [" + b"*a," * 60_000 + b"]\n",
        "long line": b"a: " + b"[" * 90 + b"1," * 100_000 + b"]" * 90 + b"\n",
        "open quotes": b"a: '" * 100_000,
        "comments": b"#" * 9_000_000,
    }
    for name, content in bombs.items():
        started = time.process_time()
        load({**SEED, "components/gpu-operator/values.yaml": content}, own=False)
        assert time.process_time() - started < LONGEST, name


def test_a_catalog_that_survives_resolves() -> None:
    catalog = load(SEED, own=False)
    assert catalog is not None
    assert resolve_recipe(catalog, Criteria(service="eks")).components
