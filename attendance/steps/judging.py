"""One scan judged by what was true at one instant: now for a scanner on the network, when it was seen for a queue."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from attendance.domain.drawings import readable
from attendance.domain.entries import Flag
from attendance.domain.expectations import Expectation
from attendance.domain.refusals import HalfDayNotFound
from attendance.domain.targets import TargetKind
from attendance.domain.verdicts import Facts, SignedBy, Verdict, judge
from attendance.models import Method
from attendance.queries import badges
from attendance.queries.badges import Known
from attendance.steps import finding, scans
from attendance.steps.observing import Moment, Seen, observe
from attendance.steps.scans import Judged, SentScan
from directory.models import Beneficiary
from foundation.actors import Actor
from foundation.badges import BadgePayload, MalformedBadge, UnknownBadge, clean_scan, read_badge, verify_badge

Read = tuple[BadgePayload, bytes] | None
"""What a badge says and the signed bytes; None: it cannot be read."""


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
    """One scan, what is known of it, and by which instant it is judged.

    `is_queued`: it waited on a device, so that it is wrong, and no HalfDayNotFound, where its half-day is gone.
    """

    db: Session
    actor: Actor
    sent: SentScan
    known: Known
    moment: Moment
    is_queued: bool = False

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
        one = self._find(holder)
        if one is None or not self._is_served(one):
            return Judged(judge(Facts(is_expected=False)))
        badge_id = self.known.badge.id if self.known.badge else None
        seen = Seen(self.sent.kind, self.sent.key, Method.BADGE, self._drawing(), badge_id=badge_id)
        return observe(self.db, self.actor, one, seen, self.moment)

    def _find(self, holder: Beneficiary) -> Expectation | None:
        at, leaves = self.moment.at, self.sent.kind.is_departure
        try:
            return finding.find(self.db, self.sent.target, beneficiary_id=holder.id, now=at, is_departure=leaves)
        except HalfDayNotFound:
            if not self.is_queued:
                raise
            return None  # taken out of its training since the device saw it; an entry of a queue is never dropped

    def _is_served(self, one: Expectation) -> bool:
        # A device that is bound to one venue scans there and nowhere else.
        target, only = self.sent.target, self.known.only_venue_id
        where = target.identifier if target.kind is TargetKind.DESK else one.venue_id
        return only is None or where == only

    def _drawing(self) -> str | None:
        return readable(self.sent.drawing) if self.sent.drawing else None


def _is_good(signed_bytes: bytes, public_key: bytes | None) -> bool:
    if public_key is None:
        return False
    try:
        verify_badge(signed_bytes, public_key=public_key)
    except UnknownBadge:
        return False
    return True
