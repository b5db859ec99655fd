"""A signature and a change of the training at once: one of the two has seen the other. And without each guard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from attendance.domain.trainings import AttendeeHasEvidence, HalfDayHasEvidence
from attendance.domain.verdicts import Verdict
from attendance.models import Attendee, HalfDay, Meeting, Scan, Signature
from attendance.queries.training_rows import attendees_with_evidence
from attendance.steps import finding, scans, signing, training_changes
from attendance.steps.evidence import open_meeting
from attendance.steps.invitations import announce_invitations
from attendance.steps.training_changes import TakenOut
from attendance.use_cases import change_training as changing
from attendance.use_cases.add_walk_in import WalkIn
from attendance.use_cases.change_training import SpanChange, TrainingChanges, change_training
from attendance.use_cases.scan_badge import scan_badge
from tests.attendance.queues import rows
from tests.attendance.racing import at_once, crowded
from tests.attendance.scene import Scene, training
from tests.house import House

on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
"""SQLite has one writer at a time, from its first statement on: there the question does not arise."""
Outcome = Verdict | type[Exception] | None


@pytest.fixture
def scene(house: House) -> Scene:
    """9:45 of the training: its first half-day opened at 9:30."""
    made = training(house)
    house.clock.advance(timedelta(minutes=45))
    return made


def later(scene: Scene) -> TrainingChanges:
    """The first half-day begins in the evening instead."""
    first, hours = scene.half_days[0], timedelta(hours=9)
    return TrainingChanges(half_days=[SpanChange(first.id, first.starts_at + hours, first.ends_at + hours)])


def without(scene: Scene) -> TrainingChanges:
    """The first person comes no more."""
    return TrainingChanges(out=TakenOut(attendee_ids=[scene.attendees[0]]))


def shorter(scene: Scene) -> TrainingChanges:
    """The first half-day is no more."""
    return TrainingChanges(out=TakenOut(half_day_ids=[scene.half_days[0].id]))


CHANGES = [later, without, shorter]


def outcome(task: Callable[[], Any]) -> Outcome:
    """Do something, and return its verdict or which refusal was raised."""
    try:
        done = task()
    except Exception as error:  # noqa: BLE001 - which one it is is what the test looks at
        return type(error)
    return getattr(done, "verdict", None)


def both(scene: Scene, run: Any, changes: TrainingChanges) -> tuple[Outcome, Outcome]:
    """Scan the first person's badge while the training is changed."""
    sent, now = scene.sent(), scene.house.now
    scan, change = at_once(
        [
            lambda: outcome(lambda: run(scan_badge, scene.agent, now=now, sent=sent)),
            lambda: outcome(
                lambda: run(change_training, scene.agent, now=now, meeting_id=scene.meeting_id, changes=changes)
            ),
        ]
    )
    return scan, change


def read_before_the_change(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scan has read who is expected; then all is changed but for the commit; then the scan goes on to sign."""
    read, changed = Event(), Event()
    find, begin, end = finding.find, open_meeting, announce_invitations

    def find_and_wait(*arguments: Any, **named: Any) -> Any:
        found = find(*arguments, **named)
        read.set()
        changed.wait(timeout=2)
        return found

    def wait_and_begin(*arguments: Any) -> Any:
        read.wait(timeout=2)
        return begin(*arguments)

    def end_and_tell(*arguments: Any, **named: Any) -> None:
        end(*arguments, **named)
        changed.set()

    monkeypatch.setattr(finding, "find", find_and_wait)
    monkeypatch.setattr(changing, "open_meeting", wait_and_begin)
    monkeypatch.setattr(changing, "announce_invitations", end_and_tell)


def kept_before_the_change(monkeypatch: pytest.MonkeyPatch, hold: Callable[..., None]) -> None:
    """A refused scan is kept; then the change looks for evidence; then the scan is committed."""
    kept, looked = Event(), Event()
    keep, look = scans.keep, attendees_with_evidence

    def keep_and_wait(*arguments: Any, **named: Any) -> None:
        keep(*arguments, **named)
        kept.set()
        looked.wait(timeout=2)  # when the row is held, it is waited for in vain: that is the point

    def wait_and_hold(*arguments: Any) -> None:
        kept.wait(timeout=2)
        hold(*arguments)

    def look_and_tell(*arguments: Any) -> Any:
        found = look(*arguments)
        looked.set()
        return found

    monkeypatch.setattr(scans, "keep", keep_and_wait)
    monkeypatch.setattr(training_changes, "_hold", wait_and_hold)
    monkeypatch.setattr(training_changes, "attendees_with_evidence", look_and_tell)


@pytest.mark.parametrize("changes", CHANGES)
def test_a_signature_and_a_change_at_once_have_one_winner(
    scene: Scene, changes: Callable[[Scene], TrainingChanges]
) -> None:
    with crowded(scene.house, 2) as run:
        scan, change = both(scene, run, changes(scene))
    one_winner(scene, scan, change)


@on_postgresql
@pytest.mark.parametrize("changes", CHANGES)
def test_a_change_while_a_scan_has_read_and_not_signed_has_one_winner(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, changes: Callable[[Scene], TrainingChanges]
) -> None:
    read_before_the_change(monkeypatch)
    with crowded(scene.house, 2) as run:
        scan, change = both(scene, run, changes(scene))
    one_winner(scene, scan, change)


def one_winner(scene: Scene, scan: Outcome, change: Outcome) -> None:
    is_signed = scan is Verdict.SIGNED
    assert len(rows(scene, Signature)) == int(is_signed)
    if is_signed:
        assert change in {AttendeeHasEvidence, HalfDayHasEvidence}
        assert len(rows(scene, Attendee)) == 3
        assert rows(scene, HalfDay)[0].starts_at == scene.half_days[0].starts_at
    else:
        assert change is None
        assert isinstance(scan, Verdict) or scan.__name__ == "HalfDayNotFound"  # type: ignore[union-attr]


@on_postgresql
def test_unless_it_looks_at_the_hours_by_which_it_was_judged_a_signature_lands_on_others(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign = signing.sign
    monkeypatch.setattr(signing, "sign", lambda *given, **named: sign(*given, **named | {"hours": None}))
    read_before_the_change(monkeypatch)
    with crowded(scene.house, 2) as run:
        assert both(scene, run, later(scene)) == (Verdict.SIGNED, None)
    assert len(rows(scene, Signature)) == 1
    assert rows(scene, HalfDay)[0].starts_at > scene.house.now + timedelta(hours=2)


@on_postgresql
def test_unless_it_runs_again_a_signature_of_somebody_taken_out_is_a_fault(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing, "IntegrityError", ZeroDivisionError)
    read_before_the_change(monkeypatch)
    with crowded(scene.house, 2) as run:
        assert both(scene, run, without(scene)) == (IntegrityError, None)


@on_postgresql
def test_a_refused_scan_that_is_being_kept_is_waited_for(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.write(rows(scene, Meeting)[0], needs_drawing=True)
    kept_before_the_change(monkeypatch, training_changes._hold)
    with crowded(scene.house, 2) as run:
        assert both(scene, run, without(scene)) == (Verdict.NEEDS_SIGNATURE, AttendeeHasEvidence)
    assert (len(rows(scene, Scan)), len(rows(scene, Attendee))) == (1, 3)


@on_postgresql
def test_unless_the_row_is_held_the_change_meets_it_as_a_fault(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.write(rows(scene, Meeting)[0], needs_drawing=True)
    kept_before_the_change(monkeypatch, lambda *_: None)
    with crowded(scene.house, 2) as run:
        assert both(scene, run, without(scene)) == (Verdict.NEEDS_SIGNATURE, IntegrityError)


def test_two_who_change_at_once_lose_nothing_of_each_other(scene: Scene) -> None:
    def enrolling(first_name: str) -> Callable[[], None]:
        changes = TrainingChanges(people=[WalkIn(None, first_name, "Hoarau")])
        return lambda: run(
            change_training, scene.agent, now=scene.house.now, meeting_id=scene.meeting_id, changes=changes
        )

    with crowded(scene.house, 4) as run:
        at_once([enrolling(name) for name in ("Rose", "Léa", "Yann", "Inès")])
    assert len(rows(scene, Attendee)) == 7
