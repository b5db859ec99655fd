"""What a scanner sends, parsed at the edge; what it hears, in the reader's words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from attendance.domain.expectations import Expectation
from attendance.domain.refusals import UnreadableTarget
from attendance.domain.targets import Target, TargetKind
from attendance.door import words
from attendance.door.people import person_of
from attendance.models import SignatureKind
from attendance.steps.scans import Answer, SentScan
from attendance.use_cases.state_presence import Person
from foundation import ids, times
from foundation.wording import Say

LONGEST_BADGE = 400
_KEY = re.compile(r"[A-Za-z0-9_-]{8,80}")


def parse_target(text: object) -> Target:
    """Read `desk:<id>` or `half_day:<id>`; raise UnreadableTarget."""
    kind, _, identifier = str(text).partition(":")
    try:
        return Target(TargetKind(kind), ids.from_text(identifier))
    except ValueError as error:
        raise UnreadableTarget from error


def parse_kind(text: object) -> SignatureKind:
    """Read `arrival` or `departure`; raise UnreadableTarget."""
    try:
        return SignatureKind(str(text))
    except ValueError as error:
        raise UnreadableTarget from error


def parse_scan(body: Mapping[str, Any]) -> SentScan:
    """Read one scan; raise UnreadableTarget when anything but the badge itself cannot be read."""
    key = str(body.get("key", ""))
    if not _KEY.fullmatch(key):
        raise UnreadableTarget
    try:
        observed_at = datetime.fromisoformat(str(body.get("observed_at", "")))
        if observed_at.tzinfo is None:
            raise UnreadableTarget
        observed_at = observed_at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UnreadableTarget from error
    target, kind = parse_target(body.get("target", "")), parse_kind(body.get("kind", ""))
    return SentScan(key, str(body.get("badge", ""))[:LONGEST_BADGE], target, kind, observed_at)


def parse_person(reference: object) -> Person:
    """Read what a search gave: `at:<attendee>:<half-day>`, `appointment:<id>` or `seat:<workshop>:<person>`."""
    kind, _, rest = str(reference).partition(":")
    try:
        if kind == "at":
            attendee, _, half_day = rest.partition(":")
            return Person(attendee_id=ids.from_text(attendee), half_day_id=ids.from_text(half_day))
        if kind == "appointment":
            return Person(appointment_id=ids.from_text(rest))
        if kind == "seat":
            workshop, _, beneficiary = rest.partition(":")
            return Person(workshop_id=ids.from_text(workshop), beneficiary_id=ids.from_text(beneficiary))
    except ValueError as error:
        raise UnreadableTarget from error
    raise UnreadableTarget


def reference_of(expectation: Expectation) -> str:
    """Write the reference of somebody whom a search found."""
    person = person_of(expectation)
    if person.attendee_id is not None:
        return f"at:{ids.to_text(person.attendee_id)}:{ids.to_text(person.half_day_id or 0)}"
    if person.appointment_id is not None:
        return f"appointment:{ids.to_text(person.appointment_id)}"
    return f"seat:{ids.to_text(person.workshop_id or 0)}:{ids.to_text(person.beneficiary_id or 0)}"


def told(answer: Answer, *, now: datetime, say: Say, language: str) -> dict[str, Any]:
    """Return the JSON of an answer, with its sentence."""
    zone = answer.time_zone or "UTC"
    half_day = None
    if answer.starts_at is not None and answer.ends_at is not None:
        begin, end = times.local(answer.starts_at, zone), times.local(answer.ends_at, zone)
        hours = say("attendance.hours", begin=times.say_hour(begin, language), end=times.say_hour(end, language))
        half_day = f"{answer.title}, {hours}"
    return {
        "verdict": answer.verdict.value,
        "colour": answer.colour.value,
        "sentence": words.sentence(answer, now=now, say=say, language=language),
        "first_name": answer.first_name,
        "name": answer.name,
        "half_day": half_day,
        "signed_at": words.signed_at(answer, now=now, say=say, language=language),
    }
