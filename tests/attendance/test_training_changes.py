"""A training that is planned is changed, as long as nothing is known of what is to be moved or taken out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from attendance.domain.events import InvitationsDue
from attendance.domain.refusals import AttendeeNotFound, HalfDayNotFound, SheetIsClosed, UnreadableTraining
from attendance.domain.trainings import (
    AttendeeHasEvidence,
    FacilitatorHasEvidence,
    FacilitatorNotFound,
    HalfDayHasEvidence,
    Leader,
    MeetingIsBooked,
    Span,
    Training,
)
from attendance.domain.verdicts import Verdict
from attendance.models import (
    AbsenceCategory,
    Attendee,
    Facilitator,
    HalfDay,
    Invitation,
    Meeting,
    OneTimeCode,
    Scan,
    StatementCause,
)
from attendance.models import SignatureKind as Kind
from attendance.steps.training_changes import TakenOut
from attendance.use_cases.add_walk_in import WalkIn
from attendance.use_cases.change_training import SpanChange, TrainingChanges, change_training
from attendance.use_cases.countersign import countersign
from attendance.use_cases.open_sheet import open_sheet_of_appointment
from attendance.use_cases.plan_training import plan_training
from attendance.use_cases.record_connections import Connection, record_connections
from attendance.use_cases.state_as_facilitator import state_as_facilitator
from attendance.use_cases.state_presence import Person, state_presence
from attendance.use_cases.tell_absence import tell_absence
from directory.domain.permissions import NotAllowed, Permission
from directory.domain.refusals import AgentNotFound, BeneficiaryNotFound
from foundation.actors import Actor, ActorKind
from foundation.models import AuditEntry, OutboxRow
from tests.attendance.offline import Phone
from tests.attendance.queues import close, rows, ten
from tests.attendance.scene import Scene, appointment, ask, attachment, correction, entry, training
from tests.house import House

ROSE = WalkIn(first_name="Rose", last_name="Hoarau", phone="06 39 98 00 09")


@pytest.fixture
def scene(house: House) -> Scene:
    """9:45 of the training: its first half-day opened at 9:30."""
    made = training(house)
    house.clock.advance(timedelta(minutes=45))
    return made


def do(scene: Scene, use_case: Any, *, actor: Actor | None = None, **values: Any) -> Any:
    return scene.house.database.in_transaction(
        scene.agent.organisation_id, use_case, actor or scene.agent, now=scene.house.now, **values
    )


def change(scene: Scene, meeting_id: int | None = None, **changes: Any) -> None:
    do(scene, change_training, meeting_id=meeting_id or scene.meeting_id, changes=TrainingChanges(**changes))


def span(scene: Scene, number: int, hours: float) -> SpanChange:
    """A half-day so many hours later."""
    one, later = scene.half_days[number], timedelta(hours=hours)
    return SpanChange(one.id, one.starts_at + later, one.ends_at + later)


def names(scene: Scene) -> list[str]:
    enrolled = {one.beneficiary_id for one in rows(scene, Attendee)}
    return [one.first_name for one in scene.people if one.id in enrolled]


# -- what may change ---------------------------------------------------------------------------------------------------


def test_its_titles_seats_and_ways_to_sign_change_and_the_audit_says_which(scene: Scene) -> None:
    values = {"title": " Papiers ", "agreement_title": "P1", "seats": 12, "needs_drawing": True, "invites": True}
    change(scene, values=values)
    (made,) = rows(scene, Meeting)
    assert (made.title, made.agreement_title, made.seats) == ("Papiers", "P1", 12)
    assert (made.needs_drawing, made.invites) == (True, True)
    change(scene, values={"seats": None, "agreement_title": ""})
    assert (rows(scene, Meeting)[0].seats, rows(scene, Meeting)[0].agreement_title) == (None, None)
    told = [one.details for one in rows(scene, AuditEntry) if one.action == "training.changed"]
    assert [one["changed"] for one in told] == [
        "agreement_title invites needs_drawing seats title",
        "agreement_title seats",
    ]


def test_half_days_are_moved_named_added_and_taken_out(scene: Scene) -> None:
    first, second = scene.half_days
    evening = Span(second.ends_at, second.ends_at + timedelta(hours=2), "Réviser")
    out = TakenOut(half_day_ids=[second.id])
    moved = replace(span(scene, 0, 0.5), title="Lire")
    change(scene, half_days=[moved], new_half_days=[evening], out=out)
    half = timedelta(minutes=30)
    assert [(one.title, one.starts_at) for one in rows(scene, HalfDay)] == [
        ("Lire", first.starts_at + half),
        ("Réviser", second.ends_at),
    ]


def test_two_half_days_exchange_their_hours(scene: Scene) -> None:
    change(scene, half_days=[span(scene, 0, 4), span(scene, 1, -4)])
    before, after = scene.half_days, {one.id: one.starts_at for one in rows(scene, HalfDay)}
    assert after == {before[0].id: before[1].starts_at, before[1].id: before[0].starts_at}


def test_a_half_day_is_put_where_one_is_taken_out(scene: Scene) -> None:
    first, second = scene.half_days
    anew = Span(first.starts_at, first.ends_at, "Autrement")
    change(scene, new_half_days=[anew], out=TakenOut(half_day_ids=[first.id]))
    assert {one.title for one in rows(scene, HalfDay)} == {"Autrement", second.title}


def test_people_and_facilitators_are_added_each_once_and_taken_out(scene: Scene) -> None:
    scene.remove(scene.attendees[2])
    leader = Leader("Karim Belkacem", agent_id=scene.house.agents[1].id)
    out = TakenOut(facilitator_ids=[scene.facilitator_id], attendee_ids=[scene.attendees[0]])
    ids = [scene.people[1].id, scene.people[2].id]
    change(scene, beneficiary_ids=ids, people=[ROSE, ROSE], new_leaders=[leader], out=out)
    assert names(scene) == ["Amadou", "Zoé"]
    assert len(rows(scene, Attendee)) == 3
    (led,) = rows(scene, Facilitator)
    assert (led.name, led.email) == ("Karim Belkacem", "karim@maison-des-solidarites.example")


def test_changed_hours_are_asked_for_anew(scene: Scene) -> None:
    change(scene, values={"invites": True})
    before = {one.due_at for one in rows(scene, OutboxRow) if one.name == InvitationsDue.name()}
    change(scene, half_days=[span(scene, 1, 1)])
    after = {one.due_at for one in rows(scene, OutboxRow) if one.name == InvitationsDue.name()}
    opens = scene.half_days[1].starts_at + timedelta(minutes=30)
    assert opens in after - before


def test_whoever_is_enrolled_while_it_is_open_is_asked_and_whoever_is_taken_out_is_not(scene: Scene) -> None:
    change(scene, values={"invites": True}, out=TakenOut(attendee_ids=[scene.attendees[0]]), people=[ROSE])
    scene.house.worker.run_until_empty()
    asked = {one.attendee_id for one in rows(scene, Invitation) if one.facilitator_id is None}
    assert scene.attendees[0] not in asked
    assert asked == {one.id for one in rows(scene, Attendee)}


def test_a_code_that_was_asked_for_and_signed_nothing_keeps_nobody_on_the_sheet(scene: Scene) -> None:
    ask(scene)
    scene.house.worker.run_until_empty()
    change(scene, out=TakenOut(attendee_ids=[scene.attendees[0]]))
    assert rows(scene, OneTimeCode) == []
    scene.house.worker.run_until_empty()


def test_whoever_was_taken_out_signs_no_more(scene: Scene) -> None:
    change(scene, out=TakenOut(attendee_ids=[scene.attendees[0]]))
    assert scene.scan(scene.sent()).verdict is Verdict.WRONG_MEETING


def test_what_a_device_has_seen_at_a_half_day_that_is_gone_is_kept(scene: Scene) -> None:
    scene.house.clock.advance(timedelta(hours=1))
    phone = Phone(scene)
    seen = [phone.scan(0, ten(scene)), phone.state(1, ten(scene))]
    change(scene, out=TakenOut(half_day_ids=[scene.half_days[0].id]))
    assert phone.hear(*seen) == ["wrong-meeting", "wrong-meeting"]
    assert [one.badge_id for one in rows(scene, Scan)] == [scene.badges[0].id, None]


# -- what is known of it stays -----------------------------------------------------------------------------------------


def signed(scene: Scene) -> None:
    assert scene.scan(scene.sent()).verdict is Verdict.SIGNED


def refused(scene: Scene) -> None:
    change(scene, values={"needs_drawing": True})
    assert scene.scan(scene.sent()).verdict is Verdict.NEEDS_SIGNATURE


def stated(scene: Scene) -> None:
    person = Person(attendee_id=scene.attendees[0], half_day_id=scene.half_days[0].id)
    do(scene, state_presence, person=person, kind=Kind.ARRIVAL, reason="Badge oublié")


def told_absent(scene: Scene) -> None:
    do(
        scene,
        tell_absence,
        meeting_id=scene.meeting_id,
        attendee_id=scene.attendees[0],
        half_day_id=scene.half_days[0].id,
        category=AbsenceCategory.ANNOUNCED,
    )


def corrected(scene: Scene) -> None:
    correction(scene)


def waiting(scene: Scene) -> None:
    entry(scene)


def connected(scene: Scene) -> None:
    scene.house.clock.advance(timedelta(hours=1))
    begin = scene.half_days[0].starts_at
    one = Connection(scene.attendees[0], scene.half_days[0].id, begin, begin + timedelta(minutes=5))
    do(scene, record_connections, meeting_id=scene.meeting_id, connections=[one])


KNOWN: list[Callable[[Scene], None]] = [signed, refused, stated, told_absent, corrected, waiting, connected]


@pytest.mark.parametrize("happens", KNOWN)
def test_of_whom_something_is_known_stays_with_the_half_day_and_its_hours(
    scene: Scene, happens: Callable[[Scene], None]
) -> None:
    happens(scene)
    with pytest.raises(AttendeeHasEvidence):
        change(scene, out=TakenOut(attendee_ids=[scene.attendees[0]]))
    with pytest.raises(HalfDayHasEvidence):
        change(scene, out=TakenOut(half_day_ids=[scene.half_days[0].id]))
    with pytest.raises(HalfDayHasEvidence):
        change(scene, half_days=[span(scene, 0, 0.5)])
    change(
        scene,
        half_days=[SpanChange(scene.half_days[0].id, title="Lire"), span(scene, 1, 1)],
        out=TakenOut(attendee_ids=[scene.attendees[1]]),
    )
    assert (names(scene), rows(scene, HalfDay)[0].title) == (["Sonia", "Zoé"], "Lire")


def leading(scene: Scene) -> Actor:
    return Actor(ActorKind.FACILITATOR, scene.agent.organisation_id, scene.facilitator_id, None)


@pytest.mark.parametrize("what", ["countersigned", "stated"])
def test_a_facilitator_who_countersigned_or_stated_stays(scene: Scene, what: str) -> None:
    scene.house.clock.advance(timedelta(hours=1))
    where: dict[str, Any] = {"half_day_id": scene.half_days[0].id, "actor": leading(scene)}
    if what == "countersigned":
        do(scene, countersign, **where, headcount=0, is_confirmed=True)
    else:
        where |= {"attendee_id": scene.attendees[0], "kind": Kind.ARRIVAL, "cause": StatementCause.NO_BADGE}
        do(scene, state_as_facilitator, **where, reason="Vue")
    another = [Leader("Rose Hoarau")]
    with pytest.raises(FacilitatorHasEvidence):
        change(scene, new_leaders=another, out=TakenOut(facilitator_ids=[scene.facilitator_id]))
    with pytest.raises(HalfDayHasEvidence):
        change(scene, out=TakenOut(half_day_ids=[scene.half_days[0].id]))


def test_a_paper_of_the_whole_meeting_keeps_nobody(scene: Scene) -> None:
    attachment(scene)
    change(scene, out=TakenOut(attendee_ids=[scene.attendees[0]]))
    assert names(scene) == ["Amadou", "Zoé"]


def test_a_refused_change_changes_nothing_at_all(scene: Scene) -> None:
    signed(scene)
    with pytest.raises(AttendeeHasEvidence):
        change(scene, values={"title": "Autre"}, people=[ROSE], out=TakenOut(attendee_ids=[scene.attendees[0]]))
    assert rows(scene, Meeting)[0].title == "Gérer ses papiers en ligne"
    assert len(rows(scene, Attendee)) == 3


# -- refused -----------------------------------------------------------------------------------------------------------


def test_a_closed_sheet_is_not_changed(scene: Scene) -> None:
    close(scene)
    with pytest.raises(SheetIsClosed):
        change(scene, values={"title": "Autre"})


def test_the_meeting_of_a_booking_is_changed_in_the_booking(scene: Scene) -> None:
    booked = appointment(scene, starts_at=scene.house.now)
    meeting_id = do(scene, open_sheet_of_appointment, appointment_id=booked.id)
    with pytest.raises(MeetingIsBooked):
        change(scene, meeting_id, values={"title": "Autre"})


def test_only_rows_of_this_training_are_named(scene: Scene) -> None:
    first = scene.half_days[0]
    plan = Training("Autre", [Span(first.starts_at, first.ends_at)], [], [Leader("Rose")], scene.house.venue.id)
    other = do(scene, plan_training, training=plan)
    with pytest.raises(HalfDayNotFound):
        change(scene, other, half_days=[span(scene, 0, 1)])
    with pytest.raises(HalfDayNotFound):
        change(scene, other, out=TakenOut(half_day_ids=[first.id]))
    with pytest.raises(FacilitatorNotFound):
        change(scene, other, out=TakenOut(facilitator_ids=[scene.facilitator_id]))
    with pytest.raises(AttendeeNotFound):
        change(scene, other, out=TakenOut(attendee_ids=[scene.attendees[0]]))
    with pytest.raises(BeneficiaryNotFound):
        change(scene, beneficiary_ids=[first.id])
    with pytest.raises(AgentNotFound):
        change(scene, new_leaders=[Leader("Qui", agent_id=scene.house.stranger.id)])


WRONG: dict[str, tuple[str, Callable[[Scene], dict[str, Any]]]] = {
    "no title": ("title", lambda _: {"values": {"title": " "}}),
    "no seat": ("seats", lambda _: {"values": {"seats": 0}}),
    "moved over another": ("half_days", lambda s: {"half_days": [span(s, 0, 3)]}),
    "ends as it starts": (
        "half_days",
        lambda s: {"half_days": [SpanChange(s.half_days[0].id, ends_at=s.half_days[0].starts_at)]},
    ),
    "one over another": (
        "half_days",
        lambda s: {"new_half_days": [Span(s.half_days[0].starts_at, s.half_days[0].ends_at)]},
    ),
    "no half-day left": ("half_days", lambda s: {"out": TakenOut(half_day_ids=[one.id for one in s.half_days])}),
    "nobody leads": ("leaders", lambda s: {"out": TakenOut(facilitator_ids=[s.facilitator_id])}),
    "no mail address": ("leaders.0.email", lambda _: {"new_leaders": [Leader("Rose", email="rose@")]}),
    "no telephone number": ("people", lambda _: {"people": [replace(ROSE, phone="hello")]}),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_no_training_may_be_is_refused_with_its_field(sqlite_house: House, what: str) -> None:
    field, changes = WRONG[what]
    scene = training(sqlite_house)
    with pytest.raises(UnreadableTraining) as refusal:
        change(scene, **changes(scene))
    assert list(refusal.value.fields) == [field]


def test_whoever_does_not_look_after_meetings_changes_none(sqlite_house: House) -> None:
    scene = training(sqlite_house)
    narrow = replace(scene.agent, permissions=frozenset({Permission.SCAN}))
    with pytest.raises(NotAllowed):
        do(scene, change_training, actor=narrow, meeting_id=scene.meeting_id, changes=TrainingChanges())


def test_a_change_of_nothing_is_no_change(scene: Scene) -> None:
    change(scene, values={"title": "Gérer ses papiers en ligne"})
    assert [one for one in rows(scene, AuditEntry) if one.action == "training.changed"] == []
