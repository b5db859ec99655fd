"""How many statements a sheet takes, on both engines: one a table, so that sixty people cost as many as three."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from attendance.domain.invitations import Whom
from attendance.models import AbsenceCategory, Attendee, CorrectionAction, Grade, Method, SignatureKind
from attendance.steps.signing import Evidence, sign
from attendance.steps.statements import Person
from attendance.use_cases.ask_again import ask_again
from attendance.use_cases.propose_correction import Proposal, propose_correction
from attendance.use_cases.state_presence import state_presence
from attendance.use_cases.tell_absence import tell_absence
from directory.domain.permissions import Permission
from directory.steps.people import known_or_new
from tests.api import asking, key
from tests.attendance.scene import Scene, shown, training
from tests.house import House

MANY = 60
ARRIVAL, DEPARTURE = SignatureKind.ARRIVAL, SignatureKind.DEPARTURE
MOST = {"page": 28, "pdf": 15, "json": 14}


@pytest.fixture
def scene(house: House) -> Scene:
    """11:00 of the training, with one of every sort of people."""
    made = training(house)
    house.clock.advance(timedelta(hours=2))
    attend(made, made.attendees)
    return made


def attend(scene: Scene, attendees: list[int]) -> None:
    """Of three people one signs twice, one is stated and corrected, one is told absent; all were asked before."""
    house, agent, half_day_id = scene.house, scene.agent, scene.half_days[0].id

    def write(db: Session) -> None:
        ask_again(db, agent, now=house.now, meeting_id=scene.meeting_id, whom=Whom.ATTENDEES)
        for number, attendee_id in enumerate(attendees):
            _one(db, number % 3, attendee_id)

    def _one(db: Session, sort: int, attendee_id: int) -> None:
        cell: dict[str, Any] = {"attendee_id": attendee_id, "half_day_id": half_day_id}
        if sort == 0:
            evidence = Evidence(Method.BADGE, Grade.A, house.now, agent_id=agent.agent_id)
            for kind in SignatureKind:
                sign(db, agent, **cell, kind=kind, evidence=evidence, now=house.now)
        elif sort == 1:
            state_presence(db, agent, now=house.now, person=Person(**cell), kind=ARRIVAL, reason="Badge oublié")
            said: dict[str, Any] = {"action": CorrectionAction.PRESENT, "reason": "Vu", "observed_at": house.now}
            proposal = Proposal(**cell, kind=ARRIVAL, **said)
            propose_correction(db, agent, now=house.now, meeting_id=scene.meeting_id, proposal=proposal)
        else:
            absence = AbsenceCategory.ANNOUNCED
            tell_absence(db, agent, now=house.now, meeting_id=scene.meeting_id, **cell, category=absence)

    house.database.in_transaction(agent.organisation_id, write)


def enrol(scene: Scene, count: int) -> list[int]:
    """Enrol more people, and return their ids on the sheet."""
    house, agent = scene.house, scene.agent

    def write(db: Session) -> list[int]:
        made = []
        for number in range(count):
            mail = f"personne{number}@courriel.example"
            who: dict[str, Any] = {
                "first_name": f"Prénom{number}",
                "last_name": "Nombreux",
                "email": mail,
                "phone": None,
            }
            person = known_or_new(db, agent, **who, language="fr", now=house.now)
            ids = {"organisation_id": agent.organisation_id, "meeting_id": scene.meeting_id}
            made.append(Attendee(**ids, beneficiary_id=person.id))
        db.add_all(made)
        db.flush()
        return [one.id for one in made]

    return house.database.in_transaction(agent.organisation_id, write)


def statements(scene: Scene, ask: Callable[[], TestResponse]) -> int:
    """Ask for a sheet, and return how many statements were sent."""
    sent: list[str] = []

    def listen(*told: Any) -> None:
        sent.append(told[2])

    engine = scene.house.database.engine
    event.listen(engine, "before_cursor_execute", listen)
    answer = ask()
    event.remove(engine, "before_cursor_execute", listen)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return len(sent)


def ways(scene: Scene) -> dict[str, Callable[[], TestResponse]]:
    """The three ways to read a sheet."""
    staff, program = scene.house.client(), asking(scene.house, key(scene.house, Permission.SEE_DAY))
    scene.house.log_in(staff, scene.house.agents[0])
    meeting = shown(scene.meeting_id)
    return {
        "page": lambda: staff.get(f"/equipe/seances/{meeting}"),
        "pdf": lambda: staff.get(f"/equipe/seances/{meeting}/feuille.pdf"),
        "json": lambda: program.get(f"/meetings/{meeting}/sheet"),
    }


def test_a_sheet_of_many_people_takes_as_many_statements_as_one_of_three(scene: Scene) -> None:
    reading = ways(scene)
    for ask in reading.values():
        ask()  # the first time, the session and the key write down that they were used
    few = {way: statements(scene, ask) for way, ask in reading.items()}
    attend(scene, enrol(scene, MANY))
    assert {way: statements(scene, ask) for way, ask in reading.items()} == few
    assert all(few[way] <= most for way, most in MOST.items()), few
