"""The appointments of another diary, to come and past, from a file: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from booking.domain.import_appointments import COLUMN_OF, AppointmentLine, read_appointment
from booking.models import Appointment, AppointmentType, Channel
from booking.queries import imported, types
from booking.steps.appointments import settle
from booking.steps.counting import refuse_full_person
from booking.steps.engagements import lock_resources, lock_type_that_counts
from booking.steps.importing import claim_line, expect_quietly, write_line
from booking.steps.offered import slots_of_type
from directory.domain.import_lines import Fate, Outcome, Report, faults_of, refused
from directory.domain.import_people import PersonLine
from directory.domain.permissions import Permission, require
from directory.models import Beneficiary
from directory.queries import organisations
from directory.steps.acquaintances import Acquaintances
from directory.steps.importing import whole_or_not_at_all
from foundation.actors import Actor
from foundation.refusals import Refusal
from foundation.tables import Line, TableTooLong

MOST_LINES = 2_000


def import_appointments(
    db: Session,
    actor: Actor,
    *,
    now: datetime,
    lines: Sequence[Line],
    is_dry_run: bool,
    takes_history: bool = False,
    tells: bool = False,
) -> Report:
    """Book each line as staff would; the report says what becomes, or would become, of each.

    The past is taken with `takes_history`: written down as it was, without being booked. Nobody is told of anything
    unless it `tells`. Raises TableTooLong.
    """
    require(actor, Permission.SEE_DAY)
    require(actor, Permission.MANAGE_PEOPLE)
    if len(lines) > MOST_LINES:
        raise TableTooLong(most=MOST_LINES)

    def work() -> list[Outcome]:
        known = imported.known(db, organisations.by_id(db, actor.organisation_id))
        read = [(line, *read_appointment(line, known, now=now, takes_history=takes_history)) for line in lines]
        diary = _Diary.opened(db, actor, [one for _, one, _ in read if one is not None], now=now)
        outcomes = [refused(line, faults) if one is None else diary.take(line, one) for line, one, faults in read]
        if tells:
            for appointment, person in diary.to_come:
                settle(db, actor, appointment, person, now=now)
        else:
            expect_quietly(db, actor, diary.to_come, now=now)
        return outcomes

    return whole_or_not_at_all(db, actor, work, now=now, action="appointments-imported", is_dry_run=is_dry_run)


@dataclass(frozen=True)
class _Diary:
    """What is known while lines are taken, everything locked: people, then types that count, then resources."""

    db: Session
    actor: Actor
    now: datetime
    people: Acquaintances
    kinds: Mapping[int, AppointmentType]
    booked: dict[tuple[int, int, datetime], set[int]]
    to_come: list[tuple[Appointment, Beneficiary]] = field(default_factory=list)

    @classmethod
    def opened(cls, db: Session, actor: Actor, wanted: Sequence[AppointmentLine], *, now: datetime) -> _Diary:
        """Lock, and read what is there."""
        people = Acquaintances(db, actor, [_who(one) for one in wanted], now=now)
        # Held here, because a session forgets what nobody holds and would read it again for each line.
        kinds = {one.type_id: types.offered_by_id(db, one.type_id) for one in wanted}
        for type_id in sorted(kinds):
            lock_type_that_counts(db, kinds[type_id])
        lock_resources(db, list(imported.at_work(db)))
        starts = [one.starts_at for one in wanted] or [now]
        booked = imported.booked_already(db, people.ids, since=min(starts), until=max(starts))
        return cls(db, actor, now, people, kinds, booked)

    def take(self, line: Line, one: AppointmentLine) -> Outcome:
        """Book a line, unless it is booked already or cannot be."""
        found = self.people.find(_who(one))
        served = set() if found is None else self.booked.get((found.id, one.type_id, one.starts_at), set())
        if one.agent_id in served or (one.agent_id is None and served):
            return Outcome(line.number, Fate.KNOWN)
        try:
            self._book(one, found)
        except Refusal as refusal:
            return refused(line, {COLUMN_OF.get(name, name): fault for name, fault in faults_of(refusal).items()})
        return Outcome(line.number, Fate.CREATED)

    def _book(self, one: AppointmentLine, found: Beneficiary | None) -> None:
        # Everything that can refuse comes before anything is written.
        kind = slots_of_type(self.db, one.type_id, Channel(one.channel), people=one.people, by_staff=True)
        if found is not None and not one.is_history:
            refuse_full_person(self.db, kind, found, starts_at=one.starts_at)
        slot = claim_line(self.db, kind, one, now=self.now)
        beneficiary, _ = self.people.meet(_who(one))
        self.db.flush()
        row = write_line(self.db, self.actor, one, kind=kind, slot=slot, beneficiary=beneficiary, now=self.now)
        self.booked.setdefault((beneficiary.id, one.type_id, one.starts_at), set()).add(row.resource_id)
        if not one.is_history:
            self.to_come.append((row, beneficiary))


def _who(one: AppointmentLine) -> PersonLine:
    person = one.person
    return PersonLine(person.first_name, person.last_name, person.phone, person.email, person.language)
