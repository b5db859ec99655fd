"""A badge is shown to somebody: to an agent, or to a device that an agent answers for; never to a program alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.domain.refusals import WitnessNeeded
from attendance.domain.verdicts import Verdict
from attendance.models import Meeting, Scan, Signature, SignatureKind, Statement
from attendance.use_cases.close_sheet import close_sheet
from attendance.use_cases.state_presence import Person, state_presence
from directory.models import Device
from foundation.actors import Actor, ActorKind
from tests.attendance.scene import Scene, training
from tests.house import House


@pytest.fixture
def scene(house: House) -> Scene:
    """9:45 of the training, at a device that Karim answers for."""
    made = training(house)
    house.clock.advance(timedelta(minutes=45))
    return replace(made, agent=device(made))


def device(scene: Scene) -> Actor:
    """A device of the organisation, let in by one of its keys."""
    house = scene.house

    def enrol(db: Session) -> int:
        row = Device(
            organisation_id=house.organisation.id,
            name="Tablette de l'accueil",
            agent_id=house.agents[1].id,
            created_at=house.now,
        )
        db.add(row)
        db.flush()
        return row.id

    identifier = house.database.in_transaction(house.organisation.id, enrol)
    return Actor(
        ActorKind.DEVICE,
        house.organisation.id,
        identifier,
        through=501,
        permissions=scene.agent.permissions,
        entrusted_to=house.agents[1].id,
    )


def test_a_device_s_scan_names_the_device_and_the_agent_who_answers_for_it(scene: Scene) -> None:
    assert scene.scan(scene.sent()).verdict is Verdict.SIGNED
    with scene.house.database.reading(scene.house.organisation.id) as db:
        scan, signature = db.scalars(select(Scan)).one(), db.scalars(select(Signature)).one()
    karim = scene.house.agents[1].id
    assert (scan.source, scan.device_id, scan.agent_id) == (scene.agent.identifier, scene.agent.identifier, karim)
    assert (signature.agent_id, signature.grade.value) == (karim, "A")


def test_a_device_hears_its_first_answer_after_its_key_has_changed(scene: Scene) -> None:
    first = scene.scan(scene.sent())
    renewed = replace(scene, agent=replace(scene.agent, through=502))
    assert renewed.scan(scene.sent()) == first
    with scene.house.database.reading(scene.house.organisation.id) as db:
        assert len(db.scalars(select(Scan)).all()) == 1


def test_a_statement_and_a_closing_through_a_device_name_its_agent(scene: Scene) -> None:
    house, karim = scene.house, scene.house.agents[1].id
    person = Person(attendee_id=scene.attendees[0], half_day_id=scene.half_days[0].id)
    house.database.in_transaction(
        house.organisation.id, state_presence, scene.agent,
        now=house.now, person=person, kind=SignatureKind.ARRIVAL, reason="Badge oublié",
    )  # fmt: skip
    house.clock.advance(timedelta(days=1))
    house.database.in_transaction(
        house.organisation.id, close_sheet, scene.agent, now=house.now, meeting_id=scene.meeting_id
    )
    with house.database.reading(house.organisation.id) as db:
        assert db.scalars(select(Statement.agent_id)).all() == [karim]
        assert db.scalars(select(Meeting.closed_by)).all() == [karim]


@pytest.mark.parametrize("kind", [ActorKind.PROGRAM, ActorKind.SYSTEM])
def test_a_badge_that_is_shown_to_nobody_does_not_count_and_is_not_kept(scene: Scene, kind: ActorKind) -> None:
    program = Actor(kind, scene.house.organisation.id, 601, through=601, permissions=scene.agent.permissions)
    with pytest.raises(WitnessNeeded):
        replace(scene, agent=program).scan(scene.sent())
    with scene.house.database.reading(scene.house.organisation.id) as db:
        assert db.scalars(select(Scan)).all() == []
