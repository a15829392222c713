"""bundle, verify, rebuild-check, images: what is written, what is refused, what is left alone."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.cli.run_cli import run_cli

RECIPE = ("-r", "h100-eks-ubuntu-training")


def test_bundle_writes_a_folder_whose_checksums_hold(tmp_path: Path) -> None:
    assert run_cli("bundle", *RECIPE, cwd=tmp_path).code == 0
    folder = tmp_path / "h100-eks-ubuntu-training-helm"
    subprocess.run(["sha256sum", "--quiet", "-c", "checksums.txt"], cwd=folder, check=True)
    assert (folder / "deploy.sh").stat().st_mode & 0o111
    assert run_cli("verify", folder).code == 0


def test_bundle_packs_the_same_bytes_twice_and_rebuild_check_agrees(tmp_path: Path) -> None:
    for name in ("a.tar.gz", "b.tar.gz"):
        assert run_cli("bundle", *RECIPE, "-o", tmp_path / name).code == 0
    assert (tmp_path / "a.tar.gz").read_bytes() == (tmp_path / "b.tar.gz").read_bytes()
    assert run_cli("rebuild-check", tmp_path / "a.tar.gz").code == 0


def test_options_reach_the_values_by_name_and_by_alias(tmp_path: Path) -> None:
    ended = run_cli(
        "bundle", *RECIPE, "--set", "gpuoperator:driver.version=580.1.2", "--set-string",
        "gpu-operator:driver.note=true", "-o", tmp_path / "out",
    )  # fmt: skip
    assert ended.code == 0
    values = yaml.safe_load((tmp_path / "out" / "gpu-operator" / "values.yaml").read_text(encoding="utf-8"))
    assert (values["driver"]["version"], values["driver"]["note"]) == ("580.1.2", "true")


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--set", "no-such:a=b", "no-such"),
        ("--set", "gpu-operator", "names no component"),
        ("--values", "gpu-operator", "names no file"),
        ("--system-node-selector", "key", "write key=value"),
        ("--accelerated-node-toleration", "a=b:Never", "effects: NoSchedule"),
        ("--deployer", "ship", "accepted: "),
    ],
)
def test_a_wrong_option_is_refused_and_nothing_is_written(
    option: str, value: str, said: str, tmp_path: Path
) -> None:
    ended = run_cli("bundle", *RECIPE, option, value, "-o", "out", cwd=tmp_path)
    assert ended.code == 2
    assert said in ended.err
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("keep", encoding="utf-8")
    ended = run_cli("bundle", *RECIPE, "-o", tmp_path)
    assert ended.code == 2
    assert [p.name for p in tmp_path.iterdir()] == ["mine"]


def test_a_recipe_document_from_elsewhere_is_not_passed_off_as_ours(tmp_path: Path) -> None:
    assert run_cli("recipe", "--service", "eks", "--gpu", "h100", "-o", tmp_path / "r.yaml").code == 0
    text = (tmp_path / "r.yaml").read_text(encoding="utf-8")
    (tmp_path / "r.yaml").write_text(text.replace("v26.7.0", "v25.3.0"), encoding="utf-8")
    ended = run_cli("bundle", "-r", tmp_path / "r.yaml", "-o", tmp_path / "out")
    assert ended.code == 2
    assert "gpu-operator" in ended.err
    assert not (tmp_path / "out").exists()


def test_verify_names_what_was_changed_added_and_taken_away(tmp_path: Path) -> None:
    run_cli("bundle", *RECIPE, "-o", tmp_path / "out")
    (tmp_path / "out" / "README.md").write_text("other", encoding="utf-8")
    (tmp_path / "out" / "extra.sh").write_text("rm -rf /", encoding="utf-8")
    (tmp_path / "out" / "images.txt").unlink()
    ended = run_cli("verify", tmp_path / "out")
    assert ended.code == 8
    assert all(name in ended.out for name in ("README.md", "extra.sh", "images.txt"))


def test_verify_holds_an_archive_against_its_digest(tmp_path: Path) -> None:
    run_cli("bundle", *RECIPE, "-o", tmp_path / "b.tar.gz")
    digest = json.loads(run_cli("verify", tmp_path / "b.tar.gz", "-t", "json").out)["sha256"]
    assert run_cli("verify", tmp_path / "b.tar.gz", "--sha256", digest.upper()).code == 0
    assert run_cli("verify", tmp_path / "b.tar.gz", "--sha256", "0" * 64).code == 8


def test_verify_of_what_is_not_there_exits_3(tmp_path: Path) -> None:
    assert run_cli("verify", tmp_path / "no.tar.gz").code == 3


def test_images_of_two_recipes_less_one_is_the_other() -> None:
    both = json.loads(
        run_cli("images", "h100-eks-ubuntu-training", "h100-eks-ubuntu-inference", "-t", "json").out
    )
    one = json.loads(run_cli("images", "h100-eks-ubuntu-training", "-t", "json").out)
    rest = json.loads(
        run_cli("images", "h100-eks-ubuntu-training", "h100-eks-ubuntu-inference",
                "--except", "h100-eks-ubuntu-training", "-t", "json").out
    )  # fmt: skip
    assert set(rest["images"]) == set(both["images"]) - set(one["images"])
    assert one["unknown"]


def test_verify_checks_a_signature_against_the_given_key_only(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from generator.bundle.provenance import public_pem, sign, site_statement

    run_cli("bundle", *RECIPE, "-o", tmp_path / "b.tar.gz")
    digest = hashlib.sha256((tmp_path / "b.tar.gz").read_bytes()).hexdigest()
    signer, stranger = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2))
    (tmp_path / "key.pem").write_bytes(public_pem(signer))
    (tmp_path / "other.pem").write_bytes(public_pem(stranger))
    assert run_cli("verify", "b.tar.gz", "--key", "key.pem", cwd=tmp_path).code == 8
    statement = site_statement({"b.tar.gz": digest}, "sha256:0", "0.1.0", 0)
    (tmp_path / "b.tar.gz.intoto.jsonl").write_bytes(sign(statement, signer))
    good = run_cli("verify", "b.tar.gz", "--key", "key.pem", cwd=tmp_path)
    assert (good.code, "provenance verified" in good.err) == (0, True)
    assert run_cli("verify", "b.tar.gz", "--min-trust-level", "attested", cwd=tmp_path).code == 0
    assert run_cli("verify", "b.tar.gz", "--key", "other.pem", cwd=tmp_path).code == 8
    (tmp_path / "no.pem").write_text("not a key", encoding="utf-8")
    assert run_cli("verify", "b.tar.gz", "--key", "no.pem", cwd=tmp_path).code == 2
