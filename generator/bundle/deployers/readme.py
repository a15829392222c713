"""The bundle's own README: what it deploys, what the cluster must be, how to use and check it."""

from __future__ import annotations

from collections.abc import Sequence

from generator.bundle.deployers.components import ComponentView
from generator.bundle.deployers.rendering import render
from generator.bundle.model import BundlePlan


def root_readme(plan: BundlePlan, views: Sequence[ComponentView], how: str) -> bytes:
    """The Markdown; *how* is the deployer's own part."""
    recipe = plan.recipe
    coverage = ""
    if recipe.starting_point:
        coverage = (
            "**This is a starting point**: its criteria do not state both a service and an accelerator. "
            "Check what your environment needs beyond it."
        )
    return render(
        "README.md.j2",
        recipe=recipe.id,
        version=plan.tool_version,
        catalog=plan.catalog_version or plan.catalog_digest[:19],
        criteria=[(name, value) for name, value in recipe.criteria.items() if value != "any"],
        coverage=coverage,
        notes=plan.notes,
        components=views,
        left_out=plan.left_out,
        constraints=recipe.constraints,
        how=how,
    ).encode()
