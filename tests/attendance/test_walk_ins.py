"""Somebody comes without being expected, is added, and signs like everybody else."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from attendance.domain.refusals import SheetIsClosed
from attendance.domain.verdicts import Verdict
from attendance.domain.walk_ins import (
    MeetingCancelled,
    MeetingNotToday,
    MeetingTakesOne,
    UnreadableWalkIn,
    is_open_or_today,
)
from attendance.models import Attendee, Meeting, SheetState
from attendance.queries import half_days, sheet
from attendance.queries.links import signing_page
from attendance.use_cases import add_walk_in as add_walk_ins
from attendance.use_cases.add_walk_in import Added, WalkIn, add_walk_in
from attendance.use_cases.open_sheet import open_sheet, open_sheet_of_appointment
from booking.models import Workshop
from directory.domain.permissions import NotAllowed, Permission
from directory.domain.refusals import BeneficiaryNotFound
from tests.api import asking, key
from tests.attendance.racing import at_once, drop_unique, meeting_halfway, unguarded
from tests.attendance.scene import Scene, appointment, desk, shown, training, workshop
from tests.house import START, House

ROSE = WalkIn(first_name="Rose", last_name="Hoarau", phone="06 39 98 00 09")


@pytest.fixture
def scene(house: House) -> Scene:
    made = training(house)
    house.clock.advance(timedelta(minutes=45))
    return made


def do(scene: Scene, use_case: Any, **values: Any) -> Any:
    return scene.house.database.in_transaction(
        scene.agent.organisation_id, use_case, scene.agent, now=scene.house.now, **values
    )


def add(scene: Scene, walk_in: WalkIn = ROSE, meeting_id: int | None = None) -> Added:
    added: Added = do(scene, add_walk_in, meeting_id=meeting_id or scene.meeting_id, walk_in=walk_in)
    return added


def sheet_of(scene: Scene, meeting_id: int) -> list[tuple[str, bool]]:
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        view = sheet.of_meeting(db, meeting_id, now=scene.house.now)
    return [(one.name, one.is_walk_in) for one in view.people]


def workshop_now(scene: Scene) -> tuple[Workshop, int]:
    """A workshop that begins now, in which Amadou has a seat, and its meeting."""
    booked = appointment(scene, starts_at=scene.house.now, person=1)
    planned = workshop(scene, booked)
    scene.write(booked, workshop_id=planned.id)
    return planned, do(scene, open_sheet, workshop_id=planned.id)


def test_somebody_new_is_on_the_sheet_of_a_training_and_marked(scene: Scene) -> None:
    added = add(scene)
    assert (added.name, added.is_new, added.is_over_full) == ("Rose Hoarau", True, False)
    assert ("Rose Hoarau", True) in sheet_of(scene, scene.meeting_id)
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        row = db.get_one(Attendee, added.attendee_id)
        assert (row.is_walk_in, row.added_at) == (True, scene.house.now)


def test_whoever_is_expected_already_stays_as_they_are(scene: Scene) -> None:
    again = add(scene, WalkIn(beneficiary_id=scene.people[0].id))
    assert (again.attendee_id, again.is_new) == (scene.attendees[0], False)
    assert ("Sonia Lefèvre", False) in sheet_of(scene, scene.meeting_id)


def test_a_walk_in_on_a_workshop_is_expected_without_a_seat_and_signs_by_badge(scene: Scene) -> None:
    _, meeting_id = workshop_now(scene)
    added = add(scene, WalkIn(beneficiary_id=scene.people[0].id), meeting_id)
    assert sheet_of(scene, meeting_id) == [("Amadou Diallo", False), ("Sonia Lefèvre", True)]
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        spans = half_days.of_meeting(db, meeting_id)
        expected = half_days.everybody_at(db, spans[0].id)
        assert not signing_page(db, added.attendee_id).is_cancelled
    assert sorted(one.beneficiary_id for one in expected) == sorted(one.id for one in scene.people[:2])
    scene.half_days[:] = spans
    assert scene.scan(scene.sent(0)).verdict is Verdict.SIGNED
    assert scene.scan(scene.sent(2, key="key-0003")).verdict is Verdict.WRONG_MEETING


def test_a_walk_in_on_a_workshop_signs_at_the_desk_too(scene: Scene) -> None:
    scene.remove(scene.attendees[2])
    _, meeting_id = workshop_now(scene)
    assert scene.scan(scene.sent(2, target=desk(scene))).verdict is Verdict.WRONG_MEETING
    add(scene, WalkIn(beneficiary_id=scene.people[2].id), meeting_id)
    assert scene.scan(scene.sent(2, key="key-0002", target=desk(scene))).verdict is Verdict.SIGNED


def test_a_walk_in_who_gets_a_seat_afterwards_is_expected_once(scene: Scene) -> None:
    planned, meeting_id = workshop_now(scene)
    add(scene, WalkIn(beneficiary_id=scene.people[0].id), meeting_id)
    booked = appointment(scene, starts_at=planned.starts_at, person=0)
    scene.write(booked, workshop_id=planned.id)
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        spans = half_days.of_meeting(db, meeting_id)
        found = half_days.everybody_at(db, spans[0].id)
    assert len([one for one in found if one.beneficiary_id == scene.people[0].id]) == 1


def test_a_workshop_cancelled_afterwards_expects_no_walk_in(scene: Scene) -> None:
    planned, meeting_id = workshop_now(scene)
    add(scene, ROSE, meeting_id)
    scene.write(planned, cancelled_at=scene.house.now)
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        spans = half_days.of_meeting(db, meeting_id)
        assert all(one.is_cancelled for one in half_days.everybody_at(db, spans[0].id))
    with pytest.raises(MeetingCancelled):
        add(scene, WalkIn(beneficiary_id=scene.people[2].id), meeting_id)


def test_more_people_than_seats_are_told_and_not_refused(scene: Scene) -> None:
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        meeting = db.get_one(Meeting, scene.meeting_id)
    scene.write(meeting, seats=4)
    assert not add(scene).is_over_full
    assert add(scene, WalkIn(first_name="Luc", last_name="Payet")).is_over_full


def test_nobody_is_added_on_another_day_to_a_closed_sheet_or_to_an_appointment(scene: Scene) -> None:
    booked = appointment(scene, starts_at=scene.house.now)
    alone = do(scene, open_sheet_of_appointment, appointment_id=booked.id)
    with pytest.raises(MeetingTakesOne):
        add(scene, ROSE, alone)
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        meeting = db.get_one(Meeting, scene.meeting_id)
    scene.write(meeting, sheet_state=SheetState.CLOSED)
    with pytest.raises(SheetIsClosed):
        add(scene)
    scene.write(meeting, sheet_state=SheetState.OPEN)
    scene.house.clock.advance(timedelta(days=1))
    with pytest.raises(MeetingNotToday):
        add(scene)


@pytest.mark.parametrize(
    ("walk_in", "field"),
    [
        (WalkIn(first_name="Rose"), "last_name"),
        (WalkIn(last_name="Hoarau"), "first_name"),
        (WalkIn(first_name="Rose", last_name="H" * 81), "last_name"),
        (WalkIn(first_name="Rose", last_name="Hoarau", phone="hello"), "phone"),
        (WalkIn(first_name="Rose", last_name="Hoarau", email="rose@"), "email"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_field(scene: Scene, walk_in: WalkIn, field: str) -> None:
    with pytest.raises(UnreadableWalkIn) as refusal:
        add(scene, walk_in)
    assert list(refusal.value.fields) == [field]


def test_a_stranger_is_nobody_known(scene: Scene) -> None:
    with pytest.raises(BeneficiaryNotFound):
        add(scene, WalkIn(beneficiary_id=scene.house.stranger.id))


def test_two_who_add_the_same_person_at_once_add_one(scene: Scene) -> None:
    first, second = at_once([lambda: add(scene)] * 2)
    assert first.attendee_id == second.attendee_id
    assert sorted([first.is_new, second.is_new]) == [False, True]


def test_without_the_lock_and_the_constraint_they_add_two(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    who = WalkIn(beneficiary_id=scene.people[0].id)
    scene.remove(scene.attendees[0])
    drop_unique(scene.house, "attendee", "uq_attendee_meeting_id_beneficiary_id")
    monkeypatch.setattr(add_walk_ins, "open_meeting", lambda db, meeting_id: db.get_one(Meeting, meeting_id))
    meeting_halfway(monkeypatch, add_walk_ins, "_is_expected")
    with unguarded(scene.house, 2) as run:
        adding = partial(run, add_walk_in, scene.agent, now=scene.house.now, meeting_id=scene.meeting_id, walk_in=who)
        at_once([adding] * 2)
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        assert len(db.scalars(select(Attendee).where(Attendee.beneficiary_id == who.beneficiary_id)).all()) == 2


def test_a_program_adds_somebody_and_needs_the_scope(scene: Scene) -> None:
    where = f"/meetings/{shown(scene.meeting_id)}/walk-ins"
    body = {"first_name": "Rose", "last_name": "Hoarau"}
    answer = asking(scene.house, key(scene.house)).post(where, body)
    assert answer.status_code == 201, answer.json
    assert ((answer.json or {})["name"], (answer.json or {})["is_new"]) == ("Rose Hoarau", True)
    assert asking(scene.house, key(scene.house, Permission.SEE_DAY)).post(where, body).status_code == 403
    stranger = asking(scene.house, key(scene.house, organisation_id=scene.house.other.id))
    assert stranger.post(where, body).status_code == 404


def test_without_the_permission_nobody_is_added(scene: Scene) -> None:
    scene.agent = scene.holder(0)
    with pytest.raises(NotAllowed):
        add(scene)


@pytest.mark.parametrize(
    ("hours", "is_taken"),
    [(-30, True), (0, True), (23, False), (-24 * 3, False)],
)
def test_a_half_day_takes_walk_ins_on_its_own_local_day(hours: int, *, is_taken: bool) -> None:
    starts_at = START + timedelta(hours=hours)
    span = (starts_at, starts_at + timedelta(hours=29 if hours == -30 else 3))
    assert is_open_or_today([span], now=START, time_zone="Europe/Paris") is is_taken
