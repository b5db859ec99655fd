"""Passwords of staff: long, never composed by rules (NIST SP 800-63B-4, §3.1.1), hashed with argon2id (RFC 9106)."""

from __future__ import annotations

from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from directory.domain.refusals import PasswordTooShort

SHORTEST = 15
LONGEST = 200

_hasher = PasswordHasher()
# Each takes 64 MiB: a crowd at the door must not take the machine's memory.
_at_once = BoundedSemaphore(2)
# Compared when nobody has the address, so that a wrong address takes as long as a wrong password.
NOBODY = _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    """Return the argon2id hash; raise PasswordTooShort."""
    if len(password) < SHORTEST:
        raise PasswordTooShort({"password": "refusal.password-too-short"}, shortest=SHORTEST)
    return _hasher.hash(password[:LONGEST])


def is_password(stored: str, password: str) -> bool:
    """Say whether `password` is the one of `stored`; costs about a tenth of a second on purpose."""
    try:
        with _at_once:
            return _hasher.verify(stored, password[:LONGEST])
    except (VerifyMismatchError, InvalidHashError):
        return False
