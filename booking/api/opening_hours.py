"""Opening hours: rules on the wall clock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from booking.api.opening_shapes import (
    NewOpeningHours,
    OpeningDateChanges,
    OpeningDatesAnswer,
    OpeningEnd,
    OpeningHoursAnswer,
    OpeningHoursAsked,
    OpeningHoursChanged,
    OpeningHoursChanges,
)
from booking.api.rules import (
    DatesAsked,
    RuleDateBody,
    UnservedIds,
    changes_of,
    recurrence_of,
    span_asked,
    told_rule,
)
from booking.domain.occurrences import Hours
from booking.models import OpeningHours, OpeningOccurrence
from booking.queries import hours as rules
from booking.queries import unserved
from booking.queries.unserved import Unserved
from booking.use_cases.change_hours import change_hours, end_hours
from booking.use_cases.change_opening_day import cancel_opening_day, change_opening_day, restore_opening_day
from booking.use_cases.open_hours import open_hours
from directory.api.gates import program
from directory.domain.permissions import Permission
from foundation import ids
from foundation.rows import take_page
from foundation.web.api.cursors import page_of
from foundation.web.api.etags import refuse_stale
from foundation.web.api.operations import ApiBlueprint, located
from foundation.web.services import now, perform, reading

blueprint = ApiBlueprint("opening-hours", "When an agent is open for what, or a room: rules on the wall clock.")


@blueprint.get("/opening-hours", program(), query=OpeningHoursAsked, answer=page_of(OpeningHoursAnswer))
def list_opening_hours(asked: dict[str, Any]) -> dict[str, Any]:
    """List the opening hours, of one resource or of all."""
    query = rules.select_every(resource_id=asked.pop("resource_id"))
    with reading() as db:
        items, following = take_page(db, query, OpeningHours.id, **asked)
        return {"items": _told(db, items), "next": following}


@blueprint.post(
    "/opening-hours", program(Permission.ADMINISTER), body=NewOpeningHours, answer=OpeningHoursAnswer, status=201
)
def post_opening_hours(body: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Open a resource for some appointment types."""
    recurrence = recurrence_of(body)
    hours = Hours(body.pop("opens_at"), body.pop("closes_at"))
    made = perform(open_hours, now=now(), recurrence=recurrence, hours=hours, **body)
    with reading() as db:
        (told,) = _told(db, [made])
    return told, 201, located(f"/opening-hours/{ids.to_text(made.id)}")


@blueprint.get("/opening-hours/<id:opening_hours_id>", program(), answer=OpeningHoursAnswer, tagged=True)
def show_opening_hours(opening_hours_id: int) -> dict[str, Any]:
    """Show one rule."""
    return _shown(opening_hours_id)


@blueprint.patch(
    "/opening-hours/<id:opening_hours_id>",
    program(Permission.ADMINISTER),
    body=OpeningHoursChanges,
    answer=OpeningHoursChanged,
    tagged=True,
)
def patch_opening_hours(body: dict[str, Any], opening_hours_id: int) -> dict[str, Any]:
    """Change a rule, or what follows one of its dates: then the answer is the rule that begins there."""
    since, changes = body.pop("since"), _renamed(changes_of(body))
    changed = perform(
        change_hours, now=now(), rule_id=opening_hours_id, changes=changes, since=since, compare=_refuse_stale
    )
    return _changed(changed)


@blueprint.post(
    "/opening-hours/<id:opening_hours_id>/end", program(Permission.ADMINISTER), body=OpeningEnd, answer=UnservedIds
)
def post_opening_hours_end(body: dict[str, Any], opening_hours_id: int) -> Unserved:
    """End a rule: its later dates are gone, those set by hand too; without any left the rule is gone."""
    resource_id = perform(end_hours, now=now(), rule_id=opening_hours_id, **body)
    with reading() as db:
        return unserved.after_edit(db, resource_id, now=now())


@blueprint.get("/opening-hours/<id:opening_hours_id>/dates", program(), query=DatesAsked, answer=OpeningDatesAnswer)
def list_opening_dates(asked: dict[str, Any], opening_hours_id: int) -> dict[str, Any]:
    """List the dates of a rule, cancelled ones too."""
    with reading() as db:
        rule = rules.by_id(db, opening_hours_id)
        found = rules.dates_of(rule.id, **span_asked(asked, now())).order_by(OpeningOccurrence.starts_at)
        return {"items": db.scalars(found).all()}


@blueprint.post(
    "/opening-hours/<id:opening_hours_id>/changed-dates",
    program(Permission.ADMINISTER),
    body=OpeningDateChanges,
    answer=OpeningHoursChanged,
)
def post_changed_date(body: dict[str, Any], opening_hours_id: int) -> dict[str, Any]:
    """Move one date, give it other hours, or keep it open on a public holiday."""
    return _changed(perform(change_opening_day, now=now(), rule_id=opening_hours_id, **_renamed(body)))


@blueprint.post(
    "/opening-hours/<id:opening_hours_id>/cancelled-dates",
    program(Permission.ADMINISTER),
    body=RuleDateBody,
    answer=OpeningHoursChanged,
)
def post_cancelled_date(body: dict[str, Any], opening_hours_id: int) -> dict[str, Any]:
    """Close one date."""
    return _changed(perform(cancel_opening_day, now=now(), rule_id=opening_hours_id, **body))


@blueprint.post(
    "/opening-hours/<id:opening_hours_id>/restored-dates",
    program(Permission.ADMINISTER),
    body=RuleDateBody,
    answer=OpeningHoursChanged,
)
def post_restored_date(body: dict[str, Any], opening_hours_id: int) -> dict[str, Any]:
    """Make one date what its rule says again."""
    return _changed(perform(restore_opening_day, now=now(), rule_id=opening_hours_id, **body))


def _renamed(changes: dict[str, Any]) -> dict[str, Any]:
    names = {"opens_at": "opens", "closes_at": "closes"}
    return {names.get(name, name): value for name, value in changes.items()}


def _refuse_stale(db: Session, rule: OpeningHours) -> None:
    refuse_stale(OpeningHoursAnswer, *_told(db, [rule]))


def _shown(rule_id: int) -> dict[str, Any]:
    with reading() as db:
        (told,) = _told(db, [rules.by_id(db, rule_id)])
    return told


def _changed(rule: OpeningHours) -> dict[str, Any]:
    with reading() as db:
        (told,) = _told(db, [rules.by_id(db, rule.id)])
        return {**told, "unserved": unserved.after_edit(db, rule.resource_id, now=now())}


def _told(db: Session, found: Sequence[OpeningHours]) -> list[dict[str, Any]]:
    served = rules.types_of(db, [rule.id for rule in found])
    plain = ("id", "resource_id", "venue_id", "closes_on_holidays")
    return [
        {
            **{name: getattr(rule, name) for name in plain},
            **told_rule(rule),
            "opens_at": rule.opens_minute,
            "closes_at": rule.closes_minute,
            "type_ids": served[rule.id],
        }
        for rule in found
    ]
