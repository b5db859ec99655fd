"""A badge is shown to an agent: whatever the verdict, the scan is kept, so a «no» is returned and never raised."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from attendance.domain import grades, windows
from attendance.domain.expectations import Expectation
from attendance.domain.refusals import WitnessNeeded
from attendance.domain.verdicts import Facts, SignedBy, Verdict, judge
from attendance.domain.windows import Timing
from attendance.models import Grade, Method, Scan
from attendance.queries import badges
from attendance.queries.badges import Known
from attendance.steps import finding, meetings, scans, signing
from attendance.steps.scans import Answer, Judged, SentScan
from directory.domain.permissions import Permission, require
from directory.models import Badge, Beneficiary
from foundation import audit
from foundation.actors import Actor, ActorKind
from foundation.badges import BadgePayload, MalformedBadge, UnknownBadge, clean_scan, read_badge, verify_badge

Read = tuple[BadgePayload, bytes] | None
"""What a badge says and the signed bytes; None: it cannot be read."""


def scan_badge(db: Session, actor: Actor, *, now: datetime, sent: SentScan, foreign_key: bytes | None = None) -> Answer:
    """Judge one scan, sign if nothing is against it, and keep the answer under the scan's key.

    The key is looked up before any rule: a retry hears the first answer again, whatever has changed since.
    `foreign_key` is the public key of the other organisation that the badge names, read by the page: this session
    sees one organisation alone, and «not ours» is said only of a badge that is good under that key.
    Raises WitnessNeeded when no agent answers for the scan, and HalfDayNotFound. Accepted, it is five statements.
    """
    require(actor, Permission.SCAN)
    if actor.agent_id is None:
        raise WitnessNeeded
    read = _read(sent.badge)
    ours = read[0] if read is not None and read[0].organisation_id == actor.organisation_id else None
    source = scans.source_of(actor)
    known = badges.known(db, organisation_id=actor.organisation_id, source=source, key=sent.key, payload=ours)
    if known.scan is not None:
        return _again(db, actor, sent, known.scan, known, now=now)
    judged = _judge(db, actor, sent, read, known, foreign_key=foreign_key, now=now)
    scans.keep(db, actor, sent, judged, now=now)
    return judged.answer()


def _read(text: str) -> Read:
    try:
        return read_badge(clean_scan(text))
    except MalformedBadge:
        return None


def _again(db: Session, actor: Actor, sent: SentScan, first: Scan, known: Known, *, now: datetime) -> Answer:
    if first.body_hash != sent.body_hash:
        audit.record(db, actor, action="scan.key-reused", subject=("scan", first.id), now=now, body=sent.body_hash)
        return Answer(Verdict.KEY_REUSED)
    # The same body is the same badge; where the scan did not believe it, there is no name to give.
    holder = known.holder if first.badge_id is not None else None
    return scans.answer_of(Verdict(first.verdict), first.answer, holder)


def _judge(
    db: Session, actor: Actor, sent: SentScan, read: Read, known: Known, *, foreign_key: bytes | None, now: datetime
) -> Judged:
    if read is None:
        return Judged(judge(Facts(is_readable=False)))
    payload, signed_bytes = read
    if payload.organisation_id != actor.organisation_id:
        by = SignedBy.ANOTHER if _is_good(signed_bytes, foreign_key) else SignedBy.NOBODY
        return Judged(judge(Facts(signed_by=by)))
    if known.badge is None or known.holder is None or not _is_good(signed_bytes, known.public_key):
        return Judged(judge(Facts(signed_by=SignedBy.NOBODY)))
    facts = Facts(is_expired=payload.expires_at <= now, is_revoked=known.badge.revoked_at is not None)
    if judge(facts) is not Verdict.SIGNED:
        return Judged(judge(facts), known.badge, known.holder)
    return _judge_holder(db, actor, sent, known.badge, known.holder, now=now)


def _is_good(signed_bytes: bytes, public_key: bytes | None) -> bool:
    if public_key is None:
        return False
    try:
        verify_badge(signed_bytes, public_key=public_key)
    except UnknownBadge:
        return False
    return True


def _judge_holder(
    db: Session, actor: Actor, sent: SentScan, badge: Badge, holder: Beneficiary, *, now: datetime
) -> Judged:
    leaves = sent.kind.is_departure
    expectation = finding.find(db, sent.target, beneficiary_id=holder.id, now=now, is_departure=leaves)
    if expectation is None:
        return Judged(judge(Facts(is_expected=False)), badge, holder)
    if _stands(expectation, sent, now=now) is Verdict.SIGNED and not expectation.has_rows:
        expectation = meetings.with_rows(db, actor, expectation, now=now)
    verdict = _stands(expectation, sent, now=now)
    if verdict is Verdict.SIGNED:
        signed = _sign(db, actor, sent, badge.id, expectation, now=now)
        if signed.observed_at is not None:
            facts = Facts(is_signed=not signed.is_new)
            return Judged(judge(facts), badge, holder, expectation, signed.observed_at)
        verdict = judge(Facts(timing=Timing.LATE))  # the sheet was closed since it was read
    opens_at = windows.opens_at(expectation.starts_at, is_departure=leaves)
    return Judged(verdict, badge, holder, expectation, opens_at=opens_at)


def _stands(expectation: Expectation, sent: SentScan, *, now: datetime) -> Verdict:
    timing = expectation.timing(now, is_departure=sent.kind.is_departure)
    return judge(Facts(is_cancelled=expectation.is_cancelled, timing=timing))


def _sign(
    db: Session, actor: Actor, sent: SentScan, badge_id: int, expectation: Expectation, *, now: datetime
) -> signing.Signed:
    evidence = signing.Evidence(
        Method.BADGE,
        Grade(grades.grade(grades.Proof.BADGE_SHOWN)),
        windows.observed_at(sent.observed_at, now=now),
        agent_id=actor.agent_id,
        device_id=actor.identifier if actor.kind is ActorKind.DEVICE else None,
        badge_id=badge_id,
        source=scans.source_of(actor),
        key=sent.key,
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
