"""Queues of devices: what they saw without a network, signed by their own key. Nothing is dropped."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from attendance.api.scans import SCAN_KEY, ScanAnswer, ScanKey, told
from attendance.domain.drawings import LONGEST
from attendance.domain.entries import Entry, EntryKind, queue_lines
from attendance.domain.refusals import UnreadableTarget
from attendance.domain.targets import Target
from attendance.door.badges import foreign_key
from attendance.door.references import parse_person, parse_target
from attendance.models import Review
from attendance.steps.scans import Answer
from attendance.steps.statements import Person
from attendance.use_cases.receive_entry import Received, receive_entry
from directory.api.gates import EVERYBODY
from directory.domain.enrolment import DeviceRefused
from directory.domain.permissions import Permission
from directory.here import enter
from directory.models import Device, DeviceKind
from directory.queries import devices, organisations
from foundation import ids
from foundation.actors import Actor, ActorKind
from foundation.database import EVERY_ORGANISATION
from foundation.devices import decode, lines, verify_device
from foundation.web.api.fields import (
    Choice,
    HouseSchema,
    Identifier,
    Instant,
    Part,
    Secret,
    Several,
    Text,
    Whole,
    WrittenInstant,
)
from foundation.web.api.operations import ApiBlueprint
from foundation.web.services import now, services

MOST = 200
LARGEST_COUNTER = 2**53 - 1
LARGEST_OFFSET = 100 * 366 * 86_400_000
"""Milliseconds: a century, more than any battery that was empty makes of a clock."""

blueprint = ApiBlueprint("device-queues", "What enrolled devices saw, on the network or without it.")


class QueuedEntry(HouseSchema):
    """A scan, an undo, a statement, or a drawing: somebody found by name signs by finger. Each is signed when it is
    made; the fields that are not its own are left out or empty.

    `proof` is the device's signature (ECDSA on P-256 with SHA-256; r and s, 64 bytes, base64) of the lines
    `paraphe-entry-1`, what, the device's id, counter, key, seen_at as written, list_offset (or nothing), target, kind,
    subject, detail, shown; between lines a line feed, and an empty line for what is empty. The subject is the SHA-256
    (small hexadecimal, of the text in UTF-8) of the badge's text, the key that is undone, or the attendee's reference.
    The detail is the SHA-256 of the drawing or nothing; of a statement: cause, a colon, SHA-256 of the reason.
    """

    what = Choice(EntryKind, required=True)
    counter = Whole(
        least=0, most=LARGEST_COUNTER, required=True, metadata={"description": "One more for each entry; never again."}
    )
    key = ScanKey(longest=80, required=True, metadata={"pattern": SCAN_KEY})
    seen_at = WrittenInstant(required=True, metadata={"description": "By the device's clock, right or wrong."})
    list_offset = Whole(
        least=-LARGEST_OFFSET,
        most=LARGEST_OFFSET,
        load_default=None,
        allow_none=True,
        metadata={"description": "Milliseconds by which that clock was behind the server's when the list was fetched."},
    )
    target = Secret(longest=60, blank=True, load_default="", metadata={"example": "half_day:…"})
    kind = Secret(longest=20, blank=True, load_default="", metadata={"example": "arrival"})
    badge = Secret(longest=400, blank=True, load_default="")
    drawing = Secret(longest=LONGEST, load_default=None, allow_none=True)
    undone_key = Secret(longest=80, blank=True, load_default="")
    attendee = Secret(longest=120, blank=True, load_default="")
    cause = Secret(longest=24, blank=True, load_default="")
    reason = Secret(longest=300, blank=True, load_default="")
    shown = Secret(longest=24, blank=True, load_default="", metadata={"description": "The verdict that it showed."})
    proof = Secret(longest=120, required=True)


class QueueSent(HouseSchema):
    """A queue; `signature` is of the lines `paraphe-queue-1`, the device's id, `sent_at` as written, each proof."""

    device_id = Identifier(required=True)
    sent_at = WrittenInstant(required=True, metadata={"description": "By the device's clock."})
    entries = Several(Part(QueuedEntry), most=MOST, required=True)
    signature = Secret(longest=120, required=True)


class State(StrEnum):
    """Whether an entry is done with."""

    SETTLED = "settled"
    AWAITING_REVIEW = "awaiting-review"


class EntryAnswer(ScanAnswer):
    """What became of one entry."""

    key = Text(longest=80, required=True)
    state = Choice(State, required=True, metadata={"description": "Whether a person has to look at it first."})


class QueueAnswer(HouseSchema):
    """The answers, in the order of the entries."""

    server_time = Instant(required=True)
    results = Several(Part(EntryAnswer), most=MOST, required=True)


@blueprint.post("/device-queues", EVERYBODY, body=QueueSent, answer=QueueAnswer, heeds_key=False)
def post_queue(body: dict[str, Any]) -> dict[str, Any]:
    """Send a queue: the signature is the proof. Sent again, every entry is answered as the first time."""
    device = _sender(body)
    upload_offset = _offset(body["sent_at"].instant)
    entries = [entry_of(one) for one in body["entries"]]
    results = [_receive(device, entry, ids.to_text(body["device_id"]), upload_offset) for entry in entries]
    return {"server_time": now(), "results": results}


def _sender(body: dict[str, Any]) -> Device:
    with services().database.reading(EVERY_ORGANISATION) as db:
        device = devices.enrolled(db, body["device_id"])
        if device is not None:
            enter(organisations.by_id(db, device.organisation_id))
    text = ids.to_text(body["device_id"])
    signed = lines(*queue_lines(text, body["sent_at"].text, [one["proof"] for one in body["entries"]]))
    if device is None or device.public_key is None or device.kind is not DeviceKind.SCANNER:
        raise DeviceRefused
    if not verify_device(device.public_key, signed, decode(body["signature"])):
        raise DeviceRefused
    return device


def _offset(sent_at: datetime) -> int:
    offset = round((now() - sent_at).total_seconds() * 1000)
    return max(-LARGEST_OFFSET, min(offset, LARGEST_OFFSET))


def entry_of(told: dict[str, Any]) -> Entry:
    """Return what an entry says; a door that cannot be read is none."""
    target: Target | None = None
    try:
        target = parse_target(told["target"])
    except UnreadableTarget:
        target = None
    same = {name: told[name] for name in _SAME}
    seen_at_text, seen_at = told["seen_at"]
    return Entry(seen_at=seen_at, seen_at_text=seen_at_text, target_text=told["target"], target=target, **same)


_SAME = (
    "what", "counter", "key", "list_offset", "kind", "badge", "drawing", "undone_key", "attendee", "cause", "reason",
    "shown", "proof",
)  # fmt: skip


def _receive(device: Device, entry: Entry, device_text: str, upload_offset: int) -> dict[str, Any]:
    scan = frozenset({Permission.SCAN.value})
    actor = Actor(ActorKind.DEVICE, device.organisation_id, device.id, None, scan, entrusted_to=device.agent_id)
    proven = verify_device(device.public_key or b"", lines(*entry.lines(device_text)), decode(entry.proof))
    foreign = foreign_key(entry.badge, actor.organisation_id) if entry.what is EntryKind.SCAN else None
    received = Received(entry, device, device_text, upload_offset, proven, _person(entry), foreign)
    answer: Answer = services().database.in_transaction(
        device.organisation_id, receive_entry, actor, now=now(), received=received
    )
    state = State.AWAITING_REVIEW if answer.review is Review.AWAITING else State.SETTLED
    return told(answer) | {"key": entry.key, "state": state}


def _person(entry: Entry) -> Person | None:
    if entry.what not in {EntryKind.STATEMENT, EntryKind.DRAWING}:
        return None
    try:
        return parse_person(entry.attendee)
    except UnreadableTarget:
        return None
