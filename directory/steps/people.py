"""Writing down who somebody is, for whichever use case meets them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.domain.contacts import searchable
from directory.models import Beneficiary, Organisation
from foundation.actors import Actor, ActorKind

LONGEST_NAME = 170


def known_or_new(
    db: Session,
    actor: Actor,
    *,
    first_name: str,
    last_name: str,
    email: str | None,
    phone: str | None,
    language: str,
    now: datetime,
) -> Beneficiary:
    """Return the beneficiary of this name who has this phone or e-mail, or write down a new one.

    Only the same name with the same contact is the same person: relatives share a telephone. A visitor who typed a
    name and a number has proved neither, so for a visitor it is always somebody new: otherwise whoever knows the two
    would be shown the other's badge, and would receive their letters. Staff merge duplicates when they know.
    """
    # One letter may stand for many («ﷺ» is eighteen), and PostgreSQL refuses what does not fit.
    name = searchable(f"{first_name} {last_name}")[:LONGEST_NAME]
    if actor.kind is not ActorKind.VISITOR:
        _one_at_a_time(db, actor.organisation_id)
        for column, value in ((Beneficiary.phone, phone), (Beneficiary.email, email)):
            if value is None:
                continue
            query = select(Beneficiary).where(column == value, Beneficiary.searched_name == name)
            if found := db.scalar(query.order_by(Beneficiary.id).limit(1)):
                found.email = found.email or email
                found.phone = found.phone or phone
                return found
    person = Beneficiary(
        organisation_id=actor.organisation_id,
        first_name=first_name,
        last_name=last_name,
        searched_name=name,
        email=email,
        phone=phone,
        language=language,
        created_at=now,
    )
    db.add(person)
    db.flush()
    return person


def _one_at_a_time(db: Session, organisation_id: int) -> None:
    # Two who write the same person down at once would both find nobody: the second waits, and finds the first's.
    db.execute(select(Organisation.id).where(Organisation.id == organisation_id).with_for_update(key_share=True))
