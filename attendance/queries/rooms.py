"""What is shown in a room, and which room a scanned text is of. The server makes the present code and no other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from attendance.domain import room_codes, windows
from attendance.domain.room_codes import RoomCodeRefused, Way
from attendance.domain.windows import Timing
from attendance.models import HalfDay, Meeting, SheetState, Signature, SignatureKind, Standing
from attendance.queries import expected, half_days, meetings
from attendance.queries.sheet_view import HalfDayView
from foundation.keys import MasterKeys
from foundation.models import PersonalLink

DISPLAY = "display"
"""The purpose of the link that shows a room's code; its subject is the meeting."""


class RoomState(StrEnum):
    """What a room's screen is about at present; a code is shown while it is open, and never else."""

    OPEN = "open"
    LATER = "later"
    OVER = "over"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class CodeShown:
    """The present code or word, and the whole seconds until it is the previous one."""

    text: str
    seconds_left: int


@dataclass(frozen=True)
class RoomView:
    """A room's screen: the half-day that is open or opens next, the counts, the code. Nobody's name."""

    meeting_id: int
    title: str
    time_zone: str
    state: RoomState
    half_day: HalfDayView | None
    signed: int
    expected: int
    code: CodeShown | None
    word: CodeShown | None


@dataclass(frozen=True)
class Room:
    """The meeting that a good code is of, and the step of the code."""

    meeting: Meeting
    step: int


def secrets(meeting: Meeting, way: Way, keys: MasterKeys) -> list[bytes]:
    """Return the secrets of a room's codes, one a master key, the newest first."""
    return keys.derive_all(room_codes.purpose(meeting.id, meeting.room_issue, way), way.secret_bytes)


def by_code(db: Session, code: str, *, keys: MasterKeys, now: datetime) -> Room:
    """Return the room whose present or previous code this is; raise RoomCodeRefused."""
    meeting_id = room_codes.meeting_of(code)
    meeting = db.get(Meeting, meeting_id) if meeting_id is not None else None
    if meeting is None:
        raise RoomCodeRefused
    step = room_codes.step_of_code(code, meeting_id=meeting.id, secrets=secrets(meeting, Way.CODE, keys), now=now)
    if step is None:
        raise RoomCodeRefused
    return Room(meeting, step)


def live_displays(db: Session, meeting_id: int, *, now: datetime) -> list[PersonalLink]:
    """Return the links that show a room's code at present, the oldest first."""
    mine = select(PersonalLink).where(PersonalLink.purpose == DISPLAY, PersonalLink.subject_id == meeting_id)
    live = mine.where(PersonalLink.revoked_at.is_(None), PersonalLink.expires_at > now)
    return list(db.scalars(live.order_by(PersonalLink.id)))


def view(db: Session, meeting_id: int, *, keys: MasterKeys, now: datetime) -> RoomView:
    """Return what the room's screen shows at this moment, as the booking has it where there is one."""
    meeting = meetings.by_id(db, meeting_id)
    spans, is_cancelled = _spans(db, meeting)
    state, half_day = _present(spans, now)
    if is_cancelled:
        state = RoomState.CANCELLED
    elif meeting.sheet_state is not SheetState.OPEN:
        state = RoomState.OVER
    is_open = state is RoomState.OPEN
    return RoomView(
        meeting_id=meeting.id,
        title=meeting.title,
        time_zone=meeting.time_zone,
        state=state,
        half_day=half_day,
        signed=_signed(db, half_day.id) if half_day and is_open else 0,
        expected=_expected(db, half_day.id) if half_day and is_open else 0,
        code=_shown(meeting, Way.CODE, keys, now) if is_open else None,
        word=_shown(meeting, Way.WORD, keys, now) if is_open else None,
    )


def _spans(db: Session, meeting: Meeting) -> tuple[list[HalfDayView], bool]:
    rows: list[HalfDay] = half_days.of_meeting(db, meeting.id)
    spans = [HalfDayView(one.id, one.title, one.starts_at, one.ends_at) for one in rows]
    if meeting.workshop_id is not None:
        booked = expected.workshop(db, meeting.workshop_id)
    elif meeting.appointment_id is not None:
        booked = expected.of_appointment(db, meeting.appointment_id)
    else:
        return spans, False
    if booked is None:
        return spans, True
    return [replace(one, starts_at=booked.starts_at, ends_at=booked.ends_at) for one in spans], booked.is_cancelled


def _present(spans: list[HalfDayView], now: datetime) -> tuple[RoomState, HalfDayView | None]:
    """Return the half-day to speak of: of two whose windows overlap, the one that has not ended."""
    is_open = [one for one in spans if windows.timing(now, starts_at=one.starts_at, ends_at=one.ends_at) is Timing.OPEN]
    if is_open:
        return RoomState.OPEN, next((one for one in is_open if now < one.ends_at), is_open[-1])
    later = [one for one in spans if now < one.starts_at]
    return (RoomState.LATER, later[0]) if later else (RoomState.OVER, None)


def _shown(meeting: Meeting, way: Way, keys: MasterKeys, now: datetime) -> CodeShown:
    secret, step = secrets(meeting, way, keys)[0], room_codes.step_at(now, way.seconds)
    text = room_codes.code_of(meeting.id, secret, step) if way is Way.CODE else room_codes.word_of(secret, step)
    return CodeShown(text, room_codes.seconds_left(now, way))


def _signed(db: Session, half_day_id: int) -> int:
    arrived = select(func.count()).select_from(Signature).where(
        Signature.half_day_id == half_day_id,
        Signature.kind == SignatureKind.ARRIVAL,
        Signature.standing == Standing.COUNTS,
    )  # fmt: skip
    return db.scalar(arrived) or 0


def _expected(db: Session, half_day_id: int) -> int:
    return sum(not one.is_cancelled for one in half_days.everybody_at(db, half_day_id))
