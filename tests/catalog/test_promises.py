"""What our own catalog promises: clean lint, remediation and sources everywhere, and an honest word for every cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pytest

from generator.core.criteria import ANY, DIMENSIONS, Criteria
from generator.engine.matrix import cell_at, matrix_cells, nearest, own_coverage
from generator.engine.model import Catalog, Coverage, Matrix, Recipe, RecipeConstraint
from generator.engine.remedies import find_measurement
from generator.lint import lint_catalog
from generator.lint.expressions import newly_admitted

SUPPORTED = (Coverage.EXACT, Coverage.COMPOSED)
# The values the project set out with; the newer ones come from the facts.
MISSION = {
    "service": ("eks", "gke", "aks", "oke", "kind", "lke"),
    "accelerator": ("h100", "gb200", "b200", "a100", "l40", "rtx-pro-6000"),
    "intent": ("training", "inference"),
    "os": ("ubuntu", "rhel", "cos", "amazonlinux", "talos"),
    "platform": ("kubeflow", "dynamo", "nim", "slurm", "kueue"),
}
NEWER = {
    "service": ("ocp", "bcm", "k0s", "rke2", "generic"),
    "accelerator": ("h200", "gb300", "l40s", "vr200"),
    "os": ("ol", "sles"),
}
# What nobody states, here or upstream: allowed values whose honest answer is that no environment has them.
NOT_STATED = {("accelerator", "l40"), ("os", "rhel"), ("os", "talos")}


def constraints_of(recipe: Recipe) -> Iterator[RecipeConstraint]:
    yield from recipe.constraints
    for phase in recipe.phases.values():
        yield from phase.constraints


def test_lint_finds_nothing(catalog: Catalog) -> None:
    assert [str(finding) for finding in lint_catalog(catalog, own=True)] == []


def test_every_constraint_says_what_to_do_and_where_to_read_on(catalog: Catalog, matrix: Matrix) -> None:
    wrong = []
    for recipe in matrix.recipes:
        for constraint in constraints_of(recipe):
            entry = find_measurement(catalog.measurements, constraint.name)
            assert entry is not None, constraint.name
            faults = [
                fault
                for fault, is_there in (
                    ("no remediation", constraint.remediation.strip()),
                    ("no link", constraint.link.startswith("https://")),
                    ("no severity", constraint.severity in ("error", "warning", "info")),
                    ("a number without unit", entry.get("kind") != "number" or constraint.unit),
                )
                if not is_there
            ]
            wrong += [f"{recipe.id}: {constraint.name}: {fault}" for fault in faults]
    assert wrong == []


def test_kubernetes_remediation_is_written_for_each_service(catalog: Catalog) -> None:
    entry = catalog.measurements["K8s.server.version"]
    words = entry["remediation"]
    assert isinstance(words, Mapping)
    services = [s for s in (*MISSION["service"], *NEWER["service"]) if s != "generic"]
    assert [s for s in services if not words.get(s)] == []
    assert len({str(words[s]) for s in services}) == len(services)


def test_every_overlay_and_mixin_names_its_sources(catalog: Catalog) -> None:
    files = (*catalog.overlays.values(), *catalog.mixins.values())
    assert [f.name for f in files if not f.annotations.get("aicr-matrix/sources", "").strip()] == []
    assert {f.annotations.get("aicr-matrix/evidence") for f in catalog.overlays.values()} <= {
        "stated",
        "inferred",
    }


def test_every_recipe_declares_what_it_rests_on(matrix: Matrix) -> None:
    assert [r.id for r in matrix.recipes if r.evidence not in ("stated", "inferred") or not r.sources] == []
    assert [r.id for r in matrix.recipes if r.problems] == []


def test_supported_pairs_are_stated_together_by_one_chain(catalog: Catalog, matrix: Matrix) -> None:
    """Reckoned anew from the files: no exact or composed cell rests on a wildcard for its service or accelerator."""
    stated = set()
    for name in catalog.overlays:
        chain = [catalog.overlays[n].criteria for n in catalog.chains[name]]
        services = {c.service for c in chain if c is not None} - {ANY}
        accelerators = {c.accelerator for c in chain if c is not None} - {ANY}
        assert chain, name
        stated |= {(s, a) for s in services for a in accelerators}
    supported = {
        (cell.criteria.service, cell.criteria.accelerator)
        for cell in matrix_cells(matrix, catalog)
        if cell.coverage in SUPPORTED and ANY not in (cell.criteria.service, cell.criteria.accelerator)
    }
    assert supported == stated


def test_wildcard_pair_is_partial_and_says_so(catalog: Catalog, matrix: Matrix) -> None:
    cell = cell_at(matrix, catalog, Criteria(service="lke", accelerator="h100", intent="training"))
    assert cell.coverage is Coverage.PARTIAL
    assert cell.unpaired or cell.not_honoured


def test_gke_with_h100_needs_cos(catalog: Catalog, matrix: Matrix) -> None:
    cell = cell_at(matrix, catalog, Criteria(service="gke", accelerator="h100", intent="training"))
    assert cell.coverage is Coverage.PARTIAL
    assert cell.needs == (("os", "cos"),)


@pytest.mark.parametrize(
    ("dimension", "value"),
    [(d, v) for group in (MISSION, NEWER) for d, values in group.items() for v in values],
)
def test_every_value_answers_honestly(catalog: Catalog, matrix: Matrix, dimension: str, value: str) -> None:
    assert value in matrix.values[dimension]
    entry = next(
        v
        for d in catalog.criteria["dimensions"]  # type: ignore[attr-defined]
        if d["name"] == dimension
        for v in d["values"]
        if v["name"] == value
    )
    assert entry["label"] and entry["title"] and entry["note"] and entry["sources"]
    exact = [c for c in matrix.exact if c[dimension] == value]
    if (dimension, value) in NOT_STATED:
        environments = [c for c in exact if ANY not in (c.service, c.accelerator)]
        assert environments == []
        query = with_value(Criteria(intent="training"), dimension, value)
        near = nearest(matrix, query, 3)
        assert near and all(n.changes for n in near)
        stated = Criteria(service="eks", accelerator="h100", intent="training", os="ubuntu")
        swapped = with_value(stated, dimension, value)
        cell = cell_at(matrix, catalog, swapped)
        assert cell.coverage not in SUPPORTED
        assert nearest(matrix, swapped, 1)[0].changes
    else:
        assert exact


def with_value(criteria: Criteria, dimension: str, value: str) -> Criteria:
    five = {**criteria.as_dict(), dimension: value}
    return Criteria(five["service"], five["accelerator"], five["intent"], five["os"], five["platform"])


def test_nothing_partial_is_called_supported(catalog: Catalog, matrix: Matrix) -> None:
    for cell in matrix_cells(matrix, catalog):
        if cell.coverage in SUPPORTED:
            assert cell.not_honoured == () and not cell.unpaired
        elif cell.coverage is Coverage.PARTIAL:
            assert cell.not_honoured or cell.unpaired
        else:
            assert set(cell.not_honoured) == set(cell.criteria.stated)


def test_floors_never_sink_below_what_the_components_need(matrix: Matrix) -> None:
    """The DRA driver chart needs Kubernetes 1.32, and every recipe deploys it."""
    for recipe in matrix.recipes:
        floors = [c.value for c in recipe.constraints if c.name == "K8s.server.version"]
        assert floors and newly_admitted(">= 1.32", floors[0], "version") is None, recipe.id


def test_supported_recipes_pin_every_chart(matrix: Matrix) -> None:
    version = re.compile(r"v?\d+\.\d+(\.\d+)?([-+][0-9A-Za-z.-]+)?")
    for recipe in matrix.recipes:
        for component in recipe.components:
            if component.enabled and component.chart:
                assert version.fullmatch(component.version), (recipe.id, component.name, component.version)


def environments(catalog: Catalog) -> list[Mapping[str, object]]:
    rows = catalog.upstream["environments"]
    assert isinstance(rows, list)
    return rows


def test_upstream_environments_are_all_accounted_for(catalog: Catalog, matrix: Matrix) -> None:
    """The 60 rows of upstream's table: what stands for each here, exact where a source states it."""
    rows = environments(catalog)
    assert len(rows) == 60
    for row in rows:
        assert row["status"] in ("stated", "inferred", "missing")
        if row["status"] == "missing":
            assert row.get("differences")
            continue
        overlay = catalog.overlays[str(row["overlay"])]
        if overlay.criteria is None:  # what everybody gets is no environment of its own
            assert overlay.name == "base" and row.get("differences")
            continue
        cell = cell_at(matrix, catalog, overlay.criteria)
        if row["status"] == "stated":
            assert cell.coverage is Coverage.EXACT, row["overlay"]
        weakest = {
            catalog.overlays[n].annotations["aicr-matrix/evidence"] for n in catalog.chains[overlay.name]
        }
        assert (row["status"] == "inferred") == ("inferred" in weakest), row["overlay"]


def test_upstream_checks_are_not_fewer_here_unless_said(catalog: Catalog, matrix: Matrix) -> None:
    recipes = {recipe.id: recipe for recipe in matrix.recipes}
    fewer = []
    for row in environments(catalog):
        counts = row.get("checks")
        if row["status"] == "missing" or not isinstance(counts, Mapping):
            continue
        criteria = catalog.overlays[str(row["overlay"])].criteria or Criteria()
        recipe = recipes[criteria.id]
        for phase, count in counts.items():
            stated = recipe.phases.get(str(phase))
            here = len(stated.checks) if stated else 0
            if here < int(str(count)) and not row.get("differences"):
                fewer.append(f"{row['overlay']}: {phase}: {here} of {count}")
    assert fewer == []


def test_recipe_coordinates_are_unique(matrix: Matrix) -> None:
    assert len({recipe.id for recipe in matrix.recipes}) == len(matrix.recipes)
    shown = [r for r in matrix.recipes if own_coverage(matrix, r) in SUPPORTED]
    assert len({r.criteria.coordinate for r in shown}) == len(shown)


def test_overlays_stay_within_the_schema_of_other_readers(catalog: Catalog) -> None:
    """What is ours stands under metadata.annotations or in kinds of our own, which other loaders pass over."""
    for overlay in (*catalog.overlays.values(), *catalog.mixins.values()):
        assert overlay.extra == {}, overlay.name
        assert overlay.api_version in ("aicr.run/v1alpha2", "aicr.run/v1beta1"), overlay.name
    for path, document in catalog.documents.items():
        assert document.value["apiVersion"] == "aicr-matrix/v1", path
    assert set(DIMENSIONS) == set(matrix_dimensions(catalog))


def matrix_dimensions(catalog: Catalog) -> list[str]:
    dimensions = catalog.criteria["dimensions"]
    assert isinstance(dimensions, list)
    return [str(d["name"]) for d in dimensions]
