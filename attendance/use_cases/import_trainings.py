"""Trainings come in from a file: half-days and people, a line each or both in one. All of it, or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from sqlalchemy.orm import Session

from attendance.domain.import_trainings import OF_TRAINING, SpanLine, TrainingLine, read_leaders, read_training_line
from attendance.domain.refusals import UnreadableTraining
from attendance.domain.trainings import Leader, Span, Training
from attendance.domain.wall_clock import HourMissing, HourTwice, instant_on_wall
from attendance.queries import planned
from attendance.queries.planned import Planned
from attendance.steps.evidence import open_meeting
from attendance.steps.invitations import announce_invitations
from attendance.steps.trainings import enrol, plan
from directory.domain.import_lines import WHOLE_LINE, Fate, Fault, Outcome, Report, faults_of, refused
from directory.domain.permissions import Permission, require
from directory.models import Venue
from directory.queries import organisations, venues
from directory.steps.acquaintances import Acquaintances
from directory.steps.importing import whole_or_not_at_all
from foundation.actors import Actor
from foundation.refusals import Refusal
from foundation.tables import Line, bare

_COLUMN_OF = {"venue_id": "venue", "half_days": "day"}
"""Where a fault of a training is named in the file."""


@dataclass
class _Group:
    """The lines of one training, and how its file calls it."""

    reference: str
    lines: list[tuple[Line, TrainingLine]] = field(default_factory=list)
    faults: dict[int, dict[str, Fault]] = field(default_factory=dict)

    def blame(self, line: Line, name: str, fault: Fault) -> None:
        """Say what is wrong with a line."""
        self.faults.setdefault(line.number, {}).setdefault(name, fault)

    def told(self) -> dict[str, str]:
        """Return what is said of the training; two different sayings are a fault."""
        told: dict[str, str] = {}
        for line, one in self.lines:
            for name, text in one.told.items():
                if told.setdefault(name, text) != text:
                    self.blame(line, name, Fault("training.import_differs"))
        return told


def import_trainings(db: Session, actor: Actor, *, now: datetime, lines: Sequence[Line], is_dry_run: bool) -> Report:
    """Plan what is not planned yet, and enrol whoever is not enrolled yet in what is.

    A training is known by its reference; what is said of itself, its half-days and its facilitators are left as they
    are. The report says what becomes, or would become, of each line.
    """
    require(actor, Permission.MANAGE_MEETINGS)
    region = organisations.by_id(db, actor.organisation_id).region

    def work() -> list[Outcome]:
        read = [(line, *read_training_line(line, region)) for line in lines]
        people = [one.person for _, one, faults in read if one.person is not None and not faults]
        importing = _Importing(db, actor, now, Acquaintances(db, actor, people, now=now), _places(db))
        groups: dict[str, _Group] = {}
        for line, one, faults in read:
            group = groups.setdefault(bare(one.reference), _Group(one.reference))
            group.lines.append((line, one))
            if faults:
                group.faults[line.number] = dict(faults)
        outcomes = [outcome for group in groups.values() for outcome in importing.take(group)]
        return sorted(outcomes, key=lambda one: one.line)

    return whole_or_not_at_all(db, actor, work, now=now, action="trainings-imported", is_dry_run=is_dry_run)


def _places(db: Session) -> dict[str, Venue]:
    return {bare(one.name): one for one in venues.every(db)}


@dataclass(frozen=True)
class _Importing:
    db: Session
    actor: Actor
    now: datetime
    known: Acquaintances
    places: Mapping[str, Venue]

    def take(self, group: _Group) -> list[Outcome]:
        fates: dict[int, Fate] = {}
        if not group.faults:
            told = group.told()
            venue, zone = self._place(group, told)
            spans = self._spans(group, zone)
            if not group.faults:
                fates = self._plan_or_enrol(group, told, venue, spans)
        return [
            refused(line, group.faults[line.number])
            if line.number in group.faults
            else Outcome(line.number, fates.get(line.number, Fate.CREATED))
            for line, _ in group.lines
        ]

    def _place(self, group: _Group, told: Mapping[str, str]) -> tuple[Venue | None, str]:
        if "venue" not in told:
            return None, organisations.by_id(self.db, self.actor.organisation_id).time_zone
        venue = self.places.get(bare(told["venue"]))
        if venue is None:
            self._blame(group, "venue", Fault("training.import_venue"))
            return None, "UTC"
        return venue, venue.time_zone

    def _spans(self, group: _Group, zone: str) -> dict[int, Span]:
        spans: dict[int, Span] = {}
        for line, one in group.lines:
            if one.span is None:
                continue
            try:
                spans[line.number] = _instants(one.span, zone)
            except HourMissing:
                group.blame(line, "begins", Fault("training.hour_missing"))
            except HourTwice:
                group.blame(line, "begins", Fault("training.hour_twice"))
        return spans

    def _plan_or_enrol(
        self, group: _Group, told: Mapping[str, str], venue: Venue | None, spans: Mapping[int, Span]
    ) -> dict[int, Fate]:
        before = planned.of_reference(self.db, group.reference)
        try:
            if before is None:
                self._plan(group, told, venue.id if venue else None, spans)
                return {}
            return self._enrol(group, before, spans)
        except Refusal as refusal:
            for name, fault in faults_of(refusal).items():
                self._blame(group, _column(name), fault)
        except ValueError:
            self._blame(group, "leaders", Fault("training.import_leaders"))
        return {}

    def _plan(self, group: _Group, told: Mapping[str, str], venue_id: int | None, spans: Mapping[int, Span]) -> None:
        seats = told.get("seats", "")
        if seats and not (seats.isascii() and seats.isdigit()):
            raise UnreadableTraining({"seats": "training.seats_needed"})
        training = Training(
            title=told.get("title", ""),
            half_days=list(spans.values()),
            beneficiary_ids=list(self._people(group).values()),
            leaders=[Leader(one.name, one.email) for one in read_leaders(told.get("leaders", ""))],
            venue_id=venue_id,
            video_room=told.get("video_room"),
            agreement_title=told.get("agreement_title"),
            seats=int(seats) if seats else None,
            reference=group.reference,
        )
        plan(self.db, self.actor, now=self.now, training=training)

    def _enrol(self, group: _Group, before: Planned, spans: Mapping[int, Span]) -> dict[int, Fate]:
        people = self._people(group)
        fates: dict[int, Fate] = {}
        for line, _ in group.lines:
            span, person = spans.get(line.number), people.get(line.number)
            if span is not None and (span.starts_at, span.ends_at) not in before.hours:
                group.blame(line, "day", Fault("training.import_changed"))
            is_new = person is not None and person not in before.people
            fates[line.number] = Fate.CREATED if is_new else Fate.KNOWN
        enrolled = [person for person in dict.fromkeys(people.values()) if person not in before.people]
        if enrolled:
            enrol(self.db, open_meeting(self.db, before.meeting_id), enrolled)
            announce_invitations(self.db, self.actor, now=self.now, meeting_id=before.meeting_id)
        return fates

    def _people(self, group: _Group) -> dict[int, int]:
        met = {line.number: self.known.meet(one.person)[0] for line, one in group.lines if one.person is not None}
        self.db.flush()
        return {number: row.id for number, row in met.items()}

    def _blame(self, group: _Group, name: str, fault: Fault) -> None:
        """Blame the line that says it, else the first."""
        line = next((line for line, one in group.lines if name in one.told), group.lines[0][0])
        group.blame(line, name, fault)


def _column(name: str) -> str:
    first = name.split(".", maxsplit=1)[0]
    column = _COLUMN_OF.get(first, first)
    return column if column in {*OF_TRAINING, "day"} else WHOLE_LINE


def _instants(span: SpanLine, zone: str) -> Span:
    # An end at or before the beginning is the next day's, as in the files of opening hours.
    days = 1 if span.ends <= span.begins else 0
    begins, ends = (
        instant_on_wall(
            span.day + timedelta(days=later + minutes // (24 * 60)), time(minutes // 60 % 24, minutes % 60), zone
        )
        for minutes, later in ((span.begins, 0), (span.ends, days))
    )
    return Span(begins, ends, span.module)
