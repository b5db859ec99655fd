"""The negative control of the audit: for each of its checks, one way to break the books that it has to find."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from benchmarks.audit import CAPS, audit, moment
from foundation.database import Database


class Break(NamedTuple):
    """A statement that nobody should send, and the constraints of PostgreSQL that would not let it pass."""

    statement: str
    stood_in_the_way: tuple[tuple[str, str], ...] = ()


class NothingBroken(Exception):
    """There was no row to break: too little has happened."""


BREAKS: Mapping[str, Break] = MappingProxyType({
    "two engagements of one resource overlap": Break(
        """INSERT INTO engagement (id, organisation_id, resource_id, kind, start_minute, end_minute, appointment_id,
               is_override)
           SELECT -id, organisation_id, resource_id, kind, start_minute + 1, end_minute, appointment_id, is_override
           FROM engagement WHERE kind = 'appointment' AND NOT is_override ORDER BY id LIMIT 1""",
        (("engagement", "ex_engagement_overlap"),),
    ),
    "an override names no author or no reason": Break(
        """UPDATE engagement SET is_override = TRUE, override_reason = ' ', override_by = NULL
           WHERE id = (SELECT MIN(id) FROM engagement)"""
    ),
    "an engagement has no cause": Break(
        """UPDATE engagement SET appointment_id = 1
           WHERE id = (SELECT MIN(id) FROM engagement WHERE kind = 'appointment')""",
        (("engagement", "fk_engagement_appointment_id"),),
    ),
    "an appointment takes more or less than its resources": Break(
        "DELETE FROM engagement WHERE id = (SELECT MIN(id) FROM engagement WHERE kind = 'appointment')"
    ),
    "an appointment takes another time than its own": Break(
        """UPDATE engagement SET start_minute = start_minute + 1
           WHERE id = (SELECT MIN(id) FROM engagement WHERE kind = 'appointment')"""
    ),
    "an appointment in a workshop has not one seat there, or takes time": Break(
        "DELETE FROM seat WHERE id = (SELECT MIN(id) FROM seat WHERE appointment_id IS NOT NULL)"
    ),
    "an appointment that is off still takes something": Break(
        "UPDATE appointment SET status = 'cancelled' WHERE id = (SELECT MIN(appointment_id) FROM engagement)"
    ),
    "an appointment was written down without its line in the audit trail": Break(
        "DELETE FROM audit_entry WHERE id = (SELECT MIN(id) FROM audit_entry WHERE action = 'appointment-booked')"
    ),
    "a hold that still takes something is an appointment already": Break(
        """UPDATE engagement SET kind = 'hold', hold_id = appointment_id, appointment_id = NULL, expires_minute = 0
           WHERE id = (SELECT MIN(e.id) FROM engagement e JOIN hold h ON h.id = e.appointment_id)"""
    ),
    "a live hold is an appointment already": Break(
        """UPDATE hold SET expires_at = '2099-01-01 00:00:00.000000'
           WHERE id = (SELECT MIN(h.id) FROM hold h JOIN appointment a ON a.id = h.id)"""
    ),
    "a live hold keeps more or less than its resources": Break(
        """DELETE FROM engagement WHERE hold_id = (SELECT MIN(id) FROM hold
               WHERE expires_at > :now AND moves_appointment_id IS NULL AND workshop_id IS NULL)"""
    ),
    "a live hold of a workshop has not one seat there": Break(
        """DELETE FROM seat WHERE hold_id = (SELECT MIN(id) FROM hold
               WHERE expires_at > :now AND workshop_id IS NOT NULL)"""
    ),
    "a hold keeps another time than its own, or for another while": Break(
        """UPDATE engagement SET expires_minute = expires_minute + 1
           WHERE id = (SELECT MIN(id) FROM engagement WHERE kind = 'hold')"""
    ),
    "a workshop has a seat too many": Break("UPDATE seat SET number = 1000 WHERE id = (SELECT MIN(id) FROM seat)"),
    "a seat is nobody's, or two people's": Break(
        "UPDATE seat SET appointment_id = NULL, hold_id = NULL WHERE id = (SELECT MIN(id) FROM seat)",
        (("seat", "ck_seat_one_cause"),),
    ),
    "a workshop does not take the time of its agent": Break(
        "DELETE FROM engagement WHERE id = (SELECT MIN(id) FROM engagement WHERE kind = 'workshop')"
    ),
    "a workshop takes another time than its own": Break(
        """UPDATE engagement SET start_minute = start_minute + 1
           WHERE id = (SELECT MIN(id) FROM engagement WHERE kind = 'workshop')"""
    ),
    "an appointment is not when and where its workshop is": Break(
        """UPDATE appointment SET ends_at = '2099-01-01 00:00:00.000000'
           WHERE id = (SELECT MIN(appointment_id) FROM seat)"""
    ),
    CAPS: Break(
        """UPDATE appointment_type SET most_a_week = 0
           WHERE id = (SELECT MIN(type_id) FROM appointment WHERE status = 'booked' AND workshop_id IS NULL)"""
    ),
})  # fmt: skip


def found_when_broken(url: str, name: str, *, now: datetime) -> set[str]:
    """Break a database in one way, audit it, put everything back, and return which checks have found something.

    Raises NothingBroken when there is no such row.
    """
    database = Database(url)
    try:
        with database.engine.connect() as connection:
            if database.is_sqlite:
                _let_everything_pass(connection)
            with connection.begin() as transaction:
                _do(connection, BREAKS[name], now)
                found = set(audit(connection, now=now))
                transaction.rollback()
        return found
    finally:
        database.dispose()


def _let_everything_pass(connection: Connection) -> None:
    driver: Any = connection.connection.driver_connection
    for pragma in ("foreign_keys = OFF", "ignore_check_constraints = ON"):
        driver.execute(f"PRAGMA {pragma}")


def _do(connection: Connection, broken: Break, now: datetime) -> None:
    if connection.dialect.name != "sqlite":
        for table, constraint in broken.stood_in_the_way:
            connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}"))
    bound = {"now": moment(connection, now)} if ":now" in broken.statement else {}
    if not connection.execute(text(broken.statement), bound).rowcount:
        raise NothingBroken(broken.statement)
