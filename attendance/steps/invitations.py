"""Who is asked to sign by themselves, and the promise to do so when the time has come."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from attendance.domain.events import InvitationsDue
from attendance.domain.invitations import LED_AFTER, Moment, Whom, leaves_at
from attendance.models import HalfDay, Meeting, MeetingKind
from attendance.queries import expected, invitations
from attendance.queries.invitations import Invitee
from attendance.steps import meetings as rows
from foundation.actors import Actor
from foundation.outbox import announce

AHEAD = timedelta(hours=26)
"""How far ahead askings are announced: until the next night at 02:00 UTC, which announces those of its own day."""


def announce_invitations(db: Session, actor: Actor, *, now: datetime, meeting_id: int | None = None) -> None:
    """Promise to ask, at their moments, whoever will have to sign soon: at one meeting, or anywhere.

    To be called whenever half-days, hours or people of a meeting have changed; what was announced before and is true no
    longer finds nothing to do, and what is announced twice asks once.
    """
    db.flush()
    since = now - (AHEAD if meeting_id is None else LED_AFTER)
    for half_day, meeting in invitations.coming_up(db, since=since, until=now + AHEAD, meeting_id=meeting_id):
        hours = invitations.hours_of(half_day, meeting)
        for whom in _asked_at(meeting):
            for moment in Moment:
                at = leaves_at(moment, whom, hours)
                if at is not None and now < hours.last_moment(whom) and at < now + AHEAD:
                    due = InvitationsDue(half_day.id, moment.value, whom.value)
                    announce(db, actor, due, now=now, due_at=max(at, now))


def is_asked_at(meeting: Meeting, whom: Whom) -> bool:
    """Say whether links leave by themselves: to attendees where it is wanted, to who leads but a single appointment."""
    return meeting.invites if whom is Whom.ATTENDEES else meeting.kind is not MeetingKind.APPOINTMENT


def _asked_at(meeting: Meeting) -> list[Whom]:
    return [whom for whom in Whom if is_asked_at(meeting, whom)]


def invitees(
    db: Session, actor: Actor, half_day: HalfDay, meeting: Meeting, whom: Whom, *, now: datetime
) -> list[Invitee]:
    """Return who has yet to sign, as bookings say it at this moment."""
    if meeting.kind is MeetingKind.TRAINING:
        coming = None
    else:
        coming = _enrol_booked(db, actor, meeting, now=now)
        db.refresh(half_day)
    if whom is Whom.FACILITATORS:
        return invitations.uncountersigned_facilitators(db, half_day) if coming is None or coming else []
    found = invitations.unsigned_attendees(db, half_day)
    return [one for one in found if coming is None or one.is_walk_in or one.beneficiary_id in coming]


def _enrol_booked(db: Session, actor: Actor, meeting: Meeting, *, now: datetime) -> set[int]:
    booked = expected.of_meeting(db, appointment_id=meeting.appointment_id, workshop_id=meeting.workshop_id)
    coming = [one for one in booked if not one.is_cancelled]
    for one in coming:
        rows.with_rows(db, actor, one, now=now)
    return {one.beneficiary_id for one in coming}
