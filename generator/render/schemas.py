"""JSON Schemas of the published documents: what a reader may rely on. Fields not named here may appear at any time."""

from __future__ import annotations

from collections.abc import Mapping

from generator.core.criteria import DIMENSIONS
from generator.engine.model import Coverage
from generator.render.site import SCHEMA_VERSION

Schema = dict[str, object]

TEXT: Schema = {"type": "string"}
COUNT: Schema = {"type": "integer", "minimum": 0}
FLAG: Schema = {"type": "boolean"}
DIGEST: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
ANYTHING: Schema = {}
COVERAGE: Schema = {"enum": [c.value for c in Coverage]}
DIMENSION: Schema = {"enum": list(DIMENSIONS)}


def schemas() -> Mapping[str, Schema]:
    """Every schema by the name its document has in the API."""
    return {name: _whole(name, schema) for name, schema in sorted(_DOCUMENTS.items())}


def _object(**fields: Schema) -> Schema:
    """An object that has all of *fields*, and perhaps more; a trailing `_` marks one that may be absent."""
    return {
        "type": "object",
        "properties": {name.rstrip("_"): schema for name, schema in fields.items()},
        "required": [name for name in fields if not name.endswith("_")],
    }


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _map(values: Schema) -> Schema:
    return {"type": "object", "additionalProperties": values}


def _whole(name: str, schema: Schema) -> Schema:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"aicr-matrix/v1/{name}",
        "title": name,
        **schema,
    }


def _document(**fields: Schema) -> Schema:
    """A document of the API: schema version and catalog digest first."""
    return _object(schemaVersion={"const": SCHEMA_VERSION}, catalogDigest=DIGEST, **fields)


CRITERIA: Schema = _object(**dict.fromkeys(DIMENSIONS, TEXT))
BUNDLE: Schema = _object(deployer=TEXT, url=TEXT, sha256=DIGEST, tarSha256=DIGEST, size=COUNT)
ORIGIN: Schema = _object(kind=TEXT, name=TEXT, file=TEXT, line=COUNT)
HISTORY: Schema = {**_list({"allOf": [ORIGIN, _object(value=ANYTHING)]}), "minItems": 1}
VALUE: Schema = _object(name=TEXT, label=TEXT, title_=TEXT, aliases_=_list(TEXT))
DIMENSION_ENTRY: Schema = _object(name=DIMENSION, label=TEXT, values=_list(VALUE))
EVIDENCE: Schema = {"enum": ["stated", "inferred", ""]}
NEAREST: Schema = _object(criteria=CRITERIA, recipe=TEXT, page=TEXT)
RULE: Schema = _object(
    name=TEXT,
    value=TEXT,
    severity=TEXT,
    unit=TEXT,
    remediation=TEXT,
    command=TEXT,
    link=TEXT,
    origin=ANYTHING,
)
RECIPE_RULES: Schema = _object(
    id=TEXT,
    criteria=CRITERIA,
    coverage=COVERAGE,
    startingPoint=FLAG,
    evidence=EVIDENCE,
    page=TEXT,
    constraints=_list(RULE),
    phases=_map(_object(checks=_list(TEXT), constraints=_list(RULE))),
    components=_list(_object(name=TEXT)),
)
RESULT: Schema = _object(
    kind={"const": "RecipeResult"},
    apiVersion=TEXT,
    metadata=_object(appliedOverlays=_list(TEXT), coverage_=COVERAGE),
    criteria=CRITERIA,
    constraints=_list(_object(name=TEXT, value=TEXT)),
    componentRefs=_list(_object(name=TEXT, type=TEXT, source=TEXT)),
    deploymentOrder=_list(TEXT),
)

_DOCUMENTS: Mapping[str, Schema] = {
    "index": _document(
        catalogVersion=TEXT,
        endpoints=_map(TEXT),
        collector={"anyOf": [_object(url=TEXT, sha256=DIGEST), {"type": "null"}]},
        combinations=_object(total=COUNT, **{c.value: COUNT for c in Coverage}),
        recipes=COUNT,
        built=TEXT,
    ),
    "criteria": _document(dimensions=_list(DIMENSION_ENTRY), detection=ANYTHING),
    "matrix": _document(
        catalogVersion=TEXT,
        dimensions=_list(DIMENSION_ENTRY),
        recipes=_list(
            _object(
                id=TEXT,
                page=TEXT,
                criteria=CRITERIA,
                coverage=COVERAGE,
                startingPoint=FLAG,
                evidence=EVIDENCE,
                bundles=_list(BUNDLE),
            )
        ),
        coverage={"type": "string", "pattern": "^[0-3]*$"},
        recipe=_list(COUNT),
        notHonoured={"type": "string", "pattern": "^([0-9a-f]{2})*$"},
    ),
    "recipes": _document(
        recipes=_list(
            _object(
                id=TEXT,
                criteria=CRITERIA,
                coverage=COVERAGE,
                startingPoint=FLAG,
                evidence=EVIDENCE,
                page=TEXT,
                json=TEXT,
                yaml=TEXT,
                bundles=COUNT,
            )
        )
    ),
    "recipe": _document(
        id=TEXT,
        criteria=CRITERIA,
        coverage=COVERAGE,
        notHonoured=_list(DIMENSION),
        unpaired=FLAG,
        startingPoint=FLAG,
        evidence=EVIDENCE,
        sources=_list(TEXT),
        doubts=_list(TEXT),
        layers=_list(TEXT),
        mixins=_list(TEXT),
        result=RESULT,
        values=_map({"type": "object"}),
        origins=_object(
            constraints=_map(HISTORY),
            components=_map(_object(fields=_map(HISTORY), values=_map(HISTORY))),
            checks=_map(_map(ORIGIN)),
        ),
        bundles=_list(BUNDLE),
        sboms=_list(TEXT),
    ),
    "recipe-result": RESULT,
    "combination": _document(
        criteria=CRITERIA,
        coverage=COVERAGE,
        recipe=TEXT,
        notHonoured=_list(DIMENSION),
        unpaired=FLAG,
        needs={"type": "object", "propertyNames": DIMENSION, "additionalProperties": TEXT},
        nearest=_list(NEAREST),
    ),
    "components": _document(
        components=_list(
            _object(
                name=TEXT,
                title=TEXT,
                page=TEXT,
                versions=_list(_object(version=TEXT, recipes=_list(TEXT))),
                health={"type": "object"},
            )
        )
    ),
    "checks": _document(checks=_map({"type": "object"})),
    "measurements": _document(measurements=_list(_object(name=TEXT))),
    "rules": _document(
        recipes=_list(RECIPE_RULES),
        checks=_map({"type": "object"}),
        measurements=_list(_object(name=TEXT)),
        detection=ANYTHING,
        dimensions=ANYTHING,
        lifecycle={"type": "object"},
    ),
    "lifecycle": _document(windows_=_list(_object(subject=TEXT, scope=TEXT, cycle=TEXT))),
    "badge": _object(schemaVersion={"const": 1}, label=TEXT, message=TEXT, color=TEXT),
}
