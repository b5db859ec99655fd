"""One of everything, once the crowd has gone: what the negative control breaks is there, after few attempts too."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from benchmarks.attempts.crowd import Crowd
from booking.domain.person import Person
from booking.models import Channel
from booking.use_cases.confirm_hold import confirm_hold
from booking.use_cases.hold_seat import hold_seat
from booking.use_cases.hold_slot import hold_slot
from booking.use_cases.plan_workshop import plan_workshop
from foundation.actors import system

LATER = timedelta(days=3)
"""Beyond the days that the crowd wants."""
NOBODY = Person("Camille", "Dernier", "+33639900000", "dernier@courriel.example", "fr")


def leave_one_of_each(crowd: Crowd, now: datetime) -> None:
    """Leave an appointment and a seat, and a live hold of each."""
    town = crowd.town
    day = datetime.combine((now + LATER).date(), time(), now.tzinfo)
    workshop = crowd.do(
        plan_workshop,
        system(town.organisation_id),
        now,
        type_id=town.group,
        venue_id=town.venues[0],
        agent_resource_id=town.resources[0],
        title="Atelier",
        starts_at=day + timedelta(hours=12),
        capacity=2,
    )
    for hour, is_confirmed in ((8, True), (9, False)):
        slot = {"type_id": town.types["alone"], "venue_id": town.venues[0], "channel": Channel.ON_SITE}
        starts_at = day + timedelta(hours=hour)
        held = crowd.do(hold_slot, crowd.visitor, now, client=f"last slot {hour}", starts_at=starts_at, **slot)
        seat = {"type_id": town.group, "workshop_id": workshop.id}
        seated = crowd.do(hold_seat, crowd.visitor, now, client=f"last seat {hour}", **seat)
        for token in (held.token, seated.token) if is_confirmed else ():
            crowd.told_booked.add(crowd.do(confirm_hold, crowd.visitor, now, token=token, person=NOBODY).id)
