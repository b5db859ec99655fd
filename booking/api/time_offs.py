"""Time off: when a resource is away, whatever its opening hours say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from booking.api.rules import (
    DatesAsked,
    RuleAnswer,
    RuleBody,
    RuleChanges,
    RuleDateAnswer,
    RuleDateBody,
    UnservedIds,
    changes_of,
    recurrence_of,
    span_asked,
    told_rule,
)
from booking.models import TimeOff, TimeOffOccurrence
from booking.queries import time_offs, unserved
from booking.queries.unserved import Unserved
from booking.use_cases.change_absence_day import cancel_absence_day, change_absence_day, restore_absence_day
from booking.use_cases.change_time_off import change_time_off, end_time_off
from booking.use_cases.take_time_off import take_time_off
from directory.api.gates import program
from directory.domain.permissions import Permission
from foundation import ids
from foundation.rows import take_page
from foundation.web.api.cursors import PageAsked, page_of
from foundation.web.api.fields import Day, HouseSchema, Identifier, Instant, Part, Several, Text
from foundation.web.api.operations import ApiBlueprint, located
from foundation.web.services import now, perform, reading

blueprint = ApiBlueprint("time-offs", "When an agent is away, or a room is not to be had.")


class NewTimeOff(HouseSchema):
    """An absence of a year at most: these instants alone, or again on the days of a rule at the same hours of the wall.

    The first date of the rule is from `starts_at` to `ends_at`; its clock is that of `venue_id`, of the organisation
    without one.
    """

    resource_id = Identifier(required=True)
    venue_id = Identifier(load_default=None, allow_none=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    reason = Text(longest=200, blank=True, load_default="")
    rule = Part(RuleBody, load_default=None, allow_none=True)


class TimeOffAnswer(RuleAnswer):
    """An absence; `starts_at` and `ends_at` are those of its first date, null when none is left."""

    id = Identifier(required=True)
    resource_id = Identifier(required=True)
    venue_id = Identifier(required=True, allow_none=True)
    starts_at = Instant(required=True, allow_none=True)
    ends_at = Instant(required=True, allow_none=True)
    reason = Text(longest=200, blank=True, required=True)


class TimeOffChanged(TimeOffAnswer):
    """An absence that was changed, and what is left for staff to see to: of its resource, whatever it was about."""

    unserved = Part(UnservedIds, required=True)


class TimeOffChanges(RuleChanges):
    """What is to be different; the rest stays. With `since`, one of the dates to come, a new rule begins there.

    Of an absence that repeats, `starts_at` and `ends_at` are any date as it is to be: its hours count, not its day. One
    that is once is these instants, and may be changed until it is over. Dates that were set by hand stay.
    """

    venue_id = Identifier(allow_none=True)
    starts_at = Instant()
    ends_at = Instant()
    reason = Text(longest=200, blank=True)


class AbsenceDateChanges(RuleDateBody):
    """When it begins and ends; what is left out stays as it is."""

    starts_at = Instant()
    ends_at = Instant()


class AbsenceEnd(HouseSchema):
    """The last day, included; null: from now on."""

    last_day = Day(load_default=None, allow_none=True)


class AbsenceDatesAnswer(HouseSchema):
    """The dates, in order."""

    items = Several(Part(RuleDateAnswer), most=2_000, required=True)


class TimeOffsAsked(PageAsked):
    """Which absences: those that share some time with `[since, until)`."""

    resource_id = Identifier(load_default=None)
    since = Instant(load_default=None)
    until = Instant(load_default=None)


@blueprint.get("/time-offs", program(Permission.SEE_DAY), query=TimeOffsAsked, answer=page_of(TimeOffAnswer))
def list_time_offs(asked: dict[str, Any]) -> dict[str, Any]:
    """List the absences."""
    page = {name: asked.pop(name) for name in ("after", "limit")}
    with reading() as db:
        items, following = take_page(db, time_offs.select_every(**asked), TimeOff.id, **page)
        return {"items": _told(db, items), "next": following}


@blueprint.post("/time-offs", program(Permission.ADMINISTER), body=NewTimeOff, answer=TimeOffChanged, status=201)
def post_time_off(body: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Write an absence down; what is booked in it stays, for staff to see to."""
    rule = body.pop("rule")
    absence = perform(take_time_off, now=now(), recurrence=None if rule is None else recurrence_of(rule), **body)
    return _changed(absence), 201, located(f"/time-offs/{ids.to_text(absence.id)}")


@blueprint.get("/time-offs/<id:time_off_id>", program(Permission.SEE_DAY), answer=TimeOffAnswer)
def show_time_off(time_off_id: int) -> dict[str, Any]:
    """Show one absence."""
    return _shown(time_off_id)


@blueprint.patch(
    "/time-offs/<id:time_off_id>", program(Permission.ADMINISTER), body=TimeOffChanges, answer=TimeOffChanged
)
def patch_time_off(body: dict[str, Any], time_off_id: int) -> dict[str, Any]:
    """Change an absence, or what follows one of its dates: then the answer is the rule that begins there."""
    since, changes = body.pop("since"), changes_of(body)
    return _changed(perform(change_time_off, now=now(), time_off_id=time_off_id, changes=changes, since=since))


@blueprint.get(
    "/time-offs/<id:time_off_id>/dates", program(Permission.SEE_DAY), query=DatesAsked, answer=AbsenceDatesAnswer
)
def list_absence_dates(asked: dict[str, Any], time_off_id: int) -> dict[str, Any]:
    """List the dates of an absence, cancelled ones too."""
    with reading() as db:
        rule = time_offs.by_id(db, time_off_id)
        found = time_offs.dates_of(rule.id, **span_asked(asked, now())).order_by(TimeOffOccurrence.starts_at)
        return {"items": db.scalars(found).all()}


@blueprint.post(
    "/time-offs/<id:time_off_id>/changed-dates",
    program(Permission.ADMINISTER),
    body=AbsenceDateChanges,
    answer=TimeOffChanged,
)
def post_changed_absence(body: dict[str, Any], time_off_id: int) -> dict[str, Any]:
    """Have one date begin or end at another time, maybe on another day."""
    return _changed(perform(change_absence_day, now=now(), time_off_id=time_off_id, **body))


@blueprint.post(
    "/time-offs/<id:time_off_id>/cancelled-dates",
    program(Permission.ADMINISTER),
    body=RuleDateBody,
    answer=TimeOffChanged,
)
def post_cancelled_absence(body: dict[str, Any], time_off_id: int) -> dict[str, Any]:
    """Have the resource be there on one date after all."""
    return _changed(perform(cancel_absence_day, now=now(), time_off_id=time_off_id, **body))


@blueprint.post(
    "/time-offs/<id:time_off_id>/restored-dates",
    program(Permission.ADMINISTER),
    body=RuleDateBody,
    answer=TimeOffChanged,
)
def post_restored_absence(body: dict[str, Any], time_off_id: int) -> dict[str, Any]:
    """Make one date what the rule says again."""
    return _changed(perform(restore_absence_day, now=now(), time_off_id=time_off_id, **body))


@blueprint.post("/time-offs/<id:time_off_id>/end", program(Permission.ADMINISTER), body=AbsenceEnd, answer=UnservedIds)
def post_time_off_end(body: dict[str, Any], time_off_id: int) -> Unserved:
    """End an absence; without a date left it is gone."""
    resource_id = perform(end_time_off, now=now(), time_off_id=time_off_id, **body)
    with reading() as db:
        return unserved.after_edit(db, resource_id, now=now())


def _shown(time_off_id: int) -> dict[str, Any]:
    with reading() as db:
        (told,) = _told(db, [time_offs.by_id(db, time_off_id)])
    return told


def _changed(absence: TimeOff) -> dict[str, Any]:
    with reading() as db:
        (told,) = _told(db, [time_offs.by_id(db, absence.id)])
        return {**told, "unserved": unserved.after_edit(db, absence.resource_id, now=now())}


def _told(db: Session, absences: Sequence[TimeOff]) -> list[dict[str, Any]]:
    first = time_offs.first_dates(db, [absence.id for absence in absences])
    plain = ("id", "resource_id", "venue_id", "reason")
    return [
        {
            **{name: getattr(absence, name) for name in plain},
            **told_rule(absence),
            "starts_at": first[absence.id].starts_at if absence.id in first else None,
            "ends_at": first[absence.id].ends_at if absence.id in first else None,
        }
        for absence in absences
    ]
