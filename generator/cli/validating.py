"""`validate` holds a snapshot against recipes; `validate-constraint` answers one expression."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.cli import clock
from generator.cli.exits import FINDINGS, INVALID, OK, UNAVAILABLE, Stop
from generator.cli.options import (
    CatalogChoice,
    CriteriaChoice,
    catalog_options,
    criteria_options,
    load_snapshot_input,
)
from generator.cli.output import warn, write_result
from generator.cli.recipes import GOOD_ENOUGH, warn_about
from generator.cli.reporting import FORMATS, Run, formatted, summarise, terminal_width
from generator.cli.selection import criteria_of_result, names_document, query_by_id, read_result, select
from generator.core.criteria import ANY, Criteria

if TYPE_CHECKING:
    from generator.core.snapshot import Snapshot
    from generator.core.validation import Report
    from generator.engine.model import Catalog

PHASE_NAMES = ("readiness", "deployment", "performance", "conformance", "all")
# --fail-on -> the verdicts that make the exit code 8
FAILING = {"fail": ("fail",), "warn": ("fail", "warn"), "unknown": ("fail", "warn", "unknown")}


@click.command("validate")
@criteria_options
@catalog_options
@click.option(
    "-r", "--recipe", help="A recipe: an id from `list`, or a RecipeResult (file, -, URL, cm://ns/name)."
)
@click.option("--all", "everything", is_flag=True, help="Against every environment the catalog states.")
@click.option("--live", is_flag=True, help="Collect a snapshot now, then validate it.")
@click.option("--kubeconfig", help="With --live: the cluster to read.")
@click.option(
    "--phase",
    "phases",
    type=click.Choice(PHASE_NAMES),
    multiple=True,
    help="Phase to validate; repeatable. readiness is always among them, and first.  [default: readiness]",
)
@click.option(
    "--fail-on",
    type=click.Choice(list(FAILING)),
    default="unknown",
    show_default=True,
    help="Least bad verdict that exits 8: unknown counts fail, warn and unknown; warn: fail and warn.",
)
@click.option(
    "--fail-on-error",
    type=bool,
    is_flag=False,
    flag_value=True,
    default=True,
    help="false: exit 0 whatever was found, as AICR has it.",
)
@click.option(
    "-t",
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="ctrf",
    show_default=True,
)
@click.option("-o", "--output", default="-", help="File, - for stdout, or cm://namespace/name.")
def validate_command(
    criteria: CriteriaChoice,
    catalog: CatalogChoice,
    recipe: str | None,
    everything: bool,
    live: bool,
    kubeconfig: str | None,
    phases: tuple[str, ...],
    fail_on: str,
    fail_on_error: bool,
    form: str,
    output: str,
) -> int:
    """Hold a snapshot against a recipe, or against the whole matrix.

    Without --recipe, --all or criteria the recipe is the one that the snapshot's detected criteria resolve to.
    A reading that is absent or cannot be read is unknown, never pass. With --all the exit code is 0 when at
    least one environment for this cluster has no failing verdict. Ended support is told beside the verdicts and
    changes none; SOURCE_DATE_EPOCH fixes the day it is told for.

    \b
    Examples:
      aicr-matrix validate --snapshot snapshot.yaml --recipe h100-eks-ubuntu-training
      aicr-matrix validate --snapshot snapshot.yaml --all --format table
      aicr-matrix validate --snapshot cm://gpu/snapshot --intent training --phase all --fail-on warn
      aicr-matrix validate --live --kubeconfig ~/.kube/config --format markdown
    """
    if [criteria.snapshot, criteria.file, recipe].count("-") > 1:
        raise Stop(INVALID, "only one input can be read from -; name a file for the others")
    stated = bool(criteria.flags or criteria.file or criteria.nodes)
    if everything and (recipe or stated):
        raise Stop(INVALID, "--all asks every environment; leave --recipe and the criteria out")
    if recipe and stated:
        raise Stop(INVALID, "--recipe names the criteria already; leave the other criteria options out")
    if kubeconfig and not live:
        raise Stop(INVALID, "--kubeconfig goes with --live; for cm://namespace/name set KUBECONFIG")
    if output not in ("", "-") and Path(output).is_dir():
        raise Stop(INVALID, f"{output}: is a directory; name a file in it")
    loaded = catalog.load()
    snapshot = _snapshot(criteria, live=live, kubeconfig=kubeconfig)
    detected = _detected(loaded, snapshot)
    asked = CriteriaChoice(criteria.flags, criteria.nodes, criteria.file, None).query(loaded)[0]
    chosen = {d: v if v != ANY else detected[d] for d, v in asked.as_dict().items() if d in detected}
    query = Criteria(**chosen, nodes=asked.nodes)
    if everything:
        _warn_unseen(detected)
    rules = _rules(loaded, query, recipe, everything=everything)
    # What was said by hand of the cluster holds where nothing was detected; what was read of it is not overruled.
    cluster = {d: chosen[d] if value == ANY else value for d, value in detected.items()}
    reports = _evaluate(loaded, rules, snapshot, cluster, _phases(phases), chosen=not everything)
    if everything:
        # A recipe for another service or GPU is about another cluster.
        about = [r for r in reports if r.verdict != "not-applicable"]
        if not about:
            warn("the catalog states no environment for this cluster")
        reports = about or reports
    moment = clock.now()
    name = "live" if live else "stdin" if criteria.snapshot == "-" else str(criteria.snapshot)
    notes = _lifecycle(loaded, snapshot, cluster["service"], moment)
    run = Run(name, loaded.version, loaded.digest, notes, moment)
    write_result(formatted(reports, form, run, terminal_width(output)), output)
    summarise(reports, run)
    if not fail_on_error:
        return OK
    holding = [r.verdict not in (*FAILING[fail_on], "not-applicable") for r in reports]
    return OK if (any(holding) if everything else all(holding)) else FINDINGS


def _snapshot(criteria: CriteriaChoice, *, live: bool, kubeconfig: str | None) -> Snapshot:
    if live and criteria.snapshot:
        raise Stop(INVALID, "--live takes a snapshot itself; leave --snapshot out")
    if live:
        return _collect(kubeconfig)
    if not criteria.snapshot:
        raise Stop(INVALID, "no snapshot given; name one with --snapshot, or collect one with --live")
    return load_snapshot_input(criteria.snapshot)


def _collect(kubeconfig: str | None) -> Snapshot:
    """Run the collector in a process of its own, as a user would, and read what it prints."""
    import subprocess

    from generator.load.documents import load_snapshot

    # -P: whatever is called collector in the user's own folder is not run.
    command = [sys.executable, "-P", "-m", "collector", "-o", "-"]
    if kubeconfig:
        command += ["--kubeconfig", kubeconfig]
    where = os.pathsep.join(
        part for part in (str(Path(__file__).resolve().parents[2]), os.environ.get("PYTHONPATH")) if part
    )
    environment = {**os.environ, "PYTHONPATH": where}
    done = subprocess.run(command, stdout=subprocess.PIPE, env=environment, check=False)
    if done.returncode:
        raise Stop(UNAVAILABLE, f"the collector stopped with {done.returncode}; nothing was validated")
    return load_snapshot(done.stdout.decode("utf-8", "replace"), "live snapshot")


def _detected(catalog: Catalog, snapshot: Snapshot) -> dict[str, str]:
    from generator.core.detection import detect
    from generator.engine.rules import detection_rules, dimensions_document

    found = detect(snapshot, detection_rules(catalog), dimensions_document(catalog))
    criteria = dict(found.criteria.as_dict())
    others: dict[tuple[str, str], list[str]] = {}
    for conflict in found.conflicts:
        others.setdefault((conflict.dimension, conflict.value), []).append(conflict.reading)
    for (dimension, value), readings in others.items():
        warn(
            f"{dimension} {criteria[dimension]} was detected, but {' and '.join(readings)} "
            f"{'speaks' if len(readings) == 1 else 'speak'} for {value}"
        )
    return criteria


def _warn_unseen(detected: Mapping[str, str]) -> None:
    """Say that nobody knows whether an environment is for this cluster."""
    from generator.core.validation import DECIDING

    unseen = [dimension for dimension in DECIDING if detected[dimension] == ANY]
    if unseen:
        warn(f"no {' and no '.join(unseen)} was detected; an environment that is for one is unknown at best")


def _rules(
    catalog: Catalog, query: Criteria, recipe: str | None, *, everything: bool
) -> list[Mapping[str, Any]]:
    from generator.engine.rules import recipe_rules

    if everything:
        return _all_rules(catalog)
    if recipe and names_document(recipe):
        return [_rules_of_result(catalog, read_result(recipe))]
    if recipe:
        query = _query_by_id(catalog, recipe)
    chosen = select(catalog, query)
    if not query.stated and not recipe:
        warn(
            "no criteria were given or detected, so base is asked; --all checks every environment that is stated"
        )
    if query.stated and chosen.cell.coverage.value not in GOOD_ENOUGH["composed"]:
        warn_about(chosen.cell)
        warn("nobody states this combination as a whole; --all checks every environment that is stated")
    return [recipe_rules(chosen.recipe, chosen.cell, catalog)]


def _query_by_id(catalog: Catalog, recipe_id: str) -> Criteria:
    """The criteria of the recipe called *recipe_id*; the ids that are most like it where there is none."""
    import difflib

    from generator.engine.matrix import build_matrix

    try:
        return query_by_id(catalog, recipe_id)
    except Stop as absent:
        near = difflib.get_close_matches(recipe_id, [r.id for r in build_matrix(catalog).recipes], n=3)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise Stop(absent.code, f"{absent.text}{hint}") from None


def _all_rules(catalog: Catalog) -> list[Mapping[str, Any]]:
    """The rules of every environment that is exact or composed; a starting point is nobody's environment."""
    from generator.engine.matrix import build_matrix, cell_at
    from generator.engine.rules import recipe_rules

    matrix = build_matrix(catalog)
    cells = ((r, cell_at(matrix, catalog, r.criteria)) for r in matrix.recipes if not r.starting_point)
    return [
        recipe_rules(r, cell, catalog) for r, cell in cells if cell.coverage.value in GOOD_ENOUGH["composed"]
    ]


def _rules_of_result(catalog: Catalog, result: Mapping[str, Any]) -> Mapping[str, Any]:
    """The rules a RecipeResult document states itself; remediation comes from the catalog's measurements."""
    criteria = criteria_of_result(catalog, result)
    refs = result.get("componentRefs")
    enabled = [
        str(ref.get("name"))
        for ref in (refs if isinstance(refs, Sequence) else ())
        if isinstance(ref, Mapping) and not _disabled(ref)
    ]
    return {
        "id": criteria.id,
        "criteria": criteria.as_dict(),
        "constraints": result.get("constraints") or [],
        "phases": result.get("validation") or {},
        "components": enabled,
    }


def _disabled(ref: Mapping[str, Any]) -> bool:
    overrides = ref.get("overrides")
    return isinstance(overrides, Mapping) and overrides.get("enabled") is False


def _phases(asked: tuple[str, ...]) -> tuple[str, ...]:
    from generator.core.validation import PHASES

    return PHASES if "all" in asked else tuple(p for p in PHASES if p == "readiness" or p in asked)


def _evaluate(
    catalog: Catalog,
    rules: list[Mapping[str, Any]],
    snapshot: Snapshot,
    detected: Mapping[str, str],
    phases: tuple[str, ...],
    *,
    chosen: bool,
) -> list[Report]:
    from generator.core.validation import context_from_rules, evaluate_all

    document = {"checks": catalog.checks, "measurements": catalog.measurements, "health": catalog.health}
    return list(evaluate_all(rules, snapshot, context_from_rules(document, detected, phases, chosen=chosen)))


def _lifecycle(catalog: Catalog, snapshot: Snapshot, service: str, moment: float) -> tuple[str, ...]:
    """What the catalog's support windows say about the snapshot's versions on the day of the run."""
    from generator.core.lifecycle import lifecycle_notes
    from generator.engine.rules import dimensions_document

    spelled = {(d["name"], v["name"]): v["label"] for d in dimensions_document(catalog) for v in d["values"]}
    today = time.strftime("%Y-%m-%d", time.gmtime(moment))
    notes = lifecycle_notes(
        catalog.lifecycle, snapshot, service, lambda *which: str(spelled.get(which, which[1])), today
    )
    return tuple(note.text for note in notes)


@click.command("validate-constraint", context_settings={"ignore_unknown_options": True})
@click.argument("expression")
@click.argument("actual", required=False)
def validate_constraint_command(expression: str, actual: str | None) -> None:
    """Hold ACTUAL against EXPRESSION; prints a verdict and its reason as JSON.

    With `-` alone, reads JSON lines {"expr": ..., "actual": ...} and answers a line each.

    \b
    Examples:
      aicr-matrix validate-constraint ">= 1.32.4" v1.33.1-eks-3025e55
      aicr-matrix validate-constraint - < rows.jsonl
    """
    from generator.core.constraints import evaluate_expression

    if expression == "-" and actual is None:
        for number, line in enumerate(sys.stdin, 1):
            if line.strip():
                expr, value = _row(line, number)
                click.echo(json.dumps(evaluate_expression(expr, value).as_dict(), ensure_ascii=False))
        return
    if actual is None:
        raise Stop(INVALID, "no actual value given; write: validate-constraint EXPRESSION ACTUAL")
    click.echo(json.dumps(evaluate_expression(expression, actual).as_dict(), ensure_ascii=False))


def _row(line: str, number: int) -> tuple[str, str]:
    try:
        row = json.loads(line)
        return str(row["expr"]), str(row["actual"])
    except (ValueError, KeyError, TypeError) as error:
        raise Stop(
            INVALID, f'-:{number}: is not a row; write {{"expr": "...", "actual": "..."}} on one line'
        ) from error


__all__ = ["validate_command", "validate_constraint_command"]
