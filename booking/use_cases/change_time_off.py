"""An absence changes: all of it, or from one of its dates on; or it ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from booking.domain.occurrences import Away, Recurrence, Repeats, start_of_day
from booking.domain.refusals import DateNotFound, UnfitValues
from booking.domain.settings import refuse_unfit_away, refuse_unfit_recurrence, refuse_unfit_span
from booking.models import TimeOff
from booking.queries import time_offs
from booking.steps import rules
from booking.steps.occurrences import last_written, write_absence_once, write_absences, zone_of
from booking.steps.waiting import announce_freed
from directory.domain.permissions import Permission, require
from foundation import audit
from foundation.actors import Actor

CHANGEABLE = (*rules.DAYS, "venue_id", "reason", "starts_at", "ends_at")


def change_time_off(
    db: Session,
    actor: Actor,
    *,
    now: datetime,
    time_off_id: int,
    changes: Mapping[str, Any],
    since: date | None = None,
) -> TimeOff:
    """Give some of what is CHANGEABLE other values; with `since`, one of the dates to come, in a new rule from there.

    `starts_at` and `ends_at` are the absence itself where it is once; of one that repeats they are any date as it is to
    be from now on: its hours count, its day does not. What has begun stays. Returns the rule that holds the new values.
    Raises TimeOffNotFound, DateNotFound, UnfitValues and VenueNotFound.
    """
    require(actor, Permission.ADMINISTER)
    rule = rules.locked(db, TimeOff, time_off_id)
    zone = zone_of(db, actor, changes.get("venue_id", rule.venue_id))
    days = rules.changed_days(rule, changes)
    if Repeats.ONCE in {rule.repeats, days.repeats}:
        if since not in {None, rule.first_day}:
            raise DateNotFound
        changed = _change_once(db, rule, days, changes, zone, now=now)
    else:
        today = now.astimezone(zone_of(db, actor, rule.venue_id)).date()
        changed = _change_rule(db, rule, days, changes, zone, since=since, today=today, now=now)
    audit.record(db, actor, action="time-off-changed", subject=("time-off", changed.id), now=now)
    return changed


def end_time_off(db: Session, actor: Actor, *, now: datetime, time_off_id: int, last_day: date | None = None) -> int:
    """End an absence with `last_day`, or now: later dates are gone, those set by hand too, and what is under way ends.

    What is past stays; without a date left the absence is gone. Returns whose it was. Raises TimeOffNotFound.
    """
    require(actor, Permission.ADMINISTER)
    rule = rules.locked(db, TimeOff, time_off_id)
    zone = zone_of(db, actor, rule.venue_id)
    today = now.astimezone(zone).date()
    if last_day is None or last_day < today:
        rules.cut_short(db, rule, at=now)
    elif rule.repeats is Repeats.ONCE:
        rules.cut_short(db, rule, at=start_of_day(last_day + timedelta(days=1), zone))
    else:
        rules.clear_after(db, rule, last_day, now=now)
    if rule.repeats is not Repeats.ONCE:
        rule.last_day = max(last_day or date.min, today - timedelta(days=1), rule.first_day)
    announce_freed(db, actor, now=now)
    audit.record(db, actor, action="time-off-ended", subject=("time-off", rule.id), now=now)
    resource_id = rule.resource_id
    rules.delete_without_dates(db, rule)
    return resource_id


def _change_once(
    db: Session, rule: TimeOff, days: Recurrence, changes: Mapping[str, Any], zone: ZoneInfo, *, now: datetime
) -> TimeOff:
    if days != rule.recurrence:
        raise UnfitValues({"repeats": "booking.unfit.stays_once"})
    known = time_offs.first_dates(db, [rule.id]).get(rule.id)
    if known is None or known.ends_at <= now:
        raise DateNotFound
    starts_at, ends_at = changes.get("starts_at", known.starts_at), changes.get("ends_at", known.ends_at)
    if known.starts_at <= now and starts_at != known.starts_at:
        raise UnfitValues({"starts_at": "booking.unfit.past"})
    refuse_unfit_span(starts_at, ends_at)
    first_day = starts_at.astimezone(zone).date()
    away = Away.between(starts_at, ends_at, zone)
    refuse_unfit_away(away)
    rules.forget_date(db, rule, rule.first_day)
    _fill(rule, Recurrence(Repeats.ONCE, first_day), away, changes)
    write_absence_once(db, rule, starts_at=starts_at, ends_at=ends_at)
    return rule


def _change_rule(
    db: Session,
    rule: TimeOff,
    days: Recurrence,
    changes: Mapping[str, Any],
    zone: ZoneInfo,
    *,
    since: date | None,
    today: date,
    now: datetime,
) -> TimeOff:
    is_split = rules.leaves_earlier_dates(rule, since, today=today)
    refuse_unfit_recurrence(days, today=rule.first_day if days.first_day == rule.first_day else today)
    away = _away(rule, changes, zone)
    changed = rule
    if since is not None and is_split:
        changed = TimeOff(organisation_id=rule.organisation_id, resource_id=rule.resource_id, written_until=since)
        changed.venue_id, changed.reason = rule.venue_id, rule.reason
        _fill(changed, replace(days, first_day=max(days.first_day, since)), away, changes)
        db.add(changed)
        db.flush()
        rules.hand_over(db, rule, changed, since=since, now=now)
    else:
        rules.clear_to_come(db, rule, now=now)
        _fill(rule, days, away, changes)
    first = max(now.astimezone(zone).date(), changed.first_day)
    stay = rules.days_that_stay(db, changed, since=first)
    write_absences(db, changed, zone, since=first, until=last_written(now, zone), but=stay)
    return changed


def _away(rule: TimeOff, changes: Mapping[str, Any], zone: ZoneInfo) -> Away:
    told = {name: changes[name] for name in ("starts_at", "ends_at") if name in changes}
    if not told:
        return Away(rule.starts_minute, rule.ends_minute, rule.days)
    if len(told) == 1:
        missing = "ends_at" if "starts_at" in told else "starts_at"
        raise UnfitValues({missing: "api.field.missing"})
    refuse_unfit_span(**told)
    away = Away.between(**told, zone=zone)
    refuse_unfit_away(away)
    return away


def _fill(rule: TimeOff, days: Recurrence, away: Away, changes: Mapping[str, Any]) -> None:
    rule.recurrence = days
    rule.starts_minute, rule.ends_minute, rule.days = away.starts, away.ends, away.days
    for name in ("venue_id", "reason"):
        if name in changes:
            setattr(rule, name, changes[name])
