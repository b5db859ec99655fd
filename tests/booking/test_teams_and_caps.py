"""Several agents, rooms and people together; how many in a day; and what staff do on purpose."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select

from booking.domain.person import Person
from booking.domain.refusals import (
    NotOpenToPublic,
    OutsideOpeningHours,
    OverlapNotSeen,
    PersonFull,
    SlotTaken,
    TooManyPeople,
    UnfitValues,
)
from booking.models import Appointment, AppointmentType, Audience, Channel, Engagement
from booking.steps import engagements
from booking.steps.engagements import Override
from booking.use_cases.book_for_person import book_for_person
from booking.use_cases.hold_slot import hold_slot
from directory.use_cases.change_resource import change_resource
from foundation.ids import to_text
from tests.api import asking, key
from tests.booking.diary import (
    CAMILLE,
    TUESDAY,
    at,
    book,
    cancel,
    confirm,
    engaged,
    hold,
    listed,
    open_reason,
    open_weekly,
    reason,
    visitor,
)
from tests.booking.racing import at_once, refused
from tests.house import House

_numbers = count()
LATER = TUESDAY + timedelta(weeks=1)


def keep(house: House, kind: AppointmentType, starts_at: Any, *, people: int) -> Any:
    return house.database.in_transaction(
        house.organisation.id,
        hold_slot,
        visitor(house),
        now=house.now,
        client=f"group {next(_numbers)}",
        type_id=kind.id,
        venue_id=house.venue.id,
        channel=Channel.ON_SITE,
        starts_at=starts_at,
        people=people,
    )


def by_staff(house: House, kind: AppointmentType, starts_at: Any, **values: Any) -> Appointment:
    person = Person("Sacha", f"Numéro {next(_numbers)}", None, None, "fr")
    made: Appointment = house.database.in_transaction(
        house.organisation.id,
        book_for_person,
        house.actor(house.agents[0]),
        now=house.now,
        **{
            "type_id": kind.id,
            "channel": Channel.ON_SITE,
            "venue_id": house.venue.id,
            "starts_at": starts_at,
            "person": person,
            **values,
        },
    )
    return made


def cap_agent(house: House, **changes: int) -> None:
    house.database.in_transaction(
        house.organisation.id,
        change_resource,
        house.system(),
        now=house.now,
        resource_id=house.agents[0].resource_id,
        changes=changes,
        compare=lambda _resource: None,
    )


def hours_of(starts: list[Any]) -> list[str]:
    return [f"{start:%H:%M}" for start in starts]


def test_two_agents_serve_together_only_while_both_are_free(house: House) -> None:
    kind = reason(house, agents_needed=2)
    open_weekly(house, kind, hours=(9, 11))
    assert listed(house, kind) == []
    open_weekly(house, kind, agent=house.agents[1], hours=(10, 12))
    assert hours_of(listed(house, kind)) == ["08:00"]
    book(house, kind, at(8))
    assert {row.resource_id for row in engaged(house)} == {agent.resource_id for agent in house.agents[:2]}
    with pytest.raises(SlotTaken):
        hold(house, kind, at(8))


def test_a_pair_is_any_two_of_those_who_are_there(house: House) -> None:
    kind = reason(house, agents_needed=2)
    for agent in house.agents[:3]:
        open_weekly(house, kind, agent=agent, hours=(9, 10))
    book(house, kind, at(7))
    with pytest.raises(SlotTaken):
        hold(house, kind, at(7))
    assert len(engaged(house)) == 2


def test_pairs_that_share_an_agent_meet_and_exactly_one_is_made(house: House) -> None:
    alone, pair = reason(house), reason(house, agents_needed=2)
    for kind in (alone, pair):
        open_weekly(house, kind, hours=(9, 10))
    open_weekly(house, pair, agent=house.agents[1], hours=(9, 10))
    tasks = [lambda: hold(house, alone, at(7)), lambda: hold(house, pair, at(7)), lambda: hold(house, pair, at(7))]
    assert refused(at_once(tasks)) == {SlotTaken: 2}


def test_an_agent_with_a_room_meets_another_with_the_same_room(house: House) -> None:
    kinds = [reason(house, name=name, needs_room=True) for name in ("Médiation", "Soin")]
    for number, kind in enumerate(kinds):
        open_weekly(house, kind, agent=house.agents[number], hours=(9, 10))
        open_weekly(house, kind, resource_id=house.room.id, hours=(9, 10))
    results = at_once([lambda kind=kind: hold(house, kind, at(7)) for kind in kinds for _ in range(5)])  # type: ignore[misc]
    assert refused(results) == {SlotTaken: 9}
    assert house.room.id in {row.resource_id for row in engaged(house)}
    assert len(engaged(house)) == 2, "all of it or nothing"


def test_three_who_want_anybody_of_two_are_two_and_one_is_told(house: House) -> None:
    kind = reason(house)
    for agent in house.agents[:2]:
        open_weekly(house, kind, agent=agent)
    results = at_once([lambda: confirm(house, hold(house, kind, at(7)).token).id for _ in range(3)])
    assert refused(results) == {SlotTaken: 1}
    assert len({row.resource_id for row in engaged(house)}) == 2


def test_slots_that_overlap_without_being_equal_are_not_both_had(house: House) -> None:
    short, long = reason(house), reason(house, duration_minutes=60, step_minutes=20)
    for kind in (short, long):
        open_weekly(house, kind)
    tasks = [
        lambda: hold(house, short, at(7, 40)),
        lambda: hold(house, long, at(7, 20)),
        lambda: hold(house, long, at(7)),
    ]
    assert refused(at_once(tasks)) == {SlotTaken: 2}


def test_several_people_take_the_duration_each_unless_they_share_it(house: House) -> None:
    one_by_one = reason(house, most_people=3)
    open_weekly(house, one_by_one)
    held = keep(house, one_by_one, at(7), people=3)
    booked = confirm(house, held.token)
    assert booked.ends_at - booked.starts_at == timedelta(minutes=90)
    assert booked.people == 3
    together = reason(house, most_people=3, people_share_time=True)
    open_weekly(house, together, agent=house.agents[1])
    shared = confirm(house, keep(house, together, at(7), people=3).token)
    assert shared.ends_at - shared.starts_at == timedelta(minutes=30)


@pytest.mark.parametrize("people", [0, 4, -1])
def test_nobody_and_too_many_people_are_refused(sqlite_house: House, people: int) -> None:
    kind = open_reason(sqlite_house, most_people=3)
    with pytest.raises(TooManyPeople):
        keep(sqlite_house, kind, at(7), people=people)
    assert engaged(sqlite_house) == []


def test_a_type_for_agents_alone_is_hidden_from_the_public_and_booked_by_staff(house: House) -> None:
    kind = open_reason(house, audience=Audience.AGENTS)
    with pytest.raises(NotOpenToPublic):
        hold(house, kind, at(7))
    path = f"/o/{house.organisation.slug}/motif/{to_text(kind.id)}"
    assert house.client().get(path).status_code == 404
    assert by_staff(house, kind, at(7)).starts_at == at(7)


def test_a_type_has_so_many_appointments_a_day_and_a_week(house: House) -> None:
    kind = open_reason(house, most_a_day=2, most_a_week=3)
    open_weekly(house, kind, weekday=3)
    thursday = TUESDAY + timedelta(days=2)
    first = book(house, kind, at(7))
    hold(house, kind, at(7, 40))
    assert {start.date() for start in listed(house, kind)} == {thursday}, "a hold counts"
    with pytest.raises(SlotTaken):
        hold(house, kind, at(8, 20))
    book(house, kind, at(7, day=thursday))
    assert listed(house, kind) == []
    cancel(house, first)
    assert at(7) in listed(house, kind)
    with pytest.raises(OutsideOpeningHours):
        [by_staff(house, kind, at(8, minute, day=thursday)) for minute in (20, 55)]


def test_an_agent_has_so_many_appointments_a_day_whatever_they_are_for(house: House) -> None:
    kinds = [open_reason(house), open_reason(house)]
    cap_agent(house, most_a_day=2)
    book(house, kinds[0], at(7))
    book(house, kinds[1], at(7, 40))
    assert [listed(house, kind) for kind in kinds] == [[], []]
    open_weekly(house, kinds[0], agent=house.agents[1])
    assert len(listed(house, kinds[0])) == 4


def test_the_last_of_a_day_goes_to_exactly_one(house: House) -> None:
    kind = open_reason(house, most_a_day=1)
    for agent in house.agents[1:]:
        open_weekly(house, kind, agent=agent)
    starts = [at(7), at(7, 40), at(8, 20), at(9)]
    results = at_once([lambda start=start: hold(house, kind, start) for start in starts])  # type: ignore[misc]
    assert refused(results) == {SlotTaken: 3}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_without_the_lock_on_the_type_too_many_are_the_last(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = open_reason(house, most_a_day=1)
    open_weekly(house, kind, agent=house.agents[1])
    barrier = Barrier(2)
    write = engagements.engage_hold

    def wait_and_write(*arguments: Any, **named: Any) -> None:
        barrier.wait(timeout=10)
        write(*arguments, **named)

    monkeypatch.setattr(engagements, "lock_type_that_counts", lambda _db, _kind: None)
    monkeypatch.setattr(engagements, "lock_resources", lambda _db, _resource_ids: None)
    monkeypatch.setattr(engagements, "engage_hold", wait_and_write)
    results = at_once([lambda: hold(house, kind, at(7)), lambda: hold(house, kind, at(8, 20))])
    assert refused(results) == {}
    assert len(engaged(house)) == 2


def test_one_person_has_so_many_of_a_type_though_a_visitor_is_always_somebody_new(house: House) -> None:
    kind = open_reason(house, person_most_a_day=1, person_most_a_week=1)
    open_weekly(house, kind, agent=house.agents[1])
    book(house, kind, at(7))
    kept = hold(house, kind, at(9))
    with pytest.raises(PersonFull):
        confirm(house, kept.token)
    other = Person("Noé", "Durand", CAMILLE.phone, CAMILLE.email, "fr")
    assert confirm(house, kept.token, other).starts_at == at(9), "a relative shares the telephone, not the name"


def test_two_forms_of_one_person_at_once_are_one_appointment(house: House) -> None:
    kind = open_reason(house, person_most_a_day=1)
    open_weekly(house, kind, agent=house.agents[1])
    tokens = [hold(house, kind, start).token for start in (at(7), at(7), at(8, 20))]
    results = at_once([lambda token=token: confirm(house, token).id for token in tokens])  # type: ignore[misc]
    assert refused(results) == {PersonFull: 2}


# -- on purpose -------------------------------------------------------------------------------------------------------


def test_staff_book_over_what_they_have_seen_with_a_reason(house: House) -> None:
    kind = open_reason(house)
    first = book(house, kind, at(7))
    mine = {"resource_id": house.agents[0].resource_id}
    with pytest.raises(OutsideOpeningHours):
        by_staff(house, kind, at(7, 10), **mine)
    with pytest.raises(OverlapNotSeen):
        by_staff(house, kind, at(7, 10), **mine, override=Override("urgence"))
    by_staff(house, kind, at(7, 10), **mine, override=Override("urgence", (first.id,)))
    with house.database.reading(house.organisation.id) as db:
        row = db.scalars(select(Engagement).where(Engagement.is_override)).one()
    assert (row.override_reason, row.override_by) == ("urgence", house.agents[0].id)


def test_an_override_is_in_everybodys_way(house: House) -> None:
    kind = open_reason(house)
    mine = {"resource_id": house.agents[0].resource_id}
    by_staff(house, kind, at(7, 10), **mine, override=Override("urgence"))
    assert hours_of(listed(house, kind)) == ["07:50", "08:30", "09:10"]
    with pytest.raises(SlotTaken):
        hold(house, kind, at(7))


def test_an_override_needs_no_opening_and_names_whose_time_it_takes(house: House) -> None:
    kind = reason(house)
    mine = {"resource_id": house.agents[0].resource_id}
    assert by_staff(house, kind, at(18), **mine, override=Override("permanence")).starts_at == at(18)
    with pytest.raises(UnfitValues):
        by_staff(house, kind, at(19), override=Override("permanence"))


def test_of_an_override_and_a_booking_at_once_one_is_told(house: House) -> None:
    kind = open_reason(house)
    mine = {"resource_id": house.agents[0].resource_id}
    for start in (at(7), at(7, 40), at(8, 20), at(9)):
        results = at_once(
            [
                lambda start=start: hold(house, kind, start),  # type: ignore[misc]
                lambda start=start: by_staff(house, kind, start, **mine, override=Override("urgence")),  # type: ignore[misc]
            ]
        )
        told = refused(results)
        assert sum(told.values()) == 1, told
        assert set(told) <= {SlotTaken, OverlapNotSeen}


def test_programs_see_what_is_in_the_way_and_book_over_it(sqlite_house: House) -> None:
    house = sqlite_house
    kind = open_reason(house)
    book(house, kind, at(7))
    program = asking(house, key(house))
    agent = to_text(house.agents[0].resource_id)
    span = {"resource_id": agent, "starts_at": "2026-04-14T09:00:00+02:00", "ends_at": "2026-04-14T10:00:00+02:00"}
    conflicts = program.get("/conflicts", query_string=span).json
    assert conflicts is not None
    (met,) = conflicts["items"]
    assert (met["kind"], met["ends_at"]) == ("appointment", "2026-04-14T09:40:00+02:00")
    body = {
        "type_id": to_text(kind.id),
        "channel": "on-site",
        "venue_id": to_text(house.venue.id),
        "starts_at": "2026-04-14T09:10:00+02:00",
        "resource_id": agent,
        "person": {"first_name": "Noé", "last_name": "Diop"},
        "override": {"reason": "urgence"},
    }
    assert program.post("/appointments/by-staff", body).json["code"] == "overlap-not-seen"  # type: ignore[index]
    body["override"] = {"reason": "urgence", "over": [met["id"]]}
    assert program.post("/appointments/by-staff", body).status_code == 201
