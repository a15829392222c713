"""Turns a recipe into a bundle, packs it, and verifies, rebuilds and inventories bundles.

build_bundle(catalog, recipe, deployer="helm", options=BundleOptions()) -> dict[path, bytes]
plan_bundle(catalog, recipe, options) -> BundlePlan (.notes, .components)
build_files(plan, deployer) -> dict[path, bytes], for several deployers of one plan
bundle_name(recipe, deployer) -> "<id>-<deployer>"; file_mode(path) -> 0o755 or 0o644
pack_tar(name, files) -> bytes; pack_gz(tar) -> bytes
verify_directory(folder: Path), verify_tarball(content: bytes) -> Verification (.ok, .findings, .as_dict())
rebuild_check(catalog, content, resolve_recipe) -> Rebuild (.same, .same_gz, .differences, .as_dict())
find_supplies(plan) -> Supplies; unite([supplies]) and subtract(new, old) -> Supplies
charts_text(supplies, title), images_text(supplies, title) -> str

Imported from their modules, because they need more than the rest:
sbom: cyclonedx(plan, epoch), spdx(plan, epoch) -> bytes
provenance: bundle_statement(plan, deployer, {file: sha256}, epoch, builder=LOCAL_BUILDER) -> bytes;
  site_statement({path: sha256}, catalog_digest, tool_version, epoch, builder) -> bytes;
  sign(statement, private_key) -> the .intoto.jsonl; check(envelopes, name, sha256, public_key=None) -> Trust
  (.level, .findings, .builder, .key); load_private_key(pem), load_public_key(pem) -> key, or KeyRefused;
  public_pem(key) -> bytes; fingerprint(key) -> str
"""

from generator.bundle.airgap import charts_text, find_supplies, images_text, subtract, unite
from generator.bundle.build import build_bundle, build_files, bundle_name, file_mode
from generator.bundle.deployers import DEPLOYERS
from generator.bundle.model import Assignment, BundleNote, BundleOptions, BundlePlan, Supplies, Toleration
from generator.bundle.pack import pack_gz, pack_tar
from generator.bundle.plan import plan_bundle
from generator.bundle.rebuild import Rebuild, rebuild_check
from generator.bundle.verify import Finding, Verification, verify_directory, verify_tarball

__all__ = [
    "DEPLOYERS",
    "Assignment",
    "BundleNote",
    "BundleOptions",
    "BundlePlan",
    "Finding",
    "Rebuild",
    "Supplies",
    "Toleration",
    "Verification",
    "build_bundle",
    "build_files",
    "bundle_name",
    "charts_text",
    "file_mode",
    "find_supplies",
    "images_text",
    "pack_gz",
    "pack_tar",
    "plan_bundle",
    "rebuild_check",
    "subtract",
    "unite",
    "verify_directory",
    "verify_tarball",
]
