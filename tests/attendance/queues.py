"""What tests of queues share: the rows that they leave, and an entry as the edge hands it on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from attendance.api.device_queues import QueuedEntry, entry_of
from attendance.domain.entries import EntryKind
from attendance.door.references import parse_person
from attendance.models import Signature, Standing
from attendance.use_cases.close_sheet import close_sheet
from attendance.use_cases.receive_entry import Received
from directory.domain.permissions import Permission
from directory.use_cases.revoke_badge import revoke_badge
from foundation.actors import Actor, ActorKind
from tests.attendance.offline import MINUTE, Phone
from tests.attendance.scene import Scene


def ten(scene: Scene, minutes: float = 0) -> datetime:
    """So many minutes after the beginning, which is at ten."""
    return scene.half_days[0].starts_at + minutes * MINUTE


def rows(scene: Scene, model: Any) -> list[Any]:
    """Every row of a table, the oldest first."""
    with scene.house.database.reading(scene.house.organisation.id) as db:
        return list(db.scalars(select(model).order_by(model.id)))


def counting(scene: Scene) -> list[Signature]:
    """The signatures that count."""
    return [one for one in rows(scene, Signature) if one.standing is Standing.COUNTS]


def received(phone: Phone, sent: dict[str, Any]) -> tuple[Actor, Received]:
    """Who sends an entry, and the entry as the edge hands it on once its signatures were checked."""
    entry = entry_of(QueuedEntry().load(sent))
    person = parse_person(entry.attendee) if entry.what in {EntryKind.STATEMENT, EntryKind.DRAWING} else None
    device, scopes = phone.device, frozenset({Permission.SCAN.value})
    actor = Actor(ActorKind.DEVICE, device.organisation_id, device.id, None, scopes, entrusted_to=device.agent_id)
    return actor, Received(entry, device, phone.id, 0, is_proven=True, person=person)


def revoke(scene: Scene, person: int) -> None:
    """Revoke somebody's badge now."""
    house = scene.house
    house.database.in_transaction(
        house.organisation.id, revoke_badge, house.system(), now=house.now, badge_id=scene.badges[person].id
    )


def close(scene: Scene) -> None:
    """Close the sheet, once the training is over."""
    house = scene.house
    house.clock.advance(scene.half_days[1].ends_at - house.now)
    house.database.in_transaction(
        house.organisation.id, close_sheet, house.system(), now=house.now, meeting_id=scene.meeting_id
    )
