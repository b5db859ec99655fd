"""Whose badge was shown? The one reading beyond the organisation: a public key, never a row about anybody."""

from __future__ import annotations

from attendance.queries import badges
from foundation.badges import MalformedBadge, clean_scan, read_badge
from foundation.database import EVERY_ORGANISATION
from foundation.web.services import current_actor, services


def foreign_key(badge: str, organisation_id: int | None = None) -> bytes | None:
    """Return the public key of the other organisation that a badge names; None when it names ours, or cannot be read.

    A use case sees one organisation alone; it says «not ours» only of a badge that is good under this key. «Ours» is
    the organisation of whoever asks, unless another is given.
    """
    try:
        payload, _ = read_badge(clean_scan(badge))
    except MalformedBadge:
        return None
    ours = current_actor().organisation_id if organisation_id is None else organisation_id
    if payload.organisation_id == ours:
        return None
    with services().database.reading(EVERY_ORGANISATION) as db:
        return badges.public_key(db, organisation_id=payload.organisation_id, number=payload.key_number)
