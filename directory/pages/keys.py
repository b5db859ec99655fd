"""Keys of programs and scanners at the doors: a manager makes them, sees when they were last used, and ends them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import SelectField, SelectMultipleField, StringField, validators, widgets

from directory.domain.permissions import Permission
from directory.models import Agent, ApiKey, Device
from directory.pages.blueprint import blueprint
from directory.pages.gates import staff
from directory.queries import api_keys, devices, venues
from directory.steps.api_keys import LASTS, LONGEST
from directory.use_cases.enrol_device import enrol_device
from directory.use_cases.make_api_key import OF_A_DEVICE, make_api_key
from directory.use_cases.revoke_api_key import revoke_api_key
from directory.use_cases.revoke_device import revoke_device
from foundation import ids
from foundation.web.access import open_to
from foundation.web.forms import HouseForm
from foundation.web.language import say
from foundation.web.services import now, perform, reading

LONGEST_NAME = 120
LIVES = {"30": timedelta(days=30), "365": LASTS, "730": LONGEST}
_MANAGER = staff(Permission.ADMINISTER)


class KeyForm(HouseForm):
    """A key of the organisation (no device is chosen) or of a device."""

    wording = "directory.keys"

    name = StringField(validators=[validators.InputRequired()])
    device = SelectField(validators=[validators.Optional()])
    scopes = SelectMultipleField(
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
        validators=[validators.Optional()],
    )
    lasts = SelectField(default="365")


class DeviceForm(HouseForm):
    """A scanner, and the agent who answers for it."""

    wording = "directory.devices"

    def __init__(self, *sent: Any) -> None:
        """Stand on one page with the other form, whose fields have the same names."""
        super().__init__(*sent, prefix="device-")

    name = StringField(validators=[validators.InputRequired()])
    agent = SelectField()


@blueprint.get("/equipe/cles", endpoint="keys")
@open_to(_MANAGER)
def show_keys() -> str:
    """Show the devices and the keys."""
    return _page(_read())


@blueprint.post("/equipe/cles")
@open_to(_MANAGER)
def make_key() -> str | tuple[str, int]:
    """Make a key, and show it this once: the answer is the page itself, because nothing keeps the text."""
    known = _read()
    form = _key_form(known, request.form)
    name, scopes, device = form.text("name"), form.scopes.data or [], form.device.data or ""
    if not 0 < len(name) <= LONGEST_NAME:
        form.blame("name", "field.missing" if not name else "field.too_long", most=LONGEST_NAME)
    if not scopes or not _offered(form.scopes).issuperset(scopes):
        form.blame("scopes", "directory.keys.scopes_needed")
    elif device and not OF_A_DEVICE.issuperset(scopes):
        form.blame("scopes", "refusal.scopes-too-wide")
    if form.lasts.data not in LIVES or device not in _offered(form.device):
        form.blame("device", "field.missing")
    if any(field.errors for field in form):
        return _page(known, form=form), 422
    key, text = perform(
        make_api_key,
        now=now(),
        name=name,
        scopes=[Permission(scope) for scope in scopes],
        expires_at=now() + LIVES[form.lasts.data],
        device_id=ids.from_text(device) if device else None,
    )
    return _page(_read(), made=(key.name, text))


@blueprint.post("/equipe/cles/<id:key_id>/fin", endpoint="end_key")
@open_to(_MANAGER)
def end_key(key_id: int) -> Response:
    """Revoke a key."""
    perform(revoke_api_key, now=now(), key_id=key_id)
    return redirect(url_for("directory.keys"), 303)


@blueprint.post("/equipe/appareils", endpoint="enrol_device")
@open_to(_MANAGER)
def enrol() -> Response | tuple[str, int]:
    """Entrust a scanner to an agent."""
    known = _read()
    form = _device_form(known, request.form)
    name = form.text("name")
    if not 0 < len(name) <= LONGEST_NAME:
        form.blame("name", "field.missing" if not name else "field.too_long", most=LONGEST_NAME)
    if form.agent.data not in _offered(form.agent):
        form.blame("agent", "field.missing")
    if any(field.errors for field in form):
        return _page(known, device_form=form), 422
    perform(enrol_device, now=now(), name=name, agent_id=ids.from_text(form.agent.data))
    return redirect(url_for("directory.keys"), 303)


@blueprint.post("/equipe/appareils/<id:device_id>/fin", endpoint="end_device")
@open_to(_MANAGER)
def end_device(device_id: int) -> Response:
    """Revoke a device, and its keys with it."""
    perform(revoke_device, now=now(), device_id=device_id)
    return redirect(url_for("directory.keys"), 303)


@dataclass(frozen=True)
class _Known:
    """Everything that the page is made of, read at once."""

    devices: Sequence[Device]
    keys: Sequence[ApiKey]
    agents: Sequence[Agent]


def _read() -> _Known:
    with reading() as db:
        return _Known(
            db.scalars(devices.select_every()).all(),
            db.scalars(api_keys.select_every()).all(),
            venues.agents(db),
        )


def _page(
    known: _Known,
    *,
    form: KeyForm | None = None,
    device_form: DeviceForm | None = None,
    made: tuple[str, str] | None = None,
) -> str:
    return render_template(
        "directory/keys.html",
        form=form or _key_form(known),
        device_form=device_form or _device_form(known),
        devices=known.devices,
        keys=sorted(known.keys, key=lambda key: (key.revoked_at is not None, -key.id)),
        agents={agent.id: agent.name for agent in known.agents},
        device_names={device.id: device.name for device in known.devices},
        made=made,
        today=now(),
    )


def _offered(field: SelectField | SelectMultipleField) -> set[str]:
    return {str(choice[0]) for choice in field.choices or []}


def _key_form(known: _Known, *sent: Any) -> KeyForm:
    form = KeyForm(*sent)
    at_work = {agent.id for agent in known.agents}
    living = [device for device in known.devices if device.revoked_at is None and device.agent_id in at_work]
    ours = ("", say("directory.keys.of_organisation"))
    form.device.choices = [ours, *((ids.to_text(device.id), device.name) for device in living)]
    form.scopes.choices = [(scope.value, say(f"directory.scopes.{scope.value}")) for scope in Permission]
    form.lasts.choices = [(days, say(f"directory.keys.lasts_{days}")) for days in LIVES]
    return form


def _device_form(known: _Known, *sent: Any) -> DeviceForm:
    form = DeviceForm(*sent)
    form.agent.choices = [(ids.to_text(agent.id), agent.name) for agent in known.agents]
    return form
