"""The verbs about bundles that are there already: verify, rebuild-check, images."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli.exits import FINDINGS, INVALID, OK, Stop
from generator.cli.options import (
    CatalogChoice,
    CriteriaChoice,
    catalog_options,
    format_option,
    output_option,
)
from generator.cli.output import formatted, note, write_result
from generator.cli.selection import chosen_recipe

if TYPE_CHECKING:
    from generator.bundle.provenance import Trust


@click.command("images")
@click.argument("recipes", nargs=-1, required=True)
@catalog_options
@click.option("--except", "excepted", multiple=True, help="Leave out what this recipe has too; repeatable.")
@click.option("--charts", is_flag=True, help="Charts instead of images.")
@format_option("text", "json", default="text")
@output_option
def images_command(
    recipes: tuple[str, ...],
    catalog: CatalogChoice,
    excepted: tuple[str, ...],
    charts: bool,
    form: str,
    output: str,
) -> None:
    """List the images (or charts) of several RECIPES together, for an air-gapped registry.

    What the charts name by themselves cannot be known without rendering them; stderr says for which
    components that is so.

    \b
    Examples:
      aicr-matrix images h100-eks-ubuntu-training h100-eks-ubuntu-inference
      aicr-matrix images gb200-eks-ubuntu-training --except h100-eks-ubuntu-training --charts
    """
    from generator.bundle.airgap import find_supplies
    from generator.bundle.model import BundleOptions
    from generator.bundle.plan import plan_bundle

    loaded = catalog.load()
    nothing = CriteriaChoice((), None, None, None)

    def supplies(name: str) -> tuple[set[str], set[str]]:
        found = find_supplies(
            plan_bundle(loaded, chosen_recipe(loaded, nothing, name).recipe, BundleOptions())
        )
        if not charts:
            return set(found.images), set(found.unknown)
        return {f"{c.repository} {c.name} {c.version}".strip() for c in found.charts}, set()

    wanted = [supplies(name) for name in recipes]
    left_out = set().union(*(supplies(name)[0] for name in excepted))
    names = sorted(set().union(*(found for found, _ in wanted)) - left_out)
    unknown = sorted(set().union(*(untold for _, untold in wanted)))
    if form == "json":
        write_result(formatted({"charts" if charts else "images": names, "unknown": unknown}, "json"), output)
        return
    write_result("\n".join(names), output)
    for line in unknown:
        note(line)


@click.command("verify")
@click.argument("bundle")
@click.option("--sha256", help="The digest the archive must have.")
@click.option("--key", help="Public key (PEM: file, URL) that the archive's provenance must be signed with.")
@click.option(
    "--provenance",
    help="The archive's provenance (file, URL).  [default: the archive's name with .intoto.jsonl]",
)
@click.option(
    "--min-trust-level",
    "least",
    type=click.Choice(["verified", "attested", "unverified"]),
    help="Exit 8 below it. verified: signed by --key; attested: signed by somebody; unverified: not signed. "
    "Default: verified with --key, else unverified.",
)
@format_option("text", "json", default="text")
def verify_command(
    bundle: str, sha256: str | None, key: str | None, provenance: str | None, least: str | None, form: str
) -> int:
    """Check that BUNDLE (folder, .tar.gz, URL) holds exactly what its checksums.txt lists.

    Changed, missing and added files, links, and paths that leave the bundle are findings, each named; exit 8.
    Nothing is fetched but what is named here. The key a site publishes says "signed by that site", no more.

    \b
    Examples:
      aicr-matrix verify ./h100-eks-ubuntu-training-helm
      aicr-matrix verify bundle.tar.gz --sha256 "$(cut -d' ' -f1 bundle.tar.gz.sha256)"
      aicr-matrix verify bundle.tar.gz --key signing-key.pem
    """
    from generator.bundle import verify_directory, verify_tarball
    from generator.load.inputs import read_packed

    if Path(bundle).is_dir():
        if sha256 or key or provenance or least:
            raise Stop(
                INVALID,
                "--sha256, --key, --provenance and --min-trust-level are about an archive, not a folder",
            )
        outcome, trust = verify_directory(Path(bundle)), None
    else:
        name, content = read_packed(bundle)
        outcome = verify_tarball(content)
        trust = _trust(name, outcome.sha256, key, provenance)
    told = [str(finding) for finding in outcome.findings]
    if sha256 is not None and sha256.strip().lower() != outcome.sha256:
        told.append(f"the archive's digest is {outcome.sha256}, not {sha256}")
    if trust is not None:
        wanted = least or ("verified" if key else "unverified")
        if not trust.at_least(wanted):
            told.append(f"provenance: {trust.level}, {wanted} was asked for: {'; '.join(trust.findings)}")
    if form == "json":
        level = {"trust": {"level": trust.level, "findings": list(trust.findings), "builder": trust.builder,
                           "key": trust.key}} if trust is not None else {}  # fmt: skip
        write_result(formatted({**outcome.as_dict(), "ok": not told, **level, "told": told}, "json"), "-")
    else:
        for line in told:
            write_result(line, "-")
        if not told:
            by = f", provenance {trust.level}" + (f" by {trust.key}" if trust.key else "") if trust else ""
            note(f"{bundle}: {outcome.files} files verified{by}")
    return FINDINGS if told else OK


def _trust(name: str, sha256: str, key: str | None, provenance: str | None) -> Trust:
    """How far the archive's provenance goes; a provenance nobody named is looked for beside a local archive."""
    from generator.bundle.provenance import KeyRefused, check, load_public_key
    from generator.load.inputs import read_input

    beside = Path(f"{name}.intoto.jsonl")
    where = provenance or (str(beside) if beside.is_file() else None)
    envelopes = read_input(where)[1] if where else b""
    try:
        public = load_public_key(read_input(key)[1]) if key else None
    except KeyRefused as refused:
        raise Stop(INVALID, f"{key}: {refused}") from refused
    return check(envelopes, name.rstrip("/").rpartition("/")[2], sha256, public)


@click.command("rebuild-check")
@click.argument("bundle")
@catalog_options
@format_option("text", "json", default="text")
def rebuild_check_command(bundle: str, catalog: CatalogChoice, form: str) -> int:
    """Build BUNDLE (.tar.gz, URL) again from the catalog and say whether every byte is the same.

    \b
    Examples:
      aicr-matrix rebuild-check h100-eks-ubuntu-training-helm.tar.gz
    """
    from generator.bundle import rebuild_check
    from generator.engine.resolve import resolve_recipe
    from generator.load.inputs import read_packed

    outcome = rebuild_check(catalog.load(), read_packed(bundle)[1], resolve_recipe)
    if form == "json":
        write_result(formatted(outcome.as_dict(), "json"), "-")
    elif outcome.same:
        note(f"{bundle}: built again, every byte of the tar is the same ({outcome.tar_sha256})")
        if not outcome.same_gz:
            note("the compressed bytes differ: another compressor wrote them; the tar is what counts")
    else:
        write_result("\n".join(outcome.differences), "-")
    return OK if outcome.same else FINDINGS


__all__ = ["images_command", "rebuild_check_command", "verify_command"]
