"""A person who holds their personal link asks for the one-time code that signs a half-day."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from attendance.domain import codes, grades
from attendance.domain.refusals import AlreadySigned, NoWayToSend, TooManyCodes, WindowClosed
from attendance.domain.windows import Timing
from attendance.models import OneTimeCode, SignatureKind
from attendance.queries import half_days
from attendance.steps import codes as rows
from attendance.steps import signing_pages
from directory.queries import people
from foundation import throttle
from foundation.actors import Actor
from foundation.keys import MasterKeys
from foundation.outbox import promise_message

MOST_SENT = 6
WITHIN = timedelta(hours=1)


def ask_code(
    db: Session,
    actor: Actor,
    *,
    now: datetime,
    half_day_id: int,
    kind: SignatureKind,
    link_channel: str,
    keys: MasterKeys,
) -> str:
    """Promise a new code by another channel than the link's where there is one; return the channel.

    Asked again within a minute, the code that is on its way stays the one; nothing more is sent.
    Raises WindowClosed, AlreadySigned, NoWayToSend or TooManyCodes.
    """
    attendee_id, expectation = signing_pages.expectation_of_holder(db, actor, half_day_id=half_day_id)
    if expectation.is_cancelled or expectation.timing(now, is_departure=kind.is_departure) is not Timing.OPEN:
        raise WindowClosed
    if half_days.signature(db, attendee_id=attendee_id, half_day_id=half_day_id, kind=kind) is not None:
        raise AlreadySigned
    person = people.by_id(db, expectation.beneficiary_id)
    channel = grades.code_channel(link_channel, has_phone=bool(person.phone), has_email=bool(person.email))
    if channel is None:
        raise NoWayToSend
    row = rows.locked_or_new(db, actor, attendee_id=attendee_id, half_day_id=half_day_id, kind=kind, now=now)
    if _is_on_its_way(row, now):
        return row.channel
    _count_sending(db, row, keys, now=now)
    _issue(db, actor, row, channel, now=now)
    return channel


def _is_on_its_way(row: OneTimeCode, now: datetime) -> bool:
    return rows.state_of(row).accepts_tries(now) and now < row.issued_at + codes.SENT_AGAIN_AFTER


def _count_sending(db: Session, row: OneTimeCode, keys: MasterKeys, *, now: datetime) -> None:
    closed_until = row.closed_until
    if closed_until is not None and closed_until > now:
        raise TooManyCodes(retry_after=int((closed_until - now).total_seconds()))
    name = keys.fingerprint("codes sent", str(row.attendee_id))
    counter = throttle.locked(db, name, now=now)
    if throttle.is_closed(counter, now=now):
        raise TooManyCodes(retry_after=600)
    throttle.count(counter, most=MOST_SENT, window=WITHIN, delay=timedelta(minutes=10), now=now)


def _issue(db: Session, actor: Actor, row: OneTimeCode, channel: str, *, now: datetime) -> None:
    row.issue += 1
    row.channel = channel
    row.issued_at, row.expires_at = now, now + codes.LASTS
    row.used_at, row.tries = None, 0
    db.flush()
    promise_message(
        db,
        actor,
        name=f"attendance.one-time-code-{channel}",
        about={"code_id": row.id, "issue": row.issue},
        key=f"one-time-code:{row.id}:{row.issue}",
        now=now,
    )
