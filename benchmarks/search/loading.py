"""Writes the public data set down, as rows straight into the tables."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import Connection

from benchmarks.search.data_set import HORIZON, KINDS, NOW, ZONE, Booked, DataSet
from benchmarks.search.opening import Loaded, Opening
from benchmarks.search.writing import Row, some_at_once, write
from booking.domain.intervals import instant_of
from booking.models import Appointment, AppointmentStatus, AppointmentType, Channel, Engagement, EngagementKind
from directory.models import Beneficiary, Organisation, Resource, ResourceKind, Venue
from foundation.database import Database
from foundation.ids import new_id

SLUG = "jeu-public"
PLACE = {"address": "12 rue des Faures, 33000 Bordeaux", "time_zone": ZONE.key, "region": "FR"}


def load(database: Database, data: DataSet) -> Loaded:
    """Fill a migrated database without rows, all or nothing; raise TooSmall."""
    with database.engine.begin() as connection:
        loaded = _load_set_up(connection, data)
        Opening(connection, data, loaded).write()
        _write_appointments(connection, loaded, data.everything())
    return loaded


def fill_up(database: Database, data: DataSet, loaded: Loaded) -> None:
    """Take all that is free in the next months."""
    with database.engine.begin() as connection:
        _write_appointments(connection, loaded, data.filling())


def _load_set_up(connection: Connection, data: DataSet) -> Loaded:
    organisation = _organisation()
    own = {"organisation_id": organisation["id"]}
    venues = [{**own, "id": new_id(), "name": f"Lieu {number + 1:03}", **PLACE} for number in range(data.venues)]
    agents = [
        {**own, "id": new_id(), "name": f"Agent {number + 1:02}", "kind": ResourceKind.AGENT}
        for number in range(data.agents)
    ]
    types = [
        {
            **own,
            "id": new_id(),
            "name": kind.name,
            "duration_minutes": kind.minutes,
            "pause_minutes": kind.pause,
            "channels": [Channel.ON_SITE.value],
            "booking_horizon_minutes": HORIZON // timedelta(minutes=1),
        }
        for kind in KINDS
    ]
    people = [_person(number, organisation["id"]) for number in range(data.people)]
    written: list[list[Row]] = [[organisation], venues, agents, types, people]
    for model, rows in zip((Organisation, Venue, Resource, AppointmentType, Beneficiary), written, strict=True):
        write(connection, model, rows)
    ids = [[row["id"] for row in rows] for rows in written[1:]]
    return Loaded(organisation["id"], *ids)


def _organisation() -> Row:
    return {
        "id": new_id(),
        "name": "Jeu public",
        "slug": SLUG,
        "siret": "81234567800015",
        "activity_declaration": "75331234533",
        "phone": "+33556010203",
        "email": "accueil@mesure.example",
        "created_at": NOW,
        **PLACE,
    }


def _person(number: int, organisation_id: int) -> Row:
    return {
        "id": new_id(),
        "organisation_id": organisation_id,
        "first_name": "Camille",
        "last_name": f"Durand {number:08}",
        "searched_name": f"camille durand {number:08}",
        "phone": f"+336{number:08}",
        "email": f"camille{number}@courriel.example",
        "language": "fr",
        "created_at": NOW,
    }


def _write_appointments(connection: Connection, loaded: Loaded, booked: Iterable[Booked]) -> None:
    for some in some_at_once(_appointment(loaded, number, one) for number, one in enumerate(booked)):
        write(connection, Appointment, (appointment for appointment, _ in some))
        write(connection, Engagement, (engagement for _, engagement in some))


def _appointment(loaded: Loaded, number: int, one: Booked) -> tuple[Row, Row]:
    kind = KINDS[one.kind]
    starts_at = instant_of(one.start)
    own = {"organisation_id": loaded.organisation_id, "resource_id": loaded.agents[one.agent]}
    appointment = {
        **own,
        "id": new_id(),
        "type_id": loaded.types[one.kind],
        "beneficiary_id": loaded.people[number % len(loaded.people)],
        "venue_id": loaded.venues[one.venue],
        "channel": Channel.ON_SITE,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=kind.minutes),
        "status": AppointmentStatus.SEEN if starts_at < NOW else AppointmentStatus.BOOKED,
        "created_at": min(NOW, starts_at - timedelta(days=14)),
    }
    engagement = {
        **own,
        "id": new_id(),
        "kind": EngagementKind.APPOINTMENT,
        "start_minute": one.start,
        "end_minute": one.start + kind.minutes + kind.pause,
        "appointment_id": appointment["id"],
    }
    return appointment, engagement
