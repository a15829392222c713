"""Makes a downloaded bundle again from the catalog and says whether it is the same, byte for byte."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from generator import __version__
from generator.bundle.build import build_bundle, bundle_name
from generator.bundle.deployers import DEPLOYERS
from generator.bundle.document import SCHEMA_VERSION, read_options_record
from generator.bundle.pack import pack_gz, pack_tar
from generator.bundle.verify import read_archive, verify_tarball
from generator.core.criteria import DIMENSIONS, Criteria
from generator.engine.model import Catalog, Recipe


@dataclass(frozen=True, slots=True)
class Rebuild:
    """The outcome: `same` when the tar is equal; `same_gz` when the compressed bytes are too."""

    same: bool
    same_gz: bool
    differences: tuple[str, ...]  # what differs or why it could not be made again
    tar_sha256: str  # of the bundle made anew, "" where it could not be

    def as_dict(self) -> dict[str, object]:
        """The outcome as plain values."""
        return {
            "same": self.same,
            "sameCompressed": self.same_gz,
            "differences": list(self.differences),
            "tarSha256": self.tar_sha256,
        }


def rebuild_check(
    catalog: Catalog, content: bytes, resolve: Callable[[Catalog, Criteria], Recipe]
) -> Rebuild:
    """Build again what the archive *content* says it is made from, and compare.

    *resolve* is the engine's `resolve_recipe`. ProblemsFound as `build_bundle` raises it.
    """
    findings = verify_tarball(content).findings
    if findings:
        return _cannot(*(str(finding) for finding in findings))
    top, files, tar = read_archive(content)
    record, wrong = _read_record(files.get("build.json", b""))
    if wrong:
        return _cannot(wrong)
    told = _differing_sources(record, catalog)
    criteria = record["criteria"]
    assert isinstance(criteria, dict)
    query = Criteria(
        **{d: str(criteria.get(d, "any")) for d in DIMENSIONS}, nodes=int(criteria.get("nodes", 0))
    )
    recipe = resolve(catalog, query)
    if recipe.id != record["recipe"]:
        return _cannot(*told, f"the criteria resolve to the recipe {recipe.id}, not {record['recipe']}")
    try:
        options = read_options_record(_mapping(record["options"]))
    except ValueError as error:
        return _cannot(*told, f"build.json: {error}")
    deployer = str(record["deployer"])
    again = build_bundle(catalog, recipe, deployer, options)
    made = pack_tar(bundle_name(recipe, deployer), again)
    same = made == tar
    differences = [*told, *_differences(files, again)]
    if not same and not differences:
        differences = [f"the top folder is called {top}, not {bundle_name(recipe, deployer)}"]
    digest = hashlib.sha256(made).hexdigest()
    return Rebuild(same, pack_gz(made) == content, () if same else tuple(differences), digest)


def _read_record(content: bytes) -> tuple[dict[str, object], str]:
    if not content:
        return {}, "build.json is missing: it says what the bundle was made from"
    try:
        record = json.loads(content)
    except ValueError:
        return {}, "build.json is not JSON"
    wanted = {
        "criteria": dict,
        "recipe": str,
        "deployer": str,
        "options": dict,
        "catalog": dict,
        "tool": dict,
    }
    if not isinstance(record, dict) or record.get("schemaVersion") != SCHEMA_VERSION:
        return {}, f"build.json is not of schema version {SCHEMA_VERSION}"
    for name, kind in wanted.items():
        if not isinstance(record.get(name), kind):
            return {}, f"build.json has no {name}"
    if record["deployer"] not in DEPLOYERS:
        return (
            {},
            f"the deployer {str(record['deployer'])[:60]!r} is not known; known: {', '.join(DEPLOYERS)}",
        )
    return record, ""


def _differing_sources(record: Mapping[str, object], catalog: Catalog) -> list[str]:
    """Why another result is to be expected."""
    told = []
    version = _mapping(record["tool"]).get("version")
    if version != __version__:
        told.append(f"the bundle was made by aicr-matrix {str(version)[:60]}, this is {__version__}")
    if _mapping(record["catalog"]).get("digest") != catalog.digest:
        told.append("the bundle was made from another catalog; its digest differs")
    return told


def _differences(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> list[str]:
    told = [f"{path} is not made any more" for path in sorted(set(old) - set(new))]
    told += [f"{path} is new" for path in sorted(set(new) - set(old))]
    told += [f"{path} differs" for path in sorted(set(old) & set(new)) if old[path] != new[path]]
    return told


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _cannot(*why: str) -> Rebuild:
    return Rebuild(False, False, why, "")
