"""Holds: what several use cases do with the row behind the address's token."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from booking.domain.intervals import instant_of, minute_from
from booking.domain.refusals import HoldNotFound, TooManyHolds
from booking.models import Hold
from booking.queries import holds
from foundation import throttle
from foundation.actors import Actor

LASTS = timedelta(minutes=10)
LASTS_IN_ALL = timedelta(minutes=30)
MOST_AT_ONCE = 3
MOST_OF_A_NETWORK = 20
MOST_OF_A_PROGRAM = 200
"""A program speaks for many people: its key stands where a network does."""
NETWORK_LETTERS = 40
TOKEN_BYTES = 16


@dataclass(frozen=True)
class Held:
    """A fresh hold with the token that is nowhere else."""

    token: str
    hold_id: int
    expires_at: datetime


def new_token() -> str:
    """Return a token for an address."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def expiry(now: datetime, lasts: timedelta = LASTS) -> datetime:
    """Return the whole minute until which a hold made at `now` lasts, so that it can be said and compared exactly."""
    return instant_of(minute_from(now + lasts))


def refuse_too_many(db: Session, client: str, *, now: datetime, most_of_network: int) -> None:
    """Return when `client` keeps few enough slots, and count alone until the transaction ends; raise TooManyHolds.

    A client is a network and a browser in it: a waiting room shares one address. The whole network has a limit too,
    because whoever floods can call their browser anything.
    """
    network = client[:NETWORK_LETTERS]
    throttle.locked(db, network, now=now)
    for mine, most in (
        (Hold.client == client, MOST_AT_ONCE),
        (Hold.client.startswith(network, autoescape=True), most_of_network),
    ):
        live = select(func.count(Hold.id), func.min(Hold.expires_at)).where(mine, Hold.expires_at > now)
        count, first_end = db.execute(live).one()
        if count >= most:
            raise TooManyHolds(retry_after=max(1, int((first_end - now).total_seconds())), most=most)


def write_down(db: Session, actor: Actor, *, client: str, now: datetime, **kept: Any) -> tuple[Hold, Held]:
    """Write a hold of `kept` down, with the token that proves it: the row has its hash, whoever asked has the token."""
    token = new_token()
    hold = Hold(
        organisation_id=actor.organisation_id,
        token_hash=holds.hash_of(token),
        client=client,
        created_at=now,
        expires_at=expiry(now),
        **kept,
    )
    db.add(hold)
    db.flush()
    return hold, Held(token, hold.id, hold.expires_at)


def locked(db: Session, token: str) -> Hold:
    """Return the hold, lapsed or not, locked until the end of the transaction; raise HoldNotFound."""
    hold = db.scalar(holds.with_token(token).with_for_update(key_share=True))
    if hold is None:
        raise HoldNotFound
    return hold


def end(hold: Hold, *, now: datetime) -> None:
    """Stop counting a hold among the live ones; its row stays for a day from now, so that a repeat is recognised."""
    hold.expires_at = now
