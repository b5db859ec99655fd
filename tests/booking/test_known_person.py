"""Whoever types the name and the number of somebody known has proved neither, and gets nothing of theirs."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from attendance.domain.verdicts import Verdict
from attendance.models import Signature
from booking.domain.person import Person
from directory.models import Badge, Beneficiary
from directory.queries import badges
from foundation.badges import read_badge
from tests.attendance import scene as scenes
from tests.booking.diary import book, open_weekly, reason
from tests.house import House

SONIA = scenes.PEOPLE[0]


def rows(house: House, model: type[Beneficiary] | type[Badge]) -> dict[int, dict[str, object]]:
    with house.database.reading(house.organisation.id) as db:
        found: list[Beneficiary | Badge] = list(db.scalars(select(model)))
        return {one.id: {column.key: getattr(one, column.key) for column in model.__table__.columns} for one in found}


def test_a_known_name_and_number_give_neither_the_badge_nor_the_signature_of_the_known_person(house: House) -> None:
    scene = scenes.training(house)
    known = scene.people[0]
    people, given = rows(house, Beneficiary), rows(house, Badge)
    kind = reason(house, booking_notice_minutes=0)
    open_weekly(house, kind, weekday=0, hours=(9, 12))
    first, last, _, phone = SONIA
    pretender = Person(first.lower(), last.upper(), phone, "autre@exemple.example", "en")
    appointment = book(house, kind, house.now + timedelta(minutes=40), person=pretender)

    assert appointment.beneficiary_id != known.id
    assert {key: row for key, row in rows(house, Beneficiary).items() if key in people} == people
    assert {key: row for key, row in rows(house, Badge).items() if key in given} == given
    house.worker.run_until_empty()
    assert [mail.to for _, mail in house.mails] == ["autre@exemple.example"]

    with house.database.reading(house.organisation.id) as db:
        badge = badges.live_of(db, appointment.beneficiary_id, now=house.now)
        assert badge is not None
        text = badges.text_of(db, badge, house.keys)
    assert text not in scene.texts
    assert read_badge(text)[0].number not in {read_badge(known_text)[0].number for known_text in scene.texts}

    scene.texts[0] = text
    answer = scene.scan(scene.sent(0))
    assert answer.verdict is Verdict.WRONG_MEETING
    assert answer.signed_at is None
    with house.database.reading(house.organisation.id) as db:
        assert list(db.scalars(select(Signature))) == []
