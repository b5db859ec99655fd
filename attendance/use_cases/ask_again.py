"""Staff ask people to sign: all who have not, or one of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.domain.invitations import Whom
from attendance.domain.refusals import AlreadySigned, AttendeeNotFound, HalfDayNotFound, SheetIsClosed, WindowClosed
from attendance.models import Attendee, Facilitator, HalfDay, Meeting, SheetState
from attendance.queries import half_days, invitations, meetings
from attendance.steps.invitations import invitees
from attendance.steps.personal_links import LinksSent, again, ask
from directory.domain.permissions import Permission, require
from foundation import audit
from foundation.actors import Actor
from foundation.refusals import Refusal

_ACTIONS = {Whom.ATTENDEES: "sign-links.sent", Whom.FACILITATORS: "countersign-links.sent"}


def ask_again(
    db: Session,
    actor: Actor,
    *,
    now: datetime,
    meeting_id: int,
    whom: Whom,
    half_day_id: int | None = None,
    subject_id: int | None = None,
) -> LinksSent:
    """Promise a link to everybody who has yet to sign a half-day, or to one of them.

    Whoever was stated present or told absent is asked only where they are named.

    Without a half-day, it is the first that can still be signed: for attendees by its hours, for facilitators because
    one of them has not countersigned it. Pressed twice within a minute, one message leaves, at any hour: somebody asked
    for it. Raises MeetingNotFound, HalfDayNotFound, SheetIsClosed, WindowClosed; and, where one person is named,
    AttendeeNotFound, or AlreadySigned when nothing is left to ask of them.
    """
    require(actor, Permission.MANAGE_MEETINGS)
    meeting = meetings.locked(db, meeting_id)
    if meeting.sheet_state is not SheetState.OPEN:
        raise SheetIsClosed
    half_day = _half_day(db, meeting, whom, half_day_id, now=now)
    people = invitees(db, actor, half_day, meeting, whom, now=now)
    if now >= invitations.hours_of(half_day, meeting).last_moment(whom) and whom is Whom.ATTENDEES:
        raise WindowClosed
    if subject_id is None:
        people = [one for one in people if not one.is_accounted_for]
    else:
        people = [one for one in people if one.subject_id == subject_id]
        if not people:
            raise _no_use(db, meeting_id, whom, subject_id)
    sent = ask(db, actor, people, half_day=half_day, whom=whom, reason=again(now), now=now)
    audit.record(db, actor, action=_ACTIONS[whom], subject=("meeting", meeting_id), now=now, sent=sent.count)
    return sent


def _half_day(db: Session, meeting: Meeting, whom: Whom, half_day_id: int | None, *, now: datetime) -> HalfDay:
    spans = half_days.of_meeting(db, meeting.id)
    if not spans or (half_day_id is not None and half_day_id not in {one.id for one in spans}):
        raise HalfDayNotFound
    if half_day_id is not None:
        return next(one for one in spans if one.id == half_day_id)
    if whom is Whom.ATTENDEES:
        usable = (one for one in spans if now < invitations.hours_of(one, meeting).last_moment(whom))
    else:
        usable = (one for one in spans if invitations.uncountersigned_facilitators(db, one))
    return next(usable, spans[-1])


def _no_use(db: Session, meeting_id: int, whom: Whom, subject_id: int) -> Refusal:
    row = Attendee if whom is Whom.ATTENDEES else Facilitator
    known = db.scalar(select(row.id).where(row.id == subject_id, row.meeting_id == meeting_id))
    return AttendeeNotFound() if known is None else AlreadySigned()
