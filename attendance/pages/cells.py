"""What forms about one cell of a sheet share: whom, which half-day, and an hour on the clock of the venue."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from wtforms import SelectField

from attendance.queries import sheet as sheets
from attendance.queries.sheet_view import HalfDayView, SheetView
from attendance.sheet.words import SheetWords
from foundation import ids, times
from foundation.web.forms import HouseForm
from foundation.web.language import locale, say
from foundation.web.services import now, reading


class CellForm(HouseForm):
    """Whom it is about, and at which half-day."""

    attendee = SelectField(coerce=str)
    half_day = SelectField(coerce=str)

    def offer(self, view: SheetView, nobody: str | None = None) -> None:
        """Offer the people and the half-days of a sheet; `nobody` names the choice of no one in particular."""
        none = [] if nobody is None else [("", nobody)]
        people = [(ids.to_text(one.attendee_id), one.name) for one in view.people if one.attendee_id]
        columns = SheetWords(view, say, locale()).printed()["columns"]
        spans = [
            (ids.to_text(one.id), f"{column['day']}, {column['hours']}")
            for one, column in zip(view.half_days, columns, strict=True)
        ]
        self.attendee.choices, self.half_day.choices = none + people, none + spans

    def chosen(self) -> tuple[int | None, int | None] | None:
        """Return the ids of the attendee and of the half-day; None, with the field blamed, when one is not offered."""
        found: list[int | None] = []
        for name in ("attendee", "half_day"):
            field = self._fields[name]
            typed = self.text(name)
            if typed not in {value for value, *_ in field.choices}:  # type: ignore[attr-defined]
                self.blame(name, "field.missing")
                return None
            found.append(ids.from_text(typed) if typed else None)
        return found[0], found[1]


def view_of(meeting_id: int) -> SheetView:
    """Return the sheet; raise MeetingNotFound."""
    with reading() as db:
        return sheets.of_meeting(db, meeting_id, now=now())


def instant_of(typed: str, half_day: HalfDayView, zone: str) -> datetime:
    """Return the instant of an hour typed as 10:12 or 10h12, on the day of the half-day; raise ValueError.

    A half-day that goes past midnight has hours of the next day: whatever is over half a day before its start.
    """
    hour, _, minute = typed.strip().lower().replace("h", ":").replace(" ", "").partition(":")
    there = times.local(half_day.starts_at, zone)
    wall = datetime.combine(there.date(), time(int(hour), int(minute or 0)), ZoneInfo(zone))
    ends_next_day = times.local(half_day.ends_at, zone).date() > there.date()
    if ends_next_day and half_day.starts_at - wall > timedelta(hours=12):
        wall = datetime.combine(there.date() + timedelta(days=1), wall.timetz().replace(tzinfo=None), ZoneInfo(zone))
    return wall


def half_day_of(view: SheetView, half_day_id: int) -> HalfDayView:
    """Return a half-day of the sheet."""
    return next(one for one in view.half_days if one.id == half_day_id)
