"""What a ticket says to a calendar: the page and the mails say the same."""

from __future__ import annotations

from booking.domain.calendar import CalendarEntry
from booking.models import AppointmentStatus, Channel
from booking.queries.appointments import Ticket
from foundation import ids
from foundation.wording import Say


def entry_of(ticket: Ticket, say: Say, *, attendee: str | None, url: str | None) -> CalendarEntry:
    """Return the entry; a discreet reason is not named, because calendars are shared."""
    appointment, organisation = ticket.appointment, ticket.organisation
    about = [say(f"booking.channel.{appointment.channel.value}")]
    if ticket.type.what_to_bring and not ticket.type.is_discreet:
        about.append(say("booking.ticket.bring_in_calendar", what=ticket.type.what_to_bring))
    if url is not None:
        about.append(url)
    return CalendarEntry(
        uid=f"{ids.to_text(appointment.id)}@{ids.to_text(organisation.id)}.paraphe",
        sequence=appointment.sequence,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        zone=ticket.zone,
        title=public_title(ticket, say),
        where="" if appointment.channel is Channel.HOME else ticket.where,
        about="\n".join(about),
        organiser=(organisation.name, organisation.email),
        attendee=attendee,
        url=url,
        is_cancelled=appointment.status is AppointmentStatus.CANCELLED,
    )


def public_title(ticket: Ticket, say: Say) -> str:
    """Return the title where others may read it."""
    if ticket.type.is_discreet:
        return say("booking.discreet_title", organisation=ticket.organisation.name)
    return f"{ticket.title} · {ticket.organisation.name}"
