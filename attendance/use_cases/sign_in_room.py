"""A person in the room signs on their own phone: their personal link says who, the room's code says where and when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from attendance.domain import grades
from attendance.domain.expectations import Expectation
from attendance.domain.room_codes import RoomVerdict, Way
from attendance.domain.windows import Timing
from attendance.models import Grade, Meeting, Method, SignatureKind
from attendance.queries import meetings
from attendance.steps import meetings as rows
from attendance.steps import room_codes, signing, signing_pages
from attendance.steps.room_codes import Shown, Step
from foundation.actors import Actor
from foundation.keys import MasterKeys

METHODS = {Way.CODE: Method.ROOM_CODE, Way.WORD: Method.ROOM_WORD}


def sign_in_room(
    db: Session,
    actor: Actor,
    *,
    now: datetime,
    half_day_id: int,
    kind: SignatureKind,
    shown: Shown,
    keys: MasterKeys,
) -> RoomVerdict:
    """Return the verdict and keep what it counts: a «no» here is a fact. Grade B; the server's time is observed.

    Raises HalfDayNotFound or AttendeeNotFound when the link is of another meeting.
    """
    attendee_id, expectation = signing_pages.expectation_of_holder(db, actor, half_day_id=half_day_id)
    if expectation.is_cancelled or expectation.timing(now, is_departure=kind.is_departure) is not Timing.OPEN:
        return RoomVerdict.NOT_OPEN
    meeting = _meeting(db, expectation)
    if shown.way is Way.WORD:
        step = room_codes.of_word(db, shown.text, meeting, keys, attendee_id=attendee_id, now=now)
    else:
        whose = {"attendee_id": attendee_id, "half_day_id": half_day_id}
        step = room_codes.of_intent(shown.text, meeting, keys, **whose, now=now)
    if step is None or not room_codes.use(db, actor, step, attendee_id=attendee_id, now=now):
        return RoomVerdict.REFUSED
    # So that what is signed has the hours of the booking, should it have been moved.
    rows.with_rows(db, actor, expectation, now=now)
    signed = signing.sign(
        db,
        actor,
        attendee_id=attendee_id,
        half_day_id=half_day_id,
        kind=kind,
        evidence=_evidence(actor, step, now),
        now=now,
    )
    if signed.standing is None:  # pragma: no cover - the meeting's row was locked while it was seen to be open
        return RoomVerdict.NOT_OPEN
    return RoomVerdict.SIGNED if signed.is_new else RoomVerdict.ALREADY_SIGNED


def _meeting(db: Session, expectation: Expectation) -> Meeting:
    if expectation.meeting_id is None:  # pragma: no cover - the attendee's own row is of this meeting
        raise RuntimeError("an attendee without a meeting")
    return meetings.by_id(db, expectation.meeting_id)


def _evidence(actor: Actor, step: Step, now: datetime) -> signing.Evidence:
    grade = Grade(grades.grade(grades.Proof.LINK_AND_ROOM))
    return signing.Evidence(METHODS[step.way], grade, now, link_id=actor.through)
