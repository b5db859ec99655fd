"""Signing by oneself: for whoever holds their personal link, from afar with a one-time code that comes another way."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from attendance.api.shapes import ZONE, HalfDayAnswer, HalfDayNamed, sheet_state
from attendance.domain import windows
from attendance.domain.windows import Timing
from attendance.models import Grade, Method, SignatureKind
from attendance.queries import links
from attendance.queries.links import SigningPage
from attendance.queries.sheet_view import HalfDayView
from attendance.use_cases.ask_code import ask_code
from attendance.use_cases.confirm_code import CodeVerdict, confirm_code
from directory.api.gates import LinkGate
from foundation import times
from foundation.actors import ActorKind
from foundation.web.access import followed_link
from foundation.web.api.fields import Choice, Flag, HouseSchema, Instant, Part, Secret, Several, Text
from foundation.web.api.operations import ApiBlueprint
from foundation.web.services import current_actor, now, perform, reading, services

blueprint = ApiBlueprint("signing", "Émarger from afar, with a personal link and a one-time code.")

_HOLDER = LinkGate("sign", ActorKind.BENEFICIARY)


class CodeChannel(StrEnum):
    """How a code travels."""

    SMS = "sms"
    MAIL = "mail"


class OwnSignatureAnswer(HouseSchema):
    """What the holder of the link has signed."""

    kind = Choice(SignatureKind, required=True)
    method = Choice(Method, required=True)
    grade = Choice(Grade, required=True)
    observed_at = Instant(required=True)


class HalfDayToSignAnswer(HalfDayAnswer):
    """A half-day, whether it can be signed now, and what was."""

    timing = Choice(Timing, required=True, metadata={"description": "A closed sheet and a cancelled booking are late."})
    opens_at = Instant(required=True)
    closes_at = Instant(required=True)
    to_sign = Choice(
        SignatureKind, required=True, allow_none=True, metadata={"description": "What a code can be asked for now."}
    )
    signed = Several(Part(OwnSignatureAnswer), required=True)


class SigningAnswer(HouseSchema):
    """The meeting of a personal link, as its holder sees it."""

    title = Text(longest=200, required=True)
    first_name = Text(longest=80, required=True)
    venue = Text(longest=120, required=True, allow_none=True)
    video_room = Text(longest=300, required=True, allow_none=True)
    time_zone = Text(longest=60, required=True, metadata=ZONE)
    sheet_state = sheet_state()
    is_cancelled = Flag(required=True)
    half_days = Several(Part(HalfDayToSignAnswer), required=True)


class CodeSentAnswer(HouseSchema):
    """How the code travels."""

    channel = Choice(CodeChannel, required=True)


class CodeTyped(HalfDayNamed):
    """The code that was received."""

    code = Secret(longest=64, required=True, metadata={"example": "123456"})


class CodeAnswer(HouseSchema):
    """The verdict. `refused` is said alike of a code that is wrong, used, run out, or never was."""

    verdict = Choice(CodeVerdict, required=True)


@blueprint.get("/signing", _HOLDER, answer=SigningAnswer)
def show_signing() -> dict[str, Any]:
    """Show what can be signed, and what was."""
    with reading() as db:
        page = links.signing_page(db, current_actor().identifier or 0)
    return {
        "title": page.meeting.title,
        "first_name": page.person.first_name,
        "venue": page.venue,
        "video_room": page.meeting.video_room,
        "time_zone": page.meeting.time_zone,
        "sheet_state": page.meeting.sheet_state,
        "is_cancelled": page.is_cancelled,
        "half_days": [_line(page, one) for one in page.half_days],
    }


@blueprint.post("/signing/codes", _HOLDER, body=HalfDayNamed, answer=CodeSentAnswer)
def post_code(body: dict[str, Any]) -> dict[str, CodeChannel]:
    """Have a one-time code sent, by another way than the link came where there is one."""
    channel = perform(ask_code, now=now(), **body, link_channel=followed_link().channel, keys=services().keys)
    return {"channel": CodeChannel(channel)}


@blueprint.post("/signing/signatures", _HOLDER, body=CodeTyped, answer=CodeAnswer)
def post_signature(body: dict[str, Any]) -> dict[str, CodeVerdict]:
    """Sign with the code that was received."""
    typed, channel = body.pop("code"), followed_link().channel
    verdict = perform(confirm_code, now=now(), **body, typed=typed, link_channel=channel, keys=services().keys)
    return {"verdict": verdict}


def _line(page: SigningPage, half_day: HalfDayView) -> dict[str, Any]:
    zone = page.meeting.time_zone
    return {
        "id": half_day.id,
        "title": half_day.title,
        "starts_at": times.local(half_day.starts_at, zone),
        "ends_at": times.local(half_day.ends_at, zone),
        "timing": page.timing(half_day, now()),
        "opens_at": times.local(windows.opens_at(half_day.starts_at), zone),
        "closes_at": times.local(windows.closes_at(half_day.ends_at), zone),
        "to_sign": page.to_sign(half_day, now()),
        "signed": [
            {
                "kind": one.kind,
                "method": one.method,
                "grade": one.grade,
                "observed_at": times.local(one.observed_at, zone),
            }
            for one in page.signed(half_day)
        ],
    }
