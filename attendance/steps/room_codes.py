"""Whether somebody has shown a good code or word of their room, and that they use its step once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.domain import room_codes
from attendance.domain.room_codes import Intent, Way
from attendance.models import Meeting, RoomCodeUse, SignatureKind
from attendance.queries import rooms
from attendance.queries.links import SigningPage
from attendance.queries.sheet_view import HalfDayView
from foundation import ids, slips, throttle
from foundation.actors import Actor
from foundation.keys import MasterKeys
from foundation.rows import insert_if_absent

_INTENT = "room intent"


@dataclass(frozen=True)
class Shown:
    """What somebody shows: an intent that they were given for a scanned code, or the word that they typed."""

    way: Way
    text: str


@dataclass(frozen=True)
class Offer:
    """What somebody in the room can sign now, and the slip that signs it."""

    half_day: HalfDayView
    kind: SignatureKind
    intent: str


@dataclass(frozen=True)
class Step:
    """A step of the room's code that was shown and may be used."""

    way: Way
    number: int


def offers(page: SigningPage, step: int, keys: MasterKeys, *, attendee_id: int, now: datetime) -> list[Offer]:
    """Return what an attendee who has shown a good code can sign, each with an intent that is theirs alone."""
    until = now + room_codes.INTENT_LASTS
    found = []
    for half_day in page.half_days:
        kind = page.to_sign(half_day, now)
        if kind is not None:
            intent = Intent(attendee_id, half_day.id, page.meeting.room_issue, step)
            slip = slips.write_slip(keys, _INTENT, intent.words(), until=until)
            found.append(Offer(half_day, kind, slip))
    return found


def of_intent(
    text: str, meeting: Meeting, keys: MasterKeys, *, attendee_id: int, half_day_id: int, now: datetime
) -> Step | None:
    """Return the step of an intent, if it is this attendee's, for this half-day, and the room is as it was."""
    words = slips.read_slip(keys, _INTENT, text, now=now)
    if words is None:
        return None
    intent = Intent.from_words(words)
    is_mine = (intent.attendee_id, intent.half_day_id, intent.issue) == (attendee_id, half_day_id, meeting.room_issue)
    return Step(Way.CODE, intent.step) if is_mine else None


def of_word(
    db: Session, typed: str, meeting: Meeting, keys: MasterKeys, *, attendee_id: int, now: datetime
) -> Step | None:
    """Return the step of a typed word, or None and count the failure: ten an hour, then a growing delay.

    A word that is wrong, old, not yet or used costs the same work: it is compared first, and the uses are read anyway.
    """
    step = room_codes.step_of_word(typed, secrets=rooms.secrets(meeting, Way.WORD, keys), now=now)
    counter = throttle.locked(db, keys.fingerprint("room words", ids.to_text(attendee_id)), now=now)
    is_used = step in _used(db, attendee_id, now=now)
    if throttle.is_closed(counter, now=now):
        return None
    if step is not None and not is_used:
        return Step(Way.WORD, step)
    throttle.count(
        counter,
        most=room_codes.MOST_FAILURES,
        window=room_codes.FAILURES_COUNT_FOR,
        delay=room_codes.FIRST_DELAY,
        now=now,
    )
    return None


def use(db: Session, actor: Actor, step: Step, *, attendee_id: int, now: datetime) -> bool:
    """Use a step up for one attendee; False when it was: the constraint lets one row of it be there."""
    made = insert_if_absent(
        db,
        RoomCodeUse,
        organisation_id=actor.organisation_id,
        attendee_id=attendee_id,
        way=step.way.value,
        step=step.number,
        used_at=now,
    )
    return made is not None


def _used(db: Session, attendee_id: int, *, now: datetime) -> set[int]:
    steps = room_codes.accepted_steps(now, Way.WORD)
    mine = select(RoomCodeUse.step).where(RoomCodeUse.attendee_id == attendee_id, RoomCodeUse.way == Way.WORD.value)
    return set(db.scalars(mine.where(RoomCodeUse.step.in_(steps))))
