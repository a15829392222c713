"""Says and proves what a file was made from: in-toto statements with SLSA provenance, signed with Ed25519 in DSSE.

A statement claims no more than its builder earns: a local build names a local builder, which is SLSA build level 1.
Signing the same statement twice gives the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from generator.bundle.document import options_record
from generator.bundle.model import BundlePlan

PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://slsa.dev/provenance/v1"
BUILD_TYPE = "https://aicr-matrix/build-types/bundle/v1"
SITE_BUILD_TYPE = "https://aicr-matrix/build-types/site/v1"
LOCAL_BUILDER = "https://aicr-matrix/builders/local"
MAX_ENVELOPE = 10 * 1024 * 1024
_ALGORITHM = "ed25519"

# Best first, in AICR's words: signed by the given key and about this file; signed, but no key was given to
# check it with; not signed; or wrong.
LEVELS = ("verified", "attested", "unverified", "unknown")


class KeyRefused(ValueError):
    """The key cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Trust:
    """How far a file's provenance goes: `level` is one of LEVELS, `findings` say what is wrong or missing."""

    level: str
    findings: tuple[str, ...]
    builder: str  # who says to have built it, "" where nobody does
    key: str  # fingerprint the signature names

    def at_least(self, level: str) -> bool:
        """Whether this is *level* or better."""
        return LEVELS.index(self.level) <= LEVELS.index(level)


def load_private_key(pem: bytes) -> Ed25519PrivateKey:
    """The Ed25519 private key in *pem*, which must not be encrypted."""
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise KeyRefused("the key is no unencrypted PEM private key") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyRefused(f"the key is {_kind(key)}; an Ed25519 key is needed")
    return key


def load_public_key(pem: bytes) -> Ed25519PublicKey:
    """The Ed25519 public key in *pem*."""
    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        raise KeyRefused("the key is no PEM public key") from None
    if not isinstance(key, Ed25519PublicKey):
        raise KeyRefused(f"the key is {_kind(key)}; an Ed25519 key is needed")
    return key


def _kind(key: object) -> str:
    name = type(key).__name__.lstrip("_").removesuffix("PrivateKey").removesuffix("PublicKey")
    return f"of the kind {name}"


def public_pem(key: Ed25519PrivateKey | Ed25519PublicKey) -> bytes:
    """The public key as PEM, the form in which it is published."""
    public = key.public_key() if isinstance(key, Ed25519PrivateKey) else key
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def fingerprint(key: Ed25519PrivateKey | Ed25519PublicKey) -> str:
    """`ed25519:` and the SHA-256 of the public key's DER form in hexadecimal."""
    public = key.public_key() if isinstance(key, Ed25519PrivateKey) else key
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"{_ALGORITHM}:{hashlib.sha256(der).hexdigest()}"


def bundle_statement(
    plan: BundlePlan,
    deployer: str,
    subjects: Mapping[str, str],
    epoch: int,
    builder: str = LOCAL_BUILDER,
) -> bytes:
    """The statement about one bundle's archives: *subjects* is file name -> SHA-256 in hexadecimal."""
    parameters: dict[str, object] = {
        "recipe": plan.recipe.id,
        "criteria": plan.recipe.criteria.as_dict(),
        "deployer": deployer,
        "options": options_record(plan.options),
    }
    return statement(subjects, BUILD_TYPE, parameters, plan.catalog_digest, plan.tool_version, epoch, builder)


def site_statement(
    subjects: Mapping[str, str],
    catalog_digest: str,
    tool_version: str,
    epoch: int,
    builder: str = LOCAL_BUILDER,
) -> bytes:
    """The statement about a whole site: *subjects* is path -> SHA-256 in hexadecimal."""
    return statement(subjects, SITE_BUILD_TYPE, {}, catalog_digest, tool_version, epoch, builder)


def statement(
    subjects: Mapping[str, str],
    build_type: str,
    parameters: Mapping[str, object],
    catalog_digest: str,
    tool_version: str,
    epoch: int,
    builder: str,
) -> bytes:
    """An in-toto Statement v1 with a SLSA provenance v1 predicate, as canonical JSON."""
    moment = datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return _json(
        {
            "_type": STATEMENT_TYPE,
            "subject": [{"name": name, "digest": {"sha256": subjects[name]}} for name in sorted(subjects)],
            "predicateType": PREDICATE_TYPE,
            "predicate": {
                "buildDefinition": {
                    "buildType": build_type,
                    "externalParameters": dict(parameters),
                    "internalParameters": {},
                    "resolvedDependencies": [
                        {"name": "catalog", "digest": {"sha256": catalog_digest}},
                    ],
                },
                "runDetails": {
                    "builder": {"id": builder, "version": {"aicr-matrix": tool_version}},
                    "metadata": {"startedOn": moment, "finishedOn": moment},
                },
            },
        }
    )


def sign(payload: bytes, key: Ed25519PrivateKey) -> bytes:
    """The statement in a signed DSSE envelope: one line, the form of an .intoto.jsonl file."""
    signature = key.sign(_to_sign(payload))
    envelope = {
        "payload": base64.b64encode(payload).decode(),
        "payloadType": PAYLOAD_TYPE,
        "signatures": [{"keyid": fingerprint(key), "sig": base64.b64encode(signature).decode()}],
    }
    return _json(envelope) + b"\n"


def _to_sign(payload: bytes) -> bytes:
    """DSSE's pre-authentication encoding."""
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def check(envelopes: bytes, name: str, sha256: str, key: Ed25519PublicKey | None = None) -> Trust:
    """What the .intoto.jsonl text *envelopes* proves about the file *name* with the digest *sha256*.

    Without *key* a sound envelope is `attested`: somebody signed it. An empty text is `unverified`. Whatever
    is wrong makes it `unknown`, each thing named.
    """
    if not envelopes.strip():
        return Trust("unverified", ("it is not signed",), "", "")
    if len(envelopes) > MAX_ENVELOPE:
        return Trust("unknown", ("the provenance is larger than 10 MiB",), "", "")
    if not envelopes.endswith(b"\n"):
        return Trust("unknown", ("the provenance ends without a newline; it may be cut off",), "", "")
    findings: list[str] = []
    builder = named = ""
    for number, line in enumerate(envelopes[:-1].split(b"\n"), 1):
        try:
            payload, signed_by, signature = _open(line)
            named = signed_by
            builder = _about(payload, name, sha256)
            if key is not None:
                _verify(payload, signed_by, signature, key)
        except _Wrong as wrong:
            findings.append(f"line {number}: {wrong}")
    if findings:
        return Trust("unknown", tuple(findings), "", named)
    if key is None:
        return Trust("attested", ("no key was given to check the signature with",), builder, named)
    return Trust("verified", (), builder, named)


class _Wrong(ValueError):
    """An envelope does not prove what it should."""


def _open(line: bytes) -> tuple[bytes, str, bytes]:
    try:
        envelope = json.loads(line)
    except ValueError:
        raise _Wrong("it is not JSON") from None
    if not isinstance(envelope, dict) or _json(envelope) != line:
        raise _Wrong("it is not in the form it was signed in")
    if envelope.get("payloadType") != PAYLOAD_TYPE:
        raise _Wrong(f"its payload is not of the type {PAYLOAD_TYPE}")
    signatures = envelope.get("signatures")
    if set(envelope) != {"payload", "payloadType", "signatures"}:
        raise _Wrong("it is no DSSE envelope")
    if not isinstance(signatures, list) or len(signatures) != 1 or not isinstance(signatures[0], dict):
        raise _Wrong("it does not carry exactly one signature")
    signed_by = signatures[0].get("keyid")
    if not isinstance(signed_by, str) or set(signatures[0]) != {"keyid", "sig"}:
        raise _Wrong("its signature does not name its key")
    if not signed_by.startswith(f"{_ALGORITHM}:"):
        raise _Wrong(f"its signature is of another algorithm than {_ALGORITHM}, which alone is accepted")
    return _base64(envelope.get("payload"), "payload"), signed_by, _base64(signatures[0]["sig"], "signature")


def _base64(text: object, what: str) -> bytes:
    if isinstance(text, str) and text.isascii():
        try:
            content = base64.b64decode(text, validate=True)
        except ValueError:
            content = b""
        if content and base64.b64encode(content).decode() == text:
            return content
    raise _Wrong(f"its {what} is not base64")


def _verify(payload: bytes, signed_by: str, signature: bytes, key: Ed25519PublicKey) -> None:
    if signed_by != fingerprint(key):
        raise _Wrong(f"it is signed by another key: {signed_by[:80]}, not {fingerprint(key)}")
    try:
        key.verify(signature, _to_sign(payload))
    except InvalidSignature:
        raise _Wrong("its signature does not fit") from None


def _about(payload: bytes, name: str, sha256: str) -> str:
    """The builder's id; the statement must be of our kind and about this file."""
    try:
        said = json.loads(payload)
        kinds = (said["_type"], said["predicateType"])
        subjects = {str(subject["name"]): str(subject["digest"]["sha256"]) for subject in said["subject"]}
        builder = str(said["predicate"]["runDetails"]["builder"]["id"])
    except (ValueError, TypeError, KeyError, AttributeError):
        raise _Wrong("its payload is no in-toto statement with SLSA provenance") from None
    if kinds != (STATEMENT_TYPE, PREDICATE_TYPE):
        raise _Wrong("its payload is no in-toto Statement v1 with SLSA provenance v1")
    if sha256 not in subjects.values():
        if name in subjects:
            raise _Wrong(f"it is about another {name}: the digest differs")
        raise _Wrong("it is about another file")
    return builder


def _json(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode()
