"""What a scanner sends, parsed at the edge; what it hears, in the reader's words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from attendance.domain.drawings import LONGEST
from attendance.domain.refusals import UnreadableTarget
from attendance.door import words
from attendance.door.references import parse_kind, parse_target
from attendance.steps.drawn import SentDrawing
from attendance.steps.scans import Answer, SentScan
from attendance.use_cases.undo_scan import SentUndo
from foundation import times
from foundation.wording import Say

LONGEST_BADGE = 400
LONGEST_REFERENCE = 120
_KEY = re.compile(r"[A-Za-z0-9_-]{8,80}")


def parse_scan(body: Mapping[str, Any]) -> SentScan:
    """Read one scan; raise UnreadableTarget when anything but the badge itself cannot be read."""
    target, kind = parse_target(body.get("target", "")), parse_kind(body.get("kind", ""))
    badge, drawing = str(body.get("badge", ""))[:LONGEST_BADGE], body.get("drawing")
    drawn = str(drawing)[:LONGEST] if drawing else None
    return SentScan(_key(body.get("key")), badge, target, kind, _instant(body.get("observed_at")), drawn)


def parse_drawn(body: Mapping[str, Any]) -> SentDrawing:
    """Read what somebody found by name has drawn; raise UnreadableTarget."""
    kind, attendee = parse_kind(body.get("kind", "")), str(body.get("attendee", ""))[:LONGEST_REFERENCE]
    drawing = str(body.get("drawing", ""))[:LONGEST]
    return SentDrawing(_key(body.get("key")), attendee, kind, _instant(body.get("observed_at")), drawing)


def parse_undo(body: Mapping[str, Any]) -> SentUndo:
    """Read an undo; raise UnreadableTarget."""
    return SentUndo(_key(body.get("key")), _key(body.get("undone_key")), _instant(body.get("observed_at")))


def _key(told: object) -> str:
    if not isinstance(told, str) or not _KEY.fullmatch(told):
        raise UnreadableTarget
    return told


def _instant(told: object) -> datetime:
    try:
        observed_at = datetime.fromisoformat(str(told))
        if observed_at.tzinfo is None:
            raise UnreadableTarget
        return observed_at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UnreadableTarget from error


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
