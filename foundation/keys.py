"""The master keys: everything secret is derived from them or encrypted with them, and none of it is in the database.

Newest first. A new key is put in front; the older ones keep opening what they made until it has been made again.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32


class UnreadableSecret(RuntimeError):
    """An encrypted column belongs to another row, or was made with a master key that is no longer configured."""


@dataclass(frozen=True)
class MasterKeys:
    """One or more 32-byte keys, newest first; never printed."""

    keys: tuple[bytes, ...] = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse to exist without a full key."""
        if not self.keys or any(len(key) != KEY_BYTES for key in self.keys):
            raise ValueError("a master key is 32 bytes")

    @classmethod
    def parse(cls, text: str) -> MasterKeys:
        """Read keys in URL-safe base64, newest first, separated by commas or white space."""
        words = text.replace(",", " ").split()
        try:
            return cls(tuple(base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)) for word in words))
        except binascii.Error as error:
            raise ValueError("a master key is 32 bytes in URL-safe base64") from error

    def derive(self, purpose: str, length: int = KEY_BYTES) -> bytes:
        """Return the newest key for one purpose (HKDF-SHA256, RFC 5869)."""
        return self.derive_all(purpose, length)[0]

    def derive_all(self, purpose: str, length: int = KEY_BYTES) -> list[bytes]:
        """Return the key for one purpose out of every master key, newest first."""
        return [HKDF(SHA256(), length, salt=None, info=purpose.encode()).derive(key) for key in self.keys]

    def fingerprint(self, purpose: str, text: str) -> str:
        """Return a keyed hash of `text`, to recognise it again without keeping it."""
        return self.fingerprints(purpose, text)[0]

    def fingerprints(self, purpose: str, text: str) -> list[str]:
        """Return the keyed hash of `text` by every master key, newest first: one of them is what was kept once."""
        keys = self.derive_all(purpose)
        return [hmac.new(key, text.encode(), hashlib.sha256).hexdigest() for key in keys]

    def encrypt(self, secret: bytes, *, belongs_to: str) -> str:
        """Encrypt `secret` for one row: the text opens only for the same `belongs_to`."""
        return self._fernets().encrypt(belongs_to.encode() + b"\0" + secret).decode()

    def decrypt(self, text: str, *, belongs_to: str) -> bytes:
        """Return the secret of the row `belongs_to`; raise UnreadableSecret when it is not this row's."""
        try:
            owner, _, secret = self._fernets().decrypt(text.encode()).partition(b"\0")
        except InvalidToken as error:
            raise UnreadableSecret from error
        if not hmac.compare_digest(owner, belongs_to.encode()):
            raise UnreadableSecret
        return secret

    def _fernets(self) -> MultiFernet:
        return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in self.derive_all("encryption at rest")])


def new_master_key() -> str:
    """Return a fresh key as it is written in the configuration."""
    return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode().rstrip("=")
