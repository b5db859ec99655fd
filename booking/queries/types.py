"""What can one come for?"""

from __future__ import annotations

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from booking.domain.refusals import TypeNotFound
from booking.models import AppointmentType, Audience


def offered(db: Session) -> list[AppointmentType]:
    """Return the reasons that are offered at present, in the order the organisation gave them."""
    query = select(AppointmentType).where(AppointmentType.retired_at.is_(None))
    return list(db.scalars(query.order_by(AppointmentType.position, AppointmentType.name)))


def select_every() -> Select[AppointmentType]:
    """Ask for every reason, offered or not."""
    return select(AppointmentType)


def by_id(db: Session, type_id: int) -> AppointmentType:
    """Return one reason, offered or not; raise TypeNotFound."""
    found = db.get(AppointmentType, type_id)
    if found is None:
        raise TypeNotFound
    return found


def offered_by_id(db: Session, type_id: int) -> AppointmentType:
    """Return one reason that is offered at present; raise TypeNotFound."""
    found = by_id(db, type_id)
    if found.retired_at is not None:
        raise TypeNotFound
    return found


def locked_by_id(db: Session, type_id: int) -> AppointmentType:
    """Return one reason as it is now, locked until the transaction ends; raise TypeNotFound."""
    query = select(AppointmentType).where(AppointmentType.id == type_id).with_for_update(key_share=True)
    found = db.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise TypeNotFound
    return found


def open_to_public(db: Session) -> list[AppointmentType]:
    """Return the reasons that everybody may book, in the order the organisation gave them."""
    return [kind for kind in offered(db) if kind.audience is Audience.EVERYONE]
