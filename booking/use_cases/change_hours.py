"""A rule of opening changes: all of it, or from one of its dates on; what was set for one date by hand is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete
from sqlalchemy.orm import Session

from booking.domain.occurrences import Hours, Recurrence
from booking.domain.refusals import DateNotFound
from booking.domain.settings import refuse_unfit_hours
from booking.models import OpeningHours, opening_hours_type
from booking.steps import rules
from booking.steps.occurrences import last_written, write_openings, zone_of
from booking.steps.opening import refuse_unfit_resource, serve
from directory.domain.permissions import Permission, require
from directory.queries import resources
from foundation import audit
from foundation.actors import Actor


@dataclass(frozen=True)
class HoursSettings:
    """Everything that a rule of opening says of itself."""

    venue_id: int | None
    type_ids: Sequence[int]
    recurrence: Recurrence
    hours: Hours
    closes_on_holidays: bool


def change_hours(
    db: Session, actor: Actor, *, now: datetime, rule_id: int, settings: HoursSettings, since: date | None = None
) -> OpeningHours:
    """Give a rule other settings and return it; with `since`, one of its dates to come, a new rule from that day on.

    What has begun stays as it was, and so does what is booked. Raises OpeningHoursNotFound, DateNotFound, UnfitValues,
    VenueNotFound and TypeNotFound.
    """
    require(actor, Permission.ADMINISTER)
    rule = rules.locked(db, OpeningHours, rule_id)
    zone = zone_of(db, actor, settings.venue_id)
    today = now.astimezone(zone).date()
    if since is not None and since > rule.first_day:
        if since < today or since not in rule.recurrence.days(since=since, until=since):
            raise DateNotFound
        settings = replace(settings, recurrence=replace(settings.recurrence, first_day=since))
    _refuse_unfit(db, rule, settings, today=max(today, rule.first_day))
    is_split = since is not None and since > rule.first_day
    changed = _split(db, actor, rule, settings, now=now) if is_split else _change(db, rule, settings, zone, now=now)
    if is_split:
        days = rules.hand_over(db, rule, changed, since=changed.first_day)
        write_openings(db, changed, zone, since=changed.first_day, until=last_written(now, zone), but=days)
    audit.record(db, actor, action="hours-changed", subject=("opening-hours", changed.id), now=now)
    return changed


def end_hours(db: Session, actor: Actor, *, now: datetime, rule_id: int, last_day: date | None = None) -> None:
    """End a rule with `last_day`, by default yesterday: its later dates are gone, and without any left the rule too."""
    require(actor, Permission.ADMINISTER)
    rule = rules.locked(db, OpeningHours, rule_id)
    today = now.astimezone(zone_of(db, actor, rule.venue_id)).date()
    rule.last_day = max(last_day or date.min, today - timedelta(days=1))
    is_left = rules.clear_after(db, rule, rule.last_day)
    audit.record(db, actor, action="hours-ended", subject=("opening-hours", rule.id), now=now)
    if not is_left or rule.last_day < rule.first_day:
        db.flush()
        db.delete(rule)


def _refuse_unfit(db: Session, rule: OpeningHours, settings: HoursSettings, *, today: date) -> None:
    refuse_unfit_hours(settings.recurrence, settings.hours, settings.type_ids, today=today)
    refuse_unfit_resource(resources.at_work_by_id(db, rule.resource_id), settings.venue_id)


def _change(db: Session, rule: OpeningHours, settings: HoursSettings, zone: ZoneInfo, *, now: datetime) -> OpeningHours:
    _fill(rule, settings)
    db.execute(delete(opening_hours_type).where(opening_hours_type.c.opening_hours_id == rule.id))
    serve(db, rule, settings.type_ids)
    since = max(now.astimezone(zone).date(), rule.first_day)
    days = rules.clear_to_come(db, rule, since=since, now=now)
    write_openings(db, rule, zone, since=since, until=last_written(now, zone), but=days)
    return rule


def _split(db: Session, actor: Actor, rule: OpeningHours, settings: HoursSettings, *, now: datetime) -> OpeningHours:
    first_day = settings.recurrence.first_day
    rules.clear_to_come(db, rule, since=first_day, now=now)
    rule.last_day = first_day - timedelta(days=1)
    new = OpeningHours(organisation_id=actor.organisation_id, resource_id=rule.resource_id, written_until=first_day)
    _fill(new, settings)
    db.add(new)
    db.flush()
    serve(db, new, settings.type_ids)
    return new


def _fill(rule: OpeningHours, settings: HoursSettings) -> None:
    rule.recurrence = settings.recurrence
    rule.venue_id, rule.closes_on_holidays = settings.venue_id, settings.closes_on_holidays
    rule.opens_minute, rule.closes_minute = settings.hours.opens, settings.hours.closes
