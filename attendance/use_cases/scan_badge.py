"""A badge is shown to an agent: whatever the verdict, the scan is kept, so a «no» is returned and never raised."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from attendance.domain import grades, windows
from attendance.domain.expectations import Expectation
from attendance.domain.verdicts import Facts, SignedBy, Verdict, judge
from attendance.models import Grade, Method
from attendance.queries import badges
from attendance.queries.badges import KnownBadge
from attendance.steps import finding, meetings, scans, signing
from attendance.steps.scans import Answer, Judged, SentScan
from directory.domain.permissions import Permission, require
from foundation import audit
from foundation.actors import Actor
from foundation.badges import BadgePayload, MalformedBadge, UnknownBadge, clean_scan, read_badge, verify_badge


def scan_badge(db: Session, actor: Actor, *, now: datetime, sent: SentScan, foreign_key: bytes | None = None) -> Answer:
    """Judge one scan, sign if nothing is against it, and keep the answer under the scan's key.

    The key is looked up before any rule: a retry hears the first answer again, whatever has changed since.
    `foreign_key` is the public key of the other organisation that the badge names, read by the page: this session
    sees one organisation alone, and «not ours» is said only of a badge that is good under that key.
    """
    require(actor, Permission.SCAN)
    scan_id = scans.claim(db, actor, sent, now=now)
    if scan_id is None:
        return _again(db, actor, sent, now=now)
    judged = _judge(db, actor, sent, foreign_key=foreign_key, now=now)
    scans.keep(db, scan_id, judged)
    return judged.answer()


def _again(db: Session, actor: Actor, sent: SentScan, *, now: datetime) -> Answer:
    known = badges.scan_by_key(db, source=actor.through or 0, key=sent.key)
    if known.body_hash != sent.body_hash:
        audit.record(db, actor, action="scan.key-reused", subject=("scan", known.id), now=now, body=sent.body_hash)
        return Answer(Verdict.KEY_REUSED)
    holder = badges.holder(db, known.badge_id) if known.badge_id is not None else None
    return scans.answer_of(Verdict(known.verdict), known.answer, holder)


def _judge(db: Session, actor: Actor, sent: SentScan, *, foreign_key: bytes | None, now: datetime) -> Judged:
    try:
        payload, signed_bytes = read_badge(clean_scan(sent.badge))
    except MalformedBadge:
        return Judged(judge(Facts(is_readable=False)))
    if payload.organisation_id != actor.organisation_id:
        by = SignedBy.ANOTHER if _is_good(signed_bytes, foreign_key) else SignedBy.NOBODY
        return Judged(judge(Facts(signed_by=by)))
    known = badges.known(
        db, organisation_id=actor.organisation_id, key_number=payload.key_number, number=payload.number.hex()
    )
    if known is None or not _is_good(signed_bytes, known.public_key):
        return Judged(judge(Facts(signed_by=SignedBy.NOBODY)))
    return _judge_known(db, actor, sent, known, payload, now=now)


def _is_good(signed_bytes: bytes, public_key: bytes | None) -> bool:
    if public_key is None:
        return False
    try:
        verify_badge(signed_bytes, public_key=public_key)
    except UnknownBadge:
        return False
    return True


def _judge_known(
    db: Session, actor: Actor, sent: SentScan, known: KnownBadge, payload: BadgePayload, *, now: datetime
) -> Judged:
    badge, holder = known.badge, known.holder
    facts = Facts(is_expired=payload.expires_at <= now, is_revoked=badge.revoked_at is not None)
    if judge(facts) is not Verdict.SIGNED:
        return Judged(judge(facts), badge, holder)
    leaves = sent.kind.is_departure
    expectation = finding.find(db, sent.target, beneficiary_id=holder.id, now=now, is_departure=leaves)
    if expectation is None:
        return Judged(judge(Facts(is_expected=False)), badge, holder)
    facts = Facts(is_cancelled=expectation.is_cancelled, timing=expectation.timing(now, is_departure=leaves))
    if judge(facts) is Verdict.SIGNED:
        expectation = meetings.with_rows(db, actor, expectation, now=now)
        facts = Facts(timing=expectation.timing(now, is_departure=leaves))
    if judge(facts) is not Verdict.SIGNED:
        opens_at = windows.opens_at(expectation.starts_at, is_departure=leaves)
        return Judged(judge(facts), badge, holder, expectation, opens_at=opens_at)
    signed = _sign(db, actor, sent, badge.id, expectation, now=now)
    return Judged(judge(Facts(is_signed=not signed.is_new)), badge, holder, expectation, signed.observed_at)


def _sign(
    db: Session, actor: Actor, sent: SentScan, badge_id: int, expectation: Expectation, *, now: datetime
) -> signing.Signed:
    evidence = signing.Evidence(
        Method.BADGE,
        Grade(grades.grade(grades.Proof.BADGE_SHOWN)),
        windows.observed_at(sent.observed_at, now=now),
        agent_id=actor.identifier,
        badge_id=badge_id,
    )
    attendee_id, half_day_id = expectation.rows()
    return signing.sign(
        db,
        actor,
        attendee_id=attendee_id,
        half_day_id=half_day_id,
        kind=sent.kind,
        evidence=evidence,
        now=now,
    )
