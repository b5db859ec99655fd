"""What can be booked in the demonstration, and when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from booking.domain.occurrences import Hours, Recurrence
from booking.models import AppointmentType, Channel
from booking.use_cases.offer_type import TypeSettings, offer_type
from booking.use_cases.open_hours import open_hours
from booking.use_cases.plan_workshop import plan_workshop
from directory.demonstration import Office

DAYS_BEFORE, DAYS_AFTER = 31, 12
MORNING, AFTERNOON = (time(9, 0), time(12, 30)), (time(13, 30), time(17, 30))


@dataclass(frozen=True)
class Offer:
    """What can be booked."""

    help_: AppointmentType
    rights: AppointmentType
    video: AppointmentType
    home: AppointmentType
    mediation: AppointmentType
    workshop: AppointmentType

    def individual(self) -> list[tuple[AppointmentType, Channel]]:
        """Return what one person books alone in Bordeaux, each with its channel."""
        return [
            (self.help_, Channel.ON_SITE),
            (self.help_, Channel.ON_SITE),
            (self.help_, Channel.ON_SITE),
            (self.rights, Channel.PHONE),
            (self.video, Channel.VIDEO),
            (self.home, Channel.HOME),
            (self.mediation, Channel.ON_SITE),
        ]


def make_offer(db: Session, office: Office, now: datetime) -> Offer:
    """Write down the six reasons to come."""

    def offered(name: str, about: str, minutes: int, *channels: Channel, **more: Any) -> AppointmentType:
        settings = TypeSettings(name, minutes, channels, description=about, **more)
        return offer_type(db, office.actor, now=now, settings=settings)

    bring = "Une pièce d'identité et les courriers reçus."
    return Offer(
        offered(
            "Aide administrative",
            "Remplir un dossier, comprendre un courrier, écrire à une administration.",
            30,
            Channel.ON_SITE,
            pause_minutes=5,
            what_to_bring=bring,
            position=1,
        ),
        offered("Accès aux droits", "Faire le point sur vos droits par téléphone.", 45, Channel.PHONE, position=2),
        offered(
            "Point emploi en visioconférence",
            "Un conseiller vous reçoit à distance, depuis chez vous.",
            30,
            Channel.VIDEO,
            position=3,
        ),
        offered(
            "Visite à domicile",
            "Nous venons chez vous si vous ne pouvez pas vous déplacer.",
            60,
            Channel.HOME,
            pause_minutes=30,
            booking_notice_minutes=24 * 60,
            position=4,
        ),
        offered(
            "Médiation familiale",
            "Un entretien au calme, dans une salle fermée.",
            60,
            Channel.ON_SITE,
            needs_room=True,
            position=5,
        ),
        offered(
            "Atelier CV",
            "En petit groupe : écrire ou refaire son CV.",
            120,
            Channel.ON_SITE,
            is_workshop=True,
            is_discreet=False,
            what_to_bring="Votre ancien CV, si vous en avez un.",
            position=6,
        ),
    )


def open_for_weeks(db: Session, office: Office, offer: Offer, now: datetime) -> None:
    """Open everybody from Monday to Friday, mornings and afternoons, each in the zone of their venue."""
    began = now - timedelta(days=DAYS_BEFORE + 7)
    _, nadia, karim, lucie = office.agents
    served = {
        nadia.resource_id: (office.bordeaux, [offer.help_, offer.rights, offer.video]),
        karim.resource_id: (office.bordeaux, [offer.help_, offer.home, offer.mediation]),
        lucie.resource_id: (office.saint_denis, [offer.help_, offer.rights, offer.video]),
        office.room.id: (office.bordeaux, [offer.mediation]),
    }
    for resource_id, (venue, kinds) in served.items():
        first_day = began.astimezone(ZoneInfo(venue.time_zone)).date()
        for weekday in range(5):
            for opens_at, closes_at in (MORNING, AFTERNOON):
                open_hours(
                    db,
                    office.actor,
                    now=began,
                    resource_id=resource_id,
                    venue_id=venue.id,
                    type_ids=[kind.id for kind in kinds],
                    recurrence=Recurrence.weekly(weekday, since=first_day),
                    hours=Hours.between(opens_at, closes_at),
                )


def plan_workshops(db: Session, office: Office, offer: Offer, now: datetime) -> None:
    """Plan a workshop every few days."""
    zone = ZoneInfo(office.bordeaux.time_zone)
    for day in list(working_days(now.astimezone(zone).date(), 1, DAYS_AFTER))[1::3]:
        plan_workshop(
            db,
            office.actor,
            now=now,
            type_id=offer.workshop.id,
            venue_id=office.bordeaux.id,
            agent_resource_id=office.agents[0].resource_id,
            title="Atelier CV",
            starts_at=datetime.combine(day, time(14, 0), zone),
            capacity=8,
        )


def working_days(today: date, first: int, last: int) -> Iterator[date]:
    """Return the Mondays to Fridays from `first` to `last` days from today."""
    for offset in range(first, last + 1):
        day = today + timedelta(days=offset)
        if day.weekday() < 5:  # noqa: PLR2004 - Saturday and Sunday
            yield day
