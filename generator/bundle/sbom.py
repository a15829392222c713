"""The bill of materials of a recipe, as CycloneDX 1.6 and SPDX 2.3, from the bundle's own plan.

The same plan and time give the same bytes. What charts bring along by themselves is not known here, and both
documents say so.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from generator.bundle.model import BundlePlan, PlannedComponent

# Names the documents of this project: serial numbers derive from it and the content.
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://aicr-matrix/sbom")
_UNSAFE = re.compile(r"[^A-Za-z0-9.-]+")
_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Part:
    """One thing a recipe is made of: a chart, a kustomization, a set of manifests, or an image."""

    ref: str  # unique in the document
    kind: str  # application | container
    name: str
    version: str
    purl: str  # "" where none is known
    distribution: str  # where it is fetched, "" where unknown
    sha256: str
    properties: tuple[tuple[str, str], ...]
    needs: tuple[str, ...]  # refs


def find_parts(plan: BundlePlan) -> tuple[Part, ...]:
    """The parts by ref, components first."""
    parts = []
    images: set[str] = set()
    for component in plan.components:
        if component.kind == "nothing":
            continue
        named = component.images
        images.update(named)
        parts.append(_component(component, named))
    return (*sorted(parts, key=lambda part: part.ref), *(_image(image) for image in sorted(images)))


def _component(component: PlannedComponent, images: Sequence[str]) -> Part:
    properties = [("aicr:component", component.name)]
    purl = distribution = ""
    name, version = component.name, component.version
    if component.has_chart:
        name = component.chart.rpartition("/")[2]
        purl, distribution = chart_purl(component), component.source
        properties += [
            ("aicr:helm:repository", component.source),
            ("aicr:helm:chart", name),
            ("aicr:helm:version", version),
        ]
    elif component.kind == "kustomize":
        distribution, version = component.reference, component.tag
    if component.namespace:
        properties.append(("aicr:helm:namespace", component.namespace))
    needs = [f"component:{need}" for need in component.needs] + [f"image:{image}" for image in images]
    return Part(
        f"component:{component.name}", "application", name, version, purl, distribution, "",
        tuple(sorted(properties)), tuple(sorted(needs)),
    )  # fmt: skip


def chart_purl(component: PlannedComponent) -> str:
    """The package URL of a chart; `pkg:helm` is what others use, though it is not registered."""
    if component.kind == "oci":
        name = component.chart.rpartition("/")[2]
        location = component.chart.removeprefix("oci://")
        return f"pkg:oci/{_q(name.lower())}?repository_url={_q(location)}&tag={_q(component.version)}"
    return f"pkg:helm/{_q(component.chart)}@{_q(component.version)}?repository_url={_q(component.source)}"


def _image(image: str) -> Part:
    place, _, digest = image.partition("@")
    head, slash, last = place.rpartition("/")
    name, _, tag = last.partition(":")
    location = f"{head}{slash}{name}"
    purl = f"pkg:oci/{_q(name)}"
    if digest:
        purl += f"@{_q(digest)}"
    purl += f"?repository_url={_q(location)}" + (f"&tag={_q(tag)}" if tag else "")
    match = _DIGEST.fullmatch(digest)
    return Part(
        f"image:{image}", "container", location, tag or digest, purl, "", match[1] if match else "", (), ()
    )


def _q(text: str) -> str:
    return quote(text, safe="-._~")


def cyclonedx(plan: BundlePlan, epoch: int) -> bytes:
    """The CycloneDX 1.6 document as JSON; *epoch* is its time, in seconds."""
    parts = find_parts(plan)
    root = {
        "bom-ref": "recipe",
        "type": "application",
        "name": plan.recipe.id,
        "version": plan.catalog_version,
    }
    tool = {"type": "application", "name": "aicr-matrix", "version": plan.tool_version}
    unknown = plan.supplies.unknown
    document: dict[str, object] = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": _time(epoch),
            "tools": {"components": [tool]},
            "component": root,
            "properties": [
                {"name": "aicr:catalog:digest", "value": plan.catalog_digest},
                *({"name": "aicr:unknown", "value": text} for text in unknown),
            ],
        },
        "components": [_cyclonedx_part(part) for part in parts],
        "dependencies": [
            {"ref": "recipe", "dependsOn": [part.ref for part in parts if part.kind == "application"]},
            *({"ref": part.ref, **({"dependsOn": list(part.needs)} if part.needs else {})} for part in parts),
        ],
        "compositions": [{"aggregate": "incomplete" if unknown else "complete", "assemblies": ["recipe"]}],
    }
    text = _json(document)
    serial = uuid.uuid5(_NAMESPACE, hashlib.sha256(text).hexdigest())
    return _joined(_json({"serialNumber": f"urn:uuid:{serial}"}), text)


def _cyclonedx_part(part: Part) -> dict[str, object]:
    made: dict[str, object] = {"bom-ref": part.ref, "type": part.kind, "name": part.name}
    if part.version:
        made["version"] = part.version
    if part.purl:
        made["purl"] = part.purl
    if part.sha256:
        made["hashes"] = [{"alg": "SHA-256", "content": part.sha256}]
    if part.distribution:
        made["externalReferences"] = [{"type": "distribution", "url": part.distribution}]
    if part.properties:
        made["properties"] = [{"name": name, "value": value} for name, value in part.properties]
    return made


def spdx(plan: BundlePlan, epoch: int) -> bytes:
    """The SPDX 2.3 document as JSON; *epoch* is its time, in seconds."""
    parts = find_parts(plan)
    ids = _spdx_ids(part.ref for part in parts)
    unknown = plan.supplies.unknown
    root: dict[str, object] = {
        "SPDXID": "SPDXRef-recipe",
        "name": plan.recipe.id,
        "versionInfo": plan.catalog_version,
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "primaryPackagePurpose": "APPLICATION",
    }
    if unknown:
        root["comment"] = "Not complete: " + "; ".join(unknown)
    relations = [("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-recipe")]
    relations += [
        ("SPDXRef-recipe", "DEPENDS_ON", ids[part.ref]) for part in parts if part.kind == "application"
    ]
    relations += [(ids[part.ref], "DEPENDS_ON", ids[need]) for part in parts for need in part.needs]
    body = _json(
        {
            "packages": [root, *(_spdx_part(part, ids[part.ref]) for part in parts)],
            "relationships": [
                {"spdxElementId": a, "relationshipType": kind, "relatedSpdxElement": b}
                for a, kind, b in relations
            ],
        }
    )
    digest = hashlib.sha256(body + plan.catalog_digest.encode()).hexdigest()
    head = {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": plan.recipe.id,
        "documentNamespace": f"https://aicr-matrix/spdx/{plan.recipe.id}-{uuid.uuid5(_NAMESPACE, digest)}",
        "creationInfo": {"created": _time(epoch), "creators": [f"Tool: aicr-matrix-{plan.tool_version}"]},
    }
    return _joined(_json(head), body)


def _spdx_part(part: Part, identity: str) -> dict[str, object]:
    web = part.distribution.startswith(("https://", "http://"))
    made: dict[str, object] = {
        "SPDXID": identity,
        "name": part.name,
        "downloadLocation": part.distribution if web else "NOASSERTION",
        "filesAnalyzed": False,
        "primaryPackagePurpose": part.kind.upper(),
    }
    if part.version:
        made["versionInfo"] = part.version
    if part.sha256:
        made["checksums"] = [{"algorithm": "SHA256", "checksumValue": part.sha256}]
    if part.purl:
        made["externalRefs"] = [
            {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": part.purl}
        ]
    return made


def _spdx_ids(refs: Iterable[str]) -> dict[str, str]:
    """An identifier per ref; where two would be the same letters, the later gets a number."""
    ids: dict[str, str] = {}
    taken = {"SPDXRef-DOCUMENT", "SPDXRef-recipe"}
    for ref in refs:
        wanted = identity = "SPDXRef-" + _UNSAFE.sub("-", ref)
        number = 2
        while identity in taken:
            identity = f"{wanted}-{number}"
            number += 1
        taken.add(identity)
        ids[ref] = identity
    return ids


def _time(epoch: int) -> str:
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _joined(first: bytes, second: bytes) -> bytes:
    """Two JSON objects as one, with a closing newline: what is named after its own digest is spelled once."""
    return first[:-1] + b"," + second[1:] + b"\n"


def _json(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
