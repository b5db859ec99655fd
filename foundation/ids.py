"""Identifiers: 63-bit, time-ordered, made by the application, shown as short text.

They name things and grant nothing: whatever grants something is a separate random or signed token.
"""

from __future__ import annotations

import secrets
from threading import Lock

from foundation.clock import machine_milliseconds

_EPOCH = 1_735_689_600_000  # 2025-01-01T00:00:00Z, in milliseconds
_SEQUENCE_BITS = 21
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32, lower case
_VALUES = {letter: value for value, letter in enumerate(_ALPHABET)} | {"i": 1, "l": 1, "o": 0}
_LENGTH = 13

_lock = Lock()
_last = 0


def new_id() -> int:
    """Return a fresh identifier, greater than every earlier one of this process.

    42 bits of milliseconds since 2025, then 21 bits that begin at random in each millisecond: two processes meet
    only when both draw the same 21 bits in the same millisecond, and then the primary key refuses the second.
    """
    global _last  # noqa: PLW0603 - one sequence a process is the point
    candidate = (machine_milliseconds() - _EPOCH) << _SEQUENCE_BITS | secrets.randbits(_SEQUENCE_BITS - 1)
    with _lock:
        _last = max(candidate, _last + 1)
        return _last


def to_text(identifier: int) -> str:
    """Return the 13 letters and digits that show `identifier` to people and in addresses."""
    return "".join(_ALPHABET[identifier >> shift & 31] for shift in range(5 * (_LENGTH - 1), -1, -5))


def from_text(text: str) -> int:
    """Return the identifier shown as `text`; raise ValueError when it is not one."""
    if len(text) != _LENGTH:
        raise ValueError("not an identifier")
    identifier = 0
    for letter in text.lower():
        if letter not in _VALUES:
            raise ValueError("not an identifier")
        identifier = identifier << 5 | _VALUES[letter]
    if identifier >= 1 << 63:
        raise ValueError("not an identifier")
    return identifier
