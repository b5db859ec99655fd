"""Scanners and kiosks: a manager entrusts one, gives it the link by which it enrols, and revokes it."""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from directory.domain.enrolment import LONGEST_NAME
from directory.domain.permissions import Permission
from directory.here import current_organisation
from directory.models import DeviceKind
from directory.pages.blueprint import blueprint
from directory.pages.gates import staff
from directory.pages.keys_view import DeviceForm, device_form_of, offered, page, read
from directory.use_cases.enrol_device import enrol_device
from directory.use_cases.offer_enrolment import offer_enrolment
from directory.use_cases.revoke_device import revoke_device
from foundation import ids
from foundation.qr import qr_svg
from foundation.web.access import open_to
from foundation.web.services import now, perform, services

ENROLMENT_PATH = "/appareil/enroler"
"""The page that a device enrols on; attendance serves it, and nothing here may know attendance."""
_MANAGER = staff(Permission.ADMINISTER)


@blueprint.post("/equipe/appareils", endpoint="enrol_device")
@open_to(_MANAGER)
def entrust() -> Response | tuple[str, int]:
    """Entrust a scanner or a kiosk to an agent."""
    known = read()
    form = device_form_of(known, request.form)
    ends = _checked(form)
    if any(field.errors for field in form):
        return page(known, device_form=form), 422
    venue = form.venue.data or ""
    perform(
        enrol_device,
        now=now(),
        name=form.text("name"),
        agent_id=ids.from_text(form.agent.data),
        kind=DeviceKind(form.kind.data),
        venue_id=ids.from_text(venue) if venue else None,
        expires_at=ends,
    )
    return redirect(url_for("directory.keys"), 303)


@blueprint.post("/equipe/appareils/<id:device_id>/enrolement", endpoint="offer_enrolment")
@open_to(_MANAGER)
def offer(device_id: int) -> str:
    """Show the link this once, on the answer itself; the token stands behind `#`, where no server sees it."""
    made = perform(offer_enrolment, now=now(), device_id=device_id)
    link = f"{services().base_url}{ENROLMENT_PATH}#{made.token}"
    picture = base64.b64encode(qr_svg(link).encode()).decode()
    return render_template(
        "directory/enrolment.html", offer=made, link=link, picture=f"data:image/svg+xml;base64,{picture}"
    )


@blueprint.post("/equipe/appareils/<id:device_id>/fin", endpoint="end_device")
@open_to(_MANAGER)
def end_device(device_id: int) -> Response:
    """Revoke a device, and its keys with it."""
    perform(revoke_device, now=now(), device_id=device_id)
    return redirect(url_for("directory.keys"), 303)


def _checked(form: DeviceForm) -> datetime | None:
    """Blame what is wrong, and return the instant at which the device ends."""
    name = form.text("name")
    if not 0 < len(name) <= LONGEST_NAME:
        form.blame("name", "field.missing" if not name else "field.too_long", most=LONGEST_NAME)
    for field in (form.agent, form.kind, form.venue):
        if (field.data or "") not in offered(field):
            form.blame(field.short_name, "field.missing")
    return _end(form)


def _end(form: DeviceForm) -> datetime | None:
    """Return the midnight after the last day, on the organisation's clock; None when no day was given."""
    typed = form.text("last_day")
    if not typed:
        return None
    try:
        following = date.fromisoformat(typed) + timedelta(days=1)
        ends = datetime.combine(following, time(), ZoneInfo(current_organisation().time_zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        form.blame("last_day", "directory.devices.day_unreadable")
        return None
    if ends <= now():
        form.blame("last_day", "refusal.ends-in-the-past")
    return ends
