"""Builds a bundle: plan, deployer's files, the files every bundle carries, and the checksums over all."""

from __future__ import annotations

from generator.bundle.airgap import charts_text, images_text
from generator.bundle.checksums import NAME, checksums
from generator.bundle.deployers import DEPLOYERS
from generator.bundle.document import build_record, recipe_yaml
from generator.bundle.model import BundleOptions, BundlePlan, Files
from generator.bundle.plan import plan_bundle
from generator.engine.model import Catalog, Recipe


def build_bundle(
    catalog: Catalog, recipe: Recipe, deployer: str = "helm", options: BundleOptions | None = None
) -> dict[str, bytes]:
    """The bundle's files by path below its top folder, checksums.txt included.

    Scripts end in .sh and are to be written executable. KeyError for an unknown deployer;
    ProblemsFound as `plan_bundle` raises it.
    """
    return build_files(plan_bundle(catalog, recipe, options or BundleOptions()), deployer)


def build_files(plan: BundlePlan, deployer: str, common: Files | None = None) -> dict[str, bytes]:
    """Like `build_bundle`, for a plan that is there already: several deployers share one, and its *common* files."""
    files = {**DEPLOYERS[deployer](plan), **(common_files(plan) if common is None else common)}
    files["build.json"] = build_record(plan, deployer)
    files[NAME] = checksums(files)
    return files


def common_files(plan: BundlePlan) -> Files:
    """The files that are the same in every deployer's bundle of *plan*."""
    title = f"the recipe {plan.recipe.id}"
    return {
        "recipe.yaml": recipe_yaml(plan),
        "images.txt": images_text(plan.supplies, title).encode(),
        "charts.txt": charts_text(plan.supplies, title).encode(),
    }


def bundle_name(recipe: Recipe, deployer: str) -> str:
    """The name of the bundle's top folder and, with .tar.gz, of its archive."""
    return f"{recipe.id}-{deployer}"


def file_mode(path: str) -> int:
    """The mode a bundle's file is written with: scripts are executable."""
    return 0o755 if path.endswith(".sh") else 0o644
