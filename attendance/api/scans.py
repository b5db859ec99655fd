"""Scans: a badge is shown at a door, and every verdict is kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from attendance.api.shapes import ZONE
from attendance.domain.drawings import LONGEST
from attendance.domain.targets import Target, TargetKind
from attendance.domain.verdicts import Colour, Verdict
from attendance.door import words
from attendance.door.badges import foreign_key
from attendance.models import SignatureKind
from attendance.steps.scans import Answer, SentScan
from attendance.use_cases.scan_badge import scan_badge
from attendance.use_cases.undo_scan import SentUndo, undo_scan
from directory.api.gates import program
from directory.domain.permissions import Permission
from foundation import times
from foundation.web.api.fields import Choice, Flag, HouseSchema, Identifier, Instant, Part, Secret, Text
from foundation.web.api.operations import ApiBlueprint
from foundation.web.language import locale, say
from foundation.web.services import now, perform

SCAN_KEY = "^[!-~]{1,80}$"
_TIMES = ("starts_at", "ends_at", "opens_at", "signed_at")

blueprint = ApiBlueprint("scans", "Passages: a badge is shown to an agent, or to a device that an agent answers for.")


class Door(StrEnum):
    """The two kinds of doors."""

    DESK = "desk"
    HALF_DAY = "half-day"


_DOORS = {Door.DESK: TargetKind.DESK, Door.HALF_DAY: TargetKind.HALF_DAY}


class TargetNamed(HouseSchema):
    """Where the scanner stands."""

    kind = Choice(Door, required=True)
    id = Identifier(required=True, metadata={"description": "Of the venue whose desk it is, or of the half-day."})


class ScanKey(Secret):
    """The name of one scan."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        if not re.fullmatch(SCAN_KEY, text):
            raise self.make_error("invalid")
        return text


class NewScan(HouseSchema):
    """A scan, as the device saw it."""

    key = ScanKey(
        longest=80,
        required=True,
        metadata={
            "pattern": SCAN_KEY,
            "description": "A name of the device's choice for this one scan. Sent again with the same body, it is "
            "answered as the first time, for ever; with another body the verdict is `key-reused`. It stands for "
            "`Idempotency-Key`, which is not looked at here.",
        },
    )
    badge = Secret(longest=400, required=True, metadata={"description": "What the code says, as it was read."})
    target = Part(TargetNamed, required=True)
    kind = Choice(SignatureKind, required=True)
    observed_at = Instant(
        required=True, metadata={"description": "By the device's clock; believed when two minutes old at most."}
    )
    drawing = Text(
        longest=LONGEST,
        load_default=None,
        allow_none=True,
        metadata={"description": "The signature drawn where the half-day needs one: `M12 30L14 32…`, 1000 by 500."},
    )


class UndoToSend(HouseSchema):
    """A scan to take back, within thirty seconds and by whoever made it."""

    key = ScanKey(longest=80, required=True, metadata={"pattern": SCAN_KEY, "description": "Of this undo."})
    undone_key = ScanKey(longest=80, required=True, metadata={"pattern": SCAN_KEY, "description": "Of the scan."})
    observed_at = Instant(required=True)


class ScanAnswer(HouseSchema):
    """What the scan is told. Names are there once the badge is verified, the half-day once it is known."""

    verdict = Choice(Verdict, required=True)
    accepted = Flag(required=True, metadata={"description": "It was signed by this scan."})
    colour = Choice(Colour, required=True)
    sentence = Text(longest=500, required=True, metadata={"description": "In the language that was asked for."})
    first_name = Text(longest=80, required=True, allow_none=True)
    name = Text(longest=170, required=True, allow_none=True)
    title = Text(longest=200, required=True, allow_none=True)
    time_zone = Text(longest=60, required=True, allow_none=True, metadata=ZONE)
    starts_at = Instant(required=True, allow_none=True)
    ends_at = Instant(required=True, allow_none=True)
    opens_at = Instant(required=True, allow_none=True)
    signed_at = Instant(required=True, allow_none=True)


def target_of(named: Mapping[str, Any]) -> Target:
    """Return the door that a body names."""
    return Target(_DOORS[named["kind"]], named["id"])


@blueprint.post("/scans", program(Permission.SCAN), body=NewScan, answer=ScanAnswer, heeds_key=False)
def post_scan(body: dict[str, Any]) -> dict[str, Any]:
    """Scan a badge."""
    target, drawing = target_of(body["target"]), body["drawing"]
    sent = SentScan(body["key"], body["badge"], target, body["kind"], body["observed_at"], drawing)
    return told(perform(scan_badge, now=now(), sent=sent, foreign_key=foreign_key(sent.badge)))


@blueprint.post("/scans/undo", program(Permission.SCAN), body=UndoToSend, answer=ScanAnswer, heeds_key=False)
def post_undo(body: dict[str, Any]) -> dict[str, Any]:
    """Take a scan back; the next that was observed takes over."""
    return told(Answer(perform(undo_scan, now=now(), sent=SentUndo(**body))))


def told(answer: Answer) -> dict[str, Any]:
    """Return the JSON of an answer, with its sentence."""
    zone = answer.time_zone or "UTC"
    moments = {name: getattr(answer, name) for name in _TIMES}
    return {
        "verdict": answer.verdict,
        "accepted": answer.verdict is Verdict.SIGNED,
        "colour": answer.colour,
        "sentence": words.sentence(answer, now=now(), say=say, language=locale()),
        "first_name": answer.first_name,
        "name": answer.name,
        "title": answer.title,
        "time_zone": answer.time_zone,
        **{name: times.local(at, zone) if at is not None else None for name, at in moments.items()},
    }
