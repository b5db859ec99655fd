"""An appointment is arrived exactly as long as something says so, in whatever order the worker hears of it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import timedelta
from itertools import permutations
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from attendance import reactions
from attendance.domain.events import AttendeeSigned, SignatureUndone
from attendance.domain.verdicts import Verdict
from attendance.models import Attendee, Correction, CorrectionAction, CorrectionState, HalfDay, Meeting, SignatureKind
from attendance.queries import presence
from attendance.steps.scans import SentScan
from attendance.use_cases.propose_correction import Proposal, propose_correction
from attendance.use_cases.undo_scan import SentUndo, undo_scan
from booking.models import Appointment, AppointmentStatus
from booking.use_cases.unmark_arrived import unmark_arrived
from directory.domain.permissions import NotAllowed
from foundation.actors import Actor, ActorKind
from foundation.models import AuditEntry, OutboxRow
from tests.attendance.racing import crowded
from tests.attendance.scene import Scene, appointment, desk, training, workshop
from tests.house import House

ARRIVAL, DEPARTURE = SignatureKind.ARRIVAL, SignatureKind.DEPARTURE
WITHDRAW, PRESENT = CorrectionAction.WITHDRAW, CorrectionAction.PRESENT
ARRIVED, BOOKED, NO_SHOW = AppointmentStatus.ARRIVED, AppointmentStatus.BOOKED, AppointmentStatus.NO_SHOW
TOLD = ("attendee-signed", "signature-undone", "correction-applied")
PERSON = 1
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
"""SQLite has one writer at a time, from its first statement on: there the question does not arise."""


@pytest.fixture
def scene(house: House) -> Scene:
    """The second person's appointment has just begun; nobody has come yet."""
    return training(house)


@pytest.fixture
def booked(scene: Scene) -> Appointment:
    return appointment(scene, starts_at=scene.house.now, person=PERSON)


def scan(scene: Scene, key: str, kind: SignatureKind = ARRIVAL) -> Verdict:
    sent = SentScan(key, scene.texts[PERSON], desk(scene), kind, scene.house.now)
    return scene.scan(sent).verdict


def undo(scene: Scene, key: str) -> Verdict:
    sent = SentUndo(f"undo-{key}", key, scene.house.now)
    house = scene.house
    return house.database.in_transaction(house.organisation.id, undo_scan, scene.agent, now=house.now, sent=sent)


def correct(scene: Scene, booked: Appointment, action: CorrectionAction, kind: SignatureKind = ARRIVAL) -> None:
    """Correct what the sheet of the appointment says, at once."""
    house = scene.house
    with house.database.reading(house.organisation.id) as db:
        meeting_id = db.scalars(select(Meeting.id).where(Meeting.appointment_id == booked.id)).one()
        where = (
            db.scalars(select(Attendee.id).where(Attendee.meeting_id == meeting_id)).one(),
            db.scalars(select(HalfDay.id).where(HalfDay.meeting_id == meeting_id)).one(),
        )
    said = Proposal(*where, kind, action, "Dit à l'accueil", None if action is WITHDRAW else house.now)
    house.database.in_transaction(
        house.organisation.id, propose_correction, scene.agent, now=house.now, meeting_id=meeting_id, proposal=said
    )
    house.clock.advance(timedelta(seconds=1))


def status(scene: Scene, booked: Appointment) -> AppointmentStatus:
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        return db.scalars(select(Appointment.status).where(Appointment.id == booked.id)).one()


def heard(scene: Scene, booked: Appointment) -> AppointmentStatus:
    """What the appointment is once the worker has done everything."""
    scene.house.worker.run_until_empty()
    return status(scene, booked)


def waiting(scene: Scene) -> list[int]:
    """What the worker has to hear of signatures, in the order in which it happened."""
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        rows = select(OutboxRow.id).where(OutboxRow.name.in_(TOLD), OutboxRow.done_at.is_(None))
        return list(db.scalars(rows.order_by(OutboxRow.id)))


def in_order(scene: Scene, rows: Sequence[int]) -> None:
    """Have the worker hear of these in this order."""

    def put(db: Session) -> None:
        first = scene.house.now - timedelta(hours=1)
        for number, row in enumerate(rows):
            due_at = first + timedelta(seconds=number)
            db.execute(update(OutboxRow).where(OutboxRow.id == row).values(due_at=due_at, done_at=None))

    scene.house.database.in_transaction(scene.agent.organisation_id, put)


# -- undone ------------------------------------------------------------------------------------------------------------


def test_what_was_taken_back_says_no_more_that_somebody_came(scene: Scene, booked: Appointment) -> None:
    assert scan(scene, "key-0001") is Verdict.SIGNED
    assert heard(scene, booked) is ARRIVED
    assert undo(scene, "key-0001") is Verdict.UNDONE
    assert heard(scene, booked) is BOOKED
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        noted = list(db.scalars(select(AuditEntry.action).where(AuditEntry.subject_id == booked.id)))
    assert noted == ["appointment-arrived", "appointment-not-arrived"]


def test_the_worker_may_hear_of_it_afterwards_only(scene: Scene, booked: Appointment) -> None:
    scan(scene, "key-0001")
    undo(scene, "key-0001")
    assert heard(scene, booked) is BOOKED


def test_a_departure_says_as_well_that_they_came(scene: Scene, booked: Appointment) -> None:
    scan(scene, "key-0001")
    assert scan(scene, "key-0002", DEPARTURE) is Verdict.SIGNED
    undo(scene, "key-0001")
    assert heard(scene, booked) is ARRIVED
    undo(scene, "key-0002")
    assert heard(scene, booked) is BOOKED


def test_signed_undone_and_signed_again_ends_arrived_in_any_order(scene: Scene, booked: Appointment) -> None:
    scan(scene, "key-0001")
    undo(scene, "key-0001")
    scan(scene, "key-0002")
    told = waiting(scene)
    assert len(told) == 3
    for order in permutations(told):
        scene.write(booked, status=BOOKED)
        in_order(scene, order)
        assert heard(scene, booked) is ARRIVED


def test_signed_twice_and_undone_twice_ends_booked_in_any_order(scene: Scene, booked: Appointment) -> None:
    for key in ("key-0001", "key-0002"):
        scan(scene, key)
        undo(scene, key)
    told = waiting(scene)
    assert len(told) == 4
    for before in (BOOKED, ARRIVED):
        for order in permutations(told):
            scene.write(booked, status=before)
            in_order(scene, order)
            assert heard(scene, booked) is BOOKED


# -- corrected ---------------------------------------------------------------------------------------------------------


def test_a_correction_that_withdraws_and_one_that_says_present(scene: Scene, booked: Appointment) -> None:
    scan(scene, "key-0001")
    assert heard(scene, booked) is ARRIVED
    correct(scene, booked, WITHDRAW)
    assert heard(scene, booked) is BOOKED
    correct(scene, booked, PRESENT)
    assert heard(scene, booked) is ARRIVED
    correct(scene, booked, WITHDRAW)
    assert heard(scene, booked) is BOOKED


def test_corrections_are_heard_in_any_order(scene: Scene, booked: Appointment) -> None:
    scan(scene, "key-0001")
    correct(scene, booked, WITHDRAW)
    correct(scene, booked, PRESENT)
    told = waiting(scene)
    assert len(told) == 3
    for order in permutations(told):
        scene.write(booked, status=BOOKED)
        in_order(scene, order)
        assert heard(scene, booked) is ARRIVED


def test_a_correction_of_the_departure_leaves_the_arrival(scene: Scene, booked: Appointment) -> None:
    scan(scene, "key-0001")
    scan(scene, "key-0002", DEPARTURE)
    correct(scene, booked, WITHDRAW, DEPARTURE)
    assert heard(scene, booked) is ARRIVED


def test_a_correction_that_waits_says_nothing(scene: Scene, booked: Appointment) -> None:
    scan(scene, "key-0001")
    undo(scene, "key-0001")
    heard(scene, booked)
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        attendee_id = db.scalars(select(Attendee.id).where(Attendee.meeting_id != scene.meeting_id)).one()
        half_day_id = db.scalars(select(HalfDay.id).where(HalfDay.meeting_id != scene.meeting_id)).one()

    def propose(db: Session) -> bool:
        said = {"kind": ARRIVAL, "action": PRESENT, "observed_at": scene.house.now, "reason": "Vu"}
        where = {"attendee_id": attendee_id, "half_day_id": half_day_id}
        more = {"state": CorrectionState.PENDING, "proposed_at": scene.house.now}
        db.add(Correction(organisation_id=scene.agent.organisation_id, **said, **where, **more))
        db.flush()
        return presence.has_come(db, attendee_id)

    assert scene.house.database.in_transaction(scene.agent.organisation_id, propose) is False


# -- what others have said ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("said", [NO_SHOW, AppointmentStatus.SEEN, AppointmentStatus.CANCELLED])
def test_what_a_person_has_said_since_stays(scene: Scene, booked: Appointment, said: AppointmentStatus) -> None:
    scan(scene, "key-0001")
    heard(scene, booked)
    scene.write(booked, status=said)
    undo(scene, "key-0001")
    assert heard(scene, booked) is said


def test_a_seat_in_a_workshop_is_told_of_too(scene: Scene, booked: Appointment) -> None:
    planned = workshop(scene, booked)
    scene.write(booked, workshop_id=planned.id)
    assert scan(scene, "key-0001") is Verdict.SIGNED
    assert heard(scene, booked) is ARRIVED
    undo(scene, "key-0001")
    assert heard(scene, booked) is BOOKED


def test_a_training_has_no_appointment_to_tell(scene: Scene, booked: Appointment) -> None:
    scene.house.clock.advance(timedelta(minutes=45))
    scene.scan(scene.sent(0))
    undo(scene, "key-0001")
    assert heard(scene, booked) is BOOKED
    assert waiting(scene) == []


def test_nobody_without_a_scanner_takes_an_arrival_back(scene: Scene, booked: Appointment) -> None:
    visitor = Actor(ActorKind.VISITOR, scene.agent.organisation_id, 0)
    with pytest.raises(NotAllowed):
        scene.house.database.in_transaction(
            scene.agent.organisation_id, unmark_arrived, visitor, now=scene.house.now, appointment_id=booked.id
        )


# -- two workers at once -----------------------------------------------------------------------------------------------


def two_workers(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """One has just read that somebody came when that is undone, and another worker hears of it first."""
    house, read = scene.house, presence.has_come
    scan(scene, "key-0001")
    (signed,) = events(scene, AttendeeSigned)
    others: list[Future[None]] = []

    def tell(event: AttendeeSigned | SignatureUndone) -> None:
        run(reactions.tell_booking, house.system(), event, house.now)

    def read_and_be_overtaken(db: Session, attendee_id: int) -> bool:
        has_come = read(db, attendee_id)
        if has_come and not others:
            undo(scene, "key-0001")
            others.append(threads.submit(tell, *events(scene, SignatureUndone)))
            wait(others, timeout=1)  # with the lock, it waits in vain: that is the point
        return has_come

    monkeypatch.setattr(presence, "has_come", read_and_be_overtaken)
    with crowded(house, 2) as run, ThreadPoolExecutor(1) as threads:
        tell(signed)
        others[0].result(timeout=30)


def events(scene: Scene, kind: type[AttendeeSigned | SignatureUndone]) -> list[Any]:
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        return [kind(**about) for about in db.scalars(select(OutboxRow.about).where(OutboxRow.name == kind.name()))]


@on_postgresql
def test_the_worker_that_reads_later_also_tells_later(
    scene: Scene, booked: Appointment, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_workers(scene, monkeypatch)
    assert status(scene, booked) is BOOKED


@on_postgresql
def test_without_the_lock_it_is_told_what_was_true_before(
    scene: Scene, booked: Appointment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reactions, "appointments", SimpleNamespace(by_id=lambda *_, **__: None))
    two_workers(scene, monkeypatch)
    assert status(scene, booked) is ARRIVED
