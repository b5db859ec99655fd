"""What there is once queues have arrived: rows, sheet and findings, and whether that is what the rules say."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.domain.findings import Code, Finding
from attendance.models import Review, Scan, ScanUndo, Signature, Statement
from attendance.queries import findings, sheet
from attendance.queries.sheet_view import SheetView
from attendance.use_cases.receive_entry import receive_entry
from foundation.tenancy import scoped_session
from tests.attendance.offline import Phone
from tests.attendance.queue_model import Attendance, Cell, Observed, Said, Story, put_down
from tests.attendance.queues import received
from tests.attendance.scene import Scene

Place = tuple[Scene, list[Phone]]
HOUR = timedelta(hours=1)
BEHIND = (timedelta(0), timedelta(minutes=7), -timedelta(hours=3, milliseconds=250), timedelta(days=400))
"""By how much the clocks of the devices are off; the last one has never measured it before it sends."""


class Delivery(NamedTuple):
    """One entry arrives, so many hours later; in between the device's clock has run on by so many milliseconds."""

    number: int
    hours: float = 0
    drift: int = 0


class Outcome(NamedTuple):
    """What there is once everything has arrived."""

    attendance: Attendance
    kept: Counter[str]
    awaiting: frozenset[str]
    sheet: SheetView
    findings: list[Finding]


def evening(scene: Scene) -> None:
    """Have the network come back at twenty to six, when all is over."""
    scene.house.clock.set(scene.half_days[1].ends_at + timedelta(minutes=40))


def with_phones(scene: Scene) -> list[Phone]:
    last = len(BEHIND)
    return [Phone(scene, number, behind, measured=number < last) for number, behind in enumerate(BEHIND, start=1)]


def outcome(place: Place, story: Story, deliveries: list[Delivery]) -> Outcome:
    """Receive entries one by one, as the operation does, and roll everything back."""
    scene, phones = place
    ready = [received(phones[deed.phone], entry) for deed, entry in zip(story, put_down(*place, story), strict=True)]
    house = scene.house
    with (
        house.database.engine.connect() as connection,
        connection.begin() as whole,
        scoped_session(connection, house.organisation.id) as db,
    ):
        for one in deliveries:
            actor, what = ready[one.number]
            phone = phones[story[one.number].phone]
            drift = one.drift if phone.measured else 0  # the one that measured nothing has but this measure
            offset = phone.behind // timedelta(milliseconds=1) + drift
            now = house.now + one.hours * HOUR
            receive_entry(db, actor, now=now, received=replace(what, upload_offset=offset))
            db.flush()
            db.expunge_all()  # the next one is a transaction of its own
        found = outcome_in(db, scene)
        whole.rollback()
    return found


def outcome_in(db: Session, scene: Scene) -> Outcome:
    people = {attendee_id: number for number, attendee_id in enumerate(scene.attendees)}
    days = {one.id: number for number, one in enumerate(scene.half_days)}
    observed, said = Counter[Observed](), Counter[Said]()
    for row in db.scalars(select(Signature)):
        cell = (people[row.attendee_id], days[row.half_day_id], row.kind.value)
        observed[Observed(cell, row.observed_at, row.source, row.key, row.standing.value)] += 1
    for one in db.scalars(select(Statement)):
        cell = (people[one.attendee_id], days[one.half_day_id], one.kind.value)
        said[Said(cell, one.stated_at, one.source or 0, one.key or "")] += 1
    kept = [*db.execute(select(Scan.key, Scan.review)), *db.execute(select(ScanUndo.key, ScanUndo.review))]
    awaiting = frozenset(key for key, review in kept if review is Review.AWAITING)
    view = sheet.of_meeting(db, scene.meeting_id, now=scene.house.now)
    # That a clock was off by the measure of an upload, an entry may say of one upload and not of another.
    made = [one for one in findings.of_sheet(db, view, now=scene.house.now) if one.code is not Code.FLAGGED]
    attendance, keys = Attendance(observed, said), Counter(key for key, _ in kept)
    return Outcome(attendance, keys, awaiting, without_arrival(view), made)


def without_arrival(view: SheetView) -> SheetView:
    """The sheet but for when we heard of each signature, which is printed beside when it was made."""
    people = [
        replace(
            person,
            cells=tuple(
                replace(cell, signatures=tuple(replace(one, recorded_at=one.observed_at) for one in cell.signatures))
                for cell in person.cells
            ),
        )
        for person in view.people
    ]
    return replace(view, people=tuple(people))


def check(found: Outcome, expected: Attendance, story: Story, scene: Scene) -> None:
    """Nothing is lost, nothing is there twice, what counts is what the rules say, and the sheet says the same."""
    assert found.attendance == expected
    assert found.kept == Counter(deed.key for deed in story)
    told: dict[Cell, datetime] = {}
    lines = {one.attendee_id: one for one in found.sheet.people}
    for number, attendee_id in enumerate(scene.attendees):
        for half_day, cell in enumerate(lines[attendee_id].cells):
            told |= {(number, half_day, one.kind.value): one.observed_at for one in cell.signatures}
            here = [one for one in expected.observed if one.cell[:2] == (number, half_day)]
            assert cell.duplicates == sum(one.standing == "duplicate" for one in here)
            stated = sorted(one.stated_at for one in expected.said if one.cell[:2] == (number, half_day))
            assert sorted(one.stated_at for one in cell.statements) == stated
    assert told == expected.counting()
