"""The rows of scans: each is written once, complete with its answer, and its key is taken at that moment."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from attendance.domain.entries import Flag
from attendance.domain.expectations import Expectation
from attendance.domain.targets import Target, TargetKind
from attendance.domain.verdicts import COLOURS, Colour, Verdict
from attendance.models import Review, Scan, SignatureKind
from attendance.queries.badges import Known
from directory.models import Badge, Beneficiary
from directory.queries import people
from foundation import audit
from foundation.actors import Actor, ActorKind
from foundation.database import Outrun
from foundation.rows import insert_if_absent

_TIMES = ("starts_at", "ends_at", "opens_at", "signed_at")


@dataclass(frozen=True)
class SentScan:
    """What a scanner sent, word for word; `key` names this one scan, whatever the number of times it is sent."""

    key: str
    badge: str
    target: Target
    kind: SignatureKind
    observed_at: datetime
    drawing: str | None = None

    @property
    def body_hash(self) -> str:
        """The SHA-256 of everything but the key."""
        target = f"{self.target.kind}:{self.target.identifier}"
        told = [self.badge, target, self.kind, self.observed_at.isoformat()]
        body = json.dumps(told if self.drawing is None else [*told, self.drawing])
        return hashlib.sha256(body.encode()).hexdigest()


@dataclass(frozen=True)
class Answer:
    """What a scan is told. The half-day is told by its title and hours; names only once the badge was verified."""

    verdict: Verdict
    first_name: str | None = None
    name: str | None = None
    title: str | None = None
    time_zone: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    opens_at: datetime | None = None
    signed_at: datetime | None = None
    review: Review | None = None

    @property
    def colour(self) -> Colour:
        """Green, orange or red."""
        return COLOURS[self.verdict]


@dataclass(frozen=True)
class Judged:
    """A verdict with the rows it is about; `drawing_id` is what was drawn with a scan that waits for a person."""

    verdict: Verdict
    badge: Badge | None = None
    holder: Beneficiary | None = None
    expectation: Expectation | None = None
    signed_at: datetime | None = None
    opens_at: datetime | None = None
    flags: tuple[Flag, ...] = ()
    drawing_id: int | None = None

    def answer(self) -> Answer:
        """Return what is told."""
        return answer_of(self.verdict, _kept(self), self.holder)


def source_of(actor: Actor) -> int:
    """Return whose keys these are: the device, which stays the same when its key changes, or the staff session."""
    return (actor.identifier if actor.kind is ActorKind.DEVICE else actor.through) or 0


def device_of(actor: Actor) -> int | None:
    """Return the id of the device that acts, if one does."""
    return actor.identifier if actor.kind is ActorKind.DEVICE else None


def again(db: Session, actor: Actor, body_hash: str, known: Known, *, now: datetime) -> Answer:
    """Answer a scan whose key is known: the first answer to the same body, a refusal that is kept to another."""
    first = known.scan
    if first is None:  # pragma: no cover - whoever asks has looked
        raise RuntimeError("there is no first scan")
    if first.body_hash != body_hash:
        audit.record(db, actor, action="scan.key-reused", subject=("scan", first.id), now=now, body=body_hash)
        return Answer(Verdict.KEY_REUSED)
    # The same body is the same badge; where the scan did not believe it, there is no name to give.
    holder = known.holder if first.badge_id is not None else None
    if "beneficiary_id" in first.answer:
        holder = people.by_id(db, first.answer["beneficiary_id"])  # a statement's, which shows no badge
    return replace(answer_of(Verdict(first.verdict), first.answer, holder), review=first.review)


NOWHERE = Target(TargetKind.DESK, 0)
"""The door of an entry that names none that can be read; its row says none."""


def keep(
    db: Session,
    actor: Actor,
    sent: SentScan,
    judged: Judged,
    *,
    now: datetime,
    beside: dict[str, Any] | None = None,
    **told: Any,
) -> None:
    """Write the scan with its answer; raise Outrun when a twin has done so since the key was looked up.

    `told` are the columns of an entry of a queue (`attendance.models.sent`), and the time that is kept as observed;
    `beside` is what an entry that is no scan says besides.

    On PostgreSQL a twin that is being handled is waited for; SQLite has one writer at a time. Run again, the scan
    finds the twin's row and gives the twin's answer; whatever it had written itself is rolled back.
    """
    values = {
        "organisation_id": actor.organisation_id,
        "source": source_of(actor),
        "key": sent.key,
        "body_hash": sent.body_hash,
        "agent_id": actor.agent_id,
        "device_id": device_of(actor),
        "target_kind": sent.target.kind.value,
        "target_id": sent.target.identifier,
        "kind": sent.kind,
        "verdict": judged.verdict.value,
        "answer": _kept(judged) | (beside or {}),
        "badge_id": judged.badge.id if judged.badge else None,
        "half_day_id": judged.expectation.half_day_id if judged.expectation else None,
        "attendee_id": judged.expectation.attendee_id if judged.expectation else None,
        "observed_at": sent.observed_at,
        "recorded_at": now,
    }
    try:
        is_kept = insert_if_absent(db, Scan, **values | told) is not None
    except IntegrityError as error:  # whom it names was taken off the sheet since it was read
        raise Outrun from error
    if not is_kept:
        raise Outrun


def answer_of(verdict: Verdict, kept: dict[str, Any], holder: Beneficiary | None) -> Answer:
    """Return the answer out of what a row keeps: no name is kept there, the badge leads to it."""
    times: dict[str, Any] = {name: datetime.fromisoformat(kept[name]) for name in _TIMES if name in kept}
    return Answer(
        verdict,
        first_name=holder.first_name if holder else None,
        name=holder.full_name if holder else None,
        title=kept.get("title"),
        time_zone=kept.get("time_zone"),
        **times,
    )


def _kept(judged: Judged) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    if judged.expectation is not None:
        kept = {
            "title": judged.expectation.title,
            "time_zone": judged.expectation.time_zone,
            "starts_at": judged.expectation.starts_at.isoformat(),
            "ends_at": judged.expectation.ends_at.isoformat(),
        }
    if judged.signed_at is not None:
        kept["signed_at"] = judged.signed_at.isoformat()
    if judged.opens_at is not None:
        kept["opens_at"] = judged.opens_at.isoformat()
    if judged.drawing_id is not None:
        kept["drawing_id"] = judged.drawing_id
    return kept
