"""Where a type asks for approval, what the public books is a request; staff decide, once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from attendance.queries import expected
from booking.domain.refusals import AlreadyDecided, NotMovable
from booking.models import Appointment, AppointmentStatus
from booking.queries import appointments
from booking.use_cases.decide_request import approve_request, refuse_request
from foundation.ids import to_text
from tests.api import asking, key
from tests.booking.diary import at, book, cancel, confirm, engaged, hold, listed, open_reason, ticket_path
from tests.booking.racing import at_once, refused
from tests.booking.reading import read
from tests.house import House


def decide(house: House, use_case: Any, appointment: Appointment, **values: Any) -> Any:
    actor = house.actor(house.agents[0])
    return house.database.in_transaction(
        house.organisation.id, use_case, actor, now=house.now, appointment_id=appointment.id, **values
    )


def status(house: House, appointment: Appointment) -> AppointmentStatus:
    with house.database.reading(house.organisation.id) as db:
        return appointments.by_id(db, appointment.id).status


def test_a_request_takes_its_time_and_says_that_somebody_will_answer(house: House) -> None:
    kind = open_reason(house, needs_approval=True)
    asked = book(house, kind, at(7))
    assert asked.status is AppointmentStatus.REQUESTED
    assert at(7) not in listed(house, kind)
    house.worker.run_until_empty()
    ((_, mail),) = house.mails
    assert "Nous avons reçu votre demande" in mail.text
    assert mail.calendar is None, "nothing goes into a calendar before somebody has decided"
    page = read(house.client().get(ticket_path(house, asked)))
    assert "Votre demande est envoyée." in page
    assert "Déplacer" not in page


def test_approved_it_is_an_appointment_like_any_other(house: House) -> None:
    asked = book(house, open_reason(house, needs_approval=True), at(7))
    decide(house, approve_request, asked)
    house.worker.run_until_empty()
    assert status(house, asked) is AppointmentStatus.BOOKED
    assert [mail.subject for _, mail in house.mails] == ["Votre rendez-vous du mardi 14 avril"]
    with pytest.raises(AlreadyDecided):
        decide(house, approve_request, asked)


def test_refused_it_frees_its_time_and_the_person_is_told_why(house: House) -> None:
    kind = open_reason(house, needs_approval=True)
    asked = book(house, kind, at(7))
    house.worker.run_until_empty()
    decide(house, refuse_request, asked, reason="Il faut d'abord voir la mairie.")
    house.worker.run_until_empty()
    assert at(7) in listed(house, kind)
    assert engaged(house) == []
    assert "Il faut d'abord voir la mairie." in house.mails[-1][1].text
    assert "Il faut d'abord voir la mairie." in read(house.client().get(ticket_path(house, asked)))


def test_whoever_asked_may_take_it_back_and_not_move_it(house: House) -> None:
    asked = book(house, open_reason(house, needs_approval=True), at(7))
    path = ticket_path(house, asked)
    refused_move = house.client().get(f"{path}/deplacer")
    assert refused_move.status_code == NotMovable.status
    cancel(house, asked)
    with pytest.raises(AlreadyDecided):
        decide(house, approve_request, asked)


def test_a_request_that_nobody_decides_in_time_runs_out(house: House) -> None:
    asked = book(house, open_reason(house, needs_approval=True), at(7))
    house.clock.set(at(6, 59))
    house.worker.run_until_empty()
    assert status(house, asked) is AppointmentStatus.REQUESTED
    house.clock.set(at(7))
    house.worker.run_until_empty()
    assert status(house, asked) is AppointmentStatus.CANCELLED


def test_two_who_decide_at_once_are_one_decision(house: House) -> None:
    kind = open_reason(house, needs_approval=True)
    for start in (at(7), at(7, 40), at(8, 20)):
        asked = book(house, kind, start)
        results = at_once(
            [
                lambda one=asked: decide(house, approve_request, one),  # type: ignore[misc]
                lambda one=asked: decide(house, refuse_request, one),  # type: ignore[misc]
                lambda one=asked: decide(house, approve_request, one),  # type: ignore[misc]
            ]
        )
        assert refused(results) == {AlreadyDecided: 2}


def test_staff_decide_on_a_page_and_the_slower_one_is_told(sqlite_house: House) -> None:
    house = sqlite_house
    asked = book(house, open_reason(house, needs_approval=True), at(7))
    client = house.client()
    token = house.log_in(client, house.agents[0])
    page = read(client.get("/equipe/demandes"))
    assert "Camille Durand" in page
    path = f"/equipe/demandes/{to_text(asked.id)}"
    assert client.post(f"{path}/accepter", data={"csrf_token": token}).status_code == 303
    late = client.post(f"{path}/refuser", data={"csrf_token": token, "raison": "trop tard"})
    assert late.status_code == 409
    assert "déjà décidée" in read(late)
    assert status(house, asked) is AppointmentStatus.BOOKED
    assert "Aucune demande n'attend." in read(client.get("/equipe/demandes"))


def test_programs_decide_too(sqlite_house: House) -> None:
    house = sqlite_house
    kind = open_reason(house, needs_approval=True)
    first, second = book(house, kind, at(7)), book(house, kind, at(7, 40))
    program = asking(house, key(house))
    waiting = program.get("/appointments", query_string={"status": "requested"}).json
    assert waiting is not None
    assert [one["id"] for one in waiting["items"]] == [to_text(first.id), to_text(second.id)]
    assert program.post(f"/appointments/{to_text(first.id)}/approval").json["status"] == "booked"  # type: ignore[index]
    answer = program.post(f"/appointments/{to_text(second.id)}/refusal", {"reason": "complet"})
    assert (answer.json["status"], answer.json["cancel_reason"]) == ("cancelled", "complet")  # type: ignore[index]
    assert program.post(f"/appointments/{to_text(second.id)}/approval").status_code == 409


def test_a_request_is_not_expected_at_the_door_before_it_is_approved(sqlite_house: House) -> None:
    house = sqlite_house
    asked = book(house, open_reason(house, needs_approval=True), at(7))
    house.worker.run_until_empty()

    def is_expected() -> bool:
        with house.database.reading(house.organisation.id) as db:
            found = expected.of_appointment(db, asked.id)
        return found is not None and not found.is_cancelled

    assert not is_expected()
    decide(house, approve_request, asked)
    assert is_expected()


def test_a_late_form_asks_again_like_any_other(house: House) -> None:
    kind = open_reason(house, needs_approval=True)
    held = hold(house, kind, at(7))
    house.clock.advance(timedelta(minutes=11))

    assert confirm(house, held.token).status is AppointmentStatus.REQUESTED
