"""Provenance: what it says, that it is proven, and that anything else is refused by name."""

from __future__ import annotations

import base64
import hashlib
import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from generator.bundle import BundleOptions, build_files, pack_gz, pack_tar, plan_bundle
from generator.bundle.provenance import (
    LOCAL_BUILDER,
    PAYLOAD_TYPE,
    KeyRefused,
    bundle_statement,
    check,
    fingerprint,
    load_private_key,
    load_public_key,
    public_pem,
    sign,
    site_statement,
)
from tests.bundle.small import small_catalog, small_recipe

EPOCH = 1_790_000_000
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
CATALOG = small_catalog()
PLAN = plan_bundle(CATALOG, small_recipe(CATALOG), BundleOptions(nodes=3))
PACKED = pack_gz(pack_tar("base-helm", build_files(PLAN, "helm")))
DIGEST = hashlib.sha256(PACKED).hexdigest()
NAME = "base-helm.tar.gz"
STATEMENT = bundle_statement(PLAN, "helm", {NAME: DIGEST}, EPOCH)
ENVELOPE = sign(STATEMENT, KEY)


def test_the_statement_says_what_the_bundle_was_made_from() -> None:
    said = json.loads(STATEMENT)
    assert said["_type"] == "https://in-toto.io/Statement/v1"
    assert said["predicateType"] == "https://slsa.dev/provenance/v1"
    assert said["subject"] == [{"name": NAME, "digest": {"sha256": DIGEST}}]
    definition = said["predicate"]["buildDefinition"]
    assert definition["externalParameters"]["recipe"] == "base"
    assert definition["externalParameters"]["options"] == {"nodes": 3}
    assert definition["resolvedDependencies"] == [{"name": "catalog", "digest": {"sha256": CATALOG.digest}}]
    # A local build is not level 3, and does not say so.
    assert said["predicate"]["runDetails"]["builder"]["id"] == LOCAL_BUILDER


def test_the_envelope_is_dsse() -> None:
    """The signature is over DSSE's pre-authentication encoding, so that any DSSE verifier can check it."""
    envelope = json.loads(ENVELOPE)
    payload = base64.b64decode(envelope["payload"])
    assert payload == STATEMENT
    encoded = f"DSSEv1 {len(PAYLOAD_TYPE)} {PAYLOAD_TYPE} {len(payload)} ".encode() + payload
    KEY.public_key().verify(base64.b64decode(envelope["signatures"][0]["sig"]), encoded)


def test_signing_twice_gives_the_same_bytes() -> None:
    assert sign(STATEMENT, KEY) == ENVELOPE


def test_levels_of_trust() -> None:
    verified = check(ENVELOPE, NAME, DIGEST, KEY.public_key())
    assert (verified.level, verified.findings, verified.builder) == ("verified", (), LOCAL_BUILDER)
    assert verified.key == fingerprint(KEY)
    assert check(ENVELOPE, NAME, DIGEST).level == "attested"
    assert check(b"", NAME, DIGEST, KEY.public_key()).level == "unverified"
    assert verified.at_least("attested")
    assert not check(ENVELOPE, NAME, DIGEST).at_least("verified")


def test_a_wrong_key_is_named() -> None:
    trust = check(ENVELOPE, NAME, DIGEST, OTHER.public_key())
    assert trust.level == "unknown"
    assert fingerprint(OTHER) in trust.findings[0]


def test_a_signature_by_another_key_under_our_name_does_not_fit() -> None:
    envelope = json.loads(sign(STATEMENT, OTHER))
    envelope["signatures"][0]["keyid"] = fingerprint(KEY)
    forged = json.dumps(envelope, sort_keys=True, separators=(",", ":")).encode() + b"\n"
    assert check(forged, NAME, DIGEST, KEY.public_key()).findings == ("line 1: its signature does not fit",)


def test_a_statement_about_another_file_is_refused() -> None:
    for name, said in ((NAME, "the digest differs"), ("other.tar.gz", "another file")):
        trust = check(ENVELOPE, name, "0" * 64, KEY.public_key())
        assert trust.level == "unknown"
        assert said in trust.findings[0]


def test_an_unknown_algorithm_is_refused() -> None:
    envelope = json.loads(ENVELOPE)
    envelope["signatures"][0]["keyid"] = "rsa-sha1:" + "0" * 40
    changed = json.dumps(envelope, sort_keys=True, separators=(",", ":")).encode() + b"\n"
    assert "another algorithm than ed25519" in check(changed, NAME, DIGEST, KEY.public_key()).findings[0]


def test_any_flipped_bit_is_named() -> None:
    for place in range(len(ENVELOPE)):
        flipped = bytearray(ENVELOPE)
        flipped[place] ^= 1 << place % 7
        trust = check(bytes(flipped), NAME, DIGEST, KEY.public_key())
        assert trust.level == "unknown", place
        assert trust.findings


@pytest.mark.parametrize(
    "text",
    [
        b"{}\n",
        b"[]\n",
        b"\n\n",
        b"null\n",
        ENVELOPE[:-1],
        ENVELOPE + b"{}\n",
        ENVELOPE[:200] + b"\n",
        b"\xff\n",
    ],
)
def test_what_is_no_envelope_is_refused(text: bytes) -> None:
    trust = check(text, NAME, DIGEST, KEY.public_key())
    assert trust.level == ("unverified" if not text.strip() else "unknown")


def test_keys_are_read_as_pem_and_others_refused_by_kind() -> None:
    private = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    assert fingerprint(load_private_key(private)) == fingerprint(load_public_key(public_pem(KEY)))
    locked = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x"))
    curve = ec.generate_private_key(ec.SECP256R1())
    with pytest.raises(KeyRefused, match="no unencrypted PEM"):
        load_private_key(locked)
    with pytest.raises(KeyRefused, match="an Ed25519 key is needed"):
        load_private_key(curve.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(KeyRefused, match="an Ed25519 key is needed"):
        public = rsa.generate_private_key(65537, 2048).public_key()
        load_public_key(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    for text in (b"", b"nothing", public_pem(KEY)):
        with pytest.raises(KeyRefused):
            load_private_key(text)


def test_a_site_can_be_stated_whole() -> None:
    files = {"index.html": "1" * 64, "bundles/a.tar.gz": "2" * 64}
    envelope = sign(site_statement(files, CATALOG.digest, "1.0", EPOCH), KEY)
    assert check(envelope, "index.html", "1" * 64, KEY.public_key()).level == "verified"
    assert check(envelope, "index.html", "3" * 64, KEY.public_key()).level == "unknown"
