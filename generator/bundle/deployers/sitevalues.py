"""The documented example of a site's own values, which live outside the bundle."""

from __future__ import annotations

from generator.bundle.model import BundlePlan, Files

_TEXT = """\
# Values of your own for {name}, applied after the bundle's values.yaml.
# Copy this file to a folder outside the bundle, keep its name, and run
#   ./deploy.sh --values-dir FOLDER
# Mappings merge; lists and single values replace; null removes the chart's default. For instance:
#
{sample}
"""
_SAMPLE = "# resources:\n#   limits:\n#     memory: 512Mi"


def site_values_example(plan: BundlePlan) -> Files:
    """One file for the first component that has a chart; nothing when none has."""
    for component in plan.components:
        if component.has_chart:
            text = _TEXT.format(name=component.name, sample=_SAMPLE)
            return {f"site-values.example/{component.name}.yaml": text.encode()}
    return {}
