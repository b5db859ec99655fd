"""The migrations make what the models say, on both engines, up and down, with data."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, Table, insert, inspect, select, text
from sqlalchemy.orm import Session

import attendance.models
import booking.models
import directory.models
from booking.domain.occurrences import Hours, Recurrence
from booking.models import Engagement, Hold, OpeningHours, OpeningOccurrence, Seat, TimeOff, TimeOffOccurrence
from foundation import schema
from foundation.database import Database
from foundation.models import Base, OutboxRow
from tests.house import furnish

EVERY_PACKAGE = (attendance.models, booking.models, directory.models)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Any) -> Any:
    """An empty database on each engine."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path}/empty.sqlite3")
        yield database
        database.dispose()
        return
    server = request.getfixturevalue("postgres")
    server.create("empty")
    database = Database(server.url("empty"))
    yield database
    database.dispose()
    server.drop("empty")


def described(connection: Connection) -> dict[str, Any]:
    """Everything the database itself says of its tables: columns, constraints and indexes, by name."""
    inspector = inspect(connection)
    said: dict[str, Any] = {}
    for table in sorted(inspector.get_table_names()):
        if table == "alembic_version":
            continue
        said[table] = {
            # Sorted: a column that a later migration adds stands last, wherever its model says it.
            "columns": sorted((c["name"], str(c["type"]), c["nullable"]) for c in inspector.get_columns(table)),
            "checks": sorted(
                (c["name"], "".join(c["sqltext"].split())) for c in inspector.get_check_constraints(table)
            ),
            "unique": sorted((c["name"], c["column_names"]) for c in inspector.get_unique_constraints(table)),
            "keys": sorted((c["name"], c["referred_table"]) for c in inspector.get_foreign_keys(table)),
            "indexes": sorted((i["name"], i["column_names"]) for i in inspector.get_indexes(table)),
        }
    if connection.dialect.name == "postgresql":
        exclusions = "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'x' ORDER BY 1"
        said["exclusions"] = [tuple(row) for row in connection.execute(text(exclusions))]
    return said


def test_the_migrations_make_what_the_models_say(empty: Database) -> None:
    with empty.engine.begin() as connection:
        schema.upgrade(connection)
        by_migrations = described(connection)
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
        schema.downgrade(connection, "base")
        assert described(connection) in ({}, {"exclusions": []})
        Base.metadata.create_all(connection)
        by_models = described(connection)
    assert by_migrations == by_models


def test_the_exclusion_constraint_is_there_on_postgresql(empty: Database) -> None:
    with empty.engine.begin() as connection:
        schema.upgrade(connection)
        if connection.dialect.name == "postgresql":
            assert [name for name, _ in described(connection)["exclusions"]] == ["ex_engagement_overlap"]


def test_each_migration_goes_up_and_down_again_with_data(empty: Database) -> None:
    with empty.engine.begin() as connection:
        schema.upgrade(connection)
    furnish(empty)
    with empty.engine.begin() as connection:
        assert Session(connection).query(directory.models.Agent).count() == 10
        schema.downgrade(connection, "base")
        schema.upgrade(connection)
        assert Session(connection).query(OutboxRow).count() == 0


BEFORE_RECURRENCES = "0002"
DIARY = (
    "opening_hours",
    "opening_hours_type",
    "opening_occurrence",
    "time_off",
    "hold",
    "engagement",
    "workshop",
    "seat",
    "meeting",
)
MORNING = datetime(2026, 4, 14, 7, tzinfo=UTC)
LATER = MORNING + timedelta(days=1)
AWAY = {"starts_at": MORNING, "ends_at": MORNING + timedelta(days=2, hours=3)}
FIRST_TEN_TO_THREE, SECOND_TEN_PAST_TWO = (datetime(2026, 10, 25, *at, tzinfo=UTC) for at in ((0, 50), (1, 10)))


def written(connection: Connection, table: str) -> list[dict[str, Any]]:
    """Every row of a table, whatever its columns are at this point of the history, in order."""
    described = Table(table, MetaData(), autoload_with=connection)
    rows = [dict(row) for row in connection.execute(select(described)).mappings()]
    return sorted(rows, key=lambda row: [str(row[name]) for name in sorted(row)])


def write(connection: Connection, table: str, **values: Any) -> None:
    """Write a row, with something in each column that must not be empty."""
    described = Table(table, MetaData(), autoload_with=connection)
    plain: dict[str, Any] = {"VARCHAR": "", "TEXT": "", "BIGINT": 1, "BOOLEAN": False, "JSON": []}
    row = {
        column.name: plain[str(column.type).partition("(")[0]]
        for column in described.columns
        if not column.nullable and column.name not in values
    }
    naive = connection.dialect.name == "sqlite"
    told = {
        name: value.replace(tzinfo=None) if naive and isinstance(value, datetime) else value
        for name, value in values.items()
    }
    connection.execute(insert(described).values(row | told))


def a_diary_of_before(connection: Connection) -> None:
    """A weekly rule with its dates, absences, a hold with what it takes, a workshop with a meeting and a held seat."""
    agents, venues = (Table(name, MetaData(), autoload_with=connection).c for name in ("resource", "venue"))
    agent_id, organisation_id = connection.execute(
        select(agents.id, agents.organisation_id).where(agents.kind == "agent").limit(1)
    ).one()
    mine = select(venues.id).where(venues.organisation_id == organisation_id).limit(1)
    house = {"organisation_id": organisation_id}
    here = {**house, "venue_id": connection.execute(mine).scalar_one()}
    types = {"channels": ["on-site"], "grid": "free", "duration_minutes": 30}
    write(connection, "appointment_type", **house, **types, id=11, name="Motif")
    rule_of_before(connection, {**here, "resource_id": agent_id})
    taken_before(connection, house, here, agent_id)


def rule_of_before(connection: Connection, whose: dict[str, Any]) -> None:
    rule = {"weekday": 1, "every_weeks": 2, "first_day": date(2026, 4, 13), "last_day": date(2026, 12, 31)}
    write(connection, "opening_hours", **whose, **rule, opens_at=time(22), closes_at=time(0), id=21)
    write(connection, "opening_hours_type", opening_hours_id=21, appointment_type_id=11)
    for number in range(3):
        starts_at = datetime(2026, 4, 14, 20, tzinfo=UTC) + timedelta(weeks=2 * number)
        spot = {"local_day": starts_at.date(), "starts_at": starts_at, "ends_at": starts_at + timedelta(hours=2)}
        row = {"opening_hours_id": 21, "is_cancelled": number == 1}
        write(connection, "opening_occurrence", **whose, **row, **spot, id=31 + number)


def taken_before(connection: Connection, house: dict[str, Any], here: dict[str, Any], agent_id: int) -> None:
    who = {**house, "resource_id": agent_id}
    write(connection, "time_off", **who, **AWAY, id=41, reason="formation")
    write(connection, "time_off", **who, starts_at=FIRST_TEN_TO_THREE, ends_at=SECOND_TEN_PAST_TWO, id=42)
    workshop = {"type_id": 11, "agent_resource_id": agent_id, "capacity": 2, "title": "Atelier"}
    write(connection, "workshop", **here, **workshop, **AWAY, id=51)
    held = {"type_id": 11, "resource_id": agent_id, "channel": "on-site", "created_at": MORNING, "expires_at": LATER}
    for number, workshop_id in ((61, None), (62, 51)):
        token = {"token_hash": f"token {number}", "workshop_id": workshop_id}
        write(connection, "hold", **here, **held, **token, id=number, starts_at=MORNING, ends_at=LATER)
    hold = {"kind": "hold", "hold_id": 61, "expires_minute": 150}
    write(connection, "engagement", **who, **hold, id=71, start_minute=100, end_minute=200)
    group = {"kind": "workshop", "workshop_id": 51}
    write(connection, "engagement", **who, **group, id=72, start_minute=300, end_minute=400)
    write(connection, "seat", **house, id=81, workshop_id=51, number=1, hold_id=62)
    write(connection, "meeting", **house, **group, id=91, created_at=MORNING, sheet_state="open")


def test_weekly_rules_become_recurrences_with_their_dates_and_come_back(empty: Database) -> None:
    with empty.engine.begin() as connection:
        schema.upgrade(connection)
    furnish(empty)
    with empty.engine.begin() as connection:
        schema.downgrade(connection, BEFORE_RECURRENCES)
        a_diary_of_before(connection)
        before = {table: written(connection, table) for table in DIARY}
    with empty.engine.begin() as connection:
        schema.upgrade(connection)
    with Session(empty.engine) as db:
        rule = db.scalars(select(OpeningHours)).one()
        days = Recurrence.weekly(1, since=date(2026, 4, 13), until=date(2026, 12, 31), every=2)
        assert (rule.recurrence, rule.hours) == (days, Hours(22 * 60, 24 * 60))
        assert (rule.closes_on_holidays, rule.written_until) == (True, date(2026, 5, 12))
        dates = db.scalars(select(OpeningOccurrence).order_by(OpeningOccurrence.id)).all()
        assert [(row.rule_day.day, row.is_cancelled, row.is_exception) for row in dates] == [
            (14, False, False),
            (28, True, False),
            (12, False, False),
        ]
        absences = db.scalars(select(TimeOff).order_by(TimeOff.id)).all()
        told = [(row.starts_minute, row.ends_minute, row.days, row.reason) for row in absences]
        assert told == [(9 * 60, 12 * 60, 2, "formation"), (170, 171, 0, "")]
        spans = db.scalars(select(TimeOffOccurrence).order_by(TimeOffOccurrence.id)).all()
        assert [(row.time_off_id, row.starts_at) for row in spans] == [(41, MORNING), (42, FIRST_TEN_TO_THREE)]
        assert db.scalars(select(Engagement.hold_id).order_by(Engagement.id)).all() == [61, None]
        assert db.scalars(select(Seat.hold_id)).all() == [62]
        assert db.scalars(select(Hold.people)).all() == [1, 1]
    with empty.engine.begin() as connection:
        schema.downgrade(connection, BEFORE_RECURRENCES)
    with empty.engine.begin() as connection:
        assert {table: written(connection, table) for table in DIARY} == before
