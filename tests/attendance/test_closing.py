"""A sheet is closed while people sign: nothing lands in it afterwards. And what happens without the lock."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Select, func, select, true
from sqlalchemy.orm import Session

from attendance.domain.refusals import SheetIsClosed
from attendance.domain.verdicts import Verdict
from attendance.models import Attendee, SheetState, Signature, SignatureKind
from attendance.queries import half_days
from attendance.steps import scans, signing
from attendance.use_cases.close_sheet import close_sheet
from attendance.use_cases.confirm_code import CodeVerdict, confirm_code
from attendance.use_cases.scan_badge import scan_badge
from attendance.use_cases.state_presence import Person, state_presence
from directory.queries import badges
from directory.steps.badges import badge_until
from directory.steps.people import known_or_new
from foundation.actors import Actor
from tests.attendance.racing import at_once, crowded, unguarded
from tests.attendance.scene import Scene, ask, digits_received, training
from tests.house import House

ARRIVAL = SignatureKind.ARRIVAL
CLOSED = Event()


@pytest.fixture
def scene(house: House) -> Scene:
    """17:05 of the training: the sheet can be closed, and the last window still takes signatures."""
    made = training(house)
    house.clock.advance(timedelta(hours=8, minutes=5))
    return made


def signatures(scene: Scene) -> int:
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        return db.scalar(select(func.count()).select_from(Signature)) or 0


def forty_more(scene: Scene) -> list[str]:
    """Enrol forty people; the texts of their badges."""
    house, agent = scene.house, scene.agent

    def make(db: Session) -> list[str]:
        texts = []
        for number in range(40):
            person = known_or_new(
                db, agent, first_name="Ange", last_name=f"Numéro {number}", email=f"{number}@courriel.example",
                phone=None, language="fr", now=house.now,
            )  # fmt: skip
            badge = badge_until(db, agent, beneficiary_id=person.id, until=house.now + timedelta(days=1), now=house.now)
            db.add(
                Attendee(organisation_id=agent.organisation_id, meeting_id=scene.meeting_id, beneficiary_id=person.id)
            )
            texts.append(badges.text_of(db, badge, house.keys))
        return texts

    return house.database.in_transaction(agent.organisation_id, make)


def close_and_count(db: Session, actor: Actor, **values: Any) -> int:
    """Close, and count what the sheet holds at that moment: nobody may add to it any more."""
    close_sheet(db, actor, **values)
    return db.scalar(select(func.count()).select_from(Signature)) or 0


def test_no_scan_lands_in_a_sheet_that_is_being_closed(scene: Scene) -> None:
    sent = [
        scans.SentScan(f"key-{number:04}", text, scene.target(1), ARRIVAL, scene.house.now)
        for number, text in enumerate(forty_more(scene))
    ]
    now = scene.house.now
    with crowded(scene.house, 41) as run:

        def scan(one: scans.SentScan) -> Any:
            return lambda: run(scan_badge, scene.agent, now=now, sent=one).verdict

        def close() -> int:
            held: int = run(close_and_count, scene.agent, now=now, meeting_id=scene.meeting_id)
            return held

        tasks = [scan(one) for one in sent]
        tasks.insert(20, close)
        heard = at_once(tasks)
    at_closing = next(one for one in heard if isinstance(one, int))
    verdicts = Counter(one for one in heard if isinstance(one, Verdict))
    assert set(verdicts) <= {Verdict.SIGNED, Verdict.TOO_LATE}
    assert verdicts[Verdict.SIGNED] == at_closing == signatures(scene)
    assert sum(verdicts.values()) == 40


def scan_and_close(scene: Scene, seen: Event) -> list[Any]:
    """Scan, and close once the scan has set `seen`; return the verdict, and what the sheet held as it was closed."""
    with unguarded(scene.house, 2) as run:

        def scan() -> Any:
            return run(scan_badge, scene.agent, now=scene.house.now, sent=scene.sent(target=scene.target(1))).verdict

        def close() -> int:
            assert seen.wait(timeout=30)
            held: int = run(close_and_count, scene.agent, now=scene.house.now, meeting_id=scene.meeting_id)
            CLOSED.set()
            return held

        return at_once([scan, close])


def wait_and_sign(monkeypatch: pytest.MonkeyPatch) -> Event:
    """The scan has seen an open sheet; then it is closed; then the scan signs."""
    seen, sign = Event(), signing.sign
    CLOSED.clear()

    def waiting(*arguments: Any, **values: Any) -> signing.Signed:
        seen.set()
        assert CLOSED.wait(timeout=30)
        return sign(*arguments, **values)

    monkeypatch.setattr(signing, "sign", waiting)
    return seen


def test_a_sheet_that_is_closed_between_looking_and_signing_is_too_late(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert scan_and_close(scene, wait_and_sign(monkeypatch)) == [Verdict.TOO_LATE, 0]
    assert signatures(scene) == 0


def test_without_looking_again_a_scan_lands_in_a_closed_sheet(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control of the condition under which a signature is inserted."""
    monkeypatch.setattr(signing, "_is_open", true)
    assert scan_and_close(scene, wait_and_sign(monkeypatch)) == [Verdict.SIGNED, 0]
    assert signatures(scene) == 1  # in a sheet that was closed with none


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("is_locked", [True, False], ids=["locked", "unlocked"])
def test_only_the_lock_has_the_closing_wait_for_a_signature_that_is_not_committed(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, *, is_locked: bool
) -> None:
    """The scan has signed and has not ended when the sheet is closed. On SQLite nobody else writes in between."""
    signed, keep = Event(), scans.keep
    CLOSED.clear()

    def sign_and_wait(*arguments: Any, **values: Any) -> None:
        signed.set()
        assert CLOSED.wait(timeout=1) is not is_locked  # locked, the closing cannot end before the scan
        keep(*arguments, **values)

    monkeypatch.setattr(scans, "keep", sign_and_wait)
    if not is_locked:
        monkeypatch.setattr(Select, "with_for_update", lambda self, **_options: self)
    held = 1 if is_locked else 0
    assert scan_and_close(scene, signed) == [Verdict.SIGNED, held]
    assert signatures(scene) == 1  # unlocked: in a sheet that was closed with none


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("act", ["code", "statement"])
def test_who_read_the_meeting_before_it_was_closed_looks_again_once_it_is_locked(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    """SQLite has one writer at a time, so there is no before."""
    ask(scene, half_day=1)
    digits = digits_received(scene)
    house, read = scene.house, half_days.of_attendee

    def close_after_reading(db: Session, attendee_id: int) -> Any:
        found = read(db, attendee_id)
        monkeypatch.undo()
        house.database.in_transaction(
            scene.agent.organisation_id, close_sheet, scene.agent, now=house.now, meeting_id=scene.meeting_id
        )
        assert found[1].sheet_state is SheetState.OPEN
        return found

    monkeypatch.setattr(half_days, "of_attendee", close_after_reading)
    refused = _confirm(scene, digits) if act == "code" else _state(scene)
    assert refused
    assert signatures(scene) == 0


def _confirm(scene: Scene, digits: str) -> bool:
    verdict = scene.house.database.in_transaction(
        scene.agent.organisation_id, confirm_code, scene.holder(0), now=scene.house.now,
        half_day_id=scene.half_days[1].id, kind=ARRIVAL, typed=digits, link_channel="mail", keys=scene.house.keys,
    )  # fmt: skip
    return verdict is CodeVerdict.NOT_OPEN


def _state(scene: Scene) -> bool:
    person = Person(attendee_id=scene.attendees[0], half_day_id=scene.half_days[1].id)
    with pytest.raises(SheetIsClosed):
        scene.house.database.in_transaction(
            scene.agent.organisation_id, state_presence, scene.agent,
            now=scene.house.now, person=person, kind=ARRIVAL, reason="Badge oublié",
        )  # fmt: skip
    return True
