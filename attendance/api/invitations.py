"""Invitations and findings: who was asked to sign, who is asked again, and what does not fit together on a sheet."""

from __future__ import annotations

from typing import Any

from attendance.api.localised import localised
from attendance.domain.findings import Code
from attendance.domain.invitations import Whom
from attendance.models import Occasion
from attendance.queries import asked, findings
from attendance.queries import sheet as sheets
from attendance.sheet.finding_words import FindingWords
from attendance.steps.personal_links import LinksSent
from attendance.use_cases.ask_again import ask_again
from directory.api.gates import program
from directory.domain.permissions import Permission
from foundation.web.api.fields import Choice, Flag, HouseSchema, Identifier, Instant, Part, Several, Text, Whole
from foundation.web.api.operations import ApiBlueprint
from foundation.web.language import locale, say
from foundation.web.services import now, perform, reading

blueprint = ApiBlueprint("invitations", "Invitations: personal links that leave by themselves, and again when asked.")


class AskingAnswer(HouseSchema):
    """One time that somebody was asked; without a channel there was no way to reach them."""

    occasion = Choice(Occasion, required=True)
    channel = Text(longest=10, required=True, allow_none=True)
    asked_at = Instant(required=True)


class InvitedAnswer(HouseSchema):
    """One person at one half-day."""

    half_day_id = Identifier(required=True)
    attendee_id = Identifier(required=True, allow_none=True)
    facilitator_id = Identifier(required=True, allow_none=True)
    name = Text(longest=170, required=True)
    has_signed = Flag(required=True)
    is_reachable = Flag(required=True)
    askings = Several(Part(AskingAnswer), required=True)


class InvitationsAnswer(HouseSchema):
    """Everybody of a meeting, by half-day."""

    people = Several(Part(InvitedAnswer), most=60000, required=True)


class AskedAgain(HouseSchema):
    """Whom to ask: attendees or facilitators who have not signed a half-day, or the one who is named."""

    half_day_id = Identifier(required=True)
    whom = Choice(Whom, load_default=Whom.ATTENDEES)
    attendee_id = Identifier(load_default=None, allow_none=True)
    facilitator_id = Identifier(load_default=None, allow_none=True)


class AskedAgainAnswer(HouseSchema):
    """How many links leave, and who has neither a telephone number nor a mail address."""

    count = Whole(required=True)
    unreachable = Several(Text(longest=170), most=1000, required=True)


class FindingAnswer(HouseSchema):
    """One thing that does not fit together, at a half-day or (null) of the whole meeting."""

    code = Choice(Code, required=True)
    half_day_id = Identifier(required=True, allow_none=True)
    sentence = Text(longest=20000, required=True)


class FindingsAnswer(HouseSchema):
    """What an audit would notice, in the order of time."""

    findings = Several(Part(FindingAnswer), most=10000, required=True)


@blueprint.get("/meetings/<id:meeting_id>/invitations", program(Permission.MANAGE_MEETINGS), answer=InvitationsAnswer)
def list_invitations(meeting_id: int) -> dict[str, Any]:
    """List who was asked to sign, when and how, and who cannot be reached."""
    with reading() as db:
        view = sheets.of_meeting(db, meeting_id, now=now())
        people = asked.of_sheet(db, view)
    return {"people": localised(people, view.time_zone)}


@blueprint.post(
    "/meetings/<id:meeting_id>/invitations",
    program(Permission.MANAGE_MEETINGS),
    body=AskedAgain,
    answer=AskedAgainAnswer,
)
def post_invitations(body: dict[str, Any], meeting_id: int) -> LinksSent:
    """Ask whoever has not signed a half-day again, or one of them; within one minute everybody is asked once."""
    whom, subject_id = body["whom"], None
    if body["attendee_id"] is not None:
        whom, subject_id = Whom.ATTENDEES, body["attendee_id"]
    elif body["facilitator_id"] is not None:
        whom, subject_id = Whom.FACILITATORS, body["facilitator_id"]
    return perform(
        ask_again,
        now=now(),
        meeting_id=meeting_id,
        whom=whom,
        half_day_id=body["half_day_id"],
        subject_id=subject_id,
    )


@blueprint.get("/meetings/<id:meeting_id>/findings", program(Permission.SEE_DAY), answer=FindingsAnswer)
def list_findings(meeting_id: int) -> dict[str, Any]:
    """List what does not fit together on the sheet, as it stands now."""
    with reading() as db:
        view = sheets.of_meeting(db, meeting_id, now=now())
        found = findings.of_sheet(db, view, now=now())
    return {"findings": FindingWords(view, say, locale()).written(found)}
