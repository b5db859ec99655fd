"""Signatures drawn by finger by somebody whom a search found: before an agent, or alone at a kiosk."""

from __future__ import annotations

from typing import Any

from attendance.api.scans import SCAN_KEY, ScanAnswer, ScanKey, told
from attendance.api.shapes import ZONE
from attendance.domain.drawings import LONGEST
from attendance.domain.kiosk import MOST_FOUND
from attendance.door import kiosk_words
from attendance.door.references import parse_person, reference_of
from attendance.models import SignatureKind
from attendance.steps.drawn import SentDrawing
from attendance.use_cases.find_at_kiosk import AtKiosk, find_at_kiosk
from attendance.use_cases.sign_at_kiosk import sign_at_kiosk
from attendance.use_cases.sign_before_agent import sign_before_agent
from directory.api.gates import program
from directory.domain.permissions import Permission
from foundation import times
from foundation.web.api.fields import Choice, Flag, HouseSchema, Instant, Part, Secret, Several, Text
from foundation.web.api.operations import ApiBlueprint
from foundation.web.language import locale, say
from foundation.web.services import now, perform

blueprint = ApiBlueprint("drawn-signatures", "Somebody found by name signs by finger, before an agent or at a kiosk.")


class NewDrawnSignature(HouseSchema):
    """A signature as it was drawn: where the ink lies, and nothing of how it came there."""

    key = ScanKey(
        longest=80,
        required=True,
        metadata={
            "pattern": SCAN_KEY,
            "description": "A name of the device's choice for this one signature; see `POST /scans`.",
        },
    )
    attendee = Secret(longest=120, required=True, metadata={"description": "As a search gave it."})
    kind = Choice(SignatureKind, required=True)
    observed_at = Instant(
        required=True, metadata={"description": "By the device's clock; believed when two minutes old at most."}
    )
    drawing = Secret(longest=LONGEST, required=True, metadata={"description": "`M12 30L14 32…`, 1000 by 500."})


class NameAtKiosk(HouseSchema):
    """The beginning of one's name, three letters at least."""

    query = Text(longest=200, required=True, metadata={"example": "dia"})


class PersonAtKioskAnswer(HouseSchema):
    """Somebody of that name, and what they can sign now."""

    attendee = Text(longest=120, required=True)
    name = Text(longest=170, required=True, metadata={"description": "The last name is cut as short as tells apart."})
    title = Text(longest=200, required=True)
    time_zone = Text(longest=60, required=True, metadata=ZONE)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    kinds = Several(Choice(SignatureKind), required=True, metadata={"description": "What is not signed yet."})


class PeopleAtKioskAnswer(HouseSchema):
    """Who was found; nobody is named when there are too many."""

    is_too_many = Flag(required=True)
    people = Several(Part(PersonAtKioskAnswer), most=20 * MOST_FOUND, required=True)


@blueprint.post(
    "/drawn-signatures", program(Permission.SCAN), body=NewDrawnSignature, answer=ScanAnswer, heeds_key=False
)
def post_drawn_signature(body: dict[str, Any]) -> dict[str, Any]:
    """Keep what somebody has drawn before the agent who answers for this device (grade A)."""
    person = parse_person(body["attendee"])
    return told(perform(sign_before_agent, now=now(), sent=SentDrawing(**body), person=person))


@blueprint.post(
    "/kiosk/searches", program(Permission.KIOSK), body=NameAtKiosk, answer=PeopleAtKioskAnswer, heeds_key=False
)
def search_at_kiosk(body: dict[str, Any]) -> dict[str, Any]:
    """Look for one's own name among those who can sign here now; the search is counted, and kept without the name."""
    found = perform(find_at_kiosk, now=now(), query=body["query"])
    return {"is_too_many": found is None, "people": [_person(one) for one in found or ()]}


@blueprint.post(
    "/kiosk/signatures", program(Permission.KIOSK), body=NewDrawnSignature, answer=ScanAnswer, heeds_key=False
)
def sign_kiosk(body: dict[str, Any]) -> dict[str, Any]:
    """Keep what somebody has drawn by themselves (grade C); the sentence speaks to them, and no last name is said."""
    person = parse_person(body["attendee"])
    answer = perform(sign_at_kiosk, now=now(), sent=SentDrawing(**body), person=person)
    sentence = kiosk_words.sentence(answer, body["kind"], now=now(), say=say, language=locale())
    return told(answer) | {"sentence": sentence, "name": None}


def _person(one: AtKiosk) -> dict[str, Any]:
    zone = one.expectation.time_zone
    return {
        "attendee": reference_of(one.expectation),
        "name": one.name,
        "title": one.expectation.title,
        "time_zone": zone,
        "starts_at": times.local(one.expectation.starts_at, zone),
        "ends_at": times.local(one.expectation.ends_at, zone),
        "kinds": one.kinds,
    }
