from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from attendance.domain.refusals import HalfDayNotFound
from attendance.domain.verdicts import Verdict
from attendance.models import Scan, Signature, SignatureKind, Standing
from attendance.pages.scanner_input import told
from attendance.steps import scans
from booking.models import Appointment, AppointmentStatus
from directory.models import SigningKey
from directory.queries import badges
from directory.steps.badges import badge_until
from directory.steps.people import known_or_new
from foundation.badges import BadgePayload, write_badge
from foundation.models import AuditEntry
from tests.attendance.scene import Scene, altered, appointment, desk, training
from tests.house import House


@pytest.fixture
def scene(house: House) -> Scene:
    made = training(house)
    house.clock.advance(timedelta(minutes=45))  # 9:45: the first half-day opens at 9:30
    return made


def counted(scene: Scene, model: type[Scan | Signature]) -> int:
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        return db.scalar(select(func.count()).select_from(model)) or 0


def sentence(scene: Scene, answer: scans.Answer) -> str:
    say = scene.house.services.wording.in_language("fr")
    said = told(answer, now=scene.house.now, say=say, language="fr")["sentence"]
    return str(said).replace("\u00a0", " ")


def test_a_badge_shown_to_an_agent_signs_with_grade_a(scene: Scene) -> None:
    answer = scene.scan(scene.sent())
    assert (answer.verdict, answer.first_name, answer.title) == (Verdict.SIGNED, "Sonia", "Comprendre")
    assert sentence(scene, answer) == "C'est noté, à 9 h 45."
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        kept, scan = db.scalars(select(Signature)).one(), db.scalars(select(Scan)).one()
    assert (scan.device_id, scan.kind, scan.target_kind, scan.target_id) == (
        None, SignatureKind.ARRIVAL, "half_day", scene.half_days[0].id
    )  # fmt: skip
    assert (kept.grade.value, kept.method.value, kept.agent_id) == ("A", "badge", scene.agent.identifier)


def test_a_second_scan_says_since_when(scene: Scene) -> None:
    scene.scan(scene.sent())
    scene.house.clock.advance(timedelta(minutes=5))
    answer = scene.scan(scene.sent(key="key-0002"))
    assert answer.verdict is Verdict.ALREADY_SIGNED
    assert sentence(scene, answer) == "Déjà émargé, à 9 h 45. Il n'y a rien d'autre à faire."
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        standings = db.scalars(select(Signature.standing).order_by(Signature.id)).all()
    assert standings == [Standing.COUNTS, Standing.DUPLICATE]


def test_what_is_no_badge_is_malformed_and_an_altered_one_unknown(scene: Scene) -> None:
    assert scene.scan(replace(scene.sent(), badge="https://exemple.fr")).verdict is Verdict.MALFORMED
    changed = replace(scene.sent(key="key-0002"), badge=altered(scene.texts[0]))
    assert scene.scan(changed).verdict is Verdict.UNKNOWN


def test_a_badge_with_a_stranger_s_signature_is_unknown(scene: Scene) -> None:
    badge = scene.badges[0]
    payload = BadgePayload(1, badge.organisation_id, bytes.fromhex(badge.number), badge.expires_at)
    forged = write_badge(payload, seed=bytes(32))
    answer = scene.scan(replace(scene.sent(), badge=forged))
    assert (answer.verdict, answer.name) == (Verdict.UNKNOWN, None)
    assert sentence(scene, answer) == "Ce badge n'est pas valable. Cherchez la personne par son nom."


def test_another_organisation_s_badge_is_not_ours_only_when_its_signature_is_good(scene: Scene) -> None:
    seed = bytes(range(1, 33))
    payload = BadgePayload(1, scene.house.other.id, bytes(16), scene.house.now + timedelta(days=1))
    foreign = replace(scene.sent(), badge=write_badge(payload, seed=seed))
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    assert scene.scan(foreign, foreign_key=public).verdict is Verdict.NOT_OURS
    assert scene.scan(replace(foreign, key="key-0002"), foreign_key=bytes(32)).verdict is Verdict.UNKNOWN
    assert scene.scan(replace(foreign, key="key-0003")).verdict is Verdict.UNKNOWN


def test_a_badge_that_has_run_out_or_was_revoked_is_refused_with_its_holder_s_name(scene: Scene) -> None:
    scene.write(scene.badges[1], revoked_at=scene.house.now)
    answer = scene.scan(scene.sent(1))
    assert (answer.verdict, answer.first_name) == (Verdict.REVOKED, "Amadou")
    scene.house.clock.advance(timedelta(days=90))
    assert scene.scan(scene.sent(0, key="key-0002")).verdict is Verdict.EXPIRED


def test_a_withdrawn_key_makes_its_badges_unknown(scene: Scene) -> None:
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        key = db.scalars(select(SigningKey)).one()
    scene.write(key, withdrawn_at=scene.house.now)
    assert scene.scan(scene.sent()).verdict is Verdict.UNKNOWN


def test_too_early_says_from_when_and_too_late_that_it_is_over(scene: Scene) -> None:
    answer = scene.scan(scene.sent(target=scene.target(1)))
    assert answer.verdict is Verdict.TOO_EARLY
    assert sentence(scene, answer) == "Trop tôt pour « Faire ». On émarge à partir de 13 h 30."
    scene.house.clock.advance(timedelta(hours=4))
    assert scene.scan(scene.sent(key="key-0002")).verdict is Verdict.TOO_LATE


def test_at_the_desk_the_appointment_is_found_and_marked_arrived(scene: Scene) -> None:
    booked = appointment(scene, starts_at=scene.house.now + timedelta(minutes=10), person=1)
    answer = scene.scan(scene.sent(1, target=desk(scene)))
    assert (answer.verdict, answer.title) == (Verdict.SIGNED, "Aide administrative")
    scene.house.worker.run_until_empty()
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        assert db.scalars(select(Appointment.status).where(Appointment.id == booked.id)).one() is (
            AppointmentStatus.ARRIVED
        )
    assert scene.scan(scene.sent(1, key="key-0002", target=desk(scene))).verdict is Verdict.ALREADY_SIGNED


def test_at_the_desk_cancelled_too_early_and_nothing_are_told_apart(scene: Scene) -> None:
    booked = appointment(scene, starts_at=scene.house.now + timedelta(hours=6), person=1)
    scene.house.clock.advance(timedelta(hours=-1))  # 8:45: the training is not open either
    assert scene.scan(scene.sent(1, target=desk(scene))).verdict is Verdict.TOO_EARLY
    scene.write(booked, status=AppointmentStatus.CANCELLED)
    answer = scene.scan(scene.sent(1, key="key-0002", target=desk(scene)))
    assert answer.verdict is Verdict.CANCELLED
    assert sentence(scene, answer) == "« Aide administrative » a été annulé. Proposez un autre moment."
    assert scene.scan(scene.sent(0, key="key-0003", target=desk(scene))).verdict is Verdict.WRONG_MEETING


def test_somebody_who_is_not_enrolled_is_not_expected(scene: Scene) -> None:
    booked = appointment(scene, starts_at=scene.house.now, person=1)
    scene.scan(scene.sent(1, target=desk(scene)))
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        half_day_id = db.scalars(select(Scan.half_day_id)).one()
    assert half_day_id is not None
    door = replace(scene.target(), identifier=half_day_id)
    assert scene.scan(scene.sent(0, key="key-0002", target=door)).verdict is Verdict.WRONG_MEETING
    assert booked.beneficiary_id == scene.people[1].id


def test_the_same_key_and_body_hear_the_first_answer_whatever_has_changed_since(scene: Scene) -> None:
    sent = scene.sent()
    first = scene.scan(sent)
    scene.write(scene.badges[0], revoked_at=scene.house.now)
    scene.house.clock.advance(timedelta(hours=9))
    assert scene.scan(sent) == first
    assert scene.scan(replace(sent, key="key-0002")).verdict is Verdict.REVOKED


def test_the_same_key_with_another_body_is_refused_and_kept(scene: Scene) -> None:
    scene.scan(scene.sent())
    answer = scene.scan(scene.sent(1))
    assert (answer.verdict, answer.name) == (Verdict.KEY_REUSED, None)
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        assert "scan.key-reused" in db.scalars(select(AuditEntry.action)).all()
    assert counted(scene, Signature) == 1


def test_every_scan_is_kept_the_refused_ones_too(scene: Scene) -> None:
    scene.scan(replace(scene.sent(), badge="rien"))
    scene.scan(scene.sent(key="key-0002"))
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        assert sorted(db.scalars(select(Scan.verdict))) == ["malformed", "signed"]


def test_another_organisation_s_half_day_does_not_exist(scene: Scene) -> None:
    house = scene.house
    them = replace(house.actor(house.stranger), through=78)

    def give(db: Session) -> str:
        person = known_or_new(
            db, them, first_name="Jean", last_name="Autre", email=None, phone=None, language="fr", now=house.now
        )
        badge = badge_until(db, them, beneficiary_id=person.id, until=house.now, now=house.now)
        return badges.text_of(db, badge, house.keys)

    text = house.database.in_transaction(house.other.id, give)
    with pytest.raises(HalfDayNotFound):
        replace(scene, agent=them).scan(replace(scene.sent(), badge=text))
