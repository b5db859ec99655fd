"""Promises the personal links of a meeting: to sign, or to countersign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from foundation.actors import Actor
from foundation.links import give_link
from foundation.outbox import promise_message


@dataclass(frozen=True)
class Reached:
    """Who shall have a link, and by which ways they can be reached."""

    subject_id: int
    name: str
    email: str | None
    phone: str | None


@dataclass(frozen=True)
class LinksSent:
    """How many links leave, and who has neither a telephone number nor a mail address."""

    count: int
    unreachable: tuple[str, ...]


def send_links(
    db: Session, actor: Actor, *, purpose: str, people: Sequence[Reached], lasts: timedelta, now: datetime
) -> LinksSent:
    """Promise a link to each, by mail where there is one: it is longer than an SMS, and a code can then come by SMS.

    Within one minute the same link is promised once, however often the button is pressed.
    """
    unreachable = []
    for person in people:
        channel = "mail" if person.email else "sms" if person.phone else None
        if channel is None:
            unreachable.append(person.name)
            continue
        link = give_link(
            db, actor, purpose=purpose, subject_id=person.subject_id, channel=channel, lasts=lasts, now=now
        )
        promise_message(
            db,
            actor,
            name=f"attendance.{purpose}-link-{channel}",
            about={"link_id": link.id},
            key=f"{purpose}-link:{link.id}:{now:%Y%m%d%H%M}",
            now=now,
        )
    return LinksSent(len(people) - len(unreachable), tuple(unreachable))
