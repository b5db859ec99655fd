"""Negative controls: the audit finds a second effect, a lost one, a half one and an overlap when there is one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import text

from foundation.ids import from_text
from tests.api import Asking, asking
from tests.crashes.audit import Told, connected, faults, faults_in, unkept
from tests.crashes.scene import Scene, furnish, house_now, made

PERSON = {"first_name": "Camille", "last_name": "Durand", "email": "camille@exemple.example"}
SABOTAGE = {
    "DELETE FROM appointment": "lost: appointment",
    "UPDATE appointment SET status = 'cancelled'": "changed: appointment",
    "DELETE FROM hold": "lost: hold",
    "DELETE FROM idempotency_key WHERE key = 'booked'": "lost: key booked",
    "UPDATE idempotency_key SET status = 0 WHERE key = 'booked'": "half written: key booked",
    "DELETE FROM engagement WHERE kind = 'appointment' AND resource_id = {room}": "half written: what appointment",
    "DELETE FROM engagement WHERE kind = 'appointment'": "half written: what appointment",
    "UPDATE engagement SET end_minute = end_minute + 1 WHERE kind = 'appointment'": "half written: what appointment",
    "DELETE FROM engagement WHERE kind = 'hold' AND resource_id = {room}": "half written: what hold",
    "UPDATE engagement SET appointment_id = 1 WHERE kind = 'appointment'": "half written: engaged for appointment",
    "UPDATE engagement SET hold_id = 1 WHERE kind = 'hold'": "half written: engaged for hold",
    "UPDATE engagement SET start_minute = start_minute - 1 WHERE kind = 'hold'": "twice at once",
    "DELETE FROM outbox WHERE name = 'appointment-booked'": "half written: appointment {booked} is announced 0 times",
    "DELETE FROM audit_entry WHERE action = 'appointment-booked'": "half written: appointment {booked} is in the audit",
    "DELETE FROM personal_link": "half written: appointment {booked} is linked 0 times",
}
"""What is done by SQL, and what the audit must say of it."""


def test_sent_again_under_the_same_key_the_audit_finds_nothing_wrong(database_url: str) -> None:
    assert faults(database_url, by_staff(furnish(database_url), "one", "one")) == []


def test_sent_again_under_a_new_key_it_is_done_twice_and_the_audit_counts_it(database_url: str) -> None:
    told = by_staff(furnish(database_url), "one", "another")
    assert faults(database_url, told) == ["nobody was told of 1 appointments", "nobody was told of 1 keys"]
    assert faults(database_url, told, unanswered=1) == []


def test_whatever_is_lost_or_half_written_or_twice_at_once_is_found(database_url: str) -> None:
    scene = furnish(database_url)
    with house_now(database_url) as house:
        room, program = house.room.id, asking(house, scene.key)
        held = send(program, "/holds", scene.place(scene.starts[0]), key="held")
        booked = send(program, "/appointments", {"hold": held["token"], "person": PERSON}, key="booked")
        waiting = send(program, "/holds", scene.place(scene.starts[1]), key="waiting")
        assert "appointment-booked: None" in unkept(database_url, now=house.now)
    told = Told(
        start_by_id(booked),
        frozenset(from_text(one["id"]) for one in (held, waiting)),
        frozenset({"held", "booked", "waiting"}),
    )
    assert faults(database_url, told) == []
    for command, said in SABOTAGE.items():
        found = after(database_url, command.format(room=room), told)
        assert any(fault.startswith(said.format(booked=booked["id"])) for fault in found), (command, found)


def by_staff(scene: Scene, *keys: str) -> Told:
    """Have staff send one booking once under each key; return what the last answer told, as if no other had come."""
    place = scene.place(scene.starts[0], type_id=scene.other_type_id)
    with house_now(scene.url) as house:
        program = asking(house, scene.key)
        answers = [send(program, "/appointments/by-staff", {**place, "person": PERSON}, key=key) for key in keys]
    return Told(start_by_id(answers[-1]), frozenset(), frozenset(keys[-1:]))


def start_by_id(booked: dict[str, Any]) -> dict[int, datetime]:
    """Return what an appointment's answer tells the audit."""
    return {from_text(booked["id"]): datetime.fromisoformat(booked["starts_at"])}


def send(program: Asking, path: str, body: dict[str, Any], *, key: str) -> dict[str, Any]:
    """Send a request under a key, and return what was made."""
    return made(program.post(path, body, headers={"Idempotency-Key": key}))


def after(url: str, command: str, told: Told) -> Sequence[str]:
    """Return what the audit finds after something that the database itself would have refused; then it is undone."""
    with connected(url) as db:
        if db.dialect.name == "postgresql":
            db.execute(text("SET LOCAL session_replication_role = replica"))
            db.execute(text("ALTER TABLE engagement DROP CONSTRAINT ex_engagement_overlap"))
        db.execute(text(command))
        return faults_in(db, told)
