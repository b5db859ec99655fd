"""Promises personal links, to sign or to countersign: each once on each occasion, whatever runs twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from attendance.domain.invitations import Whom
from attendance.models import HalfDay, Invitation, Occasion
from attendance.queries import meetings
from attendance.queries.invitations import Invitee
from foundation.actors import Actor
from foundation.links import give_link
from foundation.models import PersonalLink
from foundation.outbox import promise_message
from foundation.rows import insert_if_absent

_PURPOSES = {Whom.ATTENDEES: "sign", Whom.FACILITATORS: "countersign"}
_LASTS = {Whom.ATTENDEES: timedelta(days=1), Whom.FACILITATORS: timedelta(days=7)}
_SHORTEST = {Whom.ATTENDEES: timedelta(hours=1), Whom.FACILITATORS: timedelta(days=1)}


@dataclass(frozen=True)
class LinksSent:
    """How many links leave, and who has neither a telephone number nor a mail address."""

    count: int
    unreachable: tuple[str, ...]


@dataclass(frozen=True)
class Reason:
    """Why people are asked now; `stamp` tells one asking from the next (the day, or the minute of a button)."""

    occasion: Occasion
    stamp: str


def again(now: datetime) -> Reason:
    """Return the reason of a button: within one minute everybody is asked once, however often it is pressed."""
    return Reason(Occasion.AGAIN, f"{now:%Y%m%d%H%M}")


def ask(
    db: Session,
    actor: Actor,
    people: Sequence[Invitee],
    *,
    half_day: HalfDay,
    whom: Whom,
    reason: Reason,
    now: datetime,
) -> LinksSent:
    """Promise each their personal link for a half-day, or write down that they cannot be reached."""
    lasts = max(meetings.last_end(db, half_day.meeting_id) + _LASTS[whom] - now, _SHORTEST[whom])
    for person in people:
        key = f"{reason.occasion}:{half_day.id}:{person.subject_id}:{reason.stamp}"
        values = _row(actor, person, half_day, whom) | {"asked_at": now, "occasion": reason.occasion, "key": key}
        # The row comes first: two that ask at once wait for each other here, and one of them has nothing to promise.
        invitation_id = insert_if_absent(db, Invitation, **values)
        if invitation_id is not None and person.channel is not None:
            link = give_link(
                db,
                actor,
                purpose=_PURPOSES[whom],
                subject_id=person.subject_id,
                channel=person.channel,
                lasts=lasts,
                now=now,
            )
            _promise(db, actor, link, invitation_id, now=now)
    unreachable = tuple(one.name for one in people if one.channel is None)
    return LinksSent(len(people) - len(unreachable), unreachable)


def _row(actor: Actor, person: Invitee, half_day: HalfDay, whom: Whom) -> dict[str, Any]:
    is_attendee = whom is Whom.ATTENDEES
    return {
        "organisation_id": actor.organisation_id,
        "half_day_id": half_day.id,
        "attendee_id": person.subject_id if is_attendee else None,
        "facilitator_id": None if is_attendee else person.subject_id,
        "channel": person.channel,
        "asked_by": actor.agent_id,
    }


def _promise(db: Session, actor: Actor, link: PersonalLink, invitation_id: int, *, now: datetime) -> None:
    db.execute(update(Invitation).where(Invitation.id == invitation_id).values(link_id=link.id))
    promise_message(
        db,
        actor,
        name=f"attendance.{link.purpose}-link-{link.channel}",
        about={"link_id": link.id, "invitation_id": invitation_id},
        key=f"invitation:{invitation_id}",
        now=now,
    )
