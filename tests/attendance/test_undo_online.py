"""A scan is taken back on the network: within thirty seconds, by whoever made it, as an event of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from attendance.domain.entries import is_undone_in_time
from attendance.domain.verdicts import Verdict
from attendance.models import ScanUndo, Signature, Standing
from attendance.use_cases.undo_scan import SentUndo, undo_scan
from directory.domain.permissions import NotAllowed, Permission
from foundation.models import AuditEntry, OutboxRow
from foundation.times import local
from tests.api import asking, device, key
from tests.attendance.queues import close, counting, rows
from tests.attendance.scene import Scene, shown, training
from tests.house import START, House

SECOND = timedelta(seconds=1)


@pytest.fixture
def scene(house: House) -> Scene:
    """9:45 of the training: its first half-day opened at 9:30."""
    made = training(house)
    house.clock.advance(timedelta(minutes=45))
    return made


def undo(
    scene: Scene, *, undone: str = "key-0001", name: str = "undo-0001", at: datetime | None = None, through: int = 77
) -> Verdict:
    actor = replace(scene.agent, through=through)
    sent = SentUndo(name, undone, at or scene.house.now)
    return scene.house.database.in_transaction(actor.organisation_id, undo_scan, actor, now=scene.house.now, sent=sent)


def standings(scene: Scene) -> list[Standing]:
    return [row.standing for row in rows(scene, Signature)]


@pytest.mark.parametrize(
    ("after", "is_in_time"), [(-1, False), (0, True), (29.999, True), (30, True), (30.001, False), (3600, False)]
)
def test_thirty_seconds_are_counted_from_the_scan_and_never_backwards(after: float, *, is_in_time: bool) -> None:
    assert is_undone_in_time(START, START + after * SECOND) is is_in_time


def test_within_thirty_seconds_it_is_taken_back_and_kept_as_an_event_of_its_own(scene: Scene) -> None:
    scene.scan(scene.sent())
    scene.house.clock.advance(30 * SECOND)
    assert undo(scene) is Verdict.UNDONE
    assert standings(scene) == [Standing.UNDONE]
    (kept,) = rows(scene, ScanUndo)
    assert (kept.key, kept.undone_key, kept.source, kept.verdict) == ("undo-0001", "key-0001", 77, "undone")


def test_a_second_later_it_is_too_late_and_that_is_kept_too(scene: Scene) -> None:
    scene.scan(scene.sent())
    scene.house.clock.advance(31 * SECOND)
    assert undo(scene) is Verdict.UNDO_TOO_LATE
    assert standings(scene) == [Standing.COUNTS]
    assert [row.verdict for row in rows(scene, ScanUndo)] == ["undo-too-late"]


def test_the_person_can_sign_again_afterwards(scene: Scene) -> None:
    scene.scan(scene.sent())
    undo(scene)
    scene.house.clock.advance(SECOND)
    assert scene.scan(scene.sent(key="key-0002")).verdict is Verdict.SIGNED
    assert standings(scene) == [Standing.UNDONE, Standing.COUNTS]


def test_what_was_seen_next_takes_over(scene: Scene) -> None:
    scene.scan(scene.sent())
    scene.house.clock.advance(SECOND)
    assert scene.scan(scene.sent(key="key-0002")).verdict is Verdict.ALREADY_SIGNED
    assert undo(scene) is Verdict.UNDONE
    assert [row.key for row in counting(scene)] == ["key-0002"]


def test_the_same_undo_hears_its_first_answer_and_another_body_is_refused(scene: Scene) -> None:
    scene.scan(scene.sent())
    at = scene.house.now
    assert undo(scene, at=at) is Verdict.UNDONE
    scene.house.clock.advance(timedelta(hours=1))
    assert undo(scene, at=at) is Verdict.UNDONE
    assert undo(scene, undone="key-0002", at=at) is Verdict.KEY_REUSED
    assert undo(scene, name="key-0001", undone="key-0001") is Verdict.KEY_REUSED
    assert len(rows(scene, ScanUndo)) == 1
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        assert len(db.scalars(select(AuditEntry).where(AuditEntry.action == "scan.key-reused")).all()) == 2


def test_nobody_takes_back_what_another_has_scanned(scene: Scene) -> None:
    scene.scan(scene.sent())
    undo(scene, through=78)
    assert standings(scene) == [Standing.COUNTS]


def test_an_undo_that_arrives_before_its_scan_takes_it_back_all_the_same(scene: Scene) -> None:
    assert undo(scene) is Verdict.UNDONE
    assert scene.scan(scene.sent()).verdict is Verdict.UNDONE
    assert standings(scene) == [Standing.UNDONE]
    assert scene.scan(scene.sent()).verdict is Verdict.UNDONE
    assert len(rows(scene, Signature)) == 1


def test_on_a_closed_sheet_nothing_is_taken_back(scene: Scene) -> None:
    scene.scan(scene.sent())
    at = scene.house.now
    close(scene)
    assert undo(scene, at=at) is Verdict.UNDO_TOO_LATE
    assert standings(scene) == [Standing.COUNTS]


def test_it_is_announced_when_nothing_says_any_more_that_the_person_came(scene: Scene) -> None:
    scene.scan(scene.sent())
    scene.house.clock.advance(SECOND)
    scene.scan(scene.sent(key="key-0002"))
    undo(scene)
    assert announced(scene) == 0
    undo(scene, undone="key-0002", name="undo-0002")
    assert announced(scene) == 1


def announced(scene: Scene) -> int:
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        return len(db.scalars(select(OutboxRow).where(OutboxRow.name == "signature-undone")).all())


def test_who_may_not_scan_takes_nothing_back(scene: Scene) -> None:
    sent = SentUndo("undo-0001", "key-0001", scene.house.now)
    with pytest.raises(NotAllowed):
        scene.house.database.in_transaction(
            scene.agent.organisation_id,
            undo_scan,
            replace(scene.agent, permissions=frozenset({"see-day"})),
            now=scene.house.now,
            sent=sent,
        )
    assert rows(scene, ScanUndo) == []


def test_a_device_takes_its_scan_back_through_the_api(scene: Scene) -> None:
    program = asking(scene.house, key(scene.house, Permission.SCAN, device=device(scene.house)))
    at = local(scene.house.now, "Europe/Paris").isoformat()
    target: dict[str, Any] = {"kind": "half-day", "id": shown(scene.half_days[0].id)}
    scan = {"key": "a", "badge": scene.texts[0], "target": target, "kind": "arrival", "observed_at": at}
    assert program.post("/scans", scan).get_json()["verdict"] == "signed"
    told = program.post("/scans/undo", {"key": "b", "undone_key": "a", "observed_at": at}).get_json()
    assert (told["verdict"], told["colour"], told["accepted"]) == ("undone", "orange", False)
    assert told["sentence"] == "It is undone. The person can show the badge again."
    assert standings(scene) == [Standing.UNDONE]
