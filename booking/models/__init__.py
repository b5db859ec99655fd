"""The rows of booking. A slot is computed and never stored; what is taken is an engagement."""

from booking.models.diary import (
    Appointment,
    AppointmentStatus,
    Hold,
    WaitingEntry,
    WaitingStatus,
    Workshop,
    WorkshopSeries,
)
from booking.models.offer import (
    AppointmentType,
    Audience,
    Channel,
    Grid,
    OpeningHours,
    OpeningOccurrence,
    Recurring,
    TimeOff,
    TimeOffOccurrence,
    opening_hours_type,
)
from booking.models.taken import Engagement, EngagementKind, Seat

__all__ = [
    "Appointment",
    "AppointmentStatus",
    "AppointmentType",
    "Audience",
    "Channel",
    "Engagement",
    "EngagementKind",
    "Grid",
    "Hold",
    "OpeningHours",
    "OpeningOccurrence",
    "Recurring",
    "Seat",
    "TimeOff",
    "TimeOffOccurrence",
    "WaitingEntry",
    "WaitingStatus",
    "Workshop",
    "WorkshopSeries",
    "opening_hours_type",
]
