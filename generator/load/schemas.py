"""JSON Schemas of every kind of catalog file and of every document we emit, by the name they are published under."""

from __future__ import annotations

from typing import Any

from generator.core.criteria import DIMENSIONS
from generator.load import fileshapes as files
from generator.load.shapes import (
    Schema,
    anything,
    by_name,
    either,
    flag,
    many,
    number,
    one_of,
    record,
    text,
)

DIALECT = "https://json-schema.org/draft/2020-12/schema"
COVERAGES = ("exact", "composed", "partial", "unsupported")
VERDICTS = ("pass", "fail", "warn", "unknown", "not-applicable")


def _open(fields: dict[str, Schema], *optional: str, description: str = "") -> Schema:
    """A document we emit: every field but the *optional* ones is there, and further ones may come."""
    needed = [name for name in fields if name not in optional]
    return record(fields, needed=needed, description=description, closed=False)


_CRITERIA = record({**{d: text("A value, or any") for d in DIMENSIONS}, "nodes": number()}, needed=DIMENSIONS)
_HEAD = {
    "schemaVersion": text("MAJOR.MINOR; fields are only added"),
    "catalogDigest": text("sha256 of the catalog"),
}
_ORIGIN = _open({"kind": text(), "name": text(), "file": text(), "line": number()})
_SETTING = _open({"value": anything(), "origin": _ORIGIN})
_NOT_HONOURED = many(one_of(*DIMENSIONS), "Stated dimensions that no applied overlay states")
_NEEDS = by_name(text(), "The fewest further criteria that make it exact; empty where there are none")
_BUNDLE = _open(
    {"deployer": text(), "url": text(), "sha256": text(), "tarSha256": text(), "size": number("bytes")}
)
_EMITTED_CONSTRAINT = record({"name": text(), "value": text()}, needed=("name", "value"), closed=False)
_EMITTED_COMPONENT = _open(
    {"name": text(), "type": text(), "source": text(), "namespace": text(), "chart": text(), "version": text(),
     "overrides": by_name(anything()), "dependencyRefs": many(text()), "manifestFiles": many(text())},
    "namespace", "chart", "version", "overrides", "dependencyRefs", "manifestFiles",
)  # fmt: skip
RECIPE_RESULT = _open(
    {
        "kind": {"const": "RecipeResult"},
        "apiVersion": text(),
        "metadata": _open(
            {
                "version": text(),
                "appliedOverlays": many(text(), "In the order they apply, base first"),
                "appliedMixins": many(text()),
                "coverage": one_of(*COVERAGES),
                "notHonoured": _NOT_HONOURED,
                "needs": _NEEDS,
                "unpaired": flag("Service and accelerator are stated, but nowhere together"),
                "evidence": one_of("stated", "inferred"),
                "excludedOverlays": many(text()),
                "constraintWarnings": many(by_name(text())),
                "unreadConstraints": many(by_name(text())),
            },
            "appliedMixins", "coverage", "notHonoured", "needs", "unpaired", "evidence", "excludedOverlays",
            "constraintWarnings", "unreadConstraints",
        ),
        "criteria": _CRITERIA,
        "constraints": many(_EMITTED_CONSTRAINT),
        "componentRefs": many(_EMITTED_COMPONENT),
        "deploymentOrder": many(text()),
        "validation": by_name(record({"checks": many(text()), "constraints": many(_EMITTED_CONSTRAINT)}, closed=False)),
    },
    "validation",
)  # fmt: skip
_RULE = _open(
    {"name": text(), "value": text(), "severity": text(), "unit": text(), "remediation": text(), "command": text(),
     "link": text(), "origin": _ORIGIN, "overridden": flag("An earlier word that the winner does not imply")},
    "overridden",
)  # fmt: skip
_DIMENSION_VALUE = _open(
    {"name": text(), "label": text(), "title": text(), "aliases": many(text()), "note": text(),
     "sources": many(text())},
    "aliases", "note", "sources",
)  # fmt: skip
_DIMENSION = _open(
    {
        "name": one_of(*DIMENSIONS),
        "label": text(),
        "anyAliases": many(text()),
        "values": many(_DIMENSION_VALUE),
    },
    "anyAliases",
)
_RECIPE_HEAD = {
    "id": text("Its criteria joined by -, in AICR's order"),
    "criteria": _CRITERIA,
    "coverage": one_of(*COVERAGES),
    "startingPoint": flag("Service and accelerator are not both stated"),
    "evidence": one_of("", "stated", "inferred"),
    "page": text("Relative to the site's root"),
}
_MEASUREMENT = {**files.MEASUREMENT, "additionalProperties": True}
_CHECK = {**files.CHECK_SPEC, "additionalProperties": True}
_LIFECYCLE = {
    "asOf": text(),
    "source": text(),
    "windows": many({**files.WINDOW, "additionalProperties": True}),
}
_RULES_RECIPE = _open(
    {
        **_RECIPE_HEAD,
        "constraints": many(_RULE),
        "phases": by_name(_open({"checks": many(text()), "constraints": many(_RULE)})),
        "components": many(
            _open(
                {"name": text(), "version": text(), "chart": text(), "namespace": text(), "enabled": flag()}
            )
        ),
    }
)
_CHANGE = record(
    {
        "path": text(),
        "kind": one_of("added", "removed", "changed"),
        "before": anything(),
        "after": anything(),
    },
    needed=("path", "kind"),
)
_DOCUMENTS: dict[str, tuple[str, Schema]] = {
    "overlay": ("An overlay: recipes/overlays/<name>.yaml", files.OVERLAY),
    "mixin": ("A mixin: recipes/mixins/<name>.yaml", files.MIXIN),
    "registry": ("The component registry: recipes/registry.yaml", files.REGISTRY),
    "criteria-catalog": ("The vocabulary: recipes/criteria.yaml", files.CRITERIA),
    "measurement-catalog": ("Every reading: recipes/measurements.yaml", files.MEASUREMENTS),
    "check": ("A check: recipes/checks/<name>.yaml", files.CHECK),
    "component-health": ("Expected workloads: recipes/checks/health.yaml", files.HEALTH),
    "component-summaries": ("What each component is: recipes/summaries.yaml", files.SUMMARIES),
    "lifecycle-catalog": ("Support windows: recipes/lifecycle.yaml", files.LIFECYCLE),
    "upstream-environments": ("What upstream ships: recipes/upstream.yaml", files.UPSTREAM),
    "recipe-criteria": (
        "A criteria file for --criteria",
        _open(
            {"kind": {"const": "RecipeCriteria"}, "apiVersion": text(), "metadata": anything(),
             "spec": record({**{d: text() for d in DIMENSIONS}, "nodes": number()})},
            "apiVersion", "metadata",
        ),
    ),
    "snapshot": (
        "A snapshot, by AICR's collector or ours",
        _open(
            {
                "kind": {"const": "Snapshot"}, "apiVersion": text(), "metadata": by_name(anything()),
                "measurements": many(
                    _open({"type": text(), "subtypes": many(
                        _open({"subtype": text(), "data": by_name(anything()), "context": anything()}, "context")
                    )})
                ),
            },
            "apiVersion", "metadata",
        ),
    ),
    "recipe-result": ("A recipe as AICR's RecipeResult", RECIPE_RESULT),
    "difference": (
        "What `diff` prints",
        _open({"subject": one_of("recipes", "snapshots", "catalogs"), "same": flag(), "changes": many(_CHANGE)}),
    ),
    "explanation": (
        "What `explain` prints",
        many(_open({"path": text(), "kind": one_of("constraint", "field", "value", "check"), "value": anything(),
                    "origin": _ORIGIN, "overrode": many(_SETTING)})),
    ),
    "verdict": (
        "What `validate-constraint` prints", _open({"verdict": one_of(*VERDICTS), "reason": text()})
    ),
    "index": (
        "api/v1/index.json: the door",
        _open({**_HEAD, "catalogVersion": text(), "endpoints": by_name(text()), "generator": anything(),
               "built": text(), "collector": either(_open({"url": text(), "sha256": text()}), {"type": "null"}),
               "combinations": by_name(number()), "recipes": number()}, "generator", "built"),
    ),
    "criteria": (
        "api/v1/criteria.json: the dimensions",
        _open({**_HEAD, "dimensions": many(_DIMENSION), "detection": many(anything())}),
    ),
    "matrix": (
        "api/v1/matrix.json: every combination, as mixed-radix arrays (service slowest, platform fastest, any first)",
        _open({**_HEAD, "catalogVersion": text(), "dimensions": many(_DIMENSION),
               "recipes": many(_open(dict(_RECIPE_HEAD))),
               "coverage": {"type": "string", "pattern": "^[0-3]*$",
                            "description": "A digit per combination: 0 exact, 1 composed, 2 partial, 3 unsupported"},
               "recipe": many(number(), "An index into recipes per combination"),
               "notHonoured": {"type": "string", "pattern": "^(?:[0-9a-f]{2})*$",
                               "description": "Two hex digits per combination: bit i is dimension i, bit 5 unpaired"}}),
    ),
    "recipes": (
        "api/v1/recipes.json: the slim list",
        _open({**_HEAD, "recipes": many(
            _open({**_RECIPE_HEAD, "json": text(), "yaml": text(), "bundles": number()}, "json", "yaml", "bundles")
        )}),
    ),
    "recipe": (
        "api/v1/recipes/<id>.json: one recipe with its values and the origin of everything",
        _open({**_HEAD, **_RECIPE_HEAD, "notHonoured": _NOT_HONOURED, "unpaired": flag(), "sources": many(text()),
               "doubts": many(text()), "layers": many(text()), "mixins": many(text()), "result": RECIPE_RESULT,
               "values": by_name(by_name(anything())), "origins": anything(), "bundles": many(_BUNDLE),
               "sboms": many(text())}, "sboms", "sources", "doubts", "unpaired", "notHonoured"),
    ),
    "combination": (
        "api/v1/criteria/<service>/<accelerator>/<intent>/<os>/<platform>.json: one combination",
        _open({**_HEAD, "criteria": _CRITERIA, "coverage": one_of(*COVERAGES), "recipe": text(), "page": text(),
               "notHonoured": _NOT_HONOURED, "unpaired": flag(), "needs": _NEEDS,
               "nearest": many(_open({"criteria": _CRITERIA, "recipe": text(), "page": text()}),
                               "Exact combinations: additions first, then swaps, then drops")}),
    ),
    "components": (
        "api/v1/components.json",
        _open({**_HEAD, "components": many(
            _open({"name": text(), "title": text(), "summary": text(), "page": text(),
                   "versions": many(_open({"version": text(), "recipes": many(text())})),
                   "health": anything()}, "health", "summary")
        )}),
    ),
    "checks": ("api/v1/checks.json", _open({**_HEAD, "checks": by_name(_CHECK)})),
    "measurements": ("api/v1/measurements.json", _open({**_HEAD, "measurements": many(_MEASUREMENT)})),
    "rules": (
        "api/v1/rules.json: what a validator needs",
        _open({**_HEAD, "catalogVersion": text(), "recipes": many(_RULES_RECIPE), "checks": by_name(_CHECK),
               "measurements": many(_MEASUREMENT), "detection": many(anything()), "dimensions": many(_DIMENSION),
               "lifecycle": anything()}, "catalogVersion", "lifecycle"),
    ),
    "lifecycle": ("api/v1/lifecycle.json: support windows", _open({**_HEAD, **_LIFECYCLE}, *_LIFECYCLE)),
    "badge": (
        "api/v1/badges/<id>.json: a shields.io endpoint",
        _open({"schemaVersion": {"const": 1}, "label": text(), "message": text(), "color": text()}),
    ),
}  # fmt: skip


def schemas() -> dict[str, dict[str, Any]]:
    """File name -> JSON Schema (draft 2020-12) of every kind of catalog file and every document we emit."""
    return {
        f"{name}.json": {"$schema": DIALECT, "$id": f"{name}.json", "title": title, **schema}
        for name, (title, schema) in sorted(_DOCUMENTS.items())
    }
