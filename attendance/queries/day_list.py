"""Today's list of a device: who is expected where it scans, by first name and initial, and how to check a badge."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.domain import windows
from attendance.domain.expectations import Expectation
from attendance.models import HalfDay, Meeting, Signature, SignatureKind, Standing
from attendance.queries import expected, half_days
from directory.models import Badge, Beneficiary, Device, SigningKey, Venue
from directory.queries import badges as directory_badges
from foundation.times import local

AHEAD = timedelta(hours=26)
HASH_LETTERS = 16


@dataclass(frozen=True)
class Spot:
    """One half-day, or one booking that has no rows yet; `ref` is by what its people name it."""

    ref: str
    half_day_id: int | None
    title: str
    venue_id: int | None
    time_zone: str
    starts_at: datetime
    ends_at: datetime
    needs_drawing: bool
    is_closed: bool

    @property
    def opens_at(self) -> datetime:
        """When the arrival can be signed from."""
        return windows.opens_at(self.starts_at)

    @property
    def closes_at(self) -> datetime:
        """When it no longer can."""
        return windows.closes_at(self.ends_at)


@dataclass(frozen=True)
class Coming:
    """Somebody who is expected: no name but the first, and the initial of the last."""

    expectation: Expectation
    ref: str
    first_name: str
    initial: str
    badges: tuple[str, ...]
    arrived_at: datetime | None = None
    left_at: datetime | None = None


@dataclass(frozen=True)
class DayList:
    """Everything that a device checks by when nobody answers; good until `ends_at`, the end of its local day."""

    ends_at: datetime
    keys: Sequence[SigningKey] = ()
    desks: Sequence[Venue] = ()
    spots: Sequence[Spot] = ()
    people: Sequence[Coming] = field(default=())


def of_device(db: Session, device: Device, *, now: datetime) -> DayList:
    """Return the list, of its venue alone where it is bound to one; as many statements for one person as for many."""
    desks = [one for one in db.scalars(select(Venue).order_by(Venue.name)) if device.venue_id in {None, one.id}]
    zones = {one.id: one.time_zone for one in desks}
    until = _end_of_day(now, zones.values())
    coming = _coming(db, device, now=now, until=until)
    signed = signed_times(db, [one.half_day_id for one in coming if one.half_day_id is not None])
    names = _names(db, {one.beneficiary_id for one in coming})
    held = _badges(db, names, now=now)
    spots: dict[str, Spot] = {}
    people = []
    for one in coming:
        ref = _ref(one)
        spots.setdefault(ref, _spot(one, ref))
        times = signed.get((one.attendee_id, one.half_day_id), {})
        person = names[one.beneficiary_id]
        people.append(
            Coming(
                one,
                ref,
                person.first_name,
                person.last_name[:1].upper(),
                tuple(held.get(one.beneficiary_id, ())),
                times.get(SignatureKind.ARRIVAL),
                times.get(SignatureKind.DEPARTURE),
            )
        )
    return DayList(until, directory_badges.public_keys(db), desks, list(spots.values()), people)


def hash_of(number: str) -> str:
    """Return by what a device recognises a badge: half a hash, so that a lost list names no badge."""
    return hashlib.sha256(number.encode()).hexdigest()[:HASH_LETTERS]


def _end_of_day(now: datetime, zones: Iterable[str]) -> datetime:
    ends = []
    for zone in zones:
        there = local(now, zone)
        midnight = (there + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
        ends.append(midnight.astimezone(now.tzinfo))
    return max(ends, default=now + timedelta(days=1))


def _coming(db: Session, device: Device, *, now: datetime, until: datetime) -> list[Expectation]:
    since = now - windows.AFTER
    booked = expected.booked_between(db, since=now - AHEAD, until=until, venue_id=device.venue_id)
    query = half_days.enrolled().where(HalfDay.starts_at < until, HalfDay.ends_at > since)
    if device.venue_id is not None:
        query = query.where(Meeting.venue_id == device.venue_id)
    enrolled = [expected.expectation(row) for row in db.execute(query.order_by(HalfDay.starts_at))]
    near = [one for one in (*booked, *enrolled) if windows.closes_at(one.ends_at) > since]
    return [one for one in near if not one.is_cancelled]


def _ref(one: Expectation) -> str:
    if one.half_day_id is not None:
        return f"half_day:{one.half_day_id}"
    return f"workshop:{one.workshop_id}" if one.workshop_id is not None else f"appointment:{one.appointment_id}"


def _spot(one: Expectation, ref: str) -> Spot:
    return Spot(
        ref,
        one.half_day_id,
        one.title,
        one.venue_id,
        one.time_zone,
        one.starts_at,
        one.ends_at,
        one.needs_drawing,
        one.is_closed,
    )


def of_the_hour(db: Session, device: Device, *, now: datetime) -> list[Expectation]:
    """Return who can sign an arrival or a departure now, at the venue of the device where it is bound to one."""
    coming = _coming(db, device, now=now, until=now + windows.BEFORE + timedelta(seconds=1))
    return [one for one in coming if one.timing(now) is windows.Timing.OPEN]


def signed_times(db: Session, ids: Sequence[int]) -> dict[tuple[int | None, int | None], dict[SignatureKind, datetime]]:
    """Return when each attendee of these half-days signed what, by (attendee, half-day): what counts alone."""
    query = select(Signature.attendee_id, Signature.half_day_id, Signature.kind, Signature.observed_at)
    found: dict[tuple[int | None, int | None], dict[SignatureKind, datetime]] = {}
    counting = query.where(Signature.half_day_id.in_(ids), Signature.standing == Standing.COUNTS)
    for attendee_id, half_day_id, kind, at in db.execute(counting):
        found.setdefault((attendee_id, half_day_id), {})[kind] = at
    return found


def _names(db: Session, ids: set[int]) -> dict[int, Beneficiary]:
    return {one.id: one for one in db.scalars(select(Beneficiary).where(Beneficiary.id.in_(ids)))}


def _badges(db: Session, people: Iterable[int], *, now: datetime) -> dict[int, list[str]]:
    query = select(Badge.beneficiary_id, Badge.number).where(
        Badge.beneficiary_id.in_(list(people)), Badge.revoked_at.is_(None), Badge.expires_at > now
    )
    found: dict[int, list[str]] = {}
    for beneficiary_id, number in db.execute(query):
        found.setdefault(beneficiary_id, []).append(hash_of(number))
    return found
