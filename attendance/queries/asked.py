"""Who of a meeting was asked to sign, when and how, and who cannot be reached?"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.models import Facilitator
from attendance.queries import invitations, meetings
from attendance.queries.invitations import Asking
from attendance.queries.sheet_view import SheetView


@dataclass(frozen=True)
class AskedView:
    """One person at one half-day: whether they have signed, can be reached, and every time they were asked."""

    half_day_id: int
    attendee_id: int | None
    facilitator_id: int | None
    name: str
    has_signed: bool
    is_reachable: bool
    askings: tuple[Asking, ...]


def of_sheet(db: Session, view: SheetView) -> list[AskedView]:
    """Return everybody of a sheet, by half-day, attendees first: three statements."""
    asked = invitations.of_meeting(db, view.meeting_id)
    ways = {one.id: bool(who.email or who.phone) for one, who in meetings.attendees(db, view.meeting_id)}
    leading = db.scalars(select(Facilitator).where(Facilitator.meeting_id == view.meeting_id))
    ways |= {one.id: bool(one.email or one.phone) for one in leading}
    found = []
    for number, half_day in enumerate(view.half_days):
        for person in view.people:
            if person.attendee_id is not None:
                askings = asked.get((half_day.id, person.attendee_id), ())
                about = (bool(person.cells[number].signatures), ways.get(person.attendee_id, False), askings)
                found.append(AskedView(half_day.id, person.attendee_id, None, person.name, *about))
        for who in view.facilitators:
            has_signed = who.countersignatures[number] is not None
            askings = asked.get((half_day.id, who.id), ())
            found.append(AskedView(half_day.id, None, who.id, who.name, has_signed, ways.get(who.id, False), askings))
    return found
