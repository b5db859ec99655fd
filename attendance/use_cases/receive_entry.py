"""An entry of a device's queue arrives: late, in any order, twice if it must. It is classified and never dropped."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from attendance.domain.drawings import readable
from attendance.domain.entries import Arrival, Clock, Entry, EntryKind, Flag
from attendance.domain.verdicts import Verdict
from attendance.models import Method, Review, SignatureKind
from attendance.queries import entries
from attendance.queries.badges import Known
from attendance.steps import drawn, scans, stating, undoing
from attendance.steps.judging import Case, known_of, read
from attendance.steps.observing import Moment, Seen
from attendance.steps.scans import Answer, Judged, SentScan
from attendance.steps.statements import Person
from directory.models import Device
from directory.queries import devices
from foundation import audit
from foundation.actors import Actor

BELIEVED_GOOD = {"", "signed", "kept", "already-signed"}
"""What a device shows when it lets somebody pass: which of two was the first, it cannot know."""
_WENT_IN = {Verdict.SIGNED, Verdict.ALREADY_SIGNED, Verdict.UNDONE, Verdict.AWAITING_REVIEW, Verdict.STATED}


@dataclass(frozen=True)
class Received:
    """An entry with what the edge knows of it: whose it is, whether the device signed it, and its clock at this moment.

    `person` is whom a statement or a drawing names, None when that cannot be read. `foreign_key` is as for a scan.
    """

    entry: Entry
    device: Device
    device_text: str
    upload_offset: int
    is_proven: bool
    person: Person | None = None
    foreign_key: bytes | None = None

    @property
    def body_hash(self) -> str:
        """What tells the same entry from another under its key; a scan's is that of one sent on the network."""
        sent = self.as_scan()
        return sent.body_hash if sent is not None else self.entry.body_hash(self.device_text)

    def as_scan(self) -> SentScan | None:
        """Return the scan as a scanner on the network would have sent it; None when its door cannot be read."""
        entry = self.entry
        if entry.what is not EntryKind.SCAN or entry.target is None or entry.kind not in set(SignatureKind):
            return None
        kind = SignatureKind(entry.kind)
        return SentScan(entry.key, entry.badge, entry.target, kind, entry.seen_at, entry.drawing)


def receive_entry(db: Session, actor: Actor, *, now: datetime, received: Received) -> Answer:
    """Return the answer; the key first: the same entry hears its first answer again, whatever has changed since.

    `actor` is the device, revoked or not: what it sends afterwards is kept too, and a person looks at it.
    """
    entry = received.entry
    clock = Clock(entry.list_offset, received.upload_offset)
    device = devices.locked(db, received.device.id)
    arrival = Arrival(
        entry.seen_at + clock.correction,
        now,
        is_proven=received.is_proven,
        is_counter_taken=entries.is_counter_taken(db, device, counter=entry.counter, key=entry.key),
        device_revoked_at=device.revoked_at,
        device_expires_at=device.expires_at,
    )
    case = _Arriving(db, actor, received, clock, arrival)
    if entry.what is EntryKind.UNDO:
        return case.undo()
    if entry.what is EntryKind.DRAWING:
        return case.drawing()
    return case.statement() if entry.what is EntryKind.STATEMENT else case.scan()


@dataclass(frozen=True)
class _Arriving:
    db: Session
    actor: Actor
    received: Received
    clock: Clock
    arrival: Arrival

    def scan(self) -> Answer:
        said = read(self.received.entry.badge)
        known = known_of(self.db, self.actor, self.received.entry.key, said)
        if (answered := self._answered(known)) is not None:
            return answered
        sent = self.received.as_scan()
        if sent is None:
            return self._keep(Judged(Verdict.MALFORMED))
        at, now = self.arrival.observed_at, self.arrival.now
        moment = Moment(at, at, now, counts=not self.arrival.doubts())
        case = Case(self.db, self.actor, sent, known, moment, is_queued=True)
        judged = case.judge(said, foreign_key=self.received.foreign_key)
        if known.is_undone:
            source = scans.source_of(self.actor)
            judged = undoing.as_undone(self.db, self.actor, judged, source=source, key=sent.key, now=now)
        return self._keep(judged)

    def drawing(self) -> Answer:
        entry, at, now = self.received.entry, self.arrival.observed_at, self.arrival.now
        known = known_of(self.db, self.actor, entry.key, None)
        if (answered := self._answered(known)) is not None:
            return answered
        person = self.received.person if entry.kind in set(SignatureKind) else None
        kind = SignatureKind(entry.kind) if person else SignatureKind.ARRIVAL
        seen = Seen(kind, entry.key, Method.DRAWN_BEFORE_AGENT, readable(entry.drawing or ""))
        moment = Moment(at, at, now, counts=not self.arrival.doubts())
        judged = drawn.judge_drawn(self.db, self.actor, person, seen, moment=moment, only_venue_id=known.only_venue_id)
        if known.is_undone:
            source = scans.source_of(self.actor)
            judged = undoing.as_undone(self.db, self.actor, judged, source=source, key=entry.key, now=now)
        return self._keep(judged, drawn.beside(judged))

    def statement(self) -> Answer:
        entry = self.received.entry
        if (answered := self._answered(known_of(self.db, self.actor, entry.key, None))) is not None:
            return answered
        stated = stating.Stated(entry.cause, entry.reason, entry.kind, self.arrival.observed_at)
        doubts = bool(self.arrival.doubts())
        row = {"source": scans.source_of(self.actor), "key": entry.key, **self._told([], is_row=True)}
        judged = stating.state(
            self.db, self.actor, self.received.person, stated, now=self.arrival.now, counts=not doubts, **row
        )
        beside = {"what": entry.what.value, "cause": entry.cause, "reason": entry.reason}
        return self._keep(judged, beside | ({"beneficiary_id": judged.holder.id} if judged.holder else {}))

    def undo(self) -> Answer:
        entry, now = self.received.entry, self.arrival.now
        answered = undoing.answered(self.db, self.actor, key=entry.key, body_hash=self.received.body_hash, now=now)
        if answered is not None:
            return Answer(answered)
        doubts = self.arrival.doubts()
        verdict = undoing.keep_undo(
            self.db,
            self.actor,
            key=entry.key,
            undone_key=entry.undone_key,
            body_hash=self.received.body_hash,
            observed_at=self.arrival.observed_at,
            now=now,
            counts=not doubts,
            **self._told(doubts),
        )
        return Answer(verdict, review=Review.AWAITING if doubts else None)

    def _keep(self, judged: Judged, beside: dict[str, Any] | None = None) -> Answer:
        entry, doubts = self.received.entry, [*self.arrival.doubts(), *judged.flags]
        if self._shown_otherwise(judged.verdict):
            doubts.append(Flag.SHOWN_OTHERWISE)
        told = self._told(doubts) | {"observed_at": self.arrival.observed_at, "body_hash": self.received.body_hash}
        needs_a_look = judged.verdict is Verdict.AWAITING_REVIEW or Flag.SHOWN_OTHERWISE in doubts
        told["review"] = Review.AWAITING if needs_a_look or self.arrival.doubts() else None
        sent = self.received.as_scan() or SentScan(entry.key, "", scans.NOWHERE, SignatureKind.ARRIVAL, entry.seen_at)
        if self.received.as_scan() is None:
            told |= _door(entry)
        scans.keep(self.db, self.actor, sent, judged, now=self.arrival.now, beside=beside, **told)
        return replace(judged.answer(), review=told["review"])

    def _told(self, flags: list[Flag], *, is_row: bool = False) -> dict[str, Any]:
        entry = self.received.entry
        every = [*self.clock.flags(), *flags]
        told: dict[str, Any] = {
            "counter": entry.counter,
            "told_at": entry.seen_at,
            "list_offset": entry.list_offset,
            "upload_offset": self.received.upload_offset,
            "shown": entry.shown[:24] or None,
            "proof": entry.proof[:120],
            "flags": list(dict.fromkeys(flag.value for flag in every)),
        }
        if not is_row:
            told["review"] = Review.AWAITING if self.arrival.doubts() else None
        return told

    def _shown_otherwise(self, verdict: Verdict) -> bool:
        shown = self.received.entry.shown
        return shown not in {"", verdict.value} and ((shown in BELIEVED_GOOD) != (verdict in _WENT_IN))

    def _answered(self, known: Known) -> Answer | None:
        if known.scan is not None:
            return scans.again(self.db, self.actor, self.received.body_hash, known, now=self.arrival.now)
        return Answer(Verdict.KEY_REUSED) if self._is_an_undo() else None

    def _is_an_undo(self) -> bool:
        key, source = self.received.entry.key, scans.source_of(self.actor)
        undo_id = entries.undo_of_key(self.db, source=source, key=key)
        if undo_id is not None:
            subject, body = ("scan_undo", undo_id), self.received.body_hash
            audit.record(
                self.db, self.actor, action="scan.key-reused", subject=subject, now=self.arrival.now, body=body
            )
        return undo_id is not None


def _door(entry: Entry) -> dict[str, Any]:
    target = entry.target
    return {
        "target_kind": target.kind.value if target else None,
        "target_id": target.identifier if target else None,
        "kind": SignatureKind(entry.kind) if entry.kind in set(SignatureKind) else None,
    }
