"""The form of somebody who would wait, and what its address and its fields mean."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import request
from werkzeug.datastructures import MultiDict
from wtforms import StringField
from wtforms.validators import Length
from wtforms.widgets import DateInput, TimeInput

from booking.domain.refusals import WorkshopNotFound
from booking.domain.waiting import Wishes
from booking.models import AppointmentType, Channel, Workshop
from booking.pages import asking
from booking.pages.forms import PersonForm
from booking.queries import types, workshops
from booking.steps.offered import refuse_closed_to_public
from directory.here import current_organisation
from directory.models import Venue
from directory.queries import venues as places
from foundation import ids
from foundation.web.language import say
from foundation.web.services import reading

_WISHES = ("first_day", "last_day", "from_minute", "until_minute")


class WaitForm(PersonForm):
    """Who waits, and what suits them; in a browser without scripts the fields are still typed as dates and hours."""

    first_day = StringField(widget=DateInput(), validators=[Length(max=10)])
    last_day = StringField(widget=DateInput(), validators=[Length(max=10)])
    from_minute = StringField(widget=TimeInput(), validators=[Length(max=8)])
    until_minute = StringField(widget=TimeInput(), validators=[Length(max=8)])

    def worded(self, channel: Channel, *, asks_wishes: bool = True, asks_person: bool = True) -> WaitForm:
        """Return the form with its labels, and only the fields it asks for."""
        self.channel = channel
        unasked = ["booked_by"] if channel is Channel.HOME else ["booked_by", "home_address"]
        unasked += [] if asks_wishes else _WISHES
        unasked += [] if asks_person else [field.name for field in self if field.name not in _WISHES]
        for name in dict.fromkeys(unasked):
            del self[name]
        for field in self:
            subject = "waiting" if field.name in _WISHES else "person"
            field.label.text = say(f"booking.{subject}.{field.name}")
        return self

    def wishes(self) -> Wishes | None:
        """Return what suits them, or None with the errors in place."""
        days = [self._read(name, date.fromisoformat) for name in _WISHES[:2]]
        minutes = [self._read(name, _minute) for name in _WISHES[2:]]
        return None if any(self[name].errors for name in _WISHES if name in self) else Wishes(*days, *minutes)

    def _read(self, name: str, parse: Any) -> Any:
        text = self._text(name).strip()
        try:
            return parse(text) if text else None
        except ValueError:
            self[name].errors = [say("booking.waiting.unreadable")]
            return None


def _minute(text: str) -> int:
    hour, _, minute = text.partition(":")
    if not (text.isascii() and hour.isdecimal() and minute[:2].isdecimal()):
        raise ValueError(text)
    if not (0 <= int(hour) <= 24 and 0 <= int(minute[:2]) < 60):  # noqa: PLR2004
        raise ValueError(text)
    return int(hour) * 60 + int(minute[:2])


class Wanted:
    """What the address of the form says: a reason by a channel somewhere, or a workshop."""

    def __init__(self, type_id: int) -> None:
        """Read it; what is not offered is not found."""
        with reading() as db:
            self.kind: AppointmentType = types.offered_by_id(db, type_id)
            refuse_closed_to_public(self.kind)
            self.workshop: Workshop | None = None
            if self.kind.is_workshop:
                self.workshop = workshops.by_id(db, _workshop_asked())
                self.venue: Venue | None = places.by_id(db, self.workshop.venue_id)
            else:
                self.venue = asking.venue_of(places.every(db), request.args.get("lieu"))
        self.channel = asking.channel_of(self.kind, request.args.get("modalite"))
        self.people = asking.people_of(self.kind, request.args.get("personnes"))

    def form(self, data: MultiDict[str, str] | None = None) -> WaitForm:
        """Return the form that asks for it."""
        return WaitForm(data).worded(self.channel, asks_wishes=self.workshop is None)

    @property
    def region(self) -> str:
        """Return where telephone numbers are typed."""
        return self.venue.region if self.venue else current_organisation().region


def _workshop_asked() -> int:
    try:
        return ids.from_text(request.args.get("atelier", ""))
    except ValueError as error:
        raise WorkshopNotFound from error
