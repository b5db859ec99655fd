"""Devices: scanners that an agent answers for."""

from __future__ import annotations

from typing import Any

from directory.api.gates import program
from directory.domain.permissions import Permission
from directory.models import Device
from directory.queries import devices
from directory.use_cases.enrol_device import enrol_device
from directory.use_cases.revoke_device import revoke_device
from foundation import ids
from foundation.rows import take_page
from foundation.web.api.cursors import PageAsked, page_of
from foundation.web.api.fields import HouseSchema, Identifier, Instant, Text
from foundation.web.api.operations import ApiBlueprint, located
from foundation.web.services import now, perform, reading

blueprint = ApiBlueprint("devices", "Scanners, each entrusted to an agent; each has keys of its own.")


class DeviceToEnrol(HouseSchema):
    """A scanner, and who answers for what it sees."""

    name = Text(longest=120, required=True, metadata={"example": "Tablette de l'accueil"})
    agent_id = Identifier(
        required=True, metadata={"description": "Somebody at work: the device falls silent with them."}
    )


class DeviceAnswer(DeviceToEnrol):
    """A scanner."""

    id = Identifier(required=True)
    created_at = Instant(required=True)
    revoked_at = Instant(required=True, allow_none=True)


@blueprint.get("/devices", program(Permission.ADMINISTER), query=PageAsked, answer=page_of(DeviceAnswer))
def list_devices(asked: dict[str, Any]) -> dict[str, Any]:
    """List the devices, revoked ones included."""
    with reading() as db:
        items, following = take_page(db, devices.select_every(), Device.id, **asked)
    return {"items": items, "next": following}


@blueprint.post("/devices", program(Permission.ADMINISTER), body=DeviceToEnrol, answer=DeviceAnswer, status=201)
def post_device(body: dict[str, Any]) -> tuple[Device, int, dict[str, str]]:
    """Enrol a device; it is given a key by POST /api-keys."""
    device = perform(enrol_device, now=now(), **body)
    return device, 201, located(f"/devices/{ids.to_text(device.id)}")


@blueprint.get("/devices/<id:device_id>", program(Permission.ADMINISTER), answer=DeviceAnswer)
def show_device(device_id: int) -> Device:
    """Show one device."""
    with reading() as db:
        return devices.by_id(db, device_id)


@blueprint.post("/devices/<id:device_id>/revocation", program(Permission.ADMINISTER), answer=DeviceAnswer)
def post_device_revocation(device_id: int) -> Device:
    """Revoke a lost device: its keys open nothing any more."""
    return perform(revoke_device, now=now(), device_id=device_id)
