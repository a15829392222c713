"""The shape of every kind of file in a catalog."""

from __future__ import annotations

from generator.core.criteria import DIMENSIONS
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

PHASES = ("readiness", "deployment", "performance", "conformance")
SERVICE_WORDS = by_name(text(), "By service; `default` stands for every service without words of its own")
SOURCES = many(text(), "Where the statement comes from")

_CONSTRAINT = record(
    {
        "name": text("The reading: Type.Subtype.Key", form="reading"),
        "value": text("The expression, e.g. >= 1.32.4 or ubuntu"),
        "severity": one_of("error", "warning", "info"),
        "remediation": text("What to do when it fails"),
        "unit": text(),
    },
    needed=("name", "value"),
)
_COMPONENT = record(
    {
        "name": text("The component, as in registry.yaml", form="name"),
        "namespace": text(form="namespace"),
        "chart": text(form="chart"),
        "type": one_of("Helm", "Kustomize"),
        "source": text("The chart's repository, or Kustomize's source", form="source"),
        "version": text("In quotes where it looks like a number", form="version"),
        "tag": text(form="tag"),
        "path": text(form="path"),
        "valuesFile": text("Laid over components/<name>/values.yaml", form="valuesFile"),
        "overrides": by_name(anything(), "Helm values; maps merge, lists and scalars replace, null stays"),
        "patches": many(anything()),
        "dependencyRefs": many(text(form="name"), "What must be deployed before"),
        "manifestFiles": many(text(form="file"), "Manifests applied after the chart"),
        "preManifestFiles": many(text(form="file"), "Manifests applied before the chart"),
        "expectedResources": many(anything()),
        "healthCheckAsserts": text(),
        "cleanup": flag(),
    },
    needed=("name",),
)
_PHASE = record(
    {
        "checks": many(text(form="check"), "United with the parent's; an empty list clears"),
        "constraints": many(_CONSTRAINT),
        "timeout": text(),
        "nodeSelection": anything(),
        "infrastructure": anything(),
    }
)
_METADATA = record(
    {
        "name": text("The file's name without .yaml", form="name"),
        "annotations": by_name(text()),
        "labels": by_name(text()),
        "description": text(),
    },
    needed=("name",),
)
_API_VERSION = {"type": "string", "pattern": r"^aicr\.(nvidia\.com|run)/v.+$"}


def _of_aicr(kind: str, spec: Schema) -> Schema:
    fields = {"apiVersion": _API_VERSION, "kind": {"const": kind}, "metadata": _METADATA, "spec": spec}
    return record(fields, needed=("apiVersion", "kind", "metadata", "spec"))


def _of_ours(kind: str, fields: dict[str, Schema], *needed: str) -> Schema:
    head: dict[str, Schema] = {"apiVersion": {"const": "aicr-matrix/v1"}, "kind": {"const": kind}}
    return record({**head, **fields}, needed=("apiVersion", "kind", *needed))


OVERLAY = _of_aicr(
    "RecipeMetadata",
    record(
        {
            "base": text("The parent overlay; base where none is named", form="name"),
            "criteria": record(
                {**{d: text("A value of criteria.yaml, or any") for d in DIMENSIONS}, "nodes": number()},
                description="What a query must state for this overlay to apply; an open dimension admits every query",
            ),
            "mixins": many(text(form="name")),
            "constraints": many(_CONSTRAINT),
            "componentRefs": many(_COMPONENT),
            "validation": record(dict.fromkeys(PHASES, _PHASE)),
        }
    ),
)
MIXIN = _of_aicr("RecipeMixin", record({"constraints": many(_CONSTRAINT), "componentRefs": many(_COMPONENT)}))
_PATHS = many(text(), "Paths into the chart's values")
_SCHEDULING = record(
    {
        "nodeSelectorPaths": _PATHS,
        "tolerationPaths": _PATHS,
        "taintStrPaths": _PATHS,
        "requireNodeSelector": anything(),
        "requireNodeSelectorIfStorageClassSet": anything(),
    }
)
REGISTRY = record(
    {
        "apiVersion": _API_VERSION,
        "kind": {"const": "ComponentRegistry"},
        "metadata": anything(),
        "components": many(
            record(
                {
                    "name": text(form="name"),
                    "displayName": text(),
                    "description": text(),
                    "valueOverrideKeys": many(text()),
                    "testTier": text(),
                    "healthCheck": record({"assertFile": text(form="file")}),
                    "helm": record(
                        {
                            "defaultRepository": text(form="source"),
                            "defaultChart": text(form="chart"),
                            "defaultVersion": text(form="version"),
                            "defaultNamespace": text(form="namespace"),
                        }
                    ),
                    "kustomize": record(
                        {
                            "defaultSource": text(form="source"),
                            "defaultPath": text(form="path"),
                            "defaultTag": text(form="tag"),
                        }
                    ),
                    "nodeScheduling": record(
                        {"system": _SCHEDULING, "accelerated": _SCHEDULING, "nodeCountPaths": _PATHS}
                    ),
                    "podScheduling": record({"workload": record({"workloadSelectorPaths": _PATHS})}),
                    "validations": many(anything()),
                    "upgrades": anything(),
                    "manifestFiles": many(text(form="file")),
                    "manifestsUseChartCRDs": flag(),
                    "ownsCRDs": anything(),
                    "hasSelfRefCRDs": flag(),
                    "gkeCriticalPriority": flag(),
                    "mixinSafeOverridePaths": many(text(), "What a mixin may set of this component"),
                    "storageClassPaths": many(anything()),
                    "sharedStorageClassPaths": many(anything()),
                },
                needed=("name",),
            )
        ),
    },
    needed=("components",),
)

_CRITERIA_VALUE = record(
    {
        "name": text(form="value"),
        "label": text("The short name people read"),
        "title": text("The full name"),
        "aliases": many(text(), "Other words for it, any case"),
        "note": text(),
        "sources": SOURCES,
    },
    needed=("name", "label"),
)
CRITERIA = _of_ours(
    "CriteriaCatalog",
    {
        "version": text("The catalog's own version; without it the digest stands for it"),
        "dimensions": many(
            record(
                {
                    "name": one_of(*DIMENSIONS),
                    "label": text(),
                    "anyAliases": many(text(), "Words that mean: not stated"),
                    "values": many(_CRITERIA_VALUE),
                },
                needed=("name", "label", "values"),
            )
        ),
        "detection": many(
            record(
                {
                    "dimension": one_of(*DIMENSIONS),
                    "value": text(form="value"),
                    "reading": text(form="reading"),
                    "match": one_of("equals", "contains", "words", "prefix"),
                    "text": text(),
                    "strength": one_of("strong", "weak"),
                    "note": text(),
                },
                needed=("dimension", "value", "reading", "match", "text", "strength"),
            ),
            "How a snapshot proposes a value, in order",
        ),
    },
    "dimensions",
)
MEASUREMENT = record(
    {
        "name": text("Type.Subtype.Key; a * segment stands for any name", form="reading"),
        "label": text(),
        "kind": one_of("version", "text", "number", "flag"),
        "unit": text(),
        "meaning": text(),
        "source": text("How it is taken"),
        "reading": text("The reading a short name stands for", form="reading"),
        "sensitive": flag(),
        "required": flag(),
        "disruption": one_of("none", "settings", "node-restart", "node-upgrade", "control-plane", "rebuild"),
        "remediation": SERVICE_WORDS,
        "command": SERVICE_WORDS,
        "link": SERVICE_WORDS,
        "measure": text("How to take it when it is absent"),
        "sources": SOURCES,
    },
    needed=("name", "label", "kind", "meaning"),
)
MEASUREMENTS = _of_ours("MeasurementCatalog", {"measurements": many(MEASUREMENT)}, "measurements")

_CONDITION: dict[str, Schema] = {
    "reading": text("May hold {component}", form="reading"),
    "value": text("The expression the reading must meet"),
    "threshold": text("The recipe's constraint that gives the expression", form="reading"),
    "tolerance": either({"type": "number"}, {"type": "string"}),
    "means": text(),
    "eachComponent": flag("Once for each component of the recipe"),
}
CHECK_SPEC = record(
    {
        "phase": one_of(*PHASES),
        "title": text(),
        "description": text(),
        "severity": one_of("error", "warning", "info"),
        "requires": record(
            {
                "anyComponent": many(text(form="name")),
                "service": many(text(form="value")),
                "accelerator": many(text(form="value")),
            },
            description="Where the check applies",
        ),
        "rule": many(record({**_CONDITION, "any": many(record(_CONDITION, needed=("reading",)))})),
        "measure": text(),
        "command": text(),
        "remediation": SERVICE_WORDS,
        "link": text(),
        "doubt": text(),
        "sources": SOURCES,
    },
    needed=("phase", "title", "severity", "rule"),
)
CHECK = _of_ours(
    "Check",
    {"metadata": record({"name": text(form="check")}, needed=("name",)), "spec": CHECK_SPEC},
    "metadata",
    "spec",
)
COMPONENT_HEALTH = record(
    {
        "namespace": text(form="namespace"),
        "workloads": many(text("Kind and name, with a blank between")),
        "crds": many(text()),
        "note": text(),
        "sources": SOURCES,
    }
)
HEALTH = _of_ours("ComponentHealth", {"components": by_name(COMPONENT_HEALTH)}, "components")
SUMMARIES = _of_ours("ComponentSummaries", {"components": by_name(text())}, "components")
WINDOW = record(
    {
        "subject": one_of("kubernetes", "os", "driver", "component"),
        "scope": text(),
        "cycle": text(),
        "end": text("A date, YYYY-MM-DD"),
        "extendedEnd": text("A date, YYYY-MM-DD"),
        "status": text(),
        "label": text(),
        "source": text(),
    },
    needed=("subject", "scope", "cycle", "label"),
)
LIFECYCLE = _of_ours(
    "LifecycleCatalog", {"asOf": text(), "source": text(), "windows": many(WINDOW)}, "asOf", "windows"
)
_TOLD = many(by_name(text()))
UPSTREAM = _of_ours(
    "UpstreamEnvironments",
    {
        "source": text(),
        "note": text(),
        "environments": many(
            record(
                {
                    "service": text(),
                    "name": text(),
                    "overlay": text(),
                    "status": one_of("stated", "inferred", "missing"),
                    "checks": by_name(number()),
                    "differences": many(text()),
                },
                needed=("service", "name", "status"),
            )
        ),
        "beyondTheTable": _TOLD,
        "differences": _TOLD,
        "manifestsNotCarried": _TOLD,
        "valuesNotCarried": _TOLD,
        "valuesOfOurOwn": _TOLD,
    },
    "environments",
)  # fmt: skip

# Our own kinds, held to their shape at load.
OURS = {
    "CriteriaCatalog": CRITERIA,
    "MeasurementCatalog": MEASUREMENTS,
    "Check": CHECK,
    "ComponentHealth": HEALTH,
    "ComponentSummaries": SUMMARIES,
    "LifecycleCatalog": LIFECYCLE,
    "UpstreamEnvironments": UPSTREAM,
}
