"""What the public may ask for: a type that is offered to everybody, by one of its channels, for so many people."""

from __future__ import annotations

from sqlalchemy.orm import Session

from booking.domain.refusals import NotOpenToPublic, OnlyInWorkshops, TooManyPeople
from booking.models import AppointmentType, Audience, Channel
from booking.queries import types


def slots_of_type(
    db: Session, type_id: int, channel: Channel, *, people: int, by_staff: bool = False
) -> AppointmentType:
    """Return the type whose slots are asked for.

    Raises TypeNotFound, OnlyInWorkshops, NotOpenToPublic (the type, or this channel of it) and TooManyPeople.
    """
    kind = types.offered_by_id(db, type_id)
    refuse_closed_to_public(kind, by_staff=by_staff)
    if kind.is_workshop:
        raise OnlyInWorkshops
    if channel.value not in kind.channels:
        raise NotOpenToPublic
    refuse_too_many_people(kind, people)
    return kind


def refuse_closed_to_public(kind: AppointmentType, *, by_staff: bool = False) -> None:
    """Return when whoever asks may book the type; raise NotOpenToPublic."""
    if not by_staff and kind.audience is not Audience.EVERYONE:
        raise NotOpenToPublic


def refuse_too_many_people(kind: AppointmentType, people: int) -> None:
    """Return when so many may come together; raise TooManyPeople."""
    if not 1 <= people <= kind.most_people:
        raise TooManyPeople({"people": "booking.unfit.people"}, most=kind.most_people)
