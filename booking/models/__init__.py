"""The rows of booking. A slot is computed and never stored; what is taken is an engagement."""

from booking.models.diary import Appointment, AppointmentStatus, Hold, Workshop
from booking.models.offer import (
    AppointmentType,
    Channel,
    Grid,
    OpeningHours,
    OpeningOccurrence,
    TimeOff,
    opening_hours_type,
)
from booking.models.taken import Engagement, EngagementKind, Seat

__all__ = [
    "Appointment",
    "AppointmentStatus",
    "AppointmentType",
    "Channel",
    "Engagement",
    "EngagementKind",
    "Grid",
    "Hold",
    "OpeningHours",
    "OpeningOccurrence",
    "Seat",
    "TimeOff",
    "Workshop",
    "opening_hours_type",
]
