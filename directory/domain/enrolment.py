"""How a device gets a key of its own: by a one-time token it enrols, by what it signs it comes in again each time."""

from __future__ import annotations

from datetime import timedelta

from foundation.refusals import Expired, Invalid, NotLoggedIn, TooMany

TOKEN_LASTS = timedelta(hours=24)
TOKEN_BYTES = 32
CHALLENGE_LASTS = timedelta(minutes=2)
LET_IN_FOR = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=5)
LONGEST_NAME = 120
MOST_FAILURES = 10
MOST_FAILURES_OF_NETWORK = 100
"""Ten times as many: forty scanners of one building share an address."""
FAILURES_COUNT_FOR = timedelta(hours=1)
FIRST_DELAY = timedelta(minutes=1)


class EnrolmentRefused(Expired):
    """The link was used, replaced, has run out, or never was; or the device ended meanwhile. Told alike."""


class DeviceRefused(NotLoggedIn):
    """No such device, or it has no key, was revoked, has ended, or did not sign this. Told alike."""

    challenge = 'Bearer realm="Paraphe", error="invalid_token"'


class TooManyProofs(TooMany):
    """Too many false tokens or signatures from there."""


class DeviceNameUnreadable(Invalid):
    """A device has a name of 120 letters at most."""


def enrolment_lines(token: str, public_key: str) -> tuple[str, ...]:
    """Return the lines by which a device proves that it has the key it enrols with."""
    return "paraphe-enrolment-1", token, public_key


def entry_lines(device_id: str, challenge: str) -> tuple[str, ...]:
    """Return the lines that a device signs to come in."""
    return "paraphe-session-1", device_id, challenge
