"""Links leave by themselves as a half-day opens, once, and one reminder before it is too late; never at night."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Select, select

from attendance.domain.events import InvitationsDue
from attendance.domain.invitations import Hours, Moment, Whom, leaves_at, not_quiet
from attendance.domain.refusals import AlreadySigned, AttendeeNotFound, HalfDayNotFound, WindowClosed
from attendance.models import (
    AbsenceCategory,
    Attendee,
    CorrectionAction,
    HalfDay,
    Invitation,
    Meeting,
    Occasion,
    SheetState,
    SignatureKind,
)
from attendance.steps.invitations import announce_invitations
from attendance.use_cases.ask_again import ask_again
from attendance.use_cases.invite_when_due import invite_when_due
from attendance.use_cases.propose_correction import Proposal, propose_correction
from attendance.use_cases.state_presence import Person, state_presence
from attendance.use_cases.tell_absence import tell_absence
from directory.domain.permissions import NotAllowed
from foundation.outbox import announce
from tests.attendance.racing import at_once, crowded, drop_unique
from tests.attendance.scene import Scene, training
from tests.house import House

ATTENDEES, FACILITATORS = Whom.ATTENDEES, Whom.FACILITATORS
LEADER = "elodie@formation.example"
SONIA, ZOE, AMADOU = "sonia@courriel.example", "zoe@courriel.example", "+33639980002"


def hours(begin: str, end: str, zone: str = "Europe/Paris") -> Hours:
    return Hours(datetime.fromisoformat(f"2026-04-{begin}+02:00"), datetime.fromisoformat(f"2026-04-{end}+02:00"), zone)


@pytest.mark.parametrize(
    ("begin", "end", "moment", "whom", "leaves"),
    [
        ("13T10:00", "13T13:00", Moment.OPENING, ATTENDEES, "13T09:30"),
        ("13T10:00", "13T13:00", Moment.REMINDER, ATTENDEES, "13T12:45"),
        ("13T10:00", "13T13:00", Moment.REMINDER, FACILITATORS, "13T13:00"),
        ("13T08:00", "13T09:00", Moment.OPENING, ATTENDEES, "13T08:00"),  # the opening is at 7:30
        ("13T20:30", "13T22:30", Moment.OPENING, ATTENDEES, "13T19:45"),  # the opening is at 20:00
        ("14T01:00", "14T03:00", Moment.OPENING, ATTENDEES, "13T19:45"),
        ("13T20:30", "13T22:30", Moment.REMINDER, ATTENDEES, None),
        ("13T18:30", "13T20:30", Moment.REMINDER, FACILITATORS, "14T08:00"),
    ],
)
def test_people_are_asked_at_the_opening_and_before_the_end_and_left_alone_at_night(
    begin: str, end: str, moment: Moment, whom: Whom, leaves: str | None
) -> None:
    at = leaves_at(moment, whom, hours(begin, end))
    assert at == (datetime.fromisoformat(f"2026-04-{leaves}+02:00") if leaves else None)


def test_the_night_is_that_of_the_place() -> None:
    noon_in_paris = datetime(2026, 4, 13, 18, 0, tzinfo=UTC)  # 20:00 in Paris, 22:00 in Saint-Denis
    assert not_quiet(noon_in_paris - timedelta(minutes=1), "Europe/Paris") == noon_in_paris - timedelta(minutes=1)
    assert not_quiet(noon_in_paris, "Europe/Paris") == datetime(2026, 4, 14, 6, 0, tzinfo=UTC)
    assert not_quiet(noon_in_paris, "Indian/Reunion") == datetime(2026, 4, 14, 4, 0, tzinfo=UTC)


@pytest.fixture
def scene(house: House) -> Scene:
    """9:00; the training opens at 9:30, begins at 10:00 and ends at 13:00; then 14:00 to 17:00. It invites."""
    made = training(house)
    _write(made, made.meeting_id, invites=True)
    _announce(made)
    return made


def _write(scene: Scene, meeting_id: int, **values: Any) -> None:
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        meeting = db.get_one(Meeting, meeting_id)
    scene.write(meeting, **values)


def _announce(scene: Scene) -> None:
    house = scene.house
    house.database.in_transaction(
        house.organisation.id, announce_invitations, house.system(), now=house.now, meeting_id=scene.meeting_id
    )


def at(scene: Scene, hour: int, minute: int = 0) -> Counter[str]:
    """Let the clock go on to an hour of that day (in Paris), and the worker work; who has been written, how often."""
    then = scene.house.now.replace(hour=hour - 2, minute=minute)
    scene.house.clock.advance(then - scene.house.now)
    scene.house.worker.run_until_empty()
    return Counter([mail.to for _, mail in scene.house.mails] + [text.to for _, text in scene.house.texts])


def invited(scene: Scene) -> list[Invitation]:
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        return list(db.scalars(select(Invitation).order_by(Invitation.id)))


def again(scene: Scene, whom: Whom = ATTENDEES, **more: Any) -> Any:
    house = scene.house
    values = {"meeting_id": scene.meeting_id, "whom": whom, "now": house.now, **more}
    return house.database.in_transaction(house.organisation.id, ask_again, scene.agent, **values)


def test_everybody_is_asked_as_it_opens_once_and_reminded_before_it_closes(scene: Scene) -> None:
    assert at(scene, 9, 29) == {}
    everybody = {SONIA: 1, ZOE: 1, AMADOU: 1, LEADER: 1}
    assert at(scene, 9, 30) == everybody
    scene.scan(scene.sent())
    assert at(scene, 12, 44) == everybody
    assert at(scene, 12, 45) == {SONIA: 1, ZOE: 2, AMADOU: 2, LEADER: 1}
    assert at(scene, 13) == {SONIA: 1, ZOE: 2, AMADOU: 2, LEADER: 2}
    subjects = {mail.subject for _, mail in scene.house.mails}
    assert "Il reste à émarger\u00a0: Gérer ses papiers en ligne" in subjects
    assert all(len(text.text) <= 160 and text.text.count("http") == 1 for _, text in scene.house.texts)


def test_a_meeting_that_does_not_invite_asks_only_who_leads_it(scene: Scene) -> None:
    _write(scene, scene.meeting_id, invites=False)
    assert at(scene, 9, 30) == {LEADER: 1}


def test_announced_again_and_again_everybody_is_asked_once(scene: Scene) -> None:
    for _ in range(3):
        _announce(scene)
    assert at(scene, 9, 30) == {SONIA: 1, ZOE: 1, AMADOU: 1, LEADER: 1}
    _announce(scene)
    assert at(scene, 9, 50) == {SONIA: 1, ZOE: 1, AMADOU: 1, LEADER: 1}


def test_a_half_day_that_moved_is_asked_by_its_new_hours_and_not_twice(scene: Scene) -> None:
    first = scene.half_days[0]
    scene.write(first, starts_at=first.starts_at + timedelta(minutes=30))
    _announce(scene)
    assert at(scene, 9, 30) == {}
    assert at(scene, 10) == {SONIA: 1, ZOE: 1, AMADOU: 1, LEADER: 1}
    scene.write(first, starts_at=first.starts_at + timedelta(minutes=60))
    _announce(scene)
    assert at(scene, 10, 30) == {SONIA: 1, ZOE: 1, AMADOU: 1, LEADER: 1}


def test_a_worker_that_was_late_asks_once_and_does_not_remind_in_the_same_breath(scene: Scene) -> None:
    assert at(scene, 12, 50) == {SONIA: 1, ZOE: 1, AMADOU: 1, LEADER: 1}


def test_nothing_leaves_once_the_half_day_or_the_sheet_is_closed(scene: Scene) -> None:
    _write(scene, scene.meeting_id, sheet_state=SheetState.CLOSED)
    assert at(scene, 9, 30) == {}
    assert invited(scene) == []


def test_after_its_end_nobody_is_asked_to_sign_and_who_led_it_still_is(scene: Scene) -> None:
    assert at(scene, 13, 30)[LEADER] == 2  # for the morning, and for the afternoon that opens
    assert {one.attendee_id is None for one in invited(scene) if one.half_day_id == scene.half_days[0].id} == {True}


def test_who_is_added_after_the_opening_is_asked_at_once_and_nobody_else_again(scene: Scene) -> None:
    zoe = scene.attendees[2]
    scene.remove(zoe)
    assert at(scene, 9, 30) == {SONIA: 1, AMADOU: 1, LEADER: 1}
    house = scene.house
    row = {"organisation_id": house.organisation.id, "meeting_id": scene.meeting_id, "is_walk_in": True}
    house.database.in_transaction(
        house.organisation.id, lambda db: db.add(Attendee(**row, beneficiary_id=scene.people[2].id))
    )
    _announce(scene)
    assert at(scene, 10, 5) == {SONIA: 1, AMADOU: 1, ZOE: 1, LEADER: 1}


def test_who_has_signed_before_the_message_leaves_gets_none(scene: Scene) -> None:
    scene.house.clock.advance(timedelta(minutes=31))
    again(scene)
    scene.scan(scene.sent())
    scene.house.worker.run_until_empty()
    assert SONIA not in {mail.to for _, mail in scene.house.mails}


def test_who_cannot_be_reached_is_written_down(scene: Scene) -> None:
    scene.write(scene.people[1], phone=None)
    at(scene, 9, 30)
    silent = [one for one in invited(scene) if one.channel is None]
    assert [(one.attendee_id, one.link_id) for one in silent] == [(scene.attendees[1], None)]


def test_staff_ask_one_person_again_or_all_who_have_not_signed(scene: Scene) -> None:
    at(scene, 9, 30)
    scene.scan(scene.sent())
    assert again(scene, subject_id=scene.attendees[2]).count == 1
    with pytest.raises(AlreadySigned):
        again(scene, subject_id=scene.attendees[0])
    with pytest.raises(AttendeeNotFound):
        again(scene, subject_id=scene.facilitator_id)
    assert again(scene).count == 2
    assert at(scene, 9, 31) == {SONIA: 1, ZOE: 2, AMADOU: 2, LEADER: 1}  # within a minute once
    with pytest.raises(HalfDayNotFound):
        again(scene, half_day_id=1)
    scene.house.clock.advance(timedelta(hours=4))
    with pytest.raises(WindowClosed):
        again(scene, half_day_id=scene.half_days[0].id)


def test_only_staff_ask_and_only_the_system_invites(scene: Scene) -> None:
    house = scene.house
    with pytest.raises(NotAllowed):
        house.database.in_transaction(
            house.organisation.id,
            ask_again,
            scene.holder(0),
            now=house.now,
            meeting_id=scene.meeting_id,
            whom=ATTENDEES,
        )
    with pytest.raises(HalfDayNotFound):
        house.database.in_transaction(
            house.organisation.id, invite_when_due, scene.agent,
            now=house.now, half_day_id=scene.half_days[0].id, moment=Moment.OPENING, whom=ATTENDEES,
        )  # fmt: skip


def _stated(scene: Scene, person: int) -> None:
    who = Person(attendee_id=scene.attendees[person], half_day_id=scene.half_days[0].id)
    _do(scene, state_presence, person=who, kind=SignatureKind.ARRIVAL, reason="Badge oublié")


def _absent(scene: Scene, person: int, category: AbsenceCategory | None = AbsenceCategory.ANNOUNCED) -> None:
    where = {"meeting_id": scene.meeting_id, "half_day_id": scene.half_days[0].id}
    _do(scene, tell_absence, **where, attendee_id=scene.attendees[person], category=category)


def _do(scene: Scene, use_case: Any, **values: Any) -> None:
    manager = scene.house.actor(scene.house.manager)
    scene.house.database.in_transaction(manager.organisation_id, use_case, manager, now=scene.house.now, **values)


def test_nobody_reminds_who_was_stated_present_or_told_absent(scene: Scene) -> None:
    _absent(scene, 2)
    assert at(scene, 9, 30) == {SONIA: 1, AMADOU: 1, LEADER: 1}
    _stated(scene, 1)
    assert at(scene, 12, 45) == {SONIA: 2, AMADOU: 1, LEADER: 1}


def test_a_hand_asks_them_by_name_and_leaves_them_out_of_everybody(scene: Scene) -> None:
    at(scene, 9, 30)
    _stated(scene, 1)
    _absent(scene, 2)
    assert again(scene).count == 1
    assert again(scene, subject_id=scene.attendees[1]).count == 1
    assert again(scene, subject_id=scene.attendees[2]).count == 1
    assert at(scene, 9, 32) == {SONIA: 2, AMADOU: 2, ZOE: 2, LEADER: 1}


def test_what_was_taken_back_reminds_again(scene: Scene) -> None:
    at(scene, 9, 30)
    _stated(scene, 1)
    _absent(scene, 2)
    at(scene, 10)
    about: dict[str, Any] = {
        "attendee_id": scene.attendees[1],
        "half_day_id": scene.half_days[0].id,
        "kind": SignatureKind.ARRIVAL,
    }
    withdrawal = Proposal(**about, action=CorrectionAction.WITHDRAW, reason="Pas dans la salle")
    _do(scene, propose_correction, meeting_id=scene.meeting_id, proposal=withdrawal)
    _absent(scene, 2, None)
    written = at(scene, 12, 44)
    assert at(scene, 12, 45) - written == {SONIA: 1, AMADOU: 1, ZOE: 1}


def test_a_reminder_that_waits_to_leave_does_not_once_they_are_accounted_for(scene: Scene) -> None:
    at(scene, 9, 30)
    house = scene.house
    house.clock.advance(timedelta(hours=3, minutes=15))  # 12:45
    due: dict[str, Any] = {"half_day_id": scene.half_days[0].id, "moment": Moment.REMINDER, "whom": ATTENDEES}
    house.database.in_transaction(house.organisation.id, invite_when_due, house.system(), now=house.now, **due)
    _stated(scene, 1)
    _absent(scene, 2)
    assert at(scene, 12, 46) == {SONIA: 2, AMADOU: 1, ZOE: 1, LEADER: 1}


def test_a_late_worker_at_night_waits_for_the_morning(scene: Scene) -> None:
    at(scene, 16)
    house = scene.house
    reminder = InvitationsDue(scene.half_days[1].id, Moment.REMINDER.value, FACILITATORS.value)
    scene.house.clock.advance(timedelta(hours=6))  # 22:00
    house.database.in_transaction(house.organisation.id, announce, house.system(), reminder, now=house.now)
    house.worker.run_until_empty()
    assert _reminders(scene) == 0
    scene.house.clock.advance(timedelta(hours=10))  # 8:00
    house.worker.run_until_empty()
    assert _reminders(scene) == 1


def _reminders(scene: Scene) -> int:
    made = [one for one in invited(scene) if one.half_day_id == scene.half_days[1].id and one.facilitator_id]
    return sum(one.occasion is Occasion.REMINDER for one in made)


def _ask_eight_times(scene: Scene) -> Counter[str]:
    house = scene.house
    house.clock.advance(timedelta(minutes=30))
    values = {"half_day_id": scene.half_days[0].id, "moment": Moment.OPENING, "whom": ATTENDEES, "now": house.now}
    with crowded(house, 8) as run:
        at_once([lambda: run(invite_when_due, house.system(), **values) for _ in range(8)])
    return Counter(str(one.attendee_id) for one in invited(scene))


def test_eight_workers_at_once_ask_everybody_once(scene: Scene) -> None:
    assert set(_ask_eight_times(scene).values()) == {1}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_without_the_key_and_the_lock_they_are_asked_several_times(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: without them, who looks first whether somebody was asked asks again."""
    drop_unique(scene.house, "invitation", "uq_invitation_key")
    drop_unique(scene.house, "personal_link", "uq_personal_link_purpose_subject_id_channel")
    monkeypatch.setattr(Select, "with_for_update", lambda self, **_options: self)
    assert max(_ask_eight_times(scene).values()) > 1


def test_what_was_never_announced_is_announced_by_the_night(scene: Scene) -> None:
    house = scene.house
    begin = house.now + timedelta(days=1, hours=1)  # tomorrow at 10:00
    row = {"organisation_id": house.organisation.id, "meeting_id": scene.meeting_id, "title": "Suite"}
    house.database.in_transaction(
        house.organisation.id,
        lambda db: db.add(HalfDay(**row, starts_at=begin, ends_at=begin + timedelta(hours=3))),
    )
    at(scene, 19)
    before = len(house.mails)
    for hours_later in (9, 5, 1):  # 4:00, 9:00, 10:00
        house.clock.advance(timedelta(hours=hours_later))
        house.worker.run_until_empty()
    assert [mail.to for _, mail in house.mails[before:]].count(SONIA) == 1
