"""The rows of a meeting are made as bookings are made, follow them, and are made by whoever comes first otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.domain.refusals import TooEarlyToClose
from attendance.domain.verdicts import Verdict
from attendance.models import (
    Attendee,
    Countersignature,
    Facilitator,
    HalfDay,
    Meeting,
    MeetingKind,
    Signature,
    Standing,
)
from attendance.use_cases.close_sheet import close_sheet
from attendance.use_cases.countersign import countersign
from booking.domain.events import AppointmentMoved
from booking.models import Appointment, AppointmentStatus
from foundation.actors import Actor, ActorKind
from foundation.models import OutboxRow
from foundation.outbox import announce
from foundation.rows import insert_if_absent
from tests.attendance.scene import Scene, announced, appointment, desk, training, workshop
from tests.booking import diary
from tests.house import House


@pytest.fixture
def scene(house: House) -> Scene:
    return training(house)


def booked_at(scene: Scene, starts_at: datetime) -> Appointment:
    """An appointment of Amadou with Nadia, of which the worker has heard."""
    booked = appointment(scene, starts_at=starts_at, person=1)
    announced(scene, booked)
    scene.house.worker.run_until_empty()
    return booked


def moved(scene: Scene, booked: Appointment, **values: object) -> None:
    """Move an appointment as booking does, and have the worker hear of it."""
    scene.write(booked, **values)
    house = scene.house
    event = AppointmentMoved(booked.id, 1)
    house.database.in_transaction(house.organisation.id, lambda db: announce(db, house.system(), event, now=house.now))
    house.worker.run_until_empty()


def rows(scene: Scene) -> list[tuple[datetime, int | None, list[int], list[str]]]:
    """The start, the venue, the attendees and the facilitators of every meeting that comes from a booking."""
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        query = select(Meeting, HalfDay.starts_at).join(HalfDay, HalfDay.meeting_id == Meeting.id)
        found = db.execute(query.where(Meeting.kind != MeetingKind.TRAINING)).all()
        return [
            (
                starts_at,
                meeting.venue_id,
                list(db.scalars(select(Attendee.beneficiary_id).where(Attendee.meeting_id == meeting.id))),
                list(db.scalars(select(Facilitator.name).where(Facilitator.meeting_id == meeting.id))),
            )
            for meeting, starts_at in found
        ]


def nothing_failed(scene: Scene) -> bool:
    """Say whether the worker put nothing off."""
    failed = select(OutboxRow.id).where(OutboxRow.done_at.is_(None), OutboxRow.attempts > 0)
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        return not db.scalars(failed).all()


def test_a_booking_made_by_a_visitor_has_its_rows_before_anybody_comes(house: House) -> None:
    kind = diary.open_reason(house)
    booked = diary.book(house, kind, diary.at(7))
    house.worker.run_until_empty()
    with house.database.reading(house.organisation.id) as db:
        meeting = db.scalars(select(Meeting)).one()
        assert meeting.appointment_id == booked.id
        assert db.scalars(select(HalfDay.starts_at)).all() == [booked.starts_at]
        assert db.scalars(select(Attendee.beneficiary_id)).all() == [booked.beneficiary_id]
        assert db.scalars(select(Facilitator.name)).all() == ["Nadia Ferrand"]


def test_two_seats_of_a_workshop_are_two_lines_of_one_meeting(scene: Scene) -> None:
    seats = [appointment(scene, starts_at=scene.house.now, person=number) for number in range(2)]
    planned = workshop(scene, seats[0])
    for one in seats:
        scene.write(one, workshop_id=planned.id)
    announced(scene, *seats)
    scene.house.worker.run_until_empty()
    ((_, _, people, agents),) = rows(scene)
    assert (set(people), agents) == ({scene.people[0].id, scene.people[1].id}, ["Karim Belkacem"])


def test_hearing_of_a_booking_after_the_scan_made_its_rows_changes_nothing(scene: Scene) -> None:
    booked = appointment(scene, starts_at=scene.house.now, person=1)
    announced(scene, booked)
    assert scene.scan(scene.sent(1, target=desk(scene))).verdict is Verdict.SIGNED
    before = rows(scene)
    scene.house.worker.run_until_empty()
    assert rows(scene) == before
    assert nothing_failed(scene)


def test_a_cancelled_booking_gets_no_rows(scene: Scene) -> None:
    booked = appointment(scene, starts_at=scene.house.now, person=1)
    announced(scene, booked)
    scene.write(booked, status=AppointmentStatus.CANCELLED)
    scene.house.worker.run_until_empty()
    assert rows(scene) == []
    assert nothing_failed(scene)


def test_a_moved_booking_takes_hours_venue_and_agent_along(scene: Scene) -> None:
    booked = booked_at(scene, scene.house.now)
    later = scene.house.now + timedelta(days=1)
    karim = scene.house.agents[1]
    moved(
        scene, booked, starts_at=later, ends_at=later + timedelta(minutes=30),
        venue_id=scene.house.far_venue.id, resource_id=karim.resource_id,
    )  # fmt: skip
    assert rows(scene) == [(later, scene.house.far_venue.id, [scene.people[1].id], [karim.name])]


def test_another_agent_at_the_same_hour_gets_a_row_of_their_own_so_that_no_old_link_countersigns(scene: Scene) -> None:
    booked = booked_at(scene, scene.house.now)

    def led_by(db: Session) -> Facilitator:
        query = select(Facilitator).join(Meeting, Meeting.id == Facilitator.meeting_id)
        return db.scalars(query.where(Meeting.appointment_id == booked.id)).one()

    with scene.house.database.reading(scene.agent.organisation_id) as db:
        before = led_by(db)
    moved(scene, booked, resource_id=scene.house.agents[1].resource_id)
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        after = led_by(db)
    assert (before.name, after.name) == ("Nadia Ferrand", "Karim Belkacem")
    assert before.id != after.id
    moved(scene, booked)
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        assert led_by(db).id == after.id


def test_who_has_countersigned_stays(scene: Scene) -> None:
    booked = booked_at(scene, scene.house.now)
    house = scene.house

    def countersign_behind_everybody(db: Session) -> None:
        query = select(Facilitator, HalfDay.id).join(HalfDay, HalfDay.meeting_id == Facilitator.meeting_id)
        query = query.join(Meeting, Meeting.id == HalfDay.meeting_id).where(Meeting.appointment_id == booked.id)
        who, half_day_id = db.execute(query).one()
        values = {"facilitator_id": who.id, "half_day_id": half_day_id, "headcount": 1, "signed_at": house.now}
        db.add(Countersignature(organisation_id=house.organisation.id, **values))

    house.database.in_transaction(house.organisation.id, countersign_behind_everybody)
    moved(scene, booked, resource_id=house.agents[1].resource_id)
    ((_, _, _, agents),) = rows(scene)
    assert agents == ["Nadia Ferrand"]
    assert nothing_failed(scene)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_who_countersigns_while_the_booking_goes_to_another_agent_is_heard(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite has one writer at a time. The reaction waits, finds the countersignature, and lets the agent be."""
    booked, house = booked_at(scene, scene.house.now), scene.house
    reactions = list[Thread]()

    def insert_late(*arguments: Any, **values: Any) -> int | None:
        reactions.append(
            Thread(target=moved, args=(scene, booked), kwargs={"resource_id": house.agents[1].resource_id})
        )
        reactions[0].start()
        reactions[0].join(timeout=1)
        return insert_if_absent(*arguments, **values)

    monkeypatch.setattr("attendance.use_cases.countersign.insert_if_absent", insert_late)
    with house.database.reading(house.organisation.id) as db:
        query = select(Facilitator.id, HalfDay.id).join(HalfDay, HalfDay.meeting_id == Facilitator.meeting_id)
        query = query.join(Meeting, Meeting.id == HalfDay.meeting_id).where(Meeting.appointment_id == booked.id)
        facilitator_id, half_day_id = db.execute(query).one()
    who = Actor(ActorKind.FACILITATOR, house.organisation.id, facilitator_id, None)
    house.database.in_transaction(
        house.organisation.id, countersign, who, now=house.now, half_day_id=half_day_id, headcount=1, is_confirmed=True
    )
    reactions[0].join()
    house.clock.advance(timedelta(minutes=1))
    house.worker.run_until_empty()
    ((_, _, _, agents),) = rows(scene)
    assert agents == ["Nadia Ferrand"]
    assert nothing_failed(scene)


def test_a_sheet_is_not_closed_before_a_booking_is_over_of_whose_move_no_worker_has_heard(scene: Scene) -> None:
    booked, house = booked_at(scene, scene.house.now), scene.house
    later = booked.starts_at + timedelta(days=1)
    scene.write(booked, starts_at=later, ends_at=later + timedelta(minutes=30))
    house.clock.advance(timedelta(hours=2))
    with house.database.reading(house.organisation.id) as db:
        meeting_id = db.scalars(select(Meeting.id).where(Meeting.appointment_id == booked.id)).one()

    def close() -> None:
        house.database.in_transaction(
            house.organisation.id, close_sheet, scene.agent, now=house.now, meeting_id=meeting_id
        )

    with pytest.raises(TooEarlyToClose):
        close()
    house.clock.set(later)
    assert scene.scan(scene.sent(1, target=desk(scene))).verdict is Verdict.SIGNED
    house.clock.advance(timedelta(hours=1))
    close()


def test_what_was_signed_stays_as_it_was_signed_when_the_booking_moves(scene: Scene) -> None:
    booked = booked_at(scene, scene.house.now)
    assert scene.scan(scene.sent(1, target=desk(scene))).verdict is Verdict.SIGNED
    later = booked.starts_at + timedelta(minutes=10)
    moved(scene, booked, starts_at=later, ends_at=later + timedelta(minutes=30))
    ((starts_at, *_),) = rows(scene)
    assert starts_at == booked.starts_at
    again = scene.scan(replace(scene.sent(1, target=desk(scene)), key="key-0002"))
    assert again.verdict is Verdict.ALREADY_SIGNED
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        assert len(db.scalars(select(Signature).where(Signature.standing == Standing.COUNTS)).all()) == 1
