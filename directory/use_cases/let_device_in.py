"""A device that signs a challenge is given a key of the API for half a day; the one before is deleted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from directory.domain.enrolment import CHALLENGE_LASTS, LET_IN_FOR, SEEN_EVERY, DeviceRefused, entry_lines
from directory.domain.permissions import Permission
from directory.models import ApiKey, Device, DeviceKind
from directory.queries import devices
from directory.steps.api_keys import make_key
from foundation import ids
from foundation.actors import Actor, ActorKind
from foundation.devices import decode, lines, verify_device
from foundation.keys import MasterKeys
from foundation.slips import read_slip, write_slip

SCOPES = {
    DeviceKind.SCANNER: frozenset({Permission.SCAN, Permission.SEARCH_PEOPLE, Permission.SEE_DAY}),
    DeviceKind.KIOSK: frozenset({Permission.KIOSK}),
}
_PURPOSE = "device challenge"


def challenge_for(device_id: int, *, keys: MasterKeys, now: datetime) -> tuple[str, datetime]:
    """Return what a device signs to come in, and until when; made alike for a device that does not exist."""
    until = now + CHALLENGE_LASTS
    return write_slip(keys, _PURPOSE, [ids.to_text(device_id)], until=until), until


def let_device_in(
    db: Session, *, now: datetime, device_id: int, challenge: str, signature: str, keys: MasterKeys
) -> tuple[Device, ApiKey, str]:
    """Return the device, its key and the key's text; in a session of EVERY_ORGANISATION. Raises DeviceRefused.

    The key ends with the device, if that is sooner.
    """
    told = read_slip(keys, _PURPOSE, challenge, now=now)
    device = devices.live(db, device_id, now=now)
    signed = lines(*entry_lines(ids.to_text(device_id), challenge))
    if device is None or device.public_key is None or told != [ids.to_text(device_id)]:
        raise DeviceRefused
    if not verify_device(device.public_key, signed, decode(signature)):
        raise DeviceRefused
    db.execute(delete(ApiKey).where(ApiKey.device_id == device.id, ApiKey.by_challenge.is_(True)))
    actor = Actor(ActorKind.DEVICE, device.organisation_id, device.id, entrusted_to=device.agent_id)
    until = min(filter(None, (now + LET_IN_FOR, device.expires_at)))
    key, text = make_key(
        db, actor, name=device.name, scopes=SCOPES[device.kind], now=now, expires_at=until, device_id=device.id
    )
    key.by_challenge = True
    if device.last_seen_at is None or device.last_seen_at <= now - SEEN_EVERY:
        device.last_seen_at = now
    db.flush()
    return device, key, text
