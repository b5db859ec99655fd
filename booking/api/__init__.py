"""The API of booking: one file a subject, the same queries and use cases as the pages."""

from __future__ import annotations

from booking.api import (
    appointment_types,
    appointments,
    bookings,
    holds,
    imports,
    opening_hours,
    seats,
    slots,
    time_offs,
    waiting_list,
    workshop_series,
    workshops,
)
from foundation.web.api.operations import Operations

OPERATIONS: Operations = (
    appointment_types.blueprint,
    opening_hours.blueprint,
    time_offs.blueprint,
    workshops.blueprint,
    workshop_series.blueprint,
    seats.blueprint,
    slots.blueprint,
    holds.blueprint,
    bookings.blueprint,
    appointments.blueprint,
    waiting_list.blueprint,
    imports.blueprint,
)
