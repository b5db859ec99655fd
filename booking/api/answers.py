"""What is said of an appointment, to whoever asks."""

from __future__ import annotations

from typing import Any

from booking.models import AppointmentStatus, Channel
from booking.queries.expected import Expected
from foundation.times import local
from foundation.web.api.fields import Choice, HouseSchema, Identifier, Instant, Part, Text, Whole


class ExpectedPersonAnswer(HouseSchema):
    """Who is expected."""

    id = Identifier(required=True)
    first_name = Text(longest=80, required=True)
    last_name = Text(longest=80, required=True)


class AppointmentAnswer(HouseSchema):
    """An appointment, in the time of its place. `sequence` grows with each change, for calendars."""

    id = Identifier(required=True)
    type_id = Identifier(required=True)
    status = Choice(AppointmentStatus, required=True)
    channel = Choice(Channel, required=True)
    venue_id = Identifier(required=True, allow_none=True)
    time_zone = Text(longest=60, required=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    resource_id = Identifier(required=True, metadata={"description": "Whose time it takes: the agent's."})
    workshop_id = Identifier(required=True, allow_none=True)
    beneficiary = Part(ExpectedPersonAnswer, required=True)
    people = Whole(required=True, metadata={"description": "How many come together."})
    sequence = Whole(required=True)
    created_at = Instant(required=True)
    cancelled_at = Instant(required=True, allow_none=True)
    cancel_reason = Text(longest=300, blank=True, required=True)


def told_appointment(expected: Expected) -> dict[str, Any]:
    """Return the answer about an appointment."""
    row, zone = expected.appointment, expected.zone
    plain = ("id", "type_id", "status", "channel", "venue_id", "resource_id", "workshop_id", "people", "sequence")
    times = ("starts_at", "ends_at", "created_at")
    return {
        **{name: getattr(row, name) for name in plain},
        **{name: local(getattr(row, name), zone) for name in times},
        "time_zone": zone,
        "cancel_reason": row.cancel_reason,
        "cancelled_at": None if row.cancelled_at is None else local(row.cancelled_at, zone),
        "beneficiary": expected.beneficiary,
    }
