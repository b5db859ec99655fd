"""Devices: scanners that an agent answers for."""

from __future__ import annotations

from typing import Any

from directory.api.gates import EVERYBODY, program
from directory.api.proofs import perform_proved
from directory.domain.permissions import Permission
from directory.models import Device, DeviceKind
from directory.queries import devices, organisations
from directory.use_cases.enrol import enrol
from directory.use_cases.enrol_device import enrol_device
from directory.use_cases.let_device_in import challenge_for, let_device_in
from directory.use_cases.offer_enrolment import Offer, offer_enrolment
from directory.use_cases.revoke_device import revoke_device
from foundation import ids
from foundation.rows import take_page
from foundation.web.api.cursors import PageAsked, page_of
from foundation.web.api.fields import Choice, HouseSchema, Identifier, Instant, Secret, Text
from foundation.web.api.operations import ApiBlueprint, located
from foundation.web.services import now, perform, reading, services

blueprint = ApiBlueprint("devices", "Scanners and kiosks, each entrusted to an agent; each has keys of its own.")


class DeviceToEnrol(HouseSchema):
    """A scanner, and who answers for what it sees."""

    name = Text(longest=120, required=True, metadata={"example": "Tablette de l'accueil"})
    agent_id = Identifier(
        required=True, metadata={"description": "Somebody at work: the device falls silent with them."}
    )
    kind = Choice(DeviceKind, load_default=DeviceKind.SCANNER)
    venue_id = Identifier(load_default=None, allow_none=True, metadata={"description": "The only one it serves."})
    expires_at = Instant(load_default=None, allow_none=True)


class DeviceAnswer(DeviceToEnrol):
    """A scanner."""

    id = Identifier(required=True)
    created_at = Instant(required=True)
    enrolled_at = Instant(required=True, allow_none=True, metadata={"description": "When it took a key of its own."})
    last_seen_at = Instant(required=True, allow_none=True)
    revoked_at = Instant(required=True, allow_none=True)


class EnrolmentAnswer(HouseSchema):
    """A one-time token: the page `/appareil/enroler#<token>` enrols with it, and so does `POST /device-enrolments`."""

    token = Secret(longest=64, required=True)
    expires_at = Instant(required=True)


class NewEnrolment(HouseSchema):
    """A token, and a key that the device keeps to itself (ECDSA on P-256 with SHA-256)."""

    token = Secret(longest=64, required=True)
    public_key = Secret(
        longest=100, required=True, metadata={"description": "The uncompressed point, 65 bytes, in base64."}
    )
    proof = Secret(
        longest=100,
        required=True,
        metadata={
            "description": "The device's signature (r and s, 64 bytes, base64) of the lines `paraphe-enrolment-1`, the "
            "token, the public key; between lines a line feed."
        },
    )


class EnrolledAnswer(HouseSchema):
    """Who the device is from now on."""

    device_id = Identifier(required=True)
    name = Text(longest=120, required=True)
    kind = Choice(DeviceKind, required=True)
    organisation_id = Identifier(required=True)
    organisation = Text(longest=120, required=True)
    venue_id = Identifier(required=True, allow_none=True)
    expires_at = Instant(required=True, allow_none=True)


class ChallengeAsked(HouseSchema):
    """Which device wants to come in."""

    device_id = Identifier(required=True)


class ChallengeAnswer(HouseSchema):
    """What to sign, within two minutes. Answered alike for a device that does not exist."""

    challenge = Secret(longest=200, required=True)
    expires_at = Instant(required=True)


class ChallengeSigned(ChallengeAsked):
    """The challenge, signed."""

    challenge = Secret(longest=200, required=True)
    signature = Secret(
        longest=100,
        required=True,
        metadata={"description": "Of the lines `paraphe-session-1`, the device's id, the challenge."},
    )


class LetInAnswer(HouseSchema):
    """A key for half a day; the device's one before opens nothing any more."""

    token = Secret(longest=64, required=True)
    expires_at = Instant(required=True)
    server_time = Instant(required=True)


@blueprint.get("/devices", program(Permission.ADMINISTER), query=PageAsked, answer=page_of(DeviceAnswer))
def list_devices(asked: dict[str, Any]) -> dict[str, Any]:
    """List the devices, revoked ones included."""
    with reading() as db:
        items, following = take_page(db, devices.select_every(), Device.id, **asked)
    return {"items": items, "next": following}


@blueprint.post("/devices", program(Permission.ADMINISTER), body=DeviceToEnrol, answer=DeviceAnswer, status=201)
def post_device(body: dict[str, Any]) -> tuple[Device, int, dict[str, str]]:
    """Write a device down; `…/enrolment` lets it take a key of its own, POST /api-keys gives it one by hand."""
    device = perform(enrol_device, now=now(), **body)
    return device, 201, located(f"/devices/{ids.to_text(device.id)}")


@blueprint.post("/devices/<id:device_id>/enrolment", program(Permission.ADMINISTER), answer=EnrolmentAnswer, status=201)
def post_device_enrolment(device_id: int) -> Offer:
    """Have a one-time token made, by which the device takes a key of its own; older ones are good no more."""
    return perform(offer_enrolment, now=now(), device_id=device_id)


@blueprint.post("/device-enrolments", EVERYBODY, body=NewEnrolment, answer=EnrolledAnswer, status=201, heeds_key=False)
def post_enrolment(body: dict[str, Any]) -> dict[str, Any]:
    """Enrol: the token is the proof, and is used up."""
    device = perform_proved(None, enrol, now=now(), **body)
    with services().database.reading(device.organisation_id) as db:
        organisation = organisations.by_id(db, device.organisation_id)
    return {
        "device_id": device.id,
        "name": device.name,
        "kind": device.kind,
        "organisation_id": organisation.id,
        "organisation": organisation.name,
        "venue_id": device.venue_id,
        "expires_at": device.expires_at,
    }


@blueprint.post("/device-challenges", EVERYBODY, body=ChallengeAsked, answer=ChallengeAnswer, heeds_key=False)
def post_challenge(body: dict[str, Any]) -> dict[str, Any]:
    """Ask for something to sign."""
    challenge, until = challenge_for(body["device_id"], keys=services().keys, now=now())
    return {"challenge": challenge, "expires_at": until}


@blueprint.post("/device-sessions", EVERYBODY, body=ChallengeSigned, answer=LetInAnswer, heeds_key=False)
def post_device_session(body: dict[str, Any]) -> dict[str, Any]:
    """Come in: the signature is the proof."""
    _, key, text = perform_proved(body["device_id"], let_device_in, now=now(), **body, keys=services().keys)
    return {"token": text, "expires_at": key.expires_at, "server_time": now()}


@blueprint.get("/devices/<id:device_id>", program(Permission.ADMINISTER), answer=DeviceAnswer)
def show_device(device_id: int) -> Device:
    """Show one device."""
    with reading() as db:
        return devices.by_id(db, device_id)


@blueprint.post("/devices/<id:device_id>/revocation", program(Permission.ADMINISTER), answer=DeviceAnswer)
def post_device_revocation(device_id: int) -> Device:
    """Revoke a lost device: its keys open nothing any more."""
    return perform(revoke_device, now=now(), device_id=device_id)
