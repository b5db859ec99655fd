"""A reason is told better, or its rules change; what is booked stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from booking.domain.refusals import UnfitValues
from booking.domain.settings import refuse_unfit_type
from booking.models import AppointmentType, Channel
from booking.queries import types
from booking.use_cases.offer_type import TypeSettings
from directory.domain.permissions import Permission, require
from foundation import audit
from foundation.actors import Actor


def change_type(
    db: Session,
    actor: Actor,
    *,
    now: datetime,
    type_id: int,
    changes: Mapping[str, Any],
    compare: Callable[[AppointmentType], None],
) -> AppointmentType:
    """Give some of the settings of a reason other values; raise TypeNotFound, or UnfitValues when they contradict.

    `compare` is handed the reason as it is, under a lock, and raises when that is not what the sender has seen. What is
    booked in workshops stays so: a reason never changes between slots and workshops.
    """
    require(actor, Permission.ADMINISTER)
    kind = types.locked_by_id(db, type_id)
    compare(kind)
    values = {one.name: getattr(kind, one.name) for one in fields(TypeSettings)}
    wanted = {**values, **changes}
    wanted["channels"] = [Channel(channel).value for channel in wanted["channels"]]
    if wanted["is_workshop"] != kind.is_workshop:
        raise UnfitValues({"is_workshop": "booking.unfit.stays_workshop"})
    refuse_unfit_type(wanted, only_for_workshops=Channel.ON_SITE.value)
    changed = sorted(name for name, value in wanted.items() if values[name] != value)
    for name in changed:
        setattr(kind, name, wanted[name])
    if changed:
        subject = ("appointment-type", kind.id)
        audit.record(db, actor, action="type-changed", subject=subject, now=now, changed=" ".join(changed))
    return kind
