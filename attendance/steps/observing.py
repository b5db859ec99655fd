"""Somebody who is expected was seen, by their badge or by a signature that they drew: it is judged and kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from attendance.domain import grades, windows
from attendance.domain.entries import Flag
from attendance.domain.expectations import Expectation
from attendance.domain.grades import Proof
from attendance.domain.verdicts import Facts, Verdict, judge
from attendance.domain.windows import Timing
from attendance.models import Grade, Method, SignatureKind
from attendance.steps import meetings, scans, signing
from attendance.steps.drawings import keep_drawing
from attendance.steps.scans import Judged
from foundation.actors import Actor

PROOFS = {
    Method.BADGE: Proof.BADGE_SHOWN,
    Method.DRAWN_BEFORE_AGENT: Proof.DRAWN_BEFORE_AGENT,
    Method.DRAWN_AT_KIOSK: Proof.DRAWN_AT_KIOSK,
}
"""What each of the methods of a device proves."""


@dataclass(frozen=True)
class Moment:
    """By which instant the rules are asked, and which is kept as observed; what does not count awaits review."""

    at: datetime
    observed_at: datetime
    now: datetime
    counts: bool = True


@dataclass(frozen=True)
class Seen:
    """How they were seen: `key` names it, `drawing` is what they drew, where it can be read."""

    kind: SignatureKind
    key: str
    method: Method
    drawing: str | None = None
    badge_id: int | None = None


def observe(db: Session, actor: Actor, one: Expectation, seen: Seen, moment: Moment) -> Judged:
    """Return the first refusal that holds, or sign; the later of two observations is kept, as «already signed»."""
    flags = (Flag.CANCELLED_SINCE,) if one.is_cancelled_since else ()
    verdict = _stands(one, seen, moment)
    if verdict is Verdict.SIGNED and not one.has_rows:
        one = meetings.with_rows(db, actor, one, now=moment.now)
        verdict = _stands(one, seen, moment)
    if verdict is Verdict.SIGNED and (not moment.counts or one.is_closed):
        closed = (Flag.SHEET_CLOSED,) if one.is_closed else ()
        drawing_id = _keep_drawing(db, actor, seen, moment)
        return Judged(Verdict.AWAITING_REVIEW, expectation=one, flags=(*flags, *closed), drawing_id=drawing_id)
    if verdict is Verdict.SIGNED:
        signed = _sign(db, actor, one, seen, moment)
        if signed.observed_at is not None:
            verdict = judge(Facts(is_signed=not signed.is_new))
            return Judged(verdict, expectation=one, signed_at=signed.observed_at, flags=flags)
        verdict = judge(Facts(timing=Timing.LATE))  # the sheet was closed since it was read
    opens_at = windows.opens_at(one.starts_at, is_departure=seen.kind.is_departure)
    return Judged(verdict, expectation=one, opens_at=opens_at, flags=flags)


def _stands(one: Expectation, seen: Seen, moment: Moment) -> Verdict:
    # A sheet that was closed later is a reason to look at an entry of a queue, not to refuse it.
    then = one if moment.at == moment.now else replace(one, is_closed=False)
    timing = then.timing(moment.at, is_departure=seen.kind.is_departure)
    missing = one.needs_drawing and seen.drawing is None
    return judge(Facts(is_cancelled=one.is_cancelled, timing=timing, needs_drawing=missing))


def _keep_drawing(db: Session, actor: Actor, seen: Seen, moment: Moment) -> int | None:
    return keep_drawing(db, actor, seen.drawing, now=moment.now) if seen.drawing else None


def _sign(db: Session, actor: Actor, one: Expectation, seen: Seen, moment: Moment) -> signing.Signed:
    evidence = signing.Evidence(
        seen.method,
        Grade(grades.grade(PROOFS[seen.method])),
        moment.observed_at,
        agent_id=actor.agent_id if seen.method is not Method.DRAWN_AT_KIOSK else None,  # nobody was looking
        device_id=scans.device_of(actor),
        badge_id=seen.badge_id,
        drawing_id=_keep_drawing(db, actor, seen, moment),
        source=scans.source_of(actor),
        key=seen.key,
    )
    attendee_id, half_day_id = one.rows()
    where = {"attendee_id": attendee_id, "half_day_id": half_day_id}
    # Of a booking the truth is its own, which a half-day that somebody has signed does not follow.
    hours = None if one.is_booked else (one.starts_at, one.ends_at)
    return signing.sign(db, actor, **where, kind=seen.kind, evidence=evidence, now=moment.now, hours=hours)
