"""The verbs around bundles: bundle, verify, rebuild-check, images."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from generator.cli.exits import INVALID, Stop
from generator.cli.options import (
    CatalogChoice,
    Command,
    CriteriaChoice,
    catalog_options,
    criteria_options,
)
from generator.cli.output import note, warn, write_file
from generator.cli.recipes import warn_about
from generator.cli.selection import chosen_recipe

if TYPE_CHECKING:
    from generator.bundle.model import Assignment, BundleOptions, Toleration

PAIR = re.compile(r"^(?P<key>[^=:\s]+)=(?P<value>[^:\s]*)$")
EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
TAINT = re.compile(rf"^(?P<key>[^=:\s]+)(?:=(?P<value>[^:\s]*))?(?::(?P<effect>{'|'.join(EFFECTS)}))?$")


def _deployers(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from generator.bundle.deployers import DEPLOYERS

    return [CompletionItem(name) for name in DEPLOYERS if name.startswith(incomplete)]


def _pairs(name: str, texts: tuple[str, ...]) -> dict[str, str]:
    """`key=value` pairs, several in one option divided by commas."""
    pairs = {}
    for text in (part for option in texts for part in option.split(",")):
        found = PAIR.match(text)
        if not found:
            raise Stop(INVALID, f"--{name} {text!r} is not a pair; write key=value")
        pairs[found["key"]] = found["value"]
    return pairs


def _toleration(name: str, text: str) -> Toleration:
    from generator.bundle.model import Toleration

    found = TAINT.match(text)
    if not found:
        raise Stop(
            INVALID,
            f"--{name} {text!r} is not a taint; write key=value:Effect, key:Effect or key; "
            f"effects: {', '.join(EFFECTS)}",
        )
    return Toleration(found["key"], found["value"] or "", found["effect"] or "")


def _assignment(kind: str, text: str) -> Assignment:
    from generator.bundle.model import Assignment
    from generator.load.inputs import read_input

    component, colon, rest = text.partition(":")
    if not colon or not component or not rest:
        raise Stop(INVALID, f"--{kind} {text!r} names no component; write COMPONENT:path=value")
    if kind != "set-file":
        return Assignment(component, rest, kind)
    path, equals, file = rest.partition("=")
    if not equals or not file:
        raise Stop(INVALID, f"--set-file {text!r} names no file; write COMPONENT:path=FILE")
    return Assignment(component, path, kind, read_input(file)[1].decode("utf-8", "replace"))


def _values(text: str) -> tuple[str, Any]:
    from generator.load.inputs import read_input
    from generator.load.yamltext import parse_yaml

    component, equals, file = text.partition("=")
    if not equals or not file:
        raise Stop(INVALID, f"--values {text!r} names no file; write COMPONENT=FILE")
    name, content = read_input(file)
    return component, parse_yaml(content.decode("utf-8", "replace"), name).value


def _options(chosen: dict[str, Any]) -> BundleOptions:
    from generator.bundle.model import TOLERATE_ALL, BundleOptions

    tolerations = {
        name: tuple(_toleration(f"{name}-node-toleration", t) for t in chosen[f"{name}_node_toleration"])
        for name in ("system", "accelerated")
    }
    return BundleOptions(
        assignments=tuple(
            _assignment(kind, text)
            for kind in ("set", "set-string", "set-file")
            for text in chosen[kind.replace("-", "_")]
        ),
        values=tuple(_values(text) for text in chosen["values"]),
        system_node_selector=_pairs("system-node-selector", chosen["system_node_selector"]),
        system_tolerations=tolerations["system"] or TOLERATE_ALL,
        accelerated_node_selector=_pairs("accelerated-node-selector", chosen["accelerated_node_selector"]),
        accelerated_tolerations=tolerations["accelerated"] or TOLERATE_ALL,
        workload_selector=_pairs("workload-selector", chosen["workload_selector"]),
        workload_gate=_toleration("workload-gate", gate) if (gate := chosen["workload_gate"]) else None,
        nodes=chosen["nodes"],
        storage_class=chosen["storage_class"] or "",
        repo=chosen["repo"] or "",
        revision=chosen["revision"],
        repo_path=chosen["repo_path"],
    )


def _many(name: str, metavar: str, text: str) -> Callable[[Command], Command]:
    return click.option(f"--{name}", name.replace("-", "_"), multiple=True, metavar=metavar, help=text)


@click.command("bundle")
@criteria_options
@catalog_options
@click.option(
    "-r", "--recipe", help="A recipe: an id from `list`, or a RecipeResult (file, -, URL, cm://ns/name)."
)
@click.option(
    "--deployer", default="helm", show_default=True, shell_complete=_deployers, help="What deploys it."
)
@_many("set", "COMP:PATH=VALUE", "Set a Helm value, typed as Helm's --set does; repeatable.")
@_many("set-string", "COMP:PATH=TEXT", "The same, always text.")
@_many("set-file", "COMP:PATH=FILE", "The same, from a file.")
@_many("values", "COMP=FILE", "Lay a values file over a component; repeatable.")
@_many("system-node-selector", "KEY=VALUE", "Where system components run; repeatable.")
@_many(
    "system-node-toleration",
    "KEY=VALUE:EFFECT",
    "Taints system components tolerate; every taint if not given.",
)
@_many("accelerated-node-selector", "KEY=VALUE", "Where GPU components run; repeatable.")
@_many(
    "accelerated-node-toleration",
    "KEY=VALUE:EFFECT",
    "Taints GPU components tolerate; every taint if not given.",
)
@_many("workload-selector", "KEY=VALUE", "Labels of the workloads that the bundle's gates look for.")
@click.option(
    "--workload-gate",
    metavar="KEY=VALUE:EFFECT",
    help="Taint that keeps workloads off unready nodes.",
)
@click.option("--storage-class", help="Storage class for components that keep data.")
@click.option("--repo", help="Git repository that a GitOps deployer reads the bundle from.")
@click.option("--revision", default="main", show_default=True, help="Its branch, tag or commit.")
@click.option("--repo-path", default=".", show_default=True, help="The bundle's folder in it.")
@click.option("-o", "--output", help="Folder, or a .tar.gz file. Default: a folder named after the recipe.")
def bundle_command(
    criteria: CriteriaChoice,
    catalog: CatalogChoice,
    recipe: str | None,
    deployer: str,
    output: str | None,
    **chosen: Any,
) -> None:
    """Write a deployment bundle: values, manifests, scripts and checksums.

    Components are named by their names or by the registry's aliases.

    \b
    Examples:
      aicr-matrix bundle --service eks --accelerator h100 --intent training --os ubuntu -o out
      aicr-matrix bundle -r recipe.yaml --set gpuoperator:driver.version=580.105.08 -o bundle.tar.gz
      aicr-matrix bundle --snapshot snapshot.yaml --accelerated-node-selector nodeGroup=gpu
    """
    from generator.bundle.build import build_files, bundle_name
    from generator.bundle.deployers import DEPLOYERS
    from generator.bundle.pack import pack_gz, pack_tar
    from generator.bundle.plan import plan_bundle

    if deployer not in DEPLOYERS:
        raise Stop(INVALID, f"--deployer {deployer!r} is none of ours; accepted: {', '.join(DEPLOYERS)}")
    loaded = catalog.load()
    selection = chosen_recipe(loaded, criteria, recipe)
    warn_about(selection.cell)
    plan = plan_bundle(loaded, selection.recipe, _options({**chosen, "nodes": criteria.nodes or 0}))
    for told in plan.notes:
        text = f"{told.component}: {told.text}" if told.component else told.text
        (note if told.severity == "info" else warn)(text)
    if any(told.severity == "error" for told in plan.notes):
        raise Stop(INVALID, "no bundle was written: the catalog says that this cannot work")
    files = build_files(plan, deployer)
    name = bundle_name(selection.recipe, deployer)
    target = Path(output or name)
    if target.name.endswith((".tar.gz", ".tgz")):
        write_file(target, pack_gz(pack_tar(name, files)))
    else:
        _write_folder(target, files)
    note(f"wrote {target}: {len(files)} files; check it with `aicr-matrix verify {target}`")


def _write_folder(target: Path, files: dict[str, bytes]) -> None:
    """Write the bundle beside *target* first, so that a failure leaves nothing half-written there."""
    from generator.bundle.build import file_mode

    target = target.absolute()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise Stop(INVALID, f"{target} is there and not empty; name another folder, or remove it")
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        for path, content in files.items():
            place = scratch / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
            place.chmod(file_mode(path))
        scratch.chmod(0o755)
        if target.exists():
            target.rmdir()
        os.rename(scratch, target)  # noqa: PTH104 - a whole folder appears at once
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


__all__ = ["bundle_command"]
