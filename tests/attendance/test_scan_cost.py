"""How many statements a scan takes, on both engines, those that begin and commit left out.

Accepted, it is five; through the API the look-up of the key comes before, so that the request is six.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import event, select

from attendance.domain.verdicts import Verdict
from attendance.models import HalfDay, Meeting
from attendance.steps.scans import SentScan
from booking.models import AppointmentStatus
from foundation.badges import BadgePayload, write_badge
from tests.attendance.scene import Scene, altered, announced, appointment, desk, training, workshop
from tests.house import House

ACCEPTED = 5


@pytest.fixture
def scene(house: House) -> Scene:
    """9:45 of the training: its first half-day opened at 9:30."""
    made = training(house)
    house.clock.advance(timedelta(minutes=45))
    return made


def taken(scene: Scene, sent: SentScan, verdict: Verdict, **others: Any) -> int:
    """Scan, be told `verdict`, and return how many statements it took."""
    statements: list[str] = []

    def listen(*told: Any) -> None:
        statements.append(told[2])

    event.listen(scene.house.database.engine, "before_cursor_execute", listen)
    heard = scene.scan(sent, **others).verdict
    event.remove(scene.house.database.engine, "before_cursor_execute", listen)
    assert heard is verdict, heard
    return len(statements)


def seats(scene: Scene) -> int:
    """Give two people a seat in a workshop that begins now; return its id."""
    booked = [appointment(scene, starts_at=scene.house.now, person=number) for number in range(2)]
    planned = workshop(scene, booked[0])
    for one in booked:
        scene.write(one, workshop_id=planned.id)
    announced(scene, *booked)
    return planned.id


# -- accepted ---------------------------------------------------------------------------------------------------------


def test_at_a_half_day_of_a_training(scene: Scene) -> None:
    assert taken(scene, scene.sent(), Verdict.SIGNED) == ACCEPTED
    assert taken(scene, scene.sent(1, key="key-0002"), Verdict.SIGNED) == ACCEPTED


def test_at_a_desk_for_a_training_that_is_held_there(scene: Scene) -> None:
    assert taken(scene, scene.sent(target=desk(scene)), Verdict.SIGNED) == ACCEPTED


def test_at_a_desk_for_an_appointment_whose_booking_was_heard_of(scene: Scene) -> None:
    announced(scene, appointment(scene, starts_at=scene.house.now, person=1))
    scene.house.worker.run_until_empty()
    assert taken(scene, scene.sent(1, target=desk(scene)), Verdict.SIGNED) == ACCEPTED


@pytest.mark.parametrize("door", ["desk", "half-day"])
def test_for_a_workshop_whose_bookings_were_heard_of(scene: Scene, door: str) -> None:
    workshop_id = seats(scene)
    scene.house.worker.run_until_empty()
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        query = select(HalfDay.id).join(Meeting, Meeting.id == HalfDay.meeting_id)
        half_day_id = db.scalars(query.where(Meeting.workshop_id == workshop_id)).one()
    target = desk(scene) if door == "desk" else replace(scene.target(), identifier=half_day_id)
    for number in range(2):
        sent = scene.sent(number, key=f"key-{number:04}", target=target)
        assert taken(scene, sent, Verdict.SIGNED) == ACCEPTED


# -- before the worker has heard of the booking: nothing waits for it, the scan makes the rows itself ------------------


def test_first_touch_takes_nine_and_the_next_person_at_the_same_workshop_seven(scene: Scene) -> None:
    """Nine: the meeting, its half-day, its facilitator and the attendee are written too."""
    seats(scene)
    first, second = (scene.sent(number, key=f"key-{number:04}", target=desk(scene)) for number in range(2))
    assert taken(scene, first, Verdict.SIGNED) == ACCEPTED + 4
    assert taken(scene, second, Verdict.SIGNED) == ACCEPTED + 2


def test_a_booking_that_was_moved_since_its_rows_were_made_takes_nine_once(scene: Scene) -> None:
    booked = appointment(scene, starts_at=scene.house.now + timedelta(minutes=10), person=1)
    announced(scene, booked)
    scene.house.worker.run_until_empty()
    scene.write(booked, starts_at=scene.house.now, ends_at=scene.house.now + timedelta(minutes=30))
    assert taken(scene, scene.sent(1, target=desk(scene)), Verdict.SIGNED) == ACCEPTED + 3
    departure = replace(scene.sent(1, key="key-0002", target=desk(scene)))
    assert taken(scene, departure, Verdict.ALREADY_SIGNED) == ACCEPTED + 2


# -- refused ----------------------------------------------------------------------------------------------------------


def foreign(scene: Scene) -> tuple[SentScan, bytes]:
    """A good badge of another organisation, and the public key that it names."""
    seed = bytes(range(1, 33))
    payload = BadgePayload(1, scene.house.other.id, bytes(16), scene.house.now + timedelta(days=1))
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    return replace(scene.sent(), badge=write_badge(payload, seed=seed)), public


def test_a_badge_that_is_not_believed_takes_two(scene: Scene) -> None:
    assert taken(scene, replace(scene.sent(), badge="rien"), Verdict.MALFORMED) == 2
    changed = replace(scene.sent(key="key-0002"), badge=altered(scene.texts[0]))
    assert taken(scene, changed, Verdict.UNKNOWN) == 2
    sent, public = foreign(scene)
    assert taken(scene, replace(sent, key="key-0003"), Verdict.NOT_OURS, foreign_key=public) == 2
    scene.write(scene.badges[1], revoked_at=scene.house.now)
    assert taken(scene, scene.sent(1, key="key-0004"), Verdict.REVOKED) == 2
    scene.house.clock.advance(timedelta(days=90))
    assert taken(scene, scene.sent(key="key-0005"), Verdict.EXPIRED) == 2


def test_who_is_not_expected_now_takes_three(scene: Scene) -> None:
    assert taken(scene, scene.sent(target=scene.target(1)), Verdict.TOO_EARLY) == 3
    booked = appointment(scene, starts_at=scene.house.now + timedelta(hours=6), person=1)
    scene.house.clock.advance(timedelta(hours=-1))  # 8:45: the training is not open either
    assert taken(scene, scene.sent(1, key="key-0002", target=desk(scene)), Verdict.TOO_EARLY) == 3
    scene.write(booked, status=AppointmentStatus.CANCELLED)
    assert taken(scene, scene.sent(1, key="key-0003", target=desk(scene)), Verdict.CANCELLED) == 3
    assert taken(scene, scene.sent(0, key="key-0004", target=desk(scene)), Verdict.WRONG_MEETING) == 3
    scene.house.clock.advance(timedelta(hours=6))
    assert taken(scene, scene.sent(key="key-0005"), Verdict.TOO_LATE) == 3


def test_who_has_signed_takes_seven_and_who_stands_at_the_wrong_half_day_four(scene: Scene) -> None:
    """Two more lock the cell and keep the duplicate; at a half-day one tells «not expected» from «there is none»."""
    scene.scan(scene.sent())
    assert taken(scene, scene.sent(key="key-0002"), Verdict.ALREADY_SIGNED) == ACCEPTED + 2
    scene.remove(scene.attendees[2])
    assert taken(scene, scene.sent(2, key="key-0003"), Verdict.WRONG_MEETING) == 4


# -- sent again -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("badge", ["good", "rien"])
def test_the_same_key_and_body_take_one(scene: Scene, badge: str) -> None:
    sent = scene.sent() if badge == "good" else replace(scene.sent(), badge=badge)
    first = scene.scan(sent).verdict
    assert taken(scene, sent, first) == 1


def test_the_same_key_with_another_body_takes_two(scene: Scene) -> None:
    scene.scan(scene.sent())
    assert taken(scene, scene.sent(1), Verdict.KEY_REUSED) == 2
