"""An appointment as an iCalendar text (RFC 5545, RFC 5546)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vText

PRODUCER = "-//Paraphe//Rendez-vous//FR"


@dataclass(frozen=True)
class CalendarEntry:
    """What a calendar is told; `uid` never changes and `sequence` grows with each change."""

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    zone: str
    title: str
    where: str
    about: str
    organiser: tuple[str, str]
    attendee: str | None = None
    url: str | None = None
    is_cancelled: bool = False


def calendar_text(entry: CalendarEntry, *, method: str, stamp: datetime) -> str:
    """Return the calendar of one event, with the rules of its zone for its own days and no others."""
    there = ZoneInfo(entry.zone)
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", stamp.astimezone(UTC))
    event.add("dtstart", entry.starts_at.astimezone(there))
    event.add("dtend", entry.ends_at.astimezone(there))
    event.add("summary", entry.title)
    event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    for name, value in (("location", entry.where), ("description", entry.about), ("url", entry.url)):
        if value:
            event.add(name, value)
    name, address = entry.organiser
    organiser = vCalAddress(f"mailto:{address}")
    organiser.params["CN"] = vText(name)
    event.add("organizer", organiser)
    if entry.attendee is not None:
        attendee = vCalAddress(f"mailto:{entry.attendee}")
        attendee.params["PARTSTAT"] = vText("ACCEPTED")
        event.add("attendee", attendee)
    calendar = Calendar()
    calendar.add("prodid", PRODUCER)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(event)
    first, last = entry.starts_at.astimezone(there).date(), entry.ends_at.astimezone(there).date()
    calendar.add_missing_timezones(first_date=first, last_date=last)
    return str(calendar.to_ical().decode())
