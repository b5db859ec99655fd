"""Reviews: what devices sent that a person has to look at before it counts."""

from __future__ import annotations

from typing import Any

from attendance.api.localised import localised
from attendance.api.shapes import ZONE
from attendance.domain.entries import EntryKind
from attendance.domain.entries import Flag as EntryFlag
from attendance.domain.reviews import LONGEST_REASON
from attendance.domain.verdicts import Verdict
from attendance.models import Review, SignatureKind
from attendance.queries import reviews
from attendance.use_cases.review_entry import review_entry
from directory.api.gates import program
from directory.domain.permissions import Permission
from foundation.web.api.cursors import PageAsked, page_of
from foundation.web.api.fields import Choice, Flag, HouseSchema, Identifier, Instant, Several, Text
from foundation.web.api.operations import ApiBlueprint
from foundation.web.services import now, perform, reading

blueprint = ApiBlueprint("reviews", "Reviews: what devices sent that is not simply believed waits for a person.")


class ReviewAnswer(HouseSchema):
    """An entry of a device's queue, whom and what it is about, why it waits, and what was decided."""

    id = Identifier(required=True)
    what = Choice(EntryKind, required=True)
    meeting_id = Identifier(required=True, allow_none=True)
    name = Text(longest=170, required=True, allow_none=True)
    title = Text(longest=200, required=True, allow_none=True)
    time_zone = Text(longest=60, required=True, metadata=ZONE)
    starts_at = Instant(required=True, allow_none=True)
    ends_at = Instant(required=True, allow_none=True)
    kind = Choice(SignatureKind, required=True, allow_none=True)
    cause = Text(longest=24, required=True, allow_none=True, metadata={"description": "Of a statement."})
    reason = Text(longest=300, required=True, allow_none=True, metadata={"description": "Of a statement."})
    device = Text(longest=120, required=True, allow_none=True)
    agent = Text(longest=120, required=True, metadata={"description": "Who answered for the device."})
    told_at = Instant(required=True, allow_none=True, metadata={"description": "By the device's clock."})
    observed_at = Instant(required=True, metadata={"description": "That clock, corrected: the time that would count."})
    recorded_at = Instant(required=True)
    verdict = Choice(Verdict, required=True)
    flags = Several(Choice(EntryFlag), required=True)
    is_acceptable = Flag(required=True, metadata={"description": "What was refused by its own facts stays refused."})
    counts_already = Flag(required=True, metadata={"description": "Then only a correction takes it away."})
    review = Choice(Review, required=True)
    reviewed_at = Instant(required=True, allow_none=True)
    reviewed_by = Text(longest=120, required=True, allow_none=True)
    review_reason = Text(longest=LONGEST_REASON, required=True, allow_none=True)


class ReviewToMake(HouseSchema):
    """A decision, and why."""

    accepts = Flag(required=True)
    reason = Text(longest=LONGEST_REASON, required=True, metadata={"example": "Téléphone perdu le soir, vu le matin"})


ReviewPage = page_of(ReviewAnswer)


@blueprint.get("/reviews", program(Permission.MANAGE_MEETINGS), query=PageAsked, answer=ReviewPage)
def list_reviews(asked: dict[str, Any]) -> dict[str, Any]:
    """List what waits, the oldest first."""
    with reading() as db:
        items, following = reviews.waiting(db, **asked)
    return {"items": [localised(one, one.time_zone) for one in items], "next": following}


@blueprint.get("/reviews/<id:entry_id>", program(Permission.MANAGE_MEETINGS), answer=ReviewAnswer)
def show_review(entry_id: int) -> dict[str, Any]:
    """Show one entry, decided or not."""
    return _shown(entry_id)


@blueprint.post("/reviews/<id:entry_id>", program(Permission.MANAGE_MEETINGS), body=ReviewToMake, answer=ReviewAnswer)
def post_review(body: dict[str, Any], entry_id: int) -> dict[str, Any]:
    """Accept an entry, which counts from then on at the time it was observed, or set it aside; it is kept."""
    perform(review_entry, now=now(), entry_id=entry_id, **body)
    return _shown(entry_id)


def _shown(entry_id: int) -> dict[str, Any]:
    with reading() as db:
        one = reviews.by_id(db, entry_id)
    told: dict[str, Any] = localised(one, one.time_zone)
    return told
