"""A rule of opening changes: all of it, or from one of its dates on; what was set for one date by hand is kept."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from booking.domain.occurrences import Hours, Recurrence
from booking.domain.settings import refuse_unfit_hours
from booking.models import OpeningHours, opening_hours_type
from booking.queries import hours as queries
from booking.steps import rules
from booking.steps.occurrences import last_written, write_openings, zone_of
from booking.steps.opening import carry_to_venue, serve, venue_of
from booking.steps.waiting import announce_freed
from directory.domain.permissions import Permission, require
from directory.queries import resources
from foundation import audit
from foundation.actors import Actor

CHANGEABLE = (*rules.DAYS, "venue_id", "type_ids", "opens", "closes", "closes_on_holidays")


@dataclass(frozen=True)
class _Settings:
    venue_id: int | None
    type_ids: Sequence[int]
    recurrence: Recurrence
    hours: Hours
    closes_on_holidays: bool


def change_hours(
    db: Session,
    actor: Actor,
    *,
    now: datetime,
    rule_id: int,
    changes: Mapping[str, Any],
    since: date | None = None,
    compare: Callable[[Session, OpeningHours], None] = lambda _db, _rule: None,
) -> OpeningHours:
    """Give some of what is CHANGEABLE other values; with `since`, one of the dates to come, in a new rule from there.

    What has begun stays as it was, and so does what is booked. `compare` is handed the rule as it is, under a lock, and
    raises when that is not what the sender has seen. Returns the rule that holds the new values. Raises
    OpeningHoursNotFound, DateNotFound, UnfitValues, ResourceNotFound, VenueNotFound and TypeNotFound.
    """
    require(actor, Permission.ADMINISTER)
    rule = rules.locked(db, OpeningHours, rule_id)
    compare(db, rule)
    venue_id = rule.venue_id
    today = now.astimezone(zone_of(db, actor, venue_id)).date()
    is_split = rules.leaves_earlier_dates(rule, since, today=today)
    served = queries.types_of(db, [rule.id]).get(rule.id, ())
    wanted = _wanted(db, rule, served, changes, today=today)
    changed = _following(db, rule, wanted, since=since, now=now) if since and is_split else _all(db, rule, wanted, now)
    serve(db, changed, wanted.type_ids, served=served)
    zone = zone_of(db, actor, changed.venue_id)
    if changed.venue_id != venue_id:
        carry_to_venue(db, changed, zone_of(db, actor, venue_id), zone, now=now)
    first = max(now.astimezone(zone).date(), changed.first_day)
    days = rules.days_that_stay(db, changed, since=first)
    write_openings(db, changed, zone, since=first, until=last_written(now, zone), but=days)
    announce_freed(db, actor, now=now)
    audit.record(db, actor, action="hours-changed", subject=("opening-hours", changed.id), now=now)
    return changed


def end_hours(db: Session, actor: Actor, *, now: datetime, rule_id: int, last_day: date | None = None) -> int:
    """End a rule with `last_day`, or now: its later dates are gone, those set by hand too, and what is under way ends.

    What is past stays; without a date left the rule is gone. Returns whose it was. Raises OpeningHoursNotFound.
    """
    require(actor, Permission.ADMINISTER)
    rule = rules.locked(db, OpeningHours, rule_id)
    today = now.astimezone(zone_of(db, actor, rule.venue_id)).date()
    if last_day is None or last_day < today:
        rules.cut_short(db, rule, at=now)
    else:
        rules.clear_after(db, rule, last_day, now=now)
    rule.last_day = max(last_day or date.min, today - timedelta(days=1), rule.first_day)
    audit.record(db, actor, action="hours-ended", subject=("opening-hours", rule.id), now=now)
    resource_id = rule.resource_id
    rules.delete_without_dates(db, rule)
    return resource_id


def _wanted(
    db: Session, rule: OpeningHours, served: Collection[int], changes: Mapping[str, Any], *, today: date
) -> _Settings:
    resource = resources.at_work_by_id(db, rule.resource_id)
    wanted = _Settings(
        venue_of(resource, changes.get("venue_id", rule.venue_id)),
        changes.get("type_ids", tuple(served)),
        rules.changed_days(rule, changes),
        Hours(changes.get("opens", rule.opens_minute), changes.get("closes", rule.closes_minute)),
        changes.get("closes_on_holidays", rule.closes_on_holidays),
    )
    # A rule that began long ago may go on.
    is_known = wanted.recurrence.first_day == rule.first_day
    around = rule.first_day if is_known else today
    refuse_unfit_hours(wanted.recurrence, wanted.hours, wanted.type_ids, today=around)
    return wanted


def _all(db: Session, rule: OpeningHours, wanted: _Settings, now: datetime) -> OpeningHours:
    rules.clear_to_come(db, rule, now=now)
    _fill(rule, wanted)
    db.execute(delete(opening_hours_type).where(opening_hours_type.c.opening_hours_id == rule.id))
    return rule


def _following(db: Session, rule: OpeningHours, wanted: _Settings, *, since: date, now: datetime) -> OpeningHours:
    new = OpeningHours(organisation_id=rule.organisation_id, resource_id=rule.resource_id, written_until=since)
    first_day = max(wanted.recurrence.first_day, since)
    _fill(new, replace(wanted, recurrence=replace(wanted.recurrence, first_day=first_day)))
    db.add(new)
    db.flush()
    rules.hand_over(db, rule, new, since=since, now=now)
    return new


def _fill(rule: OpeningHours, wanted: _Settings) -> None:
    rule.recurrence = wanted.recurrence
    rule.venue_id, rule.closes_on_holidays = wanted.venue_id, wanted.closes_on_holidays
    rule.opens_minute, rule.closes_minute = wanted.hours.opens, wanted.hours.closes
