"""Today's list: what an enrolled device checks by when nobody answers."""

from __future__ import annotations

from typing import Any

from attendance.api.shapes import ZONE
from attendance.door.references import reference_of
from attendance.queries import day_list
from attendance.queries.day_list import Coming, DayList, Spot
from directory.api.badges import SigningKeyAnswer, public_of
from directory.api.gates import program
from directory.domain.permissions import Permission
from directory.domain.refusals import DeviceNotFound
from directory.queries import devices
from foundation import ids, times
from foundation.actors import ActorKind
from foundation.web.api.fields import Flag, HouseSchema, Identifier, Instant, Part, Several, Text
from foundation.web.api.operations import ApiBlueprint
from foundation.web.language import locale, say
from foundation.web.services import current_actor, now, reading

blueprint = ApiBlueprint("device-day", "Today's list of a device: first names and initials, until the end of the day.")


class DoorAnswer(HouseSchema):
    """Where the device can be put; `target` is what its entries say."""

    target = Text(longest=60, required=True, metadata={"example": "desk:…"})
    label = Text(longest=300, required=True)


class SpotAnswer(HouseSchema):
    """A half-day, or a booking that nothing has touched yet."""

    ref = Text(longest=60, required=True)
    half_day_id = Identifier(required=True, allow_none=True)
    title = Text(longest=200, required=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    opens_at = Instant(required=True)
    closes_at = Instant(required=True)
    time_zone = Text(longest=60, required=True, metadata=ZONE)
    targets = Several(Text(longest=60), required=True, metadata={"description": "The doors at which it is signed."})
    needs_drawing = Flag(required=True)
    is_closed = Flag(required=True)


class ComingAnswer(HouseSchema):
    """Somebody who is expected."""

    attendee = Text(longest=120, required=True, metadata={"description": "How a statement names them."})
    half_day_ref = Text(longest=60, required=True)
    first_name = Text(longest=80, required=True)
    initial = Text(longest=4, blank=True, required=True)
    badges = Several(
        Text(longest=16),
        required=True,
        metadata={"description": "The first 16 letters of the SHA-256 of each badge's number, in small hexadecimal."},
    )
    arrived_at = Instant(required=True, allow_none=True)
    left_at = Instant(required=True, allow_none=True)


class DayAnswer(HouseSchema):
    """The list. It is deleted when the device is opened after `ends_at`."""

    server_time = Instant(
        required=True, metadata={"description": "Less the device's clock it is `list_offset` of its entries."}
    )
    ends_at = Instant(required=True)
    organisation_id = Identifier(required=True)
    keys = Several(Part(SigningKeyAnswer), required=True)
    targets = Several(Part(DoorAnswer), most=1000, required=True)
    half_days = Several(Part(SpotAnswer), most=5000, required=True)
    people = Several(Part(ComingAnswer), most=20_000, required=True)


@blueprint.get("/device-day", program(Permission.SCAN), answer=DayAnswer)
def show_device_day() -> dict[str, Any]:
    """Give today's list to a device."""
    actor = current_actor()
    if actor.kind is not ActorKind.DEVICE or actor.identifier is None:
        raise DeviceNotFound
    with reading() as db:
        found = day_list.of_device(db, devices.by_id(db, actor.identifier), now=now())
        return {
            "server_time": now(),
            "ends_at": found.ends_at,
            "organisation_id": actor.organisation_id,
            "keys": [public_of(one) for one in found.keys],
            "targets": [*_desks(found), *_doors(found)],
            "half_days": [_spot(one) for one in found.spots],
            "people": [_person(one) for one in found.people],
        }


def _desks(found: DayList) -> list[dict[str, str]]:
    return [{"target": f"desk:{ids.to_text(one.id)}", "label": say("door.desk", venue=one.name)} for one in found.desks]


def _doors(found: DayList) -> list[dict[str, str]]:
    return [
        {
            "target": f"half_day:{ids.to_text(one.half_day_id)}",
            "label": f"{one.title}, {times.say_hour(times.local(one.starts_at, one.time_zone), locale())}",
        }
        for one in found.spots
        if one.half_day_id is not None and not one.is_closed
    ]


def _spot(one: Spot) -> dict[str, Any]:
    targets = [f"desk:{ids.to_text(one.venue_id)}"] if one.venue_id is not None else []
    if one.half_day_id is not None:
        targets.append(f"half_day:{ids.to_text(one.half_day_id)}")
    moments = ("starts_at", "ends_at", "opens_at", "closes_at")
    return {
        "ref": one.ref,
        "half_day_id": one.half_day_id,
        "title": one.title,
        "time_zone": one.time_zone,
        "targets": targets,
        "needs_drawing": one.needs_drawing,
        "is_closed": one.is_closed,
        **{name: times.local(getattr(one, name), one.time_zone) for name in moments},
    }


def _person(one: Coming) -> dict[str, Any]:
    return {
        "attendee": reference_of(one.expectation),
        "half_day_ref": one.ref,
        "first_name": one.first_name,
        "initial": one.initial,
        "badges": list(one.badges),
        "arrived_at": one.arrived_at,
        "left_at": one.left_at,
    }
