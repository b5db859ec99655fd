"""The signed QR: 31 bytes that name a badge, signed with Ed25519 (RFC 8032), written in base45 (RFC 9285).

    version (1) | key number (1) | organisation (8) | purpose (1) | badge number (16) | expiry (4) | signature (64)

Numbers are big-endian, the expiry is in Unix seconds. The text is `PRP` then base45 of the 95 bytes: 146 characters
of the alphanumeric QR alphabet, which is version 6 with error correction M. No name is inside.
A scanner needs the public key and nothing else.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import UTC, datetime

import base45
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from itsdangerous import BadSignature, Signer
from itsdangerous.signer import SigningAlgorithm

PREFIX = "PRP"
VERSION = 1
PURPOSE_BADGE = 1
SIGNATURE_BYTES = 64
_PAYLOAD = struct.Struct(">BBQB16sI")


class MalformedBadge(ValueError):
    """The text is not a badge at all: cut, mistyped, or something else's QR."""


class UnknownBadge(ValueError):
    """The text has a badge's shape, and no good signature."""


@dataclass(frozen=True)
class BadgePayload:
    """What a badge says of itself; believe it only once its signature was checked."""

    key_number: int
    organisation_id: int
    number: bytes
    expires_at: datetime


class Ed25519Signing(SigningAlgorithm):
    """For itsdangerous: signs with a 32-byte private seed."""

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        """Return the 64 raw bytes of the signature."""
        return Ed25519PrivateKey.from_private_bytes(key).sign(value)


class Ed25519Verifying(SigningAlgorithm):
    """For itsdangerous: checks with a 32-byte public key, and cannot sign."""

    def verify_signature(self, key: bytes, value: bytes, sig: bytes) -> bool:
        """Say whether `sig` is the signature of `value`; the library's comparison is constant-time by design."""
        try:
            Ed25519PublicKey.from_public_bytes(key).verify(sig, value)
        except (InvalidSignature, ValueError):
            return False
        return True


class RawSigner(Signer):
    """itsdangerous' Signer without its base64 and separator: the signature is the last 64 bytes."""

    def get_signature(self, value: str | bytes) -> bytes:
        """Return the raw signature with the newest key."""
        raw = value.encode() if isinstance(value, str) else value
        return self.algorithm.get_signature(self.derive_key(), raw)

    def sign(self, value: str | bytes) -> bytes:
        """Return `value` with its signature behind it."""
        raw = value.encode() if isinstance(value, str) else value
        return raw + self.get_signature(raw)

    def verify_signature(self, value: str | bytes, sig: str | bytes) -> bool:
        """Try every key, the newest first."""
        raw = value.encode() if isinstance(value, str) else value
        signature = sig.encode() if isinstance(sig, str) else sig
        return any(self.algorithm.verify_signature(key, raw, signature) for key in reversed(self.secret_keys))

    def unsign(self, signed_value: str | bytes) -> bytes:
        """Return the value whose signature is good; raise BadSignature."""
        raw = signed_value.encode() if isinstance(signed_value, str) else signed_value
        value, signature = raw[:-SIGNATURE_BYTES], raw[-SIGNATURE_BYTES:]
        if len(signature) != SIGNATURE_BYTES or not self.verify_signature(value, signature):
            raise BadSignature("the signature is not good")
        return value


def new_seed() -> tuple[bytes, bytes]:
    """Return a fresh private seed and its public key, 32 bytes each."""
    private = Ed25519PrivateKey.generate()
    return private.private_bytes_raw(), private.public_key().public_bytes_raw()


def write_badge(payload: BadgePayload, *, seed: bytes) -> str:
    """Return the text of the QR, signed with the private `seed` of `payload.key_number`."""
    packed = _PAYLOAD.pack(
        VERSION,
        payload.key_number,
        payload.organisation_id,
        PURPOSE_BADGE,
        payload.number,
        int(payload.expires_at.timestamp()),
    )
    signed = RawSigner(seed, algorithm=Ed25519Signing(), key_derivation="none").sign(packed)
    encoded: bytes = base45.b45encode(signed)
    return PREFIX + encoded.decode()


def read_badge(text: str) -> tuple[BadgePayload, bytes]:
    """Return what a badge claims and its 95 signed bytes; raise MalformedBadge. Nothing is verified yet."""
    if not text.startswith(PREFIX):
        raise MalformedBadge
    try:
        signed = base45.b45decode(text[len(PREFIX) :])
    except ValueError as error:
        raise MalformedBadge from error
    if len(signed) != _PAYLOAD.size + SIGNATURE_BYTES:
        raise MalformedBadge
    version, key_number, organisation_id, purpose, number, expiry = _PAYLOAD.unpack(signed[: _PAYLOAD.size])
    if version != VERSION or purpose != PURPOSE_BADGE:
        raise MalformedBadge
    return BadgePayload(key_number, organisation_id, number, datetime.fromtimestamp(expiry, UTC)), signed


def verify_badge(signed: bytes, *, public_key: bytes) -> None:
    """Return when the signature is good under `public_key`; raise UnknownBadge."""
    signer = RawSigner(public_key, algorithm=Ed25519Verifying(), key_derivation="none")
    try:
        signer.unsign(signed)
    except BadSignature as error:
        raise UnknownBadge from error


def clean_scan(text: str) -> str:
    """Return what a scanner read without control characters and symbology prefixes (ISO/IEC 15424, such as `]Q1`).

    Spaces inside stay: base45 uses them, though the text of a badge never begins or ends with one. Letters are made
    capital, because some scanners type small ones and the alphabet has none.
    """
    printable = "".join(letter for letter in text if letter.isprintable()).strip().upper()
    return printable[3:] if printable.startswith("]") else printable
