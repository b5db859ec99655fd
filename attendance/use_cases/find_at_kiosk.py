"""Somebody looks for their own name on the kiosk. The search is counted, and kept without the name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.domain.expectations import Expectation
from attendance.domain.kiosk import (
    MOST_FOUND,
    SEARCHES,
    SEARCHES_COUNT_FOR,
    TooManySearches,
    begins_words,
    short_names,
)
from attendance.domain.windows import Timing
from attendance.models import SignatureKind
from attendance.queries import day_list
from directory.domain.contacts import searchable
from directory.domain.permissions import Permission, require
from directory.domain.refusals import DeviceNotFound
from directory.models import Beneficiary
from directory.queries import devices, people
from foundation import audit, throttle
from foundation.actors import Actor, ActorKind

_PAUSE = timedelta(minutes=1)
_LOOKED_AT = 100


@dataclass(frozen=True)
class AtKiosk:
    """Somebody of that name who can sign here now: a name cut short, and what they can sign."""

    name: str
    expectation: Expectation
    kinds: list[SignatureKind]


def find_at_kiosk(db: Session, actor: Actor, *, now: datetime, query: str) -> list[AtKiosk] | None:
    """Return who has that name and can sign now at the kiosk's venue; None when there are so many that one types more.

    Raises QueryTooShort under three letters, DeviceNotFound for whoever is no kiosk, and TooManySearches.
    """
    require(actor, Permission.KIOSK)
    if actor.kind is not ActorKind.DEVICE or actor.identifier is None:
        raise DeviceNotFound
    device = devices.by_id(db, actor.identifier)
    _count(db, device.id, now=now)
    here = [one for one in day_list.of_the_hour(db, device, now=now) if one.venue_id is not None and not one.is_closed]
    among = select(Beneficiary.id).where(Beneficiary.id.in_({one.beneficiary_id for one in here}))
    named = people.named_like(db, query, among=among, most=_LOOKED_AT)
    found = {one.id: one for one in named if begins_words(searchable(query), one.searched_name)}
    audit.record(db, actor, action="people.searched", subject=("device", device.id), now=now, found=len(found))
    if len(found) > MOST_FOUND:
        return None
    short = dict(zip(found, short_names([(one.first_name, one.last_name) for one in found.values()]), strict=True))
    wanted = [one for one in here if one.beneficiary_id in found]
    signed = day_list.signed_times(db, [one.half_day_id for one in wanted if one.half_day_id is not None])
    return [
        AtKiosk(short[one.beneficiary_id], one, _kinds(one, signed.get((one.attendee_id, one.half_day_id), {}), now))
        for one in wanted
    ]


def _kinds(one: Expectation, signed: dict[SignatureKind, datetime], now: datetime) -> list[SignatureKind]:
    """Return what can be signed now and was not yet."""
    is_open = {kind: one.timing(now, is_departure=kind.is_departure) is Timing.OPEN for kind in SignatureKind}
    return [kind for kind in SignatureKind if is_open[kind] and kind not in signed]


def _count(db: Session, device_id: int, *, now: datetime) -> None:
    counter = throttle.locked(db, f"kiosk search {device_id}", now=now)
    if throttle.is_closed(counter, now=now):
        raise TooManySearches(retry_after=int(_PAUSE.total_seconds()))
    throttle.count(counter, most=SEARCHES, window=SEARCHES_COUNT_FOR, delay=_PAUSE, now=now)
