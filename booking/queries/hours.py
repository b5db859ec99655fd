"""Which rules of opening are there, and which types do they serve?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from booking.domain.refusals import OpeningHoursNotFound
from booking.models import OpeningHours, OpeningOccurrence, opening_hours_type


def select_every(*, resource_id: int | None) -> Select[OpeningHours]:
    """Ask for the rules of a resource, or of all."""
    query = select(OpeningHours)
    return query if resource_id is None else query.where(OpeningHours.resource_id == resource_id)


def by_id(db: Session, rule_id: int) -> OpeningHours:
    """Return one rule; raise OpeningHoursNotFound."""
    found = db.get(OpeningHours, rule_id)
    if found is None:
        raise OpeningHoursNotFound
    return found


def types_of(db: Session, rule_ids: Sequence[int]) -> Mapping[int, Sequence[int]]:
    """Return the ids of the types that each of these rules serves; the rules were read under their organisation."""
    served = opening_hours_type.c
    query = select(served.opening_hours_id, served.appointment_type_id).where(served.opening_hours_id.in_(rule_ids))
    found: dict[int, list[int]] = defaultdict(list)
    for row in db.execute(query.order_by(served.appointment_type_id)):
        found[row.opening_hours_id].append(row.appointment_type_id)
    return found


def dates_of(rule_id: int, *, since: datetime, until: datetime) -> Select[OpeningOccurrence]:
    """Ask for the dates of a rule that share some time with `[since, until)`, cancelled ones too."""
    return select(OpeningOccurrence).where(
        OpeningOccurrence.opening_hours_id == rule_id,
        OpeningOccurrence.ends_at > since,
        OpeningOccurrence.starts_at < until,
    )
