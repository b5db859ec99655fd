"""A device as the tests have one: a key that signs as a browser's does."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from foundation.devices import lines


def as_text(raw: bytes) -> str:
    """Return base64."""
    return base64.b64encode(raw).decode()


@dataclass
class Pen:
    """The key of a device."""

    key: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(SECP256R1()))

    @property
    def point(self) -> bytes:
        """The public key: 65 bytes."""
        return self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def public_key(self) -> str:
        """The same in base64."""
        return as_text(self.point)

    def sign(self, *parts: str) -> str:
        """Return the signature of some lines, in base64."""
        r, s = decode_dss_signature(self.key.sign(lines(*parts), ECDSA(SHA256())))
        return as_text(r.to_bytes(32) + s.to_bytes(32))
