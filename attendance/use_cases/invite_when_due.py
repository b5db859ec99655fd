"""The clock asks people to sign a half-day as it opens, and reminds who has not before it is too late."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from attendance.domain.events import InvitationsDue
from attendance.domain.invitations import JUST_ASKED, Moment, Whom, is_quiet, leaves_at, not_quiet
from attendance.domain.refusals import HalfDayNotFound
from attendance.models import Occasion, SheetState
from attendance.queries import invitations
from attendance.queries.invitations import Invitee
from attendance.steps.invitations import invitees, is_asked_at
from attendance.steps.personal_links import Reason, ask
from foundation.actors import Actor, ActorKind
from foundation.outbox import announce


def invite_when_due(db: Session, actor: Actor, *, now: datetime, half_day_id: int, moment: Moment, whom: Whom) -> None:
    """Ask everybody who has yet to sign, once a day of the half-day, by the hours that it has now.

    Whoever was stated present or told absent is left alone.

    Does nothing for a half-day that is gone, was moved to later, or is over, nor at a closed sheet; in the quiet hours
    it is put off to the morning. Raises HalfDayNotFound for whoever is not the system.
    """
    if actor.kind is not ActorKind.SYSTEM:
        raise HalfDayNotFound
    try:
        half_day, meeting = invitations.half_day(db, half_day_id)
    except HalfDayNotFound:
        return
    if meeting.sheet_state is not SheetState.OPEN or not is_asked_at(meeting, whom):
        return
    people = invitees(db, actor, half_day, meeting, whom, now=now)
    hours = invitations.hours_of(half_day, meeting)
    at = leaves_at(moment, whom, hours)
    if at is None or not at <= now < hours.last_moment(whom):
        return
    if is_quiet(now, hours.zone):
        morning = not_quiet(now, hours.zone)
        if morning < hours.last_moment(whom):
            announce(db, actor, InvitationsDue(half_day_id, moment.value, whom.value), now=now, due_at=morning)
        return
    asked_since = (at if moment is Moment.OPENING else now) - JUST_ASKED
    people = _to_ask(db, people, half_day_id, since=asked_since)
    reason = Reason(Occasion(moment.value), hours.day)
    ask(db, actor, people, half_day=half_day, whom=whom, reason=reason, now=now)


def _to_ask(db: Session, people: Sequence[Invitee], half_day_id: int, *, since: datetime) -> list[Invitee]:
    # A button may just have been pressed; and after a worker that was late, opening and reminder are due together.
    asked = invitations.last_asked(db, half_day_id)
    waited = [one for one in people if one.subject_id not in asked or asked[one.subject_id] <= since]
    return [one for one in waited if not one.is_accounted_for]
