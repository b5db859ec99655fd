"""What `reading` and `in_transaction` promise, on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from threading import Barrier, Thread

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from directory.domain.refusals import SlugTaken
from directory.models import Organisation, Venue
from foundation import database as database_module
from foundation.database import EVERY_ORGANISATION, Database
from foundation.models import Throttle
from foundation.refusals import Busy, Conflict
from foundation.rows import insert_if_absent
from foundation.tenancy import WrongOrganisation
from tests.servers.web import free_port

NOW = datetime(2026, 4, 13, 7, 0, tzinfo=UTC)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.dispose()


def first_two(database: Database) -> list[Organisation]:
    with database.reading(EVERY_ORGANISATION) as db:
        return list(db.scalars(select(Organisation).order_by(Organisation.id)))


def test_reading_cannot_write_because_the_database_says_so(database: Database) -> None:
    with pytest.raises(DBAPIError), database.reading(EVERY_ORGANISATION) as db:
        db.execute(update(Venue).values(name="changed"))
    with database.reading(EVERY_ORGANISATION) as db:
        assert db.scalar(select(func.count(Venue.id)).where(Venue.name == "changed")) == 0


def test_a_connection_that_was_read_from_can_be_written_with_again(database: Database) -> None:
    ours = first_two(database)[0]
    for _ in range(3):
        with database.reading(ours.id) as db:
            assert db.scalar(select(func.count(Venue.id))) == 2
        database.in_transaction(ours.id, lambda db: db.execute(update(Venue).values(directions="ici")))


def test_a_refusal_leaves_no_trace(database: Database) -> None:
    def write_then_refuse(db: Session) -> None:
        db.execute(update(Venue).values(name="changed"))
        raise Conflict

    with pytest.raises(Conflict):
        database.in_transaction(EVERY_ORGANISATION, write_then_refuse)
    with database.reading(EVERY_ORGANISATION) as db:
        assert db.scalar(select(func.count(Venue.id)).where(Venue.name == "changed")) == 0


def test_an_organisation_never_sees_anothers_rows(database: Database) -> None:
    ours, theirs = first_two(database)
    with database.reading(theirs.id) as db:
        foreign = db.scalars(select(Venue.id)).all()
    with database.reading(ours.id) as db:
        assert db.scalar(select(func.count()).select_from(Venue)) == 2
        assert db.get(Venue, foreign[0]) is None
        assert db.execute(select(Venue.name).where(Venue.id.in_(foreign))).all() == []
        joined = select(Organisation.name).join(Venue, Venue.organisation_id == Organisation.id)
        assert set(db.scalars(joined)) == {ours.name}


def test_an_organisation_never_changes_anothers_rows(database: Database) -> None:
    ours, theirs = first_two(database)

    def sweep(db: Session) -> None:
        db.execute(update(Venue).values(name="ours now"))
        db.execute(delete(Throttle))

    database.in_transaction(ours.id, sweep)
    with database.reading(theirs.id) as db:
        assert db.scalar(select(func.count(Venue.id)).where(Venue.name == "ours now")) == 0
    with database.reading(ours.id) as db:
        assert db.scalar(select(func.count(Venue.id)).where(Venue.name == "ours now")) == 2


def test_a_row_of_another_organisation_cannot_be_written(database: Database) -> None:
    ours, theirs = first_two(database)

    def intrude(db: Session) -> None:
        db.add(Venue(organisation_id=theirs.id, name="x", address="x", time_zone="Europe/Paris", region="FR"))

    with pytest.raises(WrongOrganisation):
        database.in_transaction(ours.id, intrude)


def test_a_violated_constraint_becomes_its_refusal_by_name(database: Database) -> None:
    ours, theirs = first_two(database)

    def take_the_slug(db: Session) -> None:
        db.execute(update(Organisation).where(Organisation.id == theirs.id).values(slug=ours.slug))

    with pytest.raises(SlugTaken):
        database.in_transaction(EVERY_ORGANISATION, take_the_slug)


def test_a_violated_check_is_known_by_its_name_too(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    class TooHigh(Conflict):
        pass

    monkeypatch.setitem(database_module._refusals, "ck_agent_role", TooHigh)
    with pytest.raises(TooHigh):
        database.in_transaction(EVERY_ORGANISATION, lambda db: db.execute(text("UPDATE agent SET role = 'king'")))


def test_two_that_insert_the_same_row_at_once_end_with_one_row_and_one_told_so(database: Database) -> None:
    barrier, told = Barrier(8), []

    def insert_it(db: Session) -> int | None:
        return insert_if_absent(db, Throttle, name="the same", window_began_at=NOW, failures=0)

    def run() -> None:
        barrier.wait()
        told.append(database.in_transaction(EVERY_ORGANISATION, insert_it))

    threads = [Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([one for one in told if one is not None]) == 1
    assert len(told) == 8


def test_writers_that_meet_run_again_until_all_have_written(database: Database) -> None:
    """Two rows locked in opposite orders deadlock on PostgreSQL; on SQLite the writers queue. Both end whole."""
    names = ("first", "second")
    rows = [{"id": n, "name": name, "window_began_at": NOW, "failures": 0} for n, name in enumerate(names, 1)]
    database.in_transaction(EVERY_ORGANISATION, lambda db: db.execute(insert(Throttle), rows))
    barrier = Barrier(2)

    def count_both(db: Session, order: tuple[str, ...]) -> None:
        for name in order:
            row = db.scalars(select(Throttle).where(Throttle.name == name).with_for_update()).one()
            row.failures += 1
            db.flush()

    def run(order: tuple[str, ...]) -> None:
        barrier.wait()
        for _ in range(20):
            database.in_transaction(EVERY_ORGANISATION, count_both, order)

    threads = [Thread(target=run, args=(order,)) for order in (names, names[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading(EVERY_ORGANISATION) as db:
        assert {tuple(row) for row in db.execute(select(Throttle.name, Throttle.failures))} == {
            ("first", 40),
            ("second", 40),
        }


def test_a_naive_datetime_is_refused(database: Database) -> None:
    def write(db: Session) -> None:
        db.add(Throttle(name="naive", window_began_at=NOW.replace(tzinfo=None), failures=0))

    with pytest.raises(Exception, match="naive"):
        database.in_transaction(EVERY_ORGANISATION, write)


def test_sqlite_is_set_to_lose_nothing(furnished_sqlite: object, tmp_path: object) -> None:
    database = Database(f"sqlite:///{tmp_path}/pragmas.sqlite3")
    with database.reading(EVERY_ORGANISATION) as db:
        said = {
            p: db.scalar(text(f"PRAGMA {p}")) for p in ("foreign_keys", "synchronous", "journal_mode", "query_only")
        }
    database.dispose()
    assert said == {"foreign_keys": 1, "synchronous": 2, "journal_mode": "truncate", "query_only": 1}


def test_prepared_statements_are_off_when_a_pooler_is_declared(postgres: object) -> None:
    database = Database(postgres.url("postgres"), pooler=True)  # type: ignore[attr-defined]
    with database.engine.connect() as connection:
        assert connection.connection.driver_connection.prepare_threshold is None  # type: ignore[union-attr]
        assert connection.dialect.name == "postgresql"
        assert connection.get_isolation_level() == "READ COMMITTED"
    database.dispose()


def test_a_database_that_cannot_be_reached_is_busy_and_no_bug() -> None:
    database = Database(f"postgresql+psycopg://nobody@127.0.0.1:{free_port()}/nothing?connect_timeout=2")
    tried: list[int] = []
    with pytest.raises(Busy), database.reading(EVERY_ORGANISATION) as db:
        db.execute(text("SELECT 1"))
    with pytest.raises(Busy):
        database.in_transaction(EVERY_ORGANISATION, lambda db: tried.append(db.scalar(text("SELECT 1"))))
    assert tried == []
    database.dispose()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_connection_that_breaks_is_told_at_once_and_not_tried_again(database_url: str) -> None:
    database = Database(database_url)
    tried: list[int] = []

    def hang_up(db: Session) -> None:
        tried.append(1)
        db.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(Busy):
        database.in_transaction(EVERY_ORGANISATION, hang_up)
    assert tried == [1], "nobody knows whether the commit went through: whoever asks again with the same key does"
    with database.reading(EVERY_ORGANISATION) as db:
        assert db.scalar(text("SELECT 1")) == 1
    database.dispose()
