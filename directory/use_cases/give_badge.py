"""A beneficiary is given the QR that both services read, outside of any booking."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from directory.domain.permissions import Permission, require
from directory.domain.refusals import EndsInThePast, EndsTooLate
from directory.models import Badge
from directory.queries import people
from directory.steps.badges import badge_until
from foundation import audit
from foundation.actors import Actor

LONGEST = timedelta(days=2 * 365)


def give_badge(db: Session, actor: Actor, *, now: datetime, beneficiary_id: int, until: datetime) -> Badge:
    """Return a live badge that is good until `until` at least, made now if there is none.

    Raises BeneficiaryNotFound, EndsInThePast, and EndsTooLate after two years.
    """
    require(actor, Permission.MANAGE_PEOPLE)
    person = people.by_id(db, beneficiary_id)
    if until <= now:
        raise EndsInThePast({"until": "refusal.ends-in-the-past"})
    if until > now + LONGEST:
        raise EndsTooLate({"until": "refusal.ends-too-late"})
    badge = badge_until(db, actor, beneficiary_id=person.id, until=until, now=now)
    audit.record(db, actor, action="badge-given", subject=("badge", badge.id), now=now)
    return badge
