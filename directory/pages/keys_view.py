"""What the page of keys and devices is made of; its two forms are answered in `keys` and in `devices`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import render_template
from wtforms import SelectField, SelectMultipleField, StringField, validators, widgets

from directory.domain.permissions import Permission
from directory.models import Agent, ApiKey, Device, DeviceKind, Venue
from directory.queries import api_keys, devices, venues
from directory.steps.api_keys import LASTS, LONGEST
from foundation import ids
from foundation.web.forms import HouseForm
from foundation.web.language import say
from foundation.web.services import now, reading

LIVES = {"30": timedelta(days=30), "365": LASTS, "730": LONGEST}


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
    """A scanner or a kiosk, and the agent who answers for it."""

    wording = "directory.devices"

    def __init__(self, *sent: Any) -> None:
        """Stand on one page with the other form, whose fields have the same names."""
        super().__init__(*sent, prefix="device-")

    name = StringField(validators=[validators.InputRequired()])
    agent = SelectField()
    kind = SelectField(default=DeviceKind.SCANNER.value)
    venue = SelectField(default="", validators=[validators.Optional()])
    last_day = StringField(widget=widgets.DateInput(), validators=[validators.Optional()])


@dataclass(frozen=True)
class Known:
    """Everything that the page is made of, read at once."""

    devices: Sequence[Device]
    keys: Sequence[ApiKey]
    agents: Sequence[Agent]
    venues: Sequence[Venue]


def read() -> Known:
    """Read all of it in one look."""
    with reading() as db:
        return Known(
            db.scalars(devices.select_every()).all(),
            db.scalars(api_keys.select_every()).all(),
            venues.agents(db),
            venues.every(db),
        )


def page(
    known: Known,
    *,
    form: KeyForm | None = None,
    device_form: DeviceForm | None = None,
    made: tuple[str, str] | None = None,
) -> str:
    """Show the page, with a form as it was sent, or with the name and the text of a key that was made just now."""
    return render_template(
        "directory/keys.html",
        form=form or key_form(known),
        device_form=device_form or device_form_of(known),
        devices=known.devices,
        keys=sorted(known.keys, key=lambda key: (key.revoked_at is not None, -key.id)),
        agents={agent.id: agent.name for agent in known.agents},
        venues={venue.id: venue.name for venue in known.venues},
        device_names={device.id: device.name for device in known.devices},
        made=made,
        today=now(),
        a_moment=timedelta(seconds=1),
    )


def offered(field: SelectField | SelectMultipleField) -> set[str]:
    """Return what may be chosen."""
    return {str(choice[0]) for choice in field.choices or []}


def key_form(known: Known, *sent: Any) -> KeyForm:
    """Return the form of keys: no scope of kiosks in it, because only a kiosk that comes in by itself has that."""
    form = KeyForm(*sent)
    at_work = {agent.id for agent in known.agents}
    living = [device for device in known.devices if device.revoked_at is None and device.agent_id in at_work]
    ours = ("", say("directory.keys.of_organisation"))
    scopes = [scope for scope in Permission if scope is not Permission.KIOSK]
    form.device.choices = [ours, *((ids.to_text(device.id), device.name) for device in living)]
    form.scopes.choices = [(scope.value, say(f"directory.scopes.{scope.value}")) for scope in scopes]
    form.lasts.choices = [(days, say(f"directory.keys.lasts_{days}")) for days in LIVES]
    return form


def device_form_of(known: Known, *sent: Any) -> DeviceForm:
    """Return the form of devices."""
    form = DeviceForm(*sent)
    anywhere = ("", say("directory.devices.anywhere"))
    form.agent.choices = [(ids.to_text(agent.id), agent.name) for agent in known.agents]
    form.kind.choices = [(kind.value, say(f"directory.devices.kind_{kind.value}")) for kind in DeviceKind]
    form.venue.choices = [anywhere, *((ids.to_text(venue.id), venue.name) for venue in known.venues)]
    return form
