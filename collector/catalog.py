"""The components whose workloads the collector looks for: packed into collector.pyz, else read from recipes/."""
# Plain system calls: pathlib alone would add a tenth to the start on a slow node.
# ruff: noqa: PTH100, PTH118, PTH120, PTH123

from __future__ import annotations

import importlib.resources
import json
import os
from typing import Any, List

from collector.deployment import Component, components_of

PACKED = "components.json"
SOURCE = ("recipes", "checks", "health.yaml")


def known_components() -> List[Component]:
    """Every component of the catalog with its expected workloads; [] where this copy carries no table."""
    try:
        packed = importlib.resources.files("collector").joinpath(PACKED).read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError, OSError):
        return components_of(catalog_health())
    return components_of(json.loads(packed))


def catalog_health() -> Any:
    """The parsed table of recipes/ beside the package, or of the wheel's copy; {} where neither is there."""
    here = os.path.dirname(os.path.abspath(__file__))
    places = (
        os.path.join(here, "..", *SOURCE),
        os.path.join(here, "..", "generator", "_recipes", *SOURCE[1:]),
    )
    for place in places:
        try:
            with open(place, encoding="utf-8") as file:
                text = file.read()
        except OSError:
            continue
        import yaml

        return yaml.safe_load(text) or {}
    return {}
