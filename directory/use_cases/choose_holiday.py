"""An organisation decides about a day itself: closed though nobody else is, or open on a public holiday."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from directory.domain.permissions import Permission, require
from directory.domain.refusals import HolidayChoiceNotFound, UnfitHoliday
from directory.models import HolidayChoice, Organisation
from directory.queries import holidays, venues
from foundation import audit
from foundation.actors import Actor

_YEARS = 5


def choose_holiday(
    db: Session, actor: Actor, *, now: datetime, day: date, is_closed: bool, venue_id: int | None = None, name: str = ""
) -> HolidayChoice:
    """Close a day, or open it, everywhere or at one venue, whose word is stronger; said again it replaces the first.

    Raises VenueNotFound, and UnfitHoliday for a day that is more than a few years away.
    """
    require(actor, Permission.ADMINISTER)
    if abs(day.year - now.year) > _YEARS:
        raise UnfitHoliday({"day": "directory.holiday.too_far"})
    if venue_id is not None:
        venues.by_id(db, venue_id)
    # Two at once would both find no choice: the organisation's row is waited for.
    db.get_one(Organisation, actor.organisation_id, with_for_update={"key_share": True}, populate_existing=True)
    choice = holidays.choice_of(db, day, venue_id)
    if choice is None:
        choice = HolidayChoice(organisation_id=actor.organisation_id, venue_id=venue_id, day=day)
        db.add(choice)
    choice.is_closed, choice.name = is_closed, name
    db.flush()
    subject = ("holiday-choice", choice.id)
    audit.record(db, actor, action="holiday-chosen", subject=subject, now=now, day=day.isoformat())
    return choice


def forget_holiday_choice(db: Session, actor: Actor, *, now: datetime, choice_id: int) -> None:
    """Let a day be again what the calendar says; raise HolidayChoiceNotFound."""
    require(actor, Permission.ADMINISTER)
    gone = db.scalar(delete(HolidayChoice).where(HolidayChoice.id == choice_id).returning(HolidayChoice.id))
    if gone is None:
        raise HolidayChoiceNotFound
    audit.record(db, actor, action="holiday-choice-forgotten", subject=("holiday-choice", choice_id), now=now)
