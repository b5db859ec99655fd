"""Trainings: meetings of several half-days, planned with who is enrolled and who leads."""

from __future__ import annotations

from typing import Any

from attendance.api.meetings import MeetingAnswer, shown
from attendance.domain.trainings import (
    LONGEST_NAME,
    LONGEST_REFERENCE,
    LONGEST_TITLE,
    MOST_HALF_DAYS,
    MOST_LEADERS,
    MOST_PEOPLE,
    MOST_SEATS,
    Leader,
    Span,
    Training,
)
from attendance.steps.training_changes import TakenOut
from attendance.use_cases.change_training import CHANGEABLE, SpanChange, TrainingChanges, change_training
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
    reference = Text(
        longest=LONGEST_REFERENCE,
        load_default=None,
        allow_none=True,
        metadata={"example": "GP-2026-04", "description": "Your own name of it, which no other training has."},
    )


class HalfDayChange(HouseSchema):
    """A half-day that is to be different; what is left out stays."""

    half_day_id = Identifier(required=True)
    starts_at = Instant()
    ends_at = Instant()
    title = Text(longest=LONGEST_TITLE, blank=True)


class TrainingChange(HouseSchema):
    """What is to be different, all of it or nothing; whoever and whatever is not named stays as it is.

    What was signed, stated, counted or countersigned already keeps its hours and cannot be taken out (409).
    """

    title = Text(longest=LONGEST_TITLE)
    agreement_title = Text(longest=LONGEST_TITLE, blank=True, allow_none=True)
    seats = Whole(least=1, most=MOST_SEATS, allow_none=True)
    needs_drawing = Flag()
    invites = Flag(metadata={"description": "People are asked to sign by themselves."})
    half_days = Several(Part(HalfDayChange), most=MOST_HALF_DAYS, load_default=())
    new_half_days = Several(Part(NewHalfDay), most=MOST_HALF_DAYS, load_default=())
    new_leaders = Several(Part(NewLeader), most=MOST_LEADERS, load_default=())
    new_beneficiary_ids = Several(Identifier(), most=MOST_PEOPLE, load_default=())
    removed_half_day_ids = Several(Identifier(), most=MOST_HALF_DAYS, load_default=())
    removed_facilitator_ids = Several(Identifier(), most=MOST_LEADERS, load_default=())
    removed_attendee_ids = Several(Identifier(), most=MOST_PEOPLE, load_default=())


@blueprint.post("/trainings", program(Permission.MANAGE_MEETINGS), body=NewTraining, answer=MeetingAnswer, status=201)
def post_training(body: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Plan a training."""
    half_days = [Span(**one) for one in body.pop("half_days")]
    leaders = [_leader(one) for one in body.pop("leaders")]
    training = Training(half_days=half_days, leaders=leaders, **body)
    meeting_id = perform(plan_training, now=now(), training=training)
    return shown(meeting_id), 201, located(f"/meetings/{ids.to_text(meeting_id)}")


@blueprint.patch(
    "/trainings/<id:meeting_id>", program(Permission.MANAGE_MEETINGS), body=TrainingChange, answer=MeetingAnswer
)
def patch_training(body: dict[str, Any], meeting_id: int) -> dict[str, Any]:
    """Change a training while its sheet is open; who is asked to sign follows its new hours and people."""
    perform(change_training, now=now(), meeting_id=meeting_id, changes=_changes(body))
    return shown(meeting_id)


def _changes(body: dict[str, Any]) -> TrainingChanges:
    return TrainingChanges(
        values={name: body[name] for name in CHANGEABLE if name in body},
        half_days=[SpanChange(**one) for one in body["half_days"]],
        new_half_days=[Span(**one) for one in body["new_half_days"]],
        new_leaders=[_leader(one) for one in body["new_leaders"]],
        beneficiary_ids=body["new_beneficiary_ids"],
        out=TakenOut(body["removed_half_day_ids"], body["removed_facilitator_ids"], body["removed_attendee_ids"]),
    )


def _leader(one: dict[str, Any]) -> Leader:
    return Leader(**{**one, "language": one["language"].value})
