"""A person types their one-time code: right, it signs; in every other case the same answer, and the failure counts."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from attendance.domain import codes, grades
from attendance.domain.windows import Timing
from attendance.models import Grade, Method, OneTimeCode, SignatureKind
from attendance.steps import codes as rows
from attendance.steps import meetings, signing, signing_pages
from foundation.actors import Actor
from foundation.keys import MasterKeys


class CodeVerdict(StrEnum):
    """What the person is told. REFUSED is said alike of a code that is wrong, used, run out, or never was."""

    SIGNED = "signed"
    REFUSED = "refused"
    NOT_OPEN = "not-open"


def confirm_code(
    db: Session,
    actor: Actor,
    *,
    now: datetime,
    half_day_id: int,
    kind: SignatureKind,
    typed: str,
    link_channel: str,
    keys: MasterKeys,
) -> CodeVerdict:
    """Return the verdict and keep what it counts: a «no» here is a fact."""
    attendee_id, expectation = signing_pages.expectation_of_holder(db, actor, half_day_id=half_day_id)
    if expectation.is_cancelled or expectation.timing(now, is_departure=kind.is_departure) is not Timing.OPEN:
        return CodeVerdict.NOT_OPEN
    # Made where no code was ever asked for, and counted there too: a guess costs the same work in every case.
    row = rows.locked_or_new(db, actor, attendee_id=attendee_id, half_day_id=half_day_id, kind=kind, now=now)
    digits = codes.normalise(typed)
    if digits is None or not _takes(db, row, digits, keys, now=now):
        return CodeVerdict.REFUSED
    evidence = signing.Evidence(
        Method.ONE_TIME_CODE,
        Grade(grades.grade(grades.Proof.LINK_AND_CODE, link_channel=link_channel, code_channel=row.channel)),
        now,
        link_id=actor.through,
    )
    # So that what is signed has the hours of the booking, should it have been moved.
    meetings.with_rows(db, actor, expectation, now=now)
    signed = signing.sign(
        db, actor, attendee_id=attendee_id, half_day_id=half_day_id, kind=kind, evidence=evidence, now=now
    )
    return CodeVerdict.SIGNED if signed.is_new else CodeVerdict.REFUSED


def _takes(db: Session, row: OneTimeCode, digits: str, keys: MasterKeys, *, now: datetime) -> bool:
    # Compared before anything else is looked at, so that the time of the answer tells nothing.
    is_right = rows.is_right(row, digits, keys)
    if is_right and rows.state_of(row).accepts_tries(now) and rows.use(db, row, now=now):
        return True
    if not rows.state_of(row).is_closed(now):
        rows.count_failure(row, now=now)
    return False
