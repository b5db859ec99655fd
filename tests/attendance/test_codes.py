from datetime import timedelta

import pytest
from sqlalchemy import func, select

from attendance.domain.refusals import AlreadySigned, NoWayToSend, TooManyCodes, WindowClosed
from attendance.models import OneTimeCode, Signature, SignatureKind
from attendance.use_cases.confirm_code import CodeVerdict, confirm_code
from foundation.messages import SEGMENT
from tests.attendance.scene import Scene, ask, digits_received, training
from tests.house import House

ARRIVAL = SignatureKind.ARRIVAL


@pytest.fixture
def scene(house: House) -> Scene:
    made = training(house)
    house.clock.advance(timedelta(minutes=45))
    return made


def confirm(scene: Scene, typed: str, person: int = 0, *, link: str = "mail", half_day: int = 0) -> CodeVerdict:
    return scene.house.database.in_transaction(
        scene.agent.organisation_id,
        confirm_code,
        scene.holder(person),
        now=scene.house.now,
        half_day_id=scene.half_days[half_day].id,
        kind=ARRIVAL,
        typed=typed,
        link_channel=link,
        keys=scene.house.keys,
    )


def grades(scene: Scene) -> list[str]:
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        return [grade.value for grade in db.scalars(select(Signature.grade))]


def test_a_link_by_mail_and_a_code_by_sms_sign_with_grade_c(scene: Scene) -> None:
    assert ask(scene) == "sms"
    digits = digits_received(scene)
    text = scene.house.texts[-1][1]
    assert text.to == "+33639980001"
    assert len(text.text) <= SEGMENT
    assert confirm(scene, f"{digits[:3]} {digits[3:]}") is CodeVerdict.SIGNED
    assert grades(scene) == ["C"]


def test_a_link_and_a_code_by_the_same_way_sign_with_grade_d(scene: Scene) -> None:
    assert ask(scene, 1, link="sms") == "sms"
    assert confirm(scene, digits_received(scene), 1, link="sms") is CodeVerdict.SIGNED
    assert grades(scene) == ["D"]


def test_a_link_by_sms_has_its_code_by_mail(scene: Scene) -> None:
    assert ask(scene, link="sms") == "mail"
    digits_received(scene)
    assert "Votre code pour émarger" in {mail.subject for _, mail in scene.house.mails}


def test_wrong_unknown_used_run_out_and_worn_out_codes_hear_the_same(scene: Scene) -> None:
    heard = [confirm(scene, "123456")]  # nobody asked for one
    ask(scene)
    digits = digits_received(scene)
    wrong = "000000" if digits != "000000" else "000001"
    heard += [confirm(scene, wrong), confirm(scene, "12345"), confirm(scene, "")]
    scene.house.clock.advance(timedelta(minutes=10))
    heard.append(confirm(scene, digits))  # run out
    ask(scene)
    fresh = digits_received(scene)
    heard.append(confirm(scene, digits))  # the one before
    heard += [confirm(scene, wrong) for _ in range(4)]
    heard.append(confirm(scene, fresh))  # worn out by five tries
    assert set(heard) == {CodeVerdict.REFUSED}
    assert grades(scene) == []


def test_a_used_code_signs_no_second_time(scene: Scene) -> None:
    ask(scene)
    digits = digits_received(scene)
    assert [confirm(scene, digits), confirm(scene, digits)] == [CodeVerdict.SIGNED, CodeVerdict.REFUSED]
    with pytest.raises(AlreadySigned):
        ask(scene)


def test_a_code_is_good_for_one_person_and_one_half_day(scene: Scene) -> None:
    ask(scene)
    digits = digits_received(scene)
    ask(scene, 1, link="sms")
    digits_received(scene)
    assert confirm(scene, digits, 1, link="sms") is CodeVerdict.REFUSED
    assert confirm(scene, digits, half_day=1) is CodeVerdict.NOT_OPEN


def test_asking_twice_within_a_minute_sends_one_message_and_later_a_new_code(scene: Scene) -> None:
    ask(scene)
    ask(scene)
    first = digits_received(scene)
    assert len(scene.house.texts) == 1
    scene.house.clock.advance(timedelta(minutes=2))
    ask(scene)
    assert digits_received(scene) != first
    assert confirm(scene, first) is CodeVerdict.REFUSED


def test_a_message_that_waited_until_its_code_was_replaced_is_not_sent(scene: Scene) -> None:
    ask(scene)
    scene.house.clock.advance(timedelta(minutes=2))
    ask(scene)
    digits_received(scene)
    assert len(scene.house.texts) == 1


def test_after_ten_failures_one_must_wait_and_the_right_code_waits_too(scene: Scene) -> None:
    for round_ in range(2):
        ask(scene)
        digits = digits_received(scene)
        wrong = "000000" if digits != "000000" else "000001"
        for _ in range(5):
            confirm(scene, wrong)
        scene.house.clock.advance(timedelta(seconds=59 if round_ else 61))
    with pytest.raises(TooManyCodes):
        ask(scene)
    scene.house.clock.advance(timedelta(seconds=1))
    ask(scene)
    assert confirm(scene, digits_received(scene)) is CodeVerdict.SIGNED


def test_codes_are_not_sent_without_end(scene: Scene) -> None:
    for _ in range(6):
        ask(scene)
        scene.house.clock.advance(timedelta(minutes=1))
    with pytest.raises(TooManyCodes):
        ask(scene)


def test_a_code_cannot_be_asked_for_outside_the_window_or_without_a_way_to_send_it(scene: Scene) -> None:
    with pytest.raises(WindowClosed):
        ask(scene, half_day=1)
    scene.write(scene.people[1], phone=None)
    with pytest.raises(NoWayToSend):
        ask(scene, 1)


def test_no_code_is_kept(scene: Scene) -> None:
    ask(scene)
    digits = digits_received(scene)
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        assert db.scalar(select(func.count(OneTimeCode.id))) == 1
        row = db.scalars(select(OneTimeCode)).one()
    assert digits not in str(vars(row))
