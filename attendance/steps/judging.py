"""One scan judged by what was true at one instant: now for a scanner on the network, when it was seen for a queue."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from attendance.domain import grades, windows
from attendance.domain.drawings import DrawingUnreadable, parse_drawing
from attendance.domain.entries import Flag
from attendance.domain.expectations import Expectation
from attendance.domain.targets import TargetKind
from attendance.domain.verdicts import Facts, SignedBy, Verdict, judge
from attendance.domain.windows import Timing
from attendance.models import Grade, Method
from attendance.queries import badges
from attendance.queries.badges import Known
from attendance.steps import finding, meetings, scans, signing
from attendance.steps.drawings import keep_drawing
from attendance.steps.scans import Judged, SentScan
from directory.models import Beneficiary
from foundation.actors import Actor
from foundation.badges import BadgePayload, MalformedBadge, UnknownBadge, clean_scan, read_badge, verify_badge

Read = tuple[BadgePayload, bytes] | None
"""What a badge says and the signed bytes; None: it cannot be read."""


@dataclass(frozen=True)
class Moment:
    """By which instant the rules are asked, and which is kept as observed; what does not count awaits review."""

    at: datetime
    observed_at: datetime
    now: datetime
    counts: bool = True


def read(text: str) -> Read:
    """Return what a badge says, signature not checked."""
    try:
        return read_badge(clean_scan(text))
    except MalformedBadge:
        return None


def known_of(db: Session, actor: Actor, key: str, said: Read) -> Known:
    """Return in one statement what is known of a scan: an earlier one of its key, the badge, its holder, its key."""
    ours = said[0] if said is not None and said[0].organisation_id == actor.organisation_id else None
    return badges.known(
        db,
        organisation_id=actor.organisation_id,
        source=scans.source_of(actor),
        key=key,
        payload=ours,
        device_id=scans.device_of(actor),
    )


@dataclass(frozen=True)
class Case:
    """One scan, what is known of it, and by which instant it is judged."""

    db: Session
    actor: Actor
    sent: SentScan
    known: Known
    moment: Moment

    def judge(self, said: Read, *, foreign_key: bytes | None = None) -> Judged:
        """Return the first refusal that holds, or sign; the later of two observations is kept, as «already signed»."""
        if said is None:
            return Judged(judge(Facts(is_readable=False)))
        payload, signed_bytes = said
        if payload.organisation_id != self.actor.organisation_id:
            by = SignedBy.ANOTHER if _is_good(signed_bytes, foreign_key) else SignedBy.NOBODY
            return Judged(judge(Facts(signed_by=by)))
        badge, holder = self.known.badge, self.known.holder
        if badge is None or holder is None or not _is_good(signed_bytes, self.known.public_key):
            return Judged(judge(Facts(signed_by=SignedBy.NOBODY)))
        is_revoked = badge.revoked_at is not None and badge.revoked_at <= self.moment.at
        facts = Facts(is_expired=payload.expires_at <= self.moment.at, is_revoked=is_revoked)
        if judge(facts) is not Verdict.SIGNED:
            return Judged(judge(facts), badge, holder)
        judged = replace(self._judge_holder(holder), badge=badge, holder=holder)
        return judged if badge.revoked_at is None else replace(judged, flags=(*judged.flags, Flag.REVOKED_SINCE))

    def _judge_holder(self, holder: Beneficiary) -> Judged:
        at, leaves = self.moment.at, self.sent.kind.is_departure
        one = finding.find(self.db, self.sent.target, beneficiary_id=holder.id, now=at, is_departure=leaves)
        if one is None or not self._is_served(one):
            return Judged(judge(Facts(is_expected=False)))
        flags = (Flag.CANCELLED_SINCE,) if one.is_cancelled_since else ()
        verdict = self._stands(one)
        if verdict is Verdict.SIGNED and not one.has_rows:
            one = meetings.with_rows(self.db, self.actor, one, now=self.moment.now)
            verdict = self._stands(one)
        if verdict is Verdict.SIGNED and (not self.moment.counts or one.is_closed):
            closed = (Flag.SHEET_CLOSED,) if one.is_closed else ()
            flags = (*flags, *closed)
            return Judged(Verdict.AWAITING_REVIEW, expectation=one, flags=flags, drawing_id=self._keep_drawing())
        if verdict is Verdict.SIGNED:
            signed = self._sign(one)
            if signed.observed_at is not None:
                verdict = judge(Facts(is_signed=not signed.is_new))
                return Judged(verdict, expectation=one, signed_at=signed.observed_at, flags=flags)
            verdict = judge(Facts(timing=Timing.LATE))  # the sheet was closed since it was read
        opens_at = windows.opens_at(one.starts_at, is_departure=leaves)
        return Judged(verdict, expectation=one, opens_at=opens_at, flags=flags)

    def _is_served(self, one: Expectation) -> bool:
        # A device that is bound to one venue scans there and nowhere else.
        target, only = self.sent.target, self.known.only_venue_id
        where = target.identifier if target.kind is TargetKind.DESK else one.venue_id
        return only is None or where == only

    def _stands(self, one: Expectation) -> Verdict:
        # A sheet that was closed later is a reason to look at an entry of a queue, not to refuse it.
        then = one if self.moment.at == self.moment.now else replace(one, is_closed=False)
        timing = then.timing(self.moment.at, is_departure=self.sent.kind.is_departure)
        missing = one.needs_drawing and self._drawing() is None
        return judge(Facts(is_cancelled=one.is_cancelled, timing=timing, needs_drawing=missing))

    def _drawing(self) -> str | None:
        try:
            return parse_drawing(self.sent.drawing) if self.sent.drawing else None
        except DrawingUnreadable:
            return None

    def _keep_drawing(self) -> int | None:
        drawing = self._drawing()
        return keep_drawing(self.db, self.actor, drawing, now=self.moment.now) if drawing else None

    def _sign(self, one: Expectation) -> signing.Signed:
        now = self.moment.now
        evidence = signing.Evidence(
            Method.BADGE,
            Grade(grades.grade(grades.Proof.BADGE_SHOWN)),
            self.moment.observed_at,
            agent_id=self.actor.agent_id,
            device_id=scans.device_of(self.actor),
            badge_id=self.known.badge.id if self.known.badge else None,
            drawing_id=self._keep_drawing(),
            source=scans.source_of(self.actor),
            key=self.sent.key,
        )
        attendee_id, half_day_id = one.rows()
        where = {"attendee_id": attendee_id, "half_day_id": half_day_id}
        return signing.sign(self.db, self.actor, **where, kind=self.sent.kind, evidence=evidence, now=now)


def _is_good(signed_bytes: bytes, public_key: bytes | None) -> bool:
    if public_key is None:
        return False
    try:
        verify_badge(signed_bytes, public_key=public_key)
    except UnknownBadge:
        return False
    return True
