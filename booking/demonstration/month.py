"""A month of appointments behind, two weeks ahead, and somebody who comes in a moment."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from booking.demonstration.offer import DAYS_AFTER, DAYS_BEFORE, Offer, working_days
from booking.demonstration.people import person
from booking.domain.occurrences import Hours, Recurrence, Repeats
from booking.domain.person import Person
from booking.domain.refusals import OutsideOpeningHours
from booking.models import Appointment, AppointmentStatus, AppointmentType, Channel
from booking.steps import engagements
from booking.use_cases.book_for_person import book_for_person
from booking.use_cases.open_hours import open_hours
from directory.demonstration import Coming, Office
from directory.models import Venue

NO_SHOW, EXCUSED = 0.12, 0.18


def book_weeks(db: Session, office: Office, offer: Offer, now: datetime) -> Iterator[Appointment]:
    """Book some appointments each working day, at both venues; yield them in order of booking."""
    dice = random.Random(2026)  # noqa: S311 - the same demonstration each time
    number = 0
    for venue, kinds, a_day in (
        (office.bordeaux, offer.individual(), 6),
        (office.saint_denis, [(offer.help_, Channel.ON_SITE), (offer.rights, Channel.PHONE)], 3),
    ):
        today = now.astimezone(ZoneInfo(venue.time_zone)).date()
        for day in working_days(today, -DAYS_BEFORE, DAYS_AFTER):
            for _ in range(a_day if day <= today else a_day - 2):
                number += 1
                kind, channel = dice.choice(kinds)
                booked = _book(db, office, venue, kind, channel, day, dice, person(number), now)
                if booked is not None:
                    yield booked


def _book(  # noqa: PLR0917 - what a line of a diary says
    db: Session,
    office: Office,
    venue: Venue,
    kind: AppointmentType,
    channel: Channel,
    day: date,
    dice: random.Random,
    somebody: Person,
    now: datetime,
) -> Appointment | None:
    at = time(dice.choice((9, 10, 11, 14, 15, 16)), dice.choice((0, 30)))
    starts_at = datetime.combine(day, at, ZoneInfo(venue.time_zone))
    asked_at = min(now, starts_at - timedelta(days=dice.randint(2, 9)))
    try:
        booked = book_for_person(
            db,
            office.actor,
            now=asked_at,
            type_id=kind.id,
            channel=channel,
            venue_id=venue.id,
            starts_at=starts_at,
            person=somebody,
        )
    except OutsideOpeningHours:
        return None
    if booked.ends_at <= now:
        outcome = dice.random()
        if outcome < NO_SHOW:
            booked.status = AppointmentStatus.NO_SHOW
        elif outcome < EXCUSED:
            booked.status = AppointmentStatus.EXCUSED
            engagements.free(db, appointment_id=booked.id)
    return booked


def who_came(booked: Sequence[Appointment], now: datetime) -> Iterator[Coming]:
    """Yield who came to a desk."""
    for one in booked:
        at_a_desk = one.channel is Channel.ON_SITE and one.venue_id is not None
        if at_a_desk and one.status is AppointmentStatus.BOOKED and one.ends_at <= now:
            yield Coming(one.beneficiary_id, one.venue_id or 0, one.starts_at)


def book_in_a_moment(db: Session, office: Office, offer: Offer, now: datetime) -> None:
    """Book somebody within the half hour, whatever the hour, so that there is somebody to scan at once."""
    zone = ZoneInfo(office.bordeaux.time_zone)
    nadia = office.agents[1]
    soon = now.astimezone(zone).replace(second=0, microsecond=0) + timedelta(minutes=20)
    soon -= timedelta(minutes=soon.minute % 5)
    for minutes in range(0, 121, 5):
        starts_at = soon + timedelta(minutes=minutes)
        hours = Hours.between(starts_at.time(), (starts_at + timedelta(minutes=45)).time())
        try:
            with db.begin_nested():
                open_hours(
                    db,
                    office.actor,
                    now=now,
                    resource_id=nadia.resource_id,
                    venue_id=office.bordeaux.id,
                    type_ids=[offer.help_.id],
                    recurrence=Recurrence(Repeats.ONCE, starts_at.date()),
                    hours=hours,
                )
                book_for_person(
                    db,
                    office.actor,
                    now=now,
                    type_id=offer.help_.id,
                    channel=Channel.ON_SITE,
                    venue_id=office.bordeaux.id,
                    starts_at=starts_at,
                    person=person(0),
                    resource_id=nadia.resource_id,
                )
        except OutsideOpeningHours:
            continue
        return
    raise AssertionError("somebody is free within two hours")
