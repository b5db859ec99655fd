"""Many at once: one signature, one winner. And what happens without each guard."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, local
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from attendance.domain.refusals import AlreadySigned
from attendance.domain.verdicts import Verdict
from attendance.models import OneTimeCode, Scan, Signature, SignatureKind, Standing
from attendance.queries import badges
from attendance.steps import codes as code_rows
from attendance.steps import signing
from attendance.steps.scans import Answer
from attendance.use_cases.confirm_code import CodeVerdict, confirm_code
from attendance.use_cases.scan_badge import scan_badge
from tests.attendance.racing import Run, at_once, crowded, drop_index, drop_unique, unguarded
from tests.attendance.scene import Scene, ask, digits_received, training
from tests.house import House

ARRIVAL = SignatureKind.ARRIVAL


@pytest.fixture
def scene(house: House) -> Scene:
    """9:45 of the training: its first half-day opened at 9:30."""
    made = training(house)
    house.clock.advance(timedelta(minutes=45))
    return made


def counted(scene: Scene, model: type[Scan | Signature]) -> int:
    query = select(func.count()).select_from(model)
    if model is Signature:
        query = query.where(Signature.standing == Standing.COUNTS)
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        return db.scalar(query) or 0


# -- one scan, sent a hundred times ----------------------------------------------------------------------------------


def hundred_equal_scans(scene: Scene, run: Run, badge: str = "good") -> list[Answer]:
    sent = scene.sent() if badge == "good" else replace(scene.sent(), badge=badge)

    def scan() -> Answer:
        answer: Answer = run(scan_badge, scene.agent, now=scene.house.now, sent=sent)
        return answer

    return at_once([scan] * 100)


def test_the_same_scan_sent_a_hundred_times_at_once_signs_once_and_hears_one_answer(scene: Scene) -> None:
    with crowded(scene.house, 50) as run:
        answers = hundred_equal_scans(scene, run)
    assert len(set(answers)) == 1
    assert answers[0].verdict is Verdict.SIGNED
    assert (counted(scene, Signature), counted(scene, Scan)) == (1, 1)


def looking_together(monkeypatch: pytest.MonkeyPatch, many: int) -> None:
    """Have nobody write before `many` have looked the key up and found nothing; whoever runs again does not wait."""
    barrier, look, seen = Barrier(many), badges.known, local()

    def look_and_wait(db: Session, **what: Any) -> badges.Known:
        found = look(db, **what)
        if not hasattr(seen, "before"):
            seen.before = True
            barrier.wait(timeout=60)
        return found

    monkeypatch.setattr(badges, "known", look_and_wait)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("badge", ["good", "rien"])
def test_a_hundred_that_all_found_the_key_unused_still_sign_once_and_hear_one_answer(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, badge: str
) -> None:
    """SQLite has one writer at a time, from the look-up on. A refusal is kept once like any other answer."""
    looking_together(monkeypatch, 100)
    with crowded(scene.house, 100) as run:
        answers = hundred_equal_scans(scene, run, badge)
    assert len(set(answers)) == 1
    expected = (Verdict.SIGNED, 1) if badge == "good" else (Verdict.MALFORMED, 0)
    assert (answers[0].verdict, counted(scene, Signature)) == expected
    assert counted(scene, Scan) == 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_twins_of_which_one_came_too_early_hear_one_answer(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever ends first is right for ever: no signature stands beside a scan that says «too early»."""
    looking_together(monkeypatch, 20)
    sent, opens = scene.sent(), scene.half_days[0].starts_at - timedelta(minutes=30)
    times = [opens - timedelta(seconds=1), opens] * 10
    with crowded(scene.house, 20) as run:
        answers = at_once([lambda now=now: run(scan_badge, scene.agent, now=now, sent=sent) for now in times])  # type: ignore[misc]
    (verdict,) = {one.verdict for one in answers}
    assert (counted(scene, Signature), counted(scene, Scan)) == (int(verdict is Verdict.SIGNED), 1)


def test_without_the_key_s_constraint_all_hundred_try_to_sign_and_hear_different_answers(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: all have looked, and nothing tells the later ones that they were outrun."""
    attempts, sign = list[int](), signing.sign

    def counting(*arguments: Any, **values: Any) -> signing.Signed:
        attempts.append(1)
        return sign(*arguments, **values)

    monkeypatch.setattr(signing, "sign", counting)
    looking_together(monkeypatch, 100)
    drop_unique(scene.house, "scan", "uq_scan_source_key")
    nameless(monkeypatch)
    with unguarded(scene.house, 100) as run:
        answers = hundred_equal_scans(scene, stopped_by_constraints(run))
    assert len(attempts) == 100
    assert len({str(one) for one in answers}) > 1
    assert counted(scene, Signature) == 1  # the signature's own constraint still holds
    assert counted(scene, Scan) > 90


# -- one code, tried fifty times -------------------------------------------------------------------------------------


def fifty_tries(scene: Scene, run: Run) -> Counter[CodeVerdict]:
    ask(scene)
    digits = digits_received(scene)

    def confirm() -> CodeVerdict:
        verdict: CodeVerdict = run(
            confirm_code,
            scene.holder(0),
            now=scene.house.now,
            half_day_id=scene.half_days[0].id,
            kind=ARRIVAL,
            typed=digits,
            link_channel="mail",
            keys=scene.house.keys,
        )
        return verdict

    return Counter(at_once([confirm] * 50))


def stopped_by_constraints(run: Run) -> Run:
    """The same, where whoever meets a constraint in the middle of nothing is told no."""

    def run_until_stopped(*arguments: Any, **named: Any) -> Any:
        try:
            return run(*arguments, **named)
        except (IntegrityError, AlreadySigned):
            return CodeVerdict.REFUSED

    return run_until_stopped


def nameless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signatures do not say by which scan they were made, so that no constraint of theirs tells twins from others."""
    evidence = signing.Evidence

    def made(*arguments: Any, **named: Any) -> signing.Evidence:
        return evidence(*arguments, **named | {"source": 0, "key": None})

    monkeypatch.setattr(signing, "Evidence", made)


def use_without_looking(monkeypatch: pytest.MonkeyPatch) -> None:
    """All fifty read the code while it is unused, then each writes that it has used it up."""
    barrier = Barrier(50)

    def unlocked(db: Session, **what: Any) -> OneTimeCode | None:
        return db.scalar(select(OneTimeCode).filter_by(**what))

    def careless(_db: Session, row: OneTimeCode, *, now: Any) -> bool:
        barrier.wait(timeout=60)
        row.used_at = now
        return True

    monkeypatch.setattr(code_rows, "locked", unlocked)
    monkeypatch.setattr(code_rows, "use", careless)


def test_fifty_tries_of_one_code_at_once_have_one_winner(scene: Scene) -> None:
    with crowded(scene.house, 50) as run:
        heard = fifty_tries(scene, run)
    assert heard == {CodeVerdict.SIGNED: 1, CodeVerdict.REFUSED: 49}
    assert counted(scene, Signature) == 1


def test_without_its_guards_one_code_has_fifty_winners(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    use_without_looking(monkeypatch)
    drop_index(scene.house, "uq_signature_counts")
    with unguarded(scene.house, 50) as run:
        heard = fifty_tries(scene, run)
    assert heard == {CodeVerdict.SIGNED: 50}
    assert counted(scene, Signature) == 50


def test_without_the_code_s_own_guard_the_signature_s_constraint_still_lets_one_through(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_without_looking(monkeypatch)
    with unguarded(scene.house, 50) as run:
        fifty_tries(scene, stopped_by_constraints(run))
    assert counted(scene, Signature) == 1
