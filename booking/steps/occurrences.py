"""The dates of a rule as rows: written a year ahead when the rule is made, and a day further each night."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert
from sqlalchemy.orm import Session

from booking.domain.intervals import Interval, instant_of, minute_from, minute_of
from booking.domain.occurrences import Away, open_on
from booking.domain.settings import AHEAD
from booking.models import OpeningHours, OpeningOccurrence, TimeOff, TimeOffOccurrence
from directory.queries import organisations, venues
from foundation.actors import Actor
from foundation.ids import new_id


def zone_of(db: Session, actor: Actor, venue_id: int | None) -> ZoneInfo:
    """Return whose wall clock rules: the venue's, or the organisation's without one. Raises VenueNotFound."""
    if venue_id is None:
        return ZoneInfo(organisations.by_id(db, actor.organisation_id).time_zone)
    return ZoneInfo(venues.by_id(db, venue_id).time_zone)


def last_written(now: datetime, zone: ZoneInfo) -> date:
    """Return the day up to which the dates of rules are rows."""
    return (now + AHEAD).astimezone(zone).date()


def write_openings(
    db: Session, rule: OpeningHours, zone: ZoneInfo, *, since: date, until: date, but: Collection[date] = ()
) -> None:
    """Write the dates of a rule of opening from `since` to `until`, included, and remember how far that is.

    What is in the diary already for a day of `but` stays as it is.
    """
    rows = opening_rows(rule, zone, since=since, until=until, but=but)
    if rows:
        db.execute(insert(OpeningOccurrence), rows)
    rule.written_until = max(until, since - timedelta(days=1))


def opening_rows(
    rule: OpeningHours, zone: ZoneInfo, *, since: date, until: date, but: Collection[date] = ()
) -> list[dict[str, Any]]:
    """Return the dates of a rule of opening from `since` to `until`, without the days of `but`."""
    return [
        opening_row(rule, rule_day=day, local_day=day, span=span)
        for day in rule.recurrence.days(since=since, until=until)
        if day not in but
        for span in open_on(day, rule.hours, zone)
    ]


def opening_row(rule: OpeningHours, *, rule_day: date, local_day: date, span: Interval) -> dict[str, Any]:
    """Return one date of a rule of opening, as the rule says it."""
    return {
        "id": new_id(),
        "organisation_id": rule.organisation_id,
        "opening_hours_id": rule.id,
        "resource_id": rule.resource_id,
        "venue_id": rule.venue_id,
        "rule_day": rule_day,
        "local_day": local_day,
        "starts_at": instant_of(span.start),
        "ends_at": instant_of(span.end),
        "closes_on_holidays": rule.closes_on_holidays,
        "is_cancelled": False,
        "is_exception": False,
    }


def write_absences(
    db: Session, rule: TimeOff, zone: ZoneInfo, *, since: date, until: date, but: Collection[date] = ()
) -> None:
    """As `write_openings`, for a rule of absence."""
    rows = absence_rows(rule, zone, since=since, until=until, but=but)
    if rows:
        db.execute(insert(TimeOffOccurrence), rows)
    rule.written_until = max(until, since - timedelta(days=1))


def absence_rows(
    rule: TimeOff, zone: ZoneInfo, *, since: date, until: date, but: Collection[date] = ()
) -> list[dict[str, Any]]:
    """As `opening_rows`, for a rule of absence."""
    away = Away(rule.starts_minute, rule.ends_minute, rule.days)
    return [
        absence_row(rule, rule_day=day, span=span)
        for day in rule.recurrence.days(since=since, until=until)
        if day not in but
        for span in away.on(day, zone)
    ]


def write_absence_once(db: Session, rule: TimeOff, *, starts_at: datetime, ends_at: datetime) -> None:
    """Write the one date of an absence that does not repeat, to the minute."""
    row = exact_absence(rule, rule_day=rule.first_day, starts_at=starts_at, ends_at=ends_at)
    db.execute(insert(TimeOffOccurrence), [row])


def exact_absence(rule: TimeOff, *, rule_day: date, starts_at: datetime, ends_at: datetime) -> dict[str, Any]:
    """Return one date of an absence between two instants, whatever the wall clock does meanwhile."""
    return absence_row(rule, rule_day=rule_day, span=Interval(minute_of(starts_at), minute_from(ends_at)))


def absence_row(rule: TimeOff, *, rule_day: date, span: Interval) -> dict[str, Any]:
    """Return one date of a rule of absence."""
    return {
        "id": new_id(),
        "organisation_id": rule.organisation_id,
        "time_off_id": rule.id,
        "resource_id": rule.resource_id,
        "rule_day": rule_day,
        "starts_at": instant_of(span.start),
        "ends_at": instant_of(span.end),
        "is_cancelled": False,
        "is_exception": False,
    }
