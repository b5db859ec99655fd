"""Trainings: meetings of several half-days, planned with who is enrolled and who leads."""

from __future__ import annotations

from typing import Any

from attendance.api.meetings import MeetingAnswer, shown
from attendance.domain.trainings import (
    LONGEST_NAME,
    LONGEST_TITLE,
    MOST_HALF_DAYS,
    MOST_LEADERS,
    MOST_PEOPLE,
    MOST_SEATS,
    Leader,
    Span,
    Training,
)
from attendance.use_cases.plan_training import plan_training
from directory.api.gates import program
from directory.domain.permissions import Permission
from foundation import ids
from foundation.web.api.fields import Choice, Flag, HouseSchema, Identifier, Instant, Part, Several, Text, Whole
from foundation.web.api.operations import ApiBlueprint, located
from foundation.web.services import now, perform
from foundation.wording import Language

blueprint = ApiBlueprint("trainings", "Formations: planned here, then met among the meetings.")


class NewHalfDay(HouseSchema):
    """A half-day to plan; those of one training do not overlap."""

    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    title = Text(longest=LONGEST_TITLE, blank=True, load_default="", metadata={"description": "Of its module."})


class NewLeader(HouseSchema):
    """Who will lead, and countersign: somebody of the staff, or from outside."""

    name = Text(longest=LONGEST_NAME, required=True, metadata={"example": "Claire Vasseur"})
    email = Text(longest=254, load_default=None, allow_none=True)
    phone = Text(longest=30, load_default=None, allow_none=True)
    agent_id = Identifier(load_default=None, allow_none=True)
    language = Choice(Language, load_default=Language.FRENCH)


class NewTraining(HouseSchema):
    """A training to plan, at a venue, in a video room, or both."""

    title = Text(longest=LONGEST_TITLE, required=True, metadata={"example": "Accueillir et accompagner"})
    venue_id = Identifier(load_default=None, allow_none=True)
    video_room = Text(
        longest=300, load_default=None, allow_none=True, metadata={"description": "Begins with https://."}
    )
    half_days = Several(Part(NewHalfDay), fewest=1, most=MOST_HALF_DAYS, required=True)
    beneficiary_ids = Several(Identifier(), most=MOST_PEOPLE, required=True)
    leaders = Several(Part(NewLeader), fewest=1, most=MOST_LEADERS, required=True)
    agreement_title = Text(
        longest=LONGEST_TITLE,
        blank=True,
        load_default=None,
        allow_none=True,
        metadata={"description": "What the agreement with the funder calls it."},
    )
    needs_drawing = Flag(load_default=False, metadata={"description": "A badge alone does not sign."})
    invites = Flag(
        load_default=None,
        allow_none=True,
        metadata={"description": "People are asked to sign by themselves; null: where there is a video room."},
    )
    seats = Whole(least=1, most=MOST_SEATS, load_default=None, allow_none=True)


@blueprint.post("/trainings", program(Permission.MANAGE_MEETINGS), body=NewTraining, answer=MeetingAnswer, status=201)
def post_training(body: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Plan a training."""
    half_days = [Span(**one) for one in body.pop("half_days")]
    leaders = [Leader(**{**one, "language": one["language"].value}) for one in body.pop("leaders")]
    training = Training(half_days=half_days, leaders=leaders, **body)
    meeting_id = perform(plan_training, now=now(), training=training)
    return shown(meeting_id), 201, located(f"/meetings/{ids.to_text(meeting_id)}")
