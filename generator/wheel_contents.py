"""Puts the catalog, the site's sources and the built browser code into the wheel; read by the build backend only.

An editable install gets none of it: there the checkout's own folders are used.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CARRIED = {
    "recipes": "generator/recipes",
    # The same layout as in the checkout, so that the relative paths of mkdocs.yml hold there too.
    "site_src/docs": "generator/_site/site_src/docs",
    "site_src/overrides": "generator/_site/site_src/overrides",
    "site_src/styles": "generator/_site/site_src/styles",
    "mkdocs.yml": "generator/_site/mkdocs.yml",
    "tests/vectors": "generator/_site/tests/vectors",
    "tests/contract": "generator/_site/tests/contract",
}


class WheelContents(BuildHookInterface):  # type: ignore[type-arg]
    """Adds what an installed `aicr-matrix` needs outside the repository."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Force the carried folders into a standard wheel; fail when the browser code was not built."""
        if version == "editable":
            return
        root = Path(self.root)
        if not list((root / "generator/render/assets").glob("*.js")):
            raise FileNotFoundError(
                "generator/render/assets/*.js is missing; run `make site` before building a wheel"
            )
        build_data["force_include"].update({str(root / source): target for source, target in CARRIED.items()})
