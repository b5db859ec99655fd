"""Signing in the room: grade B, each step once, and one answer for whatever is wrong."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from attendance.domain.refusals import AttendeeNotFound, HalfDayNotFound, MeetingNotFound, SheetIsClosed
from attendance.domain.room_codes import INTENT_LASTS, RoomCodeRefused, RoomIsOver, RoomVerdict, Way
from attendance.models import Meeting, RoomCodeUse, SheetState, Signature, Standing
from attendance.queries.rooms import RoomState
from attendance.use_cases.open_display import open_display
from foundation.models import AuditEntry, PersonalLink
from tests.attendance import rooms
from tests.attendance.rooms import ARRIVAL, DEPARTURE, display, offered, renew, shown, sign, view, wrong_word
from tests.attendance.scene import Scene, announced, appointment, training
from tests.house import House

WORD, CODE = Way.WORD, Way.CODE
MINUTE = timedelta(minutes=1)


@pytest.fixture
def scene(house: House) -> Scene:
    """9:45 of the training: its first half-day opened at 9:30."""
    made = training(house)
    house.clock.advance(timedelta(minutes=45))
    return made


def signatures(scene: Scene) -> list[Signature]:
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        return list(db.scalars(select(Signature).order_by(Signature.id)))


def later(scene: Scene, **how: float) -> None:
    scene.house.clock.advance(timedelta(**how))


def test_the_word_signs_with_grade_b_at_the_server_s_time_by_the_link_that_was_held(scene: Scene) -> None:
    assert sign(scene, WORD, shown(scene, WORD)) is RoomVerdict.SIGNED
    (one,) = signatures(scene)
    assert (one.method, one.grade, one.kind, one.standing) == ("room-word", "B", "arrival", "counts")
    assert one.observed_at == one.recorded_at == scene.house.now
    assert one.attendee_id == scene.attendees[0]


def test_the_scanned_code_signs_with_grade_b_for_five_minutes_after_it_was_scanned(scene: Scene) -> None:
    (offer,) = offered(scene)
    assert (offer.half_day.id, offer.kind) == (scene.half_days[0].id, ARRIVAL)
    scene.house.clock.advance(INTENT_LASTS - timedelta(seconds=1))
    assert sign(scene, CODE, offer.intent) is RoomVerdict.SIGNED
    (one,) = signatures(scene)
    assert (one.method, one.grade) == ("room-code", "B")


def test_an_intent_of_five_minutes_ago_is_refused(scene: Scene) -> None:
    (offer,) = offered(scene)
    scene.house.clock.advance(INTENT_LASTS)
    assert sign(scene, CODE, offer.intent) is RoomVerdict.REFUSED
    assert signatures(scene) == []


def test_arrival_and_departure_are_both_signed_in_the_room(scene: Scene) -> None:
    assert sign(scene, WORD, shown(scene, WORD)) is RoomVerdict.SIGNED
    later(scene, minutes=20)
    (offer,) = offered(scene)
    assert offer.kind is DEPARTURE
    assert sign(scene, CODE, offer.intent, kind=DEPARTURE) is RoomVerdict.SIGNED
    later(scene, hours=4)
    assert [one.half_day.id for one in offered(scene)] == [scene.half_days[1].id]
    assert {(one.kind, one.method) for one in signatures(scene)} == {
        ("arrival", "room-word"),
        ("departure", "room-code"),
    }


def test_wrong_old_future_and_used_words_hear_the_same(scene: Scene) -> None:
    later(scene, minutes=20)
    used = shown(scene, WORD)
    assert sign(scene, WORD, used) is RoomVerdict.SIGNED
    tried = [
        wrong_word(scene),
        shown(scene, WORD, later=-2 * MINUTE),
        shown(scene, WORD, later=MINUTE),
        used,
        "",
        "mésange",
        "\ud800",
        "é" * 500,
    ]
    assert {sign(scene, WORD, word, kind=DEPARTURE) for word in tried} == {RoomVerdict.REFUSED}
    assert len(signatures(scene)) == 1


def test_the_word_before_is_taken_once_and_the_one_before_that_is_not(scene: Scene) -> None:
    word = shown(scene, WORD)
    later(scene, minutes=1)
    assert sign(scene, WORD, word) is RoomVerdict.SIGNED
    other = shown(scene, WORD)
    later(scene, minutes=2)
    assert sign(scene, WORD, other, person=1) is RoomVerdict.REFUSED


def test_one_step_is_used_once_by_each_person_and_by_everybody_in_the_room(scene: Scene) -> None:
    later(scene, minutes=20)
    word = shown(scene, WORD)
    assert [sign(scene, WORD, word, person=person) for person in range(3)] == [RoomVerdict.SIGNED] * 3
    code = shown(scene, CODE)
    (first,), (second,) = (offered(scene, person, code=code) for person in (0, 1))
    assert sign(scene, CODE, first.intent, kind=DEPARTURE) is RoomVerdict.SIGNED
    assert sign(scene, CODE, second.intent, person=1, kind=DEPARTURE) is RoomVerdict.SIGNED
    assert sign(scene, CODE, second.intent, person=1, kind=DEPARTURE) is RoomVerdict.REFUSED
    assert len(signatures(scene)) == 5


def test_an_intent_is_good_for_one_person_and_one_half_day(scene: Scene) -> None:
    (offer,) = offered(scene)
    assert sign(scene, CODE, offer.intent, person=1) is RoomVerdict.REFUSED
    scene.write(scene.half_days[1], starts_at=scene.house.now)
    assert sign(scene, CODE, offer.intent, half_day=1) is RoomVerdict.REFUSED
    said, _, proof = offer.intent.partition(".")
    step = int(said.rpartition("~")[2])
    assert sign(scene, CODE, f"{said.removesuffix(str(step))}{step + 1}.{proof}") is RoomVerdict.REFUSED
    assert sign(scene, CODE, "") is RoomVerdict.REFUSED
    assert signatures(scene) == []


def test_a_code_is_no_word_and_a_word_no_intent(scene: Scene) -> None:
    assert sign(scene, WORD, shown(scene, CODE)) is RoomVerdict.REFUSED
    assert sign(scene, CODE, shown(scene, WORD)) is RoomVerdict.REFUSED
    assert sign(scene, CODE, shown(scene, CODE)) is RoomVerdict.REFUSED


def test_wrong_old_and_future_codes_are_refused_when_they_are_scanned(scene: Scene) -> None:
    step = timedelta(seconds=15)
    for code in (shown(scene, CODE, later=-2 * step), shown(scene, CODE, later=step), "", "x", "0" * 29):
        with pytest.raises(RoomCodeRefused):
            offered(scene, code=code)
    assert offered(scene, code=shown(scene, CODE, later=-step))


def test_whoever_has_signed_otherwise_is_told_so_and_both_observations_are_kept(scene: Scene) -> None:
    scene.scan(scene.sent())
    later(scene, seconds=5)
    assert sign(scene, WORD, shown(scene, WORD)) is RoomVerdict.ALREADY_SIGNED
    assert [(one.method, one.standing) for one in signatures(scene)] == [
        ("badge", Standing.COUNTS),
        ("room-word", Standing.DUPLICATE),
    ]


def test_outside_its_window_a_half_day_takes_no_word(scene: Scene) -> None:
    word = shown(scene, WORD)
    assert sign(scene, WORD, word, half_day=1) is RoomVerdict.NOT_OPEN
    assert sign(scene, WORD, word, kind=DEPARTURE) is RoomVerdict.NOT_OPEN
    later(scene, hours=3, minutes=45)
    assert sign(scene, WORD, shown(scene, WORD)) is RoomVerdict.NOT_OPEN
    assert signatures(scene) == []


def test_a_closed_sheet_takes_no_word_and_offers_nothing(scene: Scene) -> None:
    close(scene)
    assert sign(scene, WORD, shown(scene, WORD)) is RoomVerdict.NOT_OPEN
    assert offered(scene) == []


def close(scene: Scene) -> None:
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        meeting = db.get_one(Meeting, scene.meeting_id)
    scene.write(meeting, sheet_state=SheetState.CLOSED, closed_at=scene.house.now)


def test_a_person_of_another_meeting_signs_nothing_here(scene: Scene) -> None:
    stranger = scene.holder(0)
    scene.remove(scene.attendees[0])
    assert stranger.identifier == scene.attendees[0]
    with pytest.raises(AttendeeNotFound):
        sign(scene, WORD, shown(scene, WORD))
    scene.half_days[0].id = scene.meeting_id
    with pytest.raises(HalfDayNotFound):
        sign(scene, WORD, shown(scene, WORD), person=1)


def test_after_ten_failures_in_an_hour_the_right_word_waits_too_and_others_do_not(scene: Scene) -> None:
    for _ in range(10):
        assert sign(scene, WORD, wrong_word(scene)) is RoomVerdict.REFUSED
    assert sign(scene, WORD, shown(scene, WORD)) is RoomVerdict.REFUSED
    assert sign(scene, WORD, shown(scene, WORD), person=1) is RoomVerdict.SIGNED
    later(scene, minutes=1)
    assert sign(scene, WORD, shown(scene, WORD)) is RoomVerdict.SIGNED


def test_whoever_cannot_type_the_word_any_more_can_still_scan(scene: Scene) -> None:
    for _ in range(10):
        sign(scene, WORD, wrong_word(scene))
    (offer,) = offered(scene)
    assert sign(scene, CODE, offer.intent) is RoomVerdict.SIGNED


def test_no_code_is_kept(scene: Scene) -> None:
    word = shown(scene, WORD)
    sign(scene, WORD, word)
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        kept = db.scalars(select(RoomCodeUse)).one()
    assert word.split()[0] not in str(vars(kept))
    assert (kept.attendee_id, kept.way) == (scene.attendees[0], "word")


# -- bookings --------------------------------------------------------------------------------------------------------


def booked_room(scene: Scene, **changes: object) -> Scene:
    """An appointment in ten minutes, with its rows, as if the scene were about it."""
    row = appointment(scene, starts_at=scene.house.now + timedelta(minutes=10))
    announced(scene, row)
    scene.house.worker.run_until_empty()
    if changes:
        scene.write(row, **changes)
    from attendance.models import Attendee, HalfDay  # noqa: PLC0415

    with scene.house.database.reading(scene.agent.organisation_id) as db:
        meeting = db.scalars(select(Meeting).where(Meeting.appointment_id == row.id)).one()
        half_day = db.scalars(select(HalfDay).where(HalfDay.meeting_id == meeting.id)).one()
        attendee = db.scalars(select(Attendee.id).where(Attendee.meeting_id == meeting.id)).one()
    scene.meeting_id, scene.half_days, scene.attendees = meeting.id, [half_day], [attendee]
    return scene


def test_an_appointment_has_a_room_of_its_own(scene: Scene) -> None:
    room = booked_room(scene)
    seen = view(room)
    assert (seen.state, seen.signed, seen.expected) == (RoomState.OPEN, 0, 1)
    (offer,) = offered(room)
    assert sign(room, CODE, offer.intent) is RoomVerdict.SIGNED
    assert view(room).signed == 1


def test_a_cancelled_appointment_shows_no_code_and_takes_none(scene: Scene) -> None:
    room = booked_room(scene, status="cancelled")
    seen = view(room)
    assert (seen.state, seen.code, seen.word) == (RoomState.CANCELLED, None, None)
    assert sign(room, WORD, shown(room, WORD)) is RoomVerdict.NOT_OPEN
    assert offered(room) == []


def test_a_moved_appointment_is_shown_and_signed_at_its_new_hours(scene: Scene) -> None:
    at = scene.house.now + timedelta(hours=5)
    room = booked_room(scene, starts_at=at, ends_at=at + timedelta(minutes=30))
    seen = view(room)
    assert (seen.state, seen.code) == (RoomState.LATER, None)
    assert seen.half_day is not None
    assert seen.half_day.starts_at == at
    later(room, hours=5)
    assert sign(room, WORD, shown(room, WORD)) is RoomVerdict.SIGNED


# -- the display -----------------------------------------------------------------------------------------------------


def test_the_screen_shows_the_code_of_now_and_the_counts_while_a_half_day_is_open(scene: Scene) -> None:
    sign(scene, WORD, shown(scene, WORD))
    seen = view(scene)
    assert (seen.state, seen.signed, seen.expected) == (RoomState.OPEN, 1, 3)
    assert seen.code is not None
    assert seen.word is not None
    assert (seen.code.text, seen.word.text) == (shown(scene, CODE), shown(scene, WORD))


def test_between_half_days_and_after_them_there_is_no_code(scene: Scene) -> None:
    first, second = scene.half_days
    scene.house.clock.advance(first.starts_at - timedelta(minutes=30, microseconds=1) - scene.house.now)
    seen = view(scene)
    assert (seen.state, seen.half_day and seen.half_day.id, seen.code) == (RoomState.LATER, first.id, None)
    later(scene, seconds=1)
    assert view(scene).state is RoomState.OPEN
    scene.house.clock.advance(first.ends_at + timedelta(minutes=30) - scene.house.now)
    seen = view(scene)
    assert (seen.state, seen.half_day and seen.half_day.id) == (RoomState.OPEN, second.id), "no gap in this training"
    scene.house.clock.advance(second.ends_at + timedelta(minutes=30) - scene.house.now)
    assert (view(scene).state, view(scene).code) == (RoomState.OVER, None)


def test_a_closed_sheet_shows_no_code(scene: Scene) -> None:
    close(scene)
    assert (view(scene).state, view(scene).code, view(scene).word) == (RoomState.OVER, None, None)


def test_the_display_is_one_link_until_it_is_withdrawn_and_another_afterwards(scene: Scene) -> None:
    first = display(scene)
    assert display(scene) == first
    assert renew(scene) == 1
    assert display(scene) != first
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        old, new = db.scalars(select(PersonalLink).where(PersonalLink.purpose == "display").order_by(PersonalLink.id))
        audited = set(db.scalars(select(AuditEntry.action).where(AuditEntry.subject_id == scene.meeting_id)))
    assert (old.revoked_at, new.revoked_at) == (scene.house.now, None)
    assert new.expires_at == scene.half_days[1].ends_at + timedelta(minutes=30)
    assert {"room-display.opened", "room-code.renewed"} <= audited


def test_after_a_renewal_what_was_shown_scanned_or_begun_is_of_no_use(scene: Scene) -> None:
    code, word = shown(scene, CODE), shown(scene, WORD)
    (offer,) = offered(scene)
    renew(scene)
    with pytest.raises(RoomCodeRefused):
        offered(scene, code=code)
    assert sign(scene, WORD, word) is RoomVerdict.REFUSED
    assert sign(scene, CODE, offer.intent) is RoomVerdict.REFUSED
    assert sign(scene, WORD, shown(scene, WORD)) is RoomVerdict.SIGNED


def test_there_is_no_display_of_what_is_over_closed_or_somebody_else_s(scene: Scene) -> None:
    house = scene.house
    with pytest.raises(MeetingNotFound):
        house.database.in_transaction(
            house.other.id, open_display, house.actor(house.stranger), now=house.now, meeting_id=scene.meeting_id
        )
    house.clock.advance(scene.half_days[1].ends_at + timedelta(minutes=30) - house.now)
    with pytest.raises(RoomIsOver):
        display(scene)
    close(scene)
    with pytest.raises(SheetIsClosed):
        display(scene)
    with house.database.reading(house.organisation.id) as db:
        assert db.scalar(select(func.count(PersonalLink.id)).where(PersonalLink.purpose == "display")) == 0


def test_two_meetings_never_share_a_code_or_a_word(scene: Scene) -> None:
    mine = shown(scene, CODE), shown(scene, WORD)
    room = booked_room(scene)
    assert mine[0][13:] != rooms.shown(room, CODE)[13:]
    with pytest.raises(RoomCodeRefused):
        offered(room, code=rooms.shown(room, CODE)[:13] + mine[0][13:])
