"""Opening hours of many at once, from a file: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from booking.domain.import_hours import COLUMN_OF, HoursLine, read_hours
from booking.queries import imported
from booking.steps.engagements import lock_resources
from booking.steps.opening import open_for
from directory.domain.import_lines import Fate, Outcome, Report, faults_of, refused
from directory.domain.permissions import Permission, require
from directory.steps.importing import whole_or_not_at_all
from foundation.actors import Actor
from foundation.refusals import Refusal
from foundation.tables import Line


def import_opening_hours(
    db: Session, actor: Actor, *, now: datetime, lines: Sequence[Line], is_dry_run: bool
) -> Report:
    """Open what is not open by an equal rule already; the report says what becomes, or would become, of each line."""
    require(actor, Permission.ADMINISTER)

    def work() -> list[Outcome]:
        offer = imported.offer(db)
        read = [(line, *read_hours(line, offer)) for line in lines]
        resource_ids = sorted({rule.resource_id for _, rule, _ in read if rule is not None})
        lock_resources(db, resource_ids)
        already = imported.open_already(db, resource_ids)
        return [
            refused(line, faults) if rule is None else _open(db, actor, line, rule, already, now=now)
            for line, rule, faults in read
        ]

    return whole_or_not_at_all(db, actor, work, now=now, action="hours-imported", is_dry_run=is_dry_run)


def _open(db: Session, actor: Actor, line: Line, rule: HoursLine, already: set[HoursLine], *, now: datetime) -> Outcome:
    if rule in already:
        return Outcome(line.number, Fate.KNOWN)
    try:
        open_for(
            db,
            actor,
            now=now,
            resource_id=rule.resource_id,
            venue_id=rule.venue_id,
            type_ids=sorted(rule.type_ids),
            recurrence=rule.recurrence,
            hours=rule.hours,
            closes_on_holidays=rule.closes_on_holidays,
        )
    except Refusal as refusal:
        # Whatever was half written goes with the rest of the file.
        return refused(line, {COLUMN_OF.get(name, name): fault for name, fault in faults_of(refusal).items()})
    already.add(rule)
    return Outcome(line.number, Fate.CREATED)
