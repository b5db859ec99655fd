"""What a device signs, and whether it did: ECDSA on P-256 with SHA-256 (FIPS 186-5), as browsers do it.

A browser keeps such a key so that no script can read it (Web Cryptography, non-extractable). Its public key travels as
the uncompressed point of SEC 1 §2.3.3, 65 bytes; a signature as `r` and `s`, 32 bytes each (IEEE P1363). What is signed
are lines: the first names what it is, so that a signature for one thing is none for another.
"""

from __future__ import annotations

import base64
import binascii

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from foundation.refusals import Invalid

POINT_BYTES = 65
SIGNATURE_BYTES = 64
_HALF = SIGNATURE_BYTES // 2


class DeviceKeyUnreadable(Invalid):
    """The public key is no point on the curve, written in base64."""


def lines(*parts: str) -> bytes:
    """Return what is signed: the parts, one a line, without an end of line after the last."""
    return "\n".join(parts).encode()


def decode(text: str) -> bytes | None:
    """Return the bytes of strict base64 (RFC 4648 §4), or None."""
    try:
        return base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        return None


def parse_public_key(text: str) -> bytes:
    """Return the 65 bytes of a public key; raise DeviceKeyUnreadable."""
    point = decode(text)
    if point is None or len(point) != POINT_BYTES or _key_of(point) is None:
        raise DeviceKeyUnreadable({"public_key": "refusal.device-key-unreadable"})
    return point


def verify_device(public_key: bytes, message: bytes, signature: bytes | None) -> bool:
    """Say whether the device that has this key signed this; false also of what is no signature at all."""
    key = _key_of(public_key)
    if key is None or signature is None or len(signature) != SIGNATURE_BYTES:
        return False
    r, s = (int.from_bytes(part) for part in (signature[:_HALF], signature[_HALF:]))
    try:
        key.verify(encode_dss_signature(r, s), message, ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def _key_of(point: bytes) -> EllipticCurvePublicKey | None:
    try:
        return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point)
    except ValueError:
        return None
