from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from attendance.domain.verdicts import Verdict
from attendance.models import Facilitator, Meeting, Signature, Standing
from attendance.queries import meetings, sheet
from attendance.queries.sheet_view import SheetView
from attendance.use_cases.open_sheet import open_sheet
from booking.domain.person import Person
from booking.models import Appointment, AppointmentStatus, Workshop
from booking.use_cases.book_seat_for_person import book_seat_for_person
from booking.use_cases.cancel_workshop import cancel_workshop
from booking.use_cases.change_workshop import change_workshop
from tests.attendance.scene import Scene, appointment, desk, training, workshop
from tests.booking import diary
from tests.house import House


@pytest.fixture
def scene(house: House) -> Scene:
    return training(house)


def workshop_of_amadou(scene: Scene) -> tuple[Workshop, Appointment]:
    """A workshop at 9:20 for which Amadou has a seat."""
    booked = appointment(scene, starts_at=scene.house.now + timedelta(minutes=20), person=1)
    planned = workshop(scene, booked)
    scene.write(booked, workshop_id=planned.id)
    return planned, booked


def seat_of_amadou(scene: Scene) -> Workshop:
    """A workshop at 9:20, planned as staff do, into which they have put Amadou; the worker has heard of it."""
    kind = diary.reason(scene.house, is_workshop=True, channels=["on-site"])
    planned = diary.workshop(scene.house, kind, capacity=3, starts_at=scene.house.now + timedelta(minutes=20))
    amadou = Person("Amadou", "Diallo", "+33639980002", None, "fr")
    scene.house.database.in_transaction(
        scene.agent.organisation_id,
        book_seat_for_person,
        scene.agent,
        now=scene.house.now,
        workshop_id=planned.id,
        person=amadou,
    )
    scene.house.worker.run_until_empty()
    return planned


def changed(scene: Scene, planned: Workshop, **changes: Any) -> None:
    scene.house.database.in_transaction(
        scene.agent.organisation_id,
        change_workshop,
        scene.agent,
        now=scene.house.now,
        workshop_id=planned.id,
        changes=changes,
    )


def opened(scene: Scene, planned: Workshop) -> int:
    return scene.house.database.in_transaction(
        scene.agent.organisation_id, open_sheet, scene.agent, now=scene.house.now, workshop_id=planned.id
    )


def view_of(scene: Scene, meeting_id: int) -> SheetView:
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        return sheet.of_meeting(db, meeting_id, now=scene.house.now)


def test_the_sheet_of_a_workshop_holds_those_who_have_a_seat_and_its_agent(scene: Scene) -> None:
    planned, booked = workshop_of_amadou(scene)
    meeting_id = opened(scene, planned)
    assert opened(scene, planned) == meeting_id
    view = view_of(scene, meeting_id)
    assert [person.name for person in view.people] == ["Amadou Diallo"]
    assert [one.name for one in view.facilitators] == ["Karim Belkacem"]
    scene.write(booked, status=AppointmentStatus.CANCELLED)
    assert view_of(scene, meeting_id).people == ()


def test_a_badge_at_the_desk_signs_the_workshop_and_marks_the_appointment_arrived(scene: Scene) -> None:
    planned, booked = workshop_of_amadou(scene)
    answer = scene.scan(scene.sent(1, target=desk(scene)))
    assert (answer.verdict, answer.title) == (Verdict.SIGNED, "Atelier CV")
    scene.house.worker.run_until_empty()
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        status = db.scalars(select(Appointment.status).where(Appointment.id == booked.id)).one()
        since, until = scene.house.now - timedelta(days=1), scene.house.now + timedelta(days=1)
        listed = meetings.lines(db, since=since, until=until)
    assert status is AppointmentStatus.ARRIVED
    assert [(one.title, one.signatures) for one in listed if one.workshop_id == planned.id] == [("Atelier CV", 1)]


def test_a_cancelled_workshop_is_said_to_be_cancelled(scene: Scene) -> None:
    planned, _ = workshop_of_amadou(scene)
    scene.write(planned, cancelled_at=scene.house.now)
    assert scene.scan(scene.sent(1, target=desk(scene))).verdict is Verdict.CANCELLED


def test_a_seat_is_signed_at_the_new_time_of_its_workshop_whether_the_worker_has_heard_of_it_or_not(
    scene: Scene,
) -> None:
    planned = seat_of_amadou(scene)
    later = scene.house.now + timedelta(hours=5)
    changed(scene, planned, starts_at=later)
    assert scene.scan(scene.sent(1, target=desk(scene))).verdict is Verdict.TOO_EARLY
    scene.house.clock.set(later)
    answer = scene.scan(replace(scene.sent(1, key="key-0002", target=desk(scene)), observed_at=later))
    assert (answer.verdict, answer.title) == (Verdict.SIGNED, "Atelier CV")
    view = view_of(scene, opened(scene, planned))
    assert [one.starts_at for one in view.half_days] == [later]


def test_another_agent_of_a_workshop_countersigns_it(scene: Scene) -> None:
    planned = seat_of_amadou(scene)
    meeting_id = opened(scene, planned)
    assert [one.name for one in view_of(scene, meeting_id).facilitators] == ["Nadia Ferrand"]
    changed(scene, planned, agent_resource_id=scene.house.agents[1].resource_id)
    scene.house.worker.run_until_empty()
    assert [one.name for one in view_of(scene, meeting_id).facilitators] == ["Karim Belkacem"]


def test_a_seat_in_a_workshop_that_staff_have_cancelled_is_said_to_be_cancelled(scene: Scene) -> None:
    planned = seat_of_amadou(scene)
    scene.house.database.in_transaction(
        scene.agent.organisation_id, cancel_workshop, scene.agent, now=scene.house.now, workshop_id=planned.id
    )
    assert scene.scan(scene.sent(1, target=desk(scene))).verdict is Verdict.CANCELLED
    assert view_of(scene, opened(scene, planned)).people == ()


def test_a_moved_appointment_takes_its_half_day_along_until_it_is_signed(scene: Scene) -> None:
    booked = appointment(scene, starts_at=scene.house.now, person=1)
    early = scene.sent(1, target=desk(scene))
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        assert db.scalar(select(func.count(Meeting.id))) == 1  # the training alone: nothing was touched
    assert scene.scan(early).verdict is Verdict.SIGNED
    later = scene.house.now + timedelta(minutes=20)
    scene.write(booked, starts_at=later, ends_at=later + timedelta(minutes=30))
    again = scene.scan(replace(early, key="key-0002"))
    assert (again.verdict, again.signed_at) == (Verdict.ALREADY_SIGNED, scene.house.now)
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        assert db.scalar(select(func.count(Facilitator.id))) == 2


def test_twenty_first_scans_at_once_make_one_meeting_and_one_signature(scene: Scene) -> None:
    appointment(scene, starts_at=scene.house.now, person=1)
    scans = [scene.sent(1, key=f"key-{number:04}", target=desk(scene)) for number in range(20)]
    with ThreadPoolExecutor(20) as pool:
        verdicts = [answer.verdict for answer in pool.map(scene.scan, scans)]
    # Of one instant, the smaller key is the earlier: one that arrives later takes over, and is told so.
    assert Verdict.SIGNED in verdicts
    assert set(verdicts) <= {Verdict.SIGNED, Verdict.ALREADY_SIGNED}
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        assert db.scalar(select(func.count(Meeting.id))) == 2
        assert db.scalar(select(func.count(Facilitator.id))) == 2
        counting = select(func.count(Signature.id)).where(Signature.standing == Standing.COUNTS)
        assert db.scalar(counting) == 1
