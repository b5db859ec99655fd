"""Many people are written down at once, from a file: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from directory.domain.import_lines import Outcome, Report, refused
from directory.domain.import_people import read_person
from directory.domain.permissions import Permission, require
from directory.queries import organisations
from directory.steps.acquaintances import Acquaintances
from directory.steps.importing import whole_or_not_at_all
from foundation.actors import Actor
from foundation.tables import Line


def import_people(db: Session, actor: Actor, *, now: datetime, lines: Sequence[Line], is_dry_run: bool) -> Report:
    """Write down whoever is not known yet, and the contacts that were missing of those who are.

    The report says what becomes, or would become, of each line.
    """
    require(actor, Permission.MANAGE_PEOPLE)
    region = organisations.by_id(db, actor.organisation_id).region

    def work() -> list[Outcome]:
        read = [(line, *read_person(line, region)) for line in lines]
        known = Acquaintances(db, actor, [person for _, person, faults in read if not faults], now=now)
        return [
            refused(line, faults) if faults else Outcome(line.number, known.meet(person)[1])
            for line, person, faults in read
        ]

    return whole_or_not_at_all(db, actor, work, now=now, action="people-imported", is_dry_run=is_dry_run)
