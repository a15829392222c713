"""aicr-matrix: turns a catalog of overlays into recipes, bundles, a site and a validator."""

__version__ = "0.1.0"
