"""Corrections: they add and never edit, one hand while it is fresh, then two; and what happens without the guards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from attendance.domain.corrections import (
    Applied,
    AuthorNeeded,
    CorrectionDecided,
    CorrectionNotFound,
    CorrectionsWait,
    CorrectionWaits,
    NothingToCorrect,
    PresentAlready,
    SecondHandNeeded,
    UnreadableCorrection,
    effective,
    needs_second_hand,
)
from attendance.domain.refusals import AttendeeNotFound, HalfDayNotFound, MeetingNotFound, SheetIsClosed
from attendance.models import (
    Correction,
    CorrectionAction,
    CorrectionState,
    Method,
    Signature,
    SignatureKind,
    Standing,
    StatementCause,
)
from attendance.queries import meetings, sheet
from attendance.queries.cell_view import CellView
from attendance.sheet.words import SheetWords
from attendance.steps import corrections as rows
from attendance.steps.signing import Evidence, sign
from attendance.use_cases.close_sheet import close_sheet
from attendance.use_cases.decide_correction import decide_correction
from attendance.use_cases.propose_correction import Proposal, propose_correction
from attendance.use_cases.state_presence import Person, state_presence
from directory.domain.permissions import NotAllowed
from foundation.actors import Actor, ActorKind
from foundation.messages import SEGMENT, Mail
from foundation.models import AuditEntry
from tests.attendance.racing import Run, at_once, crowded, unguarded
from tests.attendance.scene import Scene, training
from tests.house import START, House

ARRIVAL, DEPARTURE = SignatureKind.ARRIVAL, SignatureKind.DEPARTURE
WITHDRAW, PRESENT, TIME = CorrectionAction.WITHDRAW, CorrectionAction.PRESENT, CorrectionAction.TIME
TEN = START + timedelta(hours=1)


@pytest.fixture
def scene(house: House) -> Scene:
    """9:45 of the training: its first half-day is from 10 to 13."""
    made = training(house)
    house.clock.advance(timedelta(minutes=45))
    return made


def proposal(scene: Scene, action: CorrectionAction, at: datetime | None = None, person: int = 0) -> Proposal:
    where = (scene.attendees[person], scene.half_days[0].id)
    return Proposal(*where, ARRIVAL, action, "Vu dans la salle", at)


def propose(
    scene: Scene, action: CorrectionAction, at: datetime | None = None, *, person: int = 0, by: Actor | None = None
) -> int:
    return scene.house.database.in_transaction(
        scene.agent.organisation_id,
        propose_correction,
        by or scene.agent,
        now=scene.house.now,
        meeting_id=scene.meeting_id,
        proposal=proposal(scene, action, at, person),
    )


def decide(scene: Scene, correction_id: int, *, accepts: bool = True, by: Actor | None = None) -> None:
    scene.house.database.in_transaction(
        scene.agent.organisation_id,
        decide_correction,
        by or second(scene),
        now=scene.house.now,
        correction_id=correction_id,
        accepts=accepts,
    )


def second(scene: Scene, number: int = 1) -> Actor:
    return scene.house.actor(scene.house.agents[number])


def cell(scene: Scene, person: int = 0) -> CellView:
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        view = sheet.of_meeting(db, scene.meeting_id, now=scene.house.now)
    return next(one for one in view.people if one.attendee_id == scene.attendees[person]).cells[0]


def said(scene: Scene, person: int = 0) -> dict[str, Any]:
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        view = sheet.of_meeting(db, scene.meeting_id, now=scene.house.now)
    say = scene.house.services.wording.in_language("en")
    number = next(n for n, one in enumerate(view.people) if one.attendee_id == scene.attendees[person])
    return dict(SheetWords(view, say, "en").printed()["people"][number]["cells"][0])


def signed(scene: Scene, *, minutes: int = 0, kind: SignatureKind = ARRIVAL, person: int = 0) -> None:
    """Somebody's badge is seen, `minutes` after ten."""
    at = TEN + timedelta(minutes=minutes)
    scene.house.database.in_transaction(
        scene.agent.organisation_id,
        sign,
        scene.agent,
        attendee_id=scene.attendees[person],
        half_day_id=scene.half_days[0].id,
        kind=kind,
        evidence=Evidence(Method.BADGE, "A", at, agent_id=scene.agent.agent_id),  # type: ignore[arg-type]
        now=at,
    )


def stated(scene: Scene, person: int = 0) -> None:
    scene.house.database.in_transaction(
        scene.agent.organisation_id,
        state_presence,
        scene.agent,
        now=scene.house.now,
        person=Person(attendee_id=scene.attendees[person], half_day_id=scene.half_days[0].id),
        kind=ARRIVAL,
        reason="Badge oublié",
        cause=StatementCause.NO_BADGE,
    )


def standings(scene: Scene) -> Counter[Standing]:
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        return Counter(db.scalars(select(Signature.standing)))


def told(scene: Scene) -> list[Mail]:
    """The mails about corrections."""
    return [mail for _, mail in scene.house.mails if "corrigée" in mail.subject]


def late(scene: Scene) -> None:
    """It is 48 hours after the end, to the minute."""
    scene.house.clock.advance(scene.half_days[0].ends_at + timedelta(hours=48) - scene.house.now)


# -- the rules ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("after", "is_late"), [(-1, False), (0, True), (3600, True)])
def test_a_second_hand_is_needed_from_48_hours_after_the_end_on(after: int, *, is_late: bool) -> None:
    assert needs_second_hand(START, now=START + timedelta(hours=48, seconds=after)) is is_late


def test_the_last_correction_says_the_time_and_a_signature_is_stronger_than_was_present() -> None:
    present, time, gone = (
        Applied(action, at, START + timedelta(days=day))
        for day, (action, at) in enumerate([("present", TEN), ("time", TEN + timedelta(minutes=9)), ("withdraw", None)])
    )
    assert effective(None, [present]) == TEN
    assert effective(START, [present]) == START
    assert effective(START, [present, time]) == TEN + timedelta(minutes=9)
    assert effective(None, [time, gone, present]) is None
    assert effective(START, [gone]) == START  # signed again since
    assert effective(START, []) == START


# -- one hand ----------------------------------------------------------------------------------------------------------


def test_who_signed_at_the_wrong_meeting_is_withdrawn_there_with_every_duplicate(scene: Scene) -> None:
    signed(scene, minutes=5)
    signed(scene, minutes=6)
    propose(scene, WITHDRAW)
    assert standings(scene) == {Standing.WITHDRAWN: 2}
    now = cell(scene)
    assert (now.signatures, now.is_empty, now.duplicates) == ((), True, 0)
    assert [one.grade for one in now.withdrawn_signatures] == ["A", "A"]
    (made,) = now.corrections
    assert (made.state, made.proposed_by, made.reason) == (CorrectionState.APPLIED, "Nadia Ferrand", "Vu dans la salle")


def test_the_sheet_shows_the_old_and_the_correction(scene: Scene) -> None:
    signed(scene, minutes=5)
    scene.house.clock.advance(timedelta(hours=5))
    propose(scene, WITHDRAW)
    words = said(scene)
    assert words["withdrawn"] == ["withdrawn: Arrival 10:05, badge shown to Nadia Ferrand"]
    assert words["corrections"] == [
        {
            "what": "Arrival: was not there",
            "reason": "“Vu dans la salle”",
            "proposed": "by Nadia Ferrand, Monday 13 April 2026 at 14:45",
            "decided": None,
        }
    ]
    assert (words["missing"], words["signatures"], words["minutes"]) == ("absent", [], None)


def test_who_was_withdrawn_by_mistake_signs_again_and_that_counts(scene: Scene) -> None:
    signed(scene, minutes=5)
    propose(scene, WITHDRAW)
    signed(scene, minutes=20)
    assert standings(scene) == {Standing.WITHDRAWN: 1, Standing.COUNTS: 1}
    assert len(cell(scene).signatures) == 1


def test_a_correction_of_presence_counts_minutes_by_its_time_and_is_no_signature(scene: Scene) -> None:
    scene.house.clock.advance(timedelta(hours=5))
    propose(scene, PRESENT, TEN + timedelta(minutes=12))
    now = cell(scene)
    assert (now.signatures, now.minutes, now.late, now.is_absent, now.is_empty) == ((), 168, 12, False, False)
    words = said(scene)
    assert (words["signatures"], words["missed"]) == ([], ["12 minutes late"])
    assert words["corrections"][0]["what"] == "Arrival: was there, at 10:12"
    assert standings(scene) == {}


def test_a_correction_of_time_moves_the_minutes_and_leaves_the_signature_as_it_was(scene: Scene) -> None:
    signed(scene, minutes=30)
    scene.house.clock.advance(timedelta(hours=5))
    assert cell(scene).minutes == 150
    propose(scene, TIME, TEN)
    now = cell(scene)
    assert (now.minutes, now.late) == (180, None)
    assert [one.observed_at for one in now.signatures] == [TEN + timedelta(minutes=30)]
    propose(scene, TIME, TEN + timedelta(minutes=10))
    assert (cell(scene).minutes, len(cell(scene).corrections)) == (170, 2)


def test_a_statement_about_the_wrong_person_is_withdrawn_and_stays_written(scene: Scene) -> None:
    stated(scene)
    scene.house.clock.advance(timedelta(minutes=30))
    propose(scene, WITHDRAW)
    now = cell(scene)
    assert (now.statements, now.is_empty) == ((), True)
    assert [one.cause for one in now.withdrawn_statements] == [StatementCause.NO_BADGE]
    scene.house.clock.advance(timedelta(minutes=1))
    stated(scene)
    assert len(cell(scene).statements) == 1
    assert len(cell(scene).withdrawn_statements) == 1


def test_a_mistaken_correction_of_presence_is_withdrawn(scene: Scene) -> None:
    scene.house.clock.advance(timedelta(hours=4))
    propose(scene, PRESENT, TEN)
    scene.house.clock.advance(timedelta(minutes=1))
    propose(scene, WITHDRAW)
    assert (cell(scene).is_absent, cell(scene).minutes) == (True, None)


def test_what_says_nothing_is_refused(scene: Scene) -> None:
    for action, at in ((WITHDRAW, None), (TIME, scene.house.now)):
        with pytest.raises(NothingToCorrect):
            propose(scene, action, at)
    signed(scene)
    scene.house.clock.advance(timedelta(hours=1))
    with pytest.raises(PresentAlready):
        propose(scene, PRESENT, TEN)
    propose(scene, PRESENT, TEN, person=1)
    with pytest.raises(PresentAlready):
        propose(scene, PRESENT, TEN, person=1)


@pytest.mark.parametrize(
    ("action", "minutes", "field"),
    [
        (WITHDRAW, 0, "correction.no_time"), (PRESENT, None, "correction.time_needed"),
        (TIME, None, "correction.time_needed"), (PRESENT, -31, "correction.time_outside"),
        (PRESENT, 211, "correction.time_outside"), (PRESENT, 600, "correction.time_outside"),
    ],
)  # fmt: skip
def test_a_time_is_of_the_past_and_within_the_half_day_or_none(
    scene: Scene, action: CorrectionAction, minutes: int | None, field: str
) -> None:
    scene.house.clock.advance(timedelta(hours=5))
    with pytest.raises(UnreadableCorrection) as caught:
        propose(scene, action, None if minutes is None else TEN + timedelta(minutes=minutes))
    assert caught.value.fields == {"observed_at": field}


def test_nobody_is_said_to_have_been_there_in_the_future(scene: Scene) -> None:
    with pytest.raises(UnreadableCorrection):
        propose(scene, PRESENT, scene.house.now + timedelta(seconds=1))


@pytest.mark.parametrize("reason", ["", " \t\n", "x" * 301])
def test_a_correction_says_why_in_300_letters(scene: Scene, reason: str) -> None:
    wanted = replace(proposal(scene, PRESENT, scene.house.now), reason=reason)
    with pytest.raises(UnreadableCorrection) as caught:
        scene.house.database.in_transaction(
            scene.agent.organisation_id,
            propose_correction,
            scene.agent,
            now=scene.house.now,
            meeting_id=scene.meeting_id,
            proposal=wanted,
        )
    assert caught.value.fields == {"reason": "correction.reason_needed"}


def test_a_correction_is_of_a_person_and_a_half_day_of_the_meeting(scene: Scene) -> None:
    def run(by: Actor, meeting_id: int, wanted: Proposal) -> None:
        scene.house.database.in_transaction(
            scene.agent.organisation_id,
            propose_correction,
            by,
            now=scene.house.now,
            meeting_id=meeting_id,
            proposal=wanted,
        )

    good = proposal(scene, PRESENT, scene.house.now)
    refused: list[tuple[type[Exception], Callable[[], None]]] = [
        (MeetingNotFound, lambda: run(scene.agent, 1, good)),
        (AttendeeNotFound, lambda: run(scene.agent, scene.meeting_id, replace(good, attendee_id=1))),
        (HalfDayNotFound, lambda: run(scene.agent, scene.meeting_id, replace(good, half_day_id=1))),
        (NotAllowed, lambda: run(replace(scene.agent, permissions=frozenset()), scene.meeting_id, good)),
    ]
    for refusal, attempt in refused:
        with pytest.raises(refusal):
            attempt()


def test_a_closed_sheet_is_corrected_no_more(scene: Scene) -> None:
    signed(scene)
    scene.house.clock.advance(timedelta(hours=8))
    scene.house.database.in_transaction(
        scene.agent.organisation_id, close_sheet, scene.agent, now=scene.house.now, meeting_id=scene.meeting_id
    )
    with pytest.raises(SheetIsClosed):
        propose(scene, WITHDRAW)


# -- two hands ---------------------------------------------------------------------------------------------------------


def test_late_a_correction_waits_for_a_second_other_person_and_does_not_count_before(scene: Scene) -> None:
    signed(scene)
    late(scene)
    made = propose(scene, WITHDRAW)
    assert standings(scene) == {Standing.COUNTS: 1}
    assert said(scene)["corrections"][0]["decided"] == "waits for a second person: does not count yet"
    with pytest.raises(SecondHandNeeded):
        decide(scene, made, by=scene.agent)
    scene.house.clock.advance(timedelta(hours=1))
    decide(scene, made)
    assert standings(scene) == {Standing.WITHDRAWN: 1}
    (shown,) = cell(scene).corrections
    assert (shown.proposed_by, shown.decided_by) == ("Nadia Ferrand", "Karim Belkacem")
    assert said(scene)["corrections"][0]["decided"] == "confirmed by Karim Belkacem, Wednesday 15 April 2026 at 14:00"
    with pytest.raises(CorrectionDecided):
        decide(scene, made, by=second(scene, 2))


def test_a_declined_correction_stays_on_the_sheet_and_changes_nothing(scene: Scene) -> None:
    signed(scene)
    late(scene)
    made = propose(scene, WITHDRAW)
    decide(scene, made, accepts=False)
    assert standings(scene) == {Standing.COUNTS: 1}
    assert [one.state for one in cell(scene).corrections] == [CorrectionState.DECLINED]
    with pytest.raises(CorrectionDecided):
        decide(scene, made)
    scene.house.worker.run_until_empty()
    assert told(scene) == []


def test_two_corrections_of_one_cell_do_not_wait_at_once(scene: Scene) -> None:
    late(scene)
    propose(scene, PRESENT, TEN)
    with pytest.raises(CorrectionWaits):
        propose(scene, PRESENT, TEN, by=second(scene))
    propose(scene, PRESENT, TEN, person=1)


def test_what_has_changed_since_it_was_proposed_is_not_applied(scene: Scene) -> None:
    late(scene)
    made = propose(scene, PRESENT, TEN)
    signed(scene)  # a queue that arrives late
    with pytest.raises(PresentAlready):
        decide(scene, made)
    decide(scene, made, accepts=False)


def test_a_sheet_is_not_closed_while_a_correction_waits(scene: Scene) -> None:
    late(scene)
    made = propose(scene, PRESENT, TEN)

    def close() -> None:
        scene.house.database.in_transaction(
            scene.agent.organisation_id, close_sheet, scene.agent, now=scene.house.now, meeting_id=scene.meeting_id
        )

    with pytest.raises(CorrectionsWait):
        close()
    decide(scene, made)
    close()
    with pytest.raises(SheetIsClosed):
        decide(scene, made)


def test_who_decides_may_close_sheets_or_manage_meetings_and_is_somebody(scene: Scene) -> None:
    late(scene)
    made = propose(scene, PRESENT, TEN)
    with pytest.raises(NotAllowed):
        decide(scene, made, by=replace(second(scene), permissions=frozenset({"scan"})))
    with pytest.raises(AuthorNeeded):
        decide(scene, made, by=Actor(ActorKind.PROGRAM, scene.agent.organisation_id, 1, 1, scene.agent.permissions))
    with pytest.raises(CorrectionNotFound):
        decide(scene, 1)
    decide(scene, made, by=replace(second(scene), permissions=frozenset({"close-sheet"})))


def test_what_a_program_proposes_waits_for_a_person_however_fresh_it_is(scene: Scene) -> None:
    program = Actor(ActorKind.PROGRAM, scene.agent.organisation_id, 1, 1, scene.agent.permissions)
    scene.house.clock.advance(timedelta(hours=1))
    made = propose(scene, PRESENT, TEN, by=program)
    assert cell(scene).is_empty
    assert said(scene)["corrections"][0]["proposed"].startswith("by a program, ")
    decide(scene, made, by=scene.agent)
    assert cell(scene).is_corrected_present


# -- the person is told ------------------------------------------------------------------------------------------------


def test_the_person_is_told_once_by_mail_and_never_why(scene: Scene) -> None:
    signed(scene)
    propose(scene, WITHDRAW)
    scene.house.worker.run_until_empty()
    scene.house.worker.run_until_empty()
    (mail,) = told(scene)
    assert mail.to == "sonia@courriel.example"
    assert mail.subject.replace("\u00a0", " ") == "Votre présence a été corrigée : Comprendre"
    assert "votre arrivée ne compte pas." in mail.text
    assert "Vu dans la salle" not in mail.text


def test_who_has_no_mail_is_told_by_an_sms_of_one_segment(scene: Scene) -> None:
    scene.house.clock.advance(timedelta(hours=1))
    propose(scene, PRESENT, TEN, person=1)
    scene.house.worker.run_until_empty()
    (sms,) = (sms for _, sms in scene.house.texts if "corrigee" in sms.text or "corrigée" in sms.text)
    assert sms.to == "+33639980002"
    assert "vous étiez là à 10 h" in sms.text.replace("\u00a0", " ")
    assert len(sms.text) <= SEGMENT


def test_a_proposal_that_waits_tells_nobody_yet_and_the_decision_does(scene: Scene) -> None:
    late(scene)
    made = propose(scene, PRESENT, TEN)
    scene.house.worker.run_until_empty()
    assert told(scene) == []
    decide(scene, made)
    scene.house.worker.run_until_empty()
    assert len(told(scene)) == 1


# -- two second hands at once ------------------------------------------------------------------------------------------


def deciding(scene: Scene, run: Run, made: int) -> Counter[str]:
    def attempt(number: int) -> str:
        try:
            run(
                decide_correction,
                second(scene, 1 + number % 3),
                now=scene.house.now,
                correction_id=made,
                accepts=number % 2 == 0,
            )
        except CorrectionDecided:
            return "too late"
        return "decided"

    return Counter(at_once([lambda number=number: attempt(number) for number in range(10)]))  # type: ignore[misc]


def decisions(scene: Scene) -> int:
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        actions = ("correction.applied", "correction.declined")
        return db.scalar(select(func.count(AuditEntry.id)).where(AuditEntry.action.in_(actions))) or 0


def test_ten_second_hands_at_once_make_one_decision(scene: Scene) -> None:
    late(scene)
    made = propose(scene, PRESENT, TEN)
    with crowded(scene.house, 10) as run:
        heard = deciding(scene, run, made)
    assert heard == {"decided": 1, "too late": 9}
    assert decisions(scene) == 1


def test_without_the_lock_the_conditional_change_still_lets_one_decide(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    late(scene)
    made = propose(scene, PRESENT, TEN)
    monkeypatch.setattr(meetings, "locked", meetings.by_id)
    with unguarded(scene.house, 10) as run:
        heard = deciding(scene, run, made)
    assert heard == {"decided": 1, "too late": 9}


def test_without_lock_and_conditional_change_all_ten_decide(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: each reads that it waits, then writes."""
    barrier = Barrier(10)

    def careless(db: Session, correction: Correction, *, state: CorrectionState, by: int | None, now: datetime) -> None:
        barrier.wait(timeout=60)
        correction.state, correction.decided_at, correction.decided_by = state, now, by
        db.flush()

    monkeypatch.setattr(meetings, "locked", meetings.by_id)
    monkeypatch.setattr(rows, "claim", careless)
    late(scene)
    made = propose(scene, PRESENT, TEN)
    with unguarded(scene.house, 10) as run:
        heard = deciding(scene, run, made)
    assert heard == {"decided": 10}
    assert decisions(scene) == 10
