"""Which hold does this token open?"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from booking.domain.refusals import HoldNotFound
from booking.models import Hold
from directory.models import Organisation, Venue


@dataclass(frozen=True)
class Kept:
    """A hold and where its slot is; `venue` is None where nobody goes anywhere."""

    hold: Hold
    venue: Venue | None
    organisation: Organisation

    @property
    def zone(self) -> str:
        """Return the time zone of the place."""
        return self.organisation.time_zone if self.venue is None else self.venue.time_zone

    @property
    def region(self) -> str:
        """Return where telephone numbers are typed."""
        return self.organisation.region if self.venue is None else self.venue.region


def hash_of(token: str) -> str:
    """Return what is stored of a token: it has 128 random bits, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def with_token(token: str) -> Select[Hold]:
    """Return the query of the hold that `token` opens."""
    return select(Hold).where(Hold.token_hash == hash_of(token))


def by_token(db: Session, token: str) -> Hold:
    """Return the hold, lapsed or not; raise HoldNotFound."""
    hold = db.scalar(with_token(token))
    if hold is None:
        raise HoldNotFound
    return hold


def kept_by(db: Session, token: str) -> Kept:
    """Return the hold, lapsed or not, with its place; raise HoldNotFound."""
    query = (
        select(Hold, Venue, Organisation)
        .join(Organisation, Organisation.id == Hold.organisation_id)
        .outerjoin(Venue, Venue.id == Hold.venue_id)
        .where(Hold.token_hash == hash_of(token))
    )
    row = db.execute(query).one_or_none()
    if row is None:
        raise HoldNotFound
    return Kept(*row)


def live_by(db: Session, token: str, *, now: datetime) -> Kept:
    """As `kept_by`, only while it keeps something: raise HoldNotFound once it lapsed, was released or confirmed."""
    kept = kept_by(db, token)
    if kept.hold.expires_at <= now:
        raise HoldNotFound
    return kept
