"""What the tests of booking share: a reason, its hours, and short ways to book."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.domain.intervals import Interval
from booking.domain.occurrences import Hours, Recurrence
from booking.domain.person import Person
from booking.domain.workshops import Dates
from booking.models import (
    Appointment,
    AppointmentType,
    Channel,
    Engagement,
    Grid,
    OpeningHours,
    Workshop,
    WorkshopSeries,
)
from booking.queries import offers
from booking.queries.appointments import link_of
from booking.queries.finding import Question
from booking.steps.holds import Held
from booking.use_cases.cancel_appointment import cancel_appointment
from booking.use_cases.confirm_hold import confirm_hold
from booking.use_cases.hold_seat import hold_seat
from booking.use_cases.hold_slot import hold_slot
from booking.use_cases.open_hours import open_hours
from booking.use_cases.plan_series import plan_series
from booking.use_cases.plan_workshop import plan_workshop
from directory.models import Agent, Venue
from foundation.actors import Actor, ActorKind
from foundation.links import link_token
from tests.house import House

_clients = count()
TUESDAY = date(2026, 4, 14)
CAMILLE = Person("Camille", "Durand", "+33639980001", "camille@exemple.example", "fr")


def at(hour: int, minute: int = 0, *, day: date = TUESDAY) -> datetime:
    """An instant, in UTC, two hours behind Bordeaux in April."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def visitor(house: House) -> Actor:
    """Somebody without an account."""
    return Actor(ActorKind.VISITOR, house.organisation.id)


def reason(house: House, **changes: Any) -> AppointmentType:
    """A reason of 30 minutes and 10 of pause, on site or by telephone, unless the test says otherwise."""
    values: dict[str, Any] = {
        "name": "Aide administrative",
        "duration_minutes": 30,
        "pause_minutes": 10,
        "grid": Grid.FREE,
        "channels": ["on-site", "phone"],
        "what_to_bring": "une pièce d'identité",
        **changes,
    }
    row = AppointmentType(organisation_id=house.organisation.id, **values)
    house.database.in_transaction(house.organisation.id, lambda db: db.add(row))
    return row


def open_weekly(
    house: House,
    kind: AppointmentType,
    *,
    agent: Agent | None = None,
    resource_id: int | None = None,
    venue: Venue | None = None,
    hours: tuple[int, int] = (9, 12),
    weekday: int = 1,
) -> None:
    """Open somebody for a reason, on Tuesdays from 9 to 12 unless the test says otherwise."""
    house.database.in_transaction(
        house.organisation.id,
        open_hours,
        house.system(),
        now=house.now,
        resource_id=resource_id or (agent or house.agents[0]).resource_id,
        venue_id=(venue or house.venue).id,
        type_ids=[kind.id],
        recurrence=Recurrence.weekly(weekday, since=date(2026, 4, 13)),
        hours=Hours(hours[0] * 60, hours[1] * 60),
    )


def hold(
    house: House,
    kind: AppointmentType,
    starts_at: datetime,
    *,
    venue: Venue | None = None,
    channel: Channel = Channel.ON_SITE,
    client: str | None = None,
) -> Held:
    """Hold a slot, each time from another browser unless it is named."""
    made: Held = house.database.in_transaction(
        house.organisation.id,
        hold_slot,
        visitor(house),
        now=house.now,
        client=client or f"browser {next(_clients)}",
        type_id=kind.id,
        venue_id=(venue or house.venue).id,
        channel=channel,
        starts_at=starts_at,
    )
    return made


def confirm(house: House, token: str, person: Person = CAMILLE) -> Appointment:
    """Confirm what a token holds."""
    made: Appointment = house.database.in_transaction(
        house.organisation.id, confirm_hold, visitor(house), now=house.now, token=token, person=person
    )
    return made


def book(house: House, kind: AppointmentType, starts_at: datetime, **others: Any) -> Appointment:
    """Hold and confirm."""
    return confirm(house, hold(house, kind, starts_at).token, **others)


def workshop(
    house: House,
    kind: AppointmentType,
    *,
    capacity: int,
    starts_at: datetime,
    agent: Agent | None = None,
    resource_ids: Sequence[int] = (),
) -> Workshop:
    """Plan a workshop led by the first agent unless another is named."""
    made: Workshop = house.database.in_transaction(
        house.organisation.id,
        plan_workshop,
        house.system(),
        now=house.now,
        type_id=kind.id,
        venue_id=house.venue.id,
        agent_resource_id=(agent or house.agents[0]).resource_id,
        resource_ids=resource_ids,
        title="Atelier CV",
        starts_at=starts_at,
        capacity=capacity,
    )
    return made


def series(house: House, type_id: int, *, weekday: int = 1, **changes: Any) -> tuple[WorkshopSeries, Dates]:
    """Plan a series of workshops led by the third agent: each Tuesday at 14:00, for eight, unless the test says."""
    values: dict[str, Any] = {
        "venue_id": house.venue.id,
        "agent_resource_id": house.agents[2].resource_id,
        "title": "Atelier CV",
        "recurrence": Recurrence.weekly(weekday, since=date(2026, 4, 13)),
        "starts_minute": 14 * 60,
        "capacity": 8,
        **changes,
    }
    made: tuple[WorkshopSeries, Dates] = house.database.in_transaction(
        house.organisation.id, plan_series, house.system(), now=house.now, type_id=type_id, **values
    )
    return made


def somebody(number: int) -> Person:
    """One of many, each with a mail address."""
    return Person("Personne", f"Numéro {number}", None, f"p{number}@exemple.example", "fr")


def seat(house: House, planned: Workshop) -> Held:
    """Hold a seat, each time from another browser."""
    made: Held = house.database.in_transaction(
        house.organisation.id,
        hold_seat,
        visitor(house),
        now=house.now,
        client=f"browser {next(_clients)}",
        type_id=planned.type_id,
        workshop_id=planned.id,
    )
    return made


def listed(house: House, kind: AppointmentType, *, channel: Channel = Channel.ON_SITE) -> list[datetime]:
    """The starts that the public sees in the week of the tests."""
    question = Question(kind, channel, Interval(0, 1))
    with house.database.reading(house.organisation.id) as db:
        week = offers.week(db, question, monday=date(2026, 4, 13), now=house.now)
    return [offer.starts_at for _, found in week.days for offer in found]


def engaged(house: House) -> list[Engagement]:
    """Every engagement of the organisation, in order."""
    with house.database.reading(house.organisation.id) as db:
        return list(db.scalars(select(Engagement).order_by(Engagement.start_minute, Engagement.resource_id)))


def ticket_path(house: House, appointment: Appointment, channel: str = "page") -> str:
    """The address of a ticket."""

    def token(db: Session) -> str:
        link = link_of(db, appointment.id, channel)
        assert link is not None
        return link_token(link, house.keys)

    with house.database.reading(house.organisation.id) as db:
        return f"/rdv/{token(db)}"


LATER = timedelta(minutes=11)


def listed_now(house: House, kind: AppointmentType) -> list[datetime]:
    """The starts that the public sees in the week of the house's clock and the next."""
    question = Question(kind, Channel.ON_SITE, Interval(0, 1))
    monday = offers.monday_of(house.now.date())
    found = []
    with house.database.reading(house.organisation.id) as db:
        for later in (0, 7):
            week = offers.week(db, question, monday=monday + timedelta(days=later), now=house.now)
            found += [offer.starts_at for _, offers_of_day in week.days for offer in offers_of_day]
    return found


def holder(house: House, appointment: Appointment) -> Actor:
    """Whoever has the link of an appointment."""
    return Actor(ActorKind.BENEFICIARY, house.organisation.id, appointment.id, 1)


def cancel(house: House, appointment: Appointment) -> None:
    """Cancel by link."""
    house.database.in_transaction(
        house.organisation.id,
        cancel_appointment,
        holder(house, appointment),
        now=house.now,
        appointment_id=appointment.id,
    )


def open_reason(house: House, **changes: Any) -> AppointmentType:
    """A reason that is open on Tuesday from 9 to 12."""
    kind = reason(house, **changes)
    open_weekly(house, kind)
    return kind


def do(house: House, use_case: Any, **values: Any) -> Any:
    """Run a use case as the system, now."""
    return house.database.in_transaction(house.organisation.id, use_case, house.system(), now=house.now, **values)


def opened(house: House, kind: AppointmentType, **changes: Any) -> OpeningHours:
    """Open the first agent on Tuesdays from 9 to 12, or as the test says, and return the rule."""
    values: dict[str, Any] = {
        "resource_id": house.agents[0].resource_id,
        "venue_id": house.venue.id,
        "type_ids": [kind.id],
        "recurrence": Recurrence.weekly(1, since=date(2026, 4, 13)),
        "hours": Hours(9 * 60, 12 * 60),
        **changes,
    }
    rule: OpeningHours = do(house, open_hours, **values)
    return rule
