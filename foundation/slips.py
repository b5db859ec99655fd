"""Signed slips: what the server wrote for itself, handed to somebody and taken back within minutes, kept nowhere.

A slip says a few words and until when it is good; itsdangerous signs it with a key derived for its purpose, so that one
for one purpose is none for another. Whoever holds it can read it: it holds ids, and never a secret or a name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from itsdangerous import BadSignature, Signer

from foundation.keys import MasterKeys

_BETWEEN = "~"


def write_slip(keys: MasterKeys, purpose: str, words: Sequence[str], *, until: datetime) -> str:
    """Return a slip that is good before `until` (whole seconds); no word may hold `~` or a dot."""
    said = _BETWEEN.join([str(int(until.timestamp())), *words])
    if len(said.split(_BETWEEN)) != len(words) + 1 or "." in said:
        raise ValueError("a word of a slip holds what stands between words")
    return _signer(keys, purpose).sign(said).decode()


def read_slip(keys: MasterKeys, purpose: str, slip: str, *, now: datetime) -> list[str] | None:
    """Return the words of a slip that is ours, for this purpose and not over; else None."""
    try:
        until, *words = _signer(keys, purpose).unsign(slip).decode().split(_BETWEEN)
    except (BadSignature, UnicodeError):
        return None
    return words if now.timestamp() < int(until) else None


def _signer(keys: MasterKeys, purpose: str) -> Signer:
    # itsdangerous wants the newest key last; ours are newest first.
    derived = list(reversed(keys.derive_all(f"slip: {purpose}")))
    return Signer(derived, key_derivation="none", digest_method=hashlib.sha256, sep=".")
